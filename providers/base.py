"""What a vendor is to the rest of the program: a declaration (data) and a Provider (behaviour).

A connector declares its operations, fields, limits and vocabularies; forms, help, the command line and the docs
are made from that declaration. Nothing outside a vendor's folder asks which vendor it is.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Literal, Protocol

from providers.errors import NotOffered
from providers.model import Attachment, Batch, Message, Patch, Preview, Receipt, Snapshot, Ticket, Write


class Operation(StrEnum):
    """All that a vendor may offer. The value is the word on the command line and in the outbox."""

    LIST = "list"
    DETAIL = "detail"
    QUEUE = "queue"
    CREATE = "create"
    COMMENT = "comment"
    UPDATE = "update"
    RESOLVE = "resolve"
    CLOSE = "close"
    REOPEN = "reopen"
    CANCEL = "cancel"
    ATTACH = "attach"
    DOWNLOAD = "download"
    ACKNOWLEDGE = "acknowledge"
    LINK = "link"
    APPROVE = "approve"
    REJECT = "reject"
    TAKE = "take"


READS: Final = frozenset({Operation.LIST, Operation.DETAIL, Operation.QUEUE, Operation.DOWNLOAD})
WRITES: Final = frozenset(Operation) - READS


class Kind(StrEnum):
    """What a field holds, so that a form knows its widget and a validator its rule."""

    LINE = "line"  # one line of text
    TEXT = "text"  # several lines
    CHOICE = "choice"  # one of `choices`
    LOCAL_TIME = "local_time"  # YYYY-MM-DD HH:MM in the vendor's zone
    TABLE = "table"  # rows of named values
    PAIRS = "pairs"  # free name/value pairs
    SECRET = "secret"  # never shown, logged or exported


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One allowed value: what is sent, and what is shown."""

    value: str
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a form, by the name in the vendor's document.

    `common` names the vendor-neutral field it carries (client_number, summary, description, priority, comment,
    notes, code), so that a create file may use either name. `max_length` counts characters. `required` is
    unconditional; `required_when` says in words when else. `only_for` lists the ticket types that take it (all
    where empty). `editable` says that it may change after create. `suggestions` are offered, not enforced.
    """

    name: str
    title: str
    kind: Kind = Kind.LINE
    common: str = ""
    required: bool = False
    required_when: str = ""
    max_length: int | None = None
    choices: tuple[Choice, ...] = ()
    suggestions: tuple[str, ...] = ()
    only_for: frozenset[str] = frozenset()
    columns: tuple[Field, ...] = ()
    editable: bool = False
    default: str = ""
    help: str = ""
    source: str = ""

    def takes(self, ticket_type: str) -> bool:
        """Whether a ticket of this type has this field."""
        return not self.only_for or ticket_type in self.only_for


Fallback = Literal["send_again", "repeat_once", "engineer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settling:
    """How a write without an answer is settled.

    `by` names where it may be found: `lookup` asks the vendor (Provider.find), `queue` waits for a message that
    confirms it, `nothing` has no evidence. What is found is done at once. Not found proves nothing until 120 s
    after the send; then `fallback` holds. `repeat_once` repeats only if nothing newer came for the ticket.
    """

    by: Literal["lookup", "queue", "nothing"] = "nothing"
    fallback: Fallback = "engineer"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentLimits:
    """What a vendor takes as a file. `encoded_bytes` counts the whole message as it goes over the wire."""

    file_bytes: int | None = None
    encoded_bytes: int | None = None
    name_pattern: str = ""
    name_rule: str = ""
    name_length: int | None = None
    forbidden_extensions: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """All that the rest of the program knows of a vendor before it talks to one.

    `offered` holds the operations the document offers; `refusals` say for each other one, in a sentence with the
    words "not offered", why not. `forms` are the fields by operation; an operation without fields has none.
    `ticket_types` maps our types that can be created to the vendor's words. `settling` follows the operations'
    values. `details_per_poll` is how many changed tickets have their detail read in the same poll, because rows
    lack priority or due; 0 where detail is read when a ticket is opened. `change_operations` are what a change
    takes where that differs from other tickets. `files_with_create`: files can go along with a create.
    `asks_before_consuming`: reading the queue takes messages from
    everyone who shares the credentials. `queue_may_lose`: a read of the queue may take messages for good, so one
    that ended in TimedOut or BadAnswer leaves a gap, as a Batch with `gap` does. `link_by_acknowledging`: there is no
    request for linking our number; it goes along with the answers to the ticket's held messages, so a link becomes
    an acknowledge (Success) for each, in their order. `parallel_receives` is how many reads of the queue may be
    under way at once, where its messages are ordered only within their groups. `needs_state` names the states of ours
    from which alone an operation goes; `needs_own_number` the operations that want our number on the ticket first.
    """

    kind: str
    title: str
    document: str
    support: str
    offered: frozenset[Operation]
    refusals: Mapping[Operation, str] = field(default_factory=dict)
    forms: Mapping[Operation, tuple[Field, ...]] = field(default_factory=dict)
    ticket_types: Mapping[str, str] = field(default_factory=dict)
    settling: Mapping[str, Settling] = field(default_factory=dict)
    attachments: AttachmentLimits | None = None
    poll_seconds: int = 60
    details_per_poll: int = 0
    change_operations: frozenset[Operation] | None = None
    irreversible: frozenset[Operation] = frozenset()
    asks_before_consuming: bool = False
    files_with_create: bool = False
    queue_may_lose: bool = False
    link_by_acknowledging: bool = False
    parallel_receives: int = 1
    needs_state: Mapping[Operation, frozenset[str]] = field(default_factory=dict)
    needs_own_number: frozenset[Operation] = frozenset()
    time_zone: str = "UTC"
    notes: tuple[str, ...] = ()

    def refusal(self, operation: Operation, ticket: Ticket | None = None) -> str:
        """Why this cannot be done (with this ticket as it is), in a sentence; empty where it can."""
        return self.unoffered(operation, ticket) or self.wrong_state(operation, ticket)

    def wrong_state(self, operation: Operation, ticket: Ticket | None = None) -> str:
        """Why the ticket's state forbids this, in a sentence; empty where it does not."""
        needed = self.needs_state.get(operation)
        if ticket is None or not needed or ticket.state in needed:
            return ""
        return (
            f"{operation.value} needs a ticket that is {' or '.join(sorted(needed))}; {ticket.number} is {ticket.state}"
        )

    def unlinked(self, operation: Operation, ticket: Ticket | None) -> str:
        """Why a ticket without our number forbids this, in a sentence; empty where it does not."""
        if ticket is None or ticket.client_number or operation not in self.needs_own_number:
            return ""
        return f"{self.title} wants our number on {ticket.number} first; link it"

    def unoffered(self, operation: Operation, ticket: Ticket | None = None) -> str:
        """Why this is not offered (for tickets such as this one), in a sentence; empty where it is."""
        if operation not in self.offered:
            return self.refusals.get(operation, f"{operation.value} is not offered by {self.title}")
        if (
            ticket is not None
            and ticket.type == "change"
            and self.change_operations is not None
            and operation not in self.change_operations
            and operation in WRITES
        ):
            return f"{operation.value} is not offered by {self.title} for a change"
        if operation in (Operation.APPROVE, Operation.REJECT) and ticket is not None and ticket.type != "change":
            return f"{operation.value} is not offered for a ticket that is no change"
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckStep:
    """One thing `vendorq check` tried of a provider: what, whether it went well, and what to do if not.

    `error_type` is the name of the error's class (providers.errors), from which the exit code follows.
    """

    name: str
    ok: bool
    detail: str = ""
    next_step: str = ""
    error_type: str = ""


Progress = Callable[[int, int], None]
"""Called with (bytes sent so far, bytes in all) while a file goes up or comes down."""


class Provider(Protocol):
    """One configured vendor. Every method raises only the errors of providers.errors.

    A connector keeps no state but its token: what has been seen, sent or answered is the desk's.
    """

    name: str
    declaration: Declaration

    def list_open(self) -> AsyncIterator[Snapshot]:
        """Rows of the vendor's list of open tickets, page by page. NotOffered where there is no list."""
        ...

    async def detail(self, number: str, internal_id: str = "") -> Snapshot:
        """One ticket's own page. NotFound where the vendor does not know it."""
        ...

    async def receive(self) -> Batch:
        """The next messages of the queue, unreadable ones included. Never retried by itself."""
        ...

    async def release(self, message: Message) -> None:
        """Tell the queue that this message is durably ours (Ensono's DELETE).

        Nothing to do where the vendor's acknowledgement is a business answer instead. Raises NotFound where the
        handle is no longer valid: the message will come again with a new one.
        """
        ...

    def prepare(self, write: Write, ticket: Ticket | None) -> Preview:
        """Exactly what `send` would send, after checking what the vendor's document forbids.

        Pure. Raises Rejected, WrongState, TooLarge or NotOffered with the field and the limit; nothing has been
        sent then.
        """
        ...

    async def send(self, write: Write, ticket: Ticket | None, progress: Progress | None = None) -> Receipt:
        """Do it, once. Unconfirmed where it left and no readable answer came."""
        ...

    async def find(self, write: Write, ticket: Ticket | None) -> Receipt | None:
        """Look an unanswered write up at the vendor; None where it is not (yet) there."""
        ...

    def confirms(self, write: Write, message: Message) -> bool:
        """Whether this message shows that this write was done. Pure."""
        ...

    def accepted(self, write: Write) -> Patch | None:
        """What a create says of its ticket once the vendor has taken it, as the receipt of `send` does. Pure.

        For one that was found without its answer. None where nothing but the vendor's own answer says more than the
        write itself.
        """
        ...

    def download(self, attachment: Attachment, progress: Progress | None = None) -> AsyncIterator[bytes]:
        """The file's bytes, in pieces, within the size cap."""
        ...

    async def check(self, number: str = "") -> tuple[CheckStep, ...]:
        """DNS, TLS, credentials and one harmless read; never the queue.

        `number` is a ticket that is known here, for a vendor whose only harmless read needs one; empty where none is.
        """
        ...

    async def aclose(self) -> None:
        """Close connections."""
        ...


class Connector:
    """A Provider that offers nothing: each vendor overrides what its document offers.

    What is not overridden raises NotOffered with the declaration's reason.
    """

    name: str
    declaration: Declaration

    def not_offered(self, operation: Operation, ticket: Ticket | None = None) -> NotOffered:
        """The exception for an operation this vendor does not have."""
        reason = self.declaration.unoffered(operation, ticket) or f"{operation.value} is not offered here"
        return NotOffered(self.name, reason)

    async def list_open(self) -> AsyncIterator[Snapshot]:
        """See Provider.list_open."""
        raise self.not_offered(Operation.LIST)
        yield

    async def detail(self, number: str, internal_id: str = "") -> Snapshot:
        """See Provider.detail."""
        raise self.not_offered(Operation.DETAIL)

    async def receive(self) -> Batch:
        """See Provider.receive."""
        raise self.not_offered(Operation.QUEUE)

    async def release(self, message: Message) -> None:
        """See Provider.release."""

    async def find(self, write: Write, ticket: Ticket | None) -> Receipt | None:
        """See Provider.find."""
        return None

    def confirms(self, write: Write, message: Message) -> bool:
        """See Provider.confirms."""
        return False

    def accepted(self, write: Write) -> Patch | None:
        """See Provider.accepted."""
        return None

    async def download(self, attachment: Attachment, progress: Progress | None = None) -> AsyncIterator[bytes]:
        """See Provider.download."""
        raise self.not_offered(Operation.DOWNLOAD)
        yield b""
