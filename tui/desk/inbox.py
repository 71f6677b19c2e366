"""The inbox: what a queue hands out is stored first, then applied to its ticket, then released at the vendor.

Each step works from what is stored, so that a process that dies between two of them leaves the rest to the next.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from providers.base import Provider
from providers.codec import from_document, to_document
from providers.errors import NotFound, VendorError
from providers.exchange import referring
from providers.model import Batch, Message, TicketKey
from tui.desk import audit, confirming, delivery, health, intake, lost_reads, outbox_entries, records, waiting
from tui.desk.apply import apply
from tui.desk.catalogue import UNSETTLED
from tui.desk.context import Context
from tui.desk.entries import InboxEntry
from tui.desk.ports import Table, Transaction, key_of

RELEASES_AT_ONCE: Final = 64
APPLIED_AT_ONCE: Final = 100
"""Messages applied in one transaction: enough to share its fsync, few enough to hold the lock briefly."""
_UNUSABLE: Final = (TypeError, ValueError, KeyError, AttributeError)
_RELEASED, _GIVEN_BACK, _STALE, _BLOCKED = "released", "given back", "stale", "blocked"


@dataclass(slots=True)
class Stored:
    """What one batch brought: messages new to us, and those handed out again."""

    new: int = 0
    again: int = 0
    parked: int = 0


class Inbox:
    """One provider's messages. Its methods never lose what they were given: each step is durable by itself."""

    def __init__(self, context: Context, provider: Provider) -> None:
        self._context = context
        self._provider = provider
        self._releasing = asyncio.Semaphore(RELEASES_AT_ONCE)

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
        for place, message in enumerate(batch.messages):
            known = records.entry(transaction, self._provider.name, message.id)
            if known is not None:
                self._again(transaction, known, message, now)
                stored.again += 1
                continue
            # One microsecond apart, so that equal stamps keep the order in which they were handed out.
            entry = self._first(transaction, message, shown, now + timedelta(microseconds=place))
            stored.parked += entry.status == "parked"
            stored.new += 1
            records.put_entry(transaction, entry)
            self._warn(transaction, entry, now)
        return stored

    def _warn(self, transaction: Transaction, entry: InboxEntry, now: datetime) -> None:
        """What a delivery gives reason to say is said of the provider too."""
        if entry.warning:
            health.warn(transaction, entry.provider, f"{entry.number or entry.id}: {entry.warning}", now)

    def _again(self, transaction: Transaction, known: InboxEntry, message: Message, now: datetime) -> None:
        lost = lost_reads.since(transaction, self._provider.name, message.sent_at)
        after = delivery.again(known, message, now, lost)
        if self._answers:
            # It comes until it is answered; its coming again asks nothing of us.
            after = replace(known, message=after.message, warning=after.warning)
        if after != known:
            records.put_entry(transaction, after)
            self._warn(transaction, after, now)

    def _first(self, transaction: Transaction, message: Message, shown: list[str], now: datetime) -> InboxEntry:
        name = self._provider.name
        lost = lost_reads.since(transaction, name, message.sent_at)
        entry = delivery.bounded(_checked(delivery.first(name, message, now, lost)))
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
        confirming.confirm(transaction, own, message, now)
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
            if entry.message.awaits_number and not client_number:
                after = replace(entry, status="held")
            else:
                answer = outbox_entries.acknowledgement(self._context, entry, client_number, now, place)
                records.put_write(transaction, answer)
                after = replace(entry, status="blocked" if number in in_the_way else "new", answer=answer.id)
            in_the_way.add(number)
            if after != entry:
                records.put_entry(transaction, after)

    async def release(self, only: Collection[str] | None = None, told: Callable[[], None] = lambda: None) -> int:
        """Tell the queue which messages are safely ours: groups side by side, each in its order; `only` these ids.

        `told` is called as soon as the queue has taken one, before that is recorded. A refused handle waits for the
        redelivery. Returns how many were released; raises the first other failure after all that could be released
        is recorded.
        """
        groups = waiting.to_release(self._context.catalogue, self._provider.name, only)
        if not groups:
            return 0
        outcomes = await asyncio.gather(*(self._release_group(keys, told) for keys in groups.values()))
        steps = [step for outcome in outcomes for step in outcome.steps]
        if steps:
            now = self._context.now()
            await self._context.store.transact(lambda transaction: _keep_steps(transaction, steps, now))
        for outcome in outcomes:
            if outcome.failure is not None:
                raise outcome.failure
        return sum(step == _RELEASED for _, step in steps)

    async def _release_group(self, keys: list[str], told: Callable[[], None]) -> _Outcome:
        outcome = _Outcome()
        stuck = False
        for key in keys:
            entry = records.entry_at(self._context.store, key)
            if entry is None or entry.message is None:
                continue
            stuck = stuck or delivery.is_stuck(entry)
            if stuck:
                if entry.status == "new":
                    outcome.steps.append((entry, _BLOCKED))
                continue
            try:
                async with self._releasing:
                    with referring(entry.number, entry.id):
                        await self._provider.release(entry.message)
            except NotFound:
                stuck = True
                outcome.steps.append((entry, _STALE))
            except VendorError as failure:
                outcome.failure = failure
                return outcome
            else:
                answers = self._context.answers_messages(entry.provider) and not entry.message.ignored
                outcome.steps.append((entry, _GIVEN_BACK if answers else _RELEASED))
                told()
        return outcome

    async def emptied(self, besides: Collection[str] = ()) -> None:
        """Note that the queue has just been read to its end.

        What was refused and does not come again is settled. `besides` are messages that did come, at the very end.
        """
        store, now = self._context.store, self._context.now()
        groups = waiting.to_release(self._context.catalogue, self._provider.name)
        stale = [key for keys in groups.values() for key in keys]
        if stale:
            await store.transact(lambda transaction: _count_empty(transaction, stale, besides, now))


def _checked(entry: InboxEntry) -> InboxEntry:
    """An entry that can be kept and applied; one whose patch no ticket can take is as good as unreadable."""
    if entry.patch is None:
        return entry
    try:
        apply(None, from_document(InboxEntry, to_document(entry)))
    except _UNUSABLE as error:
        message = entry.message
        problem = f"it cannot be applied: {error}"
        told = replace(message, patch=None, problem=problem) if message is not None else None
        return replace(entry, status="parked", patch=None, message=told)
    return entry


@dataclass(slots=True)
class _Outcome:
    """What became of one group, message by message, and the failure that stopped it."""

    steps: list[tuple[InboxEntry, str]] = field(default_factory=list)
    failure: VendorError | None = None


def _keep_steps(transaction: Transaction, steps: list[tuple[InboxEntry, str]], now: datetime) -> None:
    for seen, step in steps:
        entry = records.entry(transaction, seen.provider, seen.id)
        if entry is None or entry.reads != seen.reads:
            # It came again while it was released: the newer handle has still to be used.
            continue
        if step == _RELEASED:
            entry = delivery.released(entry)
        elif step == _GIVEN_BACK:
            entry = replace(entry, released=True)
        elif step == _STALE:
            entry = delivery.stale(entry, now)
        elif entry.status == "new":
            entry = delivery.blocked(entry, now)
        records.put_entry(transaction, entry)


def _is_unanswered(entry: InboxEntry) -> bool:
    return entry.applied and entry.status in UNSETTLED


def _count_empty(transaction: Transaction, keys: list[str], besides: Collection[str], now: datetime) -> None:
    for key in keys:
        entry = records.entry_at(transaction, key)
        if entry is not None and delivery.may_be_gone(entry) and entry.id not in besides:
            records.put_entry(transaction, delivery.emptied(entry, now))
