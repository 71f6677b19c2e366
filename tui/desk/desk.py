"""The desk: everything the command line, the dashboard and the headless sync do, done in one place."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final

from providers.base import Declaration, Operation, Progress, Provider
from providers.clock import Clock
from providers.errors import NotFound, NotOffered
from providers.model import NOTHING, Engineer, Preview, Ticket, TicketKey, TicketRow, Write
from tui.desk import consent, correlation, events, health, marks, pages, records, shelf, timeline, waits, writing
from tui.desk import retention as housekeeping
from tui.desk.context import Context, Policy
from tui.desk.decoded import Decoded
from tui.desk.downloads import Downloads
from tui.desk.entries import InboxEntry, OutboxEntry
from tui.desk.outbox import Outbox
from tui.desk.poll import Poll
from tui.desk.poller import NOT_THE_CONSUMER, Poller
from tui.desk.ports import Changed, Store, Table, key_of
from tui.desk.reports import DeskEvent, ProviderHealth, SyncReport, TimelineItem
from tui.desk.retention import Retention
from tui.desk.rows import Rows

KEEP: Final = Retention()
NO_POLICIES: Final[Mapping[str, Policy]] = MappingProxyType({})
__all__ = ["Desk", "DeskEvent", "ProviderHealth", "SyncReport", "TimelineItem"]


class Desk:
    """One store, the configured providers, and all that is done with them. Bound to one event loop.

    `policies` hold each provider's part of the config; `consume` is for what exists to read queues (`sync`, `demo`);
    `retention` says how long what is over is kept.
    """

    def __init__(
        self,
        store: Store,
        providers: Mapping[str, Provider],
        clock: Clock,
        engineer: Engineer,
        *,
        read_only: bool = False,
        policies: Mapping[str, Policy] = NO_POLICIES,
        consume: bool = False,
        retention: Retention = KEEP,
    ) -> None:
        self.store = store
        self.providers = providers
        self.clock = clock
        self.read_only = read_only
        self._context = Context(
            store=store,
            providers=providers,
            clock=clock,
            engineer=engineer,
            policies=policies,
            read_only=read_only,
            consume_always=consume,
        )
        self._retention = retention
        self._housekeeping = asyncio.Lock()
        self._outbox = Outbox(self._context)
        self._polls = {name: Poll(self._context, provider, self._outbox) for name, provider in providers.items()}
        self._poller = Poller(self._context, self._poll, self._store_fault)
        self._rows = Rows(store)
        self._decoded = Decoded(store)
        self._listeners: list[Callable[[DeskEvent], None]] = []
        self._unsubscribe = store.subscribe(self._tell)

    def settle(self, policies: Mapping[str, Policy], retention: Retention) -> None:
        """Take each provider's part of the config, where the desk was opened before that was known. Before `run`."""
        self._context.policies = policies
        self._retention = retention

    @property
    def engineer(self) -> Engineer:
        """Who acts; may be set anew, for a shared account where the dashboard asks at its start."""
        return self._context.engineer

    @engineer.setter
    def engineer(self, engineer: Engineer) -> None:
        self._context.engineer = engineer

    # What is known. All immediate, from the store.

    def rows(self) -> list[TicketRow]:
        """Every ticket's row, in no particular order."""
        return self._rows.all()

    def tally(self) -> Mapping[tuple[str, str, str], int]:
        """How many tickets there are of each provider, type and state: quick, whatever their number."""
        return self._rows.tally()

    def pressing_rows(self, until: datetime) -> list[TicketRow]:
        """At least the rows of tickets that wait for us, or are due by then: what a list shows first."""
        return self._rows.pressing(until)

    def other_rows(self) -> Iterator[list[TicketRow]]:
        """The rows that nobody has asked for yet, in slices of a few milliseconds each."""
        return self._rows.slices()

    def row(self, key: TicketKey) -> TicketRow | None:
        """One ticket's row, as `rows` has it; what a list asks for after an event that names its keys."""
        return self._rows.one(key)

    def raw(self, key: TicketKey) -> list[tuple[datetime | None, str]]:
        """What the vendor sent of a ticket, whole and with its time, newest first: messages, rows, details."""
        return shelf.raw(self.store, self._entries_of(key))

    def ticket(self, key: TicketKey) -> Ticket | None:
        """One ticket, whole."""
        return records.ticket(self.store, key)

    def find(self, provider: str, number: str) -> TicketKey | None:
        """The ticket with this vendor number or own number, present or former, or internal id."""
        key = TicketKey(provider, number)
        if self.store.get(Table.TICKETS, key_of(provider, number)) is not None:
            return key
        return self._rows.by_own_number(provider, number) or correlation.by_former_number(self.store, provider, number)

    def linked(self, key: TicketKey) -> list[TicketKey]:
        """The same ticket at other vendors: those with the same number of ours."""
        return correlation.elsewhere(self.store, key)

    def timeline(self, key: TicketKey) -> list[TimelineItem]:
        """Its story, oldest first."""
        ticket = self.ticket(key)
        if ticket is None:
            return []
        notes = records.document(self.store, Table.MARKS, key_of(key.provider, key.number)).get("notes", ())
        return timeline.tell(ticket, shelf.applied(self.store, self._entries_of(key)), self.writes_to(key), notes)

    def messages(self, *, settled: bool = False, since: datetime | None = None) -> list[InboxEntry]:
        """What came in (since a time, where given) and is not yet handled (all with `settled`), newest first."""
        return self._decoded.entries(shelf.messages(self.store, settled=settled, since=since))

    def message(self, provider: str, message_id: str) -> InboxEntry | None:
        """One message, or None."""
        return records.entry(self.store, provider, message_id)

    def outbox(self, *, settled: bool = False, since: datetime | None = None) -> list[OutboxEntry]:
        """Writes that wait, failed or need someone (with `settled` the others too, since a time), oldest first."""
        return waits.as_known(self._context, shelf.outbox(self.store, settled=settled, since=since))

    def waits_for(self, entries: Iterable[OutboxEntry]) -> Mapping[str, str]:
        """What each of these writes waits for now, in words, by its id; what is over is not among them."""
        return waits.told(self._context, entries, self._poller.is_paused)

    def health(self) -> list[ProviderHealth]:
        """Each provider's, in the config's order."""
        return [
            health.assess(
                self._context,
                name,
                paused=self._poller.is_paused(name),
                consumes=consent.consumes(self._context, name),
                asks=consent.asks(self._context, name),
            )
            for name in self.providers
        ]

    def declaration(self, provider: str) -> Declaration:
        """What a provider offers."""
        return self.providers[provider].declaration

    def subscribe(self, listener: Callable[[DeskEvent], None]) -> Callable[[], None]:
        """Have `listener` called on the event loop after each change. Returns what ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    async def answer_consume(self, provider: str, consume: bool) -> None:
        """The engineer said whether this provider's queue may be read here; remembered in the store."""
        await self.store.transact(lambda transaction: consent.remember(transaction, provider, consume))

    # Reading from the vendors.

    async def sync(self, provider: str) -> SyncReport:
        """One poll: list, queue until empty, details, settle the outbox. Never raises for a vendor's failure.

        Where another process polls, or the vendor asked for patience, only what is ours to send is sent; `skipped`
        then says why.
        """
        return await self._sync(provider, wait_for_files=True)

    async def _poll(self, provider: str) -> SyncReport:
        return await self._sync(provider, wait_for_files=False)

    async def _sync(self, provider: str, *, wait_for_files: bool) -> SyncReport:
        poll = self._polls[provider]
        lease = self.store.lease
        if not (lease.held or lease.acquire()):
            holder = lease.holder()
            who = f" (process {holder.pid} on {holder.tty or 'no terminal'})" if holder is not None else ""
            sent = await poll.send_own()
            return SyncReport(provider=provider, sent=sent, skipped=f"{NOT_THE_CONSUMER}{who}")
        now = self.clock.now()
        if health.retry_at(self.store, provider, now) is not None:
            until = await self.store.transact(lambda transaction: health.patience(transaction, provider, now))
            if until is not None:
                words = f"the vendor asked for patience until {health.moment(until, now)}"
                return SyncReport(provider=provider, skipped=words)
        lease.beat(self._context.policy(provider).poll_seconds)
        await self._outbox.recover()
        report = await poll.run(consume=consent.consumes(self._context, provider), wait_for_files=wait_for_files)
        await self._keep_house()
        return report

    async def _keep_house(self) -> None:
        """Once a day, drop what is old."""
        async with self._housekeeping:
            if housekeeping.is_due(self.store, self.clock.now()):
                await housekeeping.run(self._context, self._retention)

    async def run(self) -> None:
        """Poll every provider until cancelled; takes the consumer lease or follows its holder."""
        await self._poller.run()

    def pause(self, provider: str) -> None:
        """Leave a provider alone until `resume`."""
        self._poller.pause(provider)
        self._publish(DeskEvent("health"))

    def resume(self, provider: str) -> None:
        """Poll a paused provider again, or any one now."""
        self._poller.resume(provider)
        self._publish(DeskEvent("health"))

    def release_lease(self) -> None:
        """Let another process poll: before this one is stopped (SIGTSTP). `run` takes it again when it can."""
        self.store.lease.release()

    async def refresh(self, key: TicketKey) -> Ticket:
        """Read the ticket's own page now. Raises the vendor's error; what was known stays."""
        return await pages.refresh(self._context, key)

    async def track(self, provider: str, number: str) -> Ticket:
        """Start to follow a ticket by its number, for vendors without a list.

        Where the vendor has no page to read either, the ticket is there from now on, partial, and filled by what
        the queue tells of it.
        """
        return await pages.track(self._context, provider, number, self.find(provider, number))

    async def download(
        self, key: TicketKey, name: str = "", to: Path | None = None, progress: Progress | None = None
    ) -> list[Path]:
        """Fetch a ticket's files (all where `name` is empty) under safe new names. Returns where they are."""
        ticket = self.ticket(key)
        if ticket is None:
            raise NotFound(key.provider, f"no ticket {key.number} is known here")
        refusal = self.declaration(key.provider).refusal(Operation.DOWNLOAD, ticket)
        if refusal:
            raise NotOffered(key.provider, refusal)
        return await Downloads(self._context, self.providers[key.provider]).download(ticket, name, to, progress)

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
        """A new intent, with the ticket's own number and type filled in, checked by nobody yet.

        `number` may be the vendor's or our own. Rejected where a file cannot be read.
        """
        key = self.find(provider, number) if number else None
        return writing.compose(
            self._context,
            action,
            None if key is None else self.ticket(key),
            provider=provider,
            number=number,
            client_number=client_number,
            ticket_type=ticket_type,
            values=values,
            files=files,
        )

    def preview(self, write: Write) -> Preview:
        """Exactly what would be sent. Raises as Provider.prepare does."""
        return writing.check(self._context, write, writing.known_ticket(self._context, write.provider, write.number))

    async def submit(self, write: Write, *, revision: int | None = None) -> OutboxEntry:
        """Make it durable: queued. Raises what `preview` raises, and then nothing is kept."""
        self.preview(write)
        ticket = writing.known_ticket(self._context, write.provider, write.number)
        seen = revision if revision is not None else (ticket.revision if ticket is not None else 0)
        if writing.answers_link(self._context, write):
            return await self._outbox.link_by_answering(write, seen)
        return await self._outbox.submit(write, seen)

    async def deliver(self, entry_id: str, progress: Progress | None = None) -> OutboxEntry:
        """Send one entry now, after older ones to its ticket that wait, and return it as it then stands."""
        return await self._outbox.deliver(entry_id, progress)

    async def retry(self, entry_id: str) -> OutboxEntry:
        """The engineer decided: send an unconfirmed or rejected entry again. Raises as `submit` does."""
        writing.refuse_read_only(self._context, self._outbox.entry(entry_id).write.provider)
        await self._outbox.recover()
        return await self._outbox.retry(entry_id)

    async def drop(self, entry_id: str) -> OutboxEntry:
        """The engineer decided: give an entry up."""
        await self._outbox.recover()
        return await self._outbox.drop(entry_id)

    async def edit(
        self, entry_id: str, values: Mapping[str, object], files: Sequence[Path] | None = None
    ) -> OutboxEntry:
        """The engineer corrected what a rejected, unconfirmed or queued entry says: a new one takes its place.

        `files` are all that go along from now on; None where they stay. Raises what `submit` does; the old one stays.
        """
        write = writing.corrected(self._context, self._outbox.entry(entry_id).write, values, files)
        self.preview(write)
        return await self._outbox.correct(entry_id, write)

    def changes_since(self, key: TicketKey, revision: int) -> list[InboxEntry]:
        """What changed a ticket after a form was opened at this revision, oldest first."""
        entries = shelf.applied(self.store, self._entries_of(key))
        return [entry for entry in entries if entry.changed and entry.revision > revision]

    def writes_to(self, key: TicketKey) -> list[OutboxEntry]:
        """All writes to a ticket, the create that made it among them, oldest first."""
        writes = self._context.catalogue.writes_of(key.provider, key.number)
        return waits.as_known(self._context, shelf.writes(self.store, writes))

    def waiting_writes(self, key: TicketKey) -> list[OutboxEntry]:
        """Writes to a ticket that are not settled, oldest first."""
        return [entry for entry in self.writes_to(key) if shelf.needs_attention(entry)]

    # Ours alone.

    async def mark(self, keys: Sequence[TicketKey], mark: str, until: datetime | None = None) -> None:
        """handled, unread or snooze (until)."""
        entries = {key: self._entries_of(key) for key in keys}
        await self.store.transact(lambda transaction: marks.mark(transaction, self._context, entries, mark, until))

    async def handle_message(self, provider: str, message_id: str) -> InboxEntry:
        """The engineer has seen to a message. NotFound where there is none."""
        entry = self.message(provider, message_id)
        if entry is None:
            raise NotFound(provider, f"there is no message {message_id}", next_step="See `vendorq messages --all`.")
        keys = self._entries_of(TicketKey(provider, entry.number))
        return await self.store.transact(lambda transaction: marks.handle(transaction, entry, keys))

    async def note(self, key: TicketKey, text: str) -> None:
        """A note of our own, never sent."""
        await self.store.transact(lambda transaction: marks.add_note(transaction, self._context, key, text))

    def draft(self, form: str) -> Mapping[str, object] | None:
        """What was typed into a form and not sent."""
        document = self.store.get(Table.DRAFTS, form)
        return None if document is None else document["values"]

    async def save_draft(self, form: str, values: Mapping[str, object] | None) -> None:
        """Keep what was typed (None forgets it)."""
        now = self.clock.now()
        await self.store.transact(lambda transaction: marks.save_draft(transaction, form, values, now))

    async def aclose(self) -> None:
        """End what runs, close connections and the store."""
        self._unsubscribe()
        self._rows.close()
        self._decoded.close()
        self._context.catalogue.close()
        for poll in self._polls.values():
            await poll.aclose()
        await asyncio.gather(*(provider.aclose() for provider in self.providers.values()))
        if self.store.lease.held:
            self.store.lease.release()
        self.store.close()

    def _entries_of(self, key: TicketKey) -> list[str]:
        return self._context.catalogue.entries_of(key.provider, key.number)

    def _tell(self, changed: Changed) -> None:
        for event in events.events(self.store, changed):
            self._publish(event)

    def _store_fault(self, words: str) -> None:
        self._publish(DeskEvent("store"))

    def _publish(self, event: DeskEvent) -> None:
        for listener in list(self._listeners):
            listener(event)
