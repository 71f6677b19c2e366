"""Whatever the vendors send, only sequences of our own reach the terminal."""

from __future__ import annotations

import base64

from tests.support.command_line import SandboxProcess
from tests.support.escapes import clipboard, strays
from tests.support.on_sandbox import Place, until_ready
from tests.support.poison import LOADS, load, poison
from tests.support.tour import tour, walk


def test_poisoned_vendors_write_nothing_to_the_terminal(box: SandboxProcess, place: Place) -> None:
    poison(box)
    with place.dashboard() as terminal:
        until_ready(terminal)
        walk(terminal, b"2")
        terminal.until_shown("begin-0")
        tour(terminal, rows=LOADS + 3)
        walk(terminal, b"q")
        assert terminal.wait() == 0
    written = bytes(terminal.written)
    assert strays(written) == []
    for each in range(LOADS):
        assert f"begin-{each} ".encode() in written


def test_the_clipboard_is_set_by_the_copy_key_alone_and_to_the_number(box: SandboxProcess, place: Place) -> None:
    number = box.call("ensono", "create", shortDescription=load(3)[:160], client_number="INC0903")
    with place.dashboard() as terminal:
        until_ready(terminal)
        walk(terminal, b"2", b"/")
        terminal.until_shown("Filter")
        walk(terminal, number.encode(), b"\r")
        terminal.until_shown("1 of 1")
        assert strays(bytes(terminal.written)) == []
        before = len(terminal.written)
        walk(terminal, b"y")
        terminal.until_shown("sent to the terminal")
        copied = clipboard(strays(bytes(terminal.written[before:])))
        assert [base64.b64decode(data).decode() for data in copied] == [number]
