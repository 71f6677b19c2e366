"""Entries that lists ask for again and again, decoded once until they change."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from tui.desk import records
from tui.desk.entries import InboxEntry
from tui.desk.ports import Changed, Store, Table

MOST: Final = 5_000
"""Entries kept; past that all are forgotten, and those still asked for are decoded once more."""


class Decoded:
    """Inbox entries by their key in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._entries: dict[str, InboxEntry] = {}
        self._stop = store.subscribe(self._forget)

    def close(self) -> None:
        """Stop listening to the store."""
        self._stop()

    def entries(self, keys: Iterable[str]) -> list[InboxEntry]:
        """The entries under these keys that there are, in the same order."""
        return [entry for key in keys if (entry := self._entry(key)) is not None]

    def _entry(self, key: str) -> InboxEntry | None:
        known = self._entries.get(key)
        if known is None:
            known = records.entry_at(self._store, key)
            if known is not None:
                if len(self._entries) >= MOST:
                    self._entries.clear()
                self._entries[key] = known
        return known

    def _forget(self, changed: Changed) -> None:
        for key in changed.keys.get(Table.INBOX, ()):
            self._entries.pop(key, None)
