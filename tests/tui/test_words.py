"""Times and providers in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tui import words
from tui.desk.reports import ProviderHealth

NOW = datetime(2025, 6, 1, 12, 0, tzinfo=UTC)
GOOD = ProviderHealth(name="ensono", kind="ensono", state="ok", last_good=NOW - timedelta(minutes=100))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, ""),
        ({"state": "paused"}, ""),
        ({"state": "down", "error": "no answer"}, "ensono was last read 1h40m ago: no answer"),
        ({"state": "late"}, "ensono was last read 1h40m ago: nothing polls it now"),
        ({"gap": "an answer was cut"}, "ensono was last read 1h40m ago: an answer was cut"),
        ({"state": "unknown", "last_good": None}, "ensono was never read: run `vendorq sync --once`"),
        ({"state": "down", "last_good": None, "error": "no answer"}, "ensono was never read: no answer"),
    ],
)
def test_doubt_names_the_age_and_the_reason(changes: dict[str, object], said: str) -> None:
    assert words.doubt(replace(GOOD, **changes), NOW) == said  # type: ignore[arg-type] # fields of several types


def test_one_is_not_many() -> None:
    assert [words.counted(number, "message") for number in (0, 1, 2)] == ["0 messages", "1 message", "2 messages"]


def test_sentences_are_parted_by_full_stops() -> None:
    assert words.sentences("already answered: cancelled", "Wait.", "", "Then look") == (
        "already answered: cancelled. Wait. Then look"
    )
    assert words.sentences("", " ") == ""
