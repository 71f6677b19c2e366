"""Long text in the engineer's own editor: it has the terminal alone, and everything else goes on meanwhile."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.support import processes
from tests.support.command_line import SandboxProcess
from tests.support.on_sandbox import Place, until_ready
from tests.support.terminal import Terminal
from tests.terminal.test_signals import holder, in_a_shell
from tui.leaving import DEADLINE

EDITOR = """#!/bin/sh
[ "$(stat -c %a "$1")" = 600 ] || exit 9
printf 'EDITOR READY\\n'
read line
printf '%s\\n' "$line" >> "$1"
printf 'EDITOR SAVED\\n'
read line
"""
POLLS = 3
QUICKLY = "poll_seconds = 1\n"


@pytest.fixture
def place(place: Place) -> Place:
    """With a small editor, and vendors that are asked once a second."""
    text = place.config.read_text()
    place.config.write_text(text.replace("[[provider]]\n", f"[[provider]]\n{QUICKLY}"))
    editor = place.home / "editor"
    editor.write_text(EDITOR)
    editor.chmod(0o700)
    return place


@contextmanager
def editing(box: SandboxProcess, place: Place) -> Iterator[tuple[Terminal, str]]:
    """The dashboard with a comment's text in the editor, and the ticket's number."""
    number = box.call("ensono", "create", shortDescription="Order entry stands still", client_number="INC0931")
    with place.dashboard(variables={"EDITOR": str(place.home / "editor")}) as terminal:
        until_ready(terminal)
        open_in_editor(terminal, number)
        yield terminal, number


def open_in_editor(terminal: Terminal, number: str) -> None:
    """Begin a comment, and go on in the editor."""
    terminal.press(f"2/{number}\r".encode())
    terminal.until_shown("1 of 1")
    terminal.press(b"cThe node")
    terminal.until_shown("Comment *", "The node")
    terminal.press(b"\x07")
    terminal.until_shown("EDITOR READY")
    terminal.settle()


def polls(box: SandboxProcess) -> int:
    """How often the vendors were asked."""
    return len(box.requests())


def test_the_vendors_are_polled_while_the_editor_has_the_terminal_alone(box: SandboxProcess, place: Place) -> None:
    with editing(box, place) as (terminal, number):
        written, asked = len(terminal.written), polls(box)
        box.call("ensono", "comment", number=number, body="And now?")
        terminal.until(lambda: polls(box) >= asked + POLLS * 5, "polls of five vendors")
        assert terminal.written[written:] == b"", "not a byte of ours"
        terminal.press(b"is back, q2?\n")
        terminal.until_shown("EDITOR SAVED")
        assert bytes(terminal.written[written:]).startswith(b"is back, q2?\r\n"), "each key went to the editor"
        terminal.press(b"\n")
        terminal.until_gone("EDITOR SAVED")
        terminal.until_shown("Comment *", "The node", "is back, q2?", "Ctrl-S send")
        terminal.press(b"\x13")
        terminal.until_shown("The ticket has changed", "And now?")
        terminal.press(b"y")
        terminal.until_shown("Needs me")
        (comment,) = box.ledger(operation="comment", number=number)
        assert "is back, q2?" in str(comment)


def test_an_interrupt_means_the_editor_and_not_us(box: SandboxProcess, place: Place) -> None:
    with editing(box, place) as (terminal, _):
        terminal.press(b"\x03")
        terminal.until_gone("EDITOR READY")
        terminal.until_shown("the text is as it was", "The node")
        terminal.press(b"\x18")
        terminal.until_shown("Discard the draft?")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=lambda each: each.name)
def test_what_the_editor_has_saved_is_a_draft_when_the_line_is_lost(
    box: SandboxProcess, place: Place, number: signal.Signals
) -> None:
    with editing(box, place) as (terminal, ticket):
        terminal.press(b"is back\n")
        terminal.until_shown("EDITOR SAVED")
        os.kill(terminal.process, number)
        assert terminal.wait(DEADLINE + 2) == 128 + number
    assert list((place.store / "edit").iterdir()) == [], "no copy of the text stays behind"
    with place.dashboard() as terminal:
        until_ready(terminal)
        terminal.press(f"2/{ticket}\r".encode())
        terminal.until_shown("1 of 1")
        terminal.press(b"c")
        terminal.until_shown("The node", "is back", "your draft")


def test_a_stop_stops_both_and_both_go_on(box: SandboxProcess, place: Place) -> None:
    number = box.call("ensono", "create", shortDescription="Order entry stands still", client_number="INC0933")
    with in_a_shell(place, EDITOR=str(place.home / "editor")) as (terminal, process):
        open_in_editor(terminal, number)
        terminal.press(b"\x1a")
        terminal.until(lambda: processes.state(process) == "T", "the stop")
        assert holder(place) is None, "others may poll"
        written = len(terminal.written)
        terminal.press(b"fg\n")
        terminal.until(lambda: (now := holder(place)) is not None and now.pid == process, "the lease")
        terminal.settle()
        assert b"Comment" not in terminal.written[written:], "the editor still has the terminal"
        terminal.press(b"is back\n")
        terminal.until_shown("EDITOR SAVED")
        terminal.press(b"\n")
        terminal.until_gone("EDITOR SAVED")
        terminal.until_shown("Comment *", "The node", "is back")


def test_an_editor_that_is_not_there_is_said_and_the_form_stands(place: Place, box: SandboxProcess) -> None:
    (place.home / "editor").write_text("#!/nowhere/sh\n")
    number = box.call("ensono", "create", shortDescription="Order entry stands still", client_number="INC0932")
    with place.dashboard(variables={"EDITOR": str(place.home / "editor")}) as terminal:
        until_ready(terminal)
        terminal.press(f"2/{number}\r".encode())
        terminal.until_shown("1 of 1")
        terminal.press(b"cThe node")
        terminal.until_shown("Comment *", "The node")
        terminal.press(b"\x07")
        terminal.until_shown("set $EDITOR to your editor", "The node")
