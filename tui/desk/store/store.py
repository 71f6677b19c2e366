"""The store as the desk knows it: reads at once, commits in a thread, changes told on the event loop."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, TypeVar

from providers.clock import Clock
from tui.desk.ports import Changed, Document, Lease, StoreFault, Summary, Table, Transaction
from tui.desk.store.compaction import Busy, Compaction
from tui.desk.store.engine import Outcome, Result, Work
from tui.desk.store.files import Files
from tui.desk.store.lease import KernelLease
from tui.desk.store.storage import JournalStorage

T = TypeVar("T")
LARGEST_BATCH: Final = 64


class EmbeddedStore:
    """One folder, several processes. Bound to whichever event loop calls it; one at a time.

    Commits, following and the steps of a compaction are jobs of one thread, strictly in turn; what a job did is
    published on the event loop, so that readers there see a commit whole or not at all.
    """

    def __init__(self, storage: JournalStorage) -> None:
        engine = storage.engine
        self.path = engine.path
        self._engine = engine
        self._lease = KernelLease(engine.files, engine.clock, engine.path, obtainable=engine.condition.openable)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        self._waiting: deque[tuple[Work | None, asyncio.Future[Any]]] = deque()
        self._listeners: list[Callable[[Changed], None]] = []
        self._job: Future[Outcome | None] | None = None
        self._pump: asyncio.Task[None] | None = None
        self._compaction: Compaction | None = None
        self._closed = False

    # Reading

    @property
    def read_only(self) -> str:
        """See Store.read_only."""
        return self._engine.condition.sentence

    @property
    def warnings(self) -> tuple[str, ...]:
        """See Store.warnings."""
        return tuple(self._engine.condition.warnings)

    @property
    def alarms(self) -> tuple[str, ...]:
        """See Store.alarms."""
        return self._engine.condition.alarms

    @property
    def passing(self) -> bool:
        """See Store.passing."""
        return self._engine.condition.passing

    def probe(self) -> str:
        """See Store.probe."""
        if self._engine.condition.writable:
            self._engine.condition.probe()
        return self.read_only

    @property
    def lease(self) -> Lease:
        """See Store.lease."""
        return self._lease

    def get(self, table: Table, key: str) -> Document | None:
        """See View.get."""
        return self._engine.get(table, key)

    def keys(self, table: Table) -> Iterable[str]:
        """See View.keys."""
        return list(self._engine.summaries(table))

    def summaries(self, table: Table) -> Mapping[str, Summary]:
        """See View.summaries. Valid until the caller next awaits."""
        return self._engine.summaries(table)

    def subscribe(self, listener: Callable[[Changed], None]) -> Callable[[], None]:
        """See Store.subscribe."""
        self._listeners.append(listener)

        def end() -> None:
            with suppress(ValueError):
                self._listeners.remove(listener)

        return end

    # Writing

    async def transact(self, work: Callable[[Transaction], T]) -> T:
        """See Store.transact."""
        result: T = await self._ask(work)
        return result

    async def follow(self) -> bool:
        """See Store.follow. Costs two questions to the kernel where nothing has happened."""
        self._alive()
        try:
            if not self._engine.behind():
                return False
        except OSError as error:
            raise StoreFault(f"The store in {self.path} cannot be read ({error.strerror}).") from error
        changed: bool = await self._ask(None)
        return changed

    async def compact(self) -> None:
        """See Store.compact. Commits go on meanwhile. Does nothing where another process is at it.

        On a store that is read-only for damage it goes on with what can be read; the damaged files are kept.
        """
        self._alive()
        while self._compaction is not None:
            await self._next_turn()
        repair = self._engine.condition.damaged
        try:
            compaction = self._compaction = Compaction(self._engine, repair=repair)
        except Busy:
            return
        while not compaction.ended:
            await self._next_turn()
        if compaction.error is not None:
            raise compaction.error

    async def _ask(self, work: Work | None) -> Any:
        self._alive()
        waiter: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append((work, waiter))
        self._wake()
        return await waiter

    async def _next_turn(self) -> None:
        self._wake()
        assert self._pump is not None
        await asyncio.shield(self._pump)

    def _alive(self) -> None:
        if self._closed:
            raise StoreFault(self._engine.condition.sentence)

    # The pump: one job after the other in the thread, each published before the next

    def _wake(self) -> None:
        self._alive()
        loop = asyncio.get_running_loop()
        if self._pump is None or self._pump.done() or self._pump.get_loop() is not loop:
            self._finish_job()
            self._pump = loop.create_task(self._run(), name="store")

    async def _run(self) -> None:
        while self._waiting or self._compaction is not None or self._engine.retiring:
            if self._waiting:
                await self._run_batch()
            if self._compaction is None and self._engine.wants_compaction:
                with suppress(StoreFault):
                    self._compaction = Compaction(self._engine)
            if self._compaction is not None:
                await self._run_step(self._compaction.step)
            elif self._engine.retiring:
                await self._run_step(self._engine.retire)

    async def _run_batch(self) -> None:
        batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), LARGEST_BATCH))]
        batch = [(work, waiter) for work, waiter in batch if not waiter.done()]
        works = [work for work, _ in batch if work is not None]
        result = Result()
        try:
            with result:
                await self._in_thread(lambda: self._engine.attempt(works))
                outcome = self._finish_job()
                assert outcome is not None
                _answer(batch, outcome)
            if result.error is not None:
                for _, waiter in batch:
                    if not waiter.done():
                        waiter.set_exception(result.error)
        finally:
            for _, waiter in batch:
                waiter.cancel()

    async def _run_step(self, step: Callable[[], None]) -> None:
        await self._in_thread(step)
        self._finish_job()

    async def _in_thread(self, job: Callable[[], Outcome | None]) -> None:
        self._job = self._thread.submit(job)
        done = asyncio.wrap_future(self._job)
        await asyncio.wait([done])  # being cancelled leaves the job running: it is finished by whoever comes next
        done.exception()  # seen; _finish_job raises it

    def _finish_job(self) -> Outcome | None:
        """Publish what the last job did, also where the loop that asked for it is gone. Raises what it raised."""
        job, self._job = self._job, None
        outcome = None
        if job is not None and not job.cancel():
            outcome = job.result()
            if outcome is not None:
                self._publish(outcome)
        if self._compaction is not None and self._compaction.ended:
            compaction, self._compaction = self._compaction, None
            self._publish(compaction.outcome)
        return outcome

    def _publish(self, outcome: Outcome) -> None:
        changes = self._engine.publish(outcome)
        if self._closed:
            return
        loop = asyncio.get_running_loop()
        for change in changes:
            for listener in self._listeners:
                loop.call_soon(listener, change)

    def close(self) -> None:
        """See Store.close. A journal that has grown far too long is compacted first."""
        if self._closed:
            return
        self._closed = True
        if self._pump is not None and not self._pump.get_loop().is_closed():
            self._pump.cancel()
        self._thread.shutdown(wait=True)
        self._finish_job()
        with suppress(StoreFault):
            if self._engine.overdue(2):
                self._compaction = self._compaction or Compaction(self._engine)
                while not self._compaction.ended:
                    self._compaction.step()
                self._finish_job()
        if self._compaction is not None:
            self._compaction.abandon()
        self._lease.release()
        self._engine.close()
        for _, waiter in self._waiting:
            if not waiter.done() and not waiter.get_loop().is_closed():
                waiter.set_exception(StoreFault(self._engine.condition.sentence))


def _answer(batch: list[tuple[Work | None, asyncio.Future[Any]]], outcome: Outcome) -> None:
    """Tell each waiting task how its work ended; those that only follow, whether there was anything new."""
    results = iter(outcome.results)
    for work, waiter in batch:
        result = next(results) if work is not None else Result(bool(outcome.foreign) or outcome.everything)
        if waiter.done():
            continue
        if result.error is not None:
            waiter.set_exception(result.error)
        else:
            waiter.set_result(result.value)


def open_store(path: Path, clock: Clock, *, read_only: bool = False, files: Files | None = None) -> EmbeddedStore:
    """Open the store in a folder, making it if there is none. `files` is for tests with a disk of their own.

    StoreFault where it cannot be opened at all: no such right, a newer version's, a link in its place. Where it can
    be read and not written, `read_only` of what is returned says why.
    """
    return EmbeddedStore(JournalStorage(path, read_only=read_only, clock=clock, files=files))
