"""A desk that says what a test tells it to: no store, no vendors, no threads, the same at every run.

`night()` is one with the tickets of an ordinary night at five vendors, all text and times fixed.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from providers.base import Declaration, Operation, Progress, Provider
from providers.errors import NotOffered
from providers.model import NOTHING, Engineer, Preview, Ticket, TicketKey, TicketRow, Write
from tui.desk.desk import Desk, DeskEvent, ProviderHealth, SyncReport, TimelineItem
from tui.desk.entries import InboxEntry, OutboxEntry
from tui.desk.ports import Store

NOW = datetime(2023, 11, 14, 13, 2, 20, tzinfo=UTC)


@dataclass
class SetClock:
    """A clock that stands where it was put."""

    at: datetime = NOW

    def now(self) -> datetime:
        """Where it was put."""
        return self.at

    def monotonic(self) -> float:
        """The same in seconds."""
        return self.at.timestamp()

    def go_on(self, seconds: float) -> None:
        """Let time pass."""
        self.at += timedelta(seconds=seconds)


def declaration(kind: str, *offered: Operation, title: str = "", **more: Any) -> Declaration:
    """A vendor that offers these operations, and refuses each other in a sentence."""
    title = title or kind
    refusals = {
        operation: f"{operation.value} is not offered by {title}: its document has no such call"
        for operation in Operation
        if operation not in offered
    }
    return Declaration(
        kind=kind,
        title=title,
        document="a document",
        support="+1 555 0100",
        offered=frozenset(offered),
        refusals=refusals,
        **more,
    )


@dataclass
class ScriptedDesk:
    """What it knows is in plain attributes; what is done with it is written down in `calls`.

    It has a Desk's methods and none of its machinery; `desk` is itself by that type.
    """

    declarations: dict[str, Declaration]
    clock: SetClock = field(default_factory=SetClock)
    engineer: Engineer = field(default_factory=lambda: Engineer(name="Ann de Vries", email="ann@client.example"))
    read_only: bool = False
    tickets: dict[TicketKey, Ticket] = field(default_factory=dict)
    flags: dict[TicketKey, dict[str, Any]] = field(default_factory=dict)
    timelines: dict[TicketKey, list[TimelineItem]] = field(default_factory=dict)
    inbox_entries: list[InboxEntry] = field(default_factory=list)
    outbox_entries: list[OutboxEntry] = field(default_factory=list)
    waits: dict[str, str] = field(default_factory=dict)
    healths: dict[str, ProviderHealth] = field(default_factory=dict)
    texts: dict[TicketKey, list[tuple[datetime | None, str]]] = field(default_factory=dict)
    drafts: dict[str, Mapping[str, object]] = field(default_factory=dict)
    calls: list[tuple[Any, ...]] = field(default_factory=list)
    failure: Exception | None = None

    def __post_init__(self) -> None:
        self.listeners: list[Callable[[DeskEvent], None]] = []
        lease = SimpleNamespace(held=True, holder=lambda: None, release=lambda: self.calls.append(("release",)))
        told = SimpleNamespace(read_only="", alarms=(), warnings=(), lease=lease, path=Path("/nowhere"))
        self.store = cast("Store", told)
        self.providers: Mapping[str, Provider] = {
            name: cast("Provider", SimpleNamespace(name=name, declaration=found))
            for name, found in self.declarations.items()
        }

    @property
    def desk(self) -> Desk:
        """Itself, for whom a desk is wanted."""
        return cast("Desk", self)

    # Scripting.

    def add(self, ticket: Ticket, timeline: Sequence[TimelineItem] = (), **flags: Any) -> TicketKey:
        """Put a ticket in; `flags` are fields of its row."""
        self.tickets[ticket.key] = ticket
        self.timelines[ticket.key] = list(timeline)
        self.flags[ticket.key] = flags
        return ticket.key

    def change(self, key: TicketKey, **fields: Any) -> None:
        """Change a ticket or its row, and say so."""
        row_fields = set(TicketRow.__dataclass_fields__) - set(Ticket.__dataclass_fields__)
        self.flags[key].update({name: value for name, value in fields.items() if name in row_fields})
        self.tickets[key] = replace(
            self.tickets[key], **{name: value for name, value in fields.items() if name not in row_fields}
        )
        self.tell("tickets", key)

    def tell(self, subject: Any, *keys: TicketKey) -> None:
        """An event, as the real desk sends one after each change."""
        for listener in list(self.listeners):
            listener(DeskEvent(subject, frozenset(keys)))

    # What panes read.

    def rows(self) -> list[TicketRow]:
        return [row for key in self.tickets if (row := self.row(key)) is not None]

    def tally(self) -> Mapping[tuple[str, str, str], int]:
        return Counter((ticket.provider, ticket.type, ticket.state) for ticket in self.tickets.values())

    def pressing_rows(self, until: datetime) -> list[TicketRow]:
        return self.rows()

    def other_rows(self) -> Iterator[list[TicketRow]]:
        return iter(())

    def row(self, key: TicketKey) -> TicketRow | None:
        ticket = self.tickets.get(key)
        if ticket is None:
            return None
        asked = any(approval.state == "requested" for approval in ticket.approvals)
        fields: dict[str, Any] = {
            name: getattr(ticket, name)
            for name in TicketRow.__dataclass_fields__
            if name in Ticket.__dataclass_fields__
        }
        flags: dict[str, Any] = {
            "approval_asked": asked,
            "unread": False,
            "handled": False,
            "snoozed_until": None,
            "held": False,
            "faulty_write": False,
        }
        return TicketRow(**{**fields, **flags, **self.flags[key]})

    def ticket(self, key: TicketKey) -> Ticket | None:
        return self.tickets.get(key)

    def raw(self, key: TicketKey) -> list[tuple[datetime | None, str]]:
        return self.texts.get(key, [])

    def linked(self, key: TicketKey) -> list[TicketKey]:
        return []

    def changes_since(self, key: TicketKey, revision: int) -> list[InboxEntry]:
        return []

    def writes_to(self, key: TicketKey) -> list[OutboxEntry]:
        return [entry for entry in self.outbox_entries if entry.write.number == key.number]

    def waiting_writes(self, key: TicketKey) -> list[OutboxEntry]:
        return []

    def declaration(self, provider: str) -> Declaration:
        return self.declarations[provider]

    def release_lease(self) -> None:
        self._call("release_lease")

    def pause(self, provider: str) -> None:
        self._call("pause", provider)

    def resume(self, provider: str) -> None:
        self._call("resume", provider)

    def find(self, provider: str, number: str) -> TicketKey | None:
        for key, ticket in self.tickets.items():
            if key.provider == provider and number in (key.number, ticket.client_number):
                return key
        return None

    def timeline(self, key: TicketKey) -> list[TimelineItem]:
        return self.timelines.get(key, [])

    def messages(self, *, settled: bool = False, since: datetime | None = None) -> list[InboxEntry]:
        found = [
            entry
            for entry in self.inbox_entries
            if (settled or not entry.handled) and (since is None or entry.received_at >= since)
        ]
        return sorted(found, key=lambda entry: entry.received_at, reverse=True)

    def outbox(self, *, settled: bool = False, since: datetime | None = None) -> list[OutboxEntry]:
        def wanted(entry: OutboxEntry) -> bool:
            return entry.state != "done" or (settled and (since is None or entry.updated_at >= since))

        return [entry for entry in self.outbox_entries if wanted(entry)]

    def waits_for(self, entries: Iterable[OutboxEntry]) -> Mapping[str, str]:
        return {entry.id: self.waits[entry.id] for entry in entries if entry.id in self.waits}

    def health(self) -> list[ProviderHealth]:
        return list(self.healths.values())

    def subscribe(self, listener: Callable[[DeskEvent], None]) -> Callable[[], None]:
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    # What is done with it.

    def _call(self, *call: Any) -> None:
        self.calls.append(call)
        if self.failure is not None:
            raise self.failure

    def message(self, provider: str, message_id: str) -> InboxEntry | None:
        return next(
            (entry for entry in self.inbox_entries if (entry.provider, entry.id) == (provider, message_id)), None
        )

    async def answer_consume(self, provider: str, consume: bool) -> None:
        self._call("answer_consume", provider, consume)
        self.healths[provider] = replace(self.healths[provider], consumes=consume, asks_consume=False)
        self.tell("health")

    async def run(self) -> None:
        self._call("run")
        await asyncio.Event().wait()

    async def sync(self, provider: str) -> SyncReport:
        self._call("sync", provider)
        return SyncReport(provider=provider)

    async def refresh(self, key: TicketKey) -> Ticket:
        self._call("refresh", key)
        return self.tickets[key]

    async def track(self, provider: str, number: str) -> Ticket:
        self._call("track", provider, number)
        raise NotOffered(provider, f"track is not offered by {provider}")

    async def download(
        self, key: TicketKey, name: str = "", to: Path | None = None, progress: Progress | None = None
    ) -> list[Path]:
        self._call("download", key, name)
        found = [item for item in self.tickets[key].attachments if item.direction == "in" and name in ("", item.name)]
        return [Path(f"/nowhere/{item.name}") for item in found]

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
        return Write(id=f"w{len(self.calls)}", action=action, provider=provider, number=number, values=values)

    def preview(self, write: Write) -> Preview:
        return Preview(method="PUT", path=f"/tickets/{write.number}", body="{}")

    async def submit(self, write: Write, *, revision: int | None = None) -> OutboxEntry:
        self._call("submit", write.action, write.provider, write.number, dict(write.values))
        entry = OutboxEntry(write=write, created_at=self.clock.now(), updated_at=self.clock.now())
        self.outbox_entries.append(entry)
        self.tell("outbox")
        return entry

    async def deliver(self, entry_id: str, progress: Progress | None = None) -> OutboxEntry:
        self._call("deliver", entry_id)
        return self._settle(entry_id, "done")

    async def retry(self, entry_id: str) -> OutboxEntry:
        self._call("retry", entry_id)
        return self._settle(entry_id, "queued")

    async def drop(self, entry_id: str) -> OutboxEntry:
        self._call("drop", entry_id)
        entry = next(entry for entry in self.outbox_entries if entry.id == entry_id)
        self.outbox_entries.remove(entry)
        self.tell("outbox")
        return entry

    def _settle(self, entry_id: str, state: Any) -> OutboxEntry:
        place = next(place for place, entry in enumerate(self.outbox_entries) if entry.id == entry_id)
        self.outbox_entries[place] = replace(self.outbox_entries[place], state=state)
        self.tell("outbox")
        return self.outbox_entries[place]

    async def mark(self, keys: Sequence[TicketKey], mark: str, until: datetime | None = None) -> None:
        self._call("mark", tuple(keys), mark, until)
        for key in keys:
            flags = {"handled": {"handled": True, "unread": False}, "unread": {"unread": True, "handled": False}}
            self.change(key, **flags.get(mark, {"snoozed_until": until}))

    async def handle_message(self, provider: str, message_id: str) -> InboxEntry:
        self._call("handle_message", provider, message_id)
        for place, entry in enumerate(self.inbox_entries):
            if (entry.provider, entry.id) == (provider, message_id):
                self.inbox_entries[place] = replace(entry, handled=True)
                self.tell("messages")
                return self.inbox_entries[place]
        raise KeyError(message_id)

    async def note(self, key: TicketKey, text: str) -> None:
        self._call("note", key, text)

    def draft(self, form: str) -> Mapping[str, object] | None:
        return self.drafts.get(form)

    async def save_draft(self, form: str, values: Mapping[str, object] | None) -> None:
        self._call("save_draft", form, values)

    async def aclose(self) -> None:
        self._call("aclose")
