"""How often a write has left: what the vendor's ledger and the wire say, not how often it was tried."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from providers.base import Settling
from providers.errors import Unconfirmed, Unreachable
from providers.sandbox import Sandbox
from tests.support.fake_provider import FakeProvider, declare, message
from tests.support.memory_desk import MemoryDesk
from tests.support.sandbox_desk import desk_over


def closed_port() -> int:
    """A port of this machine at which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


async def test_tries_that_found_no_connection_are_not_counted(tmp_path: Path) -> None:
    async with Sandbox(seed=7, world=False) as box:
        number = box.ensono.create(shortDescription="Disk full", client_number="INC1")
        async with desk_over(box, tmp_path / "state", clock=box.clock) as desk:
            await desk.sync("ensono")
            write = desk.write("comment", "ensono", number, values={"comment": "hello"})
            entry = await desk.submit(write)
        nowhere = {"url": f"http://127.0.0.1:{closed_port()}/client"}
        async with desk_over(box, tmp_path / "state", clock=box.clock, settings=nowhere) as desk:
            for _ in range(3):
                waits = await desk.deliver(entry.id)
                assert (waits.state, waits.error_type) == ("queued", "Unreachable")
                assert (waits.attempts, waits.sent_at, waits.write.sent_at) == (0, None, None)
        async with desk_over(box, tmp_path / "state", clock=box.clock) as desk:
            sent = await desk.deliver(entry.id)
            assert (sent.state, sent.attempts) == ("done", len(box.ledger.of("ensono", "comment"))) == ("done", 1)


@pytest.fixture
async def desk(tmp_path: Path) -> MemoryDesk:
    """A desk over a vendor whose unanswered updates are repeated once."""
    settling = {"update": Settling(by="nothing", fallback="repeat_once")}
    desk = MemoryDesk(tmp_path, FakeProvider(declaration=declare(settling=settling)))
    desk.fake.put(message())
    await desk.sync("fake")
    return desk


async def test_a_try_that_never_left_does_not_use_up_the_one_repetition(desk: MemoryDesk) -> None:
    desk.fake.before.append(Unreachable("fake", "no route"))
    desk.fake.after.append(Unconfirmed("fake", "no answer"))
    entry = await desk.send("update", summary="new")
    assert (await desk.deliver(entry.id)).state == "unconfirmed"
    for _ in range(3):
        desk.time.move(121)
        await desk.sync("fake")
    [settled] = desk.outbox(settled=True)
    assert (settled.state, settled.attempts, len(desk.fake.ledger)) == ("done", 2, 2)
    await desk.aclose()


async def test_what_left_before_keeps_its_count_when_the_next_try_does_not_leave(desk: MemoryDesk) -> None:
    desk.fake.after.append(Unconfirmed("fake", "no answer"))
    entry = await desk.send("update", summary="new")
    desk.fake.before.append(Unreachable("fake", "no route"))
    await desk.retry(entry.id)
    again = await desk.deliver(entry.id)
    assert (again.state, again.attempts, len(desk.fake.ledger)) == ("queued", 1, 1)
    await desk.aclose()


async def test_a_try_whose_first_part_left_is_counted(desk: MemoryDesk) -> None:
    halfway = Unreachable("fake", "no route")
    halfway.done = ("comment",)
    desk.fake.before += [halfway, halfway]
    entry = await desk.send("update", summary="new")
    assert (entry.attempts, entry.write.done) == (1, ("comment",))
    again = await desk.deliver(entry.id)
    assert (again.attempts, again.write.done) == (1, ("comment",)), "that time nothing more had left"
    await desk.aclose()
