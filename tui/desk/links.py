"""What is known of a ticket at its vendor beside its content: whether it is listed, and whether its page was read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tui.desk import records
from tui.desk.ports import Changed, Document, Store, Table, Transaction, View, key_of


class Links:
    """One provider's tickets' links, read from the store once until they change.

    `listed`: it was on the open list. `detailed`: its own page has been read; `stale`: its row has differed since;
    `no_page`: there is none to read. `known_at`: since when we know it.
    """

    def __init__(self, store: Store, provider: str) -> None:
        self._store = store
        self._provider = provider
        self._known: dict[str, Document] = {}
        self._stop = store.subscribe(self._forget)

    def close(self) -> None:
        """Stop listening to the store."""
        self._stop()

    def of(self, number: str) -> Mapping[str, Any]:
        """A ticket's link, empty where there is none."""
        if number not in self._known:
            self._known[number] = records.document(self._store, Table.LINKS, key_of(self._provider, number))
        return self._known[number]

    def seen(self, view: View, number: str) -> Mapping[str, Any]:
        """The same as a transaction sees it."""
        return records.document(view, Table.LINKS, key_of(self._provider, number))

    def note(self, transaction: Transaction, number: str, seen: Mapping[str, object]) -> None:
        """Change some of it."""
        place = key_of(self._provider, number)
        records.amend(transaction, Table.LINKS, place, provider=self._provider, number=number, **seen)

    def _forget(self, changed: Changed) -> None:
        for key in changed.keys.get(Table.LINKS, ()):
            ticket = records.ticket_key(key)
            if ticket.provider == self._provider:
                self._known.pop(ticket.number, None)
