"""Another reader is suspected only for deliveries that our own unanswered reads do not account for."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from providers.base import Operation
from providers.errors import BadAnswer, TimedOut, Unreachable, VendorError
from providers.model import Batch
from tests.support.fake_provider import ANSWERED, FakeProvider, declare, message
from tests.support.memory_desk import NOON, MemoryDesk
from tests.support.memory_store import MemoryStore, MemoryTransaction
from tui.desk import lost_reads
from tui.desk.context import Policy
from tui.desk.ports import StoreFault, Table


@pytest.mark.parametrize(
    ("failure", "count", "suspected"),
    [
        (TimedOut("fake", "no answer"), 2, False),
        (BadAnswer("fake", "cut"), 2, False),
        (TimedOut("fake", "no answer"), 3, True),
        (Unreachable("fake", "no route"), 2, True),
    ],
)
async def test_our_own_unanswered_read_counts_as_a_delivery(
    tmp_path: Path, failure: VendorError, count: int, suspected: bool
) -> None:
    desk = MemoryDesk(tmp_path)
    desk.fake.receive_fails.append(failure)
    await desk.sync("fake")
    desk.fake.batches.append(Batch(messages=(message(receive_count=count, sent_at=NOON),)))
    await desk.sync("fake")
    assert ("another reader" in desk.entry("m1000").warning) is suspected
    await desk.aclose()


async def test_a_read_lost_before_the_message_was_sent_does_not_count(tmp_path: Path) -> None:
    desk = MemoryDesk(tmp_path)
    desk.fake.receive_fails.append(TimedOut("fake", "no answer"))
    await desk.sync("fake")
    desk.time.move(3600)
    sent = NOON + timedelta(seconds=3590)
    desk.fake.batches.append(Batch(messages=(message(receive_count=2, sent_at=sent),)))
    await desk.sync("fake")
    assert "another reader" in desk.entry("m1000").warning
    await desk.aclose()


@dataclass(eq=False)
class Stalling(FakeProvider):
    """A vendor whose queue does not answer its first reads."""

    stalls: bool = True
    reading: asyncio.Event = field(default_factory=asyncio.Event)

    async def receive(self) -> Batch:
        """Wait for ever, as long as it stalls."""
        if self.stalls:
            self.reading.set()
            await asyncio.Event().wait()
        return await super().receive()


async def test_a_read_that_was_not_waited_for_counts(tmp_path: Path) -> None:
    vendor = Stalling()
    desk = MemoryDesk(tmp_path, vendor, policies={"fake": Policy(timeout_seconds=0.02)})
    assert (await desk.sync("fake")).error_type == "TimedOut"
    vendor.stalls = False
    vendor.batches.append(Batch(messages=(message(receive_count=2, sent_at=NOON),)))
    await desk.sync("fake")
    assert desk.entry("m1000").warning == ""
    await desk.aclose()


async def killed(tmp_path: Path, desk: MemoryDesk, vendor: Stalling) -> MemoryDesk:
    """Another desk on the same store, after the first one was killed while it read the queue."""
    reading = asyncio.create_task(desk.sync("fake"))
    await vendor.reading.wait()
    left = desk.memory.get_all(but=())
    reading.cancel()
    with suppress(asyncio.CancelledError):
        await reading
    store = MemoryStore(tmp_path, desk.time)
    for table, documents in left.items():
        for key, document in documents.items():
            await store.transact(partial(MemoryTransaction.put, table=table, key=key, document=document))
    vendor.stalls = False
    return MemoryDesk(tmp_path, vendor, store=store, clock=desk.time)


@pytest.mark.parametrize(("count", "suspected"), [(3, False), (4, True)])
async def test_reads_of_a_killed_process_count(tmp_path: Path, count: int, suspected: bool) -> None:
    vendor = Stalling(declaration=declare(parallel_receives=2))
    later = await killed(tmp_path, MemoryDesk(tmp_path, vendor), vendor)
    vendor.batches.append(Batch(messages=(message(receive_count=count, sent_at=NOON),)))
    await later.sync("fake")
    assert ("another reader" in later.entry("m1000").warning) is suspected
    await later.aclose()


@dataclass(eq=False)
class Filling(FakeProvider):
    """A vendor whose messages find no room, as often as it is told."""

    desk: MemoryDesk | None = None
    fulls: int = 0

    async def receive(self) -> Batch:
        """Hand out; the disk is full just then."""
        batch = await super().receive()
        if self.fulls and batch.messages:
            self.fulls -= 1
            assert self.desk is not None
            self.desk.memory.fault = "no room left"
        return batch


@pytest.mark.parametrize("at_once", [1, 3])
async def test_reads_that_could_not_be_stored_count(tmp_path: Path, at_once: int) -> None:
    vendor = Filling(fulls=3, declaration=declare(parallel_receives=at_once))
    desk = vendor.desk = MemoryDesk(tmp_path, vendor)
    vendor.put(*(message(f"T{place}", 1000 + place, sent_at=NOON) for place in range(30)))
    for _ in range(3):
        with pytest.raises(StoreFault):
            await desk.sync("fake")
        desk.memory.fault = ""
        vendor.reappear()
    await desk.sync("fake")
    assert len(vendor.released) == 30
    assert [entry.warning for entry in desk.messages(settled=True) if entry.warning] == []
    assert desk.health()[0].warning == ""
    await desk.aclose()


async def test_what_was_sent_long_after_the_process_was_killed_was_not_given_to_it(tmp_path: Path) -> None:
    vendor = Stalling()
    later = await killed(tmp_path, MemoryDesk(tmp_path, vendor), vendor)
    later.time.move(3600)
    sent = NOON + timedelta(seconds=3000)
    vendor.batches.append(Batch(messages=(message(receive_count=2, sent_at=sent),)))
    await later.sync("fake")
    assert "another reader" in later.entry("m1000").warning
    await later.aclose()


async def test_a_poll_that_does_not_come_to_the_queue_forgets_no_killed_reads(tmp_path: Path) -> None:
    vendor = Stalling(declaration=declare(ANSWERED - {Operation.ACKNOWLEDGE}, queue_may_lose=True))
    later = await killed(tmp_path, MemoryDesk(tmp_path, vendor), vendor)
    vendor.list_fails.append(Unreachable("fake", "no route"))
    assert (await later.sync("fake")).error_type == "Unreachable"
    assert later.health()[0].gap == ""
    await later.sync("fake")
    lines = [later.memory.get(Table.AUDIT, key) or {} for key in later.memory.keys(Table.AUDIT)]
    assert [line["words"] for line in lines if line["outcome"] == "gap"] == [
        "the program ended while it read the queue"
    ]
    await later.aclose()


async def test_reads_that_are_answered_leave_nothing_behind(tmp_path: Path) -> None:
    desk = MemoryDesk(tmp_path)
    await desk.sync("fake")
    before = desk.memory.commits
    await desk.sync("fake")
    assert desk.memory.commits - before == 2, "a mark, and the end of the poll, which takes it away"
    desk.fake.put(*(message(order=order) for order in range(30)))
    await desk.sync("fake")
    assert not lost_reads.is_marked(desk.memory, "fake")
    assert lost_reads.times(desk.memory, "fake") == []
    await desk.aclose()
