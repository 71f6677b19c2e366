"""Two processes of one engineer: a sync beside a command, and what a signal leaves behind."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable

import pytest

from tests.support.command_line import PATIENCE, command, environment
from tests.tui.commands.conftest import Bench, acknowledged, linked, written


def start(bench: Bench, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command("--config", str(bench.config), *words),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(bench.folder),
    )


def until(holds: Callable[[], bool]) -> None:
    """Wait for something that another process brings about."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"not within {PATIENCE} s"
        time.sleep(0.02)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_running_sync_polls_and_ends_with_the_signals_code(bench: Bench, number: signal.Signals) -> None:
    bench.box.ensono.create(client_number="INC1")
    process = start(bench, "sync")
    until(lambda: acknowledged(bench) == 1)
    process.send_signal(number)
    _, words = process.communicate(timeout=PATIENCE)
    assert process.returncode == 128 + number
    assert "Traceback" not in words


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_write_that_a_signal_ends_says_that_it_is_in_the_outbox(bench: Bench, number: signal.Signals) -> None:
    ticket = linked(bench)
    bench.box.fault("ensono", "stall_after")
    process = start(bench, "comment", "ensono", ticket, "Who knows?")
    until(lambda: "comment" in written(bench))
    process.send_signal(number)
    out, words = process.communicate(timeout=PATIENCE)
    [entry] = bench.done("outbox")["outbox"]
    assert (process.returncode, out, entry["state"]) == (128 + number, "", "unconfirmed")
    assert f"in the outbox as {entry['id']} (unconfirmed)" in words
    assert len(words.splitlines()) == 1


def test_a_write_whose_process_was_killed_is_told_as_unconfirmed_before_anything_polls(bench: Bench) -> None:
    ticket = linked(bench)
    bench.box.fault("ensono", "stall_after")
    process = start(bench, "comment", "ensono", ticket, "Who knows?")
    until(lambda: "comment" in written(bench))
    [entry] = bench.done("outbox")["outbox"]
    assert (entry["state"], entry["waits_for"][:20]) == ("sending", "it is being sent sin")
    process.kill()
    process.communicate(timeout=PATIENCE)
    [entry] = bench.done("outbox")["outbox"]
    assert (entry["state"], entry["error"]) == (
        "unconfirmed",
        "the process that sent it is gone, and nobody knows whether it was done",
    )
    assert entry["waits_for"].endswith("nothing polls now: `vendorq sync --once` settles it")
    assert "unconfirmed=1" in bench.call("status").out
    shown = bench.call("show", "ensono", ticket)
    assert "a write is unconfirmed" in shown.out
    assert f"{entry['id']} is unconfirmed: the process that sent it is gone, and nobody knows whether" in shown.err
    assert shown.err.endswith("`vendorq sync --once` settles it\n")
    assert [each["number"] for each in bench.done("list", "is:mine")["tickets"]] == [ticket]
    assert bench.done("outbox", "drop", entry["id"])["write"]["state"] == "rejected"
    assert written(bench) == ["comment"]


def test_where_another_polls_once_sends_what_waits_and_ends_by_whether_that_one_is_alive(bench: Bench) -> None:
    bench.write_config(kinds=["ensono"], **{'kind = "ensono"\n': 'kind = "ensono"\npoll_seconds = 1\n'})
    number = linked(bench)
    process = start(bench, "sync")
    try:
        bench.box.ensono.comment(number, "Seen by the other.")
        until(lambda: acknowledged(bench) == 2)
        document = bench.done("sync", "--once")
        assert all(report["skipped"] for report in document["providers"])
        assert bench.done("comment", "ensono", number, "Sent by this one.")["write"]["state"] == "done"
        process.send_signal(signal.SIGSTOP)
        until(lambda: bench.call("sync", "--once").code == 69)
        assert "has not polled lately" in bench.failed(69, "sync", "--once")["error"]["message"]
    finally:
        process.kill()
        process.communicate(timeout=PATIENCE)
    bench.done("sync", "--once")
    assert written(bench) == ["comment"]
