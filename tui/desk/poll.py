"""One poll of one provider: writes that wait, its list, its queue, the pages of what changed, files, answers.

A stage that fails is noted and the next goes on, unless the failure says that the vendor cannot be spoken to now.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from providers.base import Operation, Provider
from providers.errors import (
    NotAuthorised,
    NotFound,
    NotOffered,
    Rejected,
    Throttled,
    TimedOut,
    Unreachable,
    VendorError,
    WrongState,
)
from providers.exchange import referring
from providers.model import Snapshot
from tui.desk import gaps, health, lost_reads, outbox_entries, waiting
from tui.desk.context import Context
from tui.desk.downloads import Downloads
from tui.desk.drain import Drain, Drained
from tui.desk.inbox import Inbox
from tui.desk.outbox import Outbox
from tui.desk.ports import StoreFault, Transaction
from tui.desk.reports import SyncReport
from tui.desk.snapshots import COMPARED_AT_ONCE, Compared, Snapshots
from tui.desk.unconfirmed import Unconfirmed

_log = logging.getLogger(__name__)
DETAILS: Final = 20
"""Pages read in one poll where the declaration names no number: for tickets that left the list, and after a gap."""
WRITES_AT_ONCE: Final = 4
"""Tickets whose waiting writes are sent side by side."""
IN_TURN: Final = 5
"""Pages of unchanged tickets read in one poll of a vendor that has a list but no queue."""
_NO_CONVERSATION: Final = (Unreachable, Throttled, NotAuthorised)
_NO_PAGE: Final = (NotFound, NotOffered, WrongState, Rejected)


@dataclass(slots=True)
class _Tally:
    """What this poll has done so far."""

    began: datetime
    listed: list[str] | None = None
    """Numbers of the open list, where it was read to its end."""
    rows: list[Snapshot] = field(default_factory=list)
    """Its rows that are still to be compared."""
    drained: Drained = field(default_factory=Drained)
    compared: Compared = field(default_factory=Compared)
    sent: int = 0
    answered: int = 0
    looking_up: float = 0.0
    """Seconds that look-ups of unanswered writes took."""
    failure: VendorError | None = None

    def note(self, failure: VendorError) -> None:
        if self.failure is None:
            self.failure = failure

    @property
    def hopeless(self) -> bool:
        """Whether the vendor cannot be spoken to now."""
        return isinstance(self.failure, _NO_CONVERSATION)


class Poll:
    """One provider's polls. Only one runs at a time."""

    def __init__(self, context: Context, provider: Provider, outbox: Outbox) -> None:
        self._context = context
        self._provider = provider
        self._name = provider.name
        self._outbox = outbox
        self._inbox = Inbox(context, provider)
        self._snapshots = Snapshots(context, provider)
        self._unconfirmed = Unconfirmed(context, outbox)
        self._downloads = Downloads(context, provider)
        self._drain = Drain(context, provider, self._inbox, self._snapshots, self._unconfirmed)
        self._watched: dict[str, None] = {}
        self._fetching: asyncio.Task[None] | None = None
        self._running = asyncio.Lock()

    async def aclose(self) -> None:
        """End what runs, and stop listening to the store."""
        self._snapshots.close()
        if self._fetching is not None:
            self._fetching.cancel()
            await asyncio.gather(self._fetching, return_exceptions=True)

    async def _fetch_behind(self) -> None:
        """Fetch files while polls go on; what fails now is tried again after the next."""
        try:
            await self._downloads.fetch_waiting()
        except (VendorError, StoreFault) as failure:
            _log.warning("files of %s are not fetched yet: %s", self._name, failure)

    async def run(self, *, consume: bool, wait_for_files: bool = True) -> SyncReport:
        """Poll once. A vendor's failure is in the report and in the provider's health, never raised.

        Files have as long as they need; without `wait_for_files` the poll is over before they are here.
        """
        async with self._running:
            tally = _Tally(began=self._context.now())
            await self._writes(tally, consume)
            if not tally.hopeless:
                await self._within_budget(tally, consume)
            if not tally.hopeless:
                await self.send_queued(tally)
            if not tally.hopeless and wait_for_files:
                await self._stage(tally, self._downloads.fetch_waiting)
            elif not tally.hopeless and (self._fetching is None or self._fetching.done()):
                self._fetching = asyncio.create_task(self._fetch_behind())
            await self._record(tally)
            return self._report(tally)

    async def send_own(self) -> int:
        """Only what is ours to send, for a process that does not poll. Returns how many writes were confirmed."""
        tally = _Tally(began=self._context.now())
        await self.send_queued(tally)
        return tally.sent

    async def _writes(self, tally: _Tally, consume: bool) -> None:
        if self._may_write():
            await self._stage(tally, lambda: self._settle(tally, consume))
            if not tally.hopeless:
                await self.send_queued(tally)

    async def _settle(self, tally: _Tally, consume: bool) -> None:
        """Look unanswered writes up for a share of the poll's time, so that what is new is read whatever they need."""
        clock = asyncio.get_running_loop()
        began = clock.time()
        try:
            share = self._context.policy(self._name).timeout_seconds
            await self._unconfirmed.settle(self._name, reads_queue=consume, seconds=share)
        finally:
            tally.looking_up = clock.time() - began

    async def send_queued(self, tally: _Tally) -> None:
        """Send what waits, each ticket's in order; one that does not go does not stop another ticket's."""
        if not self._may_write():
            return
        queues = waiting.queued_by_ticket(self._context.catalogue, self._name)
        at_once = asyncio.Semaphore(WRITES_AT_ONCE)
        sent = (self._send_in_order(entry_ids, at_once, tally) for entry_ids in queues)
        for outcome in await asyncio.gather(*sent, return_exceptions=True):
            if outcome is not None:
                raise outcome

    async def _send_in_order(self, entry_ids: list[str], at_once: asyncio.Semaphore, tally: _Tally) -> None:
        """One ticket's writes, one after the other."""
        for entry_id in entry_ids:
            try:
                async with at_once:
                    entry = await self._outbox.deliver(entry_id)
            except NotFound:
                continue  # another process has sent it and, being an answer to a message, cleared it away
            done = entry.state == "done"
            automatic = outbox_entries.is_automatic(entry)
            tally.sent += done and not automatic
            tally.answered += done and automatic
            if entry.state == "queued" and entry.error_type in ("Unreachable", "Throttled", "SecretMissing"):
                return

    def _may_write(self) -> bool:
        return not (self._context.read_only or self._context.policy(self._name).read_only)

    async def _within_budget(self, tally: _Tally, consume: bool) -> None:
        budget = self._context.policy(self._name).budget_seconds
        try:
            async with asyncio.timeout(budget - tally.looking_up):
                await self._read(tally, consume)
        except TimeoutError:
            await self._drain.interrupted(tally.drained)
            tally.note(TimedOut(self._name, f"the poll took longer than {budget:g} s and was ended; what came is kept"))

    async def _read(self, tally: _Tally, consume: bool) -> None:
        await self._stage(tally, lambda: self._list(tally))
        if consume and not tally.hopeless:
            await self._drain.run(tally.drained)
            if tally.drained.failure is not None:
                tally.note(tally.drained.failure)
        # Rows are compared after the queue: what it still held is older than the list we have just read.
        await self._compare(tally)
        if not tally.hopeless and (tally.listed is not None or not self._offers(Operation.LIST)):
            await self._stage(tally, lambda: self._details(tally))

    async def _stage(self, tally: _Tally, work: Callable[[], Awaitable[object]]) -> None:
        try:
            await work()
        except VendorError as failure:
            tally.note(failure)

    async def _list(self, tally: _Tally) -> None:
        if not self._offers(Operation.LIST):
            return
        # Thousands of rows at once are memory that is hard to give back: where no queue may hold what is older than
        # they are, they are compared as they come.
        as_they_come = not self._offers(Operation.QUEUE)
        listed: list[str] = []
        async for snapshot in self._provider.list_open():
            listed.append(snapshot.patch.number)
            tally.rows.append(snapshot)
            if as_they_come and len(tally.rows) >= COMPARED_AT_ONCE:
                await self._compare(tally)
        tally.listed = listed

    def _offers(self, operation: Operation) -> bool:
        return self._context.offers(self._name, operation)

    @property
    def _tells(self) -> bool:
        """Whether differences become messages: where no queue tells of them, or it may have lost some."""
        return not self._offers(Operation.QUEUE) or gaps.is_open(self._context.store, self._name)

    async def _compare(self, tally: _Tally) -> None:
        rows, tally.rows = tally.rows, []
        baseline = not health.has_baseline(self._context.store, self._name)
        await self._snapshots.take(rows, tell=self._tells, baseline=baseline, compared=tally.compared)

    async def _details(self, tally: _Tally) -> None:
        """Read pages: of tickets that left the list, of those a gap concerns, of new and changed ones, of the rest."""
        gone = self._gone(tally)
        if not self._offers(Operation.DETAIL):
            for number in gone:
                await self._snapshots.close_gone(number)
            return
        wanted = list(
            dict.fromkeys([*gone, *gaps.pending(self._context.store, self._name), *await self._wanted(tally)])
        )
        # A look-up reads a page, too.
        limit = max(1, (self._provider.declaration.details_per_poll or DETAILS) - self._unconfirmed.looked_up)
        read: list[str] = []
        try:
            for number in wanted[:limit]:
                await self._detail(number, gone=number in gone)
                read.append(number)
        finally:
            await self._close_gap(read, tally)

    def _gone(self, tally: _Tally) -> list[str]:
        return [] if tally.listed is None else self._snapshots.missing(set(tally.listed))

    async def _wanted(self, tally: _Tally) -> Iterable[str]:
        numbers = tally.listed or []
        has_queue = self._offers(Operation.QUEUE)
        rows_lack = bool(self._provider.declaration.details_per_poll)
        wanted: list[str] = []
        if rows_lack or not has_queue:
            wanted = await self._snapshots.want_details(numbers, changed_only=not rows_lack)
        if has_queue:
            return wanted
        # Without a queue nothing tells of a new comment where rows do not: pages are read in turn.
        turn = self._next_watched()
        return wanted + (turn[:IN_TURN] if self._offers(Operation.LIST) else turn)

    def _next_watched(self) -> list[str]:
        """Open tickets of a vendor without a queue, the one whose page was read longest ago first."""
        numbers = dict.fromkeys(self._snapshots.open_numbers())
        kept = {number: None for number in self._watched if number in numbers}
        self._watched = {number: None for number in numbers if number not in kept} | kept
        return list(self._watched)

    async def _detail(self, number: str, *, gone: bool) -> None:
        ticket = self._snapshots.ticket(number)
        try:
            with referring(number):
                page = await self._provider.detail(number, ticket.internal_id if ticket is not None else "")
        except _NO_PAGE:
            if gone:
                await self._snapshots.close_gone(number)
            else:
                await self._snapshots.detail_unreadable(number)
            return
        await self._snapshots.take([page], tell=self._tells, baseline=True)
        if gone:
            await self._snapshots.off_the_list(number)
        if number in self._watched:
            self._watched[number] = self._watched.pop(number)

    async def _close_gap(self, read: list[str], tally: _Tally) -> None:
        store = self._context.store
        if gaps.is_open(store, self._name):
            listed = tally.began if tally.listed is not None else None
            await store.transact(
                lambda transaction: gaps.read_again(transaction, self._context, self._name, read, listed=listed)
            )

    async def _record(self, tally: _Tally) -> None:
        began, failure, now = tally.began, tally.failure, self._context.now()
        until: datetime | None = None
        if isinstance(failure, Throttled):
            until = now + min(timedelta(seconds=failure.retry_after), health.RETRY_AFTER_CAP)

        def keep(transaction: Transaction) -> None:
            if tally.drained.over:
                lost_reads.end(transaction, self._name)
            if failure is None:
                health.went_well(transaction, self._name, began, now)
            else:
                health.failed(transaction, self._name, began, failure, until)

        await self._context.store.transact(keep)

    def _report(self, tally: _Tally) -> SyncReport:
        unsettled = waiting.unsettled(self._context.catalogue, self._name)
        report = SyncReport(
            provider=self._name,
            received=tally.drained.received + tally.compared.told,
            applied=tally.drained.applied,
            acknowledged=tally.drained.released + tally.answered,
            held=sum(item.status == "held" for item in unsettled),
            parked=tally.drained.parked,
            rows=len(tally.listed or ()),
            sent=tally.sent,
        )
        failure = tally.failure
        if failure is None:
            return report
        return replace(report, error=str(failure), error_type=type(failure).__name__)
