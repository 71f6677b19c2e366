"""A disk that refuses: nothing is confirmed that is not kept, and the store says what to do."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import pytest

from providers.clock import SystemClock
from tests.support.files import Disk
from tests.tui.desk.store.driving import commit, compact, contents, follow, open_engine
from tui.desk.ports import StoreFault, Table
from tui.desk.store import EmbeddedStore, open_store
from tui.desk.store.engine import Engine

FIRST = {("tickets", "a"): {"state": "open"}}
SECOND = {("tickets", "a"): {"state": "closed"}, ("tickets", "b"): {"state": "new"}}


def begun() -> tuple[Disk, Engine]:
    """A store with one document in it."""
    disk = Disk()
    engine = open_engine(disk.folder())
    commit(engine, dict(FIRST))
    return disk, engine


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC, errno.EROFS, errno.EDQUOT])
@pytest.mark.parametrize("operation", ["write", "sync"])
def test_a_refused_commit_is_not_kept_anywhere(operation: str, code: int) -> None:
    disk, engine = begun()
    other = open_engine(disk.folder())
    disk.fail(operation, code)
    with pytest.raises(StoreFault, match="read-only"):
        commit(engine, dict(SECOND))
    assert "read-only" in engine.condition.sentence
    assert contents(engine) == FIRST
    follow(other)
    assert contents(other) == FIRST
    assert contents(open_engine(disk.folder())) == FIRST


def test_after_a_failed_sync_nothing_is_written_until_a_new_start() -> None:
    disk, engine = begun()
    disk.fail("sync", errno.EIO)
    with pytest.raises(StoreFault, match="did not confirm"):
        commit(engine, dict(SECOND))
    assert disk.names["journal-1"].unsynced[-1][1] is None, "the refused bytes were cut off again"
    with pytest.raises(StoreFault, match="start vendorq anew"):
        commit(engine, dict(SECOND))
    with pytest.raises(StoreFault, match="start vendorq anew"):
        compact(engine)
    fresh = open_engine(disk.folder())
    commit(fresh, dict(SECOND))
    follow(engine)
    assert contents(engine) == contents(fresh) == SECOND


def test_a_commit_that_can_be_neither_synced_nor_taken_back_is_not_confirmed() -> None:
    disk, engine = begun()
    disk.fail("sync", errno.EIO)
    disk.fail("truncate", errno.EIO)
    with pytest.raises(StoreFault, match="did not confirm"):
        commit(engine, dict(SECOND))
    assert contents(engine) == FIRST
    assert contents(open_engine(disk.folder())) in (FIRST, SECOND)


def test_no_room_mends_itself_when_there_is_room() -> None:
    disk, engine = begun()
    disk.space = 10
    with pytest.raises(StoreFault, match="no room"):
        commit(engine, dict(SECOND))
    with pytest.raises(StoreFault, match="Make room"):
        commit(engine, dict(SECOND))
    assert contents(engine) == FIRST
    disk.space = 1 << 30
    assert not engine.behind()
    assert engine.condition.sentence == ""
    commit(engine, dict(SECOND))
    assert contents(engine) == SECOND


def test_a_folder_that_takes_no_more_is_found_without_a_commit() -> None:
    disk, engine = begun()
    names = set(disk.names)
    engine.condition.probe()
    assert (engine.condition.sentence, engine.condition.alarms) == ("", ())
    disk.space = (3 << 19) + (1 << 16)
    engine.condition.probe()
    assert engine.condition.sentence == ""
    assert "1536 kB of room" in engine.condition.alarms[0]
    disk.space = 100
    engine.condition.probe()
    assert "no room" in engine.condition.sentence
    assert engine.condition.passing
    assert set(disk.names) == names
    disk.fail("open", errno.EROFS)
    engine.condition.probe()
    assert not engine.condition.passing


@pytest.mark.parametrize("room", [0, 100, 1 << 16, 1 << 18, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3 << 19, 1 << 21])
def test_a_probe_and_a_store_that_waits_for_room_say_the_same(room: int) -> None:
    disk, waiting = begun()
    disk.space = 10
    with pytest.raises(StoreFault, match="no room"):
        commit(waiting, dict(SECOND))
    asking = open_engine(disk.folder())
    disk.space = room + (1 << 16)  # which the probe takes, and the disk of these tests never gives back
    asking.condition.probe()
    disk.space = room
    waiting.behind()
    waiting.attempt([])
    assert bool(asking.condition.sentence) == bool(waiting.condition.sentence) == (room <= 1 << 20)
    if asking.condition.sentence:
        assert "Make room; it goes on by itself." in asking.condition.sentence
        assert asking.condition.passing
        assert asking.condition.alarms == ()


def test_a_transaction_bigger_than_a_frame_is_refused_and_the_store_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    _, engine = begun()
    monkeypatch.setattr("tui.desk.store.engine.LARGEST_PAYLOAD", 1000)
    with pytest.raises(StoreFault, match="more than the store takes"):
        commit(engine, {("tickets", "big"): {"body": "x" * 2000}})
    commit(engine, dict(SECOND))
    assert contents(engine) == SECOND


OPERATIONS = ("open", "write", "sync", "sync_folder", "rename", "unlink", "size", "names", "identity", "lock", "read")


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_compaction_that_fails_anywhere_loses_nothing(operation: str, code: int) -> None:
    """Each operation of each kind fails once; the store, this one's and a new one's, holds what it held."""
    for skipped in range(12):
        disk, engine = begun()
        commit(engine, dict(SECOND))
        disk.fail(operation, code, skip=skipped)
        try:
            compact(engine)
        except StoreFault as fault:
            assert str(fault)
        reached = not disk.failures_left
        disk.heal()
        engine.close()
        fresh = open_engine(disk.folder())
        assert fresh.condition.sentence == ""
        assert contents(fresh) == SECOND
        commit(fresh, {("tickets", "c"): {}})
        if not reached:
            return


def test_a_compaction_without_room_is_told_and_put_off() -> None:
    disk, engine = begun()
    commit(engine, {("tickets", f"k{number}"): {"body": "x" * 30_000} for number in range(60)})
    assert engine.wants_compaction
    disk.space = 1000
    with pytest.raises(StoreFault, match="could not be compacted"):
        compact(engine)
    assert engine.condition.sentence == ""
    assert "longer journal" in engine.condition.warnings[-1]
    assert not engine.wants_compaction
    assert "snapshot.new" not in disk.names


def test_a_rename_that_is_not_confirmed_makes_the_store_read_only() -> None:
    disk, engine = begun()
    disk.fail("sync_folder", errno.EIO, skip=1)
    with pytest.raises(StoreFault, match="did not confirm"):
        compact(engine)
    assert "start vendorq anew" in engine.condition.sentence
    with pytest.raises(StoreFault):
        commit(engine, dict(SECOND))


def test_a_store_that_cannot_be_read_says_so_when_it_is_opened() -> None:
    for operation in ("open", "names", "read", "size", "lock", "sync", "write"):
        disk = Disk()
        disk.fail(operation, errno.EIO)
        try:
            engine = open_engine(disk.folder())
        except StoreFault as fault:
            assert "/store" in str(fault)
        else:
            assert "did not confirm" in engine.condition.sentence or operation in ("write", "read")


class RefusingStore:
    """The desk's store over a disk that fails."""

    def __init__(self) -> None:
        self.disk = Disk()
        self.store: EmbeddedStore = open_store(Path("/store"), SystemClock(), files=self.disk.folder())

    def put(self, key: str) -> Any:
        return self.store.transact(lambda transaction: transaction.put(Table.TICKETS, key, {"n": key}))


async def test_the_desk_s_store_is_read_only_loud_and_still_readable() -> None:
    refusing = RefusingStore()
    store = refusing.store
    await refusing.put("a")
    refusing.disk.fail("sync", errno.EIO)
    with pytest.raises(StoreFault, match="did not confirm"):
        await refusing.put("b")
    assert "did not confirm" in store.read_only
    assert list(store.keys(Table.TICKETS)) == ["a"]
    assert store.get(Table.TICKETS, "a") == {"n": "a"}
    with pytest.raises(StoreFault):
        await store.compact()
    assert not await store.follow()
    store.close()


async def test_a_failed_background_compaction_does_not_fail_the_commit() -> None:
    refusing = RefusingStore()
    for number in range(50):
        await refusing.put("x" * 30_000 + str(number))
    refusing.disk.fail("rename", errno.ENOSPC)
    refusing.disk.fail("rename", errno.ENOSPC)
    await refusing.store.transact(lambda transaction: transaction.put(Table.META, "big", {"body": "y" * 2_000_000}))
    with pytest.raises(StoreFault, match="could not be compacted"):  # the second; the first was in the background
        await refusing.store.compact()
    assert len(refusing.store.warnings) == 2
    assert refusing.store.read_only == ""
    await refusing.put("after")
    refusing.store.close()
