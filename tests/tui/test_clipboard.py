"""OSC 52, wrapped for what stands between us and the terminal."""

from __future__ import annotations

import base64
import re

import pytest

from tui.clipboard import LIMIT, copy_sequence


def test_the_terminal_gets_the_text_in_base64() -> None:
    sequence = copy_sequence("INC#11252714 é", {"TERM": "xterm-256color"})
    found = re.fullmatch(r"\x1b\]52;c;([A-Za-z0-9+/=]+)\x07", sequence)
    assert found is not None
    assert base64.b64decode(found[1]).decode() == "INC#11252714 é"


def test_tmux_gets_it_both_ways_that_it_may_let_through() -> None:
    sequence = copy_sequence("x", {"TERM": "tmux-256color", "TMUX": "/tmp/tmux,1,0"})
    assert sequence == "\x1b]52;c;eA==\x07" + "\x1bPtmux;\x1b\x1b]52;c;eA==\x07\x1b\\"


def test_screen_gets_it_in_pieces_it_can_hold() -> None:
    sequence = copy_sequence("x" * 1000, {"TERM": "screen"})
    pieces = re.findall(r"\x1bP(.*?)\x1b\\", sequence, flags=re.DOTALL)
    assert all(len(piece) <= 250 for piece in pieces)
    assert "".join(pieces) == copy_sequence("x" * 1000, {"TERM": "xterm"})


def test_what_terminals_would_drop_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="more than terminals take"):
        copy_sequence("x" * (LIMIT + 1), {})
