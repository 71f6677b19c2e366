"""Inside tmux: the same sequences as outside, and a copy that reaches the clipboard however tmux lets it through."""

from __future__ import annotations

import base64

import pytest

from tests.support.command_line import SandboxProcess
from tests.support.escapes import strays
from tests.support.on_sandbox import Place, until_ready
from tests.support.poison import poison
from tests.support.tmux import MISSING, TMUX, in_tmux
from tests.support.tour import walk

pytestmark = pytest.mark.skipif(TMUX is None, reason=MISSING)


def test_poisoned_vendors_write_nothing_to_tmux(box: SandboxProcess, place: Place) -> None:
    poison(box)
    with in_tmux(place.words(), place.environment(TERM="xterm-256color"), place.home) as tmux:
        until_ready(tmux.terminal)
        walk(tmux.terminal, b"2")
        tmux.terminal.until_shown("begin-0")
        walk(tmux.terminal, b"g", b"j", b"v", b"v", b"\t", b"j", b"H", b"\x1b")
        written = tmux.written
    assert b"begin-0" in written
    assert strays(written[written.index(b"\x1b[?1049h") :]) == []


@pytest.mark.parametrize("option", [("set-clipboard", "on"), ("allow-passthrough", "on")], ids=lambda each: each[0])
def test_a_copied_number_reaches_the_outer_terminal(box: SandboxProcess, place: Place, option: tuple[str, str]) -> None:
    number = box.call("ensono", "create", shortDescription="Order entry stands still", client_number="INC0904")
    variables = place.environment(TERM="xterm-256color")
    with in_tmux(place.words(), variables, place.home, dict([option])) as tmux:
        until_ready(tmux.terminal)
        walk(tmux.terminal, b"2", b"/")
        tmux.terminal.until_shown("Filter")
        walk(tmux.terminal, number.encode(), b"\r")
        tmux.terminal.until_shown("1 of 1")
        tmux.terminal.press(b"y")
        copied = base64.b64encode(number.encode())
        tmux.terminal.until(
            lambda: b"\x1b]52;" in tmux.terminal.written and copied in tmux.terminal.written, "the copy"
        )
