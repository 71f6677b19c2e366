"""A circuit breaker: after repeated failures a vendor is left alone for a while, and never for good.

Closed, every request passes. After several failures in a row it opens and refuses at once; when its time is over it
lets one request through as a probe. A probe that fails opens it again for twice as long, up to a cap; one
that succeeds closes it. Pure: time is passed in.
"""

from __future__ import annotations

from typing import Final

THRESHOLD: Final = 5
"""Failed requests in a row before it opens."""
FIRST_SECONDS: Final = 5.0
CAP_SECONDS: Final = 120.0


class Breaker:
    """One origin's breaker. `now` is monotonic seconds throughout."""

    def __init__(self) -> None:
        self._failures = 0
        self._open_until = 0.0
        self._pause = 0.0
        self._probing = False

    @property
    def is_open(self) -> bool:
        """Whether requests are refused or on probation."""
        return self._pause > 0

    def wait(self, now: float) -> float:
        """Seconds until a request may be tried; 0 where one may go now. While a probe is out, others wait."""
        if not self.is_open:
            return 0.0
        if self._probing:
            return FIRST_SECONDS
        return max(0.0, self._open_until - now)

    def enter(self) -> None:
        """A request goes out (after `wait` said 0)."""
        self._probing = self.is_open

    def succeeded(self) -> None:
        """The vendor answered, whatever it said."""
        self._failures = 0
        self._pause = 0.0
        self._probing = False

    def failed(self, now: float) -> None:
        """The vendor could not be reached, or gave no answer of its own."""
        self._failures += 1
        if self._probing or (not self.is_open and self._failures >= THRESHOLD):
            self._pause = min(self._pause * 2, CAP_SECONDS) or FIRST_SECONDS
            self._open_until = now + self._pause
        self._probing = False

    def leave(self) -> None:
        """The request is over. If it told nothing, being given up from our side, another may probe."""
        self._probing = False
