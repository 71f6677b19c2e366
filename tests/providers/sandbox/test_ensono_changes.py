"""Ensono's changes: approvals, cycles, closure, against the guide's change part."""

from __future__ import annotations

from typing import Any

import pytest

from providers.sandbox import Sandbox
from tests.providers.sandbox.callers import EnsonoCaller

APPROVERS = (("Ruth", "ruth@client.example"), ("Olivier", "olivier@client.example"))
BODY = {
    "clientName",
    "ticketType",
    "clientTicketNumber",
    "ticketNumber",
    "group",
    "ensonoGroup",
    "openedAt",
    "updatedOn",
    "requestedByName",
    "shortDescription",
    "type",
    "category",
    "approval",
    "startDate",
    "endDate",
    "risk",
    "impact",
    "description",
    "justification",
    "preChangeChecks",
    "implementationPlan",
    "testPlan",
    "backoutPlan",
    "state",
    "priority",
    "cis",
}


def decide(ensono: EnsonoCaller, number: str, verb: str, approval: dict[str, Any]) -> Any:
    return ensono.put(
        number,
        f"/{verb}",
        ticketType="Change",
        approver=approval["approverEmail"],
        approvalId=approval["approvalId"],
        comments=[{"body": "Ruth approved this by telephone."}],
    )


def kinds(messages: list[dict[str, Any]]) -> list[str]:
    return [message["Attributes"]["TransactionType"] for message in messages]


def test_normal_change_asks_each_approver(box: Sandbox, ensono: EnsonoCaller) -> None:
    box.ensono.create_change(approvers=APPROVERS)
    create, *requests = ensono.receive()
    assert set(create["Body"]) == BODY
    assert create["Body"]["state"] == "Assess"
    assert create["Body"]["updatedOn"].endswith(" ")
    assert kinds(requests) == ["Approval Request", "Approval Request"]
    assert [request["Body"]["approverEmail"] for request in requests] == [email for _, email in APPROVERS]
    assert set(requests[0]["Body"]) == {
        "clientName",
        "ticketType",
        "clientTicketNumber",
        "ticketNumber",
        "group",
        "ensonoGroup",
        "description",
        "state",
        "approvalState",
        "approvalId",
        "approverName",
        "approverEmail",
    }


@pytest.mark.parametrize(("kind", "state"), [("Standard", "Scheduled"), ("Emergency", "Authorize")])
def test_other_changes_ask_nobody(box: Sandbox, ensono: EnsonoCaller, kind: str, state: str) -> None:
    box.ensono.create_change(kind)
    (create,) = ensono.receive()
    assert create["Body"]["state"] == state


def test_first_answer_counts_and_later_ones_are_not_considered(box: Sandbox, ensono: EnsonoCaller) -> None:
    number = box.ensono.create_change(approvers=APPROVERS)
    _, first, second = (message["Body"] for message in ensono.receive())
    assert decide(ensono, number, "approve", second).json() == {"Response": "Approval Received Successfully"}
    assert decide(ensono, number, "reject", first).json() == {"Response": " Rejection Received Successfully"}
    (entry,) = box.ledger
    assert (entry.operation, entry.body["approvalId"]) == ("approve", second["approvalId"])
    assert [task.state for task in box.ensono.approvals(number)] == ["No Longer Required", "Approved"]


def test_redraft_ends_the_cycle_and_assess_opens_another(box: Sandbox, ensono: EnsonoCaller) -> None:
    number = box.ensono.create_change()
    old = ensono.receive()[1]["Body"]
    box.advance(31)
    box.ensono.redraft(number)
    decide(ensono, number, "approve", old)
    assert box.ledger == []
    box.ensono.reassess(number)
    messages = [message for _ in range(2) for message in ensono.receive()]
    assert kinds(messages) == ["Create", "Approval Request", "Redraft", "Update", "Approval Request"]
    new = messages[-1]["Body"]
    assert new["approvalId"] != old["approvalId"]
    decide(ensono, number, "reject", new)
    assert [entry.operation for entry in box.ledger] == ["reject"]


def test_approval_must_name_its_own_approver_and_say_why(box: Sandbox, ensono: EnsonoCaller) -> None:
    number = box.ensono.create_change()
    approval = ensono.receive()[1]["Body"]
    assert decide(ensono, number, "approve", {**approval, "approvalId": "nothing"}).status_code == 400
    assert decide(ensono, number, "approve", {**approval, "approverEmail": "x@client.example"}).status_code == 400
    answer = ensono.put(
        number,
        "/approve",
        ticketType="Change",
        approver=approval["approverEmail"],
        approvalId=approval["approvalId"],
    )
    assert answer.status_code == 400
    assert box.ledger == []


def test_change_takes_comments_and_number_and_nothing_else(box: Sandbox, ensono: EnsonoCaller) -> None:
    number = box.ensono.create_change()
    assert ensono.put(number, "/returnptn", ticketType="Change").status_code == 200
    for ticket_type in ("Change", "Incident"):
        assert ensono.put(number, "/notes", ticketType=ticket_type, comments=[{"body": "x"}]).status_code == 200
    assert ensono.put(number, ticketType="Change", priority="1").json() == {"Response": "Bad Path"}
    assert ensono.call("GET", f"/tickets/{number}/attachments/a.txt").json() == {"Response": "Bad Path"}


def test_incident_cannot_be_approved(box: Sandbox, ensono: EnsonoCaller) -> None:
    number = box.ensono.create()
    assert ensono.put(number, "/approve", ticketType="Change").json() == {"Response": "Bad Path"}


def test_change_messages_carry_every_field_and_no_changed(box: Sandbox, ensono: EnsonoCaller) -> None:
    number = box.ensono.create_change("Standard")
    box.ensono.change_state(number, "Implement")
    box.ensono.comment(number, "started")
    box.ensono.close_change(number, "Successful with issues", "One disk was slow.")
    _, update, notes, closure = ensono.receive()
    assert set(update["Body"]) == BODY
    assert set(notes["Body"]) == {*BODY, "notes"}
    assert set(closure["Body"]) == {*BODY, "closeCode", "closeNotes"}
    assert kinds([update, notes, closure]) == ["Update", "Notes", "Closure"]


def test_attachment_of_a_change_spells_its_group_otherwise(box: Sandbox, ensono: EnsonoCaller) -> None:
    number = box.ensono.create_change("Standard")
    box.ensono.attach(number, "plan.txt", b"step one", "text/plain")
    body = ensono.receive()[1]["Body"]
    assert "ensonogroup" in body
    assert body["attachmentSize"] == "8"
    assert body["attachment"].endswith(" ")
