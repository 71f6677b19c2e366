"""What both KPN interfaces share: stamps over clock changes, states, priorities, comment ids."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.evidence import same_text
from providers.kpn.words import (
    comment_id,
    exists,
    local_stamp,
    names_us,
    numbered,
    state_of,
    token_url,
)
from providers.lenient import priority_of, time_of, vendor_value
from providers.model import Comment
from tests.support.kpn import AMSTERDAM


def utc(year: int, month: int, day: int, hour: int, minute: int, second: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


@pytest.mark.parametrize(
    ("stamp", "at"),
    [
        ("2025-01-15 10:26", utc(2025, 1, 15, 9, 26)),
        ("2025-07-15 10:26", utc(2025, 7, 15, 8, 26)),
        ("2025-03-30 01:59", utc(2025, 3, 30, 0, 59)),
        ("2025-03-30 03:00", utc(2025, 3, 30, 1, 0)),
        ("2025-10-26 02:30", utc(2025, 10, 26, 0, 30)),
        ("2025-10-26 03:00", utc(2025, 10, 26, 2, 0)),
        (" 2025-07-15 10:26:27 ", utc(2025, 7, 15, 8, 26, 27)),
        ("2025-07-15T10:26:00.250Z", datetime(2025, 7, 15, 10, 26, 0, 250_000, tzinfo=UTC)),
        ("2025-07-15T10:26:00+05:00", utc(2025, 7, 15, 5, 26)),
    ],
)
def test_stamp_without_a_zone_is_dutch_time(stamp: str, at: datetime) -> None:
    assert time_of(stamp, AMSTERDAM) == at


def test_second_reading_of_the_hour_that_comes_twice() -> None:
    assert time_of("2025-10-26 02:30", AMSTERDAM, fold=1) == utc(2025, 10, 26, 1, 30)


@pytest.mark.parametrize(
    "stamp", ["UNKNOWN", "", None, {}, [], "soon", "0000-00-00 00:00", "2025-13-01 00:00", "0001-01-01 00:00", True]
)
def test_what_is_no_stamp_is_no_time(stamp: object) -> None:
    assert time_of(stamp, AMSTERDAM) is None


@pytest.mark.parametrize(
    ("at", "stamp"),
    [
        (utc(2025, 3, 30, 0, 59), "2025-03-30 01:59"),
        (utc(2025, 3, 30, 1, 0), "2025-03-30 03:00"),
        (utc(2025, 10, 26, 0, 30), "2025-10-26 02:30"),
        (utc(2025, 10, 26, 1, 30), "2025-10-26 02:30"),
        (utc(2025, 12, 24, 17, 5), "2025-12-24 18:05"),
    ],
)
def test_times_go_out_as_dutch_time(at: datetime, stamp: str) -> None:
    assert local_stamp(at, AMSTERDAM) == stamp


@given(st.datetimes(datetime(2000, 1, 1), datetime(2037, 1, 1)))
def test_local_stamp_is_read_back_as_the_same_minute_but_for_the_doubled_hour(moment: datetime) -> None:
    at = moment.replace(tzinfo=UTC, second=0, microsecond=0)
    stamp = local_stamp(at, AMSTERDAM)
    assert at in (time_of(stamp, AMSTERDAM), time_of(stamp, AMSTERDAM, fold=1))


def test_hour_that_spring_skips_does_not_exist() -> None:
    assert not exists(datetime(2025, 3, 30, 2, 30), AMSTERDAM)
    assert exists(datetime(2025, 3, 30, 3, 30), AMSTERDAM)
    assert exists(datetime(2025, 10, 26, 2, 30), AMSTERDAM)


@pytest.mark.parametrize(
    ("word", "kind", "state"),
    [
        ("New", "incident", "new"),
        ("In Progress", "incident", "open"),
        ("On Hold", "rfi", "pending"),
        ("Resolved", "service_request", "resolved"),
        ("Finished", "incident", "resolved"),
        ("Closed", "incident", "closed"),
        ("Closed Complete", "service_request", "closed"),
        ("Closed Cancelled", "service_request", "cancelled"),
        ("Canceled", "change", "cancelled"),
        ("Cancelled", "incident", "cancelled"),
        ("Assess", "change", "assess"),
        ("Authorize", "change", "authorize"),
        ("Scheduled", "change", "scheduled"),
        ("Implement", "change", "implement"),
        ("Review", "change", "review"),
        ("New", "change", "new"),
        ("Review", "incident", "open"),
        ("Waiting for parts", "incident", "open"),
        ("", "incident", ""),
    ],
)
def test_states_follow_the_table(word: str, kind: str, state: str) -> None:
    assert state_of(word, kind) == state


@pytest.mark.parametrize("reason", ["Awaiting User", "awaiting customer", "Awaiting Caller", "Customer: info"])
def test_reason_that_names_our_side_is_ours_to_answer(reason: str) -> None:
    assert names_us(reason)


@pytest.mark.parametrize("reason", ["", "Awaiting Vendor", "Awaiting Change", "Superuser rights"])
def test_other_reasons_are_not(reason: str) -> None:
    assert not names_us(reason)


@pytest.mark.parametrize(
    ("label", "priority"),
    [
        ("1 - Critical", 1),
        ("4 - Low", 4),
        ("3", 3),
        (2, 2),
        ("P2", 2),
        ("Priority 5", 5),
        ("", None),
        ("High", None),
        ("12", None),
        ("9 - None", None),
        (None, None),
        ("Incident Ticket Priority 1,2,3", None),
        ("1,2,3", None),
    ],
)
def test_priority_is_the_number_before_the_label(label: object, priority: int | None) -> None:
    assert priority_of(label) == priority


def test_token_is_had_on_the_origin_of_the_base_url() -> None:
    assert token_url("https://kpn.example:8443/network/kpn/servicenow") == (
        "https://kpn.example:8443/oauth/client_credential/accesstoken"
    )


def said(body: str, minute: int) -> Comment:
    return Comment(id="", body=body, at=utc(2025, 5, 5, 5, minute))


def test_same_comment_from_queue_and_page_has_one_id() -> None:
    [from_queue] = numbered([Comment(id="", body="Cable replaced\n\n", at=utc(2025, 5, 5, 5, 1))])
    [from_page] = numbered([Comment(id="", body="Cable replaced", at=utc(2025, 5, 5, 5, 0), author="KPN")])
    assert from_queue.id == from_page.id


def test_equal_words_said_twice_are_two_comments() -> None:
    first, second = numbered([said("Any news?", 9), said("Any news?", 3)])
    assert first.id != second.id
    assert first.at == utc(2025, 5, 5, 5, 3)


def test_ids_stay_when_a_further_equal_comment_comes() -> None:
    two = numbered([said("Any news?", 3), said("Any news?", 9)])
    three = numbered([said("Any news?", 20), said("Any news?", 9), said("Any news?", 3)])
    assert [comment.id for comment in three[:2]] == [comment.id for comment in two]


def test_our_words_and_theirs_are_told_apart() -> None:
    assert comment_id("us", "Done") != comment_id("vendor", "Done")


def test_white_space_does_not_make_a_text_another() -> None:
    assert same_text("one  two\n", "one two")
    assert not same_text("one two", "one too")


def test_vendor_values_are_safe_and_storable() -> None:
    nest: object = "deep"
    for _ in range(20):
        nest = [nest]
    value = vendor_value({"a\x1b[1m": "x\x1b]0;y\x07", "n": float("inf"), "list": [1, None, True], "nest": nest})
    assert isinstance(value, dict)
    assert value["a"] == "x"
    assert value["n"] == "inf"
    assert value["list"] == [1, None, True]
    assert "…" in str(value["nest"])
