"""From a write of ours to the message KPN Connect wants. Pure. Sections are those of "2: Customers", version 0.95.

Everything the document forbids is refused here, before a byte has left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from providers.base import Operation
from providers.errors import Rejected, TooLarge, WrongState
from providers.fields import require, text_problem
from providers.kpn.files import check_names
from providers.kpn.words import exists, local_stamp
from providers.kpn_connect.declaration import (
    DECLARATION,
    MESSAGE_LIMIT,
    REFERENCE_LENGTH,
    TICKET_TYPES,
)
from providers.model import ENDED_STATES, FileRef, Ticket, Write
from providers.offering import offered_write
from providers.transfer import Upload

_NUMBER_LENGTH: Final = 20
_NAME_LENGTH: Final = 100


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One request to `Ticket`: its method and its document, in which files stand as FileRef."""

    method: str
    document: Mapping[str, Any]

    @property
    def files(self) -> tuple[FileRef, ...]:
        """The files that go along."""
        return tuple(item["content"] for item in self.document.get("attachments", ()))

    def with_comment(self, comment: str) -> Outgoing:
        """The same message with a comment."""
        return replace(self, document={**self.document, "comment": comment})


def outgoing(provider: str, write: Write, ticket: Ticket | None, zone: ZoneInfo) -> Outgoing:
    """The message for a write. Raises NotOffered, Rejected, WrongState or TooLarge; nothing has been sent then."""
    operation = offered_write(provider, DECLARATION, write.action, ticket)
    if operation is Operation.CREATE:
        message = Outgoing("POST", _create(provider, write, zone))
    elif operation is Operation.COMMENT:
        message = Outgoing("PATCH", _comment(provider, write, ticket))
    elif operation is Operation.ATTACH:
        message = Outgoing("PATCH", _attach(provider, write, ticket))
    else:
        message = Outgoing("PATCH", _response(provider, write, ticket, operation))
    length = Upload.json(provider, message.document).length
    if length > MESSAGE_LIMIT:
        raise TooLarge(
            provider,
            f"nothing was sent: with its files in base64 the message has {length} bytes; the limit is {MESSAGE_LIMIT}",
            field="attachments",
            next_step="Just under 60 MB of files go into one message: send them in several, or compress them.",
        )
    return message


def _create(provider: str, write: Write, zone: ZoneInfo) -> dict[str, Any]:
    values = dict(write.values)
    word = values.pop("ticket_type", None)
    kind = write.ticket_type or next((ours for ours, theirs in TICKET_TYPES.items() if theirs == word), "")
    if kind not in TICKET_TYPES:
        names = ", ".join(f"{ours} ({theirs})" for ours, theirs in TICKET_TYPES.items())
        raise Rejected(
            provider,
            f"nothing was sent: KPN takes no new {kind or word or 'untyped'} ticket",
            field="type",
            next_step=f"Choose one of: {names}.",
        )
    if write.client_number and not values.get("client_number"):
        values.setdefault("customer_reference_number", write.client_number)
    reference = values.get("customer_reference_number") or values.get("client_number")
    values["order_items"] = _with_own_number(values.get("order_items"), reference)
    values["desired_delivery_date"] = _local(values.get("desired_delivery_date"), zone)
    checked = require(provider, DECLARATION.forms[Operation.CREATE], values, kind)
    if "desired_delivery_date" in checked:
        _check_date(provider, str(checked["desired_delivery_date"]), zone)
    document: dict[str, Any] = {"ticket_type": TICKET_TYPES[kind], **checked}
    if "order_items" in document:
        document["order_items"] = [
            {**row, "item_attributes": row.get("item_attributes", {})} for row in document["order_items"]
        ]
    return {**document, **_attachments(provider, write.files)}


def _with_own_number(items: object, reference: object) -> object:
    """Ordered items without a number of their own get the ticket's, which the document allows."""
    if not isinstance(items, list | tuple) or not reference:
        return items
    return [
        {**row, "customer_order_item_id": row.get("customer_order_item_id") or reference}
        if isinstance(row, Mapping)
        else row
        for row in items
    ]


def _local(value: object, zone: ZoneInfo) -> object:
    """A time with a zone as KPN's local one; anything else as it is."""
    if isinstance(value, str):
        try:
            at = datetime.fromisoformat(value.strip())
        except ValueError:
            return value
    elif isinstance(value, datetime):
        at = value
    else:
        return value
    return value if at.tzinfo is None else local_stamp(at, zone)


def _check_date(provider: str, text: str, zone: ZoneInfo) -> None:
    try:
        there = exists(datetime.fromisoformat(text), zone)
    except (ValueError, OverflowError):
        there = False
    if not there:
        raise Rejected(
            provider,
            f"nothing was sent: {text} is no time that the clock shows in {zone.key}",
            field="desired_delivery_date",
        )


def _comment(provider: str, write: Write, ticket: Ticket | None) -> dict[str, Any]:
    checked = require(provider, DECLARATION.forms[Operation.COMMENT], write.values)
    return {
        "action": "Comment",
        **_numbers(provider, write, ticket),
        "comment": checked["comment"],
        **_attachments(provider, write.files),
    }


def _attach(provider: str, write: Write, ticket: Ticket | None) -> dict[str, Any]:
    """A comment message without a comment, as 5.1 advises for files that come alone."""
    require(provider, (), write.values)
    if not write.files:
        raise Rejected(provider, "nothing was sent: no file was named", field="attachments")
    return {"action": "Comment", **_numbers(provider, write, ticket), **_attachments(provider, write.files)}


def _numbers(provider: str, write: Write, ticket: Ticket | None) -> dict[str, Any]:
    """The pair of numbers that every update must carry (3), of a ticket that still takes updates."""
    if ticket is not None and ticket.state in ENDED_STATES:
        raise WrongState(
            provider,
            f"nothing was sent: {ticket.number} is {ticket.state}, and KPN takes updates for open tickets only",
            next_step="Create a new ticket that names this one, or refresh it if you think it is open.",
        )
    number = _own_field(provider, "kpn_ticket_number", write.number or (ticket.number if ticket else ""))
    reference = write.client_number or (ticket.client_number if ticket else "")
    if not reference:
        raise Rejected(
            provider,
            f"nothing was sent: {number} has no number of ours yet, and KPN wants it with every update",
            field="customer_reference_number",
            next_step="Link our number first.",
        )
    return {
        "customer_reference_number": _checked_length(
            provider, "customer_reference_number", reference, REFERENCE_LENGTH
        ),
        "kpn_ticket_number": number,
    }


def _own_field(provider: str, name: str, number: str) -> str:
    if not number:
        raise Rejected(provider, f"nothing was sent: the message needs a {name}", field=name)
    return _checked_length(provider, name, number, _NUMBER_LENGTH)


def _checked_length(provider: str, name: str, text: str, limit: int) -> str:
    problem = text_problem(name, text, limit)
    if problem:
        raise Rejected(provider, f"nothing was sent: {problem}", field=name)
    return text


def _response(provider: str, write: Write, ticket: Ticket | None, operation: Operation) -> dict[str, Any]:
    """The business answer to one message (3.1). A link is the answer Success with our number."""
    if write.files:
        raise Rejected(provider, "nothing was sent: an acknowledgement carries no files", field="attachments")
    values = dict(write.values)
    reference = values.get("customer_reference_number") or values.get("client_number") or write.client_number
    if not reference and ticket is not None:
        reference = ticket.client_number
    values.pop("client_number", None)
    values["customer_reference_number"] = reference
    if operation is Operation.ACKNOWLEDGE:
        values["status"] = values.get("status") or "Success"
    checked = require(provider, DECLARATION.forms[operation], values)
    succeeded = checked.get("status", "Success") == "Success"
    if "message_id" not in checked:
        raise Rejected(
            provider,
            "nothing was sent: KPN takes our number only in the answer to one of the ticket's messages",
            field="message_id",
            next_step="Acknowledge a held message with our number.",
        )
    if succeeded and "customer_reference_number" not in checked:
        raise Rejected(
            provider,
            "nothing was sent: a success tells KPN our number, and this ticket has none yet",
            field="customer_reference_number",
            next_step="Link our number, or report a failure with its reason.",
        )
    if not succeeded and "reason" not in checked:
        raise Rejected(provider, "nothing was sent: a failure is reported with its reason", field="reason")
    document: dict[str, Any] = {"action": "Response"}
    if "customer_reference_number" in checked:
        document["customer_reference_number"] = checked["customer_reference_number"]
    document["kpn_ticket_number"] = _own_field(
        provider, "kpn_ticket_number", write.number or (ticket.number if ticket else "")
    )
    document["transaction_id"] = checked["message_id"]
    document["status"] = "Success" if succeeded else "Failure"
    if not succeeded:
        document["error_details"] = checked["reason"]
    return document


def _attachments(provider: str, files: tuple[FileRef, ...]) -> dict[str, Any]:
    check_names(provider, files, _NAME_LENGTH)
    if not files:
        return {}
    return {
        "attachments": [
            {"name": file.name, "content": file}
            | ({"content_type": file.content_type} if 0 < len(file.content_type) <= _NAME_LENGTH else {})
            for file in files
        ]
    }
