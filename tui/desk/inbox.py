"""The inbox: what a queue hands out is stored first, then applied to its ticket. Releasing it comes after (releases).

Each step works from what is stored, so that a process that dies between two of them leaves the rest to the next.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from providers.base import Provider
from providers.codec import from_document, to_document
from providers.model import Batch, Message, Patch, TicketKey
from tui.desk import audit, confirming, delivery, health, intake, lost_reads, outbox_entries, records, waiting
from tui.desk.apply import apply
from tui.desk.catalogue import UNSETTLED
from tui.desk.context import Context
from tui.desk.entries import InboxEntry
from tui.desk.ports import Table, Transaction, key_of
from tui.desk.releases import Handed

APPLIED_AT_ONCE: Final = 100
"""Messages applied in one transaction: enough to share its fsync, few enough to hold the lock briefly."""
_UNUSABLE: Final = (TypeError, ValueError, KeyError, AttributeError)


@dataclass(slots=True)
class Stored:
    """What one batch brought: messages new to us, and those handed out again; each as its queue will be told of it."""

    new: int = 0
    again: int = 0
    parked: int = 0
    handed: dict[str, Handed] = field(default_factory=dict)

    def note(self, entry: InboxEntry) -> None:
        """Keep at hand what releasing it takes, by its key in the store."""
        if entry.message is not None:
            self.handed[key_of(entry.provider, entry.id)] = Handed(entry.message, entry.number, entry.reads)


class Inbox:
    """One provider's messages. Its methods never lose what they were given: each step is durable by itself."""

    def __init__(self, context: Context, provider: Provider) -> None:
        self._context = context
        self._provider = provider

    async def store(self, batch: Batch) -> Stored:
        """Keep every message of a batch, in one commit, before anything else sees it.

        A message's key is (provider, id). One that is known takes the newest handle and is released again; it is
        never applied again.
        """
        if not batch.messages:
            return Stored()
        now = self._context.now()
        shown = self._context.catalogue.may_be_shown(self._provider.name)
        return await self._context.store.transact(lambda transaction: self._keep(transaction, batch, shown, now))

    def _keep(self, transaction: Transaction, batch: Batch, shown: list[str], now: datetime) -> Stored:
        stored = Stored()
        lost = lost_reads.times(transaction, self._provider.name)
        for place, message in enumerate(batch.messages):
            known = records.entry(transaction, self._provider.name, message.id)
            if known is not None:
                stored.note(self._again(transaction, known, message, lost, now))
                stored.again += 1
                continue
            # One microsecond apart, so that equal stamps keep the order in which they were handed out.
            entry = self._first(transaction, message, shown, lost, now + timedelta(microseconds=place))
            stored.parked += entry.status == "parked"
            stored.new += 1
            stored.note(entry)
            records.put_entry(transaction, entry)
            self._warn(transaction, entry, now)
        return stored

    def _warn(self, transaction: Transaction, entry: InboxEntry, now: datetime) -> None:
        """What a delivery gives reason to say is said of the provider too."""
        if entry.warning:
            health.warn(transaction, entry.provider, f"{entry.number or entry.id}: {entry.warning}", now)

    def _again(
        self, transaction: Transaction, known: InboxEntry, message: Message, lost: list[datetime], now: datetime
    ) -> InboxEntry:
        after = delivery.again(known, message, now, lost_reads.count(lost, message.sent_at))
        if self._answers:
            # It comes until it is answered; its coming again asks nothing of us.
            after = replace(known, message=after.message, warning=after.warning)
        if after != known:
            records.put_entry(transaction, after)
            self._warn(transaction, after, now)
        return after

    def _first(
        self, transaction: Transaction, message: Message, shown: list[str], lost: list[datetime], now: datetime
    ) -> InboxEntry:
        name = self._provider.name
        came = delivery.first(name, message, now, lost_reads.count(lost, message.sent_at))
        entry = delivery.bounded(_checked(came))
        if transaction.get(Table.SEEN, key_of(name, message.id)) is not None:
            # Settled so long ago that only its id was kept: it is in its ticket, and is released once more.
            return replace(entry, applied=True, handled=True, status="acknowledged", patch=None)
        if entry.status == "parked" or message.ignored:
            return entry
        own = confirming.find_own(transaction, self._provider, shown, message, now)
        if own is None:
            return entry
        if own.state != "done":
            audit.note_outcome(transaction, self._context, own, "done", "found in a message of the vendor")
        confirming.confirm(transaction, self._provider, own, message, now)
        return replace(entry, own_write=own.id, handled=True)

    async def apply(self) -> int:
        """Bring what is stored into its tickets, group by group in order; answer what can be answered.

        Returns how many messages were applied.
        """
        applied = 0
        while True:
            keys = waiting.to_apply(self._context.catalogue, self._provider.name)[:APPLIED_AT_ONCE]
            answers = waiting.to_answer(self._context.catalogue, self._provider.name) if self._answers else []
            if not (keys or answers):
                return applied
            count = await self._context.store.transact(
                lambda transaction, keys=keys, answers=answers: self._apply_some(transaction, keys, answers)  # type: ignore[misc]
            )
            applied += count
            if count < APPLIED_AT_ONCE:
                return applied

    def _apply_some(self, transaction: Transaction, keys: list[str], answers: list[str]) -> int:
        for key in keys:
            entry = records.entry_at(transaction, key)
            if entry is not None and not entry.applied:
                self._apply_one(transaction, entry)
        if self._answers:
            self._answer(transaction, list(dict.fromkeys((*answers, *keys))))
        return len(keys)

    def _apply_one(self, transaction: Transaction, entry: InboxEntry) -> None:
        if entry.patch is None:
            records.put_entry(transaction, replace(entry, applied=True))
            return
        intake.take_in(transaction, entry)

    @property
    def _answers(self) -> bool:
        return self._context.answers_messages(self._provider.name)

    def _answer(self, transaction: Transaction, keys: list[str]) -> None:
        """Write Success for what is applied, where our number is known; hold the rest. Order is kept by the outbox."""
        now = self._context.now()
        in_the_way: set[str] = set()
        withheld: set[str] = set()
        for place, key in enumerate(keys):
            entry = records.entry_at(transaction, key)
            if entry is None or entry.message is None or entry.message.ignored or not _is_unanswered(entry):
                continue
            number = entry.number
            if entry.answer:
                in_the_way.add(number)
                continue
            ticket = records.ticket(transaction, TicketKey(entry.provider, number))
            client_number = ticket.client_number if ticket is not None else ""
            if entry.withheld:
                withheld.add(number)
            if entry.withheld or (entry.message.awaits_number and (not client_number or number in withheld)):
                after = replace(entry, status="held")
            else:
                answer = outbox_entries.acknowledgement(self._context, entry, client_number, now, place)
                records.put_write(transaction, answer)
                after = replace(entry, status="blocked" if number in in_the_way else "new", answer=answer.id)
            in_the_way.add(number)
            if after != entry:
                records.put_entry(transaction, after)


def _checked(entry: InboxEntry) -> InboxEntry:
    """An entry that can be kept and applied; one whose patch no ticket can take is as good as unreadable."""
    if entry.patch is None:
        return entry
    try:
        apply(None, replace(entry, patch=from_document(Patch, to_document(entry.patch))))
    except _UNUSABLE as error:
        message = entry.message
        problem = f"it cannot be applied: {error}"
        told = replace(message, patch=None, problem=problem) if message is not None else None
        return replace(entry, status="parked", patch=None, message=told)
    return entry


def _is_unanswered(entry: InboxEntry) -> bool:
    return entry.applied and entry.status in UNSETTLED
