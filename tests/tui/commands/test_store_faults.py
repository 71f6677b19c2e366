"""What commands say of a store that lost something or cannot be written, and how they end then."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from providers.clock import SystemClock
from tests.tui.commands.conftest import Bench, linked, written
from tui.desk.store import open_store
from tui.desk.store.files import RealFiles


def journal(bench: Bench) -> Path:
    """The store's journal."""
    return bench.folder / "store" / "journal-1"


def flip(file: Path, at: int) -> None:
    """Change one byte; `at` may count from the end."""
    data = bytearray(file.read_bytes())
    data[at] ^= 0x55
    file.write_bytes(data)


def noted(bench: Bench, *notes: str) -> str:
    """A ticket with these notes of ours."""
    number: str = bench.box.ensono.create(client_number="INC1")
    bench.done("sync", "--once")
    for text in notes:
        assert bench.call("note", "ensono", number, text).code == 0
    return number


def test_a_damaged_last_commit_is_told_by_every_command_until_its_bytes_are_moved_away(bench: Bench) -> None:
    number = noted(bench, "one", "two", "three")
    flip(journal(bench), -20)
    assert "last commit in journal-1" in bench.call("store", "check").err
    for words in (("list",), ("show", "ensono", number), ("sync", "--once"), ("check",)):
        told = bench.call(*words).err
        assert told.count("is missing; its bytes are set aside in damaged-journal-1-") == 1
    status = bench.call("status")
    assert status.code == 1
    assert status.out.startswith("VENDORQ WARNING: store: Part of the store in ")
    looked = bench.call("store", "check")
    assert "damaged-journal-1-" in looked.err
    assert "sound" not in looked.err
    [kept] = (bench.folder / "store").glob("damaged-*")
    kept.rename(bench.folder / kept.name)
    assert "set aside" not in bench.call("list").err
    assert bench.call("store", "check").err.endswith("is sound.\n")


def test_a_torn_end_alarms_nobody_and_is_listed(bench: Bench) -> None:
    noted(bench, "one")
    with journal(bench).open("r+b") as file:
        file.truncate(journal(bench).stat().st_size - 7)
    assert bench.call("list").err == ""
    assert bench.call("status").code != 1
    assert "torn-journal-1-" in bench.call("store", "check").err


def test_a_poll_of_a_store_that_cannot_be_written_ends_with_78(bench: Bench) -> None:
    noted(bench)
    flip(journal(bench), journal(bench).stat().st_size // 2)
    for words in (("sync",), ("sync", "--once")):
        ended = bench.call(*words)
        assert ended.code == 78
        assert ended.err.count("The store is read-only") == 1
        assert "Polling" not in ended.err


def test_a_lease_that_cannot_be_opened_names_its_file_and_ends_with_78(bench: Bench) -> None:
    noted(bench)
    consumer = bench.folder / "store" / "consumer"
    consumer.unlink()
    consumer.symlink_to(bench.folder / "nowhere")
    for words in (("sync",), ("sync", "--once")):
        ended = bench.call(*words)
        assert ended.code == 78
        assert f"{consumer} cannot be opened (it is a link)" in ended.err


def test_a_repair_makes_tickets_again_whose_messages_are_there(bench: Bench) -> None:
    numbers = [bench.box.ensono.create(client_number=f"INC{number}") for number in range(20)]
    bench.done("sync", "--once")
    before = {number: bench.done("show", "ensono", number)["ticket"] for number in numbers}
    flip(journal(bench), journal(bench).stat().st_size // 3)
    repaired = bench.call("store", "compact")
    assert repaired.code == 0
    assert "Lost: commits in journal-1" in repaired.err
    assert "made again from what came in" in repaired.err
    bench.done("sync", "--once")
    known = {item["number"] for item in bench.done("list", "--all")["tickets"]}
    told = {item["number"] for item in bench.done("messages", "--all")["messages"]}
    assert told == known == set(numbers)
    assert {number: bench.done("show", "ensono", number)["ticket"] for number in numbers} == before


def test_an_export_of_a_damaged_store_says_that_it_is_not_all(bench: Bench) -> None:
    noted(bench, "one")
    whole = bench.call("store", "export")
    assert (whole.code, whole.err) == (0, "")
    flip(journal(bench), journal(bench).stat().st_size // 2)
    part = bench.call("store", "export")
    assert part.code == 78
    assert part.out
    assert "What was printed is not all that was stored" in part.err
    journal(bench).unlink()
    emptied = bench.call("store", "export")
    assert (emptied.code, emptied.out) == (78, "")
    assert "its files are gone" in emptied.err


def test_a_ticket_that_a_damaged_store_cannot_show_is_a_matter_of_the_store(bench: Bench) -> None:
    noted(bench, "one")
    flip(journal(bench), journal(bench).stat().st_size // 2)
    for words in (("note", "ensono", "e-CS9999999", "x"), ("comment", "ensono", "e-CS9999999", "x")):
        error = bench.failed(78, *words)["error"]
        assert error["type"] == "StoreFault"
        assert "vendorq store check" in error["next_step"]


def test_the_queue_is_not_called_polled_elsewhere_where_nothing_can_be_written(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted(bench)
    holder = open_store(bench.folder / "store", SystemClock())
    assert holder.lease.acquire()
    holder.lease.beat(60)
    assert bench.call("sync", "--once").code == 0
    monkeypatch.setattr(RealFiles, "room", lambda files: (2 << 20) - 1)
    assert "soon nothing can be written" in bench.call("status").out
    assert bench.call("sync", "--once").code == 0
    monkeypatch.setattr(RealFiles, "room", lambda files: 1 << 20)
    status = bench.call("status")
    assert (status.code, "VENDORQ CRITICAL: store: There is too little room left in " in status.out) == (2, True)
    assert "Make room" in status.out
    assert bench.call("sync", "--once").code == 78
    holder.close()


def test_many_writes_that_wait_alike_are_one_line(bench: Bench) -> None:
    numbers = [bench.box.ensono.create(client_number=f"INC{number}") for number in range(5)]
    bench.done("sync", "--once")
    bench.box.fault("ensono", "status_429", seconds=600)
    for number in numbers:
        assert bench.call("comment", "ensono", number, "Any news?").code in (69, 75)
    told = bench.call("sync", "--once").err
    assert "5 writes stay queued" in told
    assert told.count("`vendorq outbox` lists them") == 1


@pytest.mark.parametrize("again", [False, True])
def test_a_disk_that_fills_while_a_write_is_in_flight_leaves_it_unconfirmed_by_its_id(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, again: bool
) -> None:
    words: tuple[str, ...] = ("comment", "ensono", linked(bench), "Who knows?")
    if again:
        bench.box.fault("ensono", "unauthorised", match="PUT")
        rejected = bench.failed(77, *words)["write"]
        words = ("outbox", "retry", rejected["id"])
    write = RealFiles.write

    def full(files: RealFiles, handle: int, offset: int, data: bytes) -> None:
        if "comment" in written(bench):
            raise OSError(errno.ENOSPC, "No space left on device")
        write(files, handle, offset, data)

    monkeypatch.setattr(RealFiles, "write", full)
    told = bench.failed(75, *words)
    assert (told["write"]["state"], told["error"]["type"]) == ("unconfirmed", "Unconfirmed")
    message = told["error"]["message"]
    assert message.startswith("it may have been sent, and the store could not note what became of it: The store is")
    assert f"the outbox as {told['write']['id']} (unconfirmed)" in told["error"]["next_step"]
    [entry] = bench.done("outbox")["outbox"]
    assert (entry["id"], entry["state"]) == (told["write"]["id"], "unconfirmed")
    monkeypatch.undo()
    bench.done("sync", "--once")
    assert written(bench) == ["comment"]


def test_a_disk_that_fills_before_a_write_leaves_keeps_it_queued_by_its_id(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, write = linked(bench), RealFiles.write

    def full(files: RealFiles, handle: int, offset: int, data: bytes) -> None:
        if b'"sending"' in data:
            raise OSError(errno.ENOSPC, "No space left on device")
        write(files, handle, offset, data)

    monkeypatch.setattr(RealFiles, "write", full)
    told = bench.failed(78, "comment", "ensono", number, "Later.")
    assert (told["write"]["state"], told["error"]["type"]) == ("queued", "StoreFault")
    assert f"the outbox as {told['write']['id']} (queued)" in told["error"]["next_step"]
    assert written(bench) == []
