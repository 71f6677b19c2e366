"""What a message's body says of its ticket, by transaction type (guide, Outbound from Ensono). Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from providers.ensono.changes import approval_state, cycle_step
from providers.ensono.mapping import Fields, Plain, as_is, facts, stamp, ticket_type
from providers.ensono.wire import Note, Unreadable, fields_of, text, whole
from providers.model import Approval, Attachment, Comment, CycleStep, MessageKind, Patch
from providers.text import safe_line, safe_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One message, read as far as its body: what a patch is made from. `sent_at` is the queue's stamp."""

    id: str
    kind: MessageKind
    number: str
    fields: Fields
    sent_at: datetime | None = None
    linked: bool | None = None
    """ClientReferenceAvailable: whether Ensono knows our number; None where it does not say."""
    plain: Plain = as_is

    @property
    def client_number(self) -> str:
        """Our number, empty where it was never returned to Ensono (guide, Returning Client Ticket Numbers)."""
        if self.linked is False and self.kind != "number_returned":
            return ""
        return safe_line(text(self.fields.get("clientTicketNumber")))

    @property
    def is_change(self) -> bool:
        """Whether the ticket is a change."""
        return ticket_type(self.fields.get("ticketType"), self.number) == "change"

    def word(self, name: str) -> str:
        """One field as text; Unreadable where it is none."""
        try:
            return text(self.fields.get(name))
        except Unreadable as error:
            raise Unreadable(f"{name}: {error}") from error


def patch_of(said: Said) -> Patch:
    """The patch of one message. Unreadable where the body is not what its transaction type says."""
    return _PATCHES[said.kind](said)


def _usable(said: Said) -> Fields:
    """The body's fields, without a number of ours that Ensono says it does not have."""
    if said.client_number:
        return said.fields
    return {name: value for name, value in said.fields.items() if name != "clientTicketNumber"}


def _rest(said: Said, without: Mapping[str, object] | None = None) -> tuple[dict[str, object], dict[str, object]]:
    """The rest of a body of which only a part is news: taken where the ticket has nothing yet."""
    fields = {name: value for name, value in _usable(said).items() if name not in (without or {})}
    return facts(fields, said.fields, said.number, plain=said.plain, strict=False)


def _created(said: Said) -> Patch:
    ours, others = facts(_usable(said), said.fields, said.number, plain=said.plain)
    return Patch(number=said.number, set=ours, vendor=others, cycle=_cycle(said, said.fields), complete=True)


def _updated(said: Said) -> Patch:
    """With `changed` only that is news; without one, as for changes, every field that is not empty.

    Changes often come with an empty `updatedOn`: then it is the queue's stamp that says when this was.
    """
    if "changed" not in said.fields:
        ours, others = facts(_usable(said), said.fields, said.number, plain=said.plain)
        if said.sent_at is not None:
            ours.setdefault("updated_at", said.sent_at)
        return Patch(number=said.number, set=ours, vendor=others, cycle=_cycle(said, said.fields), partial=True)
    changed = said.fields["changed"]
    if not isinstance(changed, Mapping):
        raise Unreadable("`changed` is no object")
    news = _changed_fields(said, changed)
    ours, others = facts(news, {**said.fields, **news}, said.number, plain=said.plain, emptied=True)
    if ours.get("state") not in (None, "pending") and not said.is_change:
        # A ticket that is worked on again waits for nobody, whether or not Ensono sends these along empty.
        others = {"statusNextAction": "", "offHoldDate": ""} | others
    fill, vendor_fill = _rest(said, news)
    return Patch(
        number=said.number,
        set=ours,
        fill={name: value for name, value in fill.items() if name not in ours},
        vendor=others,
        vendor_fill={name: value for name, value in vendor_fill.items() if name not in others},
        cycle=_cycle(said, {**said.fields, **news}),
        partial=True,
    )


def _changed_fields(said: Said, changed: Mapping[str, object]) -> dict[str, object]:
    news = fields_of(changed)
    if not said.client_number:
        news.pop("clientTicketNumber", None)
    return news


def _noted(said: Said) -> Patch:
    fill, vendor_fill = _rest(said)
    comments = tuple(_comment(said, note) for note in _notes(said.fields.get("notes")))
    return Patch(number=said.number, fill=fill, vendor_fill=vendor_fill, comments=comments, partial=True)


def _notes(value: object) -> list[Note]:
    found = value if isinstance(value, list) else [value]
    if not found or not all(isinstance(item, Mapping) for item in found):
        raise Unreadable("`notes` is no object")
    notes = [Note.model_validate(item) for item in found]
    if not any(note.body for note in notes):
        raise Unreadable("`notes` has no body")
    return [note for note in notes if note.body]


def _comment(said: Said, note: Note) -> Comment:
    body = safe_text(said.plain(note.body))
    digest = hashlib.sha256(f"{said.id}\0{note.commenter}\0{note.body}".encode("utf-8", "replace")).hexdigest()
    return Comment(
        id=safe_line(note.id) or f"note-{digest[:24]}",
        author=safe_line(note.commenter or note.commenter_email),
        at=stamp(note.comment_time) or said.sent_at,
        body=body,
    )


def _attached(said: Said) -> Patch:
    name, url = safe_line(said.word("attachmentName")), said.word("attachment")
    if not name and not url:
        raise Unreadable("neither attachmentName nor attachment says what was attached")
    # Where attachmentInfo ends in the vendor's own id of the file, that names it; a file's name alone would not.
    info = safe_line(said.word("attachmentInfo")).rstrip("/").rpartition("/")[2]
    identity = info if re.fullmatch(r"[0-9a-f]{32}", info) else said.id
    size = whole(said.word("attachmentSize").replace(",", ""))
    attachment = Attachment(
        id=identity,
        name=name or identity,
        size=size if size or said.word("attachmentSize") == "0" else None,
        content_type=safe_line(said.word("attachmentType")),
        at=said.sent_at,
        url=url,
        expires_at=link_expiry(url),
    )
    fill, vendor_fill = _rest(said)
    return Patch(number=said.number, fill=fill, vendor_fill=vendor_fill, attachments=(attachment,), partial=True)


def link_expiry(url: str) -> datetime | None:
    """Until when a presigned link is good, by its own query (X-Amz-Date and X-Amz-Expires); None where it is unsaid."""
    try:
        query = {name.lower(): value for name, value in parse_qsl(urlsplit(url).query)}
        signed = datetime.strptime(query["x-amz-date"], "%Y%m%dT%H%M%S%z")
        return signed + timedelta(seconds=whole(query["x-amz-expires"]))
    except (KeyError, ValueError, OverflowError):
        return None


def _approval_asked(said: Said) -> Patch:
    identity = safe_line(said.word("approvalId"))
    if not identity:
        raise Unreadable("the approval request has no approvalId, so it could not be answered")
    approval = Approval(
        id=identity,
        approver=safe_line(said.word("approverEmail")),
        approver_name=safe_line(said.word("approverName")),
        state=approval_state(said.word("approvalState")),
        at=said.sent_at,
    )
    fill, vendor_fill = _rest(said)
    return Patch(number=said.number, fill=fill, vendor_fill=vendor_fill, approvals=(approval,), partial=True)


def _number_returned(said: Said) -> Patch:
    if not said.client_number:
        raise Unreadable("no clientTicketNumber says whose number this is")
    ours = {"client_number": said.client_number}
    kind = ticket_type(said.fields.get("ticketType"), said.number)
    return Patch(number=said.number, set=ours, fill={"type": kind} if kind else {}, partial=True)


def _cycle(said: Said, fields: Fields) -> CycleStep | None:
    if not said.is_change:
        return None
    now = Said(id=said.id, kind=said.kind, number=said.number, fields=fields)
    return cycle_step(said.kind, now.word("state") or now.word("status"), now.word("approval"), now.word("type"))


_PATCHES: Final[Mapping[MessageKind, Callable[[Said], Patch]]] = {
    "create": _created,
    "update": _updated,
    "closure": _updated,
    "redraft": _updated,
    "comment": _noted,
    "attachment": _attached,
    "approval": _approval_asked,
    "number_returned": _number_returned,
}
