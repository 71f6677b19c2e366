"""A ticket's own page: the shape of the guide's Get Ticket, with other values."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.codec import from_document, to_document
from providers.ensono.page import page
from providers.ensono.wire import Unreadable
from providers.model import Snapshot

NUMBER = "e-CS0700123"
CASE: dict[str, Any] = {
    "account": "Our Company",
    "action_status": "",
    "active": "true",
    "approval": "Not Yet Requested",
    "assigned_to": "",
    "assignment_group": "CS - 2nd Line",
    "business_service": "UNKNOWN",
    "case": "Uplink 3 downCS0700123",
    "category": "Network",
    "closed_at": "",
    "company": "Our Company",
    "contact": "Nadia Kovac",
    "contact_local_time": "06:02:51",
    "contact_time_zone": "US/Central",
    "description": "No link on uplink 3 since the move.",
    "due_date": "",
    "impact": "2",
    "major_case_state": None,
    "number": "CS0700123",
    "opened_at": "2026-03-03 11:45:10",
    "priority": "2",
    "resolution_code": None,
    "resolved_at": "",
    "short_description": "Uplink 3 down",
    "sla_due": "2026-03-04 11:45:10",
    "state": "open",
    "sys_class_name": "sn_customerservice_case",
    "sys_id": "77aa88bb99cc00dd11ee22ff33445566",
    "sys_updated_on": "2026-03-03 12:01:02",
    "u_case_type": "Incident",
    "u_custom_fields": '{"manual_intervention":"false"}',
    "u_everbridge_delivery_details": '<a href="https://notify.example/?key&#61;1" target="_blank">Delivery</a>',
    "u_hold_reason": "",
    "urgency": "1",
    "x_aito_data_sync_client_number": "INC0042",
    "closeNotes": "",
}
PAGE: dict[str, Any] = {
    "task_ci": {},
    "attachments": {
        "1122334455667788990011223344aabb": {
            "chunk_size_bytes": "700,000",
            "compressed": "true",
            "content_type": "application/pdf",
            "file_name": "Cable plan.pdf",
            "size_bytes": "890348",
            "size_compressed": "748741",
            "state": "Available",
            "sys_created_by": "ola.berg@vendor.example",
            "sys_created_on": "2026-03-03 11:50:00",
            "sys_id": "1122334455667788990011223344aabb",
            "u_public": "false",
        }
    },
    "comments": {
        "bb00112233445566778899aabbccddee": {
            "element": "comments",
            "element_id": "77aa88bb99cc00dd11ee22ff33445566",
            "name": "sn_customerservice_case",
            "sys_created_by": "ola.berg@vendor.example",
            "sys_created_on": "2026-03-03 12:01:00",
            "sys_id": "bb00112233445566778899aabbccddee",
            "sys_tags": "",
            "value": "Second",
        },
        "aa00112233445566778899aabbccddee": {
            "sys_created_by": "nadia.kovac@client.example",
            "sys_created_on": "2026-03-03 11:59:00",
            "sys_id": "aa00112233445566778899aabbccddee",
            "value": "First",
        },
    },
    "incident": CASE,
    "case": dict(CASE),
    "u_task_integ": {},
}


def read(document: Any) -> Snapshot:
    return page(document, NUMBER, (1772541000000, 0), json.dumps(document))


def test_the_guides_page_is_read_whole() -> None:
    snapshot = read(PAGE)
    patch = snapshot.patch
    assert patch.set == {
        "type": "incident",
        "client_number": "INC0042",
        "state": "open",
        "vendor_state": "open",
        "awaiting_us": False,
        "summary": "Uplink 3 down",
        "description": "No link on uplink 3 since the move.",
        "priority": 2,
        "opened_at": datetime(2026, 3, 3, 11, 45, 10, tzinfo=UTC),
        "updated_at": datetime(2026, 3, 3, 12, 1, 2, tzinfo=UTC),
        "due_at": datetime(2026, 3, 4, 11, 45, 10, tzinfo=UTC),
        "internal_id": "77aa88bb99cc00dd11ee22ff33445566",
    }
    assert patch.vendor["ensonoGroup"] == "CS - 2nd Line"
    assert [(comment.body, comment.author) for comment in patch.comments] == [
        ("First", "nadia.kovac@client.example"),
        ("Second", "ola.berg@vendor.example"),
    ]
    (attachment,) = patch.attachments
    assert (attachment.name, attachment.size, attachment.url) == ("Cable plan.pdf", 890348, "")
    assert (patch.number, patch.complete, snapshot.detailed) == (NUMBER, True, True)


def test_the_incident_is_read_where_there_is_no_case() -> None:
    assert read({"incident": CASE, "case": {}}).patch.set["summary"] == "Uplink 3 down"


@pytest.mark.parametrize(
    ("reason", "awaiting"),
    [("pending-client", True), ("Pending-Vendor", False), ("", None), ("Awaiting parts", None)],
)
def test_a_pending_page_says_for_whom_it_waits_or_nothing(reason: str, awaiting: bool | None) -> None:
    patch = read({"case": {**CASE, "state": "pending", "u_hold_reason": reason}}).patch
    assert patch.set["state"] == "pending"
    assert patch.set.get("awaiting_us") is awaiting


@pytest.mark.parametrize("document", [None, [], "Ticket", {}, {"case": {}}, {"case": "x"}])
def test_what_is_no_page_is_unreadable(document: Any) -> None:
    with pytest.raises(Unreadable):
        read(document)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)
cases = st.dictionaries(st.sampled_from(sorted(CASE)), json_values, max_size=8)


@given(st.fixed_dictionaries({"case": cases | json_values, "comments": json_values, "attachments": json_values}))
def test_any_json_as_a_page_gives_a_snapshot_or_is_unreadable(document: Any) -> None:
    try:
        snapshot = read(document)
    except Unreadable:
        return
    assert from_document(Snapshot, json.loads(json.dumps(to_document(snapshot)))).patch.number == NUMBER
