"""How a write without an answer is settled: the table of writes, as decisions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from providers.base import Settling
from providers.model import Write
from tests.support.memory_desk import NOON
from tui.desk.entries import OutboxEntry
from tui.desk.settle import Verdict, judge

LOOKUP_AGAIN = Settling(by="lookup", fallback="send_again")
LOOKUP_ENGINEER = Settling(by="lookup", fallback="engineer")
NOTHING_AGAIN = Settling(by="nothing", fallback="send_again")
NOTHING_ENGINEER = Settling(by="nothing", fallback="engineer")
NOTHING_ONCE = Settling(by="nothing", fallback="repeat_once")
QUEUE_ENGINEER = Settling(by="queue", fallback="engineer")
QUEUE_AGAIN = Settling(by="queue", fallback="send_again")
QUEUE_ONCE = Settling(by="queue", fallback="repeat_once")
EVERY = [
    LOOKUP_AGAIN,
    LOOKUP_ENGINEER,
    NOTHING_AGAIN,
    NOTHING_ENGINEER,
    NOTHING_ONCE,
    QUEUE_ENGINEER,
    QUEUE_AGAIN,
    QUEUE_ONCE,
]


def unanswered(reads: int = 0, last_read: float = 0, attempts: int = 1, **more: Any) -> OutboxEntry:
    """A write sent at noon; its queue read to the end so often since, the last time so many seconds after."""
    return OutboxEntry(
        write=Write(id="w", action="update", provider="fake", number="T1"),
        state="unconfirmed",
        created_at=NOON,
        updated_at=NOON,
        sent_at=NOON,
        attempts=attempts,
        empty_reads=reads,
        emptied_at=NOON + timedelta(seconds=last_read) if reads else None,
        **more,
    )


def verdict(entry: OutboxEntry, settling: Settling, seconds: float = 121, **more: Any) -> Verdict:
    """The verdict so many seconds after the send."""
    known = {"has_queue": True, "reads_queue": True, "newer_came": False, **more}
    return judge(entry, settling, now=NOON + timedelta(seconds=seconds), **known)


@pytest.mark.parametrize("settling", EVERY)
def test_not_found_proves_nothing_for_two_minutes(settling: Settling) -> None:
    assert verdict(unanswered(reads=2, last_read=119), settling, seconds=119) is Verdict.WAIT


@pytest.mark.parametrize("settling", EVERY)
def test_what_waits_for_the_engineer_is_left_to_the_engineer(settling: Settling) -> None:
    assert verdict(unanswered(reads=2, last_read=121, needs_engineer=True), settling) is Verdict.WAIT


@pytest.mark.parametrize(
    ("settling", "expected"),
    [
        (LOOKUP_AGAIN, Verdict.SEND_AGAIN),
        (LOOKUP_ENGINEER, Verdict.ENGINEER),
        (NOTHING_AGAIN, Verdict.SEND_AGAIN),
        (NOTHING_ENGINEER, Verdict.ENGINEER),
        (NOTHING_ONCE, Verdict.SEND_AGAIN),
        (QUEUE_ENGINEER, Verdict.ENGINEER),
        (QUEUE_AGAIN, Verdict.SEND_AGAIN),
        (QUEUE_ONCE, Verdict.SEND_AGAIN),
    ],
)
def test_after_that_the_fallback_holds(settling: Settling, expected: Verdict) -> None:
    assert verdict(unanswered(reads=2, last_read=121), settling) is expected


@pytest.mark.parametrize("settling", [QUEUE_ENGINEER, QUEUE_AGAIN, QUEUE_ONCE])
@pytest.mark.parametrize(("reads", "last_read"), [(0, 0), (1, 500), (2, 119)])
def test_a_queue_must_have_been_read_empty_twice_the_last_time_after_two_minutes(
    settling: Settling, reads: int, last_read: float
) -> None:
    assert verdict(unanswered(reads, last_read), settling, seconds=600) is Verdict.WAIT


@pytest.mark.parametrize("settling", [QUEUE_ENGINEER, QUEUE_AGAIN, QUEUE_ONCE, NOTHING_ONCE])
def test_where_the_queue_is_not_read_here_a_person_decides(settling: Settling) -> None:
    assert verdict(unanswered(), settling, reads_queue=False) is Verdict.ENGINEER


def test_a_repetition_waits_until_the_queue_can_show_that_nothing_newer_came() -> None:
    assert verdict(unanswered(), NOTHING_ONCE, seconds=600) is Verdict.WAIT
    assert verdict(unanswered(reads=1, last_read=121), NOTHING_ONCE) is Verdict.SEND_AGAIN
    assert verdict(unanswered(), NOTHING_ONCE, has_queue=False, reads_queue=False) is Verdict.SEND_AGAIN


def test_a_repetition_never_undoes_something_newer() -> None:
    assert verdict(unanswered(reads=1, last_read=121), NOTHING_ONCE, newer_came=True) is Verdict.ENGINEER


def test_an_answer_to_an_approval_may_be_repeated_since_only_the_first_counts() -> None:
    assert verdict(unanswered(reads=2, last_read=121), QUEUE_ONCE, newer_came=True) is Verdict.SEND_AGAIN


@pytest.mark.parametrize("settling", [NOTHING_ONCE, QUEUE_ONCE, QUEUE_AGAIN])
def test_once_means_once(settling: Settling) -> None:
    assert verdict(unanswered(reads=2, last_read=121, attempts=2), settling) is Verdict.ENGINEER


def test_even_what_is_safe_to_repeat_is_put_to_a_person_in_the_end() -> None:
    assert verdict(unanswered(attempts=5), LOOKUP_AGAIN) is Verdict.ENGINEER
