"""The pollers: one a provider, side by side. Only the process that holds the lease polls; others follow."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from typing import Final

from providers.errors import BadAnswer
from tui.desk import health, pace, records
from tui.desk.context import Context
from tui.desk.ports import StoreFault, Table
from tui.desk.reports import SyncReport

FOLLOW_SECONDS: Final = 1.0
"""How often what other processes wrote is taken in."""
NOT_THE_CONSUMER: Final = "another process polls"
_log = logging.getLogger(__name__)


class Poller:
    """Polls every provider until cancelled. `sync` is the desk's, which never raises for a vendor's failure."""

    def __init__(
        self, context: Context, sync: Callable[[str], Awaitable[SyncReport]], on_fault: Callable[[str], None]
    ) -> None:
        self._context = context
        self._sync = sync
        self._on_fault = on_fault
        self._paused: set[str] = set()
        self._wake = {name: asyncio.Event() for name in context.providers}
        self._lot = random.Random()  # noqa: S311  # jitter, no secret

    def is_paused(self, provider: str) -> bool:
        """Whether a provider is left alone until told otherwise."""
        return provider in self._paused

    def pause(self, provider: str) -> None:
        """Leave a provider alone."""
        self._paused.add(provider)

    def resume(self, provider: str) -> None:
        """Poll a provider again, now."""
        self._paused.discard(provider)
        self.hurry(provider)

    def hurry(self, provider: str) -> None:
        """Poll a provider now rather than at its time."""
        self._wake[provider].set()

    async def run(self) -> None:
        """Poll and follow until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._follow())
            for provider in self._context.providers:
                group.create_task(self._worker(provider))

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(FOLLOW_SECONDS)
            try:
                await self._context.store.follow()
            except StoreFault as fault:
                self._on_fault(str(fault))

    async def _worker(self, provider: str) -> None:
        while True:
            if provider not in self._paused:
                await self._poll(provider)
            await self._rest(provider)

    async def _poll(self, provider: str) -> None:
        lease = self._context.store.lease
        try:
            if lease.held or lease.acquire():
                await self._sync(provider)
        except StoreFault as fault:
            self._on_fault(str(fault))
        except Exception as fault:  # noqa: BLE001  # the worker's edge, the one place
            # The worker's edge: whatever it is, it is shown and logged, this provider is tried again, the others go on.
            _log.exception("the poll of %s failed in a way of its own", provider)
            await self._show(provider, fault)

    async def _show(self, provider: str, fault: Exception) -> None:
        now = self._context.now()
        words = f"the poll failed in a way that is our own fault: {type(fault).__name__}"
        error = BadAnswer(provider, words, next_step="See `vendorq log`, and report it.")
        try:
            await self._context.store.transact(
                lambda transaction: health.failed(transaction, provider, now, error, None)
            )
        except StoreFault as store_fault:
            self._on_fault(str(store_fault))

    async def _rest(self, provider: str) -> None:
        wake = self._wake[provider]
        try:
            async with asyncio.timeout(self._delay(provider)):
                await wake.wait()
        except TimeoutError:
            pass
        wake.clear()

    def _delay(self, provider: str) -> float:
        poll_seconds = self._context.policy(provider).poll_seconds
        if not self._context.store.lease.held:
            # A follower looks whether the holder is gone, often enough to take over within one interval.
            return min(poll_seconds, FOLLOW_SECONDS)
        document = records.document(self._context.store, Table.HEALTH, provider)
        failures = int(document.get("failures", 0))
        now = self._context.now()
        until = health.retry_at(self._context.store, provider, now)
        return pace.delay(poll_seconds, failures, until, now, self._lot.random())
