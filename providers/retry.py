"""When a read is tried again: one pure function, and what a vendor's Retry-After means.

Writes are never repeated; who calls this sees to that. Nothing here sleeps or reads a clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final, Literal

Trouble = Literal[
    "unreachable", "untrusted", "timed_out", "broken", "insecure", "oversized", "throttled", "server_error"
]
"""How an attempt went wrong.

unreachable: no connection, nothing was sent. untrusted: TLS did not come about, which repeating cannot mend.
timed_out: sent, and no whole answer in time. broken: sent, and the connection or the answer broke off.
insecure: sent, and TLS broke. oversized: the answer is larger than its cap.
throttled: 429, or 503 with Retry-After. server_error: a 5xx that a moment's patience may mend.
"""

MAX_RETRIES: Final = 2
RETRY_AFTER_CAP: Final = 15 * 60.0
"""Seconds. What a vendor asks beyond this is taken as this."""
THROTTLED_WITHOUT_ADVICE: Final = 60.0
"""Seconds to leave a vendor alone that says "too many requests" without saying for how long."""
_FIRST_DELAY: Final = 0.5
_FINAL: Final = frozenset({"untrusted", "insecure", "oversized"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one attempt ended: the trouble, the Retry-After header as it came, and the seconds left for retries."""

    trouble: Trouble
    remaining: float
    retry_after: str = ""


def retry_delay(attempt: int, outcome: Outcome, now: datetime, jitter: float) -> float | None:
    """Seconds to wait before the next attempt, or None where there is to be none.

    `attempt` counts from 1. `jitter` is from [0, 1): delays double, and the upper half of each is random, so that
    many clients do not come back at once. A vendor's Retry-After is the least; where it does not fit into what
    remains, there is no retry and the caller reports Throttled.
    """
    if attempt > MAX_RETRIES or outcome.trouble in _FINAL:
        return None
    delay = _FIRST_DELAY * 2 ** (attempt - 1) * (0.5 + jitter / 2)
    asked = parse_retry_after(outcome.retry_after, now)
    if outcome.trouble == "throttled" and asked is None:
        return None
    if asked is not None:
        delay += asked
    return delay if delay < outcome.remaining else None


def parse_retry_after(header: str, now: datetime) -> float | None:
    """Seconds from now that a Retry-After header asks for, capped; None where it says nothing readable.

    It may be seconds or an HTTP date (RFC 9110, 10.2.3). A date that has passed means "now".
    """
    text = header.strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:12]), RETRY_AFTER_CAP)
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    try:
        seconds = (at - now).total_seconds()
    except OverflowError:
        return RETRY_AFTER_CAP
    return min(max(seconds, 0.0), RETRY_AFTER_CAP)
