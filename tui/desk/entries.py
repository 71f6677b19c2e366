"""What the inbox and the outbox keep: their entries, and the states these go through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import datetime
from typing import Literal

from providers.model import NOTHING, Message, Order, Patch, Write

Source = Literal["message", "snapshot", "derived", "write"]
"""message: from a queue. snapshot: a polled row or detail that differed. derived: a message made from such a
difference. write: a confirmed write of our own."""

MessageStatus = Literal["new", "held", "blocked", "parked", "acknowledged", "failed"]
"""new: stored, not yet settled. held: waits for our number. blocked: an earlier one of its group is in the way.
parked: cannot be read, kept whole for a person. acknowledged: settled with the vendor. failed: we answered
Failure, or the vendor dropped it."""

WriteState = Literal["queued", "sending", "done", "rejected", "unconfirmed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxEntry:
    """One thing that came in, durable before anything else sees it.

    `applied` says that its patch is in the ticket; `released` that the vendor's queue has been told. `message` is
    None for snapshots and writes. `handled` is the engineer's acknowledgement. `own_write` is the outbox entry
    this confirms, and such an entry is never unread. `answer` is the outbox entry that acknowledges it, where the
    vendor's acknowledgement is a business answer. `reads` counts how often we were handed it, `stale_handle` is a
    receipt handle the vendor no longer takes, since `stale_at`; `empty_reads` counts how often its queue was read to
    the end without it after that. `changed` says that applying it changed the ticket, and `revision` is
    the ticket's after that: replaying the changing entries by revision gives the same ticket. `raw` is what the
    vendor sent where there is no message that holds it. `withheld` says that the link its answer went with was given
    up while the vendor may have been told the number: it is held until the ticket is linked again.
    """

    provider: str
    id: str
    number: str
    source: Source
    order: Order
    received_at: datetime
    status: MessageStatus = "new"
    patch: Patch | None = None
    message: Message | None = None
    applied: bool = False
    released: bool = False
    handled: bool = False
    own_write: str = ""
    warning: str = ""
    answer: str = ""
    reads: int = 1
    stale_handle: str = ""
    stale_at: datetime | None = None
    empty_reads: int = 0
    changed: bool = False
    revision: int = 0
    raw: str = ""
    withheld: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxEntry:
    """One write: queued, sending, then done, rejected or unconfirmed.

    `error` is a sentence with the next step, empty where there is none. `attempts` counts requests that left.
    `revision` is the ticket's when the form was opened. `retry_at` is when an unconfirmed one may be settled.
    `empty_reads` counts how often the vendor's queue was read to its end since it was sent, `emptied_at` is the
    last time. `dropped` says that the engineer gave it up. `answers` names the entries this one stands for (a link
    that acknowledges messages).
    """

    write: Write
    state: WriteState = "queued"
    attempts: int = 0
    created_at: datetime
    updated_at: datetime
    sent_at: datetime | None = None
    error: str = ""
    error_type: str = ""
    next_step: str = ""
    field: str = ""
    note: str = ""
    needs_engineer: bool = False
    empty_reads: int = 0
    evidence: Mapping[str, object] = dataclass_field(default_factory=lambda: NOTHING)
    revision: int = 0
    retry_at: datetime | None = None
    emptied_at: datetime | None = None
    dropped: bool = False
    answers: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The entry's id, which is its write's."""
        return self.write.id
