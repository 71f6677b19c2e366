"""A clock that ran ahead while a write got no answer, and was set right. Judged by the vendors' ledgers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from providers.clock import Clock
from providers.errors import Unconfirmed
from providers.model import Patch
from providers.sandbox import Sandbox
from tests.support.fake_provider import message
from tests.support.memory_desk import MemoryDesk, desk_with_a_ticket
from tests.support.sandbox_desk import desk_over

DAY = 86_400.0


class Hasty:
    """A clock that is ahead of another by as much as it is told."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.ahead = 0.0

    def now(self) -> datetime:
        """The other's time, and what this one is ahead."""
        return self._clock.now() + timedelta(seconds=self.ahead)

    def monotonic(self) -> float:
        """The other's: setting the time of day does not change it."""
        return self._clock.monotonic()


async def test_a_write_sent_while_the_clock_was_a_day_ahead_is_settled_once_it_is_right(tmp_path: Path) -> None:
    async with Sandbox(seed=7, world=False) as box:
        clock = Hasty(box.clock)
        async with desk_over(box, tmp_path / "state", ("tangoe",), clock=clock) as desk:
            await desk.sync("tangoe")
            clock.ahead = DAY
            box.fault("tangoe", "reset_before", match="POST")
            fields = {"short_description": "Wrong bill", "description": "Twice"}
            write = desk.write("create", "tangoe", client_number="INC8", ticket_type="case", values=fields)
            sent = await desk.deliver((await desk.submit(write)).id)
            assert sent.state == "unconfirmed"
            clock.ahead = 0.0
            await desk.sync("tangoe")
            [waits] = desk.outbox()
            assert waits.state == "unconfirmed", "it may have been sent just now"
            assert waits.sent_at is not None
            assert max(waits.sent_at, waits.created_at, waits.updated_at) <= box.clock.now()
            box.advance(121)
            await desk.sync("tangoe")
            assert (len(box.ledger.of("tangoe", "create")), desk.outbox()) == (1, [])


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[MemoryDesk]:
    """A desk whose vendor has a queue, with a ticket."""
    async with desk_with_a_ticket(tmp_path) as desk:
        yield desk


async def settled(desk: MemoryDesk, polls: int = 3) -> str:
    """The one write's state, after so many polls of two minutes each."""
    for _ in range(polls):
        desk.time.move(121)
        await desk.sync("fake")
    [entry] = desk.outbox(settled=True)
    return entry.state + (" for the engineer" if entry.needs_engineer else "")


async def test_reads_that_a_clock_ahead_counted_count_no_more(desk: MemoryDesk) -> None:
    desk.fake.after.append(Unconfirmed("fake", "no answer"))
    await desk.send("create", number="", client_number="OWN7")
    desk.time.move(DAY)
    await desk.sync("fake")
    desk.time.move(-DAY)
    await desk.sync("fake")
    [entry] = desk.outbox()
    assert (entry.state, entry.needs_engineer, entry.empty_reads) == ("unconfirmed", False, 1)
    assert entry.emptied_at == desk.time.now()
    assert await settled(desk) == "unconfirmed for the engineer"


async def test_a_repetition_that_would_undo_what_came_while_the_clock_was_ahead_is_asked_for(desk: MemoryDesk) -> None:
    desk.time.move(DAY)
    desk.fake.after.append(Unconfirmed("fake", "no answer"))
    await desk.send("update", summary="ours")
    desk.time.move(-DAY)
    desk.fake.put(message(order=2000, patch=Patch(number="T1", set={"summary": "theirs"})))
    assert await settled(desk) == "unconfirmed for the engineer"
    assert len(desk.fake.ledger) == 1


async def test_what_nothing_came_after_is_repeated_once(desk: MemoryDesk) -> None:
    desk.time.move(DAY)
    desk.fake.after.append(Unconfirmed("fake", "no answer"))
    await desk.send("update", summary="ours")
    desk.time.move(-DAY)
    assert await settled(desk) == "done"
    assert len(desk.fake.ledger) == 2


async def test_a_message_shows_a_write_that_a_clock_ahead_had_stamped(desk: MemoryDesk) -> None:
    desk.time.move(DAY)
    desk.fake.after.append(Unconfirmed("fake", "no answer"))
    await desk.send("create", number="", client_number="OWN7")
    desk.time.move(-DAY)
    patch = Patch(number="N1", set={"client_number": "OWN7"})
    desk.fake.put(message("N1", 5000, kind="create", client_number="OWN7", patch=patch, sent_at=desk.time.now()))
    assert await settled(desk, polls=1) == "done"
