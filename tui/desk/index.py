"""What the store's index keeps of each document, so that lists are made without decoding documents.

One record a table, all of plain values (text, numbers, true, false, None), since they are written beside the
document. Times stay as documents have them: RFC 3339 in UTC, or None. A change of fields here changes `SIGNATURE`;
stores written before are then indexed anew from their documents, once.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple, cast

from tui.desk.ports import Document, Summary, Table, View


class TicketSummary(NamedTuple):
    """A ticket in a list. `approval_asked`: somebody is asked to decide on it in its present cycle."""

    provider: str
    number: str
    client_number: str
    type: str
    state: str
    vendor_state: str
    priority: int | None
    summary: str
    opened_at: str | None
    updated_at: str | None
    due_at: str | None
    awaiting_us: bool
    approval_asked: bool
    internal_id: str
    partial: bool
    revision: int


class InboxSummary(NamedTuple):
    """An inbox entry. `group`, `kind` and what follows `own_write` come from its message, empty where it has none.

    `order_time` and `order_sequence` are the entry's Order. `id` is the message's id. `readable` is false for what
    could not be parsed.
    """

    status: str
    provider: str
    id: str
    number: str
    group: str
    order_time: int
    order_sequence: int
    source: str
    applied: bool
    released: bool
    handled: bool
    received_at: str | None
    own_write: str
    kind: str
    client_number: str
    sent_at: str | None
    receive_count: int
    awaits_number: bool
    readable: bool
    summary: str


class OutboxSummary(NamedTuple):
    """An outbox entry, with what its line shows."""

    state: str
    provider: str
    number: str
    client_number: str
    action: str
    ticket_type: str
    created_at: str | None
    updated_at: str | None
    sent_at: str | None
    retry_at: str | None
    attempts: int
    needs_engineer: bool
    error: str


class LinkSummary(NamedTuple):
    """A ticket's other names, and how it stands at its vendor.

    `listed`: it was on the open list. `detailed`: its own page has been read; `stale`: its row has differed since;
    `no_page`: there is none to read.
    """

    provider: str = ""
    number: str = ""
    client_number: str = ""
    internal_id: str = ""
    listed: bool = False
    detailed: bool = False
    stale: bool = False
    no_page: bool = False


class MarkSummary(NamedTuple):
    """What the engineer put on a ticket, and what stands between the vendor and us.

    `reopened`: the vendor took a resolved one up again, not yet seen to. `answered`: the vendor has a confirmed answer
    of ours to what it waited for, and has said nothing since.
    """

    unread: bool
    handled: bool
    snoozed_until: str | None
    notes: int
    reopened: bool
    answered: bool


class SeenSummary(NamedTuple):
    """A message settled long ago: when."""

    at: str | None


class AuditSummary(NamedTuple):
    """An audit line: when, which ticket, what, how it ended."""

    at: str | None
    provider: str
    number: str
    action: str
    outcome: str


class PlainSummary(NamedTuple):
    """Tables that are read by key alone."""


def _text(document: Mapping[str, Any], name: str) -> str:
    value = document.get(name)
    return value if isinstance(value, str) else ""


def _word(document: Mapping[str, Any], name: str) -> str:
    """A text that thousands of documents share: all of them have the very same one, which is kept once."""
    return sys.intern(str(_text(document, name)))


def _time(document: Mapping[str, Any], name: str) -> str | None:
    value = document.get(name)
    return value if isinstance(value, str) and value else None


def _number(document: Mapping[str, Any], name: str) -> int:
    value = document.get(name)
    return value if isinstance(value, int) else 0


def _list(document: Mapping[str, Any], name: str) -> Sequence[Any]:
    value = document.get(name)
    return value if isinstance(value, list | tuple) else ()


def _inner(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = document.get(name)
    return value if isinstance(value, Mapping) else {}


def _ticket(document: Document) -> TicketSummary:
    priority = document.get("priority")
    cycle = document.get("cycle") or 0
    asked = any(
        isinstance(approval, Mapping)
        and approval.get("state") == "requested"
        and (not cycle or approval.get("cycle", cycle) == cycle)
        for approval in _list(document, "approvals")
    )
    return TicketSummary(
        provider=_word(document, "provider"),
        number=_text(document, "number"),
        client_number=_text(document, "client_number"),
        type=_word(document, "type"),
        state=_word(document, "state"),
        vendor_state=_word(document, "vendor_state"),
        priority=priority if isinstance(priority, int) else None,
        summary=_text(document, "summary"),
        opened_at=_time(document, "opened_at"),
        updated_at=_time(document, "updated_at"),
        due_at=_time(document, "due_at"),
        awaiting_us=bool(document.get("awaiting_us")),
        approval_asked=asked,
        internal_id=_text(document, "internal_id"),
        partial=bool(document.get("partial")),
        revision=_number(document, "revision"),
    )


def _inbox(document: Document) -> InboxSummary:
    message = _inner(document, "message")
    order = [part if isinstance(part, int) else 0 for part in _list(document, "order")] or [0]
    return InboxSummary(
        status=_word(document, "status"),
        provider=_word(document, "provider"),
        id=_text(document, "id"),
        number=_text(document, "number"),
        group=_text(message, "group"),
        order_time=order[0],
        order_sequence=order[1] if len(order) > 1 else 0,
        source=_word(document, "source"),
        applied=bool(document.get("applied")),
        released=bool(document.get("released")),
        handled=bool(document.get("handled")),
        received_at=_time(document, "received_at"),
        own_write=_text(document, "own_write"),
        kind=_word(message, "kind"),
        client_number=_text(message, "client_number"),
        sent_at=_time(message, "sent_at"),
        receive_count=_number(message, "receive_count"),
        awaits_number=bool(message.get("awaits_number")),
        readable=not _text(message, "problem"),
        summary=_text(message, "summary"),
    )


def _outbox(document: Document) -> OutboxSummary:
    write = _inner(document, "write")
    return OutboxSummary(
        state=_word(document, "state"),
        provider=_word(write, "provider"),
        number=_text(write, "number"),
        client_number=_text(write, "client_number"),
        action=_word(write, "action"),
        ticket_type=_word(write, "ticket_type"),
        created_at=_time(document, "created_at"),
        updated_at=_time(document, "updated_at"),
        sent_at=_time(document, "sent_at"),
        retry_at=_time(document, "retry_at"),
        attempts=_number(document, "attempts"),
        needs_engineer=bool(document.get("needs_engineer")),
        error=_text(document, "error"),
    )


def _link(document: Document) -> LinkSummary:
    return LinkSummary(
        provider=_word(document, "provider"),
        number=_text(document, "number"),
        client_number=_text(document, "client_number"),
        internal_id=_text(document, "internal_id"),
        listed=bool(document.get("listed")),
        detailed=bool(document.get("detailed")),
        stale=bool(document.get("stale")),
        no_page=bool(document.get("no_page")),
    )


def _mark(document: Document) -> MarkSummary:
    return MarkSummary(
        unread=bool(document.get("unread")),
        handled=bool(document.get("handled")),
        snoozed_until=_time(document, "snoozed_until"),
        notes=len(_list(document, "notes")),
        reopened=bool(document.get("reopened")),
        answered=bool(document.get("answered")),
    )


def _seen(document: Document) -> SeenSummary:
    return SeenSummary(at=_time(document, "at"))


def _audit(document: Document) -> AuditSummary:
    return AuditSummary(
        at=_time(document, "at"),
        provider=_word(document, "provider"),
        number=_text(document, "number"),
        action=_word(document, "action"),
        outcome=_word(document, "outcome"),
    )


def _plain(document: Document) -> PlainSummary:
    return PlainSummary()


KINDS: Final[Mapping[Table, type[Summary]]] = {
    Table.TICKETS: TicketSummary,
    Table.INBOX: InboxSummary,
    Table.OUTBOX: OutboxSummary,
    Table.LINKS: LinkSummary,
    Table.MARKS: MarkSummary,
    Table.SEEN: SeenSummary,
    Table.AUDIT: AuditSummary,
    Table.DRAFTS: PlainSummary,
    Table.HEALTH: PlainSummary,
    Table.META: PlainSummary,
}
"""Each table's record."""

_INDEXED: Final[Mapping[Table, Callable[[Document], Summary]]] = {
    Table.TICKETS: _ticket,
    Table.INBOX: _inbox,
    Table.OUTBOX: _outbox,
    Table.LINKS: _link,
    Table.MARKS: _mark,
    Table.SEEN: _seen,
    Table.AUDIT: _audit,
}


def summarise(table: Table, document: Document) -> Summary:
    """A document's indexed fields. Pure; a missing field is empty, never an error."""
    return _INDEXED.get(table, _plain)(document)


REVISION: Final = 1
"""Raised when a field keeps its name and changes its meaning."""

SIGNATURE: Final = zlib.crc32(
    repr([REVISION, *((table.value, getattr(kind, "_fields", ())) for table, kind in KINDS.items())]).encode()
)
"""Says which index a file was written with."""


def tickets(view: View) -> Mapping[str, TicketSummary]:
    """Every ticket's indexed fields by key."""
    return cast("Mapping[str, TicketSummary]", view.summaries(Table.TICKETS))


def inbox(view: View) -> Mapping[str, InboxSummary]:
    """Every inbox entry's indexed fields by key."""
    return cast("Mapping[str, InboxSummary]", view.summaries(Table.INBOX))


def outbox(view: View) -> Mapping[str, OutboxSummary]:
    """Every outbox entry's indexed fields by key, oldest first."""
    return cast("Mapping[str, OutboxSummary]", view.summaries(Table.OUTBOX))


def links(view: View) -> Mapping[str, LinkSummary]:
    """Every ticket's other names by key."""
    return cast("Mapping[str, LinkSummary]", view.summaries(Table.LINKS))


def marks(view: View) -> Mapping[str, MarkSummary]:
    """Every ticket's marks by key."""
    return cast("Mapping[str, MarkSummary]", view.summaries(Table.MARKS))
