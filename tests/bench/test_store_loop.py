"""How long the store holds the event loop: while it commits, compacts, and loads what another process compacted.

A gap is the time between two turns of a task that does nothing else. Where the work is computing, the bound holds for
this process's processor time in the gap: wall time also counts the wait for a processor that other programs have, and
is printed beside it. It does not see the loop wait for the disk; the slow disk's test judges wall time for that.
"""

from __future__ import annotations

import asyncio
import gc
import shutil
import statistics
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from providers.clock import SystemClock
from tests.support.big_store import key, make_store, ticket
from tui.desk.ports import Table
from tui.desk.store import EmbeddedStore, open_store
from tui.desk.store.files import RealFiles

pytestmark = pytest.mark.bench
CLOCK = SystemClock()
TICKETS = 50_000
GAP = 0.016
RUNS = 5


class Watch:
    """Turns with the loop until it is stopped, and notes the longest gaps: of processor time, and on the wall."""

    def __init__(self) -> None:
        self.computing = 0.0
        self.wall = 0.0

    async def run(self) -> None:
        """Until cancelled."""
        computed, last = time.process_time(), time.perf_counter()
        while True:
            await asyncio.sleep(0)
            now_computed, now = time.process_time(), time.perf_counter()
            self.computing = max(self.computing, now_computed - computed)
            self.wall = max(self.wall, now - last)
            computed, last = now_computed, now


async def watched(job: Callable[[], Awaitable[object]]) -> Watch:
    """The loop's gaps while a job runs."""
    watch = Watch()
    watching = asyncio.create_task(watch.run())
    await asyncio.sleep(0)
    await job()
    watching.cancel()
    return watch


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_store(tmp_path_factory.mktemp("stores") / "made", TICKETS)


@pytest.fixture
def path(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "store"))


def put(store: EmbeddedStore, number: int, changes: int) -> Awaitable[None]:
    """One changed ticket, committed."""
    document = ticket(number, changes=changes)
    return store.transact(lambda transaction: transaction.put(Table.TICKETS, key(number), document))


def judge(gap: float, watches: list[Watch], **figures: float) -> None:
    """Print what was measured, and hold it against the bound."""
    told = " ".join(f"{name}={value:.4g}" for name, value in figures.items())
    computing, wall = ([round(1000 * gap, 1) for gap in gaps] for gaps in zip(*map(both, watches), strict=True))
    print(f"judged_ms={1000 * gap:.3g} computing_ms={computing} wall_ms={wall} {told}")
    assert gap <= GAP


def both(watch: Watch) -> tuple[float, float]:
    """A run's longest gaps."""
    return watch.computing, watch.wall


def usual(watches: list[Watch]) -> float:
    """The median run's longest gap of processor time."""
    return statistics.median(watch.computing for watch in watches)


async def test_a_compaction_of_fifty_thousand_tickets_never_holds_the_loop(path: Path) -> None:
    gc.collect()
    gc.freeze()
    store = open_store(path, CLOCK)
    watches: list[Watch] = []
    commits: list[float] = []
    begun = time.perf_counter()
    for run in range(RUNS):

        async def job(run: int = run) -> None:
            compacting = asyncio.create_task(store.compact())
            number = 0
            while not compacting.done():
                number += 1
                started = time.perf_counter()
                await put(store, number, run * 1000 + number)
                commits.append(time.perf_counter() - started)
                await asyncio.sleep(0.02)
            await compacting

        watches.append(await watched(job))
    taken = (time.perf_counter() - begun) / RUNS
    commits.sort()
    store.close()
    gc.unfreeze()
    judge(
        usual(watches),
        watches,
        seconds=taken,
        commits=len(commits),
        commit_p95_ms=1000 * commits[len(commits) * 95 // 100],
    )


async def test_taking_in_another_process_s_compaction_never_holds_the_loop(path: Path) -> None:
    gc.collect()
    gc.freeze()
    store, other = open_store(path, CLOCK), open_store(path, CLOCK)
    watches: list[Watch] = []
    for run in range(RUNS):
        await put(other, run, run + 1)
        await other.compact()
        watches.append(await watched(store.follow))
        document = store.get(Table.TICKETS, key(run))
        assert document is not None
        assert document["revision"] == run + 1
    store.close()
    other.close()
    gc.unfreeze()
    judge(usual(watches), watches)


class SlowDisk(RealFiles):
    """A disk that takes its time to confirm."""

    def sync(self, handle: int) -> None:
        """50 ms, as a busy disk of rust needs."""
        time.sleep(0.05)
        super().sync(handle)


async def test_a_commit_never_holds_the_loop_however_slow_the_disk(path: Path) -> None:
    store = open_store(path, CLOCK, files=SlowDisk(path))
    watches: list[Watch] = []
    for run in range(RUNS):

        async def job(run: int = run) -> None:
            for number in range(10):
                await put(store, number, run + 1)

        watches.append(await watched(job))
    store.close()
    judge(min(watch.wall for watch in watches), watches)
