"""Tangoe's shapes, read."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.model import Snapshot
from providers.tangoe.mapping import case_snapshot, state_of

ROW = {
    "number": "CS0700001",
    "id": "d194729ddb174850a813fd651d9619aa",
    "state": "10",
    "priority": "2",
    "short_description": "Roaming bundle not applied",
    "description": "Since the first of the month.",
    "correlation_id": "TEL-88",
    "correlation_display": "TEL-88 roaming",
    "contact_email": "desk@client.example",
    "created_on": "2026-03-28 23:30:00",
    "updated_on": "2026-03-29 00:30:00",
    "close_code": "",
    "close_notes": "",
    "completion_date_time": "",
    "resolved_at": "",
}


def read(case: dict[str, object], zone: str = "UTC") -> Snapshot:
    snapshot = case_snapshot(case, "", (1, 0), ZoneInfo(zone))
    assert snapshot is not None
    return snapshot


def test_a_row_is_mapped() -> None:
    snapshot = read(dict(ROW))
    assert not snapshot.detailed
    assert snapshot.patch.set["vendor_state"] == "Work In Progress"
    assert snapshot.patch.set["internal_id"] == ROW["id"]
    assert snapshot.patch.vendor["contact_email"] == "desk@client.example"


@pytest.mark.parametrize(
    ("stamp", "zone", "utc"),
    [
        ("2026-03-29 01:59:00", "Europe/Amsterdam", datetime(2026, 3, 29, 0, 59, tzinfo=UTC)),
        ("2026-03-29 03:01:00", "Europe/Amsterdam", datetime(2026, 3, 29, 1, 1, tzinfo=UTC)),
        ("2026-10-25 03:01:00", "Europe/Amsterdam", datetime(2026, 10, 25, 2, 1, tzinfo=UTC)),
        ("2026-10-25 02:01:00", "UTC", datetime(2026, 10, 25, 2, 1, tzinfo=UTC)),
    ],
)
def test_stamps_are_read_in_the_configured_zone_over_a_change_of_clocks(stamp: str, zone: str, utc: datetime) -> None:
    assert read({**ROW, "created_on": stamp}, zone).patch.set["opened_at"] == utc


@pytest.mark.parametrize(
    ("code", "ours"),
    [
        ("1", "new"),
        ("3", "closed"),
        ("5", "open"),
        ("6", "resolved"),
        ("7", "cancelled"),
        ("10", "open"),
        ("-5", "pending"),
        ("-10", "open"),
        ("99", "open"),
    ],
)
def test_states_are_strings_negative_ones_among_them(code: str, ours: str) -> None:
    assert state_of(code)[0] == ours


def test_hostile_text_is_made_safe_and_stays_text() -> None:
    patch = read({**ROW, "short_description": "[/b]\x1b[31mred\x1b]52;c;x\x07 \u202egnp"}).patch
    assert patch.set["summary"] == "[/b]red gnp"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*ROW, "comments", "else"]), JSON))
def test_any_object_at_all_is_read_or_names_no_case(case: dict[str, object]) -> None:
    snapshot = case_snapshot(case, "", (1, 0), UTC)
    assert snapshot is None or snapshot.patch.number
