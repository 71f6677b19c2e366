"""What is pasted is text, whatever stands in it: no key, no command, and nothing that the terminal would obey."""

from __future__ import annotations

from tests.support.command_line import SandboxProcess
from tests.support.on_sandbox import Place, until_ready
from tests.support.terminal import Terminal

START, END = b"\x1b[200~", b"\x1b[201~"
LOG = (
    b"\x1b[31mnode 1 failed\x1b[0m\r\nd\x13\x1a\x07isk 2 is\x1b full\xff\r"
    b"\x1b[1;32mnode\t3\x1b]0;title\x07 is well\x1b[0m"
)
LINES = ["node 1 failed", "disk 2 is", "node"]
"""How the lines of the log begin."""


def on_ticket(terminal: Terminal, number: str) -> None:
    """Choose the ticket in the list."""
    until_ready(terminal)
    terminal.press(f"2/{number}\r".encode())
    terminal.until_shown("1 of 1", f"─ {number}  ensono")


def written(box: SandboxProcess, number: str) -> list[str]:
    """What was committed for the ticket by a person."""
    return [entry["operation"] for entry in box.ledger(number=number) if entry["operation"] != "acknowledge"]


def test_a_log_pasted_into_a_comment_is_its_text_and_nothing_is_sent(box: SandboxProcess, place: Place) -> None:
    number = box.call("ensono", "create", shortDescription="Order entry stands still", client_number="INC0941")
    before = written(box, number)
    with place.dashboard() as terminal:
        on_ticket(terminal, number)
        terminal.press(b"c")
        terminal.until_shown("Comment *")
        for at in range(0, len(LOG), 7):
            terminal.press((START if not at else b"") + LOG[at : at + 7])
            terminal.settle(0.02)
        terminal.press(END + b" (all)")
        terminal.until_shown("is well (all)", "Ctrl-S send", *LINES)
        assert written(box, number) == before, "nothing was sent"
        terminal.press(b"\x13")
        terminal.until(lambda: written(box, number) != before, "the comment")
        (comment,) = box.ledger(operation="comment", number=number)
    sent = str(comment)
    places = [sent.index(line) for line in LINES[:2]] + [sent.index(" is well (all)")]
    assert places == sorted(places), "in order"
    assert not any(mark in sent for mark in ("\\x1b", "\\x07", "\\x13", "[31m", "[0m", "title", "201~"))


def test_a_paste_into_the_list_does_nothing(box: SandboxProcess, place: Place) -> None:
    number = box.call("ensono", "create", shortDescription="Order entry stands still", client_number="INC0942")
    before = written(box, number)
    with place.dashboard() as terminal:
        on_ticket(terminal, number)
        terminal.press(START + b"\x1b[31mcq\x1bRX\x13\x1a\x07\x03\x1b" + END)
        terminal.settle()
        assert "1 of 1" in terminal.text, "no form, no box, and not the shell"
        terminal.press(b"c")
        terminal.until_shown("Comment *", "Ctrl-S send")
    assert written(box, number) == before
