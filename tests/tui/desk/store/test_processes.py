"""Several real processes on one store, and processes that are killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.support.files import POINTS
from tests.tui.desk.store.conftest import Opener
from tui.desk.ports import Table

ROOT = Path(__file__).parents[4]


class Children:
    """Starts processes of tests.tui.desk.store.child, and sees to it that none is left."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started: list[subprocess.Popen[str]] = []

    def start(self, task: str, argument: str = "") -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.tui.desk.store.child", str(self.folder), task, argument]
        child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        self.started.append(child)
        return child

    def end(self) -> None:
        for child in self.started:
            child.kill()
            child.wait()
            assert child.stdout is not None
            child.stdout.close()


@pytest.fixture
def children(tmp_path: Path) -> Iterator[Children]:
    children = Children(tmp_path / "store")
    yield children
    children.end()


def test_two_processes_of_a_thousand_increments_count_to_two_thousand(children: Children, opened: Opener) -> None:
    both = [children.start("count", "1000") for _ in range(2)]
    assert [child.wait(120) for child in both] == [0, 0]
    assert opened().get(Table.META, "counter") == {"count": 2000}


@pytest.mark.parametrize("point", POINTS)
def test_a_process_killed_at_a_named_point_loses_nothing_it_confirmed(
    children: Children, opened: Opener, point: str
) -> None:
    child = children.start("die", point)
    confirmed = {int(line) for line in child.communicate(timeout=60)[0].split()}
    assert child.returncode == -signal.SIGKILL
    store = opened()
    assert store.read_only == ""
    found = {int(key[1:]) for key in store.keys(Table.TICKETS)}
    assert confirmed == set(range(30))
    assert found in (confirmed, confirmed | {30})
    for number in found:
        assert store.get(Table.TICKETS, f"k{number}") == {"number": number, "body": "x" * 300}


async def test_after_each_named_point_the_next_process_writes_and_compacts(children: Children, opened: Opener) -> None:
    for point in ("append-half", "journal-made", "before-rename", "after-rename", "before-unlink"):
        child = children.start("die", point)
        child.communicate(timeout=60)
        assert child.returncode == -signal.SIGKILL
        store = opened()
        await store.transact(lambda transaction: transaction.put(Table.META, "after", {"point": "x"}))
        await store.compact()
        await store.transact(lambda transaction: transaction.delete(Table.META, "after"))
        assert store.read_only == ""
        store.close()
    names = {path.name for path in children.folder.iterdir() if not path.name.startswith("torn-")}
    assert len([name for name in names if name.startswith("journal-")]) == 1
    assert "snapshot.new" not in names
    assert len(list(opened().keys(Table.TICKETS))) in (30, 31)


def kill_at_random(children: Children, opened: Opener, seed: int) -> None:
    child = children.start("write")
    assert child.stdout is not None
    lines = Random(seed).randrange(1, 150)
    for _ in range(lines):
        assert child.stdout.readline()
    child.kill()
    confirmed = lines + len(child.communicate()[0].split())
    store = opened()
    assert store.read_only == ""
    assert set(store.keys(Table.TICKETS)) in (
        {f"k{number}" for number in range(confirmed)},
        {f"k{number}" for number in range(confirmed + 1)},
    )


@pytest.mark.parametrize("seed", range(5))
def test_a_process_killed_at_any_time_loses_nothing_it_confirmed(children: Children, opened: Opener, seed: int) -> None:
    kill_at_random(children, opened, seed)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 300))
def test_a_process_killed_at_any_time_loses_nothing_it_confirmed_at_length(
    children: Children, opened: Opener, seed: int
) -> None:
    kill_at_random(children, opened, seed)


def test_a_killed_holder_s_lease_is_taken_over(children: Children, opened: Opener) -> None:
    child = children.start("hold")
    assert child.stdout is not None
    assert child.stdout.readline() == "held\n"
    store = opened()
    assert not store.lease.acquire()
    holder = store.lease.holder()
    assert holder is not None
    assert holder.pid == child.pid
    assert holder.interval_seconds == 7
    assert holder.beat_at is not None
    child.kill()
    child.wait()
    assert store.lease.holder() is None
    assert store.lease.acquire()
    holder = store.lease.holder()
    assert holder is not None
    assert holder.pid != child.pid


def test_a_stopped_process_does_not_keep_others_from_the_store(children: Children, opened: Opener) -> None:
    """It holds the lease, not the lock of commits: what others write goes on."""
    child = children.start("hold")
    assert child.stdout is not None
    child.stdout.readline()
    child.send_signal(signal.SIGSTOP)
    store = opened()
    holder = store.lease.holder()
    assert holder is not None
    assert not store.lease.acquire()
    child.send_signal(signal.SIGCONT)
