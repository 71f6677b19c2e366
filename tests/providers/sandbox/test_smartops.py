"""SmartOps' ITSM contract."""

from __future__ import annotations

import re
from typing import Any

import pytest

from providers.sandbox import Sandbox
from tests.providers.sandbox.callers import SmartOpsCaller


def test_create_returns_the_fields_asked_for(box: Sandbox, smartops: SmartOpsCaller) -> None:
    answer = smartops.call("create", ticketJSON={"shortDescription": "Bot is stuck", "comments": "since noon"})
    assert answer.json()["statusCode"] == "200"
    details = answer.json()["ticketDetails"]
    assert set(details) == {"ticketNumber", "sysId", "ticketStatus", "comments"}
    assert set(details["comments"][0]) == {"commentBy", "commentTime", "comment"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}", details["comments"][0]["commentTime"])
    assert [entry.operation for entry in box.ledger] == ["create", "comment"]


def test_update_goes_by_sys_id_and_fetch_by_number(box: Sandbox, smartops: SmartOpsCaller) -> None:
    number = box.smartops.create()
    sys_id = box.smartops.ticket(number).sys_id
    answer = smartops.call("update", sysId=sys_id, ticketJSON={"ticketStatus": "Resolved"})
    assert answer.json()["ticketDetails"]["ticketStatus"] == "Resolved"
    fetched = smartops.call("fetch", "GET", ticketNumber=number, ticketFields=["resolvedTime", "nonsense"])
    assert list(fetched.json()["ticketDetails"]) == ["resolvedTime"]
    assert [entry.operation for entry in box.ledger] == ["status"]


@pytest.mark.parametrize("given", ["text", {"comment": "text"}, [{"comment": "text", "commentBy": "Sam"}], ["text"]])
def test_comments_are_added_however_they_are_given(box: Sandbox, smartops: SmartOpsCaller, given: object) -> None:
    number = box.smartops.create()
    sys_id = box.smartops.ticket(number).sys_id
    smartops.call("update", sysId=sys_id, ticketJSON={"comments": given})
    assert [entry.body["text"] for entry in box.ledger] == ["text"]


@pytest.mark.parametrize(
    ("name", "method", "body", "code"),
    [
        ("create", "POST", {"ticketJSON": {}}, "400"),
        ("update", "POST", {"sysId": "nothing", "ticketJSON": {"urgency": "1"}}, "404"),
        ("fetch", "GET", {"ticketNumber": "INC0"}, "404"),
        ("fetch", "POST", {"ticketNumber": "INC0"}, "405"),
        ("fetch", "GET", {"connectionDetails": {}}, "400"),
    ],
)
def test_failures_come_inside_http_200(
    box: Sandbox, smartops: SmartOpsCaller, name: str, method: str, body: dict[str, Any], code: str
) -> None:
    answer = smartops.call(name, method, **body)
    assert (answer.status_code, answer.json()["statusCode"]) == (200, code)
    assert box.ledger == []


def test_fetch_can_be_switched_to_post_and_results(box: Sandbox, smartops: SmartOpsCaller) -> None:
    box.smartops.fetch_method, box.smartops.details_key = "POST", "results"
    number = box.smartops.create()
    answer = smartops.call("fetch", "POST", ticketNumber=number)
    assert answer.json()["results"]["ticketNumber"] == number


def test_closed_ticket_takes_no_update(box: Sandbox, smartops: SmartOpsCaller) -> None:
    number = box.smartops.create(ticketStatus="Closed")
    sys_id = box.smartops.ticket(number).sys_id
    assert smartops.call("update", sysId=sys_id, ticketJSON={"urgency": "1"}).json()["statusCode"] == "409"


def test_required_headers_are_checked(box: Sandbox, smartops: SmartOpsCaller) -> None:
    box.smartops.headers = {"x-tenant": "client"}
    assert smartops.call("fetch", "GET", ticketNumber="x").json()["statusCode"] == "403"
    smartops.web.headers["x-tenant"] = "client"
    assert smartops.call("fetch", "GET", ticketNumber="x").json()["statusCode"] == "404"


def test_token_expires(box: Sandbox, smartops: SmartOpsCaller) -> None:
    smartops.call("fetch", "GET", ticketNumber="x")
    box.advance(3600)
    assert smartops.call("fetch", "GET", ticketNumber="x").status_code == 401
