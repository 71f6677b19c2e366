"""The store as the desk uses it: transactions, what they see, what others are told."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

from providers.clock import SystemClock
from tests.support.files import Disk
from tests.tui.desk.store.conftest import Opener
from tui.desk.index import TicketSummary, tickets
from tui.desk.ports import Changed, Store, StoreFault, Table, Transaction, key_of
from tui.desk.store import open_store
from tui.desk.store.files import RealFiles

KEY = key_of("ensono", "INC1")
TICKET = {"provider": "ensono", "number": "INC1", "state": "open", "comments": [{"body": "hello"}]}


def putting(document: dict[str, Any], key: str = KEY, table: Table = Table.TICKETS) -> Any:
    return lambda transaction: transaction.put(table, key, document)


async def test_what_a_transaction_put_is_there_and_stays_there(opened: Opener) -> None:
    store: Store = opened()

    def work(transaction: Transaction) -> int:
        transaction.put(Table.TICKETS, KEY, TICKET)
        return 7

    assert await store.transact(work) == 7
    assert store.get(Table.TICKETS, KEY) == TICKET
    assert list(store.keys(Table.TICKETS)) == [KEY]
    store.close()
    again = opened()
    assert again.get(Table.TICKETS, KEY) == TICKET
    assert again.read_only == ""
    assert again.warnings == ()


async def test_nobody_s_later_hand_in_a_document_counts(opened: Opener) -> None:
    store = opened()
    mine: dict[str, Any] = {"state": "open", "comments": [{"body": "hello"}]}

    def work(transaction: Transaction) -> None:
        transaction.put(Table.TICKETS, KEY, mine)
        mine["comments"].append("late")
        got = transaction.get(Table.TICKETS, KEY)
        assert got is not None
        got["state"] = "spoilt"
        assert transaction.get(Table.TICKETS, KEY) == {"state": "open", "comments": [{"body": "hello"}]}

    await store.transact(work)
    got = store.get(Table.TICKETS, KEY)
    assert got == {"state": "open", "comments": [{"body": "hello"}]}
    got["state"] = "spoilt"
    assert store.get(Table.TICKETS, KEY) != got


async def test_a_transaction_sees_its_own_changes_and_others_do_not(opened: Opener) -> None:
    store = opened()
    await store.transact(putting({"state": "open"}))
    seen: list[Any] = []
    begun, go_on = threading.Event(), threading.Event()

    def work(transaction: Transaction) -> None:
        transaction.put(Table.TICKETS, KEY, {"state": "closed"})
        transaction.put(Table.TICKETS, "new", {"state": "new"})
        seen.append((transaction.get(Table.TICKETS, KEY), list(transaction.keys(Table.TICKETS))))
        seen.append([summary.state for summary in tickets(transaction).values()])
        begun.set()
        go_on.wait(10)

    task = asyncio.create_task(store.transact(work))
    await asyncio.to_thread(begun.wait, 10)
    assert store.get(Table.TICKETS, KEY) == {"state": "open"}
    assert list(store.keys(Table.TICKETS)) == [KEY]
    go_on.set()
    await task
    assert seen == [({"state": "closed"}, [KEY, "new"]), ["closed", "new"]]
    assert store.get(Table.TICKETS, KEY) == {"state": "closed"}


async def test_a_transaction_that_raises_leaves_no_trace(opened: Opener, tmp_path: Path) -> None:
    store = opened()
    await store.transact(putting({"state": "open"}))
    size = (tmp_path / "store" / "journal-1").stat().st_size
    told: list[Changed] = []
    store.subscribe(told.append)

    def work(transaction: Transaction) -> None:
        transaction.put(Table.TICKETS, KEY, {"state": "closed"})
        transaction.delete(Table.TICKETS, KEY)
        raise LookupError("no")

    with pytest.raises(LookupError):
        await store.transact(work)
    assert store.get(Table.TICKETS, KEY) == {"state": "open"}
    assert (tmp_path / "store" / "journal-1").stat().st_size == size
    assert told == []


async def test_what_json_cannot_hold_is_refused_and_leaves_no_trace(opened: Opener) -> None:
    store = opened()
    for document in ({"at": object()}, {"number": float("nan")}, {"set": {1, 2}}):
        with pytest.raises((TypeError, ValueError)):
            await store.transact(putting(document))
    assert list(store.keys(Table.TICKETS)) == []


async def test_stop_iteration_in_a_transaction_reaches_the_caller(opened: Opener) -> None:
    store = opened()
    with pytest.raises(RuntimeError, match="StopIteration"):
        await store.transact(lambda transaction: next(iter(transaction.keys(Table.TICKETS))))


async def test_without_a_change_nothing_is_written_and_nobody_is_told(opened: Opener, tmp_path: Path) -> None:
    store = opened()
    await store.transact(putting(TICKET))
    size = (tmp_path / "store" / "journal-1").stat().st_size
    told: list[Changed] = []
    store.subscribe(told.append)
    assert await store.transact(lambda transaction: transaction.get(Table.TICKETS, KEY)) == TICKET
    await store.transact(putting(dict(TICKET)))
    await store.transact(lambda transaction: transaction.delete(Table.TICKETS, "nobody"))
    assert (tmp_path / "store" / "journal-1").stat().st_size == size
    assert told == []


async def test_transactions_that_wait_together_share_one_sync_and_fail_alone() -> None:
    disk = Disk()
    syncs: list[int] = []

    class Counting(type(disk.folder())):  # type: ignore[misc]  # the disk decides the class
        def sync(self, handle: int) -> None:
            syncs.append(handle)
            super().sync(handle)

    store = open_store(Path("/store"), SystemClock(), files=Counting(disk, 99))
    syncs.clear()

    def add(number: int) -> Any:
        def work(transaction: Transaction) -> int:
            count = transaction.get(Table.META, "count") or {"n": 0}
            transaction.put(Table.META, "count", {"n": count["n"] + 1})
            if number == 3:
                raise LookupError
            return int(count["n"])

        return work

    results = await asyncio.gather(*(store.transact(add(number)) for number in range(6)), return_exceptions=True)
    assert [result for result in results if isinstance(result, int)] == [0, 1, 2, 3, 4]
    assert isinstance(results[3], LookupError)
    assert store.get(Table.META, "count") == {"n": 5}
    assert len(syncs) == 1
    store.close()


async def test_listeners_are_told_of_own_and_foreign_changes_until_they_end(opened: Opener) -> None:
    one, other = opened(), opened()
    told: list[tuple[str, Changed]] = []
    end = one.subscribe(lambda changed: told.append(("one", changed)))
    other.subscribe(lambda changed: told.append(("other", changed)))
    await one.transact(putting(TICKET))
    assert other.get(Table.TICKETS, KEY) is None
    assert await other.follow()
    assert not await other.follow()
    assert other.get(Table.TICKETS, KEY) == TICKET
    keys = {Table.TICKETS: frozenset({KEY})}
    assert told == [("one", Changed(keys, own=True)), ("other", Changed(keys, own=False))]
    end()
    end()
    await one.transact(putting({}, "x"))
    assert len(told) == 2


async def test_a_transaction_works_on_what_others_committed_before(opened: Opener) -> None:
    one, other = opened(), opened()
    told: list[Changed] = []
    other.subscribe(told.append)
    await one.transact(putting({"n": 1}))
    got = await other.transact(lambda transaction: (transaction.get(Table.TICKETS, KEY), transaction.keys(Table.SEEN)))
    assert got[0] == {"n": 1}
    assert [changed.own for changed in told] == [False]


async def test_a_follower_is_told_exactly_what_changed_around_a_compaction(opened: Opener) -> None:
    one, other = opened(), opened()
    for number in range(5):
        await one.transact(putting({"n": number}, f"k{number}"))
    await other.follow()
    told: list[Changed] = []
    other.subscribe(told.append)
    await one.transact(putting({"n": 10}, "k1"))
    await one.compact()
    await one.transact(lambda transaction: transaction.delete(Table.TICKETS, "k2"))
    assert await other.follow()
    assert told == [Changed({Table.TICKETS: frozenset({"k1", "k2"})}, own=False)]
    assert list(other.keys(Table.TICKETS)) == ["k0", "k1", "k3", "k4"]
    await one.compact()
    await one.compact()
    assert await other.follow()
    assert told[1].keys[Table.TICKETS] >= {"k0", "k1", "k3", "k4"}
    assert other.get(Table.TICKETS, "k1") == {"n": 10}


async def test_a_cancelled_caller_leaves_the_store_in_order(opened: Opener) -> None:
    store = opened()
    begun, go_on = threading.Event(), threading.Event()

    def work(transaction: Transaction) -> None:
        begun.set()
        go_on.wait(10)
        transaction.put(Table.TICKETS, KEY, TICKET)

    task = asyncio.create_task(store.transact(work))
    await asyncio.to_thread(begun.wait, 10)
    waiting = asyncio.create_task(store.transact(putting({}, "never")))
    await asyncio.sleep(0)
    task.cancel()
    waiting.cancel()
    await asyncio.gather(task, waiting, return_exceptions=True)
    go_on.set()
    await store.transact(putting({}, "after"))
    assert list(store.keys(Table.TICKETS)) == [KEY, "after"]


def test_a_store_outlives_the_event_loop_that_was_cut_off(opened: Opener) -> None:
    store = opened()
    begun, go_on = threading.Event(), threading.Event()

    def work(transaction: Transaction) -> None:
        begun.set()
        go_on.wait(10)
        transaction.put(Table.TICKETS, KEY, TICKET)

    async def leave() -> None:
        task = asyncio.create_task(store.transact(work))
        await asyncio.to_thread(begun.wait, 10)
        del task

    asyncio.run(leave())
    go_on.set()
    asyncio.run(store.transact(putting({}, "after")))
    assert list(store.keys(Table.TICKETS)) == [KEY, "after"]


async def test_a_closed_store_says_so(opened: Opener) -> None:
    store = opened()
    store.close()
    store.close()
    assert "closed" in store.read_only
    for asked in (store.transact(putting({})), store.follow(), store.compact()):
        with pytest.raises(StoreFault, match="closed"):
            await asked


async def test_what_waits_when_the_store_closes_is_refused(opened: Opener) -> None:
    store = opened()
    begun, go_on = threading.Event(), threading.Event()

    def work(transaction: Transaction) -> None:
        begun.set()
        go_on.wait(10)

    first = asyncio.create_task(store.transact(work))
    await asyncio.to_thread(begun.wait, 10)
    second = asyncio.create_task(store.transact(putting({})))
    await asyncio.sleep(0)
    go_on.set()
    store.close()
    results = await asyncio.gather(first, second, return_exceptions=True)
    assert isinstance(results[1], StoreFault)


async def test_summaries_are_the_documents_indexed_fields(opened: Opener) -> None:
    store = opened()
    await store.transact(putting(TICKET))
    summary = store.summaries(Table.TICKETS)[KEY]
    assert isinstance(summary, TicketSummary)
    assert (summary.provider, summary.number, summary.state) == ("ensono", "INC1", "open")
    await store.compact()
    store.close()
    assert opened().summaries(Table.TICKETS) == {KEY: summary}


async def test_a_long_journal_is_compacted_while_commits_go_on(opened: Opener, tmp_path: Path) -> None:
    store = opened()
    body = "x" * 20_000
    for number in range(120):
        await store.transact(putting({"n": number, "body": body}, f"k{number % 30}"))
    store.close()
    names = {path.name for path in (tmp_path / "store").iterdir()}
    assert "snapshot" in names
    assert sum(path.stat().st_size for path in (tmp_path / "store").iterdir()) < 120 * 20_000 * 0.8
    again = opened()
    assert {key: (again.get(Table.TICKETS, key) or {})["n"] for key in again.keys(Table.TICKETS)} == {
        f"k{number % 30}": number for number in range(90, 120)
    }


async def test_a_journal_left_far_too_long_is_compacted_at_the_end(opened: Opener, tmp_path: Path) -> None:
    store = opened()

    def work(transaction: Transaction) -> None:
        for number in range(3000):
            transaction.put(Table.TICKETS, f"k{number}", {"body": "x" * 1000})

    await store.transact(work)
    store.close()
    assert (tmp_path / "store" / "snapshot").exists()
    assert len(list(opened().keys(Table.TICKETS))) == 3000


async def test_two_compactions_at_once_leave_one_result(opened: Opener) -> None:
    one, other = opened(), opened()
    await one.transact(putting(TICKET))
    await other.follow()
    await asyncio.gather(one.compact(), other.compact(), one.compact())
    await one.transact(putting({}, "more"))
    await other.follow()
    assert list(other.keys(Table.TICKETS)) == [KEY, "more"]
    assert one.read_only == other.read_only == ""


async def test_real_files_are_what_an_unnamed_disk_means(opened: Opener, tmp_path: Path) -> None:
    store = opened(files=RealFiles(tmp_path / "store"))
    await store.transact(putting(TICKET))
    assert store.path == tmp_path / "store"
