"""Writes that the vendor did not answer: unconfirmed, until they are found, repeated or put to the engineer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from providers.errors import (
    Unconfirmed,
)
from providers.model import Patch, Receipt, TicketKey
from tests.support.fake_provider import message
from tests.support.memory_desk import T1, MemoryDesk, desk_with_a_ticket, is_sending
from tui.desk.ports import Table


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[MemoryDesk]:
    """A desk with one ticket of one vendor."""
    async with desk_with_a_ticket(tmp_path) as desk:
        yield desk


async def test_an_interrupted_write_is_unconfirmed(desk: MemoryDesk) -> None:
    desk.fake.hold = asyncio.Event()
    entry = await desk.submit(desk.write("comment", "fake", "T1", values={"comment": "hello"}))
    sending = asyncio.create_task(desk.deliver(entry.id))
    await is_sending(desk)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert [(item.state, item.error_type) for item in desk.outbox()] == [("unconfirmed", "Unconfirmed")]


async def test_what_a_dead_process_was_sending_is_unconfirmed_and_a_living_ones_is_not(
    desk: MemoryDesk, tmp_path: Path
) -> None:
    desk.fake.hold = asyncio.Event()
    entry = await desk.submit(desk.write("comment", "fake", "T1", values={"comment": "hello"}))
    sending = asyncio.create_task(desk.deliver(entry.id))
    await is_sending(desk)
    other = MemoryDesk(tmp_path, desk.fake, store=desk.memory, clock=desk.time)
    await other.sync("fake")
    assert other.outbox()[0].state == "sending"
    desk.fake.hold.set()
    await sending
    dead = replace((await desk.submit(desk.write("comment", "fake", "T1", values={"comment": "x"}))), state="sending")
    document = {**(desk.memory.get(Table.OUTBOX, dead.id) or {}), "state": "sending", "attempts": 1}
    await desk.memory.transact(lambda transaction: transaction.put(Table.OUTBOX, dead.id, document))
    assert (await other.deliver(dead.id)).state == "sending"
    await other.sync("fake")
    assert [(item.id, item.state) for item in other.outbox()] == [(dead.id, "unconfirmed")]
    assert [body for _, _, body in desk.fake.ledger] == ["hello"]
    await other.aclose()


async def test_what_is_found_at_the_vendor_is_done_at_once(desk: MemoryDesk) -> None:
    desk.fake.after.append(Unconfirmed("fake", "no answer"))
    entry = await desk.send(comment="hello")
    assert [(row.faulty_write, row.undecided_write) for row in desk.rows()] == [(True, False)]
    desk.fake.found = lambda write: Receipt(number=write.number)
    await desk.sync("fake")
    assert (desk.outbox(settled=True)[0].state, desk.outbox()) == ("done", [])
    ticket = desk.ticket(T1)
    assert ticket is not None and [item.body for item in ticket.comments] == ["hello"]
    assert len(desk.fake.ledger) == 1 and entry.attempts == 1


async def test_an_unanswered_create_is_found_in_the_queue(desk: MemoryDesk) -> None:
    desk.fake.after.append(Unconfirmed("fake", "no answer"))
    entry = await desk.send("create", number="", client_number="OWN7")
    assert (entry.state, entry.write.client_number) == ("unconfirmed", "OWN7")
    desk.fake.confirmed_by = lambda write, came: came.kind == "number_returned"
    patch = Patch(number="T7", set={"client_number": "OWN7"})
    desk.fake.put(message("T7", 5000, kind="number_returned", client_number="OWN7", patch=patch))
    await desk.sync("fake")
    settled = desk.outbox(settled=True)[0]
    assert (settled.state, settled.write.number) == ("done", "T7")
    assert desk.find("fake", "OWN7") == TicketKey("fake", "T7")
    assert desk.entry("m5000").handled


async def test_an_unanswered_create_is_put_to_the_engineer_only_when_the_queue_was_empty_twice(
    desk: MemoryDesk,
) -> None:
    desk.fake.after.append(Unconfirmed("fake", "no answer"))
    await desk.send("create", number="", client_number="OWN7")
    for seconds in (60, 60):
        desk.time.move(seconds)
        await desk.sync("fake")
        assert not desk.outbox()[0].needs_engineer
    desk.time.move(60)
    await desk.sync("fake")
    asked = desk.outbox()[0]
    assert (asked.state, asked.needs_engineer) == ("unconfirmed", True)
    assert len(desk.fake.ledger) == 1


async def test_a_change_of_fields_is_repeated_once_where_nothing_newer_came(desk: MemoryDesk) -> None:
    desk.fake.after += [Unconfirmed("fake", "no answer"), Unconfirmed("fake", "no answer")]
    await desk.send("update", priority="2")
    for _ in range(8):
        desk.time.move(61)
        await desk.sync("fake")
    assert len(desk.fake.ledger) == 2
    assert desk.outbox()[0].needs_engineer


async def test_nothing_is_repeated_over_something_newer(desk: MemoryDesk) -> None:
    desk.fake.after.append(Unconfirmed("fake", "no answer"))
    await desk.send("update", priority="2")
    desk.time.move(10)
    desk.fake.put(message(order=int(desk.time.now().timestamp() * 1000)))
    for _ in range(4):
        await desk.sync("fake")
        desk.time.move(61)
    assert len(desk.fake.ledger) == 1
    assert desk.outbox()[0].needs_engineer


async def test_parts_that_are_done_are_not_forgotten(desk: MemoryDesk) -> None:
    error = Unconfirmed("fake", "no answer")
    error.done = ("comment",)
    desk.fake.before.append(error)
    entry = await desk.send(comment="hello")
    assert (entry.write.done, entry.write.doubtful) == (("comment",), True)
