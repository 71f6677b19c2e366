"""Messages for vendors that send none: what differs between a ticket and what a poll shows of it. Pure.

A provider's first good poll is a baseline: what was not known before it is no news.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from providers.model import ENDED_STATES, Comment, Message, MessageKind, Order, Patch, Ticket, Write
from providers.text import safe_line
from tui.desk import conversation, intake

SUMMARY_LENGTH: Final = 160
_ENDS: Final = ENDED_STATES | {"resolved"}
_RESULTS: Final = {"resolve": "resolved", "close": "closed", "cancel": "cancelled"}


def differs(before: Ticket | None, after: Ticket) -> bool:
    """Whether a ticket says anything else than before; when it was said again does not count."""
    return before is None or replace(after, stamps=before.stamps, revision=before.revision) != before


def messages(
    before: Ticket | None, after: Ticket, order: Order, *, baseline: bool, comments_since: datetime | None = None
) -> list[Message]:
    """What happened to a ticket between two states of it, as a queue would have told.

    Comments older than `comments_since` were there before we looked, and are no news. The comment after which a ticket
    waits for us says that too: one thing has happened, and it is told once.
    """
    if before is None:
        return [] if baseline else [_message(after, order, "create", "created", after.summary or "New ticket")]
    found: list[Message] = []
    asks, comments = after.awaiting_us and not before.awaiting_us, _new_comments(before, after, comments_since)
    # What nobody has stated yet, as of a ticket that we have just created, has not changed by being stated.
    if after.state != before.state and "state" in before.stamps:
        found.append(_state_changed(before, after, order))
        asks = False
    elif asks and not comments:
        found.append(_message(after, order, "update", "awaiting", "Waits for us", set_={"awaiting_us": True}))
    if after.priority != before.priority and after.priority is not None and before.priority is not None:
        words = f"Priority {before.priority} → {after.priority}"
        found.append(
            _message(after, order, "update", f"priority {after.priority}", words, set_={"priority": after.priority})
        )
    for comment in comments:
        words = f"{comment.author}: {comment.body}" if comment.author else comment.body
        set_: dict[str, object] = {}
        if asks and comment is comments[-1]:
            words, set_ = f"Waits for us. {words}", {"awaiting_us": True}
        found.append(_message(after, order, "comment", f"comment {comment.id}", words, set_=set_, comment=comment))
    return found


def _new_comments(before: Ticket, after: Ticket, since: datetime | None) -> list[Comment]:
    """The vendor's comments that one ticket has and the other has not, but for those older than `since`."""
    known = {comment.id for comment in before.comments}
    return [
        comment
        for comment in after.comments
        if comment.id not in known
        and comment.origin == "vendor"
        and not (since is not None and (comment.at is None or comment.at < since))
    ]


def gone(ticket: Ticket, order: Order) -> Patch:
    """What the absence of a ticket from its vendor's open list says: closed."""
    return Patch(number=ticket.number, set={"state": "closed", "awaiting_us": False})


def shows(write: Write, message: Message) -> bool:
    """Whether a message shows a write of ours to be done, by what every vendor's tickets have in common."""
    patch = message.patch
    if write.action == "create":
        return message.kind == "create" and bool(write.client_number) and message.client_number == write.client_number
    if patch is None:
        return False
    if write.action == "comment":
        body = str(write.values.get("comment") or "")
        return bool(body) and any(conversation.same_words(comment.body, body) for comment in patch.comments)
    return write.action in _RESULTS and patch.set.get("state") == _RESULTS[write.action]


def _state_changed(before: Ticket, after: Ticket, order: Order) -> Message:
    words = f"{before.vendor_state or before.state} → {after.vendor_state or after.state}"
    if intake.is_reopened(before, after):
        words = f"Reopened by the vendor: {words}"
    kind: MessageKind = "closure" if after.state in _ENDS else "update"
    return _message(after, order, kind, f"state {after.state}", words, set_={"state": after.state})


def _message(
    ticket: Ticket,
    order: Order,
    kind: MessageKind,
    what: str,
    words: str,
    *,
    set_: dict[str, object] | None = None,
    comment: Comment | None = None,
) -> Message:
    # The order is part of the id: a state that is left and entered again is told again.
    subject = "\x1f".join((ticket.provider, ticket.number, what, str(order)))
    at = datetime.fromtimestamp(order[0] / 1000, UTC)
    patch = Patch(number=ticket.number, set=set_ or {}, comments=() if comment is None else (comment,))
    return Message(
        provider=ticket.provider,
        id=f"derived-{hashlib.sha256(subject.encode()).hexdigest()[:16]}",
        number=ticket.number,
        client_number=ticket.client_number,
        kind=kind,
        group=ticket.number,
        order=order,
        sent_at=comment.at if comment is not None and comment.at is not None else at,
        received_at=at,
        summary=safe_line(words, SUMMARY_LENGTH),
        patch=patch,
    )
