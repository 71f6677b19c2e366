"""What Ensono does with a client's create, update, status and comments.

Source: Envision Connect Guide 1.2, "Fields for opening a ticket", "Fields for updating a ticket", "Mapping",
"Extraneous fields", "Resolution/closure".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from providers.sandbox.ensono import CLIENT_NAME, Ensono, Instance
from providers.sandbox.ensono_tickets import STATUSES, Incident, Record, Remark
from providers.sandbox.wire import text_of

REQUIRED: Final = (
    "clientTicketNumber",
    "ticketType",
    "description",
    "shortDescription",
    "contactName",
    "contactEmail",
)
LENGTHS: Final = {"description": 4000, "shortDescription": 160, "closeNotes": 4000}
COMMENT_LENGTH: Final = 4000
KNOWN: Final = frozenset(
    {
        *REQUIRED,
        "clientName",
        "group",
        "priority",
        "impact",
        "urgency",
        "Impact",
        "cis",
        "contactPhone",
        "comments",
        "status",
        "closeNotes",
    }
)
CANNOT_CREATE: Final = "This ticket cannot be created."
CANNOT_UPDATE: Final = "This ticket cannot be updated."
DEFAULT: Final = "3"


class Refused(Exception):
    """The bridge or ServiceNow said no. `words` is the value of `Response`."""

    def __init__(self, words: str | list[str]) -> None:
        super().__init__(words)
        self.words = words


def create_ticket(vendor: Ensono, instance: Instance, payload: Mapping[str, Any], *, echo: bool) -> Incident:
    """Open a ticket. Priority, impact and urgency become 3 where invalid or missing; unknown fields are ignored."""
    missing = [name for name in REQUIRED if not text_of(payload, name).strip()]
    if missing:
        raise Refused([f"Mandatory fields are missing: {', '.join(missing)}.", CANNOT_CREATE])
    if payload["ticketType"] not in ("Incident", "Request"):
        raise Refused(["ticketType must be Incident or Request.", CANNOT_CREATE])
    _check_lengths(payload, CANNOT_CREATE)
    group = _group(vendor, payload, CANNOT_CREATE) or "Ensono Service Desk"
    comments = _comments(payload, CANNOT_CREATE)
    impact, urgency = _level(payload, "impact", 3), _level(payload, "urgency", 3)
    priority = _level(payload, "priority", 4)
    if "priority" not in payload and ("impact" in payload or "urgency" in payload):
        priority = str(min(4, max(1, int(impact) + int(urgency) - 1)))
    incident = vendor.open(
        payload["ticketType"],
        instance=instance,
        shortDescription=text_of(payload, "shortDescription"),
        description=text_of(payload, "description"),
        priority=priority,
        impact=impact,
        urgency=urgency,
        group=group,
        cis=text_of(payload, "cis"),
        origin="Integration",
    )
    incident.client_number = text_of(payload, "clientTicketNumber")
    incident.contact = {name: text_of(payload, name) for name in ("contactName", "contactEmail", "contactPhone")}
    made = {"priority": priority, "impact": impact, "urgency": urgency, "group": group, "ignored": _ignored(payload)}
    vendor.context.commit("ensono", "create", incident.number, incident.client_number, payload, made=made)
    if echo:
        vendor.send(incident, "Create", incident.body(CLIENT_NAME), instance)
    for comment in comments:
        _add_comment(vendor, instance, incident, comment, echo=echo)
    return incident


def note_ticket(vendor: Ensono, instance: Instance, record: Record, payload: Mapping[str, Any], *, echo: bool) -> None:
    """Add comments, to a change as well. Every other field is ignored."""
    comments = _comments(payload, CANNOT_UPDATE)
    if not comments:
        raise Refused(["comments is required.", CANNOT_UPDATE])
    _check_open(record)
    for comment in comments:
        _add_comment(vendor, instance, record, comment, echo=echo)


def update_ticket(
    vendor: Ensono, instance: Instance, incident: Incident, payload: Mapping[str, Any], *, echo: bool
) -> tuple[int, str]:
    """Change fields or status. The answer's status and words.

    On a resolution or closure everything but status and closeNotes is ignored; it answers "Ticket Closed
    Successfully" for either.
    """
    _check_open(incident)
    _check_lengths(payload, CANNOT_UPDATE)
    status = _status(vendor, incident, payload)
    if status in ("resolved", "closed"):
        _finish(vendor, instance, incident, payload, status, echo=echo)
        return 200, "Ticket Closed Successfully"
    changed = _changed(vendor, incident, payload)
    comments = _comments(payload, CANNOT_UPDATE)
    if not changed and not comments and status is None:
        raise Refused(["Nothing to update.", CANNOT_UPDATE])
    if changed:
        vendor.apply(incident, changed, instance, echo=echo and status is None)
        made = {**changed, "ignored": _ignored(payload)}
        vendor.context.commit("ensono", "update", incident.number, incident.client_number, payload, made=made)
    if status is not None:
        vendor.apply(incident, {**changed, "status": status}, instance, echo=echo)
        operation = "cancel" if status == "cancelled" else "status"
        vendor.context.commit("ensono", operation, incident.number, incident.client_number, payload)
    for comment in comments:
        _add_comment(vendor, instance, incident, comment, echo=echo)
    return 202, "Update Successful"


def _finish(
    vendor: Ensono, instance: Instance, incident: Incident, payload: Mapping[str, Any], status: str, *, echo: bool
) -> None:
    notes = text_of(payload, "closeNotes")
    if not notes.strip():
        raise Refused(["closeNotes is required.", CANNOT_UPDATE])
    if status == "closed" and incident.status != "resolved":
        raise Refused(["The ticket must be in the resolved state to be closed.", CANNOT_UPDATE])
    changed = {"status": status, "closeNotes": notes, "closeCode": "resolved"}
    vendor.apply(incident, changed, instance, echo=echo, transaction="Closure")
    operation = "close" if status == "closed" else "status"
    vendor.context.commit("ensono", operation, incident.number, incident.client_number, payload)


def _status(vendor: Ensono, incident: Incident, payload: Mapping[str, Any]) -> str | None:
    if "status" not in payload:
        return None
    allowed = {vendor.work_in_progress if word == "workingprogress" else word for word in STATUSES}
    status = text_of(payload, "status")
    if status not in allowed:
        raise Refused([f"status {status!r} is not valid.", CANNOT_UPDATE])
    return status


def _changed(vendor: Ensono, incident: Incident, payload: Mapping[str, Any]) -> dict[str, Any]:
    changed: dict[str, Any] = {
        name: text_of(payload, name) for name in ("description", "shortDescription") if name in payload
    }
    if "closeNotes" in payload:
        changed["closeNotes"] = text_of(payload, "closeNotes")
    group = _group(vendor, payload, CANNOT_UPDATE)
    if group:
        changed["group"] = group
    for name, top in (("priority", 4), ("impact", 3), ("urgency", 3)):
        sent = name if name in payload else name.capitalize()
        if sent in payload:
            changed[name] = _level(payload, sent, top)
    return changed


def _group(vendor: Ensono, payload: Mapping[str, Any], consequence: str) -> str:
    group = text_of(payload, "group")
    if group and group not in vendor.groups:
        raise Refused(["assignment_group sys_id or name not found.", consequence])
    return group


def _level(payload: Mapping[str, Any], name: str, top: int) -> str:
    value = text_of(payload, name)
    return value if value in {str(level) for level in range(1, top + 1)} else DEFAULT


def _comments(payload: Mapping[str, Any], consequence: str) -> list[dict[str, Any]]:
    comments = payload.get("comments") or []
    if not isinstance(comments, list) or not all(isinstance(comment, dict) for comment in comments):
        raise Refused(["comments must be an array of objects.", consequence])
    for comment in comments:
        body = text_of(comment, "body")
        if not body.strip() or len(body) > COMMENT_LENGTH:
            raise Refused([f"comments.body must have 1 to {COMMENT_LENGTH} characters.", consequence])
    return comments


def _add_comment(vendor: Ensono, instance: Instance, record: Record, comment: dict[str, Any], *, echo: bool) -> None:
    """The commenter's fields, where given, are appended to the body."""
    who = [text_of(comment, name) for name in ("commenter", "commenterEmail", "commenterPhone", "commentTime")]
    body = text_of(comment, "body")
    appended = ", ".join(part for part in who if part)
    remark = Remark(
        id=vendor.context.ids.hex("ensono-note", record.number),
        body=f"{body}\n{appended}" if appended else body,
        commenter=who[0],
        email=who[1],
        at=vendor.context.now(),
        ours=True,
    )
    record.remarks.append(remark)
    record.updated = remark.at
    vendor.context.commit("ensono", "comment", record.number, record.client_number, comment)
    if echo:
        vendor.send_note(record, remark, instance)


def _check_lengths(payload: Mapping[str, Any], consequence: str) -> None:
    for name, most in LENGTHS.items():
        if len(text_of(payload, name)) > most:
            raise Refused([f"{name} is longer than {most} characters.", consequence])


def _check_open(record: Record) -> None:
    if record.ended:
        raise Refused(["Ticket is closed.", CANNOT_UPDATE])


def _ignored(payload: Mapping[str, Any]) -> list[str]:
    return sorted(set(payload) - KNOWN)
