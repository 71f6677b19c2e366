"""From SmartOps' ticketDetails to our tickets, and from our values to its ticketJSON. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC
from hashlib import sha256
from typing import Any, Final

from providers.lenient import body_of, line_of, text_of, time_of, vendor_value
from providers.model import Comment, Order, Patch, Snapshot, Ticket, Write
from providers.smartops.declaration import STATUS_WORDS, TICKET_FIELDS
from providers.text import safe_line

_STATES: Final = {
    "new": "new",
    "open": "open",
    "in progress": "open",
    "work in progress": "open",
    "assigned": "open",
    "pending": "pending",
    "on hold": "pending",
    "resolved": "resolved",
    "finished": "resolved",
}
_NOTES: Final = {
    "comments": ("commentBy", "commentTime", "comment", ""),
    "workNotes": ("workNoteBy", "workNoteTime", "workNote", "Work note: "),
    "closureNotes": ("closureNoteBy", "closureNoteTime", "closureNote", "Closure note: "),
}
_DURATIONS: Final = ("ticketBusinessDuration", "ticketBusinessTimeLeft")
_PATCHED: Final = frozenset(
    {
        "ticketNumber",
        "ticketStatus",
        "ticketPriority",
        "sysId",
        "shortDescription",
        "longDescription",
        "createdTime",
        "updatedTime",
        *_NOTES,
    }
)


def state_of(word: str) -> str:
    """Our state for a status; a word we do not know counts as open."""
    lower = word.casefold()
    if lower in _STATES:
        return _STATES[lower]
    if "cancel" in lower:
        return "cancelled"
    return "closed" if lower.startswith("closed") else "open"


def priority_of(text: str) -> int | None:
    """1 to 5 from "3" or "3 - Moderate", else None."""
    head = text.strip().removeprefix("P").removeprefix("p")[:1]
    return int(head) if head in ("1", "2", "3", "4", "5") else None


def seconds_of(value: object) -> float | None:
    """A duration: a number in a string, maybe empty or negative."""
    try:
        seconds = float(text_of(value).strip())
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) else None


def details_snapshot(details: Mapping[str, Any], raw: str, order: Order, number: str = "") -> Snapshot | None:
    """A ticket as fetched. None where it names no number and none stands in."""
    number = line_of(details.get("ticketNumber")) or number
    if not number:
        return None
    said: dict[str, object] = {"type": "incident"}
    word = line_of(details.get("ticketStatus"))
    if word:
        said["state"], said["vendor_state"] = state_of(word), word
    if "ticketPriority" in details:
        said["priority"] = priority_of(line_of(details.get("ticketPriority")))
    for ours, value in (
        ("internal_id", line_of(details.get("sysId"))),
        ("summary", line_of(details.get("shortDescription"))),
        ("description", body_of(details.get("longDescription"))),
        ("opened_at", time_of(details.get("createdTime"), UTC)),
        ("updated_at", time_of(details.get("updatedTime"), UTC)),
    ):
        if value:
            said[ours] = value
    patch = Patch(
        number=number,
        set=said,
        vendor={line_of(name): _fact(name, value) for name, value in details.items() if name not in _PATCHED},
        comments=comments_of(details),
        complete=True,
    )
    return Snapshot(patch=patch, order=order, detailed=True, raw=raw)


def _fact(name: str, value: object) -> object:
    return seconds_of(value) if name in _DURATIONS else vendor_value(value)


def comments_of(details: Mapping[str, Any]) -> tuple[Comment, ...]:
    """Comments, work notes and closure notes, oldest first where they carry times. The contract gives them no ids."""
    found: list[Comment] = []
    for kind, (by, at, text, prefix) in _NOTES.items():
        notes = details.get(kind)
        for note in notes if isinstance(notes, list) else []:
            if not isinstance(note, Mapping) or not body_of(note.get(text)):
                continue
            author, stamp, body = line_of(note.get(by)), line_of(note.get(at)), body_of(note.get(text))
            digest = sha256("\x1f".join((kind, stamp, author, body)).encode("utf-8", "replace")).hexdigest()[:24]
            found.append(Comment(id=digest, author=author, at=time_of(stamp, UTC), body=prefix + body))
    return tuple(sorted(found, key=lambda comment: comment.at.timestamp() if comment.at else 0.0))


def ticket_json(action: str, values: Mapping[str, object]) -> dict[str, object]:
    """Values under the names of ticketFields; a change of status says its word; notes go as objects of a list."""
    payload: dict[str, object] = {"ticketStatus": STATUS_WORDS[action]} if action in STATUS_WORDS else {}
    for name, value in values.items():
        payload[name] = [{_NOTES[name][2]: str(value)}] if name in _NOTES else str(value)
    return payload


def changes_of(values: Mapping[str, object], ticket: Ticket | None) -> dict[str, object]:
    """Of an update's values those that differ from what the ticket holds."""
    if ticket is None:
        return dict(values)
    held = {
        "ticketStatus": ticket.vendor_state,
        "shortDescription": ticket.summary,
        "longDescription": ticket.description,
        "ticketPriority": "" if ticket.priority is None else str(ticket.priority),
    }
    return {
        name: value
        for name, value in values.items()
        if name in _NOTES or str(value) != held.get(name, text_of(ticket.vendor.get(name)))
    }


def shows(write: Write, payload: Mapping[str, object], details: Mapping[str, Any], patch: Patch) -> bool:
    """Whether a ticket, fetched again, is as this write wanted it. `payload` is its ticketJSON."""
    for name, value in payload.items():
        if name in _NOTES:
            text = safe_line(value[0][_NOTES[name][2]] if isinstance(value, list) else value)
            prefix = _NOTES[name][3]
            since = write.sent_at
            if not any(
                safe_line(comment.body.removeprefix(prefix)) == text
                and (since is None or comment.at is None or comment.at >= since)
                for comment in patch.comments
            ):
                return False
        elif name in TICKET_FIELDS and safe_line(text_of(details.get(name))) != safe_line(value):
            return False
    return bool(payload)
