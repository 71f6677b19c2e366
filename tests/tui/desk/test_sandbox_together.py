"""Several terminals of one engineer over one store: one polls, all show the same, another takes over."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import AsyncExitStack, suppress
from pathlib import Path

from providers.clock import SystemClock
from providers.model import TicketKey
from providers.sandbox import Sandbox
from tests.support.sandbox_desk import desk_over
from tests.support.until import until
from tui.desk.desk import Desk
from tui.desk.store import open_store

HOLDS_THE_LEASE = """
import sys
from pathlib import Path
from providers.clock import SystemClock
from tui.desk.store import open_store
store = open_store(Path(sys.argv[1]), SystemClock())
assert store.lease.acquire()
store.lease.beat(60)
print("held", flush=True)
sys.stdin.read()
"""


async def test_one_of_three_polls_and_all_show_the_same(tmp_path: Path) -> None:
    async with Sandbox(seed=5, world=False) as box, AsyncExitStack() as stack:
        desks = [await stack.enter_async_context(desk_over(box, tmp_path)) for _ in range(3)]
        running = [asyncio.create_task(desk.run()) for desk in desks]
        number = box.ensono.create()
        for desk in desks:
            desk.resume("ensono")
        await until(lambda: all(desk.find("ensono", number) is not None for desk in desks), *desks)
        assert [desk.store.lease.held for desk in desks].count(True) == 1
        assert len(box.ledger.of("ensono", "acknowledge")) == 1
        await end(running)


async def test_when_the_poller_is_gone_another_takes_over(tmp_path: Path) -> None:
    async with Sandbox(seed=5, world=False) as box, AsyncExitStack() as stack:
        first = await stack.enter_async_context(desk_over(box, tmp_path))
        second = await stack.enter_async_context(desk_over(box, tmp_path))
        running = [asyncio.create_task(desk.run()) for desk in (first, second)]
        await until(lambda: first.store.lease.held)
        await end(running[:1])
        first.release_lease()
        number = box.ensono.create()
        await until(lambda: second.find("ensono", number) is not None, second)
        assert second.store.lease.held
        await end(running[1:])


async def test_a_killed_poller_leaves_its_lease_to_the_next(tmp_path: Path) -> None:
    open_store(tmp_path, SystemClock()).close()
    command = [sys.executable, "-c", HOLDS_THE_LEASE, str(tmp_path)]
    holder = await asyncio.create_subprocess_exec(*command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert await holder.stdout.readline() == b"held\n"
    async with Sandbox(seed=5, world=False) as box, desk_over(box, tmp_path) as desk:
        number = box.ensono.create()
        assert str(holder.pid) in (await desk.sync("ensono")).skipped
        os.kill(holder.pid, signal.SIGKILL)
        await holder.wait()
        assert (await desk.sync("ensono")).applied == 1
        assert desk.find("ensono", number) == TicketKey("ensono", number)


async def test_writes_of_a_process_that_does_not_poll_reach_the_one_that_does(tmp_path: Path) -> None:
    async with Sandbox(seed=5, world=False) as box, AsyncExitStack() as stack:
        number = box.ensono.create(client_number="OWN1")
        poller: Desk = await stack.enter_async_context(desk_over(box, tmp_path))
        other: Desk = await stack.enter_async_context(desk_over(box, tmp_path))
        await poller.sync("ensono")
        await other.store.follow()
        entry = await other.submit(other.write("comment", "ensono", number, values={"comment": "From elsewhere"}))
        entry = await other.deliver(entry.id)
        await poller.store.follow()
        assert entry.state == "done"
        assert [item.state for item in poller.outbox(settled=True)] == ["done"]
        ticket = poller.ticket(TicketKey("ensono", number))
        assert ticket is not None and [comment.body for comment in ticket.comments] == ["From elsewhere"]
        assert len(box.ledger.of("ensono", "comment")) == 1


async def test_writes_to_one_ticket_from_many_processes_leave_at_once_and_in_their_order(tmp_path: Path) -> None:
    async with Sandbox(seed=5, world=False) as box, AsyncExitStack() as stack:
        number = box.ensono.create(client_number="OWN1")
        desks = [await stack.enter_async_context(desk_over(box, tmp_path)) for _ in range(6)]
        await desks[0].sync("ensono")

        async def send(desk: Desk, words: str) -> str:
            await desk.store.follow()
            entry = await desk.submit(desk.write("comment", "ensono", number, values={"comment": words}))
            return (await desk.deliver(entry.id)).state

        states = await asyncio.gather(*(send(desk, f"said {place}") for place, desk in enumerate(desks)))
        assert states == ["done"] * len(desks)
        await desks[0].store.follow()
        kept = [str(entry.write.values["comment"]) for entry in desks[0].outbox(settled=True)]
        came = [str(line.body) for line in box.ledger.of("ensono", "comment")]
        assert len(came) == len(kept) == len(desks)
        assert [next(words for words in kept if words in body) for body in came] == kept
        assert (await desks[0].sync("ensono")).sent == 0


async def end(running: list[asyncio.Task[None]]) -> None:
    """Stop what polls."""
    for task in running:
        task.cancel()
    for task in running:
        with suppress(asyncio.CancelledError):
            await task
