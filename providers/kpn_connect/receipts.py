"""What a write that KPN Connect took says of its ticket. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from providers.base import Operation
from providers.evidence import same_text
from providers.kpn.words import numbered
from providers.kpn_connect.payload import Outgoing
from providers.kpn_connect.wire import WriteWire
from providers.model import Comment, Message, Patch, Receipt, Snapshot, Ticket, Write

_COMMON = frozenset(
    {"ticket_type", "customer_reference_number", "short_description", "description", "priority", "attachments"}
)


def receipt_of(write: Write, message: Outgoing, wire: WriteWire, ticket: Ticket | None, now: datetime) -> Receipt:
    """The receipt for an accepted write. The desk adds what follows from the write itself."""
    number = wire.kpn_ticket_number or write.number
    receipt = Receipt(number=number, note=wire.note)
    if write.action == Operation.CREATE:
        other = {name: value for name, value in message.document.items() if name not in _COMMON}
        said = {"state": "new", "vendor_state": "New"}
        return replace(receipt, patch=Patch(number=number, set=said, vendor=other))
    if write.action in (Operation.ACKNOWLEDGE, Operation.LINK):
        reference = message.document.get("customer_reference_number")
        if message.document["status"] == "Success" and reference:
            return replace(receipt, patch=Patch(number=number, set={"client_number": reference}))
    elif write.action == Operation.ATTACH and "comment" in message.document:
        comment = Comment(
            id="",
            author=write.engineer.name,
            at=write.sent_at or now,
            body=message.document["comment"],
            origin="us",
        )
        known = ticket.comments if ticket is not None else ()
        return replace(receipt, patch=Patch(number=number, comments=numbered((comment,), known)))
    return receipt


def found_receipt(row: Snapshot) -> Receipt:
    """The receipt for a create that was found in the list."""
    return Receipt(
        number=row.patch.number, patch=row.patch, note=f"{row.patch.number} stands in KPN's list with our number"
    )


def is_same_ticket(row: Snapshot, message: Outgoing, kind: str) -> bool:
    """Whether a row with our number is the ticket that was to be created, by its summary and type."""
    summary = str(row.patch.set.get("summary", ""))
    return row.patch.set.get("type", kind) == kind and same_text(summary, str(message.document["short_description"]))


def shows(write: Write, message: Message) -> bool:
    """Whether a message of the queue shows that a write was done, and says no more than that."""
    if write.action == Operation.CREATE:
        ours = str(write.values.get("customer_reference_number") or write.client_number)
        return message.kind == "create" and bool(ours) and message.client_number == ours
    if write.action == Operation.COMMENT and message.kind == "comment" and message.patch is not None:
        text = str(write.values.get("comment", ""))
        return message.number == write.number and any(same_text(item.body, text) for item in message.patch.comments)
    return False
