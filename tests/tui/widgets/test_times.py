"""Times in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.widgets import times

ZONE = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2023, 11, 14, 13, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "now"),
        (59, "now"),
        (60, "1m"),
        (3599, "59m"),
        (3600, "1h"),
        (3660, "1h01m"),
        (3 * 3600, "3h"),
        (47 * 3600, "47h"),
        (48 * 3600, "2d"),
        (59 * 86400, "59d"),
        (70 * 86400, "10w"),
    ],
)
def test_durations_are_as_coarse_as_they_are_long(seconds: float, words: str) -> None:
    assert times.duration(seconds) == words


@given(st.floats(0, 3e8))
def test_a_duration_never_takes_more_than_six_characters(seconds: float) -> None:
    assert len(times.duration(seconds)) <= 6


def test_a_countdown_turns_negative_when_it_is_over() -> None:
    assert times.countdown(NOW + timedelta(minutes=20), NOW) == "20m"
    assert times.countdown(NOW - timedelta(minutes=20), NOW) == "-20m"
    assert times.countdown(NOW + timedelta(seconds=20), NOW) == "0m"
    assert times.countdown(None, NOW) == ""
    assert times.due_in_words(NOW - timedelta(hours=5), NOW) == "5h overdue"
    assert times.due_in_words(NOW + timedelta(hours=5), NOW) == "in 5h"


def test_local_times_carry_as_much_of_the_date_as_is_needed() -> None:
    assert times.local(NOW, ZONE, NOW) == "14:02"
    assert times.local(NOW - timedelta(days=1), ZONE, NOW) == "Mon 14:02"
    assert times.local(NOW - timedelta(days=20), ZONE, NOW) == "25 Oct 15:02"
    assert times.local(NOW - timedelta(days=400), ZONE, NOW) == "2022-10-10"


def test_a_day_begins_at_midnight_here_and_not_in_utc() -> None:
    late = datetime(2023, 11, 13, 23, 30, tzinfo=UTC)
    assert times.local(late, ZONE, NOW) == "00:30"
    assert times.day_heading(late, ZONE, NOW) == "Today"
    assert times.day_heading(late - timedelta(hours=1), ZONE, NOW) == "Yesterday"
    assert times.day_heading(late - timedelta(days=3), ZONE, NOW) == "Saturday 11 November"


def test_a_window_says_both_days_where_they_differ() -> None:
    start = datetime(2023, 11, 17, 22, 0, tzinfo=UTC)
    assert times.window(start, start + timedelta(minutes=30), ZONE) == "Fri 17 Nov 23:00 – 23:30 CET"
    assert times.window(start, start + timedelta(hours=3), ZONE) == "Fri 17 Nov 23:00 – Sat 18 Nov 02:00 CET"


def test_the_clock_says_its_zone_on_both_sides_of_a_change() -> None:
    assert times.clock(datetime(2023, 10, 29, 0, 30, tzinfo=UTC), ZONE) == "02:30 CEST"
    assert times.clock(datetime(2023, 10, 29, 1, 30, tzinfo=UTC), ZONE) == "02:30 CET"


def test_minutes_begin_at_the_full_minute() -> None:
    at = datetime(2023, 11, 14, 13, 2, 20, 500_000, tzinfo=UTC)
    assert times.minute(at) == NOW
    assert times.seconds_to_next_minute(at) == pytest.approx(39.5)
