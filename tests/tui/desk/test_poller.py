"""The pollers: paced, pausable, side by side, never ended by a fault; and the pace itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.errors import Unreachable
from providers.model import Attachment, Batch, Patch
from tests.support.fake_provider import FakeProvider, message
from tests.support.memory_desk import NOON, MemoryDesk
from tests.support.until import until
from tui.desk import pace
from tui.desk.context import Policy
from tui.desk.ports import LeaseHolder
from tui.desk.reports import DeskEvent

QUICK = {"fake": Policy(poll_seconds=1, timeout_seconds=1), "other": Policy(poll_seconds=1, timeout_seconds=1)}


@asynccontextmanager
async def running(desk: MemoryDesk) -> AsyncIterator[Callable[[Callable[[], bool]], Awaitable[None]]]:
    """The desk polling; yields what waits until something is so."""
    task = asyncio.create_task(desk.run())
    try:
        yield lambda holds: until(holds, desk)
    finally:
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await desk.aclose()


async def test_it_polls_again_and_again(tmp_path: Path) -> None:
    desk = MemoryDesk(tmp_path, policies=QUICK)
    async with running(desk) as until:
        await until(lambda: desk.fake.receives >= 2)
        desk.fake.put(message())
        await until(lambda: desk.fake.released == ["m1000"])


async def test_a_provider_can_be_paused_and_resumed(tmp_path: Path) -> None:
    desk = MemoryDesk(tmp_path, FakeProvider(), FakeProvider(name="other"), policies=QUICK)
    desk.pause("fake")
    async with running(desk) as until:
        await until(lambda: desk.fakes[1].receives >= 2)
        assert (desk.fake.receives, desk.health()[0].state) == (0, "paused")
        desk.resume("fake")
        await until(lambda: desk.fake.receives > 0)


class Faulty(FakeProvider):
    """A connector with a fault of our own making."""

    async def receive(self) -> Batch:
        """Fail as no connector may, once."""
        self.receives += 1
        if self.receives == 1:
            raise ZeroDivisionError
        return Batch()


async def test_a_fault_of_our_own_is_shown_and_polling_goes_on(tmp_path: Path) -> None:
    desk = MemoryDesk(tmp_path, Faulty(), FakeProvider(name="other"), policies=QUICK)
    async with running(desk) as until:
        await until(lambda: desk.health()[0].failures == 1)
        assert "ZeroDivisionError" in desk.health()[0].error
        await until(lambda: desk.fake.receives >= 2 and desk.fakes[1].receives >= 1)
        await until(lambda: desk.health()[0].failures == 0)


async def test_a_store_that_cannot_be_written_is_told_and_nothing_is_acknowledged(tmp_path: Path) -> None:
    desk = MemoryDesk(tmp_path, policies=QUICK)
    desk.fake.put(message())
    desk.memory.fault = "no room on the disk"
    events: list[DeskEvent] = []
    desk.subscribe(events.append)
    async with running(desk) as until:
        await until(lambda: DeskEvent("store") in events)
    assert desk.fake.released == []


async def test_a_follower_takes_over_when_the_holder_is_gone(tmp_path: Path) -> None:
    desk = MemoryDesk(tmp_path, policies=QUICK)
    desk.memory.lease.other = LeaseHolder(4711, "pts/3", "here", NOON, 60)
    async with running(desk) as until:
        await asyncio.sleep(0)
        assert desk.fake.receives == 0
        desk.memory.lease.other = None
        await until(lambda: desk.fake.receives > 0)


class SlowFile(FakeProvider):
    """A vendor whose file takes for ever."""

    asked = 0

    async def download(self, attachment: Attachment, progress: object = None) -> AsyncIterator[bytes]:
        """Begin, and never go on."""
        self.asked += 1
        yield b"te"
        await asyncio.Event().wait()


async def test_a_slow_file_holds_up_no_poll(tmp_path: Path) -> None:
    slow = SlowFile()
    desk = MemoryDesk(tmp_path, slow, policies=QUICK)
    file = Attachment(id="a1", name="boot.log", url="https://files/1", size=4)
    slow.put(message(kind="attachment", patch=Patch(number="T1", attachments=(file,))))
    async with running(desk) as until:
        await until(lambda: slow.asked == 1)
        slow.put(message(order=2000))
        await until(lambda: slow.released == ["m1000", "m2000"])
        assert (desk.health()[0].error, slow.asked) == ("", 1)


async def test_closing_gives_the_lease_back_and_closes_the_vendors(tmp_path: Path) -> None:
    desk = MemoryDesk(tmp_path)
    await desk.sync("fake")
    assert desk.memory.lease.held
    await desk.aclose()
    assert (desk.memory.lease.held, desk.fake.closed) == (False, True)


# The pace


@given(st.integers(1, 3600), st.integers(0, 10_000), st.floats(0, 1))
def test_it_never_gives_up_and_never_hurries(poll_seconds: int, failures: int, lot: float) -> None:
    wait = pace.delay(poll_seconds, failures, None, NOON, lot)
    assert 0.9 * poll_seconds <= wait <= 1.1 * max(poll_seconds, pace.LONGEST_BACKOFF)


def test_failures_make_it_slower() -> None:
    waits = [pace.delay(60, failures, None, NOON, 0.5) for failures in range(6)]
    assert waits == [60, 60, 120, 240, 300, 300]


@given(st.floats(-1000, 100_000), st.floats(0, 1))
def test_what_the_vendor_asked_for_counts_where_it_is_longer(seconds: float, lot: float) -> None:
    wait = pace.delay(60, 1, NOON + timedelta(seconds=seconds), NOON, lot)
    assert wait == pytest.approx(max(seconds, pace.delay(60, 1, None, NOON, lot)))


async def test_an_unreachable_vendor_is_tried_for_ever(tmp_path: Path) -> None:
    desk = MemoryDesk(tmp_path)
    for failures in range(1, 30):
        desk.fake.receive_fails.append(Unreachable("fake", "no route"))
        await desk.sync("fake")
        assert desk.health()[0].failures == failures
    await desk.sync("fake")
    assert desk.health()[0].state == "ok"
    await desk.aclose()
