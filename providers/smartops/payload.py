"""From our values to SmartOps' ticketJSON, after what cannot go there has been refused. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from providers.base import Declaration, Operation
from providers.errors import NotOffered, Rejected, WrongState
from providers.evidence import same_text
from providers.fields import require
from providers.lenient import text_of
from providers.model import Ticket, Write
from providers.offering import offered_write
from providers.smartops.declaration import NOTES, STATUS_WORDS

_NOT_SENT = ("client_number", "code")
"""What any vendor's form may carry and SmartOps has no field for; our number is kept here."""


def payload_of(provider: str, declaration: Declaration, write: Write, ticket: Ticket | None) -> dict[str, object]:
    """A write's ticketJSON. Raises NotOffered, WrongState or Rejected where there is none to send."""
    operation = offered_write(provider, declaration, write.action, ticket)
    if write.files:
        raise NotOffered(provider, declaration.refusal(Operation.ATTACH))
    if ticket is not None and ticket.state in ("closed", "cancelled") and operation is not Operation.CREATE:
        raise WrongState(
            provider,
            f"{ticket.number} is {ticket.vendor_state or ticket.state}: it takes nothing more",
            next_step="Create a new ticket that names this one.",
        )
    given = {name: value for name, value in write.values.items() if name not in _NOT_SENT}
    values = require(provider, declaration.forms[operation], given)
    if operation is Operation.UPDATE:
        values = changes_of(values, ticket)
        if not values:
            raise Rejected(provider, "nothing was sent: an update changes at least one field")
    return ticket_json(write.action, values)


def ticket_json(action: str, values: Mapping[str, object]) -> dict[str, object]:
    """Values under the names of ticketFields; a change of status says its word; notes go as objects of a list."""
    payload: dict[str, object] = {"ticketStatus": STATUS_WORDS[action]} if action in STATUS_WORDS else {}
    for name, value in values.items():
        payload[name] = [{NOTES[name].text: str(value)}] if name in NOTES else str(value)
    return payload


def changes_of(values: Mapping[str, object], ticket: Ticket | None) -> dict[str, object]:
    """Of an update's values those that differ from what the ticket holds. All where it is not known."""
    if ticket is None:
        return dict(values)
    held = {
        "ticketStatus": ticket.vendor_state,
        "shortDescription": ticket.summary,
        "longDescription": ticket.description,
        "ticketPriority": "" if ticket.priority is None else str(ticket.priority),
    }
    return {
        name: value
        for name, value in values.items()
        if name in NOTES or not _same(name, value, held.get(name, text_of(ticket.vendor.get(name))))
    }


def _same(name: str, value: object, held: str) -> bool:
    """A description's white space may be what is to change; in a line it says nothing."""
    return str(value) == held if name == "longDescription" else same_text(value, held)
