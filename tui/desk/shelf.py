"""What is kept, as lists of records: messages, writes, and what was applied to one ticket."""

from __future__ import annotations

from datetime import datetime

from providers.model import TicketKey
from tui.desk import index, intake, records, waiting
from tui.desk.entries import InboxEntry, OutboxEntry
from tui.desk.ports import View


def messages(view: View, *, settled: bool) -> list[InboxEntry]:
    """What came in and is not handled (all with `settled`), newest first. What is out of scope is among all only."""
    chosen = [
        (item.received_at or "", item.order_time, item.order_sequence, key)
        for key, item in index.inbox(view).items()
        if item.source in intake.NEWS and (settled or not item.handled)
    ]
    entries = (records.entry_at(view, key) for *_, key in sorted(chosen, reverse=True))
    return [entry for entry in entries if entry is not None]


def applied(view: View, key: TicketKey) -> list[InboxEntry]:
    """Everything that was applied to a ticket and is still kept, in the order it was applied."""
    keys = [
        place
        for place, item in index.inbox(view).items()
        if item.provider == key.provider and item.number == key.number and item.applied
    ]
    entries = [entry for place in keys if (entry := records.entry_at(view, place)) is not None]
    return sorted(entries, key=lambda entry: (entry.revision, not entry.changed))


def raw(view: View, key: TicketKey) -> list[tuple[datetime | None, str]]:
    """What the vendor sent of a ticket, newest first."""
    entries = [
        entry
        for place, item in index.inbox(view).items()
        if item.provider == key.provider and item.number == key.number
        if (entry := records.entry_at(view, place)) is not None
    ]
    entries.sort(key=lambda entry: entry.received_at, reverse=True)
    sent = [(entry.received_at, entry.message.raw if entry.message is not None else entry.raw) for entry in entries]
    return [(at, text) for at, text in sent if text]


def outbox(view: View, *, settled: bool) -> list[OutboxEntry]:
    """Writes that wait, failed or need someone (all with `settled`), oldest first."""
    entries = [
        entry
        for key, item in index.outbox(view).items()
        if settled or item.state not in ("done", "rejected") or item.needs_engineer
        if (entry := records.write(view, key)) is not None
    ]
    return sorted(entries, key=lambda entry: entry.created_at)


def writes(view: View, key: TicketKey) -> list[OutboxEntry]:
    """Every write to one ticket, oldest first."""
    entries = (records.write(view, entry_id) for entry_id in waiting.writes_of(view, key.provider, key.number))
    return [entry for entry in entries if entry is not None]


def needs_attention(entry: OutboxEntry) -> bool:
    """Whether a write is not settled."""
    return entry.state != "done" and not entry.dropped
