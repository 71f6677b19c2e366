"""Times as they are typed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui import moments, words

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2025, 6, 1, 20, 0, tzinfo=UTC)  # 22:00 in Amsterdam


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4h", "2025-06-02T00:00+00:00"),
        ("1d12h", "2025-06-03T08:00+00:00"),
        ("23:30", "2025-06-01T23:30+02:00"),
        ("08:00", "2025-06-02T08:00+02:00"),
        ("tomorrow", "2025-06-02T08:00+02:00"),
        ("tomorrow 9:15", "2025-06-02T09:15+02:00"),
        ("2025-06-05", "2025-06-05T00:00+02:00"),
        ("2025-06-05 14:00", "2025-06-05T14:00+02:00"),
        ("2025-06-05T14:00:00Z", "2025-06-05T14:00+00:00"),
    ],
)
def test_a_time_to_come(text: str, expected: str) -> None:
    assert moments.later(text, NOW, AMSTERDAM) == datetime.fromisoformat(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("8h", "2025-06-01T12:00+00:00"),
        ("21:00", "2025-06-01T21:00+02:00"),
        ("22:30", "2025-05-31T22:30+02:00"),
        ("2025-05-30", "2025-05-30T00:00+02:00"),
    ],
)
def test_a_time_gone_by(text: str, expected: str) -> None:
    assert moments.earlier(text, NOW, AMSTERDAM) == datetime.fromisoformat(expected)


@pytest.mark.parametrize("text", ["", "soon", "25:00", "tomorrow noon", "2025-13-01", "999999w"])
def test_what_is_no_time_is_none(text: str) -> None:
    assert moments.later(text, NOW, AMSTERDAM) is None


def test_tomorrow_at_eight_stays_at_eight_when_the_clocks_change() -> None:
    saturday = datetime(2025, 3, 29, 21, 0, tzinfo=AMSTERDAM)
    assert moments.later("tomorrow 08:00", saturday, AMSTERDAM) == datetime.fromisoformat("2025-03-30T08:00+02:00")


@given(st.text(max_size=20))
def test_any_text_is_a_time_with_a_zone_or_none(text: str) -> None:
    for read in (moments.later, moments.earlier):
        moment = read(text, NOW, AMSTERDAM)
        assert moment is None or moment.tzinfo is not None


def test_due_times_are_counted_down_and_then_up() -> None:
    assert words.due(NOW + timedelta(minutes=100), NOW) == "1h40m"
    assert words.due(NOW - timedelta(hours=2), NOW) == "2h over"
    assert words.due(None, NOW) == ""


def test_ages_are_said_in_words() -> None:
    assert words.age(NOW - timedelta(minutes=12), NOW) == "12m ago"
    assert words.age(NOW - timedelta(seconds=5), NOW) == "just now"
    assert words.age(None, NOW) == "never"
