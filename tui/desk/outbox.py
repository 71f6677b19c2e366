"""The outbox: every write is durable before its request leaves, leaves once, and is accounted for afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, TypeVar

from providers.base import Progress
from providers.errors import NotFound, VendorError, WrongState
from providers.exchange import referring
from providers.model import Receipt, Ticket, TicketKey, Write
from tui.desk import (
    audit,
    confirmed,
    health,
    intake,
    links_given_up,
    outbox_entries,
    outbox_links,
    outgoing,
    records,
    refusals,
    waiting,
)
from tui.desk.context import Context, new_id
from tui.desk.entries import OutboxEntry
from tui.desk.locks import TicketLocks
from tui.desk.ports import Table, Transaction, View

T = TypeVar("T")
DIED: Final = "the program ended before the vendor's answer came"


class Outbox:
    """Writes to all providers."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._locks = TicketLocks(context.store.path / "locks")

    async def submit(self, write: Write, revision: int = 0) -> OutboxEntry:
        """Keep a write that has been checked. Rejected or WrongState where another write says the same already."""

        def keep(transaction: Transaction) -> OutboxEntry:
            refusals.refuse_duplicate(transaction, write)
            # Stamped under the lock that all processes share: in the order of the commits, which is that of the sends.
            entry = outbox_entries.new(write, self._context.now(), revision)
            records.put_write(transaction, entry)
            return entry

        return await self._context.store.transact(keep)

    async def link_by_answering(self, write: Write, revision: int = 0) -> OutboxEntry:
        """Link our number where it travels with the answers to the ticket's held messages.

        The number is in the ticket at once; each held message gets its Success, in their order; the link's own
        entry is done when they are. A link that is on its way already is that one. WrongState where the vendor was
        told another number of ours, Unconfirmed where it may have been.
        """
        now = self._context.now()
        keys = waiting.to_answer(self._context.catalogue, write.provider)
        came = self._context.catalogue.entries_of(write.provider, write.number)

        def keep(transaction: Transaction) -> OutboxEntry:
            refusals.refuse_duplicate(transaction, write)
            ticket = records.ticket(transaction, TicketKey(write.provider, write.number))
            refusals.refuse_replaced_number(transaction, write, ticket, came)
            linked = ticket is not None and ticket.client_number == write.client_number
            known = outbox_links.under_way(transaction, write)
            if known is not None:
                return known
            answers = outbox_links.answers(transaction, self._context, write, keys, now)
            entry = replace(
                outbox_entries.new(write, now + timedelta(microseconds=len(keys)), revision), answers=tuple(answers)
            )
            if not linked:
                self._take_in(transaction, entry, Receipt(), now)
            if not answers:
                already = f"It is linked already as {write.client_number}; nothing was sent."
                note = already if linked else "Kept here; it goes along with the next answer."
                entry = outbox_entries.done(entry, Receipt(note=note), now)
                audit.note_outcome(transaction, self._context, entry, "done", entry.note)
            records.put_write(transaction, entry)
            return entry

        return await self._context.store.transact(keep)

    async def deliver(self, entry_id: str, progress: Progress | None = None) -> OutboxEntry:
        """Send one entry now, after older ones of its ticket that wait; return it as it then stands.

        Waits for its turn as long as the provider's timeout. One that is still queued then says what it waits for.
        """
        entry = self.entry(entry_id)
        if entry.state not in waiting.UNFINISHED or entry.write.provider not in self._context.providers:
            return entry
        clock, patience = self._context.clock, self._context.policy(entry.write.provider).timeout_seconds
        deadline = clock.monotonic() + patience
        async with self._locks.hold(entry.write, patience) as held:
            # Another process may have sent it meanwhile: who has the turn sends what is older first.
            await self._context.store.follow()
            if not held:
                return waiting.for_turn(self.entry(entry_id))
            for older_id in waiting.before(self._context.catalogue, entry_id):
                older = await self._deliver_older(older_id, clock.monotonic() < deadline)
                if older is not None and waiting.is_in_the_way(older):
                    break
            return await self._deliver_in_turn(entry_id, progress)

    async def _deliver_older(self, entry_id: str, in_time: bool) -> OutboxEntry | None:
        """Send an older entry of a ticket whose turn is ours, where it waits; as it then stands, None where it is gone.

        One that is being sent, while the turn is ours, is a dead process's.
        """
        entry = records.write(self._context.store, entry_id)
        if entry is not None and entry.state == "sending":
            return await self._lose(entry, DIED)
        if entry is None or entry.state != "queued" or not in_time:
            return entry
        try:
            return await self._deliver_in_turn(entry_id, None)
        except NotFound:
            return None

    async def _deliver_in_turn(self, entry_id: str, progress: Progress | None) -> OutboxEntry:
        """Send one entry, where nothing stands in its way. Its ticket's turn is ours."""
        before = self.entry(entry_id)
        if before.answers and before.state in waiting.UNFINISHED:
            return await self._deliver_answers(before)
        older = waiting.before(self._context.catalogue, entry_id)
        entry, begun = await self._context.store.transact(lambda transaction: self._begin(transaction, entry_id, older))
        return await self._send(entry, before, progress) if begun else entry

    async def _deliver_answers(self, entry: OutboxEntry) -> OutboxEntry:
        """Deliver the answers a link stands for; the link ends as the first of them that did not succeed."""
        worst: OutboxEntry | None = None
        for answer_id in entry.answers:
            if records.write(self._context.store, answer_id) is None:
                continue
            try:
                answer = await self._deliver_in_turn(answer_id, None)
            except NotFound:
                continue
            if answer.state != "done":
                worst = answer
                break
        now = self._context.now()

        def keep(transaction: Transaction) -> OutboxEntry:
            known = _existing(transaction, entry.id)
            if known.state not in waiting.UNFINISHED:
                # Dropped while its answers were under way, or settled by another process.
                return known
            if worst is None:
                after = outbox_entries.done(known, Receipt(note=outbox_links.answered(len(known.answers))), now)
                audit.note_outcome(transaction, self._context, after, "done", after.note)
            else:
                # The answer's own entry is retried or dropped; the link follows it.
                after = replace(known, error=worst.error, error_type=worst.error_type, next_step=worst.next_step)
                if worst.state == "rejected":
                    after = replace(after, state="rejected", updated_at=now, needs_engineer=True, field=worst.field)
            if after != known:
                records.put_write(transaction, after)
            return after

        return await self._context.store.transact(keep)

    def _begin(self, transaction: Transaction, entry_id: str, older: list[str]) -> tuple[OutboxEntry, bool]:
        """Note that an entry is about to leave. Only one that is queued ever is: what a dead process was sending
        may have been done, and is for `recover`."""
        entry = records.write(transaction, entry_id)
        if entry is None:
            raise NotFound("outbox", f"there is no entry {entry_id}")
        if entry.state != "queued":
            return entry, False
        now = self._context.now()
        retry_at = health.patience(transaction, entry.write.provider, now)
        if retry_at is not None:
            words = f"the vendor asked for patience until {health.moment(retry_at, now)}"
            return replace(entry, error=words, error_type="Throttled", retry_at=retry_at), False
        obstacle = waiting.obstacle(transaction, older)
        if obstacle is not None:
            return waiting.behind(entry, obstacle), False
        entry = outbox_entries.sending(entry, now)
        records.put_write(transaction, entry)
        return entry, True

    async def _send(self, entry: OutboxEntry, before: OutboxEntry, progress: Progress | None) -> OutboxEntry:
        provider, write = self._context.providers[entry.write.provider], entry.write
        settled = checked = False
        try:
            try:
                await asyncio.to_thread(outgoing.check, write)
                checked = True
                with referring(*outbox_entries.references(write)):
                    receipt = await provider.send(write, self._ticket(write), progress)
            except VendorError as error:
                after = await self._record_failure(entry, before, error, stayed=not checked)
            else:
                after = await self.record_done(entry.id, receipt)
            settled = True
            return after
        finally:
            if not settled:
                # Cancelled, or a fault of our own: what left may have been done, and says so from now on.
                await asyncio.shield(self._lose(entry, "it was interrupted before the vendor's answer came"))

    async def record_done(self, entry_id: str, receipt: Receipt) -> OutboxEntry:
        """The vendor confirmed it: the entry, the ticket and the audit line say so together."""
        now = self._context.now()

        def keep(transaction: Transaction) -> OutboxEntry:
            entry = _existing(transaction, entry_id)
            if entry.state == "done":
                return entry
            after = outbox_entries.done(entry, receipt, now)
            records.put_write(transaction, after)
            self._take_in(transaction, after, receipt, now)
            outbox_links.settle_message(transaction, after)
            if outbox_entries.is_automatic(after):
                # The message says that it is acknowledged, and the audit line says when; the rest would pile up.
                transaction.delete(Table.OUTBOX, after.id)
            audit.note_outcome(transaction, self._context, after, "done", receipt.note)
            return after

        return await self._context.store.transact(keep)

    def _take_in(self, transaction: Transaction, entry: OutboxEntry, receipt: Receipt, now: datetime) -> None:
        write = entry.write
        if write.action == "acknowledge" or not (receipt.number or write.number):
            return
        ticket = records.ticket(transaction, TicketKey(write.provider, receipt.number or write.number))
        declaration = self._context.providers[write.provider].declaration
        took = confirmed.entry_of(write, receipt, declaration, ticket, now)
        intake.take_in(transaction, took)
        intake.answer(transaction, write, took.number)

    async def _record_failure(
        self, entry: OutboxEntry, before: OutboxEntry, error: VendorError, *, stayed: bool
    ) -> OutboxEntry:
        """The entry says what went wrong. So does an audit line, unless it stands as it did `before` it was sent."""
        now, came = self._context.now(), self._came(entry)

        def keep(transaction: Transaction) -> OutboxEntry:
            known = _existing(transaction, entry.id)
            if known.state != "sending":
                # A message of the vendor has settled it in the meantime.
                return known
            after = outbox_entries.failed(known, error, now, stayed=stayed, earlier=before.sent_at)
            records.put_write(transaction, after)
            links_given_up.let_go(transaction, self._context, after, came)
            if after.retry_at is not None and after.state == "queued":
                health.hold_until(transaction, entry.write.provider, after.retry_at)
            if not outbox_entries.still_waits(before, after):
                audit.note_outcome(transaction, self._context, after, after.state, str(error))
            return after

        return await self._context.store.transact(keep)

    async def retry(self, entry_id: str) -> OutboxEntry:
        """The engineer wants it sent again, and with a link the answers it stands for that failed.

        WrongState where it was sent or settled by now; and as `submit` does, where meanwhile another write, or
        another ticket, stands for what it says.
        """
        now = self._context.now()
        note = f"Sent again by {self._context.engineer.name or self._context.seat.user}."

        def keep(transaction: Transaction) -> OutboxEntry:
            known = _existing(transaction, entry_id)
            links_given_up.refuse_given_up(known)
            if known.state not in ("unconfirmed", "rejected", "queued"):
                words = f"the entry {entry_id} is {known.state}; only what failed is retried"
                raise WrongState(known.write.provider, words)
            answers = (records.write(transaction, answer_id) for answer_id in known.answers)
            failed = [item for item in answers if item is not None and item.state in ("unconfirmed", "rejected")]
            for item in (*failed, known):
                refusals.refuse_duplicate(transaction, item.write)
                after = outbox_entries.again(item, note, now)
                records.put_write(transaction, after)
                audit.note_outcome(transaction, self._context, after, "retried", note)
            return after

        return await self._context.store.transact(keep)

    async def drop(self, entry_id: str) -> OutboxEntry:
        """The engineer gives it up. What is being sent, or is done, cannot be dropped (WrongState).

        With a link by answering goes what of it has not left: see `links_given_up.give_up`.
        """
        now, came = self._context.now(), self._came(self.entry(entry_id))
        note = f"Dropped by {self._context.engineer.name or self._context.seat.user}."

        def keep(transaction: Transaction) -> OutboxEntry:
            known = _existing(transaction, entry_id)
            if known.state not in ("queued", "unconfirmed", "rejected"):
                raise WrongState(known.write.provider, f"the entry {entry_id} is {known.state} and cannot be dropped")
            told = links_given_up.give_up(transaction, self._context, known, came) if known.answers else ""
            after = outbox_entries.dropped(known, f"{note} {told}".strip(), now)
            records.put_write(transaction, after)
            audit.note_outcome(transaction, self._context, after, "dropped", after.note)
            return after

        return await self._context.store.transact(keep)

    async def correct(self, entry_id: str, write: Write) -> OutboxEntry:
        """Drop one write and queue a corrected one in its place, together. WrongState where it was sent by now."""
        now = self._context.now()

        def keep(transaction: Transaction) -> OutboxEntry:
            known = _existing(transaction, entry_id)
            links_given_up.refuse_correction(known)
            if known.state not in ("queued", "unconfirmed", "rejected"):
                raise WrongState(write.provider, f"the entry {entry_id} is {known.state} and cannot be changed")
            old = outbox_entries.dropped(known, "Corrected and sent anew.", now)
            records.put_write(transaction, old)
            audit.note_outcome(transaction, self._context, old, "corrected")
            refusals.refuse_duplicate(transaction, write)
            entry = outbox_entries.new(replace(write, id=new_id(), created_at=now), now, known.revision)
            records.put_write(transaction, entry)
            return entry

        return await self._context.store.transact(keep)

    async def put_to_engineer(self, entry: OutboxEntry, next_step: str) -> OutboxEntry:
        """Nothing but a person can settle it."""
        return await self._change(
            entry, lambda known, now: outbox_entries.put_to_engineer(known, next_step, now), "asks"
        )

    async def send_again(self, entry: OutboxEntry, note: str) -> OutboxEntry:
        """Queue what the vendor's rules allow to be repeated; not where it was put to the engineer by now."""

        def again(known: OutboxEntry, now: datetime) -> OutboxEntry:
            return known if known.needs_engineer else outbox_entries.again(known, note, now)

        return await self._change(entry, again, "repeated")

    async def set_right(self, entry: OutboxEntry) -> OutboxEntry:
        """Where a clock that was ahead has stamped it, its times count as now, and it is settled from then on."""
        if outbox_entries.set_right(entry, self._context.now()) == entry:
            return entry
        return await self._change(entry, outbox_entries.set_right, "clock set right")

    async def recover(self) -> int:
        """Find writes whose process died while it sent them: they are unconfirmed from now on. Returns how many."""
        count = 0
        for entry_id in waiting.in_state(self._context.catalogue, "sending"):
            entry = records.write(self._context.store, entry_id)
            if entry is None:
                continue
            with self._locks.if_free(entry.write) as free:
                if free:
                    await self._lose(entry, DIED)
                    count += 1
        return count

    def entry(self, entry_id: str) -> OutboxEntry:
        """One entry. NotFound where there is none."""
        return _existing(self._context.store, entry_id)

    async def _lose(self, entry: OutboxEntry, why: str) -> OutboxEntry:
        """Nobody waits for its answer any more."""
        return await self._change(entry, lambda known, now: outbox_entries.lost(known, why, now), "unconfirmed")

    async def _change(
        self, entry: OutboxEntry, change: Callable[[OutboxEntry, datetime], OutboxEntry], outcome: str
    ) -> OutboxEntry:
        """Change one entry, with an audit line; not where it has moved on since it was seen as `entry`.

        What was decided on one try to send it says nothing of the next, though both may stand unconfirmed.
        """
        now = self._context.now()

        def keep(transaction: Transaction) -> OutboxEntry:
            known = _existing(transaction, entry.id)
            if (known.state, known.attempts, known.sent_at) != (entry.state, entry.attempts, entry.sent_at):
                return known
            after = change(known, now)
            records.put_write(transaction, after)
            audit.note_outcome(transaction, self._context, after, outcome, after.note or after.error)
            return after

        return await self._context.store.transact(keep)

    def _came(self, entry: OutboxEntry) -> list[str]:
        """Keys of what came in for its ticket."""
        return list(self._context.catalogue.entries_of(entry.write.provider, entry.write.number))

    def _ticket(self, write: Write) -> Ticket | None:
        return records.ticket(self._context.store, TicketKey(write.provider, write.number)) if write.number else None


def _existing(view: View, entry_id: str) -> OutboxEntry:
    entry = records.write(view, entry_id)
    if entry is None:
        raise NotFound("outbox", f"there is no entry {entry_id} in the outbox", next_step="See `vendorq outbox`.")
    return entry
