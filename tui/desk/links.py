"""What is known of a ticket at its vendor beside its content: whether it is listed, and whether its page was read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tui.desk import index, records
from tui.desk.index import LinkSummary
from tui.desk.ports import Store, Table, Transaction, View, key_of

_NONE: Final = LinkSummary()


class Links:
    """One provider's tickets' links: those to ask for by the thousand from the index, one whole from the store."""

    def __init__(self, store: Store, provider: str) -> None:
        self._store = store
        self._provider = provider

    def of(self, number: str) -> LinkSummary:
        """How a ticket stands at its vendor."""
        return index.links(self._store).get(key_of(self._provider, number), _NONE)

    def seen(self, view: View, number: str) -> Mapping[str, Any]:
        """A ticket's whole link, empty where there is none. `known_at`: since when we know it."""
        return records.document(view, Table.LINKS, key_of(self._provider, number))

    def note(self, transaction: Transaction, number: str, seen: Mapping[str, object]) -> None:
        """Change some of it."""
        place = key_of(self._provider, number)
        records.amend(transaction, Table.LINKS, place, provider=self._provider, number=number, **seen)
