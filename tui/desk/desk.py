"""The desk: everything the command line, the dashboard and the headless sync do, done in one place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from providers.base import Declaration, Progress, Provider
from providers.clock import Clock
from providers.model import NOTHING, Engineer, Preview, Ticket, TicketKey, TicketRow, Write
from tui.desk.entries import InboxEntry, OutboxEntry
from tui.desk.ports import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderHealth:
    """How one provider is doing, as the health strip, `status` and `check` show it.

    `consumes` is false where the queue is not read here; `asks_consume` is true while `consume` is "ask" and the
    engineer has not answered yet (Desk.answer_consume). `queue_age` is seconds of the oldest unsettled message.
    """

    name: str
    kind: str
    state: Literal["ok", "late", "down", "paused", "unknown"] = "unknown"
    last_good: datetime | None = None
    last_try: datetime | None = None
    failures: int = 0
    error: str = ""
    error_type: str = ""
    next_step: str = ""
    retry_at: datetime | None = None
    queue_depth: int = 0
    queue_age: float | None = None
    gap: str = ""
    warning: str = ""
    consumes: bool = True
    poll_seconds: int = 60
    asks_consume: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncReport:
    """What one provider's poll did. `error` is the exception's sentence, empty where all went well."""

    provider: str
    received: int = 0
    applied: int = 0
    acknowledged: int = 0
    held: int = 0
    parked: int = 0
    rows: int = 0
    sent: int = 0
    error: str = ""
    error_type: str = ""
    skipped: str = ""


@dataclass(frozen=True, slots=True)
class TimelineItem:
    """One line of a ticket's story: a comment, a state change, an attachment, one of our own writes, a note."""

    at: datetime | None
    kind: Literal["comment", "state", "attachment", "write", "note", "approval"]
    author: str
    body: str
    origin: Literal["vendor", "us"]
    status: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class DeskEvent:
    """Something a pane may want to show again. `keys` empty means all of that subject."""

    subject: Literal["tickets", "messages", "outbox", "health", "drafts", "store"]
    keys: frozenset[TicketKey] = frozenset()


class Desk:
    """One store, the configured providers, and all that is done with them. Bound to one event loop."""

    def __init__(
        self,
        store: Store,
        providers: Mapping[str, Provider],
        clock: Clock,
        engineer: Engineer,
        *,
        read_only: bool = False,
    ) -> None:
        self.store = store
        self.providers = providers
        self.clock = clock
        self.engineer = engineer
        self.read_only = read_only

    # What is known. All immediate, from the store.

    def rows(self) -> list[TicketRow]:
        """Every ticket's row, in no particular order."""
        raise NotImplementedError

    def row(self, key: TicketKey) -> TicketRow | None:
        """One ticket's row, as `rows` has it; what a list asks for after an event that names its keys."""
        return next((row for row in self.rows() if row.key == key), None)

    def raw(self, key: TicketKey) -> list[tuple[datetime | None, str]]:
        """What the vendor sent of a ticket, whole and with its time, newest first: messages, rows, details."""
        entries = [entry for entry in self.messages(settled=True) if TicketKey(entry.provider, entry.number) == key]
        return [(entry.received_at, entry.message.raw) for entry in entries if entry.message is not None]

    def ticket(self, key: TicketKey) -> Ticket | None:
        """One ticket, whole."""
        raise NotImplementedError

    def find(self, provider: str, number: str) -> TicketKey | None:
        """The ticket with this vendor number or own number."""
        raise NotImplementedError

    def timeline(self, key: TicketKey) -> list[TimelineItem]:
        """Its story, oldest first."""
        raise NotImplementedError

    def messages(self, *, settled: bool = False) -> list[InboxEntry]:
        """What came in and is not yet handled (all with `settled`), newest first."""
        raise NotImplementedError

    def outbox(self, *, settled: bool = False) -> list[OutboxEntry]:
        """Writes that wait, failed or need someone (all with `settled`), oldest first."""
        raise NotImplementedError

    def health(self) -> list[ProviderHealth]:
        """Each provider's, in the config's order."""
        raise NotImplementedError

    def declaration(self, provider: str) -> Declaration:
        """What a provider offers."""
        return self.providers[provider].declaration

    def subscribe(self, listener: Callable[[DeskEvent], None]) -> Callable[[], None]:
        """Have `listener` called on the event loop after each change. Returns what ends it."""
        raise NotImplementedError

    async def answer_consume(self, provider: str, consume: bool) -> None:
        """The engineer said whether this provider's queue may be read here; remembered in the store."""
        raise NotImplementedError

    # Reading from the vendors.

    async def sync(self, provider: str) -> SyncReport:
        """One poll: list, queue until empty, details, settle the outbox. Never raises for a vendor's failure."""
        raise NotImplementedError

    async def run(self) -> None:
        """Poll every provider until cancelled; takes the consumer lease or follows its holder."""
        raise NotImplementedError

    async def refresh(self, key: TicketKey) -> Ticket:
        """Read the ticket's own page now. Raises the vendor's error; what was known stays."""
        raise NotImplementedError

    async def track(self, provider: str, number: str) -> Ticket:
        """Start to follow a ticket by its number, for vendors without a list."""
        raise NotImplementedError

    async def download(
        self, key: TicketKey, name: str = "", to: Path | None = None, progress: Progress | None = None
    ) -> list[Path]:
        """Fetch a ticket's files (all where `name` is empty) under safe new names. Returns where they are."""
        raise NotImplementedError

    # Writing to the vendors.

    def write(
        self,
        action: str,
        provider: str,
        number: str = "",
        *,
        client_number: str = "",
        ticket_type: str = "",
        values: Mapping[str, object] = NOTHING,
        files: Sequence[Path] = (),
    ) -> Write:
        """A new intent, with the ticket's own number and type filled in, checked by nobody yet."""
        raise NotImplementedError

    def preview(self, write: Write) -> Preview:
        """Exactly what would be sent. Raises as Provider.prepare does."""
        raise NotImplementedError

    async def submit(self, write: Write, *, revision: int | None = None) -> OutboxEntry:
        """Make it durable: queued. Raises what `preview` raises, and then nothing is kept."""
        raise NotImplementedError

    async def deliver(self, entry_id: str, progress: Progress | None = None) -> OutboxEntry:
        """Send one entry now, if nothing of the same ticket is before it, and return it as it then stands."""
        raise NotImplementedError

    async def retry(self, entry_id: str) -> OutboxEntry:
        """The engineer decided: send an unconfirmed or rejected entry again."""
        raise NotImplementedError

    async def drop(self, entry_id: str) -> OutboxEntry:
        """The engineer decided: give an entry up."""
        raise NotImplementedError

    # Ours alone.

    async def mark(self, keys: Sequence[TicketKey], mark: str, until: datetime | None = None) -> None:
        """handled, unread or snooze (until)."""
        raise NotImplementedError

    async def handle_message(self, provider: str, message_id: str) -> InboxEntry:
        """The engineer has seen to a message."""
        raise NotImplementedError

    async def note(self, key: TicketKey, text: str) -> None:
        """A note of our own, never sent."""
        raise NotImplementedError

    def draft(self, form: str) -> Mapping[str, object] | None:
        """What was typed into a form and not sent."""
        raise NotImplementedError

    async def save_draft(self, form: str, values: Mapping[str, object] | None) -> None:
        """Keep what was typed (None forgets it)."""
        raise NotImplementedError

    async def aclose(self) -> None:
        """End what runs, close connections and the store."""
        raise NotImplementedError
