"""What is kept, as lists of records: messages, writes, and what was applied to one ticket."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from tui.desk import index, intake, records
from tui.desk.entries import InboxEntry, OutboxEntry
from tui.desk.ports import View


def messages(view: View, *, settled: bool, since: datetime | None = None) -> list[str]:
    """Keys of what came in (since a time) and is not handled (all with `settled`), newest first.

    What is out of scope is among all only.
    """
    start = 0.0 if since is None else since.timestamp()
    chosen = [
        (_when(item.received_at), item.order_time, item.order_sequence, place, key)
        for place, (key, item) in enumerate(index.inbox(view).items())
        if item.source in intake.NEWS and (settled or not item.handled) and _when(item.received_at) >= start
    ]
    return [key for *_, key in sorted(chosen, reverse=True)]


def applied(view: View, keys: Iterable[str]) -> list[InboxEntry]:
    """Of a ticket's entries, given by their keys, those that were applied, in the order they were."""
    entries = [entry for entry in _entries(view, keys) if entry.applied]
    return sorted(entries, key=lambda entry: (entry.revision, not entry.changed, entry.received_at))


def raw(view: View, keys: Iterable[str]) -> list[tuple[datetime | None, str]]:
    """Of a ticket's entries, given by their keys, what the vendor sent, newest first."""
    entries = sorted(_entries(view, keys), key=lambda entry: entry.received_at, reverse=True)
    sent = [(entry.received_at, entry.message.raw if entry.message is not None else entry.raw) for entry in entries]
    return [(at, text) for at, text in sent if text]


def outbox(view: View, *, settled: bool, since: datetime | None = None) -> list[OutboxEntry]:
    """Writes that wait, failed or need someone (with `settled` also those settled since a time), oldest first."""
    start = 0.0 if since is None else since.timestamp()
    return writes(
        view,
        (
            key
            for key, item in index.outbox(view).items()
            if item.state not in ("done", "rejected")
            or item.needs_engineer
            or (settled and _when(item.updated_at) >= start)
        ),
    )


def writes(view: View, ids: Iterable[str]) -> list[OutboxEntry]:
    """These writes, oldest first."""
    entries = [entry for entry_id in ids if (entry := records.write(view, entry_id)) is not None]
    return sorted(entries, key=lambda entry: entry.created_at)


def needs_attention(entry: OutboxEntry) -> bool:
    """Whether a write is not settled."""
    return entry.state != "done" and not entry.dropped


def _when(text: str | None) -> float:
    return 0.0 if text is None else datetime.fromisoformat(text).timestamp()


def _entries(view: View, keys: Iterable[str]) -> list[InboxEntry]:
    return [entry for key in keys if (entry := records.entry_at(view, key)) is not None]
