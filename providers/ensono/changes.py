"""Approval of changes (guide, Change Integration): cycles as messages tell them, and our answer to a request. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from providers.ensono.wire import fold
from providers.errors import NotFound, Rejected, WrongState
from providers.model import Approval, ApprovalState, CycleStep, Engineer, MessageKind, Ticket, Write

ANSWERS: Final[Mapping[str, CycleStep]] = {"approved": "approved", "rejected": "rejected"}
APPROVAL_STATES: Final[Mapping[str, ApprovalState]] = {
    "approved": "approved",
    "rejected": "rejected",
    "cancelled": "cancelled",
    "canceled": "cancelled",
    "nolongerrequired": "cancelled",
}
DECISIONS: Final = {"approve": "approved", "reject": "rejected"}
NO_APPROVAL: Final = frozenset({"standard", "emergency"})


def needs_approval(change_type: str) -> bool:
    """Only Normal changes do (guide, Difference Between Each Type of Change); one of no known type may."""
    return fold(change_type) not in NO_APPROVAL


def cycle_step(kind: MessageKind, state: str, approval: str, change_type: str) -> CycleStep | None:
    """What a message about a change does to its approval cycle (guide, Normal Change Scenarios).

    A redraft, New, Cancelled or Closed ends it; so does an approval that is approved or rejected; Assess opens one.
    """
    word = fold(state)
    if kind == "redraft" or word in ("new", "draft", "cancelled", "canceled"):
        return "cancelled"
    if not needs_approval(change_type):
        return None
    if fold(approval) in ANSWERS:
        return ANSWERS[fold(approval)]
    if word == "closed":
        return "cancelled"
    return "opened" if word == "assess" else None


def approval_state(word: str) -> ApprovalState:
    """The state of one approval request; requested unless it says otherwise."""
    return APPROVAL_STATES.get(fold(word), "requested")


def approval_to_answer(provider: str, ticket: Ticket | None, wanted: str = "") -> Approval:
    """The request to answer: the one asked for, else the newest that is open.

    Raises NotFound for one that is not known, and WrongState where nothing is open: only the first answer counts.
    """
    if ticket is None:
        raise NotFound(provider, "this change is not known here, so there is no approval request to answer")
    change_type = str(ticket.vendor.get("type", ""))
    if not ticket.approvals and not needs_approval(change_type):
        raise WrongState(
            provider,
            f"{ticket.number} is {_article(change_type)} change, which needs no approval",
            next_step="Nothing to do.",
        )
    known = [approval for approval in ticket.approvals if not wanted or approval.id == wanted]
    if wanted and not known:
        raise NotFound(
            provider,
            f"{ticket.number} has no approval request {wanted}",
            next_step="Leave the approval out to answer the newest open one.",
            field="approval_id",
        )
    open_ones = [item for item in known if item.state == "requested" and ticket.cycle in (0, item.cycle)]
    if not open_ones:
        raise WrongState(provider, _nothing_open(ticket), next_step="Only the first answer counts; nothing was sent.")
    # Requests are listed in the order in which they were made; the newest is the last.
    newest = max(enumerate(open_ones), key=lambda item: (item[1].at or datetime.min.replace(tzinfo=UTC), item[0]))[1]
    if not newest.approver:
        raise Rejected(
            provider,
            f"approval request {newest.id} of {ticket.number} names no approver, and Ensono wants one",
            field="approval_id",
        )
    return newest


def _article(word: str) -> str:
    return f"{'an' if word[:1].lower() in 'aeiou' else 'a'} {word}"


def _nothing_open(ticket: Ticket) -> str:
    if not ticket.approvals:
        return f"no approval has been asked for on {ticket.number}"
    states = [approval.state for approval in ticket.approvals if ticket.cycle in (0, approval.cycle)]
    ended = next((state for state in states if state != "requested"), "cancelled")
    word = "already answered" if ended != "cancelled" else "withdrawn"
    return f"the approval of {ticket.number} is {word} ({ended})"


def local_stamp(at: datetime) -> str:
    """A time for people to read, in this machine's zone: 2026-02-19 06:41:54 CET (UTC+01:00)."""
    local = at.astimezone()
    zone, offset = f"{local:%Z}", f"{local:%z}"
    words = f"{local:%Y-%m-%d %H:%M:%S} {zone}"
    return words if zone == "UTC" else f"{words} (UTC{offset[:3]}:{offset[3:5]})"


def who_decided(provider: str, engineer: Engineer, decided_by: str) -> str:
    """Name, e-mail and phone of who decided. The guide wants the final approver named in the comment."""
    if decided_by.strip():
        return " ".join(decided_by.split())
    if not engineer.name:
        raise Rejected(
            provider,
            "nobody is named who decided",
            next_step="Set [engineer] name in the config, or VENDORQ_ENGINEER, or name them with decided_by.",
            field="decided_by",
        )
    parts = [engineer.name]
    if engineer.email:
        parts.append(f"Email: {engineer.email}")
    if engineer.phone:
        parts.append(f"Phone: {engineer.phone}")
    return ", ".join(parts)


def decision_words(write: Write, who: str, number: str, own_number: str, reason: str) -> str:
    """The comment of an answer: who, what, when, and the engineer's own words."""
    at = write.created_at or write.sent_at
    when = f" at {local_stamp(at)}" if at is not None else ""
    said = f"{who} {DECISIONS[write.action]} Change Request {number} (our number {own_number}){when}."
    return f"{said} {reason.strip()}" if reason.strip() else said


def confirms_decision(action: str, approval: str) -> bool:
    """Whether a change's `approval` in a later message shows that our answer arrived."""
    return fold(approval) == DECISIONS[action]
