"""What is dropped with time: closed tickets, settled entries (folded into checkpoints first), old message ids."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import takewhile
from typing import Final

from providers.codec import format_time, parse_time
from providers.model import ENDED_STATES, TicketKey
from tui.desk import index, intake, records, replay, shelf
from tui.desk.context import Context
from tui.desk.entries import InboxEntry, OutboxEntry
from tui.desk.index import TicketSummary
from tui.desk.ports import Table, Transaction, View, key_of

IDS_KEPT: Final = timedelta(days=90)
"""How long the id of a settled message is remembered, so that it is applied once however late it comes again."""
EVERY: Final = timedelta(hours=24)
_AT_ONCE: Final = 50
_LAST_RUN: Final = "retention"


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """After how many days what is closed, and what is settled, is dropped. None keeps it for ever."""

    closed_days: int | None = 90
    settled_days: int | None = 30


@dataclass(slots=True)
class Dropped:
    """What one run dropped."""

    tickets: int = 0
    entries: int = 0
    writes: int = 0
    ids: int = 0


def is_due(view: View, now: datetime) -> bool:
    """Whether the last run is a day ago."""
    last = parse_time(records.document(view, Table.META, _LAST_RUN).get("at"))
    return last is None or now - last >= EVERY


async def run(context: Context, retention: Retention) -> Dropped:
    """Drop what is old, a few tickets at a time, so that nobody waits for it."""
    dropped = Dropped()
    limits = _Limits(retention, context.now())
    tickets = index.tickets(context.store)
    for some in _slices([_Kept.of(context, item) for item in tickets.values()]):
        await context.store.transact(partial(_tickets, some=some, limits=limits, dropped=dropped))
        await asyncio.sleep(0)
    await context.store.transact(partial(_rest, limits=limits, dropped=dropped))
    return dropped


class _Limits:
    """Since when what is closed, and what is settled, may go; None where it is kept for ever."""

    def __init__(self, retention: Retention, now: datetime) -> None:
        self.now = now
        self.closed = None if retention.closed_days is None else now - timedelta(days=retention.closed_days)
        self.settled = None if retention.settled_days is None else now - timedelta(days=retention.settled_days)


@dataclass(frozen=True, slots=True)
class _Kept:
    """A ticket with the keys of its entries and writes, as they were when the run looked."""

    key: TicketKey
    revision: int
    entries: list[str]
    writes: list[str]

    @classmethod
    def of(cls, context: Context, item: TicketSummary) -> _Kept:
        entries = context.catalogue.entries_of(item.provider, item.number)
        writes = context.catalogue.writes_of(item.provider, item.number)
        return cls(TicketKey(item.provider, item.number), item.revision, entries, writes)


def _slices(kept: list[_Kept]) -> Iterator[list[_Kept]]:
    for start in range(0, len(kept), _AT_ONCE):
        yield kept[start : start + _AT_ONCE]


def _tickets(transaction: Transaction, some: list[_Kept], limits: _Limits, dropped: Dropped) -> None:
    for kept in some:
        item = index.tickets(transaction).get(key_of(kept.key.provider, kept.key.number))
        if item is None or item.revision != kept.revision:
            continue  # something has happened to it since
        entries = [entry for key in kept.entries if (entry := records.entry_at(transaction, key)) is not None]
        writes = shelf.writes(transaction, kept.writes)
        if limits.closed is not None and _is_over(item, entries, writes, limits.closed):
            _drop_ticket(transaction, kept.key, entries, writes, limits.now)
            dropped.tickets += 1
            dropped.entries += len(entries)
        elif limits.settled is not None:
            dropped.entries += _fold(transaction, kept.key, entries, limits.settled, limits.now)


def _is_over(item: TicketSummary, entries: list[InboxEntry], writes: list[OutboxEntry], before: datetime) -> bool:
    if item.state not in ENDED_STATES:
        return False
    touched = [entry.received_at for entry in entries] + [at for at in (parse_time(item.updated_at),) if at]
    return (
        max(touched, default=before) <= before
        and all(_is_settled(entry) for entry in entries)
        and not any(shelf.needs_attention(entry) for entry in writes)
    )


def _is_settled(entry: InboxEntry) -> bool:
    """Whether nothing more will be done with an entry."""
    if entry.source != "message":
        return True
    parked = entry.status == "parked" and entry.handled
    return entry.released and (entry.status in ("acknowledged", "failed") or parked)


def _drop_ticket(
    transaction: Transaction, key: TicketKey, entries: list[InboxEntry], writes: list[OutboxEntry], now: datetime
) -> None:
    place = key_of(key.provider, key.number)
    for entry in entries:
        _drop_entry(transaction, entry, now)
    for write in writes:
        transaction.delete(Table.OUTBOX, write.id)
    replay.forget(transaction, key)
    for table in (Table.TICKETS, Table.MARKS, Table.LINKS):
        transaction.delete(table, place)


def _fold(transaction: Transaction, key: TicketKey, entries: list[InboxEntry], before: datetime, now: datetime) -> int:
    """Fold the entries from the oldest on, up to the first that is still needed by itself."""

    def is_old(entry: InboxEntry) -> bool:
        unseen = entry.source in intake.NEWS and not entry.handled
        return entry.received_at <= before and entry.applied and _is_settled(entry) and not unseen

    in_order = sorted((entry for entry in entries if entry.changed), key=lambda entry: entry.revision)
    folded = list(takewhile(is_old, in_order))
    if folded:
        replay.fold(transaction, key, folded)
    idle = [entry for entry in entries if not entry.changed and is_old(entry)]
    for entry in folded + idle:
        _drop_entry(transaction, entry, now)
    return len(folded) + len(idle)


def _drop_entry(transaction: Transaction, entry: InboxEntry, now: datetime) -> None:
    place = key_of(entry.provider, entry.id)
    transaction.delete(Table.INBOX, place)
    if entry.source == "message":
        transaction.put(Table.SEEN, place, {"at": format_time(now)})


def _rest(transaction: Transaction, limits: _Limits, dropped: Dropped) -> None:
    """What stands under no ticket: settled writes, messages without one, ids, the bytes of closed gaps."""
    settled, now = limits.settled, limits.now
    if settled is not None:
        for key, write in list(index.outbox(transaction).items()):
            at = parse_time(write.updated_at)
            over = write.state == "done" or (write.state == "rejected" and not write.needs_engineer)
            if over and at is not None and at <= settled:
                transaction.delete(Table.OUTBOX, key)
                dropped.writes += 1
        dropped.entries += _orphans(transaction, settled, now)
        for key in list(transaction.keys(Table.META)):
            old = parse_time(records.document(transaction, Table.META, key).get("at")) if _is_gap(key) else None
            if old is not None and old <= settled:
                transaction.delete(Table.META, key)
    for key in list(transaction.keys(Table.SEEN)):
        at = parse_time(records.document(transaction, Table.SEEN, key).get("at"))
        if at is None or at <= now - IDS_KEPT:
            transaction.delete(Table.SEEN, key)
            dropped.ids += 1
    transaction.put(Table.META, _LAST_RUN, {"at": format_time(now)})


def _orphans(transaction: Transaction, before: datetime, now: datetime) -> int:
    count = 0
    tickets = index.tickets(transaction)
    for key, item in list(index.inbox(transaction).items()):
        if key_of(item.provider, item.number) in tickets or not item.handled:
            continue
        entry = records.entry_at(transaction, key)
        if entry is not None and entry.received_at <= before and _is_settled(entry):
            _drop_entry(transaction, entry, now)
            count += 1
    return count


def _is_gap(key: str) -> bool:
    return key.startswith(key_of("gap", ""))
