"""KPN's Incident API, against its page."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from providers.sandbox import Sandbox
from tests.providers.sandbox.callers import KpnCaller

NEW = {
    "reference_number": "INC1",
    "short_description": "Router is down",
    "description": "No lights since the power cut.",
    "ci": "AMS-EDGE-RTR-01",
}
FILE = {"name": "a.txt", "content": base64.b64encode(b"hello").decode()}


def update(incidents: KpnCaller, number: str, action: str, **fields: Any) -> Any:
    body = {"action": action, "ticket_number": number, "reference_number": "INC1", "comment": "see log", **fields}
    return incidents.call("PATCH", "/UpdateIncident", json=body)


def test_create_answers_201_and_makes_a_ticket_each_time(box: Sandbox, incidents: KpnCaller) -> None:
    answers = [incidents.call("POST", "/NewIncident", json={**NEW, "attachments": [FILE]}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    result = answers[0].json()["result"]
    assert set(result) == {"state", "ticket_number", "reference_number", "sys_id", "note"}
    assert [entry.operation for entry in box.ledger] == ["create", "attach"] * 2
    assert box.ledger[0].number != box.ledger[2].number


@pytest.mark.parametrize(
    "fields",
    [
        {"ci": "NO-SUCH-ITEM"},
        {"reference_number": ""},
        {"attachments": [{"name": "a"}]},
        {"attachments": [{"name": "a", "content": "??"}]},
    ],
)
def test_bad_create_is_400(box: Sandbox, incidents: KpnCaller, fields: dict[str, Any]) -> None:
    assert incidents.call("POST", "/NewIncident", json={**NEW, **fields}).status_code == 400
    assert box.ledger == []


def test_files_over_ten_megabytes_are_refused(box: Sandbox, incidents: KpnCaller) -> None:
    box.kpn_incident.files_limit = 11
    assert incidents.call("POST", "/NewIncident", json={**NEW, "attachments": [FILE]}).status_code == 201
    answer = incidents.call("POST", "/NewIncident", json={**NEW, "attachments": [FILE, FILE]})
    assert (answer.status_code, "10Mb" in answer.text) == (400, True)


def test_close_and_reopen_only_from_resolved(box: Sandbox, incidents: KpnCaller) -> None:
    number = box.kpn_incident.create(reference="INC1", state="In Progress")
    for action in ("Close", "Reopen"):
        assert update(incidents, number, action).status_code == 412
    box.kpn_incident.change_state(number, "Finished")
    assert update(incidents, number, "Reopen").status_code == 202
    box.kpn_incident.change_state(number, "Resolved")
    assert update(incidents, number, "Close").status_code == 202
    assert [entry.operation for entry in box.ledger] == ["reopen", "close"]
    assert update(incidents, number, "Comment").status_code == 412


def test_comment_is_taken_with_files(box: Sandbox, incidents: KpnCaller) -> None:
    number = box.kpn_incident.create(reference="INC1")
    assert update(incidents, number, "Comment", attachments=[FILE]).status_code == 202
    assert [entry.operation for entry in box.ledger] == ["comment", "attach"]
    assert update(incidents, number, "Comment", comment="").status_code == 400
    assert update(incidents, "INC99", "Comment").status_code == 404
    assert update(incidents, number, "Cancel").status_code == 400


def test_list_and_detail_have_the_documented_keys(box: Sandbox, incidents: KpnCaller) -> None:
    number = box.kpn_incident.create(reference="INC1")
    box.kpn_incident.change_state(box.kpn_incident.create(), "Closed")
    (row,) = incidents.call("GET", "/GetActiveIncidents").json()["result"]
    assert set(row) == {"reference_number", "short_description", "state", "ticket_number"}
    detail = incidents.call("GET", f"/GetIncident/{number}").json()["result"]
    assert detail["sla_due"] == {}
    assert set(row) < set(detail)
    assert {"company", "customer_service", "pending_reason", "required_information", "close_code"} < set(detail)
    assert incidents.call("GET", "/GetIncident/INC99").status_code == 404
    assert incidents.call("POST", "/GetActiveIncidents", json={}).status_code == 405


def test_two_slashes_are_redirected_to_one(box: Sandbox, incidents: KpnCaller) -> None:
    number = box.kpn_incident.create()
    answer = incidents.call("GET", f"//GetIncident/{number}")
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"{box.url}{incidents.base}/GetIncident/{number}"


def test_redirects_can_be_switched_on(box: Sandbox, incidents: KpnCaller) -> None:
    number = box.kpn_incident.create()
    box.kpn_incident.redirects = "same"
    location = incidents.call("GET", f"/GetIncident/{number}").headers["Location"]
    moved = incidents.call("GET", location.removeprefix(incidents.base))
    assert moved.json()["result"]["ticket_number"] == number
    box.kpn_incident.redirects = "elsewhere"
    assert "elsewhere.example" in incidents.call("GET", f"/GetIncident/{number}").headers["Location"]
