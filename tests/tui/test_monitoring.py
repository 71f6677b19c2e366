"""The line for monitoring: which state, in which words, with which numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from providers.model import Write
from tui.desk.entries import OutboxEntry
from tui.desk.reports import ProviderHealth
from tui.monitoring import verdict

NOW = datetime(2025, 6, 1, 12, 0, tzinfo=UTC)
GOOD = ProviderHealth(name="ensono", kind="ensono", state="ok", last_good=NOW - timedelta(seconds=30))


def test_all_well_is_one_ok_line_with_numbers() -> None:
    line = verdict([GOOD], [], NOW).line()
    assert line == (
        "VENDORQ OK: 1 provider, 0 writes wait | "
        "'ensono age'=30s;180;;0 'ensono queue'=0;10;;0 outbox=0;;;0 unconfirmed=0;;;0"
    )


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"state": "late"}, 1, "is late"),
        ({"state": "down", "error": "no answer within 20 s"}, 2, "is down, last read just now, no answer within 20 s"),
        ({"state": "unknown", "last_good": None}, 3, "was never read"),
        ({"queue_depth": 11}, 1, "11 messages wait"),
        ({"queue_depth": 11, "queue_age": 1900.0}, 2, "11 messages wait"),
        ({"queue_age": 1801.0}, 1, "waits for 30 minutes"),
        ({"queue_age": 3700.0}, 2, "waits for 61 minutes"),
        ({"gap": "an answer was cut"}, 1, "an answer was cut"),
        ({"warning": "another reader"}, 1, "another reader"),
    ],
)
def test_each_thing_that_is_wrong_has_its_state(changes: dict[str, object], code: int, words: str) -> None:
    found = verdict([replace(GOOD, **changes)], [], NOW)  # type: ignore[arg-type] # one table for fields of all types
    assert found.code == code
    assert words in found.line()


def test_the_worst_is_named_first_and_gives_the_code() -> None:
    late = replace(GOOD, name="kpn", state="late")
    down = replace(GOOD, state="down")
    found = verdict([late, down], [], NOW)
    assert found.code == 2
    assert found.line().startswith("VENDORQ CRITICAL: ensono is down")


def test_a_vendors_words_cannot_forge_numbers() -> None:
    found = verdict([replace(GOOD, state="down", error="x | y=1\nz")], [], NOW)
    assert found.line().count("|") == 1
    assert "\n" not in found.line()


def test_a_store_that_cannot_be_written_is_critical() -> None:
    assert verdict([GOOD], [], NOW, "read-only after a failed fsync").code == 2


def test_an_age_over_its_own_threshold_is_never_ok() -> None:
    old = replace(GOOD, queue_depth=1, queue_age=1801.0)
    found = verdict([old], [], NOW)
    assert "'ensono queue age'=1801s;1800;3600;0" in found.line()
    assert found.line().startswith("VENDORQ WARNING")


@pytest.mark.parametrize(("count", "words"), [(1, "1 write needs a decision"), (2, "2 writes need a decision")])
def test_one_write_and_several_are_counted_in_good_grammar(count: int, words: str) -> None:
    write = Write(id="w", action="comment", provider="ensono", created_at=NOW)
    entry = OutboxEntry(write=write, state="unconfirmed", created_at=NOW, updated_at=NOW, needs_engineer=True)
    assert words in verdict([GOOD], [entry] * count, NOW).line()


def test_what_the_store_lost_is_a_warning_and_a_remark_changes_no_state() -> None:
    lost = verdict([GOOD], [], NOW, alarms=["part of it is missing"])
    assert lost.line().startswith("VENDORQ WARNING: store: part of it is missing | ")
    remarked = verdict([GOOD], [], NOW, remarks=["it is far away"])
    assert remarked.code == 0
    assert remarked.line().startswith("VENDORQ OK: 1 provider, 0 writes wait; store: it is far away | ")


def test_a_provider_counts_as_late_in_the_numbers_when_it_does_in_words() -> None:
    assert "'ensono age'=30s;240;;0" in verdict([GOOD], [], NOW, late={"ensono": 240}).line()
