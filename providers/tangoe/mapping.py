"""From Tangoe's cases to ours, and from our values to its payloads. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from hashlib import sha256
from typing import Any, Final

from providers.lenient import line_of, text_of, time_of, vendor_value
from providers.model import Comment, Order, Patch, Snapshot, Ticket, Write
from providers.tangoe.declaration import CONFIGURED, STATES
from providers.tangoe.wire import CaseWire, CommentWire
from providers.text import safe_line

FIXED: Final = ("entitlement_id", "contact_email", "additional_contacts")
"""What cannot be changed once set."""
_PATCHED: Final = frozenset(
    {
        "number",
        "id",
        "state",
        "priority",
        "short_description",
        "description",
        "correlation_id",
        "created_on",
        "updated_on",
        "comments",
    }
)


def state_of(code: str) -> tuple[str, str]:
    """Our state and Tangoe's word for a code; a code that is not documented counts as open and is shown as it is."""
    return STATES.get(code, ("open", code))


def priority_of(text: str) -> int | None:
    """1 to 5, else None."""
    return int(text) if text in ("1", "2", "3", "4", "5") else None


def case_snapshot(
    case: Mapping[str, Any], raw: str, order: Order, zone: tzinfo, *, own_user: str = "", number: str = ""
) -> Snapshot | None:
    """A row, or with comments a page. None where it names no case and no `number` stands in.

    What `own_user` commented is ours.
    """
    wire = CaseWire.model_validate(case)
    number = wire.number or number
    if not number:
        return None
    detailed = "comments" in case
    said: dict[str, object] = {"type": "case", "internal_id": wire.id}
    if wire.state:
        said["state"], said["vendor_state"] = state_of(wire.state)
    if "priority" in case:
        said["priority"] = priority_of(wire.priority)
    for ours, value in (
        ("summary", wire.short_description),
        ("description", wire.description),
        ("client_number", wire.correlation_id),
    ):
        if value:
            said[ours] = value
    for ours, stamp in (("opened_at", wire.created_on), ("updated_at", wire.updated_on)):
        at = time_of(stamp, zone)
        if at is not None:
            said[ours] = at
    patch = Patch(
        number=number,
        set=said,
        vendor={line_of(name): vendor_value(value) for name, value in case.items() if name not in _PATCHED},
        comments=tuple(_comment(comment, zone, own_user) for comment in reversed(wire.comments) if comment.comment),
        complete=True,
    )
    return Snapshot(patch=patch, order=order, detailed=detailed, raw=raw)


def _comment(wire: CommentWire, zone: tzinfo, own_user: str) -> Comment:
    ours = bool(own_user) and wire.created_by.casefold() == own_user.casefold()
    return Comment(
        id=wire.id or _digest(wire.created_on, wire.created_by, wire.comment),
        author=wire.created_by,
        at=time_of(wire.created_on, zone),
        body=wire.comment,
        origin="us" if ours else "vendor",
    )


def _digest(*parts: str) -> str:
    """An id for a comment that came without one."""
    return sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()[:24]


def is_row_of(case: Mapping[str, Any], states: frozenset[str]) -> bool:
    """Whether a row is in one of these states: an unknown filter is dropped in silence, so rows are filtered here."""
    state = text_of(case.get("state")).strip()
    return state in states or state not in STATES


def payload_of(values: Mapping[str, object], callback: Mapping[str, str] | None) -> dict[str, object]:
    """Values as Tangoe takes them: all strings; the callback whole where it was asked for."""
    payload: dict[str, object] = {
        name: str(value) for name, value in values.items() if name not in ("callback", "cancel_type")
    }
    if values.get("callback") == CONFIGURED and callback is not None:
        payload["callback"] = dict(callback)
    return payload


def changes_of(values: Mapping[str, object], ticket: Ticket | None) -> dict[str, object]:
    """Of an update's values, those that differ from what the case holds. All where it is not known."""
    if ticket is None:
        return dict(values)
    held = {
        "short_description": ticket.summary,
        "description": ticket.description,
        "priority": "" if ticket.priority is None else str(ticket.priority),
        "correlation_id": ticket.client_number,
        "correlation_display": text_of(ticket.vendor.get("correlation_display")),
    }
    return {name: value for name, value in values.items() if name == "callback" or str(value) != held.get(name, "")}


def shows(write: Write, values: Mapping[str, object], patch: Patch) -> bool:
    """Whether a case, read again, is as this write wanted it."""
    said = patch.set
    if write.action == "cancel":
        wanted = "closed" if values.get("cancel_type") == "2" else "cancelled"
        return said.get("state") in ("cancelled", wanted)
    if write.action == "comment":
        text = safe_line(values.get("comment"))
        since = write.sent_at
        return any(
            safe_line(comment.body) == text and (since is None or comment.at is None or comment.at >= since)
            for comment in patch.comments
        )
    now = {
        "short_description": said.get("summary", ""),
        "description": said.get("description", ""),
        "priority": str(said.get("priority") or ""),
        "correlation_id": said.get("client_number", ""),
        "correlation_display": patch.vendor.get("correlation_display", ""),
    }
    wanted_values = {name: value for name, value in values.items() if name in now}
    return bool(wanted_values) and all(
        safe_line(now[name]) == safe_line(value) for name, value in wanted_values.items()
    )
