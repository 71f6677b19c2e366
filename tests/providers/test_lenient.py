"""What is promised as text and comes as anything: read without an exception, and safe."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.lenient import body_of, digest_of, line_of, objects_of, other_fields, priority_of, text_of, time_of

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@given(ANYTHING)
def test_anything_is_read(value: object) -> None:
    assert line_of(value) == " ".join(line_of(value).split())
    assert body_of(value) == body_of(value).strip()
    assert priority_of(value) in (None, 1, 2, 3, 4, 5)
    assert all(isinstance(each, dict) for each in objects_of(value))
    at = time_of(value, AMSTERDAM)
    assert at is None or at.tzinfo is UTC


@pytest.mark.parametrize("value", [None, True, {}, [], ["a"]])
def test_what_is_neither_text_nor_number_counts_as_absent(value: object) -> None:
    assert text_of(value) == ""


@pytest.mark.parametrize(
    ("stamp", "at"),
    [
        ("2026-03-01 10:43:55", datetime(2026, 3, 1, 10, 43, 55, tzinfo=UTC)),
        ("2026-03-01T10:43:55.5", datetime(2026, 3, 1, 10, 43, 55, 500_000, tzinfo=UTC)),
        ("2026-03-01 10:43:55+02:00", datetime(2026, 3, 1, 8, 43, 55, tzinfo=UTC)),
        ("2026-03-01 10:43:55-02:00", datetime(2026, 3, 1, 12, 43, 55, tzinfo=UTC)),
        ("2026-03-01T10:43:55Z", datetime(2026, 3, 1, 10, 43, 55, tzinfo=UTC)),
        ("2026-03-01", datetime(2026, 3, 1, tzinfo=UTC)),
        (" 2026-03-01 10:43 ", datetime(2026, 3, 1, 10, 43, tzinfo=UTC)),
    ],
)
def test_a_stamp_without_a_zone_is_the_zones_and_one_with_its_own_is_not(stamp: str, at: datetime) -> None:
    assert time_of(stamp, UTC) == time_of(stamp, ZoneInfo("UTC")) == at


def test_other_fields_are_kept_safe_under_their_own_names() -> None:
    document = {"a": "\x1b[31mred", "b\u202e": [1, {"c": float("inf")}], "taken": "x", "d": ""}
    assert other_fields(document, frozenset({"taken"})) == {"a": "red", "b": [1, {"c": "inf"}], "d": ""}


def test_a_digest_tells_parts_apart_and_takes_half_characters() -> None:
    assert digest_of("ab", "c") != digest_of("a", "bc")
    assert digest_of("\ud800")
