"""Whatever a client sends, a vendor answers: no crash, and nothing committed that it refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.sandbox import Sandbox
from tests.providers.sandbox.callers import BasicCaller, EnsonoCaller, KpnCaller, SmartOpsCaller

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
ENSONO = ("ticketType", "clientTicketNumber", "priority", "group", "comments", "status", "closeNotes", "approvalId")
KPN = ("ticket_type", "priority", "ci", "order_items", "attachments", "desired_delivery_date", "comment")
INCIDENT = ("reference_number", "ci", "attachments", "action", "comment", "service")
TANGOE = ("priority", "callback", "entitlement_id", "contact_email", "correlation_id")
SMARTOPS = ("ticketJSON", "ticketFields", "connectionDetails", "itsmTimeZoneOffset", "sysId")


@pytest.fixture(scope="module")
def shared() -> Iterator[tuple[Sandbox, httpx.Client]]:
    """One sandbox for all examples: hypothesis wants no fixture made anew for each."""
    with Sandbox() as box, httpx.Client(trust_env=False) as web:
        yield box, web


def fields(names: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(names), JSON, min_size=1, max_size=4)


def judge(box: Sandbox, before: int, answer: httpx.Response) -> None:
    assert answer.status_code < 500
    answer.json()
    if answer.status_code >= 400:
        assert len(box.ledger) == before


@settings(max_examples=60, deadline=None)
@given(given_fields=fields(ENSONO), verb=st.sampled_from(("", "/notes", "/returnptn", "/approve", "/reject")))
def test_ensono_takes_any_input(shared: tuple[Sandbox, httpx.Client], given_fields: dict[str, Any], verb: str) -> None:
    box, web = shared
    ensono = EnsonoCaller(box, web)
    for number in (box.ensono.create(), box.ensono.create_change()):
        before = len(box.ledger)
        judge(box, before, ensono.put(number, verb, **given_fields))
    before = len(box.ledger)
    judge(box, before, ensono.create(**given_fields))
    judge(box, len(box.ledger), ensono.call("GET", "/queue"))


@settings(max_examples=60, deadline=None)
@given(given_fields=fields(KPN))
def test_kpn_connect_takes_any_input(shared: tuple[Sandbox, httpx.Client], given_fields: dict[str, Any]) -> None:
    box, web = shared
    kpn = KpnCaller(box, web, "kpn-connect", "/network/kpn/servicenow")
    before = len(box.ledger)
    judge(box, before, kpn.create(**given_fields))
    body = {"action": "Comment", "customer_reference_number": "INC1", **given_fields}
    before = len(box.ledger)
    judge(box, before, kpn.call("PATCH", "/Ticket", json=body))


@settings(max_examples=40, deadline=None)
@given(given_fields=fields(INCIDENT))
def test_kpn_incident_takes_any_input(shared: tuple[Sandbox, httpx.Client], given_fields: dict[str, Any]) -> None:
    box, web = shared
    incidents = KpnCaller(box, web, "kpn-incident", "/network/kpn/incident")
    number = box.kpn_incident.create(reference="INC1", state="Resolved")
    new = {"reference_number": "INC1", "short_description": "x", "description": "x", "ci": "AMS-FW-CLUSTER"}
    before = len(box.ledger)
    judge(box, before, incidents.call("POST", "/NewIncident", json={**new, **given_fields}))
    body = {"action": "Close", "ticket_number": number, "reference_number": "INC1", **given_fields}
    before = len(box.ledger)
    judge(box, before, incidents.call("PATCH", "/UpdateIncident", json=body))


@settings(max_examples=40, deadline=None)
@given(given_fields=fields(TANGOE))
def test_tangoe_takes_any_input(shared: tuple[Sandbox, httpx.Client], given_fields: dict[str, Any]) -> None:
    box, web = shared
    tangoe = BasicCaller(box, web)
    before = len(box.ledger)
    judge(box, before, tangoe.create(**given_fields))
    before = len(box.ledger)
    judge(box, before, tangoe.call("PATCH", f"/cases/{box.tangoe.create()}", json=given_fields))


@settings(max_examples=40, deadline=None)
@given(given_fields=fields(SMARTOPS))
def test_smartops_takes_any_input(shared: tuple[Sandbox, httpx.Client], given_fields: dict[str, Any]) -> None:
    box, web = shared
    smartops = SmartOpsCaller(box, web)
    sys_id = box.smartops.ticket(box.smartops.create()).sys_id
    judge(box, len(box.ledger), smartops.call("create", **given_fields))
    judge(box, len(box.ledger), smartops.call("update", **{"sysId": sys_id, **given_fields}))
