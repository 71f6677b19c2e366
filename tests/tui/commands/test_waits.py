"""`vendorq outbox` says of every write what it waits for; the vendor's ledger says that it did wait."""

from __future__ import annotations

from pathlib import Path

from tests.support.command_line import run
from tests.tui.commands.conftest import Bench, linked


def test_no_write_that_waits_is_without_a_reason(bench: Bench, tmp_path: Path) -> None:
    first, second = (bench.box.ensono.create(client_number=f"INC{each}") for each in range(2))
    bench.done("sync", "--once")
    bench.box.fault("ensono", "status_429", seconds=600)
    for number, text in ((first, "one"), (first, "two"), (second, "three")):
        assert bench.call("comment", "ensono", number, text).code in (69, 75)
    one, two, three = bench.done("outbox")["outbox"]
    assert [entry["error"] is None for entry in (one, two, three)] == [False, True, True]
    for entry in (one, three):
        assert entry["waits_for"].startswith("the vendor asked for patience until ")
    assert two["waits_for"].startswith(f"an earlier comment goes first, {one['id']}, which is queued: the vendor asked")
    shown = run("--config", str(bench.config), "outbox", home=tmp_path).out.splitlines()
    assert shown[0].endswith("WHY")
    for line, entry in zip(shown[1:], (one, two, three), strict=True):
        assert line.endswith(entry["waits_for"])
    assert bench.box.ledger.of("ensono", "comment") == []


def test_what_waits_for_a_provider_that_the_config_no_longer_names_says_so(bench: Bench) -> None:
    number = bench.box.ensono.create(client_number="INC1")
    bench.done("sync", "--once")
    bench.box.fault("ensono", "status_429", seconds=600)
    assert bench.call("comment", "ensono", number, "one").code == 75
    bench.write_config(kinds=["tangoe"])
    [entry] = bench.done("outbox")["outbox"]
    assert entry["waits_for"] == "the config names no provider ensono: name it again, or drop the write"
    assert bench.done("outbox", "drop", entry["id"])["write"]["state"] == "rejected"
    assert bench.done("outbox")["outbox"] == []


def test_many_writes_behind_one_name_it_and_tell_its_reason_once(bench: Bench, tmp_path: Path) -> None:
    number = linked(bench)
    bench.box.fault("ensono", "status_429", seconds=600)
    for text in ("one", "two", "three"):
        assert bench.call("comment", "ensono", number, text).code in (69, 75)
    first = bench.done("outbox")["outbox"][0]["id"]
    shown = run("--config", str(bench.config), "outbox", home=tmp_path).out.splitlines()
    assert f"an earlier comment goes first, {first}, which is queued: the vendor asked for patience" in shown[2]
    assert shown[3].endswith(f"  behind {first}")


def test_a_poll_says_of_what_stays_queued_what_the_outbox_says(bench: Bench) -> None:
    number = linked(bench)
    bench.box.fault("ensono", "status_429", seconds=600)
    for text in ("one", "two"):
        assert bench.call("comment", "ensono", number, text).code in (69, 75)
    for changed, words in (
        ({'name = "ensono"': 'name = "ensono"\nread_only = true'}, "the config says read_only for ensono"),
        ({}, "the config names no provider ensono: name it again, or drop the write"),
    ):
        if changed:
            bench.write_config(kinds=["ensono"], **changed)
        else:
            bench.write_config(kinds=["tangoe"])
        assert all(entry["waits_for"].startswith(words) for entry in bench.done("outbox")["outbox"])
        told = bench.call("sync", "--once").err
        assert f"2 writes stay queued: {words}" in told
        assert "ask too often" not in told


def test_a_write_without_an_answer_says_one_thing_of_what_becomes_of_it(bench: Bench) -> None:
    number = linked(bench)
    bench.box.fault("ensono", "reset_after", match="PUT")
    told = bench.failed(75, "comment", "ensono", number, "Who knows?")
    [entry] = bench.done("outbox")["outbox"]
    expected = "the vendor cannot be asked about it; it is put to you at the first poll after "
    assert entry["waits_for"].startswith(expected)
    assert told["error"]["next_step"].lower().startswith(expected)
    assert "looked up" not in told["error"]["next_step"]
