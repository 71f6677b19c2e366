"""Reading a queue until it is empty: store, apply, release, and again. Order within a group is the vendor's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from providers.base import Provider
from providers.errors import BadAnswer, TimedOut, TooLarge, VendorError
from providers.model import Batch
from tui.desk import gaps, lost_reads
from tui.desk.context import Context
from tui.desk.flow import Flow
from tui.desk.inbox import Inbox
from tui.desk.releases import Releases
from tui.desk.snapshots import Snapshots
from tui.desk.unconfirmed import Unconfirmed

MOST_READS: Final = 1_000
"""Reads of a queue in one poll; the next poll goes on. A queue that never ends must not end ours."""


@dataclass(slots=True)
class Drained:
    """What reading a queue brought. `began` says that its mark was left; `over` that every read is accounted for."""

    began: bool = False
    over: bool = False
    received: int = 0
    applied: int = 0
    released: int = 0
    parked: int = 0
    failure: VendorError | None = None


class Drain:
    """One provider's queue."""

    def __init__(
        self, context: Context, provider: Provider, inbox: Inbox, snapshots: Snapshots, unconfirmed: Unconfirmed
    ) -> None:
        self._context = context
        self._provider = provider
        self._inbox = inbox
        self._releases = Releases(context, provider)
        self._snapshots = snapshots
        self._unconfirmed = unconfirmed
        self._reading = False
        self._under_way = 0
        self._applying = asyncio.Lock()
        self._freed = asyncio.Event()
        self._came: set[str] = set()

    async def run(self, drained: Drained) -> None:
        """Settle what is stored already, then read until an answer is empty. A failure ends the reading."""
        drained.applied += await self._inbox.apply()
        await self._release(drained, None)
        if drained.failure is not None:
            return
        await self._begin()
        drained.began = True
        self._under_way = 0
        ended = await self._pump(drained)
        drained.over = True
        if ended:
            await self._releases.emptied(besides=self._came)
            await self._unconfirmed.queue_emptied(self._provider.name)

    async def _pump(self, drained: Drained) -> bool:
        """Read, and apply and release what came, side by side; whether the queue came to its end."""
        flow = Flow(self._provider.declaration.parallel_receives)
        seen: set[str] = set()
        reads: set[asyncio.Task[Batch]] = set()
        works: set[asyncio.Task[None]] = set()
        left, ended = MOST_READS, False
        try:
            while True:
                while left and not ended and drained.failure is None and flow.may_read(len(reads), len(works)):
                    left -= 1
                    reads.add(asyncio.create_task(self._receive(drained)))
                if not reads and not works:
                    return ended
                finished = await self._next(reads | works)
                for work in works & finished:
                    work.result()
                for read in reads & finished:
                    batch = read.result()
                    self._came = {message.id for message in batch.messages}
                    last = bool(batch.messages) and not batch.more
                    ended = (flow.answered(len(self._came - seen)) or last) and drained.failure is None
                    seen |= self._came
                    works.add(asyncio.create_task(self._work(drained, self._came, flow)))
                reads -= finished
                works -= finished
        finally:
            for task in reads | works:
                task.cancel()
            await asyncio.gather(*reads, *works, return_exceptions=True)

    async def _receive(self, drained: Drained) -> Batch:
        """Read once, and store what came before anything else sees it."""
        self._reading = self._may_lose
        # Not in a `finally`: one that is cancelled stays counted, for `interrupted`.
        self._under_way += 1
        try:
            batch = await self._provider.receive()
        except VendorError as failure:
            self._reading = False
            self._under_way -= 1
            if isinstance(failure, TimedOut | BadAnswer | TooLarge):
                await self._note_unanswered(1)
            await self._note_loss(failure)
            drained.failure = drained.failure or failure
            return Batch()
        stored = await self._inbox.store(batch)
        self._releases.hand(stored.handed)
        self._reading = False
        self._under_way -= 1
        drained.received += stored.new
        drained.parked += stored.parked
        if batch.gap:
            await self._open_gap(batch)
        return batch

    async def _next(self, tasks: set[asyncio.Task[Any]]) -> set[asyncio.Task[Any]]:
        """Wait until something has ended, or a release may have set messages free; what has ended."""
        self._freed.clear()
        freed = asyncio.create_task(self._freed.wait())
        try:
            finished, _ = await asyncio.wait({*tasks, freed}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            freed.cancel()
        return finished - {freed}

    async def _work(self, drained: Drained, came: set[str], flow: Flow) -> None:
        """Apply and release one answer's messages."""
        if not came:
            return
        async with self._applying:
            applied = await self._inbox.apply()
        drained.applied += applied

        def told() -> None:
            if flow.released(1):
                self._freed.set()

        await self._release(drained, came, told)

    async def _release(self, drained: Drained, only: set[str] | None, told: Callable[[], None] = lambda: None) -> None:
        try:
            released = await self._releases.release(only, told)
        except VendorError as failure:
            drained.failure = drained.failure or failure
        else:
            # Added after the wait: what stands before it is read too early, and others add meanwhile.
            drained.released += released

    @property
    def _may_lose(self) -> bool:
        return self._provider.declaration.queue_may_lose

    async def _begin(self) -> None:
        """Leave a mark for as long as an answer may be under way that is not stored yet. `Poll` takes it away.

        A mark found from before is that of a process that died then: it was handed what it never told us of, and
        where the vendor keeps nothing, that may be lost.
        """
        store, name = self._context.store, self._provider.name
        if self._may_lose and lost_reads.is_marked(store, name):
            await self._open_gap(Batch(gap="the program ended while it read the queue"))
        now, at_once = self._context.now(), self._provider.declaration.parallel_receives
        longest = timedelta(seconds=self._context.policy(name).budget_seconds)
        await store.transact(
            lambda transaction: lost_reads.begin(transaction, name, now, at_once=at_once, longest=longest)
        )

    async def interrupted(self, drained: Drained) -> None:
        """The poll was ended from outside: what was under way just then may be lost."""
        if self._under_way:
            count, self._under_way = self._under_way, 0
            await self._note_unanswered(count)
        if self._reading:
            self._reading = False
            await self._open_gap(Batch(gap="the queue's answer was not waited for"))
        drained.over = drained.began

    async def _note_unanswered(self, count: int) -> None:
        """Remember our own reads that ended without an answer, so that no other reader is suspected for them."""
        name, now = self._provider.name, self._context.now()
        await self._context.store.transact(lambda transaction: lost_reads.note(transaction, name, now, count))

    async def _note_loss(self, failure: VendorError) -> None:
        """A read without a readable answer may have taken messages with it, where the vendor does not keep them."""
        if self._may_lose and isinstance(failure, TimedOut | BadAnswer):
            await self._open_gap(Batch(gap=failure.message, raw=failure.vendor_words))

    async def _open_gap(self, batch: Batch) -> None:
        name, numbers = self._provider.name, self._snapshots.open_numbers()
        await self._context.store.transact(
            lambda transaction: gaps.open_gap(
                transaction, self._context, name, words=batch.gap, raw=batch.raw, numbers=numbers
            )
        )
