"""What a commit changed, as events that panes understand. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from providers.model import TicketKey
from tui.desk import index, records
from tui.desk.ports import Changed, Table, View
from tui.desk.reports import DeskEvent

_OF_TICKETS: Final = (Table.TICKETS, Table.MARKS, Table.LINKS)


def events(view: View, changed: Changed) -> list[DeskEvent]:
    """One event a subject, with the tickets concerned where they are known."""
    found = []
    tickets = {records.ticket_key(key) for table in _OF_TICKETS for key in changed.keys.get(table, ())}
    inbox, outbox = index.inbox(view), index.outbox(view)
    messages = _tickets(changed.keys.get(Table.INBOX, ()), lambda key: _of(inbox.get(key)))
    writes = _tickets(changed.keys.get(Table.OUTBOX, ()), lambda key: _of(outbox.get(key)))
    # A held message or a failed write shows in its ticket's row.
    tickets |= messages | writes
    if tickets:
        found.append(DeskEvent("tickets", frozenset(tickets)))
    if changed.keys.get(Table.INBOX):
        found.append(DeskEvent("messages", frozenset(messages)))
    if changed.keys.get(Table.OUTBOX):
        found.append(DeskEvent("outbox", frozenset(writes)))
    if changed.keys.get(Table.HEALTH) or changed.keys.get(Table.META):
        found.append(DeskEvent("health"))
    if changed.keys.get(Table.DRAFTS):
        found.append(DeskEvent("drafts"))
    return found


def _of(item: index.InboxSummary | index.OutboxSummary | None) -> TicketKey | None:
    return TicketKey(item.provider, item.number) if item is not None and item.number else None


def _tickets(keys: Iterable[str], of: Callable[[str], TicketKey | None]) -> set[TicketKey]:
    return {key for place in keys if (key := of(place)) is not None}
