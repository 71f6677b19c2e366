"""Tangoe's Case API, against its page."""

from __future__ import annotations

from typing import Any

import pytest

from providers.sandbox import Sandbox
from tests.providers.sandbox.callers import BasicCaller

CALLBACK = {
    "callback_url": "https://client.example/callback",
    "callback_type": "POST",
    "callback_auth_type": "basic",
    "callback_auth_user": "user",
    "callback_auth_password": "not-a-real-password",
}


def patch(tangoe: BasicCaller, number: str, **fields: Any) -> Any:
    return tangoe.call("PATCH", f"/cases/{number}", json=fields)


def test_create_answers_201_and_defaults_the_priority(box: Sandbox, tangoe: BasicCaller) -> None:
    answer = tangoe.create(correlation_id="INC1")
    assert answer.status_code == 201
    result = answer.json()["result"]
    assert (set(result), result["status"]) == ({"id", "number", "status"}, "inserted")
    (entry,) = box.ledger
    assert (entry.operation, entry.client_number, entry.made["priority"]) == ("create", "INC1", "4")


def test_unknown_contact_is_replaced(box: Sandbox, tangoe: BasicCaller) -> None:
    box.tangoe.known_contacts = {"b@client.example"}
    tangoe.create()
    assert box.ledger[0].made["contact_email"] == "DoNotReply@tangoe.example"


@pytest.mark.parametrize(
    "fields",
    [
        {"description": ""},
        {"contact_email": ""},
        {"priority": "9"},
        {"entitlement_id": "nothing"},
        {"callback": {"callback_url": "https://client.example"}},
    ],
)
def test_bad_create_is_400(box: Sandbox, tangoe: BasicCaller, fields: dict[str, Any]) -> None:
    assert tangoe.create(**fields).status_code == 400
    assert box.ledger == []


def test_wrong_password_is_401(tangoe: BasicCaller) -> None:
    answer = tangoe.call("GET", "/cases", auth=("user", "not-a-real-password"))
    assert (answer.status_code, answer.json()["status"]) == (401, "failure")


def test_page_holds_ten_where_no_limit_is_given_and_the_server_may_cap_it(box: Sandbox, tangoe: BasicCaller) -> None:
    for _ in range(25):
        box.tangoe.create()
    assert len(tangoe.numbers()) == 10
    assert len(tangoe.numbers(limit=100)) == 25
    box.tangoe.page_cap = 7
    assert len(tangoe.numbers(limit=100)) == 7


def test_pages_fit_together_only_in_a_stated_order(box: Sandbox, tangoe: BasicCaller) -> None:
    numbers = [box.tangoe.create() for _ in range(30)]
    query = "ORDERBYDESCnumber"
    paged = [
        number for offset in range(0, 40, 10) for number in tangoe.numbers(limit=10, offset=offset, sysparm_query=query)
    ]
    assert paged == sorted(numbers, reverse=True)
    loose = [number for offset in range(0, 30, 10) for number in tangoe.numbers(limit=10, offset=offset)]
    assert len(set(loose)) < 30


def test_empty_page_may_be_204(box: Sandbox, tangoe: BasicCaller) -> None:
    assert tangoe.numbers() == []
    box.tangoe.empty_as_204 = True
    assert tangoe.call("GET", "/cases").status_code == 204


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("stateIN1,5,10,-5,-10", {"new", "held"}),
        ("state=3", {"closed"}),
        ("state!=3^priority=1", {"new"}),
        ("correlation_id=INC2", {"held"}),
        ("no_such_field=1", {"new", "held", "closed"}),
        ("sys_created_onRELATIVEGE@minute@ago@45", {"new"}),
        ("short_descriptionSTARTSWITHhe", {"held"}),
        ("correlation_idISEMPTY", {"new", "closed"}),
        ("state=3^ORstate=-5", {"held", "closed"}),
        ("state=3^ORstate=-5^correlation_id=INC2", {"held"}),
    ],
)
def test_query_filters_as_servicenow_does(box: Sandbox, tangoe: BasicCaller, query: str, found: set[str]) -> None:
    box.tangoe.create(short_description="closed", state="3")
    box.tangoe.create(short_description="held", state="-5", correlation_id="INC2")
    box.advance(3600)
    box.tangoe.create(short_description="new", priority="1")
    rows = tangoe.call("GET", "/cases", params={"sysparm_query": query}).json()["result"]
    assert {row["short_description"] for row in rows} == found


def test_detail_shows_comments_newest_first_when_asked(box: Sandbox, tangoe: BasicCaller) -> None:
    number = box.tangoe.create()
    box.tangoe.comment(number, "first")
    box.advance(60)
    assert tangoe.call("POST", f"/cases/{number}/comments", json={"comment": "second"}).status_code == 201
    plain = tangoe.call("GET", f"/cases/{number}").json()["result"]
    assert "comments" not in plain
    shown = tangoe.call("GET", f"/cases/{number}", params={"include_comments": "true"}).json()["result"]
    assert [comment["comment"] for comment in shown["comments"]] == ["second", "first"]
    assert set(shown["comments"][0]) == {"id", "comment", "created_on", "created_by"}
    assert [entry.operation for entry in box.ledger] == ["comment"]


def test_patch_changes_what_is_sent(box: Sandbox, tangoe: BasicCaller) -> None:
    number = box.tangoe.create(priority="2")
    assert patch(tangoe, number, description="more", callback=CALLBACK).json()["result"]["status"] == "updated"
    assert box.tangoe.ticket(number).priority == "2"
    assert patch(tangoe, number, correlation_id="INC9").status_code == 200
    assert [entry.operation for entry in box.ledger] == ["update", "link"]
    box.tangoe.resets_priority = True
    patch(tangoe, number, description="even more")
    assert box.tangoe.ticket(number).priority == "4"


def test_patch_rules(box: Sandbox, tangoe: BasicCaller) -> None:
    number = box.tangoe.create()
    assert patch(tangoe, number).status_code == 400
    assert patch(tangoe, number, contact_email="other@client.example").status_code == 400
    box.tangoe.patch_needs_short_description = True
    assert patch(tangoe, number, priority="1").status_code == 400
    box.tangoe.close(number)
    assert patch(tangoe, number, short_description="x").status_code == 400
    assert patch(tangoe, "CS0", short_description="x").status_code == 404
    assert box.ledger == []


@pytest.mark.parametrize(("cancel_type", "state"), [("1", "7"), ("2", "3")])
def test_cancel_needs_its_type_and_an_open_case(
    box: Sandbox, tangoe: BasicCaller, cancel_type: str, state: str
) -> None:
    number = box.tangoe.create(state="-5")
    assert tangoe.call("DELETE", f"/cases/{number}").status_code == 400
    answer = tangoe.call("DELETE", f"/cases/{number}", params={"cancel_type": cancel_type})
    assert answer.json()["result"]["status"] == "updated"
    assert box.tangoe.ticket(number).state == state
    assert tangoe.call("DELETE", f"/cases/{number}", params={"cancel_type": "1"}).status_code == 400
    assert [entry.body for entry in box.ledger] == [{"cancel_type": cancel_type}]


def test_entitlements_are_listed(box: Sandbox, tangoe: BasicCaller) -> None:
    rows = tangoe.call("GET", "/service_entitlements").json()["result"]
    assert {row["id"] for row in rows} == set(box.tangoe.entitlements)
    assert tangoe.create(entitlement_id=rows[0]["id"]).status_code == 201


def test_row_has_the_documented_keys(box: Sandbox, tangoe: BasicCaller) -> None:
    box.tangoe.resolve(box.tangoe.create())
    (row,) = tangoe.call("GET", "/cases").json()["result"]
    assert set(row) == {
        "number",
        "id",
        "state",
        "priority",
        "short_description",
        "description",
        "correlation_id",
        "correlation_display",
        "contact_email",
        "created_on",
        "updated_on",
        "close_code",
        "close_notes",
        "completion_date_time",
        "resolved_at",
    }
    assert (row["state"], row["close_code"]) == ("6", "Closed Normal")
    assert len(row["resolved_at"]) == len("2020-02-28 20:19:01")
