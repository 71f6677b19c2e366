"""Ensono (Envision Connect guide v1.2), in prod and in dev."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from providers.base import Operation
from providers.errors import BadAnswer, NotAuthorised, NotFound, Rejected, Unconfirmed
from providers.model import Approval, Ticket
from providers.sandbox import Sandbox
from tests.providers.conformance.case import Arranged, Case, Complaint, Deed, Look, Outcome, Stamp

OUR_NUMBER = "INC0042"
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

BODY = {
    "clientName": "ourClient",
    "ticketNumber": "e-CS0700123",
    "clientTicketNumber": OUR_NUMBER,
    "ticketType": "Incident",
    "status": "pending",
    "statusNextAction": "pending-client",
    "offHoldDate": "2026-03-29T00:30:00Z",
    "description": "No link on uplink 3\nsince the move.",
    "shortDescription": "Uplink 3 down",
    "group": "Ensono Network Support",
    "ensonoGroup": "CS - 2nd Line",
    "priority": "2",
    "impact": "2",
    "urgency": "1",
    "openedTime": "2026-03-03T11:45:10Z",
    "category": "Network",
    "origin": "Web",
    "cis": "sw-01,sw-02",
}


def queue_answer(transaction_type: str, body: Any) -> dict[str, Any]:
    """One message, nested once, as the guide shows it."""
    message = {
        "MessageId": "5b1f0a52-0d3a-4f57-9a3e-1d2c3b4a5f60",
        "ReceiptHandle": "AQEBa+b/c==",
        "MD5OfBody": "0123456789abcdef0123456789abcdef",
        "Body": body,
        "Attributes": {
            "SenderId": "AROAEXAMPLEEXAMPLE000:bridge",
            "ApproximateFirstReceiveTimestamp": "1772541005000",
            "ApproximateReceiveCount": "1",
            "SentTimestamp": "1772541000123",
            "SequenceNumber": "18899000000000000256",
            "MessageDeduplicationId": "00",
            "MessageGroupId": "e-CS0700123",
            "ClientReferenceAvailable": True,
            "TransactionType": transaction_type,
        },
    }
    return {
        "ReceiveMessageResponse": {
            "ReceiveMessageResult": {"messages": [message]},
            "ResponseMetadata": {"RequestId": "00000000-0000-0000-0000-000000000000"},
        }
    }


NOTES = {
    "type": "comment",
    "id": "c0ffee",
    "body": "We look.",
    "commenter": "Ida Storm",
    "commenterEmail": "i@e.example",
}
APPROVAL = {
    "ticketType": "Change",
    "state": "Assess",
    "approvalState": "Requested",
    "approvalId": "a1b2",
    "approverName": "Change Board",
    "approverEmail": "cab@client.example",
}
FILE = {
    "attachmentName": "boot.log",
    "attachmentInfo": "https://ensono.example/api/now/attachment/0123456789abcdef0123456789abcdef",
    "attachmentSize": "12",
    "attachmentType": "text/plain",
    "attachment": "https://files.amazonaws.com/boot.log?X-Amz-Signature=not-a-real-signature ",
}
UPDATED = {**BODY, "changed": {"status": "resolved", "closeNotes": "Fixed.", "updatedOn": "2026-03-04T08:00:00Z"}}
QUEUE = Look(
    operation=Operation.QUEUE,
    request="GET /ensono",
    answer=queue_answer("Create", BODY),
    others=(
        queue_answer("Update", UPDATED),
        queue_answer("Notes", {**BODY, "notes": NOTES}),
        queue_answer("Approval Request", {**BODY, **APPROVAL}),
        queue_answer("Attachment", {**BODY, **FILE}),
        queue_answer("ReturnEnsonoNum", BODY),
    ),
    number="e-CS0700123",
)
DOWNLOAD = Look(
    operation=Operation.DOWNLOAD,
    request="GET /s3",
    at="s3",
    # What does not have the announced size is not the file, and is not read further.
    ends={"huge": BadAnswer, "gzip_bomb": BadAnswer},
)
PAGE = {
    "Response": {
        "case": {
            "number": "e-CS0700123",
            "sys_id": "0123456789abcdef0123456789abcdef",
            "u_case_type": "Incident",
            "state": "pending",
            "short_description": "Uplink 3 down",
            "description": "No link.",
            "priority": "2",
            "impact": "2",
            "urgency": "1",
            "opened_at": "2026-03-03 11:45:10",
            "sys_updated_on": "2026-03-03 12:00:00",
            "due_date": "2026-03-29 01:30:00",
            "x_aito_data_sync_client_number": OUR_NUMBER,
            "assignment_group": "CS - 2nd Line",
            "category": "Network",
            "contact": "Nadia Kovac",
            "company": "ourClient",
            "u_hold_reason": "pending-client",
            "u_off_hold_date": "",
            "resolved_at": "",
            "closed_at": "",
        },
        "comments": {
            "c0ffee": {
                "sys_id": "c0ffee",
                "sys_created_by": "ida.storm",
                "sys_created_on": "2026-03-03 11:50:00",
                "value": "We look.",
            }
        },
        "attachments": {
            "beef": {
                "sys_id": "beef",
                "file_name": "boot.log",
                "size_bytes": "12",
                "content_type": "text/plain",
                "sys_created_on": "2026-03-03 11:55:00",
            }
        },
    }
}
DETAIL = Look(operation=Operation.DETAIL, request="GET /ensono", answer=PAGE, number="e-CS0700123")

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
