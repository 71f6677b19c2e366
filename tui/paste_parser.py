"""What a terminal sends, with each pasted text taken out whole before anything in it is read as a key.

A terminal puts a paste between two marks (xterm's bracketed paste, mode 2004). Textual reads escape sequences inside
them all the same: a log with colours would come out of order, and what follows an ESC would be keys, such as the one
that sends a comment. Here everything between the marks is text.
"""

from __future__ import annotations

import os
import re
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable, Iterator
from selectors import EVENT_READ, SelectSelector
from time import monotonic
from typing import Final

from textual import constants, events
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from providers.text import safe_text

ESC: Final = "\x1b"
LONGEST: Final = 1_000_000
"""Characters of a paste that are kept; no vendor takes a text as long. The rest is read and dropped."""
SILENCE: Final = 2.0
"""Seconds without a character after which one key alone, inside a paste, is a person's: see `_gather`."""
PATIENCE: Final = 1.0
"""Seconds for which the beginning of a mark waits for the rest of it, where it is more than the Escape key."""
READ: Final = 4096
_ONE_KEY: Final = re.compile(r"\x1b\[[\d;:]*[u~A-FHPQSZ]|\x1bO[ -~]|\x1b?[^\x1b]|\x1b", re.DOTALL)
"""What a terminal sends for one key: not what it reports by itself, of its focus, its size or the mouse."""


class Pasted(events.Paste):
    """A text that was pasted, safe to show. `is_cut`: there was more of it than is kept."""

    def __init__(self, text: str, is_cut: bool = False) -> None:
        super().__init__(text)
        self.is_cut = is_cut


# Textual calls handlers by this name, and widgets know Paste alone.
Pasted.handler_name = events.Paste.handler_name


class PasteParser(XTermParser):
    """Textual's parser, and in front of it what takes pastes out. `clock` says seconds that only grow."""

    def __init__(self, debug: bool = False, clock: Callable[[], float] = monotonic) -> None:
        super().__init__(debug)
        self._clock = clock
        self._heard = clock()
        self._held = ""
        """The end of what has come, where it may be the beginning of the next mark."""
        self._escaped = False
        """Whether the last that was passed on was an ESC that had waited in vain for the rest of a mark."""
        self._is_pasting = False
        self._parts: list[str] = []
        self._room = LONGEST
        self._is_cut = False

    def feed(self, data: str) -> Iterable[Message]:
        """The events of what has come; an empty text says that nothing more will."""
        if not data:
            yield from self._release()
            yield from super().feed("")
            return
        now = self._clock()
        silence, self._heard = now - self._heard, now
        if self._escaped and data.startswith(BRACKETED_PASTE_START[1:]):
            data = ESC + data  # a slow line had cut the mark after its ESC, which nobody can call back as Escape
        self._escaped = False
        if self._is_pasting and silence >= SILENCE and self._is_a_key(data):
            self._is_pasting, self._held = False, ""  # the beginning of a mark whose rest is lost
            yield self._paste()
        data, self._held = self._held + data, ""
        while data:
            if self._is_pasting:
                data = self._gather(data)
                if not self._is_pasting:
                    yield self._paste()
            else:
                before, mark, data = data.partition(BRACKETED_PASTE_START)
                if mark:
                    self._is_pasting = True
                else:
                    before, self._held = _cut_before(before, BRACKETED_PASTE_START)
                yield from self._pass_on(before, at_once=bool(mark))

    def tick(self) -> Iterable[Message]:
        """Called again and again: what has waited long enough for the rest of a mark is no mark."""
        if self._held and not self._is_pasting:
            patience = constants.ESCAPE_DELAY if self._held == ESC else PATIENCE
            if self._clock() - self._heard >= patience:
                self._escaped = self._held == ESC
                yield from self._release()
        yield from super().tick()

    def _release(self) -> Iterator[Message]:
        held, self._held = self._held, ""
        if not self._is_pasting:
            yield from self._pass_on(held, at_once=True)

    def _pass_on(self, data: str, *, at_once: bool) -> Iterator[Message]:
        """Give Textual what is no paste. `at_once`: an ESC at its end has waited, or comes before a paste."""
        if data:
            yield from super().feed(data)
        if at_once and self._timeout_time is not None:
            self._timeout_time = 0.0
            yield from super().tick()

    def _gather(self, data: str) -> str:
        """Take in what belongs to the paste, and return what comes after it.

        Where the closing mark is lost, the keyboard must not be for ever. Neither a length nor a pause may end a
        paste, though: on a slow line the rest of it would follow as keys, and act. So it ends at what only a person
        does: one key alone, after some seconds of silence. A paste that goes on comes in many characters at once, and
        another paste brings a mark of its own. What was typed until then is text of the paste: nothing is lost.
        """
        text, mark, rest = data.partition(BRACKETED_PASTE_END)
        if mark:
            self._is_pasting = False
        else:
            text, self._held = _cut_before(text, BRACKETED_PASTE_END)
        kept = text[: self._room]
        self._room -= len(kept)
        self._is_cut = self._is_cut or len(kept) < len(text)
        if kept:
            self._parts.append(kept)
        return rest

    def _is_a_key(self, data: str) -> bool:
        """Whether one key was pressed, and a paste does not go on: with what is held it is no mark, nor begins one."""
        return _ONE_KEY.fullmatch(data) is not None and not (
            self._held and BRACKETED_PASTE_END.startswith(self._held + data)
        )

    def _paste(self) -> Pasted:
        """What was gathered, as an event; the next paste begins anew."""
        paste = Pasted(safe_text("".join(self._parts)), self._is_cut)
        self._parts, self._room, self._is_cut = [], LONGEST, False
        return paste


def _cut_before(text: str, mark: str) -> tuple[str, str]:
    """The text without its end, where that is the beginning of a mark, and that end."""
    at = text.rfind(ESC, max(0, len(text) - len(mark) + 1))
    return (text[:at], text[at:]) if at >= 0 and mark.startswith(text[at:]) else (text, "")


class PasteDriver(LinuxDriver):
    """Textual's driver, reading with the parser above. A byte that is no UTF-8 is one odd character, not a fault."""

    def run_input_thread(self) -> None:
        """Hand on what comes until the driver ends, in a thread of its own."""
        parser = PasteParser(self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        with SelectSelector() as selector:
            selector.register(self.fileno, EVENT_READ)
            while not self.exit_event.is_set():
                data = decode(os.read(self.fileno, READ)) if selector.select(0.1) else ""
                for event in parser.feed(data) if data else ():
                    self.process_message(event)
                for event in parser.tick():
                    self.process_message(event)
        for _ in parser.feed(""):  # nothing is left to hand it to
            pass
