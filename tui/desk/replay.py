"""A ticket made again from its entries: what retention folds, and what a check of the store compares with."""

from __future__ import annotations

from collections.abc import Iterable

from providers.codec import from_document, to_document
from providers.model import Ticket, TicketKey
from tui.desk import shelf
from tui.desk.apply import apply
from tui.desk.entries import InboxEntry
from tui.desk.ports import Table, Transaction, View, key_of


def replay(view: View, key: TicketKey, entries: Iterable[str]) -> Ticket | None:
    """The ticket from its checkpoint and the entries since, given by their keys.

    It is the same, byte for byte, as the one that is stored.
    """
    return _apply_all(checkpoint(view, key), shelf.applied(view, entries))


def checkpoint(view: View, key: TicketKey) -> Ticket | None:
    """The ticket as the entries that are no longer kept had made it; None where all are kept."""
    document = view.get(Table.META, _place(key))
    return None if document is None else from_document(Ticket, document)


def fold(transaction: Transaction, key: TicketKey, entries: Iterable[InboxEntry]) -> None:
    """Take the oldest entries of a ticket into its checkpoint, in the order they were applied."""
    folded = _apply_all(checkpoint(transaction, key), entries)
    if folded is not None:
        transaction.put(Table.META, _place(key), to_document(folded))


def forget(transaction: Transaction, key: TicketKey) -> None:
    """Drop a ticket's checkpoint."""
    transaction.delete(Table.META, _place(key))


def _apply_all(ticket: Ticket | None, entries: Iterable[InboxEntry]) -> Ticket | None:
    for entry in entries:
        if entry.changed and entry.patch is not None:
            ticket = apply(ticket, entry)
    return ticket


def _place(key: TicketKey) -> str:
    return key_of("checkpoint", key.provider, key.number)
