"""From TicketUpdates to our messages. Pure. Section 4.1 of "2: Customers", version 0.95.

The document leaves the actions and their attributes to an addendum that we do not have, so a message is read by what
it carries: a word that we do not know is no reason to park it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from providers.clock import milliseconds
from providers.kpn.words import OWN_USER, numbered
from providers.kpn_connect.mapping import cached_state, facts_of, type_of
from providers.kpn_connect.wire import AttributesWire, UpdateWire, known_keys
from providers.lenient import line_of, other_fields, priority_of, time_of
from providers.model import Attachment, Comment, Message, MessageKind, Order, Patch
from providers.slices import Element
from providers.text import safe_line

UTC_ZONE: Final = ZoneInfo("UTC")
KPN_USER: Final = "KPN"
"""Who wrote a message's comment: the queue does not say, and a ticket's page names KPN's people so."""
_NEW: Final = frozenset({"new", "create", "created", "open", "insert"})
_ENDED: Final = frozenset({"resolved", "closed", "cancelled"})
_PATCHED: Final = known_keys(AttributesWire) - {"priority", "on_hold_reason", "sla_due"}
_LINKS: Final = ("link", "url", "attachment_link", "attachment_url")
_NAMES: Final = ("name", "file_name", "filename", "attachment_name")
_IDS: Final = ("attachment_id", "id", "sys_id")
_ID_IN_LINK: Final = re.compile(r"GetAttachment/([^/?#\s]+)", re.IGNORECASE)


def messages_of(provider: str, elements: Iterable[Element], order: Order, zone: ZoneInfo) -> list[Message]:
    """The elements of one answer as messages, in their order. None is left out.

    `order` is the request's, for a message whose stamp cannot be read and that has no neighbour before it: it
    counts as said when the one before it was.
    """
    found = []
    last = order
    for element in elements:
        message = message_of(provider, element, last, zone)
        found.append(message)
        last = message.order
    return found


def message_of(provider: str, element: Element, fallback: Order, zone: ZoneInfo) -> Message:
    """One element as a message; one that cannot be read has `problem` and keeps its text in `raw`."""
    value = element.value
    raw = safe_raw(element.raw)
    if element.problem or not isinstance(value, dict):
        problem = element.problem or "this is no object"
        return Message(provider=provider, id=_digest(raw), order=fallback, raw=raw, problem=problem)
    wire = UpdateWire.model_validate(value)
    problem = _problem_of(wire, value)
    sent_at = time_of(wire.message_datetime_utc, UTC_ZONE)
    kind: MessageKind = "unknown"
    patch = None
    if not problem:
        kind, patch = _patch_of(wire, sent_at, zone)
    return Message(
        provider=provider,
        id=wire.transaction_id or _digest(raw),
        number=wire.kpn_ticket_number,
        client_number=wire.customer_reference_number,
        kind=kind,
        group=wire.kpn_ticket_number,
        order=(milliseconds(sent_at), 0) if sent_at else fallback,
        sent_at=sent_at,
        summary=_summary(wire, patch),
        raw=raw,
        patch=patch,
        problem=problem,
        awaits_number=not problem and not wire.customer_reference_number,
    )


def safe_raw(text: str) -> str:
    """What came, as the store can keep it: without lone surrogates, otherwise untouched."""
    return text.encode("utf-8", "replace").decode()


def _problem_of(wire: UpdateWire, value: Mapping[str, Any]) -> str:
    if not wire.kpn_ticket_number:
        return "it has no kpn_ticket_number, so it is of no ticket"
    if not wire.transaction_id:
        return "it has no transaction_id, so it cannot be acknowledged"
    if not isinstance(value.get("ticket_attributes"), dict | None):
        return "its ticket_attributes are no object"
    return ""


def _patch_of(wire: UpdateWire, sent_at: datetime | None, zone: ZoneInfo) -> tuple[MessageKind, Patch]:
    attributes = wire.ticket_attributes
    said = AttributesWire.model_validate(attributes)
    ticket_type = type_of(wire.ticket_type, wire.kpn_ticket_number)
    facts = facts_of(
        kind=ticket_type,
        reference=wire.customer_reference_number,
        state_word=said.state,
        reason=said.on_hold_reason,
        summary=said.short_description,
        description=said.description,
    )
    if "priority" in attributes:
        facts["priority"] = priority_of(said.priority)
    if "sla_due" in attributes:
        facts["due_at"] = time_of(said.sla_due, zone)
    comments = numbered(
        Comment(
            id="",
            author=item.user or KPN_USER,
            at=time_of(item.date_time, zone) or sent_at,
            body=item.comment,
            origin="us" if item.user.casefold() == OWN_USER else "vendor",
        )
        for item in said.comments
        if item.comment
    )
    attachments = attachments_in(attributes, sent_at)
    kind = kind_of(wire.action, ticket_type, state=said.state, comments=bool(comments), files=bool(attachments))
    if sent_at is not None:
        facts["updated_at"] = sent_at
        if kind == "create":
            facts["opened_at"] = sent_at
    other = other_fields(attributes, _PATCHED | ({"attachments", "attachment"} if attachments else set()))
    return kind, Patch(
        number=wire.kpn_ticket_number,
        set=facts,
        vendor=other,
        comments=comments,
        attachments=attachments,
        partial=True,
    )


def kind_of(action: str, ticket_type: str, *, state: str, comments: bool, files: bool) -> MessageKind:
    """What kind of news an action is: by its word where that is plain, else by what came along."""
    word = action.casefold()
    if "attach" in word:
        return "attachment"
    if "comment" in word or "note" in word:
        return "comment"
    if word in _NEW:
        return "create"
    if cached_state(action, ticket_type) in _ENDED:
        return "closure"
    if files and not state:
        return "attachment"
    if comments and not state and not word:
        return "comment"
    return "update"


def attachments_in(attributes: Mapping[str, Any], at: datetime | None) -> tuple[Attachment, ...]:
    """The files that a message links to (5.2). The addendum with their form is missing, so several are read.

    Only the id is kept, never the link: the file is asked for at our own URL, and the token goes to no other host.
    """
    given: list[object] = []
    for key in ("attachments", "attachment"):
        value = attributes.get(key)
        given += value if isinstance(value, list) else [value]
    if not any(given):
        given = [attributes]
    found = (_attachment(item, at) for item in given)
    return tuple(dict.fromkeys(item for item in found if item is not None))


def _attachment(value: object, at: datetime | None) -> Attachment | None:
    if isinstance(value, str):
        value = {"link": value}
    if not isinstance(value, Mapping):
        return None
    link = _first(value, _LINKS)
    attachment_id = _id_in(link) or (_first(value, _IDS) if link or "attachment_id" in value else "")
    if not attachment_id:
        return None
    size = value.get("size")
    return Attachment(
        id=attachment_id,
        name=_first(value, _NAMES) or attachment_id,
        size=size if isinstance(size, int) and not isinstance(size, bool) and size >= 0 else None,
        content_type=line_of(value.get("content_type")),
        at=at,
        url=f"GetAttachment/{attachment_id}",
    )


def _id_in(link: str) -> str:
    """The attachment's id: what follows GetAttachment/, else the last step of the path."""
    named = _ID_IN_LINK.search(link)
    if named:
        return line_of(unquote(named[1]))
    try:
        path = urlsplit(link).path
    except ValueError:
        return ""
    return line_of(unquote(path.rstrip("/").rpartition("/")[2]))


def _first(value: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next((text for text in (line_of(value.get(name)) for name in names) if text), "")


def _summary(wire: UpdateWire, patch: Patch | None) -> str:
    """One line for the incoming pane: what was done, and the first words that came with it."""
    words = ""
    if patch is not None:
        if patch.comments:
            words = patch.comments[0].body
        elif patch.attachments:
            words = ", ".join(item.name for item in patch.attachments)
        else:
            words = str(patch.set.get("summary", ""))
    return safe_line(": ".join(filter(None, (wire.action, words))), 160)


def _digest(raw: str) -> str:
    """An id for what has none: the same text coming again is the same message."""
    return "unreadable-" + hashlib.sha256(raw.encode("utf-8", "replace")).hexdigest()[:24]
