"""A terminal for programs under test: a real pty, its answers to what programs ask, and a screen that obeys them."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import shutil
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
SHELL = shutil.which("sh") or "/bin/sh"


@dataclass
class Terminal:
    """A program on a terminal of its own. `written` is all it wrote, `arrivals` when (monotonic) and up to where.

    `answers` is what the terminal says to what programs ask of it. The screen follows when it is looked at, so that
    reading alone costs next to nothing and times are the program's.
    """

    process: int
    handle: int
    columns: int
    rows: int
    written: bytearray = field(default_factory=bytearray)
    arrivals: list[tuple[float, int]] = field(default_factory=list)
    answers: Mapping[bytes, bytes] = field(default_factory=lambda: ANSWERS)

    def __post_init__(self) -> None:
        self._screen = pyte.Screen(self.columns, self.rows)
        self._stream = pyte.ByteStream(self._screen)
        self._drawn = 0

    @property
    def screen(self) -> pyte.Screen:
        """The screen, with all that was written on it."""
        if self._drawn < len(self.written):
            self._stream.feed(bytes(self.written[self._drawn :]))
            self._drawn = len(self.written)
        return self._screen

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
        self.arrivals.append((time.monotonic(), len(self.written)))
        for question, answer in self.answers.items():
            if question in data:
                os.write(self.handle, answer)
        return data

    def settle(self, quiet: float = QUIET) -> bytes:
        """All it writes until it has been quiet for a while."""
        found = bytearray()
        while data := self.read(quiet):
            found += data
        return bytes(found)

    def until(self, condition: Callable[[], bool], what: str = "", patience: float = PATIENCE) -> None:
        """Read until something is so."""
        deadline = time.monotonic() + patience
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"waited in vain for {what}\n{self.text}")
            self.read(0.05)

    def until_shown(self, *words: str) -> None:
        """Read until the screen shows all these words."""
        self.until(lambda: all(each in self.text for each in words), " and ".join(words))

    def until_gone(self, words: str) -> None:
        """Read until the screen shows these words no longer."""
        self.until(lambda: words not in self.text, f"{words!r} to go")

    def press(self, keys: bytes) -> None:
        """Type something."""
        os.write(self.handle, keys)

    def resize(self, columns: int, rows: int) -> None:
        """Another size; the kernel tells the program."""
        self.screen.resize(rows, columns)
        self.columns, self.rows = columns, rows
        set_size(self.handle, columns, rows)

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

    def first_time(self, shows: Callable[[str], bool]) -> float:
        """When (monotonic) the screen first showed something; AssertionError where it never did."""
        screen = pyte.Screen(self.columns, self.rows)
        stream = pyte.ByteStream(screen)
        start = 0
        for at, end in self.arrivals:
            stream.feed(bytes(self.written[start:end]))
            start = end
            if shows("\n".join(screen.display)):
                return at
        raise AssertionError(f"never shown\n{self.text}")


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
    answers: Mapping[bytes, bytes] = ANSWERS,
) -> Iterator[Terminal]:
    """Run a program on a terminal of 256 colours; it is ended with the context, however that goes."""
    handle, other = pty.openpty()
    set_size(handle, columns, rows)
    name = os.ttyname(other)
    # The leader of a new session gets the first terminal it opens as its own. The folder is the shell's to change to.
    process = os.posix_spawn(
        SHELL,
        [SHELL, "-c", 'cd "$0" && exec "$@"', str(folder or Path.cwd()), *words],
        {"TERM": "xterm-256color", **environment},
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, name, os.O_RDWR, 0),
            (os.POSIX_SPAWN_DUP2, 0, 1),
            (os.POSIX_SPAWN_DUP2, 0, 2),
        ],
        setsid=True,
        setsigdef=[signal.SIGPIPE],
    )
    os.close(other)
    terminal = Terminal(process, handle, columns, rows, answers=answers)
    try:
        yield terminal
    finally:
        if terminal.process:
            os.kill(terminal.process, signal.SIGKILL)
            os.waitpid(terminal.process, 0)
        if terminal.handle >= 0:
            os.close(terminal.handle)
