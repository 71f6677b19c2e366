"""Tangoe's shapes, read."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from providers.model import Snapshot
from providers.tangoe.mapping import page_snapshot, row_snapshot

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
    snapshot = row_snapshot(case, "", (1, 0), ZoneInfo(zone))
    assert snapshot is not None
    return snapshot


def test_a_row_is_mapped() -> None:
    snapshot = read(dict(ROW))
    assert not snapshot.detailed
    assert snapshot.patch.set["awaiting_us"] is False
    assert snapshot.patch.set["vendor_state"] == "Work In Progress"
    assert snapshot.patch.set["internal_id"] == ROW["id"]
    assert snapshot.patch.set["description"] == ROW["description"]


def test_a_page_tells_what_else_tangoe_sends() -> None:
    comments = [
        {"id": "b", "comment": "later", "created_on": "2026-03-28 23:50:00", "created_by": "Robot"},
        {"comment": "", "created_by": "robot"},
        {"comment": "first", "created_on": "2026-03-28 23:40:00", "created_by": "agent@tangoe.example"},
        "loose",
    ]
    case = {**ROW, "comments": comments, "number": None}
    snapshot = page_snapshot(case, "", (1, 0), UTC, number="CS0700001", own_user="robot")
    assert snapshot.detailed
    assert snapshot.patch.number == "CS0700001"
    assert snapshot.patch.vendor["contact_email"] == "desk@client.example"
    assert [(each.body, each.origin) for each in snapshot.patch.comments] == [("first", "vendor"), ("later", "us")]
    assert len({each.id for each in snapshot.patch.comments}) == 2


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
    assert read({**ROW, "state": code}).patch.set["state"] == ours


def test_hostile_text_is_made_safe_and_stays_text() -> None:
    patch = read({**ROW, "short_description": "[/b]\x1b[31mred\x1b]52;c;x\x07 \u202egnp"}).patch
    assert patch.set["summary"] == "[/b]red gnp"


def test_an_emptied_field_says_nothing() -> None:
    patch = read({"number": "CS1", "id": "", "state": None, "short_description": " ", "created_on": "UNKNOWN"}).patch
    assert patch.set == {"type": "case"}


OURS = {"id": "o", "comment": "Here it is", "created_on": "2026-03-29 00:10:00", "created_by": "robot"}
THEIRS = {"id": "t", "comment": "Which line?", "created_on": "2026-03-29 00:20:00", "created_by": "a@tangoe.example"}
COLLEAGUE = {**THEIRS, "id": "c", "created_by": "Desk@client.example"}


@pytest.mark.parametrize(
    ("state", "newest_first", "waits"),
    [
        ("-5", [THEIRS, OURS], True),
        ("-5", [OURS, THEIRS], False),
        ("-5", [COLLEAGUE, THEIRS], False),
        ("-5", [], False),
        ("10", [THEIRS], False),
        ("6", [THEIRS], False),
    ],
)
def test_a_case_on_hold_waits_for_us_where_tangoe_spoke_last(
    state: str, newest_first: list[dict[str, object]], waits: bool
) -> None:
    page = page_snapshot(
        {**ROW, "state": state, "comments": newest_first}, "", (1, 0), UTC, number="CS0700001", own_user="robot"
    )
    assert page.patch.set["awaiting_us"] is waits


def test_what_does_not_show_the_comments_says_nothing_of_whom_a_case_on_hold_waits_for() -> None:
    held: dict[str, object] = {**ROW, "state": "-5"}
    assert "awaiting_us" not in read(held).patch.set
    assert "awaiting_us" not in page_snapshot(held, "", (1, 0), UTC, number="CS0700001").patch.set
