"""Ensono's bridge: incidents, requests and the queue over HTTP, against the guide's samples and error list."""

from __future__ import annotations

import json

import pytest

from providers.sandbox import Sandbox
from tests.providers.sandbox.callers import EnsonoCaller

ATTRIBUTES = {
    "SenderId",
    "ApproximateFirstReceiveTimestamp",
    "ApproximateReceiveCount",
    "SentTimestamp",
    "SequenceNumber",
    "MessageDeduplicationId",
    "MessageGroupId",
    "ClientReferenceAvailable",
    "TransactionType",
}
BODY = {
    "clientName",
    "ticketNumber",
    "clientTicketNumber",
    "ticketType",
    "status",
    "description",
    "shortDescription",
    "group",
    "ensonoGroup",
    "priority",
    "impact",
    "urgency",
    "openedTime",
    "category",
    "origin",
    "cis",
}


def test_create_answers_a_number_and_is_in_the_ledger(box: Sandbox, ensono: EnsonoCaller) -> None:
    answer = ensono.create(clientTicketNumber="INC42", comments=[{"body": "before bridging"}])
    number = answer.json()["Response"]
    assert (answer.status_code, number[:4]) == (200, "e-CS")
    created, commented = box.ledger
    assert (created.operation, created.number, created.client_number) == ("create", number, "INC42")
    assert created.body["shortDescription"] == "Mail is late"
    assert (commented.operation, commented.body["body"]) == ("comment", "before bridging")


@pytest.mark.parametrize(("sent", "made"), [("4", "4"), ("5", "3"), ("", "3"), ("high", "3"), (2, "2"), (None, "3")])
def test_invalid_priority_silently_becomes_three(box: Sandbox, ensono: EnsonoCaller, sent: object, made: str) -> None:
    assert ensono.create(priority=sent).status_code == 200
    assert box.ledger[0].made["priority"] == made


def test_unknown_fields_are_ignored(box: Sandbox, ensono: EnsonoCaller) -> None:
    assert ensono.create(costCentre="4711").status_code == 200
    assert box.ledger[0].made["ignored"] == ["costCentre"]


@pytest.mark.parametrize("field", ["clientTicketNumber", "shortDescription", "contactEmail"])
def test_create_without_a_required_field_is_refused(box: Sandbox, ensono: EnsonoCaller, field: str) -> None:
    answer = ensono.create(**{field: ""})
    assert field in answer.json()["Response"][0]
    assert box.ledger == []


def test_unknown_group_gives_the_documented_list(ensono: EnsonoCaller) -> None:
    answer = ensono.create(group="Nobody")
    words = ["assignment_group sys_id or name not found.", "This ticket cannot be created."]
    assert answer.json() == {"Response": words}


def test_error_bodies_may_come_with_status_200(box: Sandbox, ensono: EnsonoCaller) -> None:
    box.ensono.error_status = 200
    answer = ensono.create(clientName="Testclient")
    assert (answer.status_code, answer.json()) == (200, {"Response": "Unable to find mapping for ClientName"})


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/ensono/Testclient/prod/queue", "Forbidden"),
        ("/ensono/testclient/Prod/queue", "Missing Authentication Token"),
        ("/ensono/testclient/prod/Queue", "Missing Authentication Token"),
        ("/ensono/testclient/echo/queue", "Missing Authentication Token"),
        ("/ensono/testclient/prod", "Missing Authentication Token"),
    ],
)
def test_mistyped_path_gives_the_gateway_message(ensono: EnsonoCaller, path: str, message: str) -> None:
    answer = ensono.web.get(ensono.box.url + path, headers=ensono.headers)
    assert (answer.status_code, answer.json()) == (403, {"message": message})


def test_wrong_key_is_forbidden(ensono: EnsonoCaller) -> None:
    ensono.headers = {"x-api-key": "not-a-real-key"}
    assert ensono.call("GET", "/queue").json() == {"message": "Forbidden"}


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/tickets"), ("PUT", "/tickets/e-CS1/note"), ("POST", "/tickets/notes")]
)
def test_wrong_method_or_verb_is_a_bad_path(ensono: EnsonoCaller, method: str, path: str) -> None:
    answer = ensono.call(method, path, json={} if method != "GET" else None)
    assert (answer.status_code, answer.json()) == (400, {"Response": "Bad Path"})


def test_ticket_of_another_company_is_not_ours_to_touch(box: Sandbox, ensono: EnsonoCaller) -> None:
    number = box.ensono.create(company="somebodyElse")
    answer = ensono.put(number, "/notes", comments=[{"body": "hello"}])
    assert answer.json() == {"Response": "APIKey not authorized for ticket company"}


def test_update_changes_fields_and_answers_202(box: Sandbox, ensono: EnsonoCaller) -> None:
    number = box.ensono.create()
    answer = ensono.put(number, priority="1", group="Ensono Network Support")
    assert (answer.status_code, answer.json()) == (202, {"Response": "Update Successful"})
    assert box.ledger[-1].made == {"priority": "1", "group": "Ensono Network Support", "ignored": []}
    assert box.ledger.of(operation="update", number=number)


def test_comments_are_committed_one_by_one_with_the_commenter_appended(box: Sandbox, ensono: EnsonoCaller) -> None:
    number = box.ensono.create()
    comments = [{"body": "one", "commenter": "Sam", "commenterPhone": "123"}, {"body": "two"}]
    answer = ensono.put(number, "/notes", comments=comments)
    assert answer.json() == {"Response": "Comments added"}
    assert [entry.body["body"] for entry in box.ledger] == ["one", "two"]
    assert [remark.body for remark in box.ensono.ticket(number).remarks] == ["one\nSam, 123", "two"]


def test_close_only_from_resolved(box: Sandbox, ensono: EnsonoCaller) -> None:
    number = box.ensono.create()
    assert ensono.put(number, status="closed", closeNotes="done").status_code == 400
    answer = ensono.put(number, status="resolved", closeNotes="done", comments=[{"body": "ignored"}])
    assert (answer.status_code, answer.json()) == (200, {"Response": "Ticket Closed Successfully"})
    assert ensono.put(number, status="closed", closeNotes="done").status_code == 200
    assert [entry.operation for entry in box.ledger] == ["status", "close"]
    assert ensono.put(number, "/notes", comments=[{"body": "late"}]).status_code == 400


def test_resolving_needs_close_notes(box: Sandbox, ensono: EnsonoCaller) -> None:
    number = box.ensono.create()
    assert ensono.put(number, status="resolved").status_code == 400
    assert box.ensono.ticket(number).status == "open"


def test_resolved_ticket_can_be_reopened(box: Sandbox, ensono: EnsonoCaller) -> None:
    number = box.ensono.create()
    box.ensono.resolve(number)
    assert ensono.put(number, status="open").status_code == 202
    assert box.ensono.ticket(number).status == "open"


def test_resolved_ticket_is_closed_after_seven_days(box: Sandbox, ensono: EnsonoCaller) -> None:
    number = box.ensono.create(announce=False)
    ensono.put(number, status="resolved", closeNotes="done")
    box.advance(7 * 86_400)
    assert box.ensono.ticket(number).status == "closed"
    (message,) = ensono.receive()
    assert message["Attributes"]["TransactionType"] == "Closure"


def test_cancel_is_a_status_and_final(box: Sandbox, ensono: EnsonoCaller) -> None:
    number = box.ensono.create()
    assert ensono.put(number, status="cancelled").status_code == 202
    assert box.ledger[-1].operation == "cancel"
    assert ensono.put(number, status="open").status_code == 400


def test_unknown_status_is_refused_whatever_its_spelling(box: Sandbox, ensono: EnsonoCaller) -> None:
    number = box.ensono.create()
    assert ensono.put(number, status="workinprogress").status_code == 400
    box.ensono.work_in_progress = "workinprogress"
    assert ensono.put(number, status="workinprogress").status_code == 202
    assert ensono.put(number, status="workingprogress").status_code == 400


def test_write_without_our_number_is_refused_until_it_is_returned(box: Sandbox, ensono: EnsonoCaller) -> None:
    number = box.ensono.create()
    assert ensono.put(number, clientTicketNumber="", priority="1").status_code == 400
    answer = ensono.put(number, "/returnptn", clientTicketNumber="INC77")
    assert (answer.status_code, answer.json()) == (200, {"Response": "PTN added"})
    assert box.ledger[-1].operation == "link"
    box.ensono.comment(number, "hi")
    create, notes = ensono.receive()
    assert create["Attributes"]["ClientReferenceAvailable"] is False
    assert notes["Attributes"]["ClientReferenceAvailable"] is True
    assert notes["Body"]["clientTicketNumber"] == "INC77"


def test_ticket_is_shown_in_dev_alone(box: Sandbox, ensono: EnsonoCaller) -> None:
    number = ensono.create().json()["Response"]
    assert ensono.call("GET", f"/tickets/{number}").json() == {"message": "Missing Authentication Token"}
    box.ensono.environment = ensono.environment = "dev"
    number = ensono.create(clientTicketNumber="INC5").json()["Response"]
    shown = ensono.call("GET", f"/tickets/{number}").json()["Response"]
    assert set(shown) == {"task_ci", "attachments", "comments", "incident", "case", "u_task_integ"}
    assert shown["case"]["number"] == number.removeprefix("e-")
    assert shown["case"]["x_aito_data_sync_client_number"] == "INC5"


def test_message_has_the_documented_parts(box: Sandbox, ensono: EnsonoCaller) -> None:
    number = box.ensono.create()
    (message,) = ensono.receive()
    assert set(message) == {"MessageId", "ReceiptHandle", "MD5OfBody", "Body", "Attributes"}
    assert set(message["Attributes"]) == ATTRIBUTES
    assert set(message["Body"]) == BODY
    assert message["Attributes"]["MessageGroupId"] == number
    assert message["Attributes"]["ApproximateReceiveCount"] == "1"


def test_update_names_what_changed(box: Sandbox, ensono: EnsonoCaller) -> None:
    number = box.ensono.create(announce=False)
    box.ensono.update(number, status="pending", statusNextAction="pending-caller", offHoldDate="2026-01-02T03:04:05Z")
    (message,) = ensono.receive()
    body = message["Body"]
    assert set(body) == {*BODY, "offHoldDate", "statusNextAction", "changed", "updatedOn"}
    assert set(body["changed"]) == {"updatedOn", "status", "statusNextAction", "offHoldDate"}


def test_notes_and_closure_have_the_documented_parts(box: Sandbox, ensono: EnsonoCaller) -> None:
    number = box.ensono.create(announce=False)
    box.ensono.comment(number, "looking into it")
    box.ensono.resolve(number, "replaced", "resolved*")
    notes, closure = ensono.receive()
    assert set(notes["Body"]["notes"]) == {"type", "id", "body", "commenter", "commenterEmail"}
    assert closure["Attributes"]["TransactionType"] == "Closure"
    assert set(closure["Body"]["changed"]) == {"updatedOn", "status", "closeNotes", "closeCode"}


def test_queue_nests_once_and_twice_and_says_null_when_empty(box: Sandbox, ensono: EnsonoCaller) -> None:
    once, twice = (ensono.call("GET", "/queue").json()["ReceiveMessageResponse"] for _ in range(2))
    assert once["ReceiveMessageResult"] == {"messages": None}
    assert twice["ReceiveMessageResult"]["ReceiveMessageResult"] == {"messages": None}
    assert "RequestId" in twice["ReceiveMessageResult"]["ResponseMetadata"]
    box.ensono.nesting = 2
    for _ in range(2):
        answer = ensono.call("GET", "/queue").json()["ReceiveMessageResponse"]
        assert "ReceiveMessageResult" in answer["ReceiveMessageResult"]


def test_body_can_come_as_text(box: Sandbox, ensono: EnsonoCaller) -> None:
    box.ensono.body_form = "string"
    number = box.ensono.create()
    (message,) = ensono.receive()
    assert json.loads(message["Body"])["ticketNumber"] == number


def test_any_body_can_be_injected(box: Sandbox, ensono: EnsonoCaller) -> None:
    box.ensono.send_raw('{"half": ', group="e-CS5")
    (message,) = ensono.receive()
    assert message["Body"] == '{"half": '


def test_delete_is_in_the_ledger_once(box: Sandbox, ensono: EnsonoCaller) -> None:
    box.ensono.create()
    (message,) = ensono.receive()
    for _ in range(2):
        answer = ensono.delete(message["ReceiptHandle"])
        assert set(answer.json()["DeleteMessageResponse"]["ResponseMetadata"]) == {"RequestId"}
    (entry,) = box.ledger
    assert (entry.operation, entry.body["message_id"]) == ("acknowledge", message["MessageId"])


def test_expired_handle_gives_the_documented_error(box: Sandbox, ensono: EnsonoCaller) -> None:
    box.ensono.create()
    (message,) = ensono.receive()
    box.advance(31)
    error = ensono.delete(message["ReceiptHandle"]).json()["Error"]
    assert error["Code"] == "InvalidParameterValue"
    assert error["Message"].endswith("Reason: The receipt handle has expired.")
    assert error["Type"] == "Sender"
    assert box.ledger == []


def test_handle_that_is_not_encoded_is_no_handle(box: Sandbox, ensono: EnsonoCaller) -> None:
    box.ensono.create()
    (message,) = ensono.receive()
    plain = message["ReceiptHandle"]
    assert ensono.call("DELETE", f"/queue/{plain}").json() == {"message": "Missing Authentication Token"}
    half = plain.replace("/", "%2F")
    error = ensono.call("DELETE", f"/queue/{half}").json()["Error"]
    assert error["Code"] == "ReceiptHandleIsInvalid"
    assert "is not a valid receipt handle" in error["Message"]


def test_echo_sends_everything_back_through_the_dev_queue(box: Sandbox, ensono: EnsonoCaller) -> None:
    box.ensono.environment = ensono.environment = "echo"
    number = ensono.create().json()["Response"]
    ensono.put(number, priority="1")
    ensono.put(number, "/notes", comments=[{"body": "hello"}])
    ensono.put(number, status="resolved", closeNotes="done")
    ensono.environment = "dev"
    kinds = [message["Attributes"]["TransactionType"] for message in ensono.receive()]
    assert kinds == ["Create", "Update", "Notes", "Closure"]


def test_own_writes_come_back_only_in_echo(ensono: EnsonoCaller) -> None:
    number = ensono.create().json()["Response"]
    ensono.put(number, "/notes", comments=[{"body": "hello"}])
    assert ensono.receive() == []


def test_environments_share_no_queue(box: Sandbox, ensono: EnsonoCaller) -> None:
    box.ensono.create()
    ensono.environment = "cert"
    assert ensono.receive() == []
