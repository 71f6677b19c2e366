"""Three dashboards and a `sync` on one store, each a process of its own: one polls, all know the same."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from providers.clock import SystemClock
from tests.support.command_line import SandboxProcess, run, sandbox_process, with_providers
from tests.support.on_sandbox import Place, place_for, until_ready
from tests.support.terminal import Terminal
from tui.desk.store.files import RealFiles
from tui.desk.store.lease import KernelLease

INTERVAL = 50
"""Seconds between polls: what comes sooner came because somebody took over."""
WITHIN = 40.0
"""Seconds in which it must have come; less than one interval."""


def holder(place: Place) -> int:
    """The process that polls, as another one sees it; 0 where none does."""
    found = KernelLease(RealFiles(place.store), SystemClock()).holder()
    return found.pid if found is not None else 0


def place_of(box: SandboxProcess, home: Path) -> Place:
    """A home whose config has Ensono alone, polled rarely."""
    place = place_for(box, home)
    text = with_providers(place.config.read_text(), ["ensono"])
    place.config.write_text(text.replace('kind = "ensono"\n', f'kind = "ensono"\npoll_seconds = {INTERVAL}\n'))
    return place


@contextmanager
def syncing(place: Place) -> Iterator[subprocess.Popen[bytes]]:
    """`vendorq sync`, until it is stopped."""
    nothing = subprocess.DEVNULL
    words, environment = place.words("sync"), place.environment()
    process = subprocess.Popen(words, env=environment, cwd=place.home, stdout=nothing, stderr=nothing)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def until(holds: Callable[[], bool], what: str, terminals: Iterable[Terminal]) -> None:
    """Wait until something is so, reading what the terminals are written meanwhile."""
    deadline = time.monotonic() + WITHIN
    while not holds():
        assert time.monotonic() < deadline, what
        for terminal in terminals:
            terminal.read(0.05)


def show(screens: list[Terminal], number: str) -> None:
    """Wait until each screen shows a ticket."""
    until(lambda: all(number in screen.text for screen in screens), f"all show {number}", screens)


def acknowledged(box: SandboxProcess) -> list[str]:
    """Tickets whose one message was taken from the queue, in order."""
    return [entry["number"] for entry in box.ledger(vendor="ensono", operation="acknowledge")]


def open_rows(place: Place) -> list[str]:
    """What the commands say is open."""
    listed = run("--config", str(place.config), "list", "--json", home=place.home)
    return sorted(ticket["number"] for ticket in listed.json["tickets"])


def test_one_of_three_dashboards_and_a_sync_polls_and_another_takes_over_from_a_killed_one(tmp_path: Path) -> None:
    with sandbox_process(tmp_path) as box, ExitStack() as stack:
        place = place_of(box, tmp_path)
        numbers = [box.call("ensono", "create", client_number="OWN0")]
        members: dict[int, Terminal | None] = {}
        for _ in range(3):
            terminal = stack.enter_context(place.dashboard())
            members[terminal.process] = terminal
            until_ready(terminal)
            terminal.press(b"2")
        members[stack.enter_context(syncing(place)).pid] = None
        screens = [terminal for terminal in members.values() if terminal is not None]
        show(screens, numbers[0])
        assert holder(place) == next(iter(members)), "the first to come polls"
        for count in (1, 2):
            polls = holder(place)
            assert polls in members
            numbers.append(box.call("ensono", "create", client_number=f"OWN{count}"))
            os.kill(polls, signal.SIGKILL)
            del members[polls]
            screens = [terminal for terminal in members.values() if terminal is not None]
            until(lambda: acknowledged(box) == numbers, "another polls", screens)
            show(screens, numbers[-1])
            assert holder(place) in members
        assert open_rows(place) == sorted(numbers)
        assert acknowledged(box) == numbers
