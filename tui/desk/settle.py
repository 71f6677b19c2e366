"""How a write without an answer is settled: one decision, made from what is known. Pure.

What is found at the vendor is done, at once. Not found proves nothing until 120 s after the send; then the
declaration's fallback holds. Nothing is ever repeated because it is merely unanswered.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum, auto
from typing import Final

from providers.base import Settling
from tui.desk.entries import OutboxEntry
from tui.desk.outbox_entries import SETTLE_AFTER

EMPTY_READS: Final = 2
"""A queue that would confirm the write must have been read to its end this often since."""
MOST_ATTEMPTS: Final = 5
"""What may be sent again is still put to the engineer after this many sends without an answer."""


class Verdict(Enum):
    """What to do with an unconfirmed write that was not found."""

    WAIT = auto()
    SEND_AGAIN = auto()
    ENGINEER = auto()


def judge(
    entry: OutboxEntry, settling: Settling, *, now: datetime, has_queue: bool, reads_queue: bool, newer_came: bool
) -> Verdict:
    """The verdict on an unconfirmed write for which no evidence has been found.

    `has_queue`: the vendor tells what happened through a queue; `reads_queue`: which is read here. `newer_came`:
    something newer than the send has come in for its ticket, so that a repetition could undo it.
    """
    if entry.needs_engineer:
        return Verdict.WAIT
    sent = entry.sent_at or entry.updated_at
    if now - sent < SETTLE_AFTER:
        return Verdict.WAIT
    by_queue = told_by_queue(settling, has_queue=has_queue)
    if by_queue and not reads_queue:
        return Verdict.ENGINEER
    if by_queue and not _emptied(entry, sent, settling):
        return Verdict.WAIT
    if settling.fallback == "engineer":
        return Verdict.ENGINEER
    if settling.fallback == "repeat_once" or settling.by == "queue":
        undoes = settling.by != "queue" and newer_came
        return Verdict.ENGINEER if entry.attempts > 1 or undoes else Verdict.SEND_AGAIN
    return Verdict.SEND_AGAIN if entry.attempts < MOST_ATTEMPTS else Verdict.ENGINEER


def told_by_queue(settling: Settling, *, has_queue: bool) -> bool:
    """Whether the vendor's queue may still show such a write, so that it has to be read first."""
    return settling.by == "queue" or (settling.fallback == "repeat_once" and has_queue)


def _emptied(entry: OutboxEntry, sent: datetime, settling: Settling) -> bool:
    """Whether the queue was read to its end, often enough and late enough to have shown the write."""
    needed = EMPTY_READS if settling.by == "queue" else 1
    late = entry.emptied_at is not None and entry.emptied_at - sent >= SETTLE_AFTER
    return entry.empty_reads >= needed and late


def advice(settling: Settling) -> str:
    """What the engineer is asked, once nothing else can settle it."""
    if settling.by == "nothing":
        return "The vendor cannot be asked about it. Look in its portal or call, then retry or drop it in the outbox."
    return "It was not found at the vendor. Retry it, or drop it, in the outbox."
