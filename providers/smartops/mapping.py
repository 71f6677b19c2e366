"""From SmartOps' ticketDetails to our tickets. Pure. Section: Appendix, ticketFields."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from providers.evidence import same_text, shows_comment
from providers.lenient import (
    body_of,
    digest_of,
    line_of,
    name_of,
    objects_of,
    priority_of,
    text_of,
    time_of,
    vendor_value,
)
from providers.model import Comment, Order, Patch, Snapshot, Ticket, Write
from providers.smartops.declaration import NOTES

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
        *NOTES,
    }
)
_EARLIEST: Final = datetime.min.replace(tzinfo=UTC)


def state_of(word: str) -> str:
    """Our state for a status; the contract names no vocabulary, and a word we do not know counts as open."""
    lower = word.casefold()
    if lower in _STATES:
        return _STATES[lower]
    if "cancel" in lower:
        return "cancelled"
    return "closed" if lower.startswith("closed") else "open"


def seconds_of(value: object) -> float | None:
    """A duration: a number in a string, maybe empty or negative."""
    try:
        seconds = float(text_of(value).strip())
    except (ValueError, OverflowError):
        return None
    return seconds if math.isfinite(seconds) else None


def details_snapshot(details: Mapping[str, Any], raw: str, order: Order, number: str = "") -> Snapshot | None:
    """A ticket as fetched; what is empty says nothing. None where it names no number and none stands in."""
    number = line_of(details.get("ticketNumber")) or number
    if not number:
        return None
    said: dict[str, object] = {"type": "incident"}
    word = line_of(details.get("ticketStatus"))
    if word:
        said["state"], said["vendor_state"] = state_of(word), word
    if "ticketPriority" in details:
        said["priority"] = priority_of(details.get("ticketPriority"))
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
        vendor={name_of(name): _fact(name, value) for name, value in details.items() if name not in _PATCHED},
        comments=comments_of(details),
        complete=True,
    )
    return Snapshot(patch=patch, order=order, detailed=True, raw=raw)


def _fact(name: str, value: object) -> object:
    return seconds_of(value) if name in _DURATIONS else vendor_value(value)


def comments_of(details: Mapping[str, Any]) -> tuple[Comment, ...]:
    """Comments, work notes and closure notes, oldest first where they carry times. The contract gives them no ids."""
    found: list[Comment] = []
    for name, note in NOTES.items():
        for each in objects_of(details.get(name)):
            author, stamp, body = line_of(each.get(note.by)), line_of(each.get(note.time)), body_of(each.get(note.text))
            if body:
                identity = digest_of(name, stamp, author, body)
                found.append(Comment(id=identity, author=author, at=time_of(stamp, UTC), body=note.prefix + body))
    return tuple(sorted(found, key=lambda comment: comment.at or _EARLIEST))


def shows(
    write: Write, payload: Mapping[str, object], details: Mapping[str, Any], patch: Patch, ticket: Ticket | None
) -> bool:
    """Whether a ticket, fetched again, is as this write wanted it. `payload` is its ticketJSON."""
    for name, value in payload.items():
        if name not in NOTES:
            if not same_text(text_of(details.get(name)), value):
                return False
            continue
        note = NOTES[name]
        texts = [text_of(each.get(note.text)) for each in objects_of(value)]
        if not all(shows_comment(write, note.prefix + text, patch.comments, ticket) for text in texts):
            return False
    return bool(payload)
