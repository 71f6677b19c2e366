"""A confirmed write as an entry that changes its ticket. Pure.

What the vendor's receipt says of the ticket counts; what it leaves out follows from what was sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from providers.base import Declaration, Operation
from providers.clock import milliseconds
from providers.model import Attachment, Comment, Order, Patch, Receipt, Ticket, Write
from tui.desk import conversation, cycles
from tui.desk.entries import InboxEntry

DECISIONS: Final[Mapping[str, str]] = {"approve": "approved", "reject": "rejected"}
_COMMON: Final = frozenset({"client_number", "summary", "description"})


def entry_of(
    write: Write, receipt: Receipt, declaration: Declaration, ticket: Ticket | None, now: datetime
) -> InboxEntry:
    """The inbox entry of a confirmed write. Its order is when the request left."""
    number = receipt.number or write.number
    patch = _patch(write, receipt, declaration, number, now)
    return InboxEntry(
        provider=write.provider,
        id=f"write:{write.id}",
        number=number,
        source="write",
        order=_order(write, ticket, now),
        received_at=now,
        status="acknowledged",
        patch=patch,
        released=True,
        handled=True,
        own_write=write.id,
    )


def _order(write: Write, ticket: Ticket | None, now: datetime) -> Order:
    order = (milliseconds(write.sent_at or now), 0)
    if write.action in DECISIONS and ticket is not None:
        # The answer was given after everything it answers, whatever the two clocks say.
        asked = cycles.latest(ticket.cycle_marks, ticket.stamps)
        order = max(order, (asked[0], asked[1] + 1))
    return order


def _patch(write: Write, receipt: Receipt, declaration: Declaration, number: str, now: datetime) -> Patch:
    said = receipt.patch or Patch(number=number)
    decision = DECISIONS.get(write.action)
    return replace(
        said,
        number=number,
        set={**_sent_fields(write, declaration), **said.set},
        comments=_with_own_comment(write, said.comments, now),
        attachments=_with_own_files(write, said.attachments, now),
        cycle=said.cycle or decision,  # type: ignore[arg-type]  # DECISIONS holds steps of a cycle
        approvals=(),
    )


def _with_own_comment(write: Write, said: tuple[Comment, ...], now: datetime) -> tuple[Comment, ...]:
    """The receipt's comments, the one that was sent among them under an id of ours.

    A receipt may hold the ticket's whole page; the other comments are the vendor's and keep their ids.
    """
    body = str(write.values.get("comment") or "")
    own_id = conversation.own_id(write.id)
    for place, comment in enumerate(said):
        alone = len(said) == 1 and comment.origin == "us" and bool(body)
        if alone or (body and conversation.same_words(comment.body, body)):
            own = replace(comment, id=own_id, origin="us", at=comment.at or write.sent_at or now)
            return (*said[:place], own, *said[place + 1 :])
    if not body:
        return said
    return (*said, Comment(id=own_id, author=write.engineer.name, at=write.sent_at or now, body=body, origin="us"))


def _with_own_files(write: Write, said: tuple[Attachment, ...], now: datetime) -> tuple[Attachment, ...]:
    names = {item.name for item in said if item.direction == "out"}
    own = tuple(
        Attachment(
            id=conversation.own_id(write.id, place),
            name=item.name,
            size=item.size,
            content_type=item.content_type,
            direction="out",
            at=write.sent_at or now,
        )
        for place, item in enumerate(write.files)
        if item.name not in names
    )
    return said + own


def _sent_fields(write: Write, declaration: Declaration) -> dict[str, object]:
    """Ticket fields that a create or a link states by being accepted."""
    if write.action == Operation.LINK:
        return {"client_number": write.client_number} if write.client_number else {}
    if write.action != Operation.CREATE:
        return {}
    said: dict[str, object] = {"type": write.ticket_type} if write.ticket_type else {}
    common = {item.name: item.common for item in declaration.forms.get(Operation.CREATE, ())}
    for name, value in write.values.items():
        field = common.get(name, name)
        if field in _COMMON and value:
            said[field] = value
        elif field == "priority":
            said.update(_priority(value))
    if write.client_number:
        said["client_number"] = write.client_number
    if write.created_at is not None:
        said["opened_at"] = write.created_at
    return said


def _priority(value: object) -> dict[str, Any]:
    """1 to 5, alone or before a label; nothing where it is neither."""
    first = str(value).strip()[:1]
    return {"priority": int(first)} if first in ("1", "2", "3", "4", "5") else {}
