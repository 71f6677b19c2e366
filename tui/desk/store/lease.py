"""The consumer lease: who polls the vendors, of all the processes that have the store open."""

from __future__ import annotations

import errno
import os
import socket
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from providers.clock import Clock
from providers.codec import format_time, parse_time
from tui.desk.ports import LeaseHolder, StoreFault
from tui.desk.store.faults import FULL_CODES
from tui.desk.store.files import Files
from tui.desk.store.frames import decode_json, encode_json

CONSUMER: Final = "consumer"
BEAT: Final = "consumer.beat"
_TRIES: Final = 3


class KernelLease:
    """A kernel lock on a file of its own, which falls with its holder, and a beat beside it for those who follow.

    The beat is only told, never trusted: who holds the lock holds the lease, however old the beat.
    """

    def __init__(self, files: Files, clock: Clock, path: Path = Path(), *, obtainable: bool = True) -> None:
        self._files = files
        self._path = path
        self._clock = clock
        self._obtainable = obtainable
        self._handle = -1
        self._interval = 0.0

    @property
    def held(self) -> bool:
        """See Lease.held."""
        return self._handle >= 0

    def acquire(self) -> bool:
        """See Lease.acquire. False too where the folder shall not be written."""
        if self.held or not self._obtainable:
            return self.held
        try:
            handle = self._files.open(CONSUMER, create=True)
        except OSError as error:
            raise StoreFault(self._refusal(error)) from error
        for attempt in range(_TRIES):
            if self._files.lock(handle):
                self._handle = handle
                self._tidy()
                self._write(None)
                return True
            time.sleep(0.001 * attempt)  # somebody may only be looking whether it is held
        self._files.close(handle)
        return False

    def _refusal(self, error: OSError) -> str:
        why = "it is a link" if error.errno == errno.ELOOP else error.strerror
        cure = "Make room." if error.errno in FULL_CODES else "Take away what stands there, or set [store] path anew."
        return f"The file {self._path / CONSUMER} cannot be opened ({why}), so that no queue can be read. {cure}"

    def beat(self, interval_seconds: float) -> None:
        """See Lease.beat. Nothing happens where the lease is not held."""
        if self.held:
            self._interval = interval_seconds
            self._write(self._clock.now())

    def release(self) -> None:
        """See Lease.release."""
        if self.held:
            with suppress(OSError):
                self._files.unlink(BEAT)
            self._files.close(self._handle)
            self._handle = -1

    def holder(self) -> LeaseHolder | None:
        """See Lease.holder. A holder that has not beaten yet, or whose beat cannot be read, has no `beat_at`."""
        if not self.held and not self._held_elsewhere():
            return None
        try:
            handle = self._files.open(BEAT, write=False)
        except OSError:
            return LeaseHolder(0, "", "", None, 0.0)
        try:
            text = decode_json(self._files.read(handle, 0, 4096))
            return LeaseHolder(
                int(text["pid"]),
                str(text["tty"]),
                str(text["host"]),
                parse_time(text["beat_at"]),
                float(text["interval_seconds"]),
            )
        except (OSError, ValueError, KeyError, TypeError):
            return LeaseHolder(0, "", "", None, 0.0)
        finally:
            self._files.close(handle)

    def _held_elsewhere(self) -> bool:
        try:
            handle = self._files.open(CONSUMER, write=False)
        except OSError:
            return False
        try:
            return not self._files.lock(handle)
        except OSError:
            return False
        finally:
            self._files.close(handle)

    def _tidy(self) -> None:
        """Take away what a holder left that was killed between writing its beat and naming it."""
        with suppress(OSError):
            for name in self._files.names():
                if name.startswith(f"{BEAT}."):
                    self._files.unlink(name)

    def _write(self, at: datetime | None) -> None:
        """Tell followers who we are, by rename, so that nobody reads half of it. Not being able to is no fault."""
        text = {
            "pid": os.getpid(),
            "tty": _terminal(),
            "host": socket.gethostname(),
            "beat_at": format_time(at),
            "interval_seconds": self._interval,
        }
        name = f"{BEAT}.{os.getpid()}"
        with suppress(OSError):
            handle = self._files.open(name, create=True)
            try:
                self._files.truncate(handle, 0)
                self._files.write(handle, 0, encode_json(text))
            finally:
                self._files.close(handle)
            self._files.rename(name, BEAT)


def _terminal() -> str:
    """The terminal this process runs in; empty where it has none."""
    for descriptor in (0, 1, 2):
        with suppress(OSError):
            return os.ttyname(descriptor)
    return ""
