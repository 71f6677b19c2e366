"""A vendor's own fields, made readable without knowing the vendor."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.widgets.vendor_facts import time_of, vendor_facts, words_of

ZONE = ZoneInfo("Europe/Amsterdam")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("implementationPlan", "Implementation plan"),
        ("assignment_group", "Assignment group"),
        ("u_SLA_breach", "U SLA breach"),
        ("cis", "Cis"),
        ("MessageGroupID", "Message group ID"),
        ("", ""),
    ],
)
def test_names_become_words(name: str, words: str) -> None:
    assert words_of(name) == words


def test_times_are_shown_here_and_zoneless_ones_are_in_the_vendors_zone() -> None:
    assert time_of("2023-02-08T16:25:48Z", "UTC") == datetime(2023, 2, 8, 16, 25, 48, tzinfo=UTC)
    assert time_of("2023-07-08 16:25:48", "Europe/Amsterdam") == datetime(2023, 7, 8, 14, 25, 48, tzinfo=UTC)
    assert time_of("2023-02-30 16:25:48", "UTC") is None
    assert time_of("soon", "UTC") is None
    assert time_of(5, "UTC") is None


def test_a_start_and_an_end_become_one_window() -> None:
    facts = vendor_facts({"startDate": "2023-11-17T22:00:00Z", "endDate": "2023-11-17T23:30:00Z"}, "UTC", ZONE)
    assert facts.leading == (("Window", "Fri 17 Nov 23:00 – Sat 18 Nov 00:30 CET"),)
    assert facts.deciding[0][0] == "Window"
    assert facts.others == ()


def test_a_start_without_an_end_stays_a_time() -> None:
    facts = vendor_facts({"planned_start_date": "2023-11-17T22:00:00Z"}, "UTC", ZONE)
    assert facts.others == (("Planned start date", "Fri 17 Nov 2023 23:00"),)


def test_what_decides_and_the_plans_stand_in_the_order_they_are_read() -> None:
    facts = vendor_facts(
        {
            "backoutPlan": "b",
            "justification": "j",
            "impact": "Low",
            "testPlan": "t",
            "implementationPlan": "i",
            "risk": "High",
        },
        "UTC",
        ZONE,
    )
    assert [label for label, _ in facts.deciding] == ["Risk", "Impact", "Justification"]
    assert [label for label, _ in facts.texts] == ["Implementation plan", "Test plan", "Backout plan"]


def test_empty_values_are_left_out() -> None:
    assert vendor_facts({"a": "", "b": None, "c": [], "d": {}, "e": "  "}, "UTC", ZONE).others == ()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=20), json_values, max_size=8))
def test_anything_a_vendor_may_send_becomes_text_without_control_characters(vendor: dict[str, Any]) -> None:
    facts = vendor_facts(vendor, "Europe/Amsterdam", ZONE)
    for label, value in (*facts.deciding, *facts.leading, *facts.texts, *facts.others):
        assert all(
            character.isprintable() or character in "\n\t " or ord(character) > 0x9F for character in label + value
        )
