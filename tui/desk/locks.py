"""One write to a ticket at a time, across all processes of the engineer: a kernel lock for each ticket.

The kernel frees a dead process's lock, so that a lock that can be had says that nobody is sending.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final

from providers.model import Write

_PAUSE: Final = 0.05


class TicketLocks:
    """Locks in a folder of their own under the state folder. The files stay: removing one would free a held lock."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @asynccontextmanager
    async def hold(self, write: Write, patience: float) -> AsyncIterator[bool]:
        """Hold the lock of the write's ticket; false where another kept it for `patience` seconds."""
        handle = self._open(write)
        try:
            held = _try(handle)
            waited = 0.0
            while not held and waited < patience:
                await asyncio.sleep(_PAUSE)
                waited += _PAUSE
                held = _try(handle)
            yield held
        finally:
            os.close(handle)

    @contextmanager
    def if_free(self, write: Write) -> Iterator[bool]:
        """Hold the lock if nobody has it; whether it is held."""
        handle = self._open(write)
        try:
            yield _try(handle)
        finally:
            os.close(handle)

    def is_free(self, write: Write) -> bool:
        """Whether nobody sends to the write's ticket. Writes nothing, so that it can be asked of a full disk, too."""
        try:
            handle = os.open(self._folder / lock_name(write), os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        except FileNotFoundError:
            return True
        except OSError:
            return False
        try:
            return _try(handle, fcntl.LOCK_SH)
        finally:
            os.close(handle)

    def _open(self, write: Write) -> int:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        return os.open(self._folder / lock_name(write), flags, 0o600)


def lock_name(write: Write) -> str:
    """A file name for a write's ticket: its number, for a create our own number or else the write itself."""
    subject = write.number or f"own\x1f{write.client_number or write.id}"
    return hashlib.sha256(f"{write.provider}\x1f{subject}".encode()).hexdigest()[:32] + ".lock"


def _try(handle: int, kind: int = fcntl.LOCK_EX) -> bool:
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
