"""The sandbox's time: the real clock, plus whatever a test has advanced it by."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from providers.clock import Clock, SystemClock, milliseconds


class SandboxClock:
    """A Clock that can be moved forward, so that nothing has to wait for an expiry. Never moves back."""

    def __init__(self, base: Clock | None = None) -> None:
        self._base = base or SystemClock()
        self._lock = threading.Lock()
        self._ahead = 0.0
        self._back = threading.local()

    def now(self) -> datetime:
        """The time of day, aware, in UTC."""
        at: datetime | None = getattr(self._back, "at", None)
        return at or self._base.now() + timedelta(seconds=self._ahead)

    def monotonic(self) -> float:
        """Seconds that never go back, for durations."""
        return self._base.monotonic() + self._ahead

    def milliseconds(self) -> int:
        """Milliseconds since the epoch."""
        return milliseconds(self.now())

    @contextmanager
    def at(self, at: datetime) -> Iterator[None]:
        """Let it be another time, in this thread and block: how a past is made up."""
        self._back.at = at
        try:
            yield
        finally:
            self._back.at = None

    def advance(self, seconds: float) -> None:
        """Move forward. ValueError for a negative number."""
        if seconds < 0:
            raise ValueError("the sandbox's clock only moves forward")
        with self._lock:
            self._ahead += seconds
