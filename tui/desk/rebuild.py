"""Tickets made again whose own bytes were lost: their entries are there, and say the same."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from providers.model import Ticket, TicketKey
from tui.desk import index, intake, records, replay, shelf
from tui.desk.apply import apply
from tui.desk.entries import InboxEntry
from tui.desk.ports import Table, Transaction, key_of


@dataclass(slots=True)
class Rebuilt:
    """Tickets that were made again: `whole` byte for byte, `partly` without what lost entries had said."""

    whole: list[TicketKey] = field(default_factory=list)
    partly: list[TicketKey] = field(default_factory=list)


def rebuild(transaction: Transaction) -> Rebuilt:
    """Make each ticket again that is missing, or is older than its entries say. Needs an index that is whole.

    What is read of a ticket's own number and of what is new about it is made again with it.
    """
    rebuilt = Rebuilt()
    newest = index.tickets(transaction)
    for key, places in _applied(transaction).items():
        entries = [entry for entry in shelf.applied(transaction, places) if entry.changed and entry.patch is not None]
        known = newest.get(key_of(key.provider, key.number))
        if not entries or (known is not None and known.revision >= entries[-1].revision):
            continue
        before = records.ticket(transaction, key) or replay.checkpoint(transaction, key)
        after, whole = _go_on(before, entries)
        records.put_ticket(transaction, after)
        intake.link(transaction, after)
        _tell(transaction, key, entries)
        (rebuilt.whole if whole else rebuilt.partly).append(key)
    return rebuilt


def _applied(transaction: Transaction) -> dict[TicketKey, list[str]]:
    """The keys of the entries of each ticket."""
    found: dict[TicketKey, list[str]] = {}
    for place, item in index.inbox(transaction).items():
        if item.applied and item.number:
            found.setdefault(TicketKey(item.provider, item.number), []).append(place)
    return found


def _go_on(ticket: Ticket | None, entries: list[InboxEntry]) -> tuple[Ticket, bool]:
    """The ticket after those entries that it has not had, and whether none is missing between them."""
    whole = True
    for entry in entries:
        revision = 0 if ticket is None else ticket.revision
        if entry.revision <= revision:
            continue
        whole = whole and entry.revision == revision + 1
        ticket = replace(apply(ticket, entry), revision=entry.revision)
    assert ticket is not None
    return ticket, whole


def _tell(transaction: Transaction, key: TicketKey, entries: list[InboxEntry]) -> None:
    """Where nothing is known of what the engineer has seen, what is not handled is new."""
    news = [entry for entry in entries if intake.is_news(entry)]
    if news and transaction.get(Table.MARKS, key_of(key.provider, key.number)) is None:
        intake.tell(transaction, news[-1])
