"""A terminal for programs under test: a real pty, its answers to what programs ask, and a screen that obeys them."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pyte

PATIENCE = 60.0
"""Seconds after which a program that says nothing fails its test."""
QUIET = 0.15
"""Seconds without a byte after which a program has said what it had to say."""
ANSWERS = {b"\x1b[?2026$p": b"\x1b[?2026;2$y"}
"""What it asks and what a modern terminal answers: it can hold a frame back until it is whole."""


@dataclass
class Terminal:
    """A program on a terminal of its own. `written` is all it wrote."""

    process: int
    handle: int
    columns: int
    rows: int
    written: bytearray = field(default_factory=bytearray)

    def __post_init__(self) -> None:
        self.screen = pyte.Screen(self.columns, self.rows)
        self._stream = pyte.ByteStream(self.screen)

    @property
    def text(self) -> str:
        """What the screen shows."""
        return "\n".join(self.screen.display)

    def read(self, seconds: float) -> bytes:
        """What it writes, waiting at most so long for the first byte; empty where there is none or it has ended."""
        ready, _, _ = select.select([self.handle], [], [], seconds)
        if not ready:
            return b""
        try:
            data = os.read(self.handle, 1 << 16)
        except OSError:
            return b""
        self.written += data
        self._stream.feed(data)
        for question, answer in ANSWERS.items():
            if question in data:
                os.write(self.handle, answer)
        return data

    def settle(self, quiet: float = QUIET) -> bytes:
        """All it writes until it has been quiet for a while."""
        found = bytearray()
        while data := self.read(quiet):
            found += data
        return bytes(found)

    def until(self, condition: Callable[[], bool], what: str = "") -> None:
        """Read until something is so."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"waited in vain for {what}\n{self.text}")
            self.read(0.05)

    def until_shown(self, words: str) -> None:
        """Read until the screen shows these words."""
        self.until(lambda: words in self.text, words)

    def press(self, keys: bytes) -> None:
        """Type something."""
        os.write(self.handle, keys)

    def resize(self, columns: int, rows: int) -> None:
        """Another size."""
        self.columns, self.rows = columns, rows
        self.screen.resize(rows, columns)
        set_size(self.handle, columns, rows)
        os.kill(self.process, signal.SIGWINCH)

    def hang_up(self) -> None:
        """The line is gone."""
        os.close(self.handle)
        self.handle = -1

    def wait(self, seconds: float = PATIENCE) -> int:
        """Its exit code; AssertionError where it does not end."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.handle >= 0:
                self.read(0.02)
            else:
                time.sleep(0.02)
            process, status = os.waitpid(self.process, os.WNOHANG)
            if process:
                self.process = 0
                return os.waitstatus_to_exitcode(status)
        raise AssertionError(f"it does not end\n{self.text}")


def set_size(handle: int, columns: int, rows: int) -> None:
    """Give a terminal a size."""
    fcntl.ioctl(handle, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


@contextmanager
def on_terminal(
    words: Sequence[str],
    environment: Mapping[str, str],
    *,
    columns: int = 120,
    rows: int = 40,
    folder: Path | None = None,
) -> Iterator[Terminal]:
    """Run a program on a terminal of 256 colours; it is ended with the context, however that goes."""
    process, handle = pty.fork()
    if not process:
        try:
            if folder is not None:
                os.chdir(folder)
            os.execvpe(words[0], list(words), {"TERM": "xterm-256color", **environment})
        finally:
            os._exit(127)
    set_size(handle, columns, rows)
    terminal = Terminal(process, handle, columns, rows)
    try:
        yield terminal
    finally:
        if terminal.process:
            os.kill(terminal.process, signal.SIGKILL)
            os.waitpid(terminal.process, 0)
        if terminal.handle >= 0:
            os.close(terminal.handle)
