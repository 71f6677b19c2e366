"""The JSON documents of the command line: the shapes that scripts rely on. Only what is named here is printed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from providers.codec import format_time, to_document

if TYPE_CHECKING:
    from providers.model import Ticket, TicketKey
    from tui.desk.desk import Desk
    from tui.desk.entries import InboxEntry, OutboxEntry
    from tui.desk.reports import ProviderHealth, SyncReport

TICKET_FIELDS: Final = (
    "provider",
    "number",
    "client_number",
    "type",
    "state",
    "vendor_state",
    "priority",
    "summary",
    "description",
    "opened_at",
    "updated_at",
    "due_at",
)
COMMENT_FIELDS: Final = ("author", "at", "body", "origin")
ATTACHMENT_FIELDS: Final = ("name", "size", "content_type", "direction")
APPROVAL_FIELDS: Final = ("id", "approver", "approver_name", "state", "cycle")
_ticket_fields: Final = itemgetter(*TICKET_FIELDS)
_comment_fields: Final = itemgetter(*COMMENT_FIELDS)


def stored_ticket(document: Mapping[str, Any], unread: bool) -> dict[str, Any]:
    """A ticket from its document in the store. Comments oldest first, those without a time last.

    Lists are made of thousands of these, so that it is written for speed.
    """
    get = document.get
    shown = dict(zip(TICKET_FIELDS, _ticket_fields(document), strict=True))
    shown["unread"] = unread
    comments = get("comments") or ()
    shown["comments"] = [
        dict(zip(COMMENT_FIELDS, _comment_fields(item), strict=True))
        for item in (sorted(comments, key=_by_time) if len(comments) > 1 else comments)
    ]
    shown["attachments"] = [{name: item.get(name) for name in ATTACHMENT_FIELDS} for item in get("attachments") or ()]
    shown["approvals"] = [{name: item.get(name) for name in APPROVAL_FIELDS} for item in get("approvals") or ()]
    shown["vendor"] = get("vendor") or {}
    return shown


def _by_time(comment: Mapping[str, Any]) -> Any:
    # Without their Z, stamps are in order of time as text, fractions of a second or not; "~" stands behind them all.
    return comment["at"][:-1] if comment["at"] else "~"


def ticket(record: Ticket, unread: bool) -> dict[str, Any]:
    """A ticket."""
    return stored_ticket(to_document(record), unread)


def ticket_of(desk: Desk, key: TicketKey | None) -> dict[str, Any] | None:
    """A ticket by its key; None where there is none."""
    record = None if key is None else desk.ticket(key)
    if record is None:
        return None
    return ticket(record, unread=any(row.unread for row in desk.rows() if row.key == key))


def message(entry: InboxEntry) -> dict[str, Any]:
    """One message that came in."""
    came = entry.message
    return {
        "provider": entry.provider,
        "id": entry.id,
        "number": entry.number,
        "kind": came.kind if came is not None else "unknown",
        "sent_at": format_time(came.sent_at) if came is not None else None,
        "received_at": format_time(entry.received_at),
        "receive_count": came.receive_count if came is not None else 1,
        "status": entry.status,
        "summary": came.summary if came is not None else "",
    }


def outbox_entry(entry: OutboxEntry) -> dict[str, Any]:
    """One write. `error` is a sentence, or null."""
    return {
        "id": entry.id,
        "provider": entry.write.provider,
        "number": entry.write.number,
        "client_number": entry.write.client_number,
        "action": entry.write.action,
        "state": entry.state,
        "attempts": entry.attempts,
        "created_at": format_time(entry.created_at),
        "updated_at": format_time(entry.updated_at),
        "error": entry.error or None,
    }


def waiting_entry(entry: OutboxEntry, waits_for: str) -> dict[str, Any]:
    """One write of the outbox's list: also what it waits for, a sentence, or null where it is over."""
    return {**outbox_entry(entry), "waits_for": waits_for or None}


def health(item: ProviderHealth, now: datetime) -> dict[str, Any]:
    """How one provider is doing; ages in seconds."""
    age = None if item.last_good is None else round((now - item.last_good).total_seconds())
    return {**to_document(item), "last_good_age": age}


def report(item: SyncReport) -> dict[str, Any]:
    """What one provider's poll did."""
    return to_document(item)
