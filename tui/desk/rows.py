"""Rows of the lists, made from the store's index and kept up to date by what changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from operator import attrgetter
from typing import Final

from providers.model import ENDED_STATES, TicketKey, TicketRow
from tui.desk import index, records
from tui.desk.index import InboxSummary, MarkSummary, OutboxSummary, TicketSummary
from tui.desk.ports import Changed, Store, Table, key_of

_UNMARKED: Final = MarkSummary(unread=False, handled=False, snoozed_until=None, notes=0, reopened=False, answered=False)
_SLICE: Final = 500
"""Rows made at once behind the first picture: some five milliseconds."""
_MINUTE: Final = len("2026-03-01T03:00")
_KIND: Final = attrgetter("provider", "type", "state")


class Rows:
    """Every ticket's row, by its key in the store. Nothing is made before it is asked for.

    Who shows a list asks first for what is `pressing`, and for the rest, in `slices`, once that stands on the screen.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._rows: dict[str, TicketRow] | None = None
        self._unmade: list[str] = []
        self._held: dict[str, str] = {}
        self._faulty: dict[str, str] = {}
        self._undecided: dict[str, str] = {}
        self._by_own: dict[tuple[str, str], str] = {}
        self._stop = store.subscribe(self._changed)

    def close(self) -> None:
        """Stop listening to the store."""
        self._stop()

    def all(self) -> list[TicketRow]:
        """Every row."""
        return list(self._made().values())

    def one(self, key: TicketKey) -> TicketRow | None:
        """One ticket's row."""
        name = key_of(key.provider, key.number)
        rows = self._begun()
        if self._unmade and name not in rows:
            self._make([name])
        return rows.get(name)

    def by_own_number(self, provider: str, number: str) -> TicketKey | None:
        """The ticket that our own number, or the vendor's internal id, names."""
        self._made()
        key = self._by_own.get((provider, number))
        return None if key is None else records.ticket_key(key)

    def tally(self) -> Mapping[tuple[str, str, str], int]:
        """How many tickets there are of each provider, type and state, without making a row."""
        return Counter(map(_KIND, index.tickets(self._store).values()))

    def pressing(self, until: datetime) -> list[TicketRow]:
        """At least the rows of tickets that wait for us for whatever reason, or are due by then; one in any case."""
        rows = self._begun()
        marks, minute = index.marks(self._store), until.astimezone(UTC).isoformat()[:_MINUTE]
        named = {*self._held.values(), *self._faulty.values(), *(key for key, mark in marks.items() if mark.reopened)}
        wanted = [
            key
            for key, item in index.tickets(self._store).items()
            if item.awaiting_us
            or item.approval_asked
            or key in named
            or (item.due_at and item.due_at[:_MINUTE] <= minute and item.state not in ENDED_STATES)
        ]
        self._make(wanted or self._unmade[-1:])
        return list(rows.values())

    def slices(self) -> Iterator[list[TicketRow]]:
        """Every row that has not been made yet, some at a time."""
        rows = self._begun()
        while self._unmade:
            some, self._unmade = self._unmade[:_SLICE], self._unmade[_SLICE:]
            self._make(some)
            yield [rows[key] for key in some if key in rows]

    def _made(self) -> dict[str, TicketRow]:
        rows = self._begun()
        some, self._unmade = self._unmade, []
        self._make(some)
        return rows

    def _begun(self) -> dict[str, TicketRow]:
        if self._rows is None:
            self._held = {key: at for key, item in index.inbox(self._store).items() if (at := _held(item))}
            self._faulty = {key: at for key, item in index.outbox(self._store).items() if (at := _faulty(item))}
            self._undecided = {key: at for key, item in index.outbox(self._store).items() if (at := _undecided(item))}
            self._rows = {}
            self._unmade = list(index.tickets(self._store))
        return self._rows

    def _make(self, keys: Iterable[str]) -> None:
        assert self._rows is not None
        tickets, marks = index.tickets(self._store), index.marks(self._store)
        held, faulty = set(self._held.values()), set(self._faulty.values())
        undecided = set(self._undecided.values())
        for key in keys:
            item = tickets.get(key)
            if item is None:
                self._rows.pop(key, None)
                continue
            self._rows[key] = _row(item, marks.get(key, _UNMARKED), key in held, key in faulty, key in undecided)
            if item.internal_id:
                self._by_own.setdefault((item.provider, item.internal_id), key)
            if item.client_number:
                self._by_own[(item.provider, item.client_number)] = key

    def _changed(self, changed: Changed) -> None:
        if self._rows is None:
            return
        dirty = set(changed.keys.get(Table.TICKETS, ())) | set(changed.keys.get(Table.MARKS, ()))
        inbox, outbox = index.inbox(self._store), index.outbox(self._store)
        for key in changed.keys.get(Table.INBOX, ()):
            item = inbox.get(key)
            _replace(self._held, key, _held(item) if item is not None else "", dirty)
        for key in changed.keys.get(Table.OUTBOX, ()):
            write = outbox.get(key)
            _replace(self._faulty, key, _faulty(write) if write is not None else "", dirty)
            _replace(self._undecided, key, _undecided(write) if write is not None else "", dirty)
        self._make(dirty)


def _replace(places: dict[str, str], key: str, ticket: str, dirty: set[str]) -> None:
    before = places.get(key, "")
    if before == ticket:
        return
    dirty.update(item for item in (before, ticket) if item)
    if ticket:
        places[key] = ticket
    else:
        places.pop(key, None)


def _held(item: InboxSummary) -> str:
    return key_of(item.provider, item.number) if item.status == "held" and item.number else ""


def _faulty(item: OutboxSummary) -> str:
    wrong = item.state == "unconfirmed" or (item.state == "rejected" and item.needs_engineer)
    return key_of(item.provider, item.number) if wrong and item.number else ""


def _undecided(item: OutboxSummary) -> str:
    return _faulty(item) if item.needs_engineer else ""


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _row(item: TicketSummary, marks: MarkSummary, held: bool, faulty: bool, undecided: bool) -> TicketRow:
    return TicketRow(
        provider=item.provider,
        number=item.number,
        client_number=item.client_number,
        type=item.type,
        state=item.state,
        vendor_state=item.vendor_state,
        priority=item.priority,
        summary=item.summary,
        opened_at=_time(item.opened_at),
        updated_at=_time(item.updated_at),
        due_at=_time(item.due_at),
        awaiting_us=marks.reopened or (item.awaiting_us and not marks.answered),
        approval_asked=item.approval_asked,
        unread=marks.unread,
        handled=marks.handled,
        snoozed_until=_time(marks.snoozed_until),
        held=held,
        faulty_write=faulty,
        partial=item.partial,
        undecided_write=undecided,
    )
