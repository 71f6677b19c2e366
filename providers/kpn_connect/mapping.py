"""From KPN Connect's rows and pages to ours. Pure. Sections are those of "2: Customers", version 0.95."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from providers.evidence import same_text
from providers.kpn.words import OWN_USER, names_us, numbered, state_of
from providers.kpn_connect.declaration import TASK_TYPES, TICKET_TYPES
from providers.kpn_connect.wire import CommentWire, TicketWire, known_keys
from providers.lenient import line_of, other_fields, priority_of, time_of
from providers.model import Comment, Order, Patch, Snapshot

_TYPES: Final = {word.casefold(): kind for kind, word in TICKET_TYPES.items()} | {
    word.casefold(): "task" for word in TASK_TYPES
}
_PREFIXES: Final = (("INC", "incident"), ("CHG", "change"), ("RITM", "service_request"), ("REQ", "service_request"))
_PATCHED: Final = known_keys(TicketWire) - {"category", "priority", "on_hold_reason", "sla_due"}
"""What a patch says in our own words; the page's other fields are kept under KPN's names."""


@lru_cache(maxsize=256)
def type_of(word: str, number: str = "") -> str:
    """Our ticket type for KPN's word, else for the prefix of the number; "" where neither tells."""
    lower = word.casefold()
    if lower in _TYPES:
        return _TYPES[lower]
    if lower.endswith("task"):
        return "task"
    return _type_of_prefix(number.upper())


def _type_of_prefix(number: str) -> str:
    letters = number.partition("#")[0].rstrip("0123456789")
    if letters.endswith("TASK"):
        return "task"
    return next((kind for prefix, kind in _PREFIXES if letters == prefix), "")


cached_state = lru_cache(maxsize=256)(state_of)


def row_snapshot(row: object, raw: str, order: Order) -> Snapshot | None:
    """One row of ListOpenTickets (4.2); None where it names no ticket.

    Called by the thousand, so it reads the row without a model. `link` is not used: it may be relative, start
    with a space or name another host. A row on hold leaves open for whom it waits; its page tells.
    """
    if not isinstance(row, dict):
        return None
    get = row.get
    number = line_of(get("kpn_ticket_number"))
    if not number:
        return None
    word = line_of(get("state"))
    reference = line_of(get("customer_reference_number"))
    summary = line_of(get("short_description"))
    type_word = line_of(get("ticket_type"))
    kind = type_of(type_word) or type_of("", number)
    said: dict[str, object] = {}
    if kind:
        said["type"] = kind
    if reference:
        said["client_number"] = reference
    if summary:
        said["summary"] = summary
    state = cached_state(word, kind)
    if state:
        said["state"] = state
        said["vendor_state"] = word
        if state != "pending":
            said["awaiting_us"] = False
    return Snapshot(patch=Patch(number=number, set=said), order=order, raw=raw)


def page_snapshot(page: Mapping[str, Any], raw: str, order: Order, number: str, zone: ZoneInfo) -> Snapshot:
    """A ticket's own page (4.3). `number` stands in where the page does not repeat it."""
    wire = TicketWire.model_validate(page)
    number = wire.kpn_ticket_number or number
    comments = comments_of(wire.comments, zone)
    said = facts_of(
        kind=type_of(wire.ticket_type) or type_of(wire.category) or type_of("", number),
        reference=wire.customer_reference_number,
        state_word=wire.state,
        reason=wire.on_hold_reason,
        summary=wire.short_description,
        description=wire.description,
    )
    said["awaiting_us"] = is_ours_to_answer(said.get("state"), wire.on_hold_reason)
    if "priority" in page:
        said["priority"] = priority_of(wire.priority)
    if "sla_due" in page:
        said["due_at"] = time_of(wire.sla_due, zone)
    latest = max((comment.at for comment in comments if comment.at is not None), default=None)
    patch = Patch(
        number=number,
        set=said,
        fill={"updated_at": latest} if latest else {},
        vendor=other_fields(page, _PATCHED),
        comments=comments,
        complete=True,
    )
    return Snapshot(patch=patch, order=order, detailed=True, raw=raw)


def facts_of(
    *, kind: str, reference: str, state_word: str, reason: str, summary: str, description: str
) -> dict[str, object]:
    """The ticket's fields that KPN names; what it leaves empty says nothing, nor does a hold without a reason."""
    said: dict[str, object] = {
        "type": kind,
        "client_number": reference,
        "summary": summary,
        "description": description,
    }
    said = {name: value for name, value in said.items() if value}
    state = state_of(state_word, kind)
    if state:
        said["state"] = state
        said["vendor_state"] = state_word
        if state != "pending" or reason:
            said["awaiting_us"] = is_ours_to_answer(state, reason)
    return said


def is_ours_to_answer(state: object, reason: str) -> bool:
    """Whether the ticket waits for our side. A reason that stayed behind after the hold counts for nothing."""
    return state in ("pending", None) and names_us(reason)


def comments_of(wires: tuple[CommentWire, ...], zone: ZoneInfo) -> tuple[Comment, ...]:
    """A page's comments, oldest first. What came in over the interface is ours."""
    return numbered(
        Comment(
            id="",
            author=wire.user,
            at=time_of(wire.date_time, zone),
            body=wire.comment,
            origin="us" if wire.user.casefold() == OWN_USER else "vendor",
        )
        for wire in wires
        if wire.comment
    )


def shows_own_comment(wires: tuple[CommentWire, ...], text: str, since: datetime, zone: ZoneInfo) -> bool:
    """Whether a comment of ours with this text, made since then, is on the page.

    In the hour that autumn shows twice the later reading counts; a comment without a stamp counts too.
    """
    for wire in wires:
        if wire.user.casefold() == OWN_USER and same_text(wire.comment, text):
            at = time_of(wire.date_time, zone, fold=1)
            if at is None or at >= since:
                return True
    return False
