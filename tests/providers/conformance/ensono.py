"""Ensono (Envision Connect guide v1.2), in prod and in dev."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from providers.base import Operation
from providers.errors import NotAuthorised, NotFound, Rejected, Unconfirmed
from providers.model import Approval, Ticket
from providers.sandbox import Sandbox
from tests.providers.conformance.case import Arranged, Case, Complaint, Deed, Outcome, Stamp
from tests.providers.conformance.ensono_samples import DETAIL, DOWNLOAD, OUR_NUMBER, QUEUE

# The storage answers an upload without a body, so that an answer without one is whole, however it came; and it knows
# no credentials that it could refuse.
STORED: dict[str, Outcome] = {**dict.fromkeys(("empty", "half_json", "cut", "drip")), "unauthorised": Rejected}


def incident(box: Sandbox, **fields: Any) -> Arranged:
    number = box.ensono.create(client_number=OUR_NUMBER, announce=False, **fields)
    status = fields.get("status", "open")
    return Arranged(
        ticket=Ticket(provider="ensono", number=number, client_number=OUR_NUMBER, state=status, vendor_state=status)
    )


def change(box: Sandbox) -> Arranged:
    number = box.ensono.create_change(client_number="CHG0007")
    task = box.ensono.approvals(number)[-1]
    return Arranged(
        ticket=Ticket(
            provider="ensono",
            number=number,
            client_number="CHG0007",
            type="change",
            state="assess",
            vendor={"type": "Normal"},
            approvals=(Approval(id=task.id, approver=task.email),),
        )
    )


def unlinked(box: Sandbox) -> Arranged:
    number = box.ensono.create(announce=False)
    return Arranged(ticket=Ticket(provider="ensono", number=number))


def opens(box: Sandbox, words: Mapping[str, str]) -> str:
    return box.ensono.create(
        shortDescription=words["summary"], description=words["description"], client_number=OUR_NUMBER
    )


def status_of(box: Sandbox, number: str) -> str:
    return box.ensono.ticket(number).status


def remarks_of(box: Sandbox, number: str) -> list[str]:
    return [remark.body.partition("\n")[0] for remark in box.ensono.ticket(number).remarks]


DEEDS = (
    Deed(
        operation=Operation.CREATE,
        values={"shortDescription": "Uplink 3 down", "description": "No link since the move.", "priority": "2"},
        client_number=OUR_NUMBER,
        ticket_type="incident",
        committed=("create",),
        holds=lambda box, number: box.ensono.ticket(number).short_description == "Uplink 3 down",
        request="POST /ensono",
        text="description",
    ),
    Deed(
        operation=Operation.COMMENT,
        arrange=incident,
        values={"comment": "It came back at noon."},
        committed=("comment",),
        holds=lambda box, number: "It came back at noon." in remarks_of(box, number),
        request="PUT /ensono",
        text="comment",
    ),
    Deed(
        operation=Operation.UPDATE,
        arrange=incident,
        values={"priority": "1"},
        committed=("update",),
        holds=lambda box, number: box.ensono.ticket(number).priority == "1",
        request="PUT /ensono",
    ),
    Deed(
        operation=Operation.RESOLVE,
        arrange=incident,
        values={"notes": "Cable replaced."},
        committed=("status",),
        holds=lambda box, number: status_of(box, number) == "resolved",
        request="PUT /ensono",
        text="notes",
    ),
    Deed(
        operation=Operation.CLOSE,
        arrange=lambda box: incident(box, status="resolved"),
        values={"notes": "Confirmed by the site."},
        committed=("close",),
        holds=lambda box, number: status_of(box, number) == "closed",
        request="PUT /ensono",
        text="notes",
    ),
    Deed(
        operation=Operation.REOPEN,
        arrange=lambda box: incident(box, status="resolved"),
        committed=("status",),
        holds=lambda box, number: status_of(box, number) == "open",
        request="PUT /ensono",
    ),
    Deed(
        operation=Operation.CANCEL,
        arrange=incident,
        committed=("cancel",),
        holds=lambda box, number: status_of(box, number) == "cancelled",
        request="PUT /ensono",
    ),
    Deed(
        operation=Operation.TAKE,
        arrange=incident,
        committed=("update", "status"),
        holds=lambda box, number: status_of(box, number) == "pending",
        request="PUT /ensono",
    ),
    Deed(
        operation=Operation.LINK,
        arrange=unlinked,
        client_number="INC0043",
        committed=("link",),
        holds=lambda box, number: box.ensono.ticket(number).client_number == "INC0043",
        request="PUT /ensono",
    ),
    Deed(
        operation=Operation.APPROVE,
        arrange=change,
        committed=("approve",),
        holds=lambda box, number: [task.state for task in box.ensono.approvals(number)] == ["Approved"],
        request="PUT /ensono",
    ),
    Deed(
        operation=Operation.REJECT,
        arrange=change,
        values={"comment": "Not in the freeze."},
        committed=("reject",),
        holds=lambda box, number: [task.state for task in box.ensono.approvals(number)] == ["Rejected"],
        request="PUT /ensono",
        text="comment",
    ),
    Deed(
        operation=Operation.ATTACH,
        arrange=incident,
        file="boot.log",
        committed=("attach",),
        holds=lambda box, number: [entry.name for entry in box.ledger.of(number=number)] == ["boot.log"],
        request="PUT /s3",
        at="s3",
        ends=STORED,
    ),
)

NO_GROUP = ["assignment_group sys_id or name not found.", "This ticket cannot be created."]
EXPIRED = {
    "Error": {
        "Code": "InvalidParameterValue",
        "Message": "Value AQEBa for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.",
        "Type": "Sender",
    },
    "RequestId": "00000000-0000-0000-0000-000000000000",
}
UNKNOWN = {
    "Error": {
        "Code": "ReceiptHandleIsInvalid",
        "Message": 'The input receipt handle "AQEBa" is not a valid receipt handle."',
        "Type": "Sender",
    },
    "RequestId": "00000000-0000-0000-0000-000000000000",
}


def _everywhere(body: Any, error: Any, code: str) -> tuple[Complaint, ...]:
    """An error that the guide shows without its status: 400, 403 and 200 mean the same."""
    return tuple(
        Complaint(during=during, status=status, body=body, error=error, code=code)
        for during in (Operation.CREATE, Operation.COMMENT)
        for status in (200, 400, 403)
    )


COMPLAINTS = (
    *_everywhere({"message": "Missing Authentication Token"}, Rejected, "missing_authentication_token"),
    *_everywhere({"message": "Forbidden"}, NotAuthorised, "forbidden"),
    *_everywhere({"Response": "Bad Path"}, Rejected, "bad_path"),
    *_everywhere({"Response": "APIKey not authorized for ticket company"}, NotAuthorised, "key_of_another_company"),
    *_everywhere({"Response": "Unable to find mapping for ClientName"}, Rejected, "unknown_client_name"),
    *_everywhere({"Response": NO_GROUP}, Rejected, "unknown_group"),
    Complaint(
        during=Operation.CREATE,
        status=200,
        body={"Response": {"code": 400, "body": "Invalid file name or type."}},
        error=Rejected,
    ),
    Complaint(during=Operation.ACKNOWLEDGE, status=400, body=EXPIRED, error=NotFound, code="receipt_handle"),
    Complaint(during=Operation.ACKNOWLEDGE, status=400, body=UNKNOWN, error=NotFound, code="receipt_handle"),
    Complaint(during=Operation.QUEUE, status=403, body={"message": "Forbidden"}, error=NotAuthorised, code="forbidden"),
    Complaint(during=Operation.CREATE, status=500, body={"Response": "Internal error"}, error=Unconfirmed),
)


def _stamp(field: str, text: str, at: datetime, name: str) -> Stamp:
    path = ("ReceiveMessageResponse", "ReceiveMessageResult", "messages", 0, "Body", field)
    return Stamp(
        look=Operation.QUEUE, path=path, text=text, at=at, shown=lambda batch: batch.messages[0].patch.set.get(name)
    )


STAMPS = (
    _stamp("openedTime", "2026-03-29T00:59:59Z", datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC), "opened_at"),
    _stamp("openedTime", "2026-03-29T01:00:00Z ", datetime(2026, 3, 29, 1, tzinfo=UTC), "opened_at"),
    _stamp("openedTime", "2026-03-29T03:30:00+02:00", datetime(2026, 3, 29, 1, 30, tzinfo=UTC), "opened_at"),
    _stamp("openedTime", "2026-10-25 00:30:00", datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "opened_at"),
    _stamp("updatedOn", "2026-10-25T01:30:00Z", datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "updated_at"),
)

PROD = Case(
    name="ensono",
    kind="ensono",
    offered=frozenset(
        {
            Operation.QUEUE,
            Operation.CREATE,
            Operation.COMMENT,
            Operation.UPDATE,
            Operation.RESOLVE,
            Operation.CLOSE,
            Operation.REOPEN,
            Operation.CANCEL,
            Operation.ATTACH,
            Operation.DOWNLOAD,
            Operation.LINK,
            Operation.APPROVE,
            Operation.REJECT,
            Operation.TAKE,
        }
    ),
    opens=opens,
    talks=lambda box, number, words: box.ensono.comment(number, words),
    attaches=lambda box, number: box.ensono.attach(number, "boot.log", b"nothing new\n"),
    deeds=DEEDS,
    looks=(QUEUE, DOWNLOAD),
    complaints=COMPLAINTS,
    stamps=STAMPS,
)
DEV = replace(
    PROD,
    name="ensono-dev",
    environment="dev",
    offered=PROD.offered | {Operation.DETAIL},
    deeds=DEEDS[:2],
    looks=(DETAIL,),
    complaints=(
        Complaint(during=Operation.DETAIL, status=400, body={"Response": "Bad Path"}, error=Rejected, code="bad_path"),
        Complaint(during=Operation.DETAIL, status=400, body={"Response": ["Ticket e-CS1 not found."]}, error=NotFound),
    ),
    stamps=(
        Stamp(
            look=Operation.DETAIL,
            path=("Response", "case", "due_date"),
            text="2026-03-29 01:30:00",
            at=datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
            shown=lambda snapshot: snapshot.patch.set.get("due_at"),
        ),
    ),
)
