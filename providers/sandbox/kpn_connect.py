"""KPN's side of ServiceNow Connect: its tickets, its queue of ticket updates, and what its people do.

Source: ServiceNow Connect API part 2 v0.95. What a client asks over HTTP is in `kpn_connect_api`.

What the document leaves open, and what this twin does. Reading TicketUpdates is destructive; with `redelivers` set,
an update comes again at every read until its Response. The addendum with the updates' own fields is not part of
the documents: after the sample, `action` is the state's name, or "New", "Comment" and "Attachment", and
`ticket_attributes` holds what changed; an attachment comes as `attachments: [{name, link, content_type}]` with a link
to GetAttachment/{id} [outside]. Comments come newest first and their times are local to `zone`.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

from providers.sandbox.context import Context

BASE: Final = "/network/kpn/servicenow"
PREFIXES: Final = {
    "Incident": "INC#",
    "Request for Information": "INC#",
    "Change Request": "CHG#",
    "Service Request": "RITM#",
    "Incident Task": "TASK#",
    "Change Task": "CTASK#",
    "Request Task": "SCTASK#",
}
ENDED: Final = ("Closed", "Closed Complete", "Closed Incomplete", "Cancelled")
COMPANY: Final = "Customer B.V."


@dataclass(slots=True, kw_only=True)
class KpnComment:
    """One comment. `user` is "via integration" for the client's own."""

    comment: str
    at: datetime
    user: str


@dataclass(slots=True, kw_only=True)
class KpnTicket:
    """One ticket. `fields` are what else its detail shows, by the document's names."""

    number: str
    type: str
    reference: str | None
    short_description: str
    description: str
    state: str = "New"
    fields: dict[str, Any] = field(default_factory=dict)
    comments: list[KpnComment] = field(default_factory=list)
    order_items: list[dict[str, Any]] = field(default_factory=list)

    @property
    def ended(self) -> bool:
        """No longer active."""
        return self.state in ENDED

    @property
    def task(self) -> bool:
        """A task, of which this API shows no detail."""
        return self.type.endswith("Task")


@dataclass(slots=True, kw_only=True)
class KpnUpdate:
    """One message for the client. `answered` is the status of its Response, empty until then."""

    transaction_id: str
    ticket: KpnTicket
    body: dict[str, Any]
    taken: bool = False
    answered: str = ""


class KpnConnect:
    """The vendor. Its people's actions return a ticket's number or an update's transaction id."""

    kind = "kpn-connect"

    def __init__(self, context: Context) -> None:
        self.context = context
        self.tickets: dict[str, KpnTicket] = {}
        self.updates: list[KpnUpdate] = []
        self.raw: list[Any] = []
        self.files: dict[str, tuple[str, bytes, str]] = {}
        self.redelivers = False
        """Whether an update that has had no Response comes again."""
        self.comment_required = False
        """Whether a message with attachments alone is refused with 1000."""
        self.message_limit = 80_000_000
        """Bytes of one whole encoded message."""
        self.zone = ZoneInfo("Europe/Amsterdam")
        self._next_number = 11_252_603

    def ticket(self, number: str) -> KpnTicket:
        """A ticket as KPN has it now. KeyError where there is none."""
        return self.tickets[number]

    def open(
        self,
        ticket_type: str,
        *,
        reference: str | None,
        short_description: str,
        description: str,
        number: str = "",
        state: str = "New",
        **fields: Any,
    ) -> KpnTicket:
        """Make a ticket without telling the client."""
        if not number:
            number = f"{PREFIXES[ticket_type]}{self._next_number}"
            self._next_number += 1
        ticket = KpnTicket(
            number=number,
            type=ticket_type,
            reference=reference,
            short_description=short_description,
            description=description,
            state=state,
            fields=fields,
        )
        self.tickets[number] = ticket
        return ticket

    def create(
        self,
        ticket_type: str = "Incident",
        *,
        reference: str | None = "",
        short_description: str = "Something is wrong",
        description: str = "",
        number: str = "",
        announce: bool = True,
        **fields: Any,
    ) -> str:
        """KPN opens a ticket; an update "New" says so. `reference` is empty or None where it has none of ours."""
        with self.context.lock:
            ticket = self.open(
                ticket_type,
                reference=reference,
                short_description=short_description,
                description=description or short_description,
                number=number,
                **fields,
            )
            if announce:
                attributes = {
                    "state": ticket.state,
                    "short_description": ticket.short_description,
                    "description": ticket.description,
                    **{name: value for name, value in fields.items() if isinstance(value, str)},
                }
                self.tell(ticket, "New", attributes)
            return ticket.number

    def comment(self, number: str, comment: str, user: str = "KPN") -> str:
        """KPN's people comment."""
        with self.context.lock:
            ticket = self.tickets[number]
            ticket.comments.append(KpnComment(comment=comment, at=self.context.now(), user=user))
            return self.tell(ticket, "Comment", {"comments": f"{comment}\n\n"})

    def change_state(self, number: str, state: str, comment: str = "", **fields: Any) -> str:
        """A ticket moves on, with or without a comment. Fields by the document's names (on_hold_reason…)."""
        with self.context.lock:
            ticket = self.tickets[number]
            ticket.state = state
            ticket.fields.update(fields)
            attributes = {"state": state, **fields}
            if comment:
                ticket.comments.append(KpnComment(comment=comment, at=self.context.now(), user="KPN"))
                attributes["comments"] = f"{comment}\n\n"
            return self.tell(ticket, state, attributes)

    def attach(self, number: str, name: str, content: bytes, content_type: str = "") -> str:
        """KPN's people attach a file; the update links to it."""
        with self.context.lock:
            guessed = content_type or mimetypes.guess_type(name)[0] or "application/octet-stream"
            file_id = self.context.ids.hex("kpn-file", number)
            self.files[file_id] = (name, content, guessed)
            link = f" {self.context.url}{BASE}/GetAttachment/{file_id}"
            file = {"name": name, "link": link, "content_type": guessed}
            return self.tell(self.tickets[number], "Attachment", {"attachments": [file]})

    def tell(self, ticket: KpnTicket, action: str, attributes: Mapping[str, Any]) -> str:
        """Put an update into the client's queue."""
        with self.context.lock:
            transaction_id = self.context.ids.uuid("kpn-update", ticket.number)
            now = self.context.now()
            body = {
                "message_datetime_utc": f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03d}Z",
                "ticket_type": ticket.type,
                "action": action,
                "kpn_ticket_number": ticket.number,
                "customer_reference_number": ticket.reference,
                "transaction_id": transaction_id,
                "ticket_attributes": dict(attributes),
            }
            self.updates.append(KpnUpdate(transaction_id=transaction_id, ticket=ticket, body=body))
            return transaction_id

    def send_raw(self, element: Any) -> None:
        """Put any JSON value whatever into the queue; it comes once."""
        with self.context.lock:
            self.raw.append(element)

    def forget(self) -> None:
        """Empty the queue, as if all had been read and answered."""
        with self.context.lock:
            for update in self.updates:
                update.taken, update.answered = True, "Success"

    def waiting(self) -> list[KpnUpdate]:
        """Updates without a Response."""
        with self.context.lock:
            return [update for update in self.updates if not update.answered]

    def take(self) -> list[Any]:
        """What a read of TicketUpdates hands out."""
        due = [update for update in self.updates if not update.answered and (self.redelivers or not update.taken)]
        for update in due:
            update.taken = True
        elements = [update.body for update in due] + self.raw
        self.raw = []
        return elements

    def row(self, ticket: KpnTicket) -> dict[str, Any]:
        """One row of ListOpenTickets; the link starts with a space, as in the sample."""
        return {
            "kpn_ticket_number": ticket.number,
            "customer_reference_number": ticket.reference,
            "ticket_type": ticket.type,
            "state": ticket.state,
            "short_description": ticket.short_description,
            "link": f" {self.context.url}{BASE}/Ticket?kpn_ticket_number={quote(ticket.number, safe='')}",
        }

    def local(self, at: datetime) -> str:
        """A time as KPN writes it in details."""
        return at.astimezone(self.zone).strftime("%Y-%m-%d %H:%M")
