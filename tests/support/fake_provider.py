"""A vendor at the protocol's boundary, in memory: scripted answers, and a ledger of what it committed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from providers.base import CheckStep, Connector, Declaration, Operation, Progress, Settling
from providers.clock import Clock, milliseconds
from providers.errors import NotFound, VendorError
from providers.model import Attachment, Batch, Message, Patch, Preview, Receipt, Snapshot, Ticket, Write

EVERYTHING = frozenset(Operation)
QUEUED = EVERYTHING - {Operation.LIST, Operation.DETAIL, Operation.ACKNOWLEDGE}
LISTED = EVERYTHING - {Operation.QUEUE, Operation.ACKNOWLEDGE}
ANSWERED = EVERYTHING


def declare(offered: frozenset[Operation] = QUEUED, **changes: object) -> Declaration:
    """A declaration with these operations; `changes` are other fields of it."""
    declaration = Declaration(kind="fake", title="Fake", document="none", support="none", offered=offered)
    return replace(declaration, **changes)  # type: ignore[arg-type]  # a test names real fields


@dataclass
class Queued:
    """One message in the fake queue: how often it was received, and until when it is invisible."""

    message: Message
    handle: str = ""
    count: int = 0
    invisible: bool = False


@dataclass
class FakeProvider(Connector):
    """Scripted vendor. `ledger` holds what it committed: (action, number, body) in order.

    `before` and `after` hold exceptions that the next sends raise before, or after, they commit.
    """

    name: str = "fake"
    declaration: Declaration = field(default_factory=declare)
    ledger: list[tuple[str, str, str]] = field(default_factory=list)
    released: list[str] = field(default_factory=list)
    queue: list[Queued] = field(default_factory=list)
    rows: list[Snapshot] = field(default_factory=list)
    pages: dict[str, Snapshot] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    before: list[VendorError] = field(default_factory=list)
    after: list[VendorError] = field(default_factory=list)
    list_fails: list[VendorError] = field(default_factory=list)
    list_breaks_off: list[VendorError] = field(default_factory=list)
    receive_fails: list[VendorError] = field(default_factory=list)
    release_fails: list[VendorError] = field(default_factory=list)
    batches: list[Batch] = field(default_factory=list)
    found: Callable[[Write], Receipt | None] = field(default=lambda write: None)
    confirmed_by: Callable[[Write, Message], bool] = field(default=lambda write, message: False)
    receives: int = 0
    redelivers: bool = False
    hold: asyncio.Event | None = None
    closed: bool = False

    def __hash__(self) -> int:
        return id(self)

    # Scripting.

    def put(self, *messages: Message) -> None:
        """Put messages into the queue."""
        self.queue += [Queued(message) for message in messages]

    def reappear(self) -> None:
        """Everything invisible can be received again, with a new handle."""
        for item in self.queue:
            item.invisible = False

    def show(self, patch: Patch, order: int, *, detailed: bool = False) -> None:
        """Have the list, or a ticket's page, say this from now on."""
        snapshot = Snapshot(patch=patch, order=(order, 0), detailed=detailed, raw="{}")
        if detailed:
            self.pages[patch.number] = snapshot
        else:
            self.rows = [row for row in self.rows if row.patch.number != patch.number] + [snapshot]

    # The protocol.

    async def list_open(self) -> AsyncIterator[Snapshot]:
        """The scripted rows, and the failure that breaks them off."""
        _raise_next(self.list_fails)
        for row in self.rows:
            yield row
        _raise_next(self.list_breaks_off)

    async def detail(self, number: str, internal_id: str = "") -> Snapshot:
        """The scripted page."""
        if number not in self.pages:
            raise NotFound(self.name, f"{number} is not known")
        return self.pages[number]

    async def receive(self) -> Batch:
        """The next scripted batch, or up to ten visible messages, one delivery of a group in flight at a time."""
        self.receives += 1
        _raise_next(self.receive_fails)
        if self.batches:
            return self.batches.pop(0)
        groups = {item.message.group for item in self.queue if item.invisible}
        given = []
        for item in self.queue:
            if item.invisible or item.message.group in groups:
                continue
            item.count += 1
            item.handle = f"{item.message.id}#{item.count}"
            item.invisible = True
            given.append(replace(item.message, handle=item.handle, receive_count=item.count))
            if len(given) == 10:
                break
        return Batch(messages=tuple(given), more=bool(given))

    async def release(self, message: Message) -> None:
        """Delete by handle; NotFound where it is not the newest."""
        _raise_next(self.release_fails)
        if Operation.ACKNOWLEDGE in self.declaration.offered:
            return
        for item in self.queue:
            if item.handle == message.handle and item.invisible:
                self.released.append(message.id)
                if not self.redelivers:
                    self.queue.remove(item)
                return
        raise NotFound(self.name, "the receipt handle has expired")

    def prepare(self, write: Write, ticket: Ticket | None) -> Preview:
        """What would be sent: the write's values."""
        return Preview(method="PUT", path=f"/{write.number}", body=str(dict(write.values)))

    async def send(self, write: Write, ticket: Ticket | None, progress: Progress | None = None) -> Receipt:
        """Commit to the ledger."""
        if self.hold is not None:
            await self.hold.wait()
        _raise_next(self.before)
        words = write.values.get("comment") or write.values.get("message_id") or write.client_number
        self.ledger.append((write.action, write.number, str(words)))
        _raise_next(self.after)
        number = write.number or f"N{len(self.ledger)}"
        return Receipt(number=number, note="done")

    async def find(self, write: Write, ticket: Ticket | None) -> Receipt | None:
        """What the script finds."""
        return self.found(write)

    def confirms(self, write: Write, message: Message) -> bool:
        """What the script says."""
        return self.confirmed_by(write, message)

    async def download(self, attachment: Attachment, progress: Progress | None = None) -> AsyncIterator[bytes]:
        """The scripted file."""
        if attachment.url not in self.files:
            raise NotFound(self.name, "the link has expired")
        yield self.files[attachment.url]

    async def check(self, number: str = "") -> tuple[CheckStep, ...]:
        """Always well."""
        return (CheckStep(name="reach", ok=True),)

    async def aclose(self) -> None:
        """Note that it was closed."""
        self.closed = True


def _raise_next(failures: list[VendorError]) -> None:
    if failures:
        raise failures.pop(0)


def message(
    number: str = "T1",
    order: int = 1000,
    *,
    message_id: str = "",
    patch: Patch | None = None,
    **more: object,
) -> Message:
    """A readable message of one ticket, in that ticket's group."""
    known = Message(
        provider="fake",
        id=message_id or f"m{order}",
        number=number,
        kind="update",
        group=number,
        order=(order, 0),
        raw="raw",
        patch=patch or Patch(number=number, set={"summary": f"said at {order}"}),
    )
    return replace(known, **more)  # type: ignore[arg-type]  # a test names real fields


def stamped(clock: Clock, seconds: float = 0) -> int:
    """The clock's milliseconds, some seconds later."""
    return milliseconds(clock.now()) + int(seconds * 1000)


class SetClock:
    """A clock that stands until it is moved."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._monotonic = 0.0

    def now(self) -> datetime:
        """The time it was set to."""
        return self._now

    def monotonic(self) -> float:
        """Seconds it was moved."""
        return self._monotonic

    def move(self, seconds: float) -> None:
        """Let time pass."""
        from datetime import timedelta

        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds


SETTLE = {"comment": Settling(by="lookup", fallback="engineer"), "update": Settling(fallback="repeat_once")}


def numbers(snapshots: Iterable[Snapshot]) -> list[str]:
    """The tickets of some rows."""
    return [snapshot.patch.number for snapshot in snapshots]
