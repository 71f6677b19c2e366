"""When a provider is polled next: a function of how the last poll ended. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Final

LONGEST_BACKOFF: Final = 300.0
"""Seconds after which a failing provider is tried again at the latest, unless it asked for more patience itself."""
JITTER: Final = 0.1
"""Share of the interval that is drawn by lot, so that processes started together drift apart."""


def delay(poll_seconds: float, failures: int, retry_at: datetime | None, now: datetime, lot: float) -> float:
    """Seconds until the next poll, counted from the end of the last. `lot` is between 0 and 1.

    After failures the interval doubles each time up to LONGEST_BACKOFF, and never becomes shorter than the config's;
    it is tried for ever. What the vendor asked for counts where it is longer.
    """
    longest = max(poll_seconds, LONGEST_BACKOFF)
    interval = min(longest, poll_seconds * (1 << min(max(failures - 1, 0), 16)))
    interval *= 1 - JITTER / 2 + JITTER * lot
    if retry_at is not None:
        interval = max(interval, (retry_at - now).total_seconds())
    return interval
