"""What the store costs: a commit beside a bare write and beside stock TinyDB, opening beside reading the bytes.

Everything is a ratio of medians within one run, of measurements taken in turn, so that the machine's speed and its
other users count for both sides alike.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tinydb import TinyDB, where

from providers.clock import SystemClock
from tests.support.big_store import key, make_store, ticket
from tui.desk.ports import Table
from tui.desk.store import open_store
from tui.desk.store.engine import Engine
from tui.desk.store.files import RealFiles
from tui.desk.store.views import Change

pytestmark = pytest.mark.bench
ROOT = Path(__file__).parents[2]
CLOCK = SystemClock()


def seconds(job: Callable[..., Any], *arguments: Any) -> float:
    """How long it takes, on the wall."""
    begun = time.perf_counter()
    job(*arguments)
    return time.perf_counter() - begun


class NeverSynced(RealFiles):
    """Real files without the wait for the disk."""

    def sync(self, handle: int) -> None:
        """Nothing."""


def commit_changed(engine: Engine, number: int, changes: int) -> None:
    """One changed ticket, committed and published."""

    def work(change: Change) -> None:
        document = change.get(Table.TICKETS, key(number))
        assert document is not None
        document["revision"] = changes
        change.put(Table.TICKETS, key(number), document)

    outcome = engine.attempt([work])
    engine.publish(outcome)
    assert outcome.results[0].error is None


def report(**figures: float) -> None:
    """Print what was measured; seen with `pytest -s`, and when a bound is missed."""
    print(" ".join(f"{name}={value:.4g}" for name, value in figures.items()))


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    folder = tmp_path_factory.mktemp("stores")
    return {size: make_store(folder / str(size), size) for size in (100, 10_000, 50_000)}


def test_a_durable_commit_costs_at_most_three_bare_writes(stores: dict[int, Path], tmp_path: Path) -> None:
    store = open_store(stores[10_000], CLOCK)
    bare = os.open(tmp_path / "bare", os.O_RDWR | os.O_CREAT, 0o600)
    ours: list[float] = []
    theirs: list[float] = []
    journal = next(stores[10_000].glob("journal-*"))
    at = 0

    async def commit(number: int) -> None:
        document = ticket(number, changes=number + 1)
        begun = time.perf_counter()
        await store.transact(lambda transaction: transaction.put(Table.TICKETS, key(number), document))
        ours.append(time.perf_counter() - begun)

    async def measure() -> None:
        nonlocal at
        for number in range(300):
            before = journal.stat().st_size
            await commit(number)
            data = b"x" * (journal.stat().st_size - before)
            begun = time.perf_counter()
            os.pwrite(bare, data, at)
            os.fdatasync(bare)
            theirs.append(time.perf_counter() - begun)
            at += len(data)

    asyncio.run(measure())
    store.close()
    os.close(bare)
    ratio = statistics.median(ours) / statistics.median(theirs)
    report(commit_ms=1000 * statistics.median(ours), bare_ms=1000 * statistics.median(theirs), ratio=ratio)
    assert ratio <= 3


def test_without_the_disk_a_commit_is_fifty_times_cheaper_than_stock_tinydb(
    stores: dict[int, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tinydb.storages.os.fsync", lambda handle: None)
    path = tmp_path / "stock.json"
    path.write_text(json.dumps({"tickets": {str(number + 1): ticket(number) for number in range(10_000)}}))
    engine = Engine(NeverSynced(stores[10_000]), stores[10_000], CLOCK)
    ours: list[float] = []
    theirs: list[float] = []
    with TinyDB(path) as stock:
        table = stock.table("tickets")
        for number in range(5):
            changed = {"revision": number + 7}
            found = where("number") == ticket(number)["number"]
            theirs.append(seconds(table.update, changed, found))
            ours += [seconds(lambda one=number * 40 + more: commit_changed(engine, one, one + 7)) for more in range(40)]
    engine.close()
    ratio = statistics.median(theirs) / statistics.median(ours)
    report(commit_us=1e6 * statistics.median(ours), stock_ms=1000 * statistics.median(theirs), ratio=ratio)
    assert ratio >= 50


def test_a_commit_costs_the_same_among_a_hundred_and_among_fifty_thousand(stores: dict[int, Path]) -> None:
    engines = {size: Engine(NeverSynced(stores[size]), stores[size], CLOCK) for size in (100, 50_000)}
    taken: dict[int, list[float]] = {size: [] for size in engines}
    gc.collect()
    gc.freeze()
    for count in range(600):
        for size, engine in engines.items():
            number = (count * 7919) % size
            taken[size].append(seconds(commit_changed, engine, number, count + 9))
    for engine in engines.values():
        engine.close()
    gc.unfreeze()
    small, large = (statistics.median(taken[size]) for size in (100, 50_000))
    report(small_us=1e6 * small, large_us=1e6 * large, ratio=large / small)
    assert large / small <= 1.5


def opening(path: Path) -> tuple[float, float, int]:
    """Seconds that opening takes, seconds that reading the same bytes takes, and how many bytes that is."""
    files = [file for file in path.iterdir() if file.name == "snapshot" or file.name.startswith("journal-")]
    opened: list[float] = []
    read: list[float] = []
    for _ in range(9):
        gc.collect()
        read.append(sum(seconds(file.read_bytes) for file in files))
        begun = time.perf_counter()
        store = open_store(path, CLOCK)
        opened.append(time.perf_counter() - begun)
        assert len(store.summaries(Table.TICKETS)) == 50_000
        store.close()
    return statistics.median(opened), statistics.median(read), sum(file.stat().st_size for file in files)


def test_opening_fifty_thousand_tickets_costs_four_readings_of_their_bytes(stores: dict[int, Path]) -> None:
    opened, read, size = opening(stores[50_000])
    report(megabytes=size / 1e6, open_ms=1000 * opened, read_ms=1000 * read, ratio=opened / read)
    assert size >= 100e6
    assert opened / read <= 4


def test_opening_costs_four_readings_also_when_the_journal_is_at_its_longest(
    stores: dict[int, Path], tmp_path: Path
) -> None:
    path = Path(shutil.copytree(stores[50_000], tmp_path / "store"))
    engine = Engine(NeverSynced(path), path, CLOCK)
    commits = 0
    while not engine.wants_compaction:
        commits += 1
        commit_changed(engine, commits * 7919 % 50_000, commits + 9)
    engine.close()
    opened, read, size = opening(path)
    report(commits=commits, megabytes=size / 1e6, open_ms=1000 * opened, read_ms=1000 * read, ratio=opened / read)
    assert opened / read <= 4


MEMORY = """
import gc, sys
from pathlib import Path
from providers.clock import SystemClock
from tui.desk.store import open_store

def kilobytes(name):
    line = next(line for line in open("/proc/self/status") if line.startswith(name))
    return int(line.split()[1])

before = kilobytes("VmRSS")
store = open_store(Path(sys.argv[1]), SystemClock())
peak = kilobytes("VmHWM")
after = kilobytes("VmRSS")
print(after - before, peak - before)
store.close()
"""


def test_fifty_thousand_open_tickets_take_sixty_megabytes(stores: dict[int, Path]) -> None:
    command = [sys.executable, "-c", MEMORY, str(stores[50_000])]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    resident, peak = (int(word) / 1024 for word in done.stdout.split())
    report(resident_mb=resident, peak_mb=peak)
    assert resident <= 60
    assert peak <= 60
