"""What stands under each ticket, and what is not finished: kept up to date by the store's changes.

The store's index knows every document; here are the few that somebody asks for all the time, so that nothing has to
look through a year of settled messages. It belongs to the event loop: what a transaction needs is looked up before.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from providers.clock import Clock
from tui.desk import index
from tui.desk.index import InboxSummary, OutboxSummary
from tui.desk.ports import Changed, Store, Table, key_of

ECHO_WITHIN: Final = timedelta(minutes=15)
"""How long after a confirmed write a message may still be its echo. Later the same words are news."""
UNSETTLED: Final = frozenset({"new", "held", "blocked"})
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)
Keys = dict[str, None]
"""An ordered set."""


class Catalogue:
    """Keys of entries and writes, by ticket and by what they wait for. Nothing is gathered before it is asked for."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._made = False
        self._open_messages: dict[str, InboxSummary] = {}
        self._open_writes: Keys = {}
        self._done_lately: Keys = {}
        self._entries_of = Shelves()
        self._writes_of = Shelves()
        self._stop = store.subscribe(self._changed)

    def close(self) -> None:
        """Stop listening to the store."""
        self._stop()

    def open_messages(self, provider: str) -> list[tuple[str, InboxSummary]]:
        """Messages of a provider that are not applied, not released or not settled."""
        self._ready()
        return [(key, item) for key, item in self._open_messages.items() if item.provider == provider]

    def open_among(self, provider: str, message_ids: Iterable[str]) -> list[tuple[str, InboxSummary]]:
        """Those of these messages that are open, without looking at the others."""
        self._ready()
        keys = (key_of(provider, message_id) for message_id in message_ids)
        return [(key, self._open_messages[key]) for key in keys if key in self._open_messages]

    def open_writes(self, provider: str = "") -> list[tuple[str, OutboxSummary]]:
        """Writes that wait, are under way or need somebody; of one provider where given."""
        items = index.outbox(self._ready())
        return [
            (key, items[key]) for key in self._open_writes if key in items and provider in ("", items[key].provider)
        ]

    def may_be_shown(self, provider: str) -> list[str]:
        """Ids of writes that a message may show to be done: those open, and those done a short while ago."""
        items = index.outbox(self._ready())
        since = self._clock.now() - ECHO_WITHIN
        for key in [key for key in self._done_lately if key not in items or _sent_at(items[key]) < since]:
            del self._done_lately[key]
        return [
            key for key in (*self._open_writes, *self._done_lately) if key in items and items[key].provider == provider
        ]

    def entries_of(self, provider: str, number: str) -> list[str]:
        """Keys of all inbox entries of a ticket."""
        self._ready()
        return self._entries_of.on(key_of(provider, number))

    def writes_of(self, provider: str, number: str) -> list[str]:
        """Ids of all writes to a ticket."""
        self._ready()
        return self._writes_of.on(key_of(provider, number))

    def _ready(self) -> Store:
        if not self._made:
            self._made = True
            self._note_entries(index.inbox(self._store))
            self._note_writes(index.outbox(self._store))
        return self._store

    def _changed(self, changed: Changed) -> None:
        if self._made:
            self._note_entries(changed.keys.get(Table.INBOX, ()))
            self._note_writes(changed.keys.get(Table.OUTBOX, ()))

    def _note_entries(self, keys: Iterable[str]) -> None:
        items = index.inbox(self._store)
        for key in keys:
            item = items.get(key)
            self._entries_of.put(key, _ticket_of(item))
            if item is not None and _is_open(item):
                self._open_messages[key] = item
            else:
                self._open_messages.pop(key, None)

    def _note_writes(self, keys: Iterable[str]) -> None:
        items = index.outbox(self._store)
        for key in keys:
            item = items.get(key)
            self._writes_of.put(key, _ticket_of(item))
            over = item is None or item.state == "done" or (item.state == "rejected" and not item.needs_engineer)
            _keep(self._open_writes, key, not over)
            _keep(self._done_lately, key, item is not None and item.state == "done")


class Shelves:
    """Keys in order, each on the shelf of its ticket. Most tickets have one or two: a tuple is a fifth of a dict."""

    def __init__(self) -> None:
        self._shelves: dict[str, tuple[str, ...]] = {}
        self._place_of: dict[str, str] = {}

    def on(self, place: str) -> list[str]:
        """What is on a shelf, oldest first."""
        return list(self._shelves.get(place, ()))

    def put(self, key: str, place: str) -> None:
        """Put a key on a shelf, taking it from where it was; on none where that is empty."""
        before = self._place_of.get(key, "")
        if before == place:
            return
        if before:
            rest = tuple(other for other in self._shelves.pop(before) if other != key)
            if rest:
                self._shelves[before] = rest
            del self._place_of[key]
        if place:
            self._shelves[place] = (*self._shelves.get(place, ()), key)
            self._place_of[key] = place


def _ticket_of(item: InboxSummary | OutboxSummary | None) -> str:
    return key_of(item.provider, item.number) if item is not None and item.number else ""


def _keep(keys: Keys, key: str, there: bool) -> None:
    if there:
        keys.setdefault(key)
    else:
        keys.pop(key, None)


def _is_open(item: InboxSummary) -> bool:
    if item.source != "message":
        return False
    return not item.released or item.status in UNSETTLED or not (item.applied or item.status == "parked")


def _sent_at(item: OutboxSummary) -> datetime:
    return _LONG_AGO if item.sent_at is None else datetime.fromisoformat(item.sent_at)
