"""One test for each sample of the guide: the same keys and quirks, other values."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from providers.ensono.queue import read_queue
from providers.model import Message, Patch
from tests.providers.conformance.ensono_samples import raw_message
from tests.providers.ensono.support import READING, body, change_body, message, patch_of


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def a_change(transaction_type: str, **changes: object) -> Message:
    return message(
        transaction_type,
        change_body(**changes),
        MessageGroupId="e-CHG0051000",
        ClientReferenceAvailable=False,
    )


def queue_of(document: object) -> tuple[Message, ...]:
    return read_queue(json.dumps(document).encode(), READING)


def test_queue_with_messages_nests_once() -> None:
    document = {
        "ReceiveMessageResponse": {
            "ResponseMetadata": {"RequestId": "5e2f"},
            "ReceiveMessageResult": {"messages": [raw_message("Create", body())]},
        }
    }
    (read,) = queue_of(document)
    assert read.kind == "create"


def test_queue_without_messages_nests_twice_and_holds_null() -> None:
    inner = {"ResponseMetadata": {"RequestId": "9d41"}, "ReceiveMessageResult": {"messages": None}}
    assert queue_of({"ReceiveMessageResponse": {"ReceiveMessageResult": inner}}) == ()


def test_create_of_an_incident_sets_everything_it_says() -> None:
    read = message("Create", body(clientTicketNumber="", category=""), ClientReferenceAvailable=False)
    assert (read.number, read.group, read.client_number, read.kind) == ("e-CS0700123", "e-CS0700123", "", "create")
    assert read.order == (1772541000123, 18899000000000000256)
    assert read.sent_at == datetime(2026, 3, 3, 12, 30, 0, 123000, tzinfo=UTC)
    assert (read.summary, read.awaits_number, read.ignored, read.problem) == ("Uplink 3 down", False, False, "")
    assert patch_of(read) == Patch(
        number="e-CS0700123",
        set={
            "type": "incident",
            "state": "open",
            "vendor_state": "open",
            "awaiting_us": False,
            "summary": "Uplink 3 down",
            "description": "No link on uplink 3 since the move.",
            "priority": 2,
            "opened_at": at("2026-03-03T11:45:10"),
        },
        vendor={
            "group": "Ensono Network Support",
            "ensonoGroup": "CS - 2nd Line",
            "impact": "2",
            "urgency": "1",
            "origin": "Web",
            "cis": "sw-01,sw-02",
        },
        complete=True,
    )


def test_comment_adds_the_note_alone_and_offers_the_rest_for_an_unknown_ticket() -> None:
    note = {
        "type": "comment",
        "id": "9fb0c2a41b7d4550a1c2d3e4f5a6b7c8",
        "body": "Cable traced, looks fine.",
        "commenter": "Ola Berg",
        "commenterEmail": "ola.berg@vendor.example",
    }
    waiting = {"statusNextAction": "pending-caller", "offHoldDate": "2026-03-04T12:00:00Z"}
    read = message("Notes", body(status="pending", updatedOn="2026-03-03T12:29:59Z", notes=note, **waiting))
    patch = patch_of(read)
    (comment,) = patch.comments
    assert (comment.id, comment.author, comment.body) == (note["id"], "Ola Berg", "Cable traced, looks fine.")
    assert comment.at == read.sent_at
    assert (patch.set, patch.vendor, patch.partial, read.kind) == ({}, {}, True, "comment")
    assert patch.fill["state"] == "pending"
    assert patch.fill["awaiting_us"] is True
    assert patch.vendor_fill["statusNextAction"] == "pending-caller"
    assert read.summary == "Ola Berg: Cable traced, looks fine."


def test_update_sets_what_changed_and_nothing_else() -> None:
    changed = {
        "updatedOn": "2026-03-03T12:29:59Z",
        "status": "pending",
        "statusNextAction": "pending-caller",
        "offHoldDate": "2026-03-04T12:00:00Z",
    }
    read = message("Update", body(**changed, changed=changed))
    patch = patch_of(read)
    assert patch.set == {
        "state": "pending",
        "vendor_state": "pending",
        "awaiting_us": True,
        "updated_at": at("2026-03-03T12:29:59"),
    }
    assert patch.vendor == {"statusNextAction": "pending-caller", "offHoldDate": "2026-03-04T12:00:00Z"}
    assert patch.fill["summary"] == "Uplink 3 down"
    assert patch.vendor_fill["group"] == "Ensono Network Support"
    assert patch.partial


def test_closure_of_an_incident_sets_status_notes_and_code() -> None:
    changed = {
        "updatedOn": "2026-03-03T12:29:59Z",
        "status": "resolved",
        "closeNotes": "Optic replaced.",
        "closeCode": "resolved*",
    }
    patch = patch_of(message("Closure", body(**changed, changed=changed)))
    assert (patch.set["state"], patch.set["awaiting_us"]) == ("resolved", False)
    assert patch.vendor["closeNotes"] == "Optic replaced."
    assert patch.vendor["closeCode"] == "resolved*"
    assert "summary" not in patch.set


def test_return_of_ensonos_number_says_the_numbers_alone() -> None:
    read = message(
        "ReturnEnsonoNum",
        {
            "clientName": "ourClient ",
            "ticketNumber": "e-CS0700200",
            "clientTicketNumber": "INC0099",
            "ticketType": "Incident",
        },
        MessageGroupId="e-CS0700200",
    )
    assert (read.kind, read.number, read.client_number) == ("number_returned", "e-CS0700200", "INC0099")
    expected = Patch(number="e-CS0700200", set={"client_number": "INC0099"}, fill={"type": "incident"}, partial=True)
    assert patch_of(read) == expected


def test_create_of_a_normal_change_opens_its_approval() -> None:
    read = a_change("Create")
    patch = patch_of(read)
    assert (patch.cycle, patch.complete) == ("opened", True)
    assert patch.set["type"] == "change"
    assert (patch.set["state"], patch.set["vendor_state"]) == ("assess", "Assess")
    assert patch.set["updated_at"] == at("2026-03-02T08:00:04")
    assert "client_number" not in patch.set
    assert "awaiting_us" not in patch.set
    for name in ("startDate", "endDate", "risk", "impact", "implementationPlan", "backoutPlan", "type", "approval"):
        assert patch.vendor[name] == change_body()[name]


def test_state_update_of_a_change_sets_every_field_that_is_not_empty() -> None:
    read = a_change("Update", state="Authorize", approval="approved", updatedOn="", riskNote="")
    patch = patch_of(read)
    assert patch.cycle == "approved"
    assert patch.set["state"] == "authorize"
    assert patch.set["summary"] == "Swap controller B"
    assert patch.vendor["testPlan"] == "Read and write tests."
    assert patch.set["updated_at"] == read.sent_at, "the queue says when, where the body does not"
    assert "riskNote" not in patch.vendor
    assert patch.partial


def test_approval_request_adds_the_approval_alone() -> None:
    read = message(
        "Approval Request",
        {
            "clientName": "ourClient",
            "ticketType": "Change",
            "clientTicketNumber": "",
            "ticketNumber": "e-CHG0051000",
            "group": "CLIENT - Storage",
            "ensonoGroup": "Storage Engineering",
            "description": "Controller B is replaced.",
            "state": "Assess",
            "approvalState": "Requested",
            "approvalId": "0c9d8e7f1b2a4d3c9e8f7a6b5c4d3e2f",
            "approverName": "Change Board",
            "approverEmail": "cab@client.example",
        },
        MessageGroupId="e-CHG0051000",
        ClientReferenceAvailable=False,
    )
    patch = patch_of(read)
    (approval,) = patch.approvals
    assert (approval.id, approval.approver) == ("0c9d8e7f1b2a4d3c9e8f7a6b5c4d3e2f", "cab@client.example")
    assert (approval.approver_name, approval.state, approval.at) == ("Change Board", "requested", read.sent_at)
    assert (patch.set, patch.cycle, read.kind) == ({}, None, "approval")
    assert patch.fill["description"] == "Controller B is replaced."
    assert not {"approvalId", "approverEmail", "approvalState"} & patch.vendor_fill.keys()
    assert read.summary == "approval asked of Change Board"


def test_redraft_cancels_the_approval() -> None:
    read = a_change("Redraft", state="New", approval="not requested", updatedOn="")
    patch = patch_of(read)
    assert (read.kind, patch.cycle, patch.set["state"]) == ("redraft", "cancelled", "new")


def test_attachment_of_a_change_adds_the_file_alone() -> None:
    url = (
        "https://outbound-bucket.s3.us-west-1.amazonaws.com/door.jpg?X-Amz-Algorithm=AWS4-HMAC-SHA256"
        "&X-Amz-Credential=ASIAEXAMPLE%2F20260303%2Fus-west-1%2Fs3%2Faws4_request&X-Amz-Date=20260303T123000Z"
        "&X-Amz-Expires=7200&X-Amz-SignedHeaders=host&X-Amz-Signature=00ff"
    )
    read = message(
        "Attachment",
        {
            "clientName": "ourClient",
            "ticketType": "Change",
            "clientTicketNumber": "",
            "ticketNumber": "e-CHG0051000",
            "group": "CLIENT - Storage",
            "ensonogroup": "Storage Engineering",
            "attachmentName": "door.jpg",
            "attachmentInfo": "https://desk.example/api/now/attachment/5f4e3d2c1b0a99887766554433221100",
            "attachmentSize": "20481",
            "attachmentType": "image/jpeg",
            "attachment": url + " ",
        },
        MessageGroupId="e-CHG0051000",
    )
    patch = patch_of(read)
    (attachment,) = patch.attachments
    assert (attachment.id, attachment.name) == ("5f4e3d2c1b0a99887766554433221100", "door.jpg")
    assert (attachment.size, attachment.content_type, attachment.direction) == (20481, "image/jpeg", "in")
    assert (attachment.url, attachment.at) == (url, read.sent_at)
    assert attachment.expires_at == at("2026-03-03T12:30:00") + timedelta(hours=2)
    assert (patch.set, patch.vendor) == ({}, {})
    assert patch.vendor_fill == {"group": "CLIENT - Storage", "ensonoGroup": "Storage Engineering"}
    assert read.summary == "file door.jpg"
    assert "X-Amz-Signature=00ff" not in read.raw
    assert json.loads(read.raw)["Body"]["attachmentSize"] == "20481"


def test_comment_on_a_change_leaves_its_state_alone() -> None:
    note = {
        "type": "comment",
        "id": "1a2b3c4d5e6f70819203142536475869",
        "body": "Parts have arrived",
        "commenter": "Ida Storm",
        "commenterEmail": "ida.storm@vendor.example",
    }
    patch = patch_of(a_change("Notes", state="Review", approval="approved", notes=note))
    assert [comment.body for comment in patch.comments] == ["Parts have arrived"]
    assert (patch.set, patch.cycle) == ({}, None)
    assert patch.fill["state"] == "review"


def test_closure_of_a_change_sets_its_outcome() -> None:
    patch = patch_of(
        a_change(
            "Closure",
            state="Closed",
            approval="approved",
            updatedOn="",
            closeNotes="Done one hour late.",
            closeCode="Successful Outside Change Window",
        )
    )
    assert (patch.set["state"], patch.cycle) == ("closed", "approved")
    assert patch.vendor["closeCode"] == "Successful Outside Change Window"
    assert patch.vendor["closeNotes"] == "Done one hour late."
