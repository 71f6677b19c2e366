"""Settling while other things happen: other tries, other processes, other messages. Judged by the vendor's ledger."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from providers.base import Operation, Settling
from providers.errors import Rejected, Throttled, Unconfirmed, Unreachable, VendorError, WrongState
from providers.model import Batch, Comment, Patch, Receipt, Ticket, TicketKey, Write
from tests.support.fake_provider import ANSWERED, FakeProvider, declare, message
from tests.support.memory_desk import NOON, MemoryDesk, is_sending

SETTLING = {
    "comment": Settling(by="lookup", fallback="send_again"),
    "create": Settling(by="queue", fallback="engineer"),
    "resolve": Settling(by="nothing", fallback="engineer"),
}


@dataclass(eq=False)
class Thoughtful(FakeProvider):
    """A vendor that takes its time over a look-up, once `ponders`."""

    ponders: bool = False
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    answer: asyncio.Event = field(default_factory=asyncio.Event)
    looked_up: int = 0

    async def find(self, write: Write, ticket: Ticket | None) -> Receipt | None:
        """What the script finds, in time."""
        self.looked_up += 1
        if self.ponders:
            self.asked.set()
            await self.answer.wait()
        return await super().find(write, ticket)


@pytest.fixture
def vendor() -> Thoughtful:
    """The vendor, with two tickets."""
    vendor = Thoughtful(declaration=declare(settling=SETTLING))
    vendor.put(message("T1", 1000), message("T2", 1000, message_id="other"))
    return vendor


@pytest.fixture
async def desk(tmp_path: Path, vendor: Thoughtful) -> AsyncIterator[MemoryDesk]:
    """A desk that knows them."""
    desk = MemoryDesk(tmp_path, vendor)
    await desk.sync("fake")
    yield desk
    await desk.aclose()


def unanswered(desk: MemoryDesk) -> None:
    """Have the next write committed and not answered."""
    desk.fake.after.append(Unconfirmed("fake", "no answer"))


async def test_a_verdict_on_one_try_says_nothing_of_the_next(
    desk: MemoryDesk, vendor: Thoughtful, tmp_path: Path
) -> None:
    unanswered(desk)
    entry = await desk.send(comment="hello")
    desk.time.move(121)
    vendor.ponders = True
    other = MemoryDesk(tmp_path, vendor, store=desk.memory, clock=desk.time)
    settling = asyncio.create_task(other.sync("fake"))
    await vendor.asked.wait()
    unanswered(desk)
    await desk.retry(entry.id)
    assert (await desk.deliver(entry.id)).attempts == 2
    vendor.answer.set()
    await settling
    (open_,) = desk.outbox()
    assert (open_.state, open_.attempts) == ("unconfirmed", 2)
    assert len(vendor.ledger) == 2, "the second try may still be committing"


async def test_a_late_message_settles_what_waits_to_be_sent_again(desk: MemoryDesk) -> None:
    unanswered(desk)
    entry = await desk.send("create", number="", client_number="OWN7")
    await desk.retry(entry.id)
    desk.fake.before.append(Unreachable("fake", "no route"))
    patch = Patch(number="T7", set={"client_number": "OWN7"})
    desk.fake.put(message("T7", 5000, kind="create", client_number="OWN7", patch=patch))
    await desk.sync("fake")
    await desk.sync("fake")
    (settled,) = desk.outbox(settled=True)
    assert (settled.state, settled.write.number) == ("done", "T7")
    assert [action for action, _, _ in desk.fake.ledger] == ["create"]


async def test_a_late_message_settles_what_was_refused_the_second_time(desk: MemoryDesk) -> None:
    unanswered(desk)
    entry = await desk.send("create", number="", client_number="OWN7")
    desk.fake.before.append(Rejected("fake", "this number exists"))
    await desk.retry(entry.id)
    assert (await desk.deliver(entry.id)).state == "unconfirmed"
    desk.fake.put(message("T7", 5000, kind="create", client_number="OWN7"))
    await desk.sync("fake")
    assert [item.state for item in desk.outbox(settled=True)] == ["done"]


async def test_what_was_refused_the_first_time_is_not_settled_by_a_likeness(desk: MemoryDesk) -> None:
    desk.fake.before.append(Rejected("fake", "no"))
    await desk.send("resolve", notes="done")
    desk.fake.put(message("T1", 5000, patch=Patch(number="T1", set={"state": "resolved"})))
    await desk.sync("fake")
    assert [item.state for item in desk.outbox()] == ["rejected"]
    assert not desk.entry("m5000").own_write


@pytest.mark.parametrize(("minutes", "state"), [(-120, "unconfirmed"), (-1, "done"), (1, "done")])
async def test_what_the_vendor_said_long_before_a_write_does_not_show_it(
    desk: MemoryDesk, minutes: int, state: str
) -> None:
    unanswered(desk)
    entry = await desk.send(comment="Line is down.")
    said = Patch(number="T1", comments=(Comment(id="c1", author="vendor", at=None, body="Line is down."),))
    desk.fake.put(message("T1", 5000, patch=said, sent_at=NOON + timedelta(minutes=minutes)))
    await desk.sync("fake")
    assert {item.id: item.state for item in desk.outbox(settled=True)} == {entry.id: state}


@pytest.mark.parametrize("failure", [Unreachable("fake", "no route"), Throttled("fake", "patience")])
async def test_a_vendor_that_cannot_be_spoken_to_is_asked_about_one_write(
    desk: MemoryDesk, vendor: Thoughtful, failure: VendorError
) -> None:
    for number in ("T1", "T2"):
        unanswered(desk)
        await desk.send(number=number, comment="hello")

    def fail(write: Write) -> Receipt | None:
        raise failure

    vendor.found = fail
    report = await desk.sync("fake")
    assert (report.error_type, vendor.looked_up) == (type(failure).__name__, 1)


async def test_what_is_being_sent_cannot_be_given_up(desk: MemoryDesk) -> None:
    desk.fake.hold = asyncio.Event()
    entry = await desk.submit(desk.write("comment", "fake", "T1", values={"comment": "hello"}))
    sending = asyncio.create_task(desk.deliver(entry.id))
    await is_sending(desk)
    with pytest.raises(WrongState, match="is sending and cannot be dropped"):
        await desk.drop(entry.id)
    desk.fake.hold.set()
    assert (await sending).state == "done"


async def test_a_link_that_was_given_up_stays_so_when_its_answers_are_through(tmp_path: Path) -> None:
    declaration = declare(ANSWERED - {Operation.LIST}, link_by_acknowledging=True)
    desk = MemoryDesk(tmp_path, FakeProvider(declaration=declaration))
    desk.fake.batches.append(Batch(messages=(message("T1", 1000, awaits_number=True),)))
    await desk.sync("fake")
    link = await desk.submit(desk.write("link", "fake", "T1", client_number="OWN1"))
    desk.fake.hold = asyncio.Event()
    delivering = asyncio.create_task(desk.deliver(link.id))
    await is_sending(desk)
    await desk.drop(link.id)
    desk.fake.hold.set()
    assert (await delivering).dropped
    assert desk.fake.ledger == [("acknowledge", "T1", "m1000")]
    assert desk.find("fake", "OWN1") == TicketKey("fake", "T1")
    await desk.aclose()
