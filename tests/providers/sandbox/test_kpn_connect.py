"""ServiceNow Connect, against the document's tables, samples and error list."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest

from providers.sandbox import Sandbox
from tests.providers.sandbox.callers import KpnCaller

FILE = {"name": "note.txt", "content": base64.b64encode(b"hello").decode(), "content_type": "text/plain"}
ITEM = {"item": "510.400", "customer_order_item_id": "REQ1", "item_attributes": {"u_company": "Customer"}}


def comment(kpn: KpnCaller, number: str, **fields: Any) -> Any:
    body = {"action": "Comment", "customer_reference_number": "INC1", "kpn_ticket_number": number, **fields}
    return kpn.call("PATCH", "/Ticket", json=body)


def respond(kpn: KpnCaller, update: dict[str, Any], **fields: Any) -> Any:
    body = {
        "action": "Response",
        "kpn_ticket_number": update["kpn_ticket_number"],
        "transaction_id": update["transaction_id"],
        "status": "Success",
        **fields,
    }
    return kpn.call("PATCH", "/Ticket", json=body)


def updates(kpn: KpnCaller) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = kpn.call("GET", "/TicketUpdates").json()
    return found


def test_create_answers_as_documented(box: Sandbox, kpn: KpnCaller) -> None:
    answer = kpn.create(attachments=[FILE])
    assert answer.status_code == 200
    number = answer.json()["kpn_ticket_number"]
    assert answer.json() == {
        "kpn_ticket_number": number,
        "customer_reference_number": "INC1",
        "note": f"Incident {number} has been created;",
    }
    created, attached = box.ledger
    assert (created.operation, created.client_number) == ("create", "INC1")
    assert (attached.name, attached.size, attached.sha256) == ("note.txt", 5, hashlib.sha256(b"hello").hexdigest())
    assert FILE["content"] not in str(created.body)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"short_description": None}, "short_description"),
        ({"service": " "}, "service"),
        ({"short_description": "x" * 161}, "short_description"),
        ({"description": "x" * 4001}, "description"),
        ({"customer_reference_number": "x" * 51}, "customer_reference_number"),
        ({"ticket_type": "Problem"}, "ticket_type"),
        ({"priority": "4"}, "priority"),
        ({"ticket_type": "Change Request", "priority": "4 - Low"}, "priority"),
        ({"ticket_type": "Service Request", "ci": "X1"}, "ci"),
        ({"order_items": [ITEM]}, "order_items"),
        ({"ticket_type": "Service Request", "order_items": [{**ITEM, "item_attributes": None}]}, "item_attributes"),
        ({"desired_delivery_date": "2026-01-01 10:00"}, "desired_delivery_date"),
        ({"ticket_type": "Change Request", "desired_delivery_date": "1-1-2026"}, "desired_delivery_date"),
        ({"attachments": [{"name": "a.txt"}]}, "content"),
        ({"attachments": [{**FILE, "content": "not base64!"}]}, "content"),
    ],
)
def test_schema_breach_is_1000_and_names_the_field(
    box: Sandbox, kpn: KpnCaller, fields: dict[str, Any], named: str
) -> None:
    answer = kpn.create(**fields)
    assert (answer.status_code, kpn.code(answer)) == (400, "1000")
    assert named in answer.json()["error"]["message"]
    assert box.ledger == []


@pytest.mark.parametrize(
    "fields",
    [
        {"priority": "4 - Low", "ci": "X1"},
        {"ticket_type": "Request for Information", "priority": "4 - Low"},
        {"ticket_type": "Change Request", "desired_delivery_date": "2026-01-01 10:00"},
        {"ticket_type": "Service Request", "order_items": [ITEM]},
    ],
)
def test_each_documented_sample_is_taken(kpn: KpnCaller, fields: dict[str, Any]) -> None:
    assert kpn.create(**fields).status_code == 200


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"service": "Unknown Service"}, "1010"),
        ({"service": "Unknown Service", "ticket_type": "Service Request"}, "1110"),
        ({"ticket_type": "Service Request", "order_items": [{**ITEM, "item": "Unknown Item"}]}, "1100"),
        ({"ticket_type": "Service Request", "order_items": [{**ITEM, "item": "Broken Item"}]}, "1190"),
        ({"service": "Default Error"}, "9000"),
    ],
)
def test_each_error_code_can_be_reached(kpn: KpnCaller, fields: dict[str, Any], code: str) -> None:
    assert kpn.code(kpn.create(**fields)) == code


def test_reference_number_is_taken_once(kpn: KpnCaller) -> None:
    kpn.create()
    answer = kpn.create()
    assert answer.json()["error"] == {
        "code": "3000",
        "message": "Ticket not created. Error: Reference number already exist;",
    }


def test_endpoint_failure_is_cured_by_sending_again(kpn: KpnCaller) -> None:
    assert kpn.code(kpn.create(service="Endpoint Failure")) == "6050"
    assert kpn.create(service="Endpoint Failure").status_code == 200


def test_comment_is_added_and_files_with_it(box: Sandbox, kpn: KpnCaller) -> None:
    number = box.kpn_connect.create(reference="INC1")
    answer = comment(kpn, number, comment="any news?", attachments=[FILE])
    assert answer.json()["note"] == f"Incident {number} has been updated;"
    assert [entry.operation for entry in box.ledger] == ["comment", "attach"]


def test_file_alone_may_or_may_not_need_a_comment(box: Sandbox, kpn: KpnCaller) -> None:
    number = box.kpn_connect.create(reference="INC1")
    assert comment(kpn, number, attachments=[FILE]).status_code == 200
    assert [entry.operation for entry in box.ledger] == ["attach"]
    box.kpn_connect.comment_required = True
    assert kpn.code(comment(kpn, number, attachments=[FILE])) == "1000"
    assert kpn.code(comment(kpn, number)) == "1000"


def test_2000_has_two_meanings(box: Sandbox, kpn: KpnCaller) -> None:
    number = box.kpn_connect.create(reference="INC1")
    wrong = comment(kpn, number, comment="x", customer_reference_number="INC2").json()["error"]
    assert wrong == {"code": "2000", "message": "No valid ticket found"}
    box.kpn_connect.change_state(number, "Closed")
    closed = comment(kpn, number, comment="x").json()["error"]
    assert closed == {"code": "2000", "message": "Update failed. Ticket is already closed."}


def test_tasks_have_no_detail_and_take_no_comment(box: Sandbox, kpn: KpnCaller) -> None:
    number = box.kpn_connect.create("Incident Task", reference="INC1")
    answer = kpn.call("GET", "/Ticket", params={"kpn_ticket_number": number})
    assert kpn.code(answer) == "1040"
    assert kpn.code(comment(kpn, number, comment="x")) == "1040"
    assert updates(kpn)[0]["ticket_type"] == "Incident Task"
    assert kpn.call("GET", "/ListOpenTickets").json() == {"result": []}


def test_reading_updates_takes_them(box: Sandbox, kpn: KpnCaller) -> None:
    number = box.kpn_connect.create(reference="INC1")
    box.kpn_connect.change_state(number, "In Progress", "we look at it")
    first = updates(kpn)
    assert [update["action"] for update in first] == ["New", "In Progress"]
    assert set(first[1]) == {
        "message_datetime_utc",
        "ticket_type",
        "action",
        "kpn_ticket_number",
        "customer_reference_number",
        "transaction_id",
        "ticket_attributes",
    }
    assert first[1]["ticket_attributes"] == {"state": "In Progress", "comments": "we look at it\n\n"}
    assert updates(kpn) == []


def test_updates_come_again_until_answered_where_switched(box: Sandbox, kpn: KpnCaller) -> None:
    box.kpn_connect.redelivers = True
    number = box.kpn_connect.create(reference="INC1")
    box.kpn_connect.comment(number, "hello")
    first, second = updates(kpn)
    assert updates(kpn) == [first, second]
    assert respond(kpn, first, customer_reference_number="INC1").status_code == 200
    assert updates(kpn) == [second]


def test_response_links_a_ticket_without_our_number(box: Sandbox, kpn: KpnCaller) -> None:
    number = box.kpn_connect.create(reference=None)
    (update,) = updates(kpn)
    assert update["customer_reference_number"] is None
    assert respond(kpn, update, customer_reference_number="INC9").status_code == 200
    assert box.kpn_connect.ticket(number).reference == "INC9"
    (entry,) = box.ledger
    assert (entry.operation, entry.body["status"], entry.client_number) == ("acknowledge", "Success", "INC9")


def test_second_response_is_an_unknown_transaction(box: Sandbox, kpn: KpnCaller) -> None:
    box.kpn_connect.create(reference=None)
    (update,) = updates(kpn)
    assert respond(kpn, update, status="Failure", error_details="no such site").status_code == 200
    assert kpn.code(respond(kpn, update)) == "1050"
    assert [entry.body["status"] for entry in box.ledger] == ["Failure"]


def test_list_shows_active_tickets_with_a_space_before_the_link(box: Sandbox, kpn: KpnCaller) -> None:
    number = box.kpn_connect.create(reference="INC1")
    done = box.kpn_connect.create(reference="INC2")
    box.kpn_connect.change_state(done, "Closed")
    (row,) = kpn.call("GET", "/ListOpenTickets").json()["result"]
    assert set(row) == {
        "kpn_ticket_number",
        "customer_reference_number",
        "ticket_type",
        "state",
        "short_description",
        "link",
    }
    assert row["link"].startswith(" http")
    assert row["link"].endswith(f"kpn_ticket_number={number.replace('#', '%23')}")


def test_details_differ_by_type(box: Sandbox, kpn: KpnCaller) -> None:
    def detail(number: str) -> Any:
        return kpn.call("GET", "/Ticket", params={"kpn_ticket_number": number}).json()["result"]

    (incident,) = detail(box.kpn_connect.create(reference="INC1"))
    assert incident["category"] == "Incident"
    assert "ticket_type" not in incident
    assert incident["resolution_code"] is None
    change = detail(box.kpn_connect.create("Change Request", reference="CHG1"))
    assert (change["ticket_type"], change["planned_start_date"]) == ("Change Request", "")
    ordered = kpn.create(ticket_type="Service Request", order_items=[ITEM], customer_reference_number="REQ1")
    order = detail(ordered.json()["kpn_ticket_number"])
    assert order["order_items"] == [{"item": "510.400", "customer_order_item_id": "REQ1"}]
    assert detail("INC#1") == []


def test_comments_come_newest_first_in_local_time(box: Sandbox, kpn: KpnCaller) -> None:
    number = box.kpn_connect.create(reference="INC1")
    box.kpn_connect.comment(number, "first")
    comment(kpn, number, comment="second")
    answer = kpn.call("GET", "/Ticket", params={"kpn_ticket_number": number})
    comments = answer.json()["result"][0]["comments"]
    assert [(each["comment"], each["user"]) for each in comments] == [("second", "via integration"), ("first", "KPN")]
    assert comments[0]["date_time"] == box.kpn_connect.local(box.clock.now())


def test_attachment_comes_by_link(box: Sandbox, kpn: KpnCaller) -> None:
    number = box.kpn_connect.create(reference="INC1")
    box.kpn_connect.attach(number, "log.txt", b"line one")
    (file,) = updates(kpn)[-1]["ticket_attributes"]["attachments"]
    path = file["link"].strip().removeprefix(box.url + kpn.base)
    answer = kpn.call("GET", path).json()
    assert (answer["name"], base64.b64decode(answer["content"])) == ("log.txt", b"line one")
    assert kpn.code(kpn.call("GET", "/GetAttachment/0123")) == "6010"


def test_message_over_the_limit_is_refused(box: Sandbox, kpn: KpnCaller) -> None:
    box.kpn_connect.message_limit = 1000
    content = base64.b64encode(b"x" * 1000).decode()
    answer = kpn.create(attachments=[{**FILE, "content": content}])
    assert answer.status_code == 413
    assert box.ledger == []


def test_broken_json_is_a_schema_breach(kpn: KpnCaller) -> None:
    assert kpn.code(kpn.call("POST", "/Ticket", content=b"{")) == "1000"
