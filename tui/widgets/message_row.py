"""How one message looks in Incoming. Pure: an entry and a time in, cells out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Final

from tui.desk.entries import InboxEntry
from tui.widgets.columns import Column
from tui.widgets.lines import Piece, width_of
from tui.widgets.times import local

KINDS: Final = {
    "create": "new",
    "update": "update",
    "comment": "comment",
    "closure": "closed",
    "attachment": "file",
    "approval": "approval",
    "redraft": "redraft",
    "number_returned": "number",
    "unknown": "unreadable",
}
PRESSING: Final = {
    "held": ("held", "warning"),
    "blocked": ("blocked", "warning"),
    "parked": ("set aside", "bad"),
    "failed": ("failed", "bad"),
}
"""What keeps a message from its end: a word and a role by its status."""


def columns_for(entries: Sequence[InboxEntry], vendor_width: int) -> tuple[Column, ...]:
    """Incoming's columns; that of the numbers is as wide as the numbers are."""
    number = min(max((width_of(entry.number) for entry in entries), default=9), 14)
    return (
        Column(id="when", title="When", width=9),
        Column(id="kind", title="What", width=10),
        Column(id="number", title="Number", width=max(9, number)),
        Column(id="summary", title="Summary", width=16, flexible=True),
        Column(id="vendor", title="Vendor", width=vendor_width, spare=1),
    )


def cells(entry: InboxEntry, now: datetime, zone: tzinfo | None, vendors: Mapping[str, str]) -> dict[str, Piece]:
    """A message's cells by column id."""
    message = entry.message
    kind = message.kind if message is not None else "update"
    words = "muted" if entry.handled else "text"
    summary = message.summary if message is not None else entry.warning
    pressing = PRESSING.get(entry.status)
    return {
        "when": (local(entry.received_at, zone, now), "muted"),
        "kind": (KINDS[kind], "warning" if kind == "approval" and not entry.handled else "muted"),
        "number": (entry.number or "no number", words if entry.number else "muted"),
        "summary": (f"▲ {pressing[0]}: {summary}", pressing[1]) if pressing and not entry.handled else (summary, words),
        "vendor": (vendors.get(entry.provider, entry.provider), "muted"),
    }
