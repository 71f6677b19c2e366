"""The lock every commit is made under, shared by all processes that have the store open."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from providers.clock import Clock
from tui.desk.ports import StoreFault
from tui.desk.store.files import Files

LOCK: Final = "lock"
PATIENCE_SECONDS: Final = 20.0
MADE: Final = b"This folder holds a vendorq store. Do not remove single files from it.\n"


class CommitLock:
    """A kernel lock on a file of its own: it falls with the process that holds it.

    Asked for without blocking, again and again: a thread that sleeps in flock could not be ended when another
    process was stopped in the middle of a commit.
    """

    def __init__(self, files: Files, clock: Clock, *, write: bool = True, patience: float = PATIENCE_SECONDS) -> None:
        self._files = files
        self._clock = clock
        self._write = write
        self._patience = patience
        self._handle = files.open(LOCK, create=write, write=write)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock. StoreFault where another process keeps it for too long; OSError from the disk."""
        until = self._clock.monotonic() + self._patience
        pause = 0.0002
        while not self._files.lock(self._handle):
            if self._clock.monotonic() > until:
                raise StoreFault(
                    f"Another process has kept the store locked for {self._patience:.0f} seconds{self._holder()}. "
                    "If it is stopped, continue it (fg) or end it."
                )
            time.sleep(pause)
            pause = min(pause * 1.5, 0.005)
        try:
            if self._files.identity(self._handle) != self._files.identity_of(LOCK):
                raise StoreFault("The store's lock file was removed while in use. Start vendorq anew.")
            yield
        finally:
            self._files.unlock(self._handle)

    def _holder(self) -> str:
        """Which process it is, where the kernel says so."""
        inode = self._files.identity(self._handle)[1]
        try:
            lines = Path("/proc/locks").read_text().splitlines()
        except OSError:
            return ""
        for line in lines:
            words = line.split()
            if len(words) > 5 and words[1] == "FLOCK" and words[5].endswith(f":{inode}"):
                return f" (process {words[4]})"
        return ""

    @property
    def marked(self) -> bool:
        """Whether a store was once made here: then its files must be here too."""
        return self._files.size(self._handle) > 0

    def mark(self) -> None:
        """Note that a store has been made here. Best effort: it only serves to notice that files went missing."""
        if self._write and not self.marked:
            self._files.write(self._handle, 0, MADE)

    def close(self) -> None:
        """Give the file back."""
        self._files.close(self._handle)
