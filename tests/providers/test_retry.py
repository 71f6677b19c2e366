"""When a read is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.retry import MAX_RETRIES, RETRY_AFTER_CAP, Outcome, Trouble, parse_retry_after, retry_delay

NOW = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
troubles = st.sampled_from(get_args(Trouble))
headers = st.one_of(st.just(""), st.integers(0, 10**15).map(str), st.text(max_size=30))


@given(
    attempt=st.integers(1, 10),
    trouble=troubles,
    header=headers,
    remaining=st.floats(-10, 1e6),
    jitter=st.floats(0, 1, exclude_max=True),
)
def test_a_wait_fits_into_what_remains_and_retries_end(
    attempt: int, trouble: Trouble, header: str, remaining: float, jitter: float
) -> None:
    delay = retry_delay(attempt, Outcome(trouble, remaining, header), NOW, jitter)
    if delay is None:
        return
    assert 0 < delay < remaining
    assert attempt <= MAX_RETRIES
    assert trouble not in ("untrusted", "insecure", "oversized")
    assert delay >= (parse_retry_after(header, NOW) or 0)


@given(header=st.text(max_size=60))
def test_any_retry_after_is_capped_seconds_or_nothing(header: str) -> None:
    seconds = parse_retry_after(header, NOW)
    assert seconds is None or 0 <= seconds <= RETRY_AFTER_CAP


@given(seconds=st.integers(-(10**7), 10**7))
def test_a_date_and_seconds_mean_the_same(seconds: int) -> None:
    date = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)
    assert parse_retry_after(date, NOW) == min(max(seconds, 0), RETRY_AFTER_CAP)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("3", 3),
        (" 3 ", 3),
        ("0", 0),
        ("99999999999999999999999", RETRY_AFTER_CAP),
        ("Sun, 01 Mar 2026 02:00:00 GMT", 0),
        ("Sun, 01 Mar 2026 03:00:07 GMT", 7),
        ("Sun, 01 Mar 2026 03:00:07", 7),
        ("Fri, 31 Dec 9999 23:59:59 GMT", RETRY_AFTER_CAP),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("٣", None),
        ("", None),
    ],
)
def test_retry_after_is_read_in_all_its_forms(header: str, seconds: float | None) -> None:
    assert parse_retry_after(header, NOW) == seconds


def test_delays_double_and_jitter_takes_up_to_half_away() -> None:
    outcome = Outcome("timed_out", 60)
    assert [retry_delay(attempt, outcome, NOW, 0.999999) for attempt in (1, 2, 3)] == [
        pytest.approx(0.5, rel=1e-3),
        pytest.approx(1.0, rel=1e-3),
        None,
    ]
    assert retry_delay(1, outcome, NOW, 0) == 0.25


def test_what_is_asked_beyond_the_budget_is_not_waited_for() -> None:
    assert retry_delay(1, Outcome("throttled", 60, "59"), NOW, 0) == 59.25
    assert retry_delay(1, Outcome("throttled", 60, "60"), NOW, 0) is None


def test_too_many_requests_without_a_time_is_not_repeated() -> None:
    assert retry_delay(1, Outcome("throttled", 60), NOW, 0) is None


def test_a_date_that_has_passed_still_waits_a_little() -> None:
    assert retry_delay(1, Outcome("throttled", 60, "Sun, 01 Mar 2026 02:00:00 GMT"), NOW, 0) == 0.25
