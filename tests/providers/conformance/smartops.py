"""SmartOps (API contracts for ITSM Integration)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from providers.base import Operation
from providers.errors import BadAnswer, NotAuthorised, NotFound, Rejected, Throttled, Unconfirmed, WrongState
from providers.model import Ticket
from providers.sandbox import Sandbox
from tests.providers.conformance.case import Arranged, Case, Complaint, Deed, Look, Stamp


def ticket(box: Sandbox, status: str = "In Progress") -> Arranged:
    number = box.smartops.create(ticketStatus=status)
    state = "resolved" if status == "Resolved" else "open"
    sys_id = box.smartops.ticket(number).sys_id
    return Arranged(
        ticket=Ticket(provider="smartops", number=number, internal_id=sys_id, state=state, vendor_state=status)
    )


def opens(box: Sandbox, words: Mapping[str, str]) -> str:
    return box.smartops.create(shortDescription=words["summary"], longDescription=words["description"])


def field_of(box: Sandbox, number: str, name: str) -> str:
    return box.smartops.ticket(number).fields[name]


def notes_of(box: Sandbox, number: str, kind: str, name: str) -> list[str]:
    return [note[name] for note in box.smartops.ticket(number).notes[kind]]


DEEDS = (
    Deed(
        operation=Operation.CREATE,
        values={"shortDescription": "Bot stopped", "longDescription": "No runs since 02:00.", "ticketPriority": "2"},
        client_number="OUR-1",
        ticket_type="incident",
        committed=("create",),
        holds=lambda box, number: field_of(box, number, "shortDescription") == "Bot stopped",
        request="POST /smartops/create",
        text="longDescription",
    ),
    Deed(
        operation=Operation.COMMENT,
        arrange=ticket,
        values={"comment": "It runs again since noon."},
        committed=("comment",),
        holds=lambda box, number: notes_of(box, number, "comments", "comment") == ["It runs again since noon."],
        request="POST /smartops/update",
        text="comment",
    ),
    Deed(
        operation=Operation.UPDATE,
        arrange=ticket,
        values={"assignedGroup": "Bots"},
        committed=("update",),
        holds=lambda box, number: field_of(box, number, "assignedGroup") == "Bots",
        request="POST /smartops/update",
    ),
    Deed(
        operation=Operation.RESOLVE,
        arrange=ticket,
        values={"notes": "Restarted."},
        committed=("status", "comment"),
        holds=lambda box, number: field_of(box, number, "ticketStatus") == "Resolved",
        request="POST /smartops/update",
        text="notes",
    ),
    Deed(
        operation=Operation.CLOSE,
        arrange=lambda box: ticket(box, "Resolved"),
        values={"notes": "Confirmed."},
        committed=("status", "comment"),
        holds=lambda box, number: field_of(box, number, "ticketStatus") == "Closed",
        request="POST /smartops/update",
        text="notes",
    ),
    Deed(
        operation=Operation.REOPEN,
        arrange=lambda box: ticket(box, "Resolved"),
        values={"comment": "It stopped again."},
        committed=("status", "comment"),
        holds=lambda box, number: field_of(box, number, "ticketStatus") == "In Progress",
        request="POST /smartops/update",
        text="comment",
    ),
)

DETAILS = {
    "ticketNumber": "INC0099001",
    "ticketStatus": "On Hold",
    "ticketPriority": "2",
    "ticketBusinessDuration": "3600",
    "ticketBusinessTimeLeft": "-120",
    "sysId": "0a1b2c3d",
    "assignedTo": "bob",
    "assignedGroup": "Bots",
    "shortDescription": "Queue stuck",
    "longDescription": "Line one\nline two",
    "category": "Automation",
    "subCategory": "Queues",
    "callerId": "ann",
    "urgency": "2",
    "ticketSeverity": "3",
    "comments": [{"commentBy": "ann", "commentTime": "2026-03-29T01:30:00.000001", "comment": "Looking."}],
    "workNotes": [{"workNoteBy": "bob", "workNoteTime": "2026-03-29T00:30:00.5", "workNote": "Restarted."}],
    "closureNotes": [{"closureNoteBy": "bob", "closureNoteTime": "2026-03-29T02:30:00", "closureNote": "Done."}],
    "createdTime": "2026-03-29T00:00:00.000000",
    "updatedTime": "2026-03-29T02:30:00.000000",
    "resolvedTime": "",
    "createdBy": "ann",
    "updatedBy": "bob",
    "resolvedBy": "",
    "closedBy": "",
}


def answer(details: Any, name: str = "ticketDetails") -> dict[str, Any]:
    return {"statusCode": "200", "statusMessage": "Success", name: details}


LOOKS = (
    Look(
        operation=Operation.DETAIL,
        request="/smartops/fetch",
        answer=answer(DETAILS),
        others=(answer(DETAILS, "results"), answer([DETAILS])),
        number="INC0099001",
    ),
)


def _error(code: str, error: Any, during: Operation) -> tuple[Complaint, ...]:
    """A failure by HTTP's status, and the same one inside HTTP 200."""
    body = {"statusCode": code, "statusMessage": "words of SmartOps'", "ticketDetails": {}}
    return (
        Complaint(during=during, status=int(code), body=body, error=error, code=code),
        Complaint(during=during, status=200, body=body, error=error),
    )


COMPLAINTS = (
    *_error("400", Rejected, Operation.CREATE),
    *_error("403", NotAuthorised, Operation.DETAIL),
    *_error("404", NotFound, Operation.DETAIL),
    *_error("404", NotFound, Operation.COMMENT),
    *_error("409", WrongState, Operation.UPDATE),
    *_error("429", Throttled, Operation.CREATE),
    *_error("500", Unconfirmed, Operation.CREATE),
    *_error("500", BadAnswer, Operation.DETAIL),
)


def _created(text: str, at: datetime) -> Stamp:
    return Stamp(
        look=Operation.DETAIL,
        path=("ticketDetails", "createdTime"),
        text=text,
        at=at,
        shown=lambda snapshot: snapshot.patch.set.get("opened_at"),
    )


STAMPS = (
    _created("2026-03-29T01:30:00.123456", datetime(2026, 3, 29, 1, 30, 0, 123_456, tzinfo=UTC)),
    _created("2026-10-25T00:30:00.000000", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    _created("2026-10-25T01:30:00.000000", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
    Stamp(
        look=Operation.DETAIL,
        path=("ticketDetails", "comments", 0, "commentTime"),
        text="2026-10-25T01:30:00.000000",
        at=datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
        shown=lambda snapshot: max(comment.at for comment in snapshot.patch.comments),
    ),
)

CASE = Case(
    name="smartops",
    kind="smartops",
    offered=frozenset(
        {
            Operation.DETAIL,
            Operation.CREATE,
            Operation.COMMENT,
            Operation.UPDATE,
            Operation.RESOLVE,
            Operation.CLOSE,
            Operation.REOPEN,
        }
    ),
    opens=opens,
    talks=lambda box, number, words: box.smartops.comment(number, words),
    deeds=DEEDS,
    looks=LOOKS,
    complaints=COMPLAINTS,
    stamps=STAMPS,
    renews=True,
)
