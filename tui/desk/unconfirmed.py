"""Settling writes that got no answer: look them up, count what the queue showed, then decide by the rules."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import Final

from providers.base import Operation, Provider, Settling
from providers.clock import milliseconds
from providers.errors import NotAuthorised, NotOffered, Throttled, TimedOut, Unreachable, VendorError
from providers.exchange import referring
from providers.model import Receipt, TicketKey
from tui.desk import index, outbox_entries, records, settle, waiting
from tui.desk.context import Context
from tui.desk.entries import OutboxEntry
from tui.desk.outbox import Outbox
from tui.desk.ports import Transaction
from tui.desk.settle import Verdict

LOOK_UPS: Final = 10
"""Writes that are looked up in one poll, and never more than half of the pages that may be read in one."""


class Unconfirmed:
    """One desk's unanswered writes to one provider."""

    def __init__(self, context: Context, outbox: Outbox) -> None:
        self._context = context
        self._outbox = outbox
        self._turns: dict[str, int] = {}
        self._settled = 0
        self.looked_up = 0

    async def settle(self, provider: str, *, reads_queue: bool, seconds: float) -> int:
        """Settle what can be settled; returns how many writes changed. Raises a look-up's failure at the end.

        At most LOOK_UPS are looked up, and for so many `seconds`; the others' turn comes at the next call. `looked_up`
        says how many. Where the vendor cannot be spoken to, or asked for patience, it is asked no more.
        """
        changed = self.looked_up = 0
        failure: VendorError | None = None
        until = asyncio.get_running_loop().time() + seconds
        for entry_id in self._in_turn(provider):
            entry = records.write(self._context.store, entry_id)
            if entry is None or entry.state != "unconfirmed":
                continue
            try:
                changed += await self._settle(await self._outbox.set_right(entry), reads_queue, until)
            except VendorError as error:
                failure = failure or error
                if isinstance(error, Unreachable | Throttled | NotAuthorised):
                    raise
        if failure is not None:
            raise failure
        return changed

    def _in_turn(self, provider: str) -> list[str]:
        """What is unconfirmed: what may settle itself first, then what was looked up longest ago, then the oldest."""
        self._settled += 1
        ids = waiting.in_state(self._context.catalogue, "unconfirmed", provider=provider)
        self._turns = {entry_id: self._turns.get(entry_id, 0) for entry_id in ids}
        items = index.outbox(self._context.store)
        return sorted(ids, key=lambda entry_id: (items[entry_id].needs_engineer, self._turns[entry_id]))

    def _may_look_up(self, provider: Provider, until: float) -> bool:
        pages = provider.declaration.details_per_poll
        most = min(LOOK_UPS, max(1, pages // 2)) if pages else LOOK_UPS
        return self.looked_up < most and asyncio.get_running_loop().time() < until

    async def _look_up(self, entry: OutboxEntry, until: float) -> Receipt | None:
        """What the vendor shows of it; None where nothing. TimedOut where it takes too long."""
        self.looked_up += 1
        self._turns[entry.id] = self._settled
        name = entry.write.provider
        ticket = records.ticket(self._context.store, TicketKey(name, entry.write.number))
        try:
            async with asyncio.timeout_at(until):
                with referring(*outbox_entries.references(entry.write)):
                    return await self._context.providers[name].find(entry.write, ticket)
        except NotOffered:
            return None
        except TimeoutError:
            words = f"the look-up of a write that got no answer, {entry.id}, took too long and was ended"
            raise TimedOut(name, words) from None

    async def _settle(self, entry: OutboxEntry, reads_queue: bool, until: float) -> bool:
        provider = self._context.providers[entry.write.provider]
        settling = provider.declaration.settling.get(entry.write.action, Settling())
        if settling.by == "lookup":
            if not self._may_look_up(provider, until):
                return False
            receipt = await self._look_up(entry, until)
            if receipt is not None:
                note = receipt.note or "Found at the vendor."
                await self._outbox.record_done(entry.id, replace(receipt, note=note))
                return True
        verdict = settle.judge(
            entry,
            settling,
            now=self._context.now(),
            has_queue=self._context.offers(entry.write.provider, Operation.QUEUE),
            reads_queue=reads_queue,
            newer_came=newer_came(self._context, entry),
        )
        if verdict is Verdict.SEND_AGAIN:
            await self._outbox.send_again(entry, "Not found at the vendor 120 s after it was sent: sent again.")
        elif verdict is Verdict.ENGINEER:
            await self._outbox.put_to_engineer(entry, settle.advice(settling))
        return verdict is not Verdict.WAIT

    async def queue_emptied(self, provider: str) -> None:
        """The provider's queue has just been read to its end: unanswered writes were not in it up to now."""
        now = self._context.now()
        waiting_for = waiting.in_state(self._context.catalogue, "unconfirmed", provider=provider)
        if waiting_for:
            await self._context.store.transact(lambda transaction: _count(transaction, waiting_for, now))


def _count(transaction: Transaction, entry_ids: list[str], now: datetime) -> None:
    for entry_id in entry_ids:
        entry = records.write(transaction, entry_id)
        if entry is None or entry.state != "unconfirmed" or entry.needs_engineer:
            continue
        if entry.empty_reads >= settle.EMPTY_READS and _long_after(entry):
            continue
        records.put_write(transaction, replace(entry, empty_reads=entry.empty_reads + 1, emptied_at=now))


def _long_after(entry: OutboxEntry) -> bool:
    sent, emptied = entry.sent_at, entry.emptied_at
    return sent is not None and emptied is not None and emptied - sent >= outbox_entries.SETTLE_AFTER


def newer_came(context: Context, entry: OutboxEntry) -> bool:
    """Whether the vendor has said something of the ticket after this write was sent.

    Where nobody knows when that was, what changed the ticket since the write was written counts.
    """
    sent = milliseconds(entry.sent_at or entry.created_at)
    items = index.inbox(context.store)
    keys = context.catalogue.entries_of(entry.write.provider, entry.write.number)
    if outbox_entries.CLOCK_AHEAD in entry.evidence:
        came = (item for key in keys if (item := records.entry_at(context.store, key)) is not None)
        others = (item for item in came if item.source != "write" and item.own_write != entry.id)
        return any(item.changed and item.revision > entry.revision for item in others)
    return any(
        item.source != "write" and item.own_write != entry.id and item.order_time > sent
        for item in (items[key] for key in keys)
    )
