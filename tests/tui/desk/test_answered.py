"""A ticket waits for us until the vendor has our answer, whatever its page goes on saying; then until it asks again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from providers.base import Settling
from providers.errors import Rejected, Unconfirmed
from providers.model import Comment, Patch, Receipt
from tests.support.fake_provider import LISTED, QUEUED, FakeProvider, declare, message
from tests.support.memory_desk import NOON, T1, MemoryDesk

FOUND = {"comment": Settling(by="lookup")}
BASE = int(NOON.timestamp() * 1000)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[MemoryDesk]:
    """A desk over a vendor with a list; its one ticket waits for us."""
    desk = MemoryDesk(tmp_path, FakeProvider(declaration=declare(LISTED, settling=FOUND)))
    await listed(desk, 0, awaiting_us=True)
    assert waits(desk)
    yield desk
    await desk.aclose()


async def listed(desk: MemoryDesk, seconds: int, **patch: object) -> None:
    """The list says this of the ticket from so many seconds after noon on; poll."""
    comments = patch.pop("comments", ())
    assert isinstance(comments, tuple)
    desk.fake.show(Patch(number="T1", set={"state": "pending", **patch}, comments=comments), BASE + seconds * 1000)
    await desk.sync("fake")


def waits(desk: MemoryDesk) -> bool:
    row = desk.row(T1)
    assert row is not None
    return row.awaiting_us


@pytest.mark.parametrize("action", ["comment", "attach", "update", "resolve"])
async def test_with_our_answer_it_waits_no_longer(desk: MemoryDesk, action: str) -> None:
    await desk.send(action, comment="Yes, restart it")
    assert not waits(desk)


async def test_an_answer_is_remembered_while_the_vendor_goes_on_saying_that_it_waits(desk: MemoryDesk) -> None:
    await desk.send("comment", comment="Yes, restart it")
    await listed(desk, 60, awaiting_us=True)
    assert not waits(desk)


@pytest.mark.parametrize("action", ["take", "link"])
async def test_what_tells_the_vendor_nothing_is_no_answer(desk: MemoryDesk, action: str) -> None:
    await desk.send(action)
    assert waits(desk)


async def test_an_answer_that_was_refused_or_got_lost_is_none(desk: MemoryDesk) -> None:
    desk.fake.before.append(Rejected("fake", "No", code="1"))
    await desk.send("comment", comment="Yes")
    assert waits(desk)
    desk.fake.after.append(Unconfirmed("fake", "no answer"))
    await desk.send("comment", comment="Yes")
    assert waits(desk)


async def test_an_answer_that_is_found_at_the_vendor_later_counts(desk: MemoryDesk) -> None:
    desk.fake.after.append(Unconfirmed("fake", "no answer"))
    await desk.send("comment", comment="Yes, restart it")
    desk.fake.found = lambda write: Receipt(number=write.number)
    await desk.sync("fake")
    assert not waits(desk)


async def test_when_the_vendor_asks_again_it_waits_again(desk: MemoryDesk) -> None:
    await desk.send("comment", comment="Yes, restart it")
    question = Comment(id="c2", author="Mara", body="Which of the two?", at=NOON)
    await listed(desk, 60, awaiting_us=True, comments=(question,))
    assert waits(desk)


async def test_when_the_vendor_has_taken_it_up_and_comes_back_it_waits_again(desk: MemoryDesk) -> None:
    await desk.send("comment", comment="Yes, restart it")
    await listed(desk, 60, awaiting_us=False)
    await listed(desk, 120, awaiting_us=True)
    assert waits(desk)


async def test_a_ticket_that_was_taken_up_again_waits_until_it_is_answered(desk: MemoryDesk) -> None:
    await listed(desk, 60, awaiting_us=False, state="resolved")
    await listed(desk, 120, awaiting_us=False, state="open")
    assert waits(desk)
    await desk.send("comment", comment="Thank you")
    assert not waits(desk)


async def test_our_own_comment_coming_back_over_the_queue_is_an_answer_and_no_news(tmp_path: Path) -> None:
    desk = MemoryDesk(tmp_path, FakeProvider(declaration=declare(QUEUED)))
    desk.fake.put(message(order=1, patch=Patch(number="T1", set={"state": "pending", "awaiting_us": True})))
    await desk.sync("fake")
    assert waits(desk)
    desk.fake.after.append(Unconfirmed("fake", "no answer"))
    await desk.send("comment", comment="Yes, restart it")
    assert waits(desk)
    echo = Comment(id="c1", author="us", body="Yes, restart it")
    desk.fake.put(message(order=2, kind="comment", patch=Patch(number="T1", comments=(echo,))))
    await desk.sync("fake")
    assert not waits(desk)
    await desk.aclose()
