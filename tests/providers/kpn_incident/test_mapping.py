"""KPN Incident's rows and pages as snapshots."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.codec import to_document
from providers.kpn_incident.mapping import page_snapshot, row_snapshot
from providers.kpn_incident.wire import IncidentWire, WriteWire
from providers.model import Patch
from tests.providers.kpn_incident.samples import PAGE, ROW
from tests.support.kpn import AMSTERDAM

ORDER = (1_900_000_000_000, 0)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)
PAGES = st.dictionaries(st.sampled_from(sorted(PAGE)) | st.text(max_size=6), JSON, max_size=8)


def row(**changes: Any) -> Patch:
    snapshot = row_snapshot({**ROW, **changes}, "raw", ORDER)
    assert snapshot is not None
    return snapshot.patch


def page(**changes: Any) -> Patch:
    return page_snapshot({**PAGE, **changes}, "raw", ORDER, "INC9", AMSTERDAM).patch


def test_sample_row_is_read_whole() -> None:
    patch = row()
    assert patch.number == "INC5501"
    assert patch.set == {
        "type": "incident",
        "client_number": "ZB-300",
        "summary": "Modem stil",
        "state": "resolved",
        "vendor_state": "Finished",
    }


def test_sample_page_is_read_whole() -> None:
    patch = page()
    assert patch.set == {
        "type": "incident",
        "client_number": "ZB-300",
        "summary": "Modem stil",
        "description": "Sinds vannacht\ngeen lampjes.",
        "state": "resolved",
        "vendor_state": "Finished",
        "awaiting_us": True,
        "priority": 2,
        "due_at": None,
    }
    assert patch.complete
    assert patch.vendor["pending_reason"] == "awaiting vendor"
    assert patch.vendor["solution"] == "Modem vervangen"
    assert patch.vendor["sla_due"] == {}


@pytest.mark.parametrize(
    ("required", "reason", "waits"),
    [("foto", "", True), ("", "testen", True), ("", "", False), (None, {}, False), (" ", "\n", False)],
)
def test_incident_waits_for_us_where_kpn_asks_something(required: object, reason: object, waits: bool) -> None:
    assert page(required_information=required, reason_user_required=reason).set["awaiting_us"] is waits


def test_closed_incident_waits_for_nobody() -> None:
    assert page(state="Closed").set["awaiting_us"] is False


@pytest.mark.parametrize(
    ("stamp", "at"),
    [
        ({}, None),
        ("", None),
        ("UNKNOWN", None),
        ("2031-03-30 01:59", datetime(2031, 3, 30, 0, 59, tzinfo=UTC)),
        ("2031-03-30 03:00:10", datetime(2031, 3, 30, 1, 0, 10, tzinfo=UTC)),
        ("2031-10-26 02:30", datetime(2031, 10, 26, 0, 30, tzinfo=UTC)),
        ("2031-10-26 03:00", datetime(2031, 10, 26, 2, 0, tzinfo=UTC)),
    ],
)
def test_due_time_crosses_the_clock_changes(stamp: object, at: datetime | None) -> None:
    assert page(sla_due=stamp).set["due_at"] == at


@pytest.mark.parametrize(
    ("word", "state"),
    [("New", "new"), ("In Progress", "open"), ("Pending", "pending"), ("On Hold", "pending"), ("Resolved", "resolved")],
)
def test_states_follow_the_table(word: str, state: str) -> None:
    assert row(state=word).set["state"] == state


@pytest.mark.parametrize("broken", [None, "INC1", [], {}, {"ticket_number": None}, {"ticket_number": {}}])
def test_row_without_a_number_is_none(broken: object) -> None:
    assert row_snapshot(broken, "", ORDER) is None


def test_empty_fields_say_nothing() -> None:
    assert row(reference_number=None, short_description="", state={}).set == {"type": "incident"}
    assert page_snapshot({}, "", ORDER, "INC9", AMSTERDAM).patch.set == {"type": "incident", "awaiting_us": False}


def test_hostile_text_is_made_safe() -> None:
    assert row(short_description="\x1b]0;x\x07[b]a\u202e\x00").set["summary"] == "[b]a"


@given(JSON | PAGES)
def test_any_row_gives_a_snapshot_or_none(value: Any) -> None:
    snapshot = row_snapshot(value, "raw", ORDER)
    assert snapshot is None or snapshot.patch.number


@given(PAGES)
def test_any_page_gives_a_storable_snapshot(value: dict[str, Any]) -> None:
    snapshot = page_snapshot(value, "raw", ORDER, "INC9", AMSTERDAM)
    assert snapshot.patch.number
    assert json.dumps(to_document(snapshot), allow_nan=False, ensure_ascii=False).encode()


@given(PAGES)
def test_any_object_fits_the_wire_models(value: dict[str, Any]) -> None:
    IncidentWire.model_validate(value)
    WriteWire.model_validate(value)


def test_what_kpn_asks_of_us_stands_in_the_timeline_once() -> None:
    asked = page(required_information="Foto?", reason_user_required="")
    again = page(required_information="Foto?", reason_user_required="")
    assert [(comment.author, comment.body, comment.origin) for comment in asked.comments] == [
        ("KPN", "Foto?", "vendor")
    ]
    assert [comment.id for comment in again.comments] == [comment.id for comment in asked.comments]
