"""Deliveries of a queue's message: the first, the next, and what they say of the queue. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from providers.model import Message
from providers.text import safe_line
from tui.desk import kept
from tui.desk.entries import InboxEntry

WARN_FROM_COUNT: Final = 15
LAST_COUNT: Final = 20
"""A message handed out this often leaves the queue for the failure queue (Ensono guide, "Reading, processing ...")."""
WARN_FROM_AGE: Final = timedelta(hours=1)
SETTLE_AFTER: Final = timedelta(seconds=120)
EMPTY_READS: Final = 2
WHOLE: Final = 1_048_576
"""Characters of a message that cannot be read are kept: no queue hands out more in one (Amazon's take 1 MiB of bytes).
Only what is no message at all, a page that never ends, is cut there."""
_PROBLEM: Final = 500


def first(provider: str, message: Message, now: datetime, lost: int = 0) -> InboxEntry:
    """The entry of a message seen for the first time; one that cannot be read is parked, its neighbours go on.

    `lost` are our own reads without an answer that may have been handed it.
    """
    message = replace(message, received_at=message.received_at or now)
    number = message.patch.number if message.patch is not None and message.patch.number else message.number
    readable = message.ignored or (message.patch is not None and bool(number))
    if not readable and not message.problem:
        message = replace(message, problem="it names no ticket" if message.patch is not None else "it cannot be read")
    entry = InboxEntry(
        provider=provider,
        id=message.id,
        number=number,
        source="message",
        order=message.order,
        received_at=now,
        status="new" if readable else "parked",
        patch=message.patch if readable and not message.ignored else None,
        message=message,
        handled=message.ignored,
    )
    return replace(entry, warning=warning(entry, now, fresh=True, lost=lost))


def bounded(entry: InboxEntry) -> InboxEntry:
    """The entry as it is kept: one that is parked holds all that came, unless that is more than a message can be.

    Then it holds the head, and its problem says so, with the size and the digest of the whole.
    """
    message = entry.message
    if entry.status != "parked" or message is None or len(message.raw) <= WHOLE:
        return entry
    came = kept.keep(message.raw, WHOLE)
    problem = f"{safe_line(message.problem, _PROBLEM)} ({came.words})"
    return replace(entry, message=replace(message, raw=came.text, problem=problem))


def again(entry: InboxEntry, message: Message, now: datetime, lost: int = 0) -> InboxEntry:
    """The entry after another delivery: the newest handle counts, and a released one is released again.

    What was applied stays applied.
    """
    known = entry.message or message
    redelivered = replace(known, handle=message.handle, receive_count=max(known.receive_count, message.receive_count))
    entry = replace(
        entry,
        message=redelivered,
        released=False,
        reads=entry.reads + 1,
        stale_handle="",
        stale_at=None,
        empty_reads=0,
        status="new" if entry.status in ("blocked", "acknowledged") and not entry.answer else entry.status,
    )
    return replace(entry, warning=warning(entry, now, lost=lost))


def warning(entry: InboxEntry, now: datetime, *, fresh: bool = False, lost: int = 0) -> str:
    """What this delivery gives reason to say, in a sentence; empty where nothing."""
    message = entry.message
    if message is None:
        return ""
    if message.receive_count >= WARN_FROM_COUNT:
        return (
            f"Delivered {message.receive_count} times of {LAST_COUNT}: after that the vendor moves it to its failure "
            "queue. See why it cannot be acknowledged."
        )
    if message.receive_count > entry.reads + lost:
        when = "before we first saw it" if fresh else "and not only to us"
        return (
            f"Delivered {message.receive_count} times, {when}: another reader seems to share these credentials. "
            "Only one should read the queue."
        )
    if message.sent_at is not None and now - message.sent_at >= WARN_FROM_AGE:
        minutes = int((now - message.sent_at).total_seconds() // 60)
        return f"It waited {minutes} minutes in the queue before it could be settled."
    return ""


def stale(entry: InboxEntry, now: datetime) -> InboxEntry:
    """The entry after the vendor refused its handle: it waits for the redelivery, with a new one."""
    handle = entry.message.handle if entry.message is not None else ""
    return replace(entry, stale_handle=handle, stale_at=now, empty_reads=0)


def blocked(entry: InboxEntry, now: datetime) -> InboxEntry:
    """The entry behind one of its group that waits for its redelivery: its own release waits, too."""
    return replace(entry, status="blocked", stale_at=entry.stale_at or now, empty_reads=0)


def may_be_gone(entry: InboxEntry) -> bool:
    """Whether the vendor may no longer have it though we were not told: what a process that died released last.

    That one's group goes with it: with nothing before it the vendor would hand it out again, had it not been released.
    """
    return is_stuck(entry) or (entry.status == "blocked" and entry.stale_at is not None)


def emptied(entry: InboxEntry, now: datetime) -> InboxEntry:
    """A stale entry, or one blocked behind it, after its queue was read to the end without it.

    Twice so, over a length of time that no invisibility outlasts, and the vendor no longer has it: the release we
    did not hear of was done.
    """
    entry = replace(entry, empty_reads=entry.empty_reads + 1)
    waited = entry.stale_at is not None and now - entry.stale_at >= SETTLE_AFTER
    if entry.empty_reads >= EMPTY_READS and waited:
        return released(entry)
    return entry


def released(entry: InboxEntry) -> InboxEntry:
    """The entry after its queue was told."""
    return replace(entry, **once_released(entry.status))


def once_released(status: str) -> dict[str, Any]:
    """The fields that change when an entry's queue is told, as a record and its document have them."""
    settled = "acknowledged" if status in ("new", "blocked") else status
    return {"released": True, "status": settled, "stale_handle": "", "stale_at": None}


def is_stuck(entry: InboxEntry) -> bool:
    """Whether a release must wait for a redelivery: the vendor refused the handle we have."""
    return bool(entry.stale_handle) and entry.message is not None and entry.stale_handle == entry.message.handle
