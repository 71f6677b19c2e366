"""The store's documents as records: one pair of functions a table, for views and transactions alike."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from providers.codec import from_document, to_document
from providers.model import Ticket, TicketKey
from tui.desk.entries import InboxEntry, OutboxEntry
from tui.desk.ports import SEPARATOR, Document, Table, Transaction, View, key_of


def ticket(view: View, key: TicketKey) -> Ticket | None:
    """One ticket, or None."""
    document = view.get(Table.TICKETS, key_of(key.provider, key.number))
    return None if document is None else from_document(Ticket, document)


def put_ticket(transaction: Transaction, record: Ticket) -> None:
    """Keep a ticket."""
    transaction.put(Table.TICKETS, key_of(record.provider, record.number), to_document(record))


def ticket_key(key: str) -> TicketKey:
    """The ticket that a composite store key names."""
    provider, _, number = key.partition(SEPARATOR)
    return TicketKey(provider, number)


def entry(view: View, provider: str, entry_id: str) -> InboxEntry | None:
    """One inbox entry, or None."""
    return entry_at(view, key_of(provider, entry_id))


def entry_at(view: View, key: str) -> InboxEntry | None:
    """The inbox entry under a store key, or None."""
    document = view.get(Table.INBOX, key)
    if document is None:
        return None
    known = from_document(InboxEntry, document)
    message = known.message
    if message is not None and message.patch is None and known.patch is not None:
        return replace(known, message=replace(message, patch=known.patch))
    return known


def put_entry(transaction: Transaction, record: InboxEntry) -> None:
    """Keep an inbox entry under (provider, id). A message's patch that is the entry's own is written once."""
    message = record.message
    if message is not None and message.patch is not None and message.patch == record.patch:
        record = replace(record, message=replace(message, patch=None))
    transaction.put(Table.INBOX, key_of(record.provider, record.id), to_document(record))


def write(view: View, entry_id: str) -> OutboxEntry | None:
    """One outbox entry, or None."""
    document = view.get(Table.OUTBOX, entry_id)
    return None if document is None else from_document(OutboxEntry, document)


def was_dropped(view: View, entry_id: str) -> bool:
    """Whether there is such a write, and the engineer gave it up."""
    found = write(view, entry_id) if entry_id else None
    return found is not None and found.dropped


def put_write(transaction: Transaction, record: OutboxEntry) -> None:
    """Keep an outbox entry."""
    transaction.put(Table.OUTBOX, record.id, to_document(record))


def document(view: View, table: Table, key: str) -> Document:
    """A document of a table that is read as it is, empty where there is none."""
    return view.get(table, key) or {}


def amend(transaction: Transaction, table: Table, key: str, **changes: Any) -> None:
    """Change some fields of such a document; nothing is written where they already are so."""
    before = document(transaction, table, key)
    after = {**before, **changes}
    if after != before:
        transaction.put(table, key, after)
