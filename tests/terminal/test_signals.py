"""Stopped, continued, hung up, terminated: the lease, the drafts, the terminal and the process itself."""

from __future__ import annotations

import os
import shlex
import signal
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from providers.clock import SystemClock
from tests.support import processes
from tests.support.command_line import SandboxProcess
from tests.support.on_sandbox import Place, until_ready
from tests.support.terminal import Terminal, on_terminal
from tests.support.tour import walk
from tui.desk.ports import LeaseHolder
from tui.desk.store.files import RealFiles
from tui.desk.store.lease import KernelLease
from tui.leaving import DEADLINE

PROMPT = "ready> "
DRAFT = "The node is"
SPINNING = 20_000
"""Reads and writes of a program that asks a lost terminal again and again: it comes to a million in a second."""


def holder(place: Place) -> LeaseHolder | None:
    """Who polls, as another process sees it."""
    return KernelLease(RealFiles(place.store), SystemClock()).holder()


@contextmanager
def in_a_shell(place: Place, **variables: str) -> Iterator[tuple[Terminal, int]]:
    """The dashboard as a job of a shell, with its process id: only a shell's job can be stopped."""
    words = ["sh", "-i"]
    with on_terminal(words, place.environment(PS1=PROMPT, ENV="/dev/null", **variables), folder=place.home) as terminal:
        terminal.until_shown(PROMPT.strip())
        command = f"sh -c 'echo $$ > pid; exec \"$@\"' vendorq {shlex.join(place.words())}\n"
        terminal.press(command.encode())
        until_ready(terminal)
        process = int((place.home / "pid").read_text())
        try:
            yield terminal, process
        finally:
            if processes.state(process) not in "ZX":
                os.kill(process, signal.SIGKILL)


@pytest.mark.parametrize("by_key", [True, False], ids=["by-key", "by-signal"])
def test_a_stop_gives_the_lease_to_others_and_going_on_takes_it_back(place: Place, by_key: bool) -> None:
    with in_a_shell(place) as (terminal, process):
        found = holder(place)
        assert found is not None
        assert found.pid == process
        if by_key:
            terminal.press(b"\x1a")
        else:
            os.kill(process, signal.SIGTSTP)
        terminal.until(lambda: processes.state(process) == "T", "the stop")
        assert holder(place) is None
        terminal.until_shown(PROMPT.strip())
        terminal.press(b"fg\n")
        terminal.until_shown("Needs me", "Incoming")
        terminal.until(lambda: (now := holder(place)) is not None and now.pid == process, "the lease")
        walk(terminal, b"q")
        terminal.until(lambda: processes.state(process) in "ZX", "the end")


def test_a_stop_is_refused_where_no_shell_could_wake_it(place: Place) -> None:
    """As `ssh -t host vendorq` or a window of tmux starts it."""
    with place.dashboard() as terminal:
        until_ready(terminal)
        terminal.press(b"\x1a")
        terminal.until_shown("There is no shell to go back to")
        terminal.press(b"2")
        terminal.until_gone("There is no shell")
        os.kill(terminal.process, signal.SIGTSTP)
        terminal.until_shown("There is no shell to go back to")
        terminal.press(b"q")
        assert terminal.wait() == 0


def test_a_stop_that_nobody_can_hear_of_leaves_the_keyboard_and_the_terminal_whole(place: Place) -> None:
    """SIGSTOP, as a debugger or a cgroup's freezer does it."""
    with place.dashboard() as terminal:
        before = termios.tcgetattr(terminal.handle)
        until_ready(terminal)
        cooked = termios.ECHO | termios.ICANON
        os.kill(terminal.process, signal.SIGSTOP)
        assert processes.has_state(terminal.process, "T", 10)
        os.kill(terminal.process, signal.SIGCONT)
        terminal.press(b"3")
        terminal.until_shown("─ Changes ─")
        terminal.press(b"q")
        assert terminal.wait(10) == 0
        assert termios.tcgetattr(terminal.handle)[3] & cooked == before[3] & cooked != 0


def is_listed(terminal: Terminal) -> bool:
    """Whether the one ticket that is looked for is there; asked for again where not, since a poll may be under way."""
    listed = "1 of 1" in terminal.text
    if not listed:
        terminal.press(b"p")
    return listed


def half_typed(box: SandboxProcess, place: Place, terminal: Terminal) -> str:
    """Open a comment's form and type into it; the ticket's number."""
    number: str = box.call("ensono", "create", shortDescription="Order entry stands still", client_number="INC0921")
    until_ready(terminal)
    terminal.press(f"2/{number}\r".encode())
    terminal.until(lambda: is_listed(terminal), number)
    terminal.press(f"c{DRAFT}".encode())
    terminal.until_shown("Comment *", DRAFT)
    return number


def expect_draft(place: Place, number: str, words: str = DRAFT) -> None:
    """The words are in the form when it is opened again."""
    with place.dashboard() as terminal:
        until_ready(terminal)
        terminal.press(f"2/{number}\r".encode())
        terminal.until_shown("1 of 1")
        terminal.press(b"c")
        terminal.until_shown(words)


def test_a_stop_from_a_form_keeps_the_draft_and_the_form_is_there_again(box: SandboxProcess, place: Place) -> None:
    with in_a_shell(place) as (terminal, process):
        ticket = half_typed(box, place, terminal)
        terminal.press(b"\x1a")
        terminal.until(lambda: processes.state(process) == "T", "the stop")
        assert holder(place) is None
        terminal.until_shown(PROMPT.strip())
        terminal.press(b"fg\n")
        # What is drawn again looks as it did: keys are for the program once it polls.
        terminal.until(lambda: (now := holder(place)) is not None and now.pid == process, "the lease")
        terminal.until_shown("Comment *", DRAFT)
        terminal.press(b" not reachable\x06")  # and a box over the form: it stops from there too
        terminal.until_shown(f"{DRAFT} not", "Choose a file")
        terminal.press(b"\x1a")
        terminal.until(lambda: processes.state(process) == "T", "the second stop")
        os.kill(process, signal.SIGKILL)
        terminal.until(lambda: processes.state(process) in "ZX", "the end")
    expect_draft(place, ticket, f"{DRAFT} not reachable")


def test_a_form_says_itself_where_no_shell_could_wake_it(box: SandboxProcess, place: Place) -> None:
    with place.dashboard() as terminal:
        half_typed(box, place, terminal)
        terminal.press(b"\x1a")
        terminal.until_shown("Comment *", DRAFT, "There is no shell to go back to")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=lambda each: each.name)
def test_a_signal_keeps_the_draft_and_ends_it_in_time(
    box: SandboxProcess, place: Place, number: signal.Signals
) -> None:
    with place.dashboard() as terminal:
        ticket = half_typed(box, place, terminal)
        os.kill(terminal.process, number)
        assert terminal.wait(DEADLINE + 2) == 128 + number
    expect_draft(place, ticket)


def test_a_lost_line_keeps_the_draft_and_ends_it_without_spinning(box: SandboxProcess, place: Place) -> None:
    with place.dashboard() as terminal:
        ticket = half_typed(box, place, terminal)
        terminal.hang_up()
        assert processes.transfers_until_it_ends(terminal.process, DEADLINE + 2) < SPINNING
        assert terminal.wait() == 128 + signal.SIGHUP
    expect_draft(place, ticket)


def test_a_line_lost_without_a_signal_is_noticed_and_nothing_spins(place: Place) -> None:
    """As under nohup, or where a parent ignores SIGHUP."""
    words = ["sh", "-c", "trap '' HUP; \"$@\"; echo $? > ended", "sh", *place.words()]
    with on_terminal(words, place.environment(), folder=place.home) as terminal:
        until_ready(terminal)
        children = Path(f"/proc/{terminal.process}/task/{terminal.process}/children").read_text().split()
        process = int(children[0])
        terminal.hang_up()
        assert processes.transfers_until_it_ends(process, DEADLINE + 2) < SPINNING
        terminal.wait()
    assert (place.home / "ended").read_text().strip() == str(128 + signal.SIGHUP)
