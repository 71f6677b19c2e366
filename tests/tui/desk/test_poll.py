"""Polls: lists and pages compared, differences told, failures shown, gaps closed, vendors side by side."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from providers.base import Operation
from providers.errors import BadAnswer, NotAuthorised, Throttled, TimedOut, Unconfirmed, Unreachable, VendorError
from providers.model import Batch, Comment, Patch, TicketKey
from tests.support.fake_provider import ANSWERED, LISTED, FakeProvider, declare, message
from tests.support.memory_desk import NOON, T1, MemoryDesk
from tui.desk.context import Policy
from tui.desk.ports import LeaseHolder, Table

BASE = int(NOON.timestamp() * 1000)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[MemoryDesk]:
    """A desk over a vendor with a list, pages and no queue, that has had its baseline."""
    desk = MemoryDesk(tmp_path, FakeProvider(declaration=declare(LISTED, details_per_poll=20)))
    await row(desk, 0, state="open", priority=3)
    yield desk
    await desk.aclose()


async def row(desk: MemoryDesk, seconds: int, number: str = "T1", **fields: object) -> None:
    """The list says this of a ticket from so many seconds after noon on; poll."""
    desk.fake.show(Patch(number=number, set=fields), BASE + seconds * 1000)
    await desk.sync("fake")


async def page(desk: MemoryDesk, seconds: int, number: str = "T1", **patch: Any) -> None:
    """A ticket's page says this; poll."""
    desk.fake.show(Patch(number=number, **patch), BASE + seconds * 1000, detailed=True)
    await desk.sync("fake")


def news(desk: MemoryDesk) -> list[tuple[str, str, str]]:
    """Number, kind and summary of what is not handled, oldest first."""
    found = [entry for entry in reversed(desk.messages()) if entry.message is not None]
    return [(entry.number, entry.message.kind, entry.message.summary) for entry in found if entry.message]


async def test_the_first_good_poll_is_a_baseline(desk: MemoryDesk) -> None:
    assert (news(desk), [row.unread for row in desk.rows()]) == ([], [False])


async def test_a_failed_first_poll_is_none(tmp_path: Path) -> None:
    desk = MemoryDesk(tmp_path, FakeProvider(declaration=declare(LISTED)))
    desk.fake.list_fails.append(BadAnswer("fake", "HTML"))
    desk.fake.show(Patch(number="T1"), BASE)
    await desk.sync("fake")
    await desk.sync("fake")
    assert news(desk) == []
    await desk.aclose()


async def test_differences_from_what_is_stored_are_told(desk: MemoryDesk) -> None:
    await row(desk, 60, state="pending", priority=1)
    await row(desk, 60, "T2", state="new", summary="Disk full")
    assert news(desk) == [
        ("T1", "update", "open → pending"),
        ("T1", "update", "Priority 3 → 1"),
        ("T2", "create", "Disk full"),
    ]
    assert all(row.unread for row in desk.rows())


async def test_the_same_list_again_writes_nothing(desk: MemoryDesk) -> None:
    await row(desk, 60, state="open", priority=3)
    before = desk.memory.get_all()
    await row(desk, 120, state="open", priority=3)
    assert desk.memory.get_all() == before


async def test_a_state_left_and_entered_again_is_told_again(desk: MemoryDesk) -> None:
    for seconds, state in ((60, "pending"), (120, "open"), (180, "pending")):
        await row(desk, seconds, state=state, priority=3)
    assert [words for _, _, words in news(desk)] == ["open → pending", "pending → open", "open → pending"]


async def test_a_ticket_resolved_and_taken_up_again_is_reopened_by_the_vendor(desk: MemoryDesk) -> None:
    await row(desk, 60, state="resolved", priority=3)
    await row(desk, 120, state="open", priority=3)
    assert [(kind, words) for _, kind, words in news(desk)] == [
        ("closure", "open → resolved"),
        ("update", "Reopened by the vendor: resolved → open"),
    ]
    assert [row.awaiting_us for row in desk.rows()] == [True]


async def test_waiting_for_us_is_told(desk: MemoryDesk) -> None:
    await row(desk, 60, state="open", priority=3, awaiting_us=True)
    assert news(desk) == [("T1", "update", "Waits for us")]


async def test_what_leaves_the_list_is_closed(desk: MemoryDesk) -> None:
    desk.fake.rows.clear()
    await desk.sync("fake")
    assert [row.state for row in desk.rows()] == ["closed"]
    assert news(desk) == [("T1", "closure", "open → closed")]
    await desk.sync("fake")
    assert len(news(desk)) == 1


async def test_what_leaves_the_list_is_what_its_page_says(desk: MemoryDesk) -> None:
    desk.fake.rows.clear()
    await page(desk, 60, set={"state": "resolved"})
    await desk.sync("fake")
    assert [row.state for row in desk.rows()] == ["resolved"]


async def test_what_was_never_listed_is_not_closed_by_its_absence(desk: MemoryDesk) -> None:
    entry = await desk.send("create", "", client_number="OWN7")
    desk.fake.rows.clear()
    await desk.sync("fake")
    assert {row.number: row.state for row in desk.rows()} == {"T1": "closed", entry.write.number: "open"}


async def test_a_failed_list_closes_nothing_and_keeps_the_rows(desk: MemoryDesk) -> None:
    desk.fake.list_fails.append(BadAnswer("fake", "a proxy's page"))
    report = await desk.sync("fake")
    health = desk.health()[0]
    assert (report.error_type, [row.state for row in desk.rows()]) == ("BadAnswer", ["open"])
    assert (health.error, health.failures, health.last_good, health.state) == ("a proxy's page", 1, NOON, "late")


async def test_pages_of_changed_tickets_are_read_in_the_same_poll(desk: MemoryDesk) -> None:
    desk.fake.show(Patch(number="T1", set={"priority": 2}), BASE + 60_000, detailed=True)
    await row(desk, 60, state="pending", priority=3)
    assert [row.priority for row in desk.rows()] == [2]


async def test_new_comments_on_a_page_are_told_and_old_ones_on_the_first_are_not(desk: MemoryDesk) -> None:
    old = Comment(id="c1", author="Vendor", body="long ago", at=NOON.replace(hour=1))
    fresh = Comment(id="c2", author="Vendor", body="please try", at=NOON.replace(minute=5))
    await page(desk, 60, comments=(old,))
    assert news(desk) == []
    await page(desk, 120, comments=(old, fresh))
    assert news(desk) == [("T1", "comment", "Vendor: please try")]


async def test_our_own_comment_on_a_page_is_no_news(desk: MemoryDesk) -> None:
    await desk.send(comment="hello")
    await page(desk, 60, comments=(Comment(id="c9", body="hello", at=NOON),))
    ticket = desk.ticket(T1)
    assert ticket is not None and [(item.id, item.origin) for item in ticket.comments] == [("c9", "us")]
    assert news(desk) == []


async def test_a_list_that_breaks_off_closes_nothing_and_its_rows_are_kept(desk: MemoryDesk) -> None:
    await row(desk, 10, "T2", state="open")
    desk.fake.rows.clear()
    desk.fake.list_breaks_off.append(BadAnswer("fake", "half a list"))
    await row(desk, 20, "T1", state="pending")
    assert {row.number: row.state for row in desk.rows()} == {"T1": "pending", "T2": "open"}


async def test_our_unanswered_comment_on_a_page_was_done(desk: MemoryDesk) -> None:
    desk.fake.after.append(Unconfirmed("fake", "no answer"))
    await desk.send(comment="hello")
    await page(desk, 60, comments=(Comment(id="c9", body="hello", at=NOON),))
    assert (desk.outbox(), news(desk)) == ([], [])


async def test_our_unanswered_create_on_the_list_was_done(desk: MemoryDesk) -> None:
    desk.fake.after.append(Unconfirmed("fake", "no answer"))
    await desk.send("create", "", client_number="OWN7")
    await row(desk, 60, "T7", client_number="OWN7", state="new")
    assert (desk.outbox(), news(desk), desk.find("fake", "OWN7")) == ([], [], TicketKey("fake", "T7"))


async def test_a_ticket_we_created_is_no_news_when_the_list_shows_it(desk: MemoryDesk) -> None:
    entry = await desk.send("create", "", client_number="OWN7")
    await row(desk, 60, entry.write.number, state="new", client_number="OWN7")
    assert news(desk) == []


async def test_a_row_read_before_a_message_does_not_undo_it(tmp_path: Path) -> None:
    offered = ANSWERED - {Operation.ACKNOWLEDGE}
    desk = MemoryDesk(tmp_path, FakeProvider(declaration=declare(offered)))
    desk.fake.put(message(order=BASE + 5000, patch=Patch(number="T1", set={"state": "resolved"})))
    await row(desk, 0, state="open")
    assert [row.state for row in desk.rows()] == ["resolved"]
    desk.fake.put(message(order=BASE + 6000, patch=Patch(number="T1", set={"state": "pending"})))
    await row(desk, 10, state="open")
    assert [row.state for row in desk.rows()] == ["open"]
    await desk.aclose()


async def test_a_tracked_ticket_is_read_at_each_poll(tmp_path: Path) -> None:
    desk = MemoryDesk(tmp_path, FakeProvider(declaration=declare(frozenset({Operation.DETAIL}))))
    desk.fake.show(Patch(number="T1", set={"state": "open"}), BASE, detailed=True)
    ticket = await desk.track("fake", "T1")
    assert (ticket.state, news(desk)) == ("open", [])
    await page(desk, 60, set={"state": "resolved"})
    assert news(desk) == [("T1", "closure", "open → resolved")]
    await desk.aclose()


async def test_a_ticket_of_a_vendor_without_a_page_is_followed_from_what_the_queue_tells(tmp_path: Path) -> None:
    desk = MemoryDesk(tmp_path, FakeProvider(declaration=declare(frozenset({Operation.QUEUE}))))
    ticket = await desk.track("fake", "T1")
    assert (ticket.number, ticket.partial) == ("T1", True)
    desk.fake.put(message(order=BASE + 5000, patch=Patch(number="T1", set={"summary": "Disk full"})))
    await desk.sync("fake")
    assert [row.summary for row in desk.rows()] == ["Disk full"]
    await desk.aclose()


# Failures


@pytest.mark.parametrize(
    "error", [Unreachable("fake", "no route"), Throttled("fake", "patience"), NotAuthorised("fake", "key")]
)
async def test_a_vendor_that_cannot_be_spoken_to_is_asked_nothing_more(tmp_path: Path, error: VendorError) -> None:
    desk = MemoryDesk(tmp_path, FakeProvider(declaration=declare(ANSWERED - {Operation.ACKNOWLEDGE})))
    desk.fake.list_fails.append(error)
    report = await desk.sync("fake")
    assert (report.error_type, desk.fake.receives) == (type(error).__name__, 0)
    await desk.aclose()


async def test_a_list_that_fails_does_not_stop_the_queue(tmp_path: Path) -> None:
    desk = MemoryDesk(tmp_path, FakeProvider(declaration=declare(ANSWERED - {Operation.ACKNOWLEDGE})))
    desk.fake.list_fails.append(TimedOut("fake", "no answer"))
    desk.fake.put(message())
    report = await desk.sync("fake")
    assert (report.error_type, report.applied, desk.fake.released) == ("TimedOut", 1, ["m1000"])
    await desk.aclose()


async def test_patience_is_capped_stored_and_honoured(desk: MemoryDesk) -> None:
    desk.fake.list_fails.append(Throttled("fake", "patience", retry_after=86_400))
    await desk.sync("fake")
    assert (desk.health()[0].retry_at or NOON).timestamp() - NOON.timestamp() == 15 * 60
    assert "patience" in (await desk.sync("fake")).skipped
    desk.time.move(15 * 60 + 1)
    report = await desk.sync("fake")
    assert (report.error, report.skipped, desk.health()[0].state) == ("", "", "ok")


async def test_a_vendor_that_fails_again_and_again_is_down_until_it_answers(desk: MemoryDesk) -> None:
    desk.fake.list_fails += [Unreachable("fake", "no route")] * 2
    states = []
    for _ in range(3):
        await desk.sync("fake")
        states.append(desk.health()[0].state)
    assert states == ["late", "down", "ok"]


async def test_a_vendor_not_heard_of_for_long_is_late(desk: MemoryDesk) -> None:
    desk.time.move(4 * 60)
    assert desk.health()[0].state == "late"


async def test_a_stalled_vendor_is_given_up_within_its_budget_and_keeps_nobody_waiting(tmp_path: Path) -> None:
    stalled = Stalled(name="stalled", declaration=declare(LISTED))
    well = FakeProvider(declaration=declare(LISTED))
    well.show(Patch(number="T1"), BASE)
    policies = {"stalled": Policy(timeout_seconds=0.05), "fake": Policy()}
    desk = MemoryDesk(tmp_path, well, stalled, policies=policies)
    slow = asyncio.create_task(desk.sync("stalled"))
    assert (await desk.sync("fake")).rows == 1
    assert (await slow).error_type == "TimedOut"
    await desk.aclose()


class Stalled(FakeProvider):
    """A vendor whose list never comes."""

    async def list_open(self) -> AsyncIterator[Any]:
        """Wait for ever."""
        await asyncio.Event().wait()
        yield


async def test_who_does_not_hold_the_lease_sends_only_its_own(desk: MemoryDesk) -> None:
    desk.memory.lease.release()
    desk.memory.lease.other = LeaseHolder(4711, "pts/3", "here", NOON, 60)
    await desk.submit(desk.write("comment", "fake", "T1", values={"comment": "hello"}))
    report = await desk.sync("fake")
    assert "4711" in report.skipped and report.sent == 1
    assert len(desk.fake.ledger) == 1


# The queue's consent


async def test_a_queue_is_read_only_where_the_engineer_said_so(tmp_path: Path) -> None:
    asking = FakeProvider(declaration=declare(asks_before_consuming=True))
    desk = MemoryDesk(tmp_path, asking, consume=False)
    await desk.sync("fake")
    assert (asking.receives, desk.health()[0].asks_consume, desk.health()[0].consumes) == (0, True, False)
    await desk.answer_consume("fake", True)
    await desk.sync("fake")
    assert (asking.receives > 0, desk.health()[0].asks_consume, desk.health()[0].consumes) == (True, False, True)
    await desk.answer_consume("fake", False)
    assert (desk.health()[0].asks_consume, desk.health()[0].consumes) == (False, False)
    await desk.aclose()


# Gaps


@pytest.fixture
async def lossy(tmp_path: Path) -> AsyncIterator[MemoryDesk]:
    """A desk over a vendor whose queue may lose what it handed out."""
    declaration = declare(ANSWERED - {Operation.ACKNOWLEDGE}, queue_may_lose=True, details_per_poll=20)
    desk = MemoryDesk(tmp_path, FakeProvider(declaration=declaration))
    await row(desk, 0, state="open")
    await page(desk, 0, set={"state": "open"})
    yield desk
    await desk.aclose()


async def test_a_lost_answer_leaves_a_gap_that_closes_when_everything_was_read_again(lossy: MemoryDesk) -> None:
    lossy.time.move(60)
    lossy.fake.receive_fails.append(BadAnswer("fake", "cut off", vendor_words='[{"transaction_id": "x"'))
    comment = Comment(id="c1", author="Vendor", body="lost in the queue", at=NOON.replace(minute=1))
    lossy.fake.show(Patch(number="T1", comments=(comment,)), BASE + 60_000, detailed=True)
    await lossy.sync("fake")
    assert "cut off" in lossy.health()[0].gap
    lossy.time.move(60)
    await lossy.sync("fake")
    assert lossy.health()[0].gap == ""
    assert news(lossy) == [("T1", "comment", "Vendor: lost in the queue")]
    outcomes = [(lossy.memory.get(Table.AUDIT, key) or {})["outcome"] for key in lossy.memory.keys(Table.AUDIT)]
    assert outcomes == ["gap", "gap closed"]


async def test_what_came_of_a_cut_answer_is_kept_with_its_bytes(lossy: MemoryDesk) -> None:
    lossy.fake.batches.append(Batch(messages=(message(order=BASE + 9000),), gap="cut in the third", raw="[{}, {"))
    await lossy.sync("fake")
    assert lossy.entry(f"m{BASE + 9000}").applied
    kept = [lossy.memory.get(Table.META, key) for key in lossy.memory.keys(Table.META)]
    assert [document["raw"] for document in kept if document and "raw" in document] == ["[{}, {"]


class Slow(FakeProvider):
    """A vendor whose queue never answers."""

    asked = asyncio.Event()

    async def receive(self) -> Batch:
        """Wait for ever."""
        self.asked.set()
        await asyncio.Event().wait()
        raise AssertionError


async def test_an_answer_that_is_not_waited_for_is_a_gap(tmp_path: Path) -> None:
    slow = Slow(declaration=declare(ANSWERED - {Operation.ACKNOWLEDGE}, queue_may_lose=True))
    desk = MemoryDesk(tmp_path, slow, policies={"fake": Policy(timeout_seconds=0.02)})
    assert (await desk.sync("fake")).error_type == "TimedOut"
    assert "not waited for" in desk.health()[0].gap
    await desk.aclose()


async def test_a_process_that_died_over_an_answer_left_a_gap(tmp_path: Path) -> None:
    slow = Slow(declaration=declare(ANSWERED - {Operation.ACKNOWLEDGE}, queue_may_lose=True))
    slow.asked = asyncio.Event()
    desk = MemoryDesk(tmp_path, slow)
    dying = asyncio.create_task(desk.sync("fake"))
    await slow.asked.wait()
    dying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await dying
    later = MemoryDesk(tmp_path, FakeProvider(declaration=slow.declaration), store=desk.memory)
    later.time.move(-1)
    await later.sync("fake")
    assert "ended while it read" in later.health()[0].gap
    await later.aclose()


async def test_a_vendor_that_loses_nothing_has_no_gaps(tmp_path: Path) -> None:
    desk = MemoryDesk(tmp_path)
    desk.fake.receive_fails.append(TimedOut("fake", "no answer"))
    await desk.sync("fake")
    assert desk.health()[0].gap == ""
    await desk.aclose()
