"""A walk through the whole dashboard, by keys: what an engineer may have on the screen in a night."""

from __future__ import annotations

from typing import Final

from tests.support.terminal import Terminal

DOWN: Final = b"j"
ESCAPE: Final = b"\x1b"
SCREENS: Final = (
    b"H",  # the providers
    b"x",  # the outbox
    b"?",  # help
    b":",  # the palette
    b"/",  # the filter
    b"n",  # a new ticket
)
FORMS: Final = (b"c", b"e", b"L", b"a", b"t")
"""Comment, edit, link, attach, track."""


QUIET: Final = 0.06
"""Seconds without a byte after which what a key did stands."""
ALONE: Final = 0.2
"""The same after Esc, which is a key of its own only where nothing follows it for a while."""
REST: Final = 0.3
"""The same where the detail pane must have followed."""


def tour(terminal: Terminal, rows: int) -> None:
    """Every view, so many tickets of all that are open, what the vendors sent, each pane, each screen, each form."""
    walk(terminal, *(str(view).encode() for view in range(1, 9)), b"2", b"g")
    walk(terminal, *[DOWN] * rows, quiet=REST)
    walk(terminal, b"g", b"v", b"v", b"z", b"z", b"\r", b" ", b"\x1b[F", ESCAPE)
    walk(terminal, b"\t", *[DOWN] * 2, b"\r", b"v", ESCAPE, b"2", b"g", quiet=REST)
    for keys in (*SCREENS, *FORMS):
        walk(terminal, keys, ESCAPE)


def walk(terminal: Terminal, *presses: bytes, quiet: float = QUIET) -> None:
    """Press keys, each after what the last one did has come to rest."""
    for keys in presses:
        terminal.press(keys)
        terminal.settle(ALONE if keys == ESCAPE else quiet)
