"""Times and tickets in words, for tables and pages on a terminal. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from tui.widgets.times import duration

if TYPE_CHECKING:
    from providers.model import TicketRow
    from tui.desk.reports import ProviderHealth


def due(at: datetime | None, now: datetime) -> str:
    """Time left: `1h40m`, or `2h over`; empty without a due time."""
    if at is None:
        return ""
    return duration((at - now).total_seconds()) if at > now else f"{duration((now - at).total_seconds())} over"


def age(at: datetime | None, now: datetime) -> str:
    """How long ago: `1h40m ago`, `just now`, or `never` for nothing."""
    if at is None:
        return "never"
    length = duration((now - at).total_seconds())
    return "just now" if length == "now" else f"{length} ago"


def local(at: datetime | None) -> str:
    """The time of day where the engineer is, to the minute; empty for nothing."""
    return "" if at is None else at.astimezone().strftime("%Y-%m-%d %H:%M")


def doubt(health: ProviderHealth, now: datetime) -> str:
    """Why what is shown of a provider may be old: how old its last good read is, and the reason. Empty where it is
    read as it should be."""
    if health.state in ("ok", "paused") and not health.gap:
        return ""
    read = "was never read" if health.last_good is None else f"was last read {age(health.last_good, now)}"
    reason = health.error or health.gap or ("" if health.last_good is None else "nothing polls it now")
    return f"{health.name} {read}" + (f": {reason}" if reason else ": run `vendorq sync --once`")


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


def counted(count: int, noun: str) -> str:
    """So many of something: `1 message`, `2 messages`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def sentences(*parts: str) -> str:
    """These one after another, parted by full stops where they have no end of their own; empty ones left out."""
    *before, last = [part.strip() for part in parts if part.strip()] or [""]
    return " ".join([*(part if part[-1] in ".!?:…" else f"{part}." for part in before), last])
