"""Own number ↔ vendor's number ↔ vendor's internal id, with their history, across providers."""

from __future__ import annotations

from providers.model import TicketKey
from tui.desk import index, records
from tui.desk.ports import Table, View, key_of


def by_former_number(view: View, provider: str, number: str) -> TicketKey | None:
    """The ticket that had this number of ours before its present one."""
    for key in view.keys(Table.LINKS):
        if records.ticket_key(key).provider == provider:
            former = records.document(view, Table.LINKS, key).get("former", ())
            if number in former and view.get(Table.TICKETS, key) is not None:
                return records.ticket_key(key)
    return None


def elsewhere(view: View, key: TicketKey) -> list[TicketKey]:
    """Tickets of other vendors with the same number of ours: one matter, known to several vendors."""
    tickets = index.tickets(view)
    own = tickets.get(key_of(key.provider, key.number))
    if own is None or not own.client_number:
        return []
    return [
        TicketKey(item.provider, item.number)
        for item in tickets.values()
        if item.client_number == own.client_number and item.provider != key.provider
    ]
