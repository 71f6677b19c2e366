"""Our writes as KPN Connect's messages, and what is refused before anything is sent."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from providers.errors import NotOffered, Rejected, TooLarge, VendorError, WrongState
from providers.kpn_connect.declaration import MESSAGE_LIMIT
from providers.kpn_connect.payload import Outgoing, outgoing
from providers.model import Ticket, Write
from tests.support.kpn import AMSTERDAM, paper_file, write

NEW: dict[str, Any] = {
    "customer_reference_number": "ZB-9",
    "short_description": "Kassa stil",
    "description": "Sinds\nvier uur",
    "service": "Winkelnetwerk",
}
TICKET = Ticket(provider="kpn", number="INC#20000417", client_number="ZB-2291")
UNLINKED = Ticket(provider="kpn", number="INC#20000418")


def made(write: Write, ticket: Ticket | None = TICKET) -> Outgoing:
    return outgoing("kpn", write, ticket, AMSTERDAM)


def create(kind: str, **values: Any) -> dict[str, Any]:
    return dict(made(write("create", kind=kind, **{**NEW, **values}), None).document)


def refused(write: Write, ticket: Ticket | None = TICKET) -> VendorError:
    with pytest.raises(VendorError) as caught:
        made(write, ticket)
    assert "nothing was sent" in caught.value.message or isinstance(caught.value, NotOffered)
    return caught.value


def test_incident_carries_all_its_fields() -> None:
    document = create("incident", ci="GX-77", contact="an@zb.example", user="bo@zb.example", priority=4)
    assert document == {
        "ticket_type": "Incident",
        **NEW,
        "ci": "GX-77",
        "contact": "an@zb.example",
        "user": "bo@zb.example",
        "priority": "4 - Low",
    }


def test_request_for_information_takes_a_priority_as_its_sample_does() -> None:
    assert create("rfi", priority="2 - High")["priority"] == "2 - High"
    assert create("rfi")["ticket_type"] == "Request for Information"


def test_change_takes_a_delivery_date() -> None:
    document = create("change", desired_delivery_date="2031-11-25 09:21")
    assert document["ticket_type"] == "Change Request"
    assert document["desired_delivery_date"] == "2031-11-25 09:21"


def test_service_request_takes_ordered_items() -> None:
    items = [{"item": "210.100 - Toestel", "customer_order_item_id": "ZB-9-1", "item_attributes": {"kleur": "blauw"}}]
    document = create("service_request", order_items=items)
    assert document["ticket_type"] == "Service Request"
    assert document["order_items"] == items


def test_ordered_item_without_its_own_number_gets_the_tickets_and_an_empty_object() -> None:
    assert create("service_request", order_items=[{"item": "210.100"}])["order_items"] == [
        {"item": "210.100", "customer_order_item_id": "ZB-9", "item_attributes": {}}
    ]


def test_common_names_and_the_writes_own_number_are_understood() -> None:
    values: dict[str, Any] = {"summary": "Kassa stil", "description": "x", "service": "y", "priority": 1}
    document = made(write("create", kind="incident", client_number="ZB-10", **values), None).document
    assert document["short_description"] == "Kassa stil"
    assert document["customer_reference_number"] == "ZB-10"
    assert document["priority"] == "1 - Critical"


def test_vendors_own_type_word_is_understood() -> None:
    assert create("", ticket_type="Change Request")["ticket_type"] == "Change Request"


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        ("service_request", "ci", "GX-77"),
        ("incident", "order_items", [{"item": "a", "customer_order_item_id": "b"}]),
        ("change", "priority", 2),
        ("service_request", "priority", 2),
        ("incident", "desired_delivery_date", "2031-11-25 09:21"),
        ("incident", "colour", "blue"),
        ("incident", "priority", 6),
        ("incident", "priority", "Low"),
        ("change", "desired_delivery_date", "25-11-2031"),
        ("change", "desired_delivery_date", "2031-02-30 10:00"),
        ("change", "desired_delivery_date", "2031-03-30 02:30"),
        ("incident", "customer_reference_number", "x" * 51),
        ("incident", "short_description", "x" * 161),
        ("incident", "description", "x" * 4001),
        ("incident", "service", "x" * 256),
        ("incident", "ci", "x" * 256),
        ("incident", "contact", "x" * 101),
        ("incident", "user", "x" * 101),
        ("incident", "short_description", ""),
        ("incident", "description", " "),
        ("incident", "service", None),
    ],
)
def test_what_the_document_forbids_in_a_create_is_refused_by_field(kind: str, field: str, value: object) -> None:
    error = refused(write("create", kind=kind, **{**NEW, field: value}), None)
    assert isinstance(error, Rejected)
    assert error.field == field


@pytest.mark.parametrize(
    ("item", "field"),
    [
        ({"item": "x" * 101}, "order_items[1].item"),
        ({"item": "x", "customer_order_item_id": "y" * 51}, "order_items[1].customer_order_item_id"),
        ({"customer_order_item_id": "y"}, "order_items[1].item"),
        ({"item": "x", "item_attributes": "loose"}, "order_items[1].item_attributes"),
    ],
)
def test_what_the_document_forbids_in_an_ordered_item_is_refused_by_row(item: dict[str, Any], field: str) -> None:
    assert refused(write("create", kind="service_request", **NEW, order_items=[item]), None).field == field


@pytest.mark.parametrize("kind", ["", "request", "case", "task"])
def test_create_of_a_type_kpn_does_not_take_names_those_it_does(kind: str) -> None:
    error = refused(write("create", kind=kind, **NEW), None)
    assert error.field == "type"
    assert "Request for Information" in error.next_step


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("2031-07-01T10:00:00Z", "2031-07-01 12:00"),
        ("2031-12-01T10:00:00Z", "2031-12-01 11:00"),
        ("2031-03-30T00:59:00+00:00", "2031-03-30 01:59"),
        ("2031-03-30T01:00:00+00:00", "2031-03-30 03:00"),
        (datetime(2031, 10, 26, 1, 30, tzinfo=UTC), "2031-10-26 02:30"),
        ("2031-10-26 02:30", "2031-10-26 02:30"),
    ],
)
def test_delivery_date_with_a_zone_goes_out_as_dutch_time(given: object, sent: str) -> None:
    assert create("change", desired_delivery_date=given)["desired_delivery_date"] == sent


def test_comment_names_both_numbers() -> None:
    message = made(write("comment", "INC#20000417", comment="Nog steeds stil"))
    assert message.method == "PATCH"
    assert message.document == {
        "action": "Comment",
        "customer_reference_number": "ZB-2291",
        "kpn_ticket_number": "INC#20000417",
        "comment": "Nog steeds stil",
    }


def test_comment_takes_files_along() -> None:
    file = paper_file()
    message = made(write("comment", "INC#20000417", comment="Zie bijlage", files=(file,)))
    assert message.document["attachments"] == [{"name": "trace.log", "content": file, "content_type": "text/plain"}]


def test_files_alone_go_as_a_comment_without_a_comment() -> None:
    document = made(write("attach", "INC#20000417", files=(paper_file(content_type=""),))).document
    assert document["action"] == "Comment"
    assert "comment" not in document
    assert "content_type" not in document["attachments"][0]


@pytest.mark.parametrize(
    ("action", "values", "field"),
    [
        ("comment", {"comment": ""}, "comment"),
        ("comment", {"comment": "x" * 4001}, "comment"),
        ("comment", {"comment": "x\udcff"}, "comment"),
        ("attach", {}, "attachments"),
        ("attach", {"files": (paper_file(name="x" * 101),)}, "attachments"),
        ("attach", {"files": (paper_file(name=""),)}, "attachments"),
        ("acknowledge", {"status": "Success"}, "message_id"),
        ("acknowledge", {"message_id": "x" * 41}, "message_id"),
        ("acknowledge", {"message_id": "t", "status": "Maybe"}, "status"),
        ("acknowledge", {"message_id": "t", "status": "Failure"}, "reason"),
        ("acknowledge", {"message_id": "t", "status": "Failure", "reason": "x" * 4001}, "reason"),
        ("acknowledge", {"message_id": "t", "client_number": "x" * 61}, "customer_reference_number"),
        ("acknowledge", {"message_id": "t", "files": (paper_file(),)}, "attachments"),
        ("link", {"client_number": "ZB-1"}, "message_id"),
        ("link", {"message_id": "t", "client_number": "x" * 51}, "customer_reference_number"),
    ],
)
def test_what_the_document_forbids_in_an_update_is_refused_by_field(
    action: str, values: dict[str, Any], field: str
) -> None:
    error = refused(write(action, "INC#20000417", **values))
    assert isinstance(error, Rejected)
    assert error.field == field


@pytest.mark.parametrize(("action", "values"), [("comment", {"comment": "x"}), ("attach", {"files": (paper_file(),)})])
def test_ticket_without_our_number_takes_no_update(action: str, values: dict[str, Any]) -> None:
    error = refused(write(action, "INC#20000418", **values), UNLINKED)
    assert error.field == "customer_reference_number"
    assert "Link our number" in error.next_step


@pytest.mark.parametrize("state", ["closed", "cancelled"])
def test_ended_ticket_takes_no_update(state: str) -> None:
    ended = Ticket(provider="kpn", number="INC#1", client_number="ZB-1", state=state)
    assert isinstance(refused(write("comment", "INC#1", comment="x"), ended), WrongState)


def test_ticket_number_has_a_limit() -> None:
    assert refused(write("comment", "I" * 21, client_number="ZB-1", comment="x"), None).field == "kpn_ticket_number"


def test_success_carries_our_number() -> None:
    assert made(write("acknowledge", "INC#20000417", message_id="t-1", status="Success")).document == {
        "action": "Response",
        "customer_reference_number": "ZB-2291",
        "kpn_ticket_number": "INC#20000417",
        "transaction_id": "t-1",
        "status": "Success",
    }


def test_success_without_a_number_of_ours_is_refused() -> None:
    assert (
        refused(write("acknowledge", "INC#20000418", message_id="t-1"), UNLINKED).field == "customer_reference_number"
    )


def test_failure_carries_its_reason_and_needs_no_number() -> None:
    answer = write("acknowledge", "INC#20000418", message_id="t-1", status="Failure", reason="Niet van ons")
    assert made(answer, UNLINKED).document == {
        "action": "Response",
        "kpn_ticket_number": "INC#20000418",
        "transaction_id": "t-1",
        "status": "Failure",
        "error_details": "Niet van ons",
    }


def test_link_is_a_success_with_the_number() -> None:
    document = made(write("link", "INC#20000418", message_id="t-1", client_number="ZB-5"), UNLINKED).document
    assert (document["status"], document["customer_reference_number"]) == ("Success", "ZB-5")


def test_ended_ticket_can_still_be_acknowledged() -> None:
    ended = Ticket(provider="kpn", number="INC#1", client_number="ZB-1", state="closed")
    assert made(write("acknowledge", "INC#1", message_id="t"), ended).document["status"] == "Success"


@pytest.mark.parametrize(
    "action", ["update", "resolve", "close", "reopen", "cancel", "approve", "reject", "take", "fly"]
)
def test_other_writes_are_not_offered(action: str) -> None:
    error = refused(write(action, "INC#20000417"))
    assert isinstance(error, NotOffered)
    assert "not offered" in error.message


def test_limit_counts_the_whole_encoded_message() -> None:
    empty = len(b'{"action": "Comment", "customer_reference_number": "ZB-2291", "kpn_ticket_number": "INC#20000417", ')
    empty += len(b'"attachments": [{"name": "trace.log", "content": "", "content_type": "text/plain"}]}')
    largest = (MESSAGE_LIMIT - empty) // 4 * 3
    assert made(write("attach", "INC#20000417", files=(paper_file(size=largest),)))
    error = refused(write("attach", "INC#20000417", files=(paper_file(size=largest + 1),)))
    assert isinstance(error, TooLarge)
    assert str(MESSAGE_LIMIT) in error.message
    assert error.field == "attachments"


def test_several_files_count_together() -> None:
    files = tuple(paper_file(size=30_000_000) for _ in range(2))
    assert isinstance(refused(write("comment", "INC#20000417", comment="x", files=files)), TooLarge)
