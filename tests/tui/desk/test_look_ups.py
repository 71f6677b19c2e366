"""Look-ups of unanswered writes keep to a poll's share of requests and of time. Judged by what the vendor was asked."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from providers.base import Settling
from providers.errors import Unconfirmed
from providers.model import Receipt, Ticket, Write
from providers.sandbox import Sandbox
from tests.support.fake_provider import FakeProvider, declare, message
from tests.support.memory_desk import MemoryDesk
from tests.support.sandbox_desk import desk_over
from tui.desk.context import Policy
from tui.desk.unconfirmed import LOOK_UPS

MANY = 25


@dataclass(eq=False)
class Asked(FakeProvider):
    """A vendor that counts by which writes it is asked; once it `stalls`, it never answers."""

    stalls: bool = False
    looked_up: list[str] = field(default_factory=list)

    async def find(self, write: Write, ticket: Ticket | None) -> Receipt | None:
        """Nothing, or no answer."""
        self.looked_up.append(write.number)
        if self.stalls:
            await asyncio.Event().wait()
        return None


@pytest.fixture
def vendor() -> Asked:
    """A vendor with many tickets, whose comments are looked up."""
    settling = {"comment": Settling(by="lookup", fallback="engineer")}
    vendor = Asked(declaration=declare(settling=settling))
    vendor.put(*(message(f"T{number}", 1000, message_id=f"m{number}") for number in range(MANY)))
    return vendor


@pytest.fixture
async def desk(tmp_path: Path, vendor: Asked) -> AsyncIterator[MemoryDesk]:
    """A desk with an unanswered comment on each of them."""
    desk = MemoryDesk(tmp_path, vendor, policies={"fake": Policy(timeout_seconds=0.5)})
    await desk.sync("fake")
    for number in range(MANY):
        vendor.after.append(Unconfirmed("fake", "no answer"))
        await desk.send(number=f"T{number}", comment="hello")
    yield desk
    await desk.aclose()


async def test_a_poll_looks_up_a_few_and_every_write_has_its_turn(desk: MemoryDesk, vendor: Asked) -> None:
    for _ in range(3):
        before = len(vendor.looked_up)
        await desk.sync("fake")
        assert len(vendor.looked_up) - before <= LOOK_UPS
    asked = Counter(vendor.looked_up)
    assert set(asked) == {f"T{number}" for number in range(MANY)}
    assert max(asked.values()) - min(asked.values()) <= 1


async def test_what_waits_for_the_engineer_comes_after_what_may_settle_itself(desk: MemoryDesk, vendor: Asked) -> None:
    desk.time.move(121)
    for _ in range(3):
        await desk.sync("fake")
    assert all(entry.needs_engineer for entry in desk.outbox())
    vendor.after.append(Unconfirmed("fake", "no answer"))
    vendor.put(message("T99", 2000, message_id="m99"))
    await desk.sync("fake")
    await desk.send(number="T99", comment="hello")
    vendor.looked_up.clear()
    await desk.sync("fake")
    assert vendor.looked_up[0] == "T99"
    assert len(vendor.looked_up) == LOOK_UPS


async def test_a_write_that_was_not_looked_up_is_not_decided(desk: MemoryDesk, vendor: Asked) -> None:
    desk.time.move(121)
    await desk.sync("fake")
    decided = {entry.write.number for entry in desk.outbox() if entry.needs_engineer}
    assert decided == set(vendor.looked_up)


async def test_a_vendor_that_stalls_a_look_up_has_its_queue_read_all_the_same(desk: MemoryDesk, vendor: Asked) -> None:
    vendor.stalls = True
    vendor.put(message("T1", 5000))
    async with asyncio.timeout(30):
        report = await desk.sync("fake")
    assert (report.error_type, len(vendor.looked_up)) == ("TimedOut", 1)
    assert (report.received, report.acknowledged) == (1, 1)
    async with asyncio.timeout(30):
        await desk.sync("fake")
    assert len(set(vendor.looked_up)) == 2, "the next poll begins with another"


async def test_the_pages_of_one_poll_are_as_many_as_the_vendor_was_promised(tmp_path: Path) -> None:
    async with Sandbox(seed=7, world=False) as box:
        numbers = [
            box.kpn_connect.create(short_description=f"Line {each}", reference=f"OWN{each}") for each in range(15)
        ]
        async with desk_over(box, tmp_path / "state", ("kpn-connect",), clock=box.clock) as desk:
            await desk.sync("kpn-connect")
            box.fault("kpn-connect", "html", match="PATCH", count=len(numbers))
            for number in numbers:
                write = desk.write("comment", "kpn-connect", number, values={"comment": "hello"})
                await desk.deliver((await desk.submit(write)).id)
            assert {entry.state for entry in desk.outbox()} == {"unconfirmed"}
            for each in range(15):
                box.kpn_connect.create(reference=f"NEW{each}")
            before = len(box.requests)
            box.advance(61)
            await desk.sync("kpn-connect")
            pages = [seen for seen in box.requests[before:] if "kpn_ticket_number" in str(seen)]
            assert len(pages) == desk.declaration("kpn-connect").details_per_poll == 20
