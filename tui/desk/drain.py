"""Reading a queue until it is empty: store, apply, release, and again. Order within a group is the vendor's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from providers.base import Provider
from providers.errors import BadAnswer, TimedOut, VendorError
from providers.model import Batch
from tui.desk import gaps
from tui.desk.context import Context
from tui.desk.inbox import Inbox
from tui.desk.snapshots import Snapshots
from tui.desk.unconfirmed import Unconfirmed

MOST_READS: Final = 500
"""Reads of a queue in one poll; the next poll goes on. A queue that never ends must not end ours."""


@dataclass(slots=True)
class Drained:
    """What reading a queue brought."""

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
        self._snapshots = snapshots
        self._unconfirmed = unconfirmed

    async def run(self) -> Drained:
        """Settle what is stored already, then read until an answer is empty. A failure ends the reading."""
        drained = Drained()
        await self._settle_stored(drained)
        if drained.failure is not None:
            return drained
        for _ in range(MOST_READS):
            try:
                batch = await self._provider.receive()
            except VendorError as failure:
                await self._note_loss(failure)
                drained.failure = failure
                return drained
            stored = await self._inbox.store(batch)
            drained.received += stored.new
            drained.parked += stored.parked
            if batch.gap:
                await self._open_gap(batch)
            released = drained.released
            await self._settle_stored(drained)
            if drained.failure is not None:
                return drained
            if not batch.messages:
                await self._inbox.emptied()
                await self._unconfirmed.queue_emptied(self._provider.name)
                return drained
            if not batch.more or not (stored.new or drained.released > released):
                # A queue that hands out only what we know, and lets us release nothing, has nothing more for us.
                await self._unconfirmed.queue_emptied(self._provider.name)
                return drained
        return drained

    async def _settle_stored(self, drained: Drained) -> None:
        drained.applied += await self._inbox.apply()
        try:
            drained.released += await self._inbox.release()
        except VendorError as failure:
            drained.failure = failure

    async def _note_loss(self, failure: VendorError) -> None:
        """A read without a readable answer may have taken messages with it, where the vendor does not keep them."""
        if self._provider.declaration.queue_may_lose and isinstance(failure, TimedOut | BadAnswer):
            await self._open_gap(Batch(gap=failure.message, raw=failure.vendor_words))

    async def _open_gap(self, batch: Batch) -> None:
        name, numbers = self._provider.name, self._snapshots.open_numbers()
        await self._context.store.transact(
            lambda transaction: gaps.open_gap(
                transaction, self._context, name, words=batch.gap, raw=batch.raw, numbers=numbers
            )
        )
