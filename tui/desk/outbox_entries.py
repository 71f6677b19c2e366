"""An outbox entry from one state to the next. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from providers.errors import (
    NotAuthorised,
    NotFound,
    NotOffered,
    Rejected,
    SecretMissing,
    Throttled,
    TooLarge,
    Unconfirmed,
    Unreachable,
    VendorError,
    WrongState,
)
from providers.model import Receipt, Write
from tui.desk import health
from tui.desk.context import Context
from tui.desk.entries import InboxEntry, OutboxEntry

AUTOMATIC: Final = "ack"
"""Prefix of the ids of answers that nobody had to decide on; other ids are hexadecimal."""
SETTLE_AFTER: Final = timedelta(seconds=120)
"""Until then a write that is not found may still be committing at the vendor."""
CLOCK_AHEAD: Final = "clock_ahead"
"""Evidence that a clock which was ahead stamped the send: it was sent at some time before `sent_at`."""
LINK_GIVEN_UP: Final = "link_given_up"
"""Evidence that the link which an answer went with was given up while it was under way: the link's id."""
_REFUSALS: Final = (Rejected, WrongState, NotFound, NotAuthorised, NotOffered, TooLarge)
_CLEAN: Final[Mapping[str, Any]] = {
    "error": "",
    "error_type": "",
    "next_step": "",
    "field": "",
    "needs_engineer": False,
}


def references(write: Write) -> tuple[str, ...]:
    """By which names the log finds what is sent for a write: ticket, own number, its entry, the answered message."""
    return write.number, write.client_number, write.id, str(write.values.get("message_id", ""))


def new(write: Write, now: datetime, revision: int = 0) -> OutboxEntry:
    """A write that waits to be sent."""
    return OutboxEntry(write=write, created_at=now, updated_at=now, revision=revision)


def acknowledgement(context: Context, entry: InboxEntry, client_number: str, now: datetime, place: int) -> OutboxEntry:
    """The answer Success to a message. Its id follows from the message's, so that there is one.

    Answers made together are a microsecond apart by their `place`, so that they leave in that order.
    """
    digest = hashlib.sha256(f"{entry.provider}\x1f{entry.id}".encode()).hexdigest()[:10]
    write = Write(
        id=f"{AUTOMATIC}{digest}",
        action="acknowledge",
        provider=entry.provider,
        number=entry.number,
        client_number=client_number,
        values={"message_id": entry.id, "status": "Success"},
        engineer=context.engineer,
        created_at=now,
    )
    return new(write, now + timedelta(microseconds=place))


def is_automatic(entry: OutboxEntry) -> bool:
    """Whether this is an answer that nobody had to decide on."""
    write = entry.write
    return write.action == "acknowledge" and write.values.get("status") == "Success" and write.id.startswith(AUTOMATIC)


def sending(entry: OutboxEntry, now: datetime) -> OutboxEntry:
    """About to leave: durable before the request does."""
    return replace(
        entry,
        **_CLEAN,
        write=replace(entry.write, sent_at=now),
        state="sending",
        attempts=entry.attempts + 1,
        sent_at=now,
        updated_at=now,
        retry_at=None,
        empty_reads=0,
        emptied_at=None,
    )


def done(entry: OutboxEntry, receipt: Receipt, now: datetime) -> OutboxEntry:
    """Confirmed by the vendor."""
    number = entry.write.number or receipt.number
    return replace(
        entry,
        **_CLEAN,
        write=replace(entry.write, number=number),
        state="done",
        note=receipt.note,
        updated_at=now,
        retry_at=None,
    )


def failed(
    entry: OutboxEntry, error: VendorError, now: datetime, *, stayed: bool = False, earlier: datetime | None = None
) -> OutboxEntry:
    """After an error: rejected where nothing was done, queued where nothing was sent, else unconfirmed.

    Parts of it that the vendor confirmed are remembered, and not sent again. `stayed` says that it was refused here,
    before anything of it left; `earlier` is when the try before this one was sent.
    """
    parts = tuple(dict.fromkeys((*entry.write.done, *error.done)))
    left = parts != tuple(entry.write.done) or not (stayed or isinstance(error, SecretMissing | Unreachable))
    entry = replace(entry, write=replace(entry.write, done=parts)) if left else _never_left(entry, earlier)
    if isinstance(error, SecretMissing):
        return replace(_told(entry, error), state="queued", updated_at=now, retry_at=None)
    if isinstance(error, Unreachable | Throttled):
        wait = error.retry_after if isinstance(error, Throttled) else 0.0
        retry_at = now + min(timedelta(seconds=wait), health.RETRY_AFTER_CAP) if wait else None
        return replace(_told(entry, error), state="queued", updated_at=now, retry_at=retry_at)
    if isinstance(error, _REFUSALS) and entry.write.doubtful:
        return _still_doubtful(entry, error, now, earlier)
    if isinstance(error, _REFUSALS):
        return replace(_told(entry, error), state="rejected", updated_at=now, needs_engineer=True, retry_at=None)
    entry = replace(entry, write=replace(entry.write, doubtful=True))
    unanswered = error if isinstance(error, Unconfirmed) else Unconfirmed(error.provider, error.message)
    after = replace(_told(entry, unanswered), state="unconfirmed", updated_at=now, retry_at=_settle_at(entry, now))
    return link_given_up(after, now) if LINK_GIVEN_UP in entry.evidence else after


def still_waits(before: OutboxEntry, after: OutboxEntry) -> bool:
    """Whether a try to send it changed nothing: it waits, as it did, and for the same reason."""
    waits = before.state == after.state == "queued"
    return waits and (before.error_type, before.error) == (after.error_type, after.error)


def _still_doubtful(entry: OutboxEntry, error: VendorError, now: datetime, earlier: datetime | None) -> OutboxEntry:
    """Refused this time, which says nothing of an earlier try that got no answer: that one may have been done.

    It is looked for by when that one was sent, and only a person decides what becomes of it.
    """
    told, sent = _told(entry, error), earlier or entry.sent_at
    doubtful = replace(
        told,
        write=replace(entry.write, sent_at=sent),
        sent_at=sent,
        state="unconfirmed",
        error=f"{told.error}; an earlier try got no answer and may have been done",
        error_type=Unconfirmed.__name__,
    )
    step = f"{error.next_step} Look at the vendor whether it is done already, then retry or drop it.".strip()
    return put_to_engineer(doubtful, step, now)


def _never_left(entry: OutboxEntry, earlier: datetime | None) -> OutboxEntry:
    """The entry without the try that ended before anything of it was sent."""
    if entry.attempts > 1:
        sent = earlier or entry.sent_at
        return replace(entry, attempts=entry.attempts - 1, sent_at=sent, write=replace(entry.write, sent_at=sent))
    return replace(entry, attempts=0, sent_at=None, write=replace(entry.write, sent_at=None))


def lost(entry: OutboxEntry, why: str, now: datetime) -> OutboxEntry:
    """Sent, and nobody waited for the answer: the process ended, or was told to."""
    return failed(entry, Unconfirmed(entry.write.provider, why), now)


def again(entry: OutboxEntry, note: str, now: datetime) -> OutboxEntry:
    """Queued once more."""
    evidence = {name: value for name, value in entry.evidence.items() if name != LINK_GIVEN_UP}
    return replace(
        entry,
        **_CLEAN,
        state="queued",
        note=note,
        updated_at=now,
        retry_at=None,
        dropped=False,
        evidence=evidence,
    )


def link_given_up(entry: OutboxEntry, now: datetime) -> OutboxEntry:
    """An answer without an answer whose link was given up: it may have been done, and is not repeated by itself."""
    own = entry.write.client_number
    words = f"the link it went with was given up, and the vendor may have been told {own}"
    step = f"Ask the vendor whether it has {own}: retry this to tell it so, or drop it."
    return put_to_engineer(replace(entry, error=f"{entry.error}; {words}" if entry.error else words), step, now)


def put_to_engineer(entry: OutboxEntry, next_step: str, now: datetime) -> OutboxEntry:
    """Nothing can settle it but a person."""
    return replace(entry, needs_engineer=True, next_step=next_step, updated_at=now, retry_at=None)


def set_right(entry: OutboxEntry, now: datetime) -> OutboxEntry:
    """The entry without times that lie in the future: a clock that was ahead stamped them, and they count as now.

    What depends on when it was sent is counted anew from there.
    """
    sent_ahead = entry.sent_at is not None and entry.sent_at > now
    after = replace(
        entry,
        created_at=min(entry.created_at, now),
        updated_at=min(entry.updated_at, now),
        write=replace(entry.write, created_at=_past(entry.write.created_at, now)),
    )
    if sent_ahead:
        write = replace(after.write, sent_at=now)
        evidence = {**entry.evidence, CLOCK_AHEAD: True}
        after = replace(after, write=write, sent_at=now, retry_at=now + SETTLE_AFTER, evidence=evidence)
    if sent_ahead or (entry.emptied_at is not None and entry.emptied_at > now):
        after = replace(after, empty_reads=0, emptied_at=None)
    return after


def _past(at: datetime | None, now: datetime) -> datetime | None:
    return None if at is None else min(at, now)


def dropped(entry: OutboxEntry, note: str, now: datetime) -> OutboxEntry:
    """Given up by the engineer: kept as rejected, asking for nothing more. The vendor may have done it all the same."""
    if entry.state == "unconfirmed" or entry.write.doubtful:
        note = f"{note} It may have been done already."
    return replace(
        entry,
        state="rejected",
        dropped=True,
        needs_engineer=False,
        note=note,
        updated_at=now,
        retry_at=None,
        next_step="",
    )


def _told(entry: OutboxEntry, error: VendorError) -> OutboxEntry:
    words = f" ({error.vendor_words})" if error.vendor_words else ""
    return replace(
        entry,
        error=f"{error.message}{words}",
        error_type=type(error).__name__,
        next_step=error.next_step,
        field=error.field,
    )


def _settle_at(entry: OutboxEntry, now: datetime) -> datetime:
    return (entry.sent_at or now) + SETTLE_AFTER
