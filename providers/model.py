"""Tickets and what happens to them, without a vendor's peculiarities.

Every record is an immutable, slotted dataclass: cheap to build by the ten thousand and free of pydantic, so
that a list can be painted before the wire models are imported. Times are aware datetimes in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final, Literal

TicketType = Literal["incident", "request", "change", "service_request", "rfi", "case", "task"]
Origin = Literal["vendor", "us"]
Direction = Literal["in", "out"]
ApprovalState = Literal["requested", "approved", "rejected", "cancelled"]
MessageKind = Literal[
    "create",
    "update",
    "comment",
    "closure",
    "attachment",
    "approval",
    "redraft",
    "number_returned",
    "unknown",
]
CycleStep = Literal["opened", "approved", "rejected", "cancelled"]

TICKET_TYPES: Final = ("incident", "request", "change", "service_request", "rfi", "case", "task")
TICKET_STATES: Final = ("new", "open", "pending", "resolved", "closed", "cancelled")
CHANGE_STATES: Final = ("draft", "assess", "authorize", "scheduled", "implement", "review")
ENDED_STATES: Final = frozenset({"closed", "cancelled"})

Order = tuple[int, int]
"""When a statement was made: (milliseconds since the epoch, sequence number). Compared as a tuple.

The first is the queue's own stamp, or for polled rows the start of the request; the second breaks ties and may
exceed 64 bits.
"""

NOTHING: Final[Mapping[str, object]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """One comment, work note or closure note. `id` is the vendor's, or a digest of time, author and body."""

    id: str
    author: str = ""
    at: datetime | None = None
    body: str = ""
    origin: Origin = "vendor"
    own_write: str = ""
    """The id our own copy had before the vendor showed us its copy of it; empty for everything else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """One file on a ticket. `size` is bytes of the file itself.

    `url` is where it can be fetched from; it may carry a signature, so it is a secret: never shown, logged or
    exported. `expires_at` is until when it is good, where it says so. `path` is our own copy, empty until it has
    been fetched.
    """

    id: str
    name: str
    size: int | None = None
    content_type: str = ""
    direction: Direction = "in"
    at: datetime | None = None
    url: str = ""
    path: str = ""
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A vendor's request that one person decide on a change. `cycle` counts from 1 per ticket."""

    id: str
    approver: str = ""
    approver_name: str = ""
    state: ApprovalState = "requested"
    cycle: int = 1
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleMark:
    """One step of a change's approval, and when it was said. The cycles are counted from all of them, in order."""

    step: CycleStep
    order: Order


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One ticket as far as we know it. `state` is ours, `vendor_state` the vendor's word.

    `vendor` is what else the vendor sent, under its own names. `partial` says that it was built from a message
    which did not carry everything. `stamps` holds for each field the order of the statement it came from, so
    that an older one never overwrites a newer. `revision` counts the entries applied.
    """

    provider: str
    number: str
    client_number: str = ""
    internal_id: str = ""
    type: str = "incident"
    state: str = "open"
    vendor_state: str = ""
    priority: int | None = None
    summary: str = ""
    description: str = ""
    opened_at: datetime | None = None
    updated_at: datetime | None = None
    due_at: datetime | None = None
    awaiting_us: bool = False
    partial: bool = False
    comments: tuple[Comment, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    approvals: tuple[Approval, ...] = ()
    cycle: int = 0
    cycle_marks: tuple[CycleMark, ...] = ()
    former_client_numbers: tuple[str, ...] = ()
    vendor: Mapping[str, object] = field(default_factory=lambda: NOTHING)
    stamps: Mapping[str, Order] = field(default_factory=dict)
    revision: int = 0

    @property
    def key(self) -> TicketKey:
        """Provider and number: what a selection, a draft or a confirmation holds."""
        return TicketKey(self.provider, self.number)


@dataclass(frozen=True, slots=True, order=True)
class TicketKey:
    """What names a ticket here. Two vendors may use the same number."""

    provider: str
    number: str

    def __str__(self) -> str:
        return f"{self.provider} {self.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """What one row, detail, message or confirmed write says of one ticket.

    `set` and `fill` hold Ticket fields by name (client_number, internal_id, type, state, vendor_state, priority,
    summary, description, opened_at, updated_at, due_at, awaiting_us); `vendor` the vendor's other fields by the
    vendor's names. `set` and `vendor` overwrite what is older. `fill` and `vendor_fill` are taken only where the
    ticket has nothing yet: the rest of a message of which only a part is news. Comments, attachments and
    approvals are added by id, whatever their age. `cycle` is what this does to a change's approval cycle.
    `partial` marks a ticket made from this alone; `complete` takes that mark away again. `taken_back` is a number of
    ours that the ticket had before the vendor was told of it, and has no longer.
    """

    number: str
    set: Mapping[str, object] = field(default_factory=lambda: NOTHING)
    fill: Mapping[str, object] = field(default_factory=lambda: NOTHING)
    vendor: Mapping[str, object] = field(default_factory=lambda: NOTHING)
    vendor_fill: Mapping[str, object] = field(default_factory=lambda: NOTHING)
    comments: tuple[Comment, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    approvals: tuple[Approval, ...] = ()
    cycle: CycleStep | None = None
    partial: bool = False
    complete: bool = False
    taken_back: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A polled row or detail: what the vendor said when asked at `order` (the request's start).

    `detailed` is true for a ticket's own page, false for a row of a list.
    """

    patch: Patch
    order: Order
    detailed: bool = False
    raw: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message as a queue handed it over, with what we made of it.

    Its key is (provider, id), never the `handle`, which changes with each delivery. `group` is the ticket it is
    ordered within. `raw` is what came, whole. `patch` is None where it could not be read; `problem` then says
    why. `awaits_number` is true where the vendor wants to hear our own number before it counts as processed.
    `blocked_by` and such states belong to the inbox, not here.
    """

    provider: str
    id: str
    number: str = ""
    client_number: str = ""
    kind: MessageKind = "unknown"
    group: str = ""
    order: Order = (0, 0)
    sent_at: datetime | None = None
    received_at: datetime | None = None
    receive_count: int = 1
    handle: str = ""
    summary: str = ""
    raw: str = ""
    patch: Patch | None = None
    problem: str = ""
    awaits_number: bool = False
    ignored: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One answer of a queue. `gap` says in words what may have been lost with a cut or missing answer.

    `more` is true while the queue may hold more: poll again until it is false.
    """

    messages: tuple[Message, ...] = ()
    more: bool = False
    gap: str = ""
    raw: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRef:
    """A local file that a write sends. The digest is checked before it leaves: the file must not have changed."""

    path: str
    name: str
    size: int
    content_type: str
    sha256: str

    @property
    def part(self) -> str:
        """What it is called among the parts of a write (Write.done)."""
        return f"file {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Engineer:
    """Who acts: shown in previews, sent where a vendor wants a contact, kept in the audit line."""

    name: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One intent towards a vendor, as the outbox keeps it.

    `action` is an Operation's value. `values` are the fields by the names of the vendor's declaration; common
    ones are `comment`, `notes`, `code`, `status`, `message_id`, `reason`, `approval_id`. `engineer` is who sends
    it (name, email, phone). `id` is the outbox entry's.

    Some vendors need several requests for one write. `done` are those parts that the vendor confirmed in an earlier
    try (VendorError.done), which are not sent again; `doubtful` says that an earlier try got no answer, so that any
    other part may have been done as well.
    """

    id: str
    action: str
    provider: str
    number: str = ""
    client_number: str = ""
    ticket_type: str = ""
    values: Mapping[str, object] = field(default_factory=lambda: NOTHING)
    files: tuple[FileRef, ...] = ()
    engineer: Engineer = field(default_factory=Engineer)
    created_at: datetime | None = None
    sent_at: datetime | None = None
    done: tuple[str, ...] = ()
    doubtful: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A vendor's confirmation of a write: what it says of the ticket, and its own words, made safe."""

    number: str = ""
    patch: Patch | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """Exactly what a write would send. Secrets are left out, file contents named by size.

    `warnings` are for the engineer: a file sent under another name, a field appended elsewhere.
    """

    method: str
    path: str
    body: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TicketRow:
    """What a list shows of a ticket. Built from the store's index without decoding the ticket."""

    provider: str
    number: str
    client_number: str
    type: str
    state: str
    vendor_state: str
    priority: int | None
    summary: str
    opened_at: datetime | None
    updated_at: datetime | None
    due_at: datetime | None
    awaiting_us: bool
    approval_asked: bool
    unread: bool
    handled: bool
    snoozed_until: datetime | None
    held: bool
    faulty_write: bool
    partial: bool = False
    undecided_write: bool = False
    """Whether the faulty write is the engineer's to decide; until then it is looked up."""

    @property
    def key(self) -> TicketKey:
        """Provider and number."""
        return TicketKey(self.provider, self.number)
