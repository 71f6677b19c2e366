"""What a look at the log is about: a ticket with all that was written to it, a message, a name, or everything.

A request refers to what was known when it left. A create's ticket had no number then, so it is found by the create's
entry in the outbox.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from providers.model import TicketKey
from tui.desk import index
from tui.desk.entries import InboxEntry
from tui.desk.ports import View


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The names that requests refer to; without names it is about everything.

    `provider` leaves out other providers' requests, since two vendors may use one number.
    """

    title: str
    names: tuple[str, ...] = ()
    provider: str = ""

    def holds(self, line: dict[str, Any]) -> bool:
        """Whether a line of the log is about this."""
        if self.provider and line.get("provider", self.provider) != self.provider:
            return False
        references = line.get("references", ())
        return not self.names or any(name in references for name in self.names)


EVERYTHING: Final = Scope(title="all requests")


def of_ticket(key: TicketKey, own_number: str, entry_ids: Iterable[str]) -> Scope:
    """One ticket, by its number, our own and the writes to it, by the ids of their entries."""
    names = tuple(name for name in (key.number, own_number, *entry_ids) if name)
    return Scope(title=f"{key.number}  {key.provider}", names=names, provider=key.provider)


def of_message(message: InboxEntry) -> Scope:
    """One message."""
    return Scope(title=f"message of {message.number or message.provider}", names=(message.id,))


def of_name(view: View | None, name: str) -> list[Scope]:
    """Whatever refers to this name, and every ticket it is a number of: the vendor's, our own, or its internal id.

    Without a view of the store the name stands for itself alone.
    """
    scopes = [Scope(title=name, names=(name,))]
    if view is None:
        return scopes
    writes = index.outbox(view)
    for ticket in index.tickets(view).values():
        if name in (ticket.number, ticket.client_number, ticket.internal_id):
            same = [key for key, item in writes.items() if (item.provider, item.number) == _place(ticket)]
            scopes.append(of_ticket(TicketKey(*_place(ticket)), ticket.client_number, same))
    return scopes


def _place(ticket: index.TicketSummary) -> tuple[str, str]:
    return ticket.provider, ticket.number
