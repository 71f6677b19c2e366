"""Times and tickets in words, for tables and pages on a terminal. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from providers.model import TicketRow


def span(length: timedelta) -> str:
    """A length of time in one unit: 40s, 45m, 3h, 2d."""
    seconds = abs(int(length.total_seconds()))
    for unit, size in (("d", 86_400), ("h", 3600), ("m", 60)):
        if seconds >= size * (2 if unit == "d" else 1):
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def due(at: datetime | None, now: datetime) -> str:
    """Time left: `3h`, or `2h over`; empty without a due time."""
    if at is None:
        return ""
    return span(at - now) if at > now else f"{span(now - at)} over"


def age(at: datetime | None, now: datetime) -> str:
    """How long ago; `never` for nothing."""
    return "never" if at is None else f"{span(now - at)} ago"


def local(at: datetime | None) -> str:
    """The time of day where the engineer is, to the minute; empty for nothing."""
    return "" if at is None else at.astimezone().strftime("%Y-%m-%d %H:%M")


def marks(row: TicketRow, now: datetime) -> str:
    """What stands out about a ticket, parted by commas."""
    standing_out = {
        "unread": row.unread,
        "approval": row.approval_asked,
        "awaiting us": row.awaiting_us,
        "held": row.held,
        "write failed": row.faulty_write,
        "partial": row.partial,
        "snoozed": row.snoozed_until is not None and row.snoozed_until > now,
    }
    return ", ".join(name for name, holds in standing_out.items() if holds)


def urgency(row: TicketRow) -> tuple[int, bool, str, str, str]:
    """What a list is ordered by: priority, then due time, then names. Never changes for the same rows."""
    due_at = "" if row.due_at is None else row.due_at.isoformat()
    return (row.priority or 9, row.due_at is None, due_at, row.provider, row.number)
