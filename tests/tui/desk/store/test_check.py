"""What support does with a store."""

from __future__ import annotations

from pathlib import Path

import pytest

from providers.clock import SystemClock
from tests.tui.desk.store.conftest import Opener
from tui.desk.ports import StoreFault, Table, Transaction, key_of
from tui.desk.store.check import check_store, compact_store, export_store

CLOCK = SystemClock()


def fill(transaction: Transaction) -> None:
    for number in range(6):
        key = key_of("ensono", f"INC{number}")
        transaction.put(Table.TICKETS, key, {"number": f"INC{number}", "body": f"text of {number}"})
    transaction.put(Table.SEEN, "a", {"at": None})


async def filled(opened: Opener) -> Path:
    """A store with a snapshot of seven documents, and one commit after it."""
    store = opened()
    await store.transact(fill)
    await store.compact()
    await store.transact(lambda transaction: transaction.put(Table.META, "m", {}))
    store.close()
    return store.path


def spoil(path: Path, text: bytes) -> None:
    data = bytearray(path.read_bytes())
    data[data.index(text)] ^= 1
    path.write_bytes(bytes(data))


async def test_a_whole_store_checks_well(opened: Opener) -> None:
    path = await filled(opened)
    before = {file.name: file.read_bytes() for file in path.iterdir()}
    report = check_store(path, CLOCK)
    assert report.ok
    assert report.documents == {"tickets": 6, "seen": 1, "meta": 1}
    assert (report.version, report.generation, report.commits) == (1, 2, 1)
    assert report.snapshot_bytes == (path / "snapshot").stat().st_size
    assert report.journal_bytes == (path / "journal-2").stat().st_size
    assert {file.name: file.read_bytes() for file in path.iterdir()} == before


async def test_a_check_goes_on_beside_a_process_that_writes(opened: Opener) -> None:
    store = opened()
    await store.transact(fill)
    assert check_store(store.path, CLOCK).ok
    await store.transact(lambda transaction: transaction.delete(Table.SEEN, "a"))
    assert store.read_only == ""


async def test_every_damaged_document_is_named(opened: Opener) -> None:
    path = await filled(opened)
    spoil(path / "snapshot", b"text of 2")
    spoil(path / "snapshot", b"text of 4")
    report = check_store(path, CLOCK)
    assert not report.ok
    assert any(problem.startswith("tickets ensono INC2:") for problem in report.problems)
    assert any(problem.startswith("tickets ensono INC4:") for problem in report.problems)
    assert any(problem.startswith("the snapshot is damaged between") for problem in report.problems)


async def test_a_torn_end_is_a_note_and_what_was_set_aside_is_listed(opened: Opener) -> None:
    path = await filled(opened)
    with (path / "journal-2").open("ab") as journal:
        journal.write(b"torn")
    report = check_store(path, CLOCK)
    assert report.ok
    assert "not ended" in report.notes[0]
    assert report.kept == ()
    opened()
    report = check_store(path, CLOCK)
    assert len(report.kept) == 1
    assert report.kept[0].startswith("torn-journal-2-")


async def test_a_last_commit_that_is_damaged_is_a_problem_and_lost_once_it_is_cut(opened: Opener) -> None:
    path = await filled(opened)
    journal = path / "journal-2"
    data = bytearray(journal.read_bytes())
    data[-1] ^= 0x55
    journal.write_bytes(data)
    assert "last commit in journal-2" in check_store(path, CLOCK).problems[-1]
    assert "damaged-journal-2-" in opened().alarms[0]
    report = check_store(path, CLOCK)
    assert report.ok
    assert report.lost == report.kept != ()


async def test_compacting_a_whole_store_leaves_nothing_out(opened: Opener) -> None:
    path = await filled(opened)
    report = compact_store(path, CLOCK)
    assert (report.generation, report.left_out) == (3, ())
    assert report.after == sum((path / name).stat().st_size for name in ("snapshot", "journal-3"))
    assert check_store(path, CLOCK).commits == 0


async def test_compacting_a_damaged_store_says_what_it_left_out(opened: Opener) -> None:
    path = await filled(opened)
    spoil(path / "snapshot", b"text of 2")
    spoil(path / "journal-2", b"meta")
    report = compact_store(path, CLOCK)
    assert report.left_out == (("tickets", key_of("ensono", "INC2")),)
    after = check_store(path, CLOCK)
    assert after.ok
    assert after.documents == {"tickets": 5, "seen": 1}
    assert any(name.startswith("damaged-snapshot-before-") for name in after.kept)


async def test_an_export_holds_every_document_and_no_secret(opened: Opener) -> None:
    store = opened()
    await store.transact(fill)
    signed = "https://files.example/a?X-Amz-Signature=not-a-real-signature&X-Amz-Date=1"
    document = {"attachments": [{"name": "a", "url": signed}], "raw": f'{{"link": "{signed}"}}', "priority": 2}
    await store.transact(lambda transaction: transaction.put(Table.TICKETS, "t", document))
    exported = {(table, key): document for table, key, document in export_store(store.path, CLOCK)}
    assert len(exported) == 8
    assert exported["tickets", key_of("ensono", "INC1")] == {"number": "INC1", "body": "text of 1"}
    assert exported["tickets", "t"]["priority"] == 2
    assert exported["tickets", "t"]["attachments"][0]["name"] == "a"
    assert "not-a-real-signature" not in repr(exported)


async def test_an_export_of_a_damaged_store_holds_the_rest(opened: Opener) -> None:
    path = await filled(opened)
    spoil(path / "snapshot", b"text of 2")
    assert len(list(export_store(path, CLOCK))) == 7


def test_support_s_commands_make_no_store_where_there_is_none(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        for command in (check_store, compact_store, lambda path, clock: list(export_store(path, clock))):
            with pytest.raises(StoreFault, match="There is no store"):
                command(folder, CLOCK)
    assert list(tmp_path.iterdir()) == []
