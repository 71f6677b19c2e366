"""SmartOps' shapes, read."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.lenient import priority_of
from providers.smartops.declaration import TICKET_FIELDS
from providers.smartops.mapping import details_snapshot, seconds_of, state_of

DETAILS = {
    "ticketNumber": "INC0099001",
    "ticketStatus": "In Progress",
    "ticketPriority": "2",
    "ticketBusinessDuration": "",
    "ticketBusinessTimeLeft": "-120",
    "sysId": "0a1b",
    "assignedTo": "",
    "shortDescription": "Queue stuck",
    "longDescription": "Line one\nline two",
    "comments": [{"commentBy": "ann", "commentTime": "2026-11-02T10:00:00.000001", "comment": "Looking."}],
    "workNotes": [{"workNoteBy": "bob", "workNoteTime": "2026-11-02T09:00:00.5", "workNote": "Restarted."}],
    "closureNotes": [],
    "createdTime": "2026-11-02T08:00:00.000000",
    "updatedTime": "2026-11-02T10:00:00.000001",
}


def test_a_ticket_is_mapped_with_notes_in_order_of_time() -> None:
    snapshot = details_snapshot(DETAILS, "", (1, 0))
    assert snapshot is not None
    assert snapshot.patch.set["opened_at"] == datetime(2026, 11, 2, 8, tzinfo=UTC)
    assert [comment.body for comment in snapshot.patch.comments] == ["Work note: Restarted.", "Looking."]


@pytest.mark.parametrize(
    ("text", "seconds"), [("3600", 3600.0), ("-120", -120.0), ("", None), ("soon", None), ("nan", None)]
)
def test_durations_are_numbers_in_strings_maybe_empty_or_negative(text: str, seconds: float | None) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize(
    ("word", "ours"),
    [
        ("New", "new"),
        ("Closed Complete", "closed"),
        ("Cancelled", "cancelled"),
        ("On Hold", "pending"),
        ("Odd", "open"),
    ],
)
def test_states_are_the_itsm_s_words(word: str, ours: str) -> None:
    assert state_of(word) == ours


@pytest.mark.parametrize(("text", "priority"), [("2", 2), ("3 - Moderate", 3), ("P1", 1), ("", None), ("High", None)])
def test_priorities_are_read_from_either_form(text: str, priority: int | None) -> None:
    assert priority_of(text) == priority


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(TICKET_FIELDS), JSON))
def test_any_object_at_all_is_read_or_names_no_ticket(details: dict[str, object]) -> None:
    snapshot = details_snapshot(details, "", (1, 0))
    assert snapshot is None or snapshot.patch.number
