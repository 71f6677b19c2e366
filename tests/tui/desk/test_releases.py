"""Messages are released side by side once they are in their tickets, and what the vendor refuses waits."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from providers.errors import NotFound, TimedOut
from providers.model import Batch, Message, Patch
from tests.support.fake_provider import FakeProvider, message
from tests.support.memory_desk import T1, MemoryDesk
from tui.desk import records
from tui.desk.ports import Table, key_of
from tui.desk.releases import AT_ONCE


@dataclass
class Together(FakeProvider):
    """A vendor that answers a release once so many are under way; `most` is how many ever were."""

    wanted: int = 1
    most: int = 0
    refused: set[str] = field(default_factory=set)
    _under_way: int = 0
    _enough: asyncio.Event = field(default_factory=asyncio.Event)
    __hash__ = FakeProvider.__hash__

    async def release(self, message: Message) -> None:
        """Wait for the others."""
        self._under_way += 1
        self.most = max(self.most, self._under_way)
        if self.most >= self.wanted:
            self._enough.set()
        await self._enough.wait()
        await asyncio.sleep(0)
        self._under_way -= 1
        if message.id in self.refused:
            raise NotFound(self.name, "the receipt handle has expired")
        await super().release(message)


def said(number: str, place: int) -> Message:
    """The ticket's message of that place, which states it in its summary."""
    patch = Patch(number=number, set={"summary": f"said {place}"})
    return replace(message(number, 1000 + place, patch=patch), id=f"{number}-{place}", handle=f"h-{number}-{place}")


async def test_a_group_is_applied_in_order_and_released_at_once(tmp_path: Path) -> None:
    vendor = Together(wanted=10)
    desk = MemoryDesk(tmp_path, vendor)
    batch = [said("T1", place) for place in (3, 1, 2, 9, 0, 8, 7, 6, 5, 4)]
    vendor.batches.append(Batch(messages=tuple(batch)))
    await asyncio.wait_for(desk.sync("fake"), 30)
    entries = [desk.entry(f"T1-{place}") for place in range(10)]
    assert [entry.revision for entry in entries] == list(range(1, 11))
    ticket = desk.ticket(T1)
    assert ticket is not None and ticket.summary == "said 9"
    await desk.aclose()


async def test_so_many_releases_are_under_way_and_no_more(tmp_path: Path) -> None:
    vendor = Together(wanted=AT_ONCE)
    desk = MemoryDesk(tmp_path, vendor)
    batch = [said(f"T{group}", place) for group in range(10) for place in range(10)]
    vendor.batches.append(Batch(messages=tuple(batch)))
    await asyncio.wait_for(desk.sync("fake"), 30)
    assert vendor.most == AT_ONCE
    await desk.aclose()


async def test_nothing_is_released_before_it_is_in_its_ticket(tmp_path: Path) -> None:
    seen: list[bool] = []

    class Watching(FakeProvider):
        async def release(self, message: Message) -> None:
            entry = records.entry(desk.memory, "fake", message.id)
            seen.append(entry is not None and entry.applied)
            await super().release(message)

    desk = MemoryDesk(tmp_path, Watching())
    desk.fake.put(*(said(f"T{group}", place) for place in range(5) for group in range(5)))
    report = await desk.sync("fake")
    assert (report.acknowledged, seen) == (25, [True] * 25)
    await desk.aclose()


@pytest.mark.parametrize("refused", [{"T1-0"}, {"T1-1"}, {"T1-0", "T1-2"}])
async def test_a_refused_message_waits_and_its_neighbours_are_gone(tmp_path: Path, refused: set[str]) -> None:
    vendor = Together(refused=refused)
    desk = MemoryDesk(tmp_path, vendor)
    vendor.put(*(said("T1", place) for place in range(3)))
    for item in vendor.queue:
        item.invisible, item.handle = True, item.message.handle
    vendor.batches.append(Batch(messages=tuple(item.message for item in vendor.queue)))
    await desk.sync("fake")
    names = [f"T1-{place}" for place in range(3)]
    assert [name for name in names if not desk.entry(name).released] == sorted(refused)
    assert [item.message.id for item in vendor.queue] == sorted(refused)
    waiting = [desk.entry(name).status for name in sorted(refused)]
    assert waiting == ["new", "blocked"][: len(refused)]
    # They come again, with new handles, and are released; nothing is applied twice.
    vendor.refused = set()
    vendor.reappear()
    await desk.sync("fake")
    assert vendor.queue == []
    assert [(desk.entry(name).status, desk.entry(name).revision) for name in names] == [
        ("acknowledged", place) for place in (1, 2, 3)
    ]
    await desk.aclose()


async def test_after_a_failure_no_more_of_its_group_is_sent(tmp_path: Path) -> None:
    desk = MemoryDesk(tmp_path)
    batch = [said("T1", place) for place in range(AT_ONCE + 10)]
    desk.fake.batches.append(Batch(messages=tuple(batch)))
    desk.fake.release_fails += [TimedOut("fake", "no answer")] * AT_ONCE
    report = await desk.sync("fake")
    assert report.error_type == "TimedOut"
    assert len(desk.fake.release_fails) == AT_ONCE - 1, "one was sent, and none after its failure"
    await desk.aclose()


async def test_what_a_message_says_is_kept_once_and_read_whole(tmp_path: Path) -> None:
    desk = MemoryDesk(tmp_path)
    desk.fake.put(said("T1", 1))
    await desk.sync("fake")
    key = key_of("fake", "T1-1")
    document = desk.memory.get(Table.INBOX, key)
    assert document is not None and document["patch"] is not None and document["message"]["patch"] is None
    entry = desk.entry("T1-1")
    assert entry.message is not None and entry.patch is not None and entry.message.patch == entry.patch
    # As stores of before have it: in both places.
    document["message"]["patch"] = document["patch"]
    await desk.memory.transact(lambda transaction: transaction.put(Table.INBOX, key, document))
    assert desk.entry("T1-1") == entry
    await desk.aclose()
