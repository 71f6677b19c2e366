"""Answers to approval cycles: one for each cycle, whoever gives it first."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from providers.errors import Unconfirmed, WrongState
from providers.model import Approval, Patch, TicketKey
from tests.support.fake_provider import message
from tests.support.memory_desk import MemoryDesk


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[MemoryDesk]:
    """A desk over one vendor with a queue."""
    desk = MemoryDesk(tmp_path)
    yield desk
    await desk.aclose()


async def change(desk: MemoryDesk) -> None:
    """A change with two approvers."""
    asked = tuple(Approval(id=f"a{n}", approver=f"{n}@client.example") for n in (1, 2))
    patch = Patch(number="C1", set={"type": "change", "state": "assess"}, approvals=asked, cycle="opened")
    desk.fake.put(message("C1", 7000, patch=patch))
    await desk.sync("fake")


async def test_one_answer_to_each_approval_cycle(desk: MemoryDesk) -> None:
    await change(desk)
    assert [row.approval_asked for row in desk.rows() if row.number == "C1"] == [True]
    entry = await desk.send("approve", "C1", comment="fine")
    assert (entry.state, entry.write.values["approval_id"]) == ("done", "a2")
    ticket = desk.ticket(TicketKey("fake", "C1"))
    assert ticket is not None and [item.state for item in ticket.approvals] == ["approved", "approved"]
    for action in ("approve", "reject"):
        with pytest.raises(WrongState, match="already answered"):
            await desk.send(action, "C1", comment="again")
    assert [action for action, _, _ in desk.fake.ledger] == ["approve"]


async def test_an_answer_that_waits_is_an_answer(desk: MemoryDesk) -> None:
    await change(desk)
    await desk.submit(desk.write("approve", "fake", "C1"))
    with pytest.raises(WrongState, match="already queued"):
        await desk.submit(desk.write("reject", "fake", "C1", values={"comment": "no"}))


async def test_our_answer_counts_though_our_clock_is_behind_the_vendors(desk: MemoryDesk) -> None:
    ahead = int(desk.time.now().timestamp() * 1000) + 3_600_000
    patch = Patch(number="C1", set={"type": "change"}, approvals=(Approval(id="a1"),), cycle="opened")
    desk.fake.put(message("C1", ahead, patch=patch))
    await desk.sync("fake")
    await desk.send("approve", "C1")
    ticket = desk.ticket(TicketKey("fake", "C1"))
    assert ticket is not None and [item.state for item in ticket.approvals] == ["approved"]


async def test_an_answer_to_a_request_that_is_over_is_not_sent_again(desk: MemoryDesk) -> None:
    await change(desk)
    desk.fake.after.append(Unconfirmed("fake", "no answer"))
    entry = await desk.send("approve", "C1", comment="fine")
    again = Patch(number="C1", approvals=(Approval(id="a3", approver="3@client.example"),), cycle="opened")
    desk.fake.put(message("C1", 8000, patch=Patch(number="C1", cycle="cancelled")), message("C1", 9000, patch=again))
    await desk.sync("fake")
    with pytest.raises(WrongState, match="a request that is over"):
        await desk.retry(entry.id)
    assert [action for action, _, _ in desk.fake.ledger] == ["approve"]
    await desk.drop(entry.id)
    assert (await desk.send("approve", "C1", comment="fine still")).write.values["approval_id"] == "a3"
