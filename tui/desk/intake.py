"""Taking one entry into its ticket, with everything that follows from it, within one transaction."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from providers.model import ENDED_STATES, Ticket, TicketKey, Write
from tui.desk import index, records
from tui.desk.apply import apply
from tui.desk.entries import InboxEntry
from tui.desk.ports import Table, Transaction, key_of

NEWS: Final = frozenset({"message", "derived"})
"""Sources that tell the engineer something; snapshots and our own writes do not."""
ANSWERS: Final = frozenset({"comment", "attach", "update", "resolve", "close", "reopen", "cancel", "approve", "reject"})
"""Writes of ours that tell the vendor something: once it has one, a ticket no longer waits for us."""
_SETTLED_STATES: Final = ENDED_STATES | {"resolved"}


def take_in(transaction: Transaction, entry: InboxEntry) -> InboxEntry:
    """Apply an entry and keep it; return it as it then stands.

    The ticket, its link to our own number, the unread mark and the entry change together or not at all.
    """
    before = records.ticket(transaction, TicketKey(entry.provider, entry.number))
    after = apply(before, entry)
    changed = after is not before
    if changed:
        records.put_ticket(transaction, after)
        if before is None or not _is_linked(transaction, before, after):
            link(transaction, after)
    settled = replace(entry, applied=True, changed=changed, revision=after.revision, number=after.number)
    records.put_entry(transaction, settled)
    if is_reopened(before, after) and entry.source != "write" and not entry.own_write:
        records.amend(transaction, Table.MARKS, key_of(after.provider, after.number), reopened=True)
    if after.awaiting_us and not (before is not None and before.awaiting_us):
        _waits_again(transaction, key_of(after.provider, after.number))
    if is_news(settled):
        tell(transaction, settled)
    return settled


def answer(transaction: Transaction, write: Write, number: str) -> None:
    """The vendor has this write of ours: where it tells something, its ticket no longer waits for us.

    Some vendors' tickets go on saying that they wait until one of their people has read the answer.
    """
    if write.action in ANSWERS and number:
        records.amend(transaction, Table.MARKS, key_of(write.provider, number), answered=True, reopened=False)


def _waits_again(transaction: Transaction, key: str) -> None:
    if records.document(transaction, Table.MARKS, key).get("answered"):
        records.amend(transaction, Table.MARKS, key, answered=False)


def is_reopened(before: Ticket | None, after: Ticket) -> bool:
    """Whether a ticket that was resolved or ended is being worked on again."""
    return before is not None and before.state in _SETTLED_STATES and after.state not in _SETTLED_STATES


def is_news(entry: InboxEntry) -> bool:
    """Whether this makes its ticket unread."""
    ignored = entry.message is not None and entry.message.ignored
    return entry.source in NEWS and not entry.handled and not entry.own_write and not ignored and bool(entry.number)


def tell(transaction: Transaction, entry: InboxEntry) -> None:
    """Mark the entry's ticket unread: something new has come in, handled and answered or not."""
    key = key_of(entry.provider, entry.number)
    known = index.marks(transaction).get(key)
    if known is None or known.handled or known.answered or not known.unread:
        records.amend(transaction, Table.MARKS, key, unread=True, handled=False, answered=False)


def _is_linked(transaction: Transaction, before: Ticket, after: Ticket) -> bool:
    """Whether a ticket's other names are kept as they are; nearly always, so it is seen without decoding them."""
    known = index.links(transaction).get(key_of(after.provider, after.number))
    if known is None or before.former_client_numbers != after.former_client_numbers:
        return False
    return (known.client_number, known.internal_id) == (after.client_number, after.internal_id)


def link(transaction: Transaction, ticket: Ticket) -> None:
    """Keep a ticket's other names: our number, those before it, the vendor's internal id."""
    records.amend(
        transaction,
        Table.LINKS,
        key_of(ticket.provider, ticket.number),
        provider=ticket.provider,
        number=ticket.number,
        client_number=ticket.client_number,
        internal_id=ticket.internal_id,
        former=list(ticket.former_client_numbers),
    )
