"""Ensono's answers, as the guide shows them with values of our own, and the reads that they answer."""

from __future__ import annotations

from typing import Any

from providers.base import Operation
from providers.errors import BadAnswer
from tests.providers.conformance.case import Look

OUR_NUMBER = "INC0042"
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


def raw_message(transaction_type: str, body: Any, **attributes: Any) -> dict[str, Any]:
    """A message as the queue hands it out."""
    return {
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
            **attributes,
        },
    }


def queue_answer(transaction_type: str, body: Any) -> dict[str, Any]:
    """One message, nested once, as the guide shows it."""
    return {
        "ReceiveMessageResponse": {
            "ReceiveMessageResult": {"messages": [raw_message(transaction_type, body)]},
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
