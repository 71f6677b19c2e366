"""The desk as its faces see it: rows, events, stories, marks, drafts."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from providers.errors import NotFound, NotOffered, Rejected, TimedOut, Unconfirmed
from providers.model import Approval, Attachment, Comment, Engineer, Patch, TicketKey
from tests.support.fake_provider import message
from tests.support.memory_desk import NOON, T1, MemoryDesk
from tui.desk.ports import Table
from tui.desk.reports import DeskEvent


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[MemoryDesk]:
    """A desk over one vendor with a queue."""
    desk = MemoryDesk(tmp_path)
    yield desk
    await desk.aclose()


async def tell(desk: MemoryDesk, order: int = 1000, number: str = "T1", **patch: Any) -> None:
    """A message comes; poll."""
    desk.fake.put(message(number, order, patch=Patch(number=number, **patch)))
    await desk.sync("fake")


async def test_rows_follow_every_change(desk: MemoryDesk) -> None:
    assert desk.rows() == []
    await tell(desk, set={"summary": "Disk full", "priority": 2, "due_at": NOON}, partial=True)
    row = desk.row(T1)
    assert row is not None and desk.rows() == [row]
    assert (row.summary, row.priority, row.due_at, row.partial, row.unread) == ("Disk full", 2, NOON, True, True)
    await desk.mark([T1], "snooze", NOON + timedelta(hours=1))
    row = desk.row(T1)
    assert row is not None and row.snoozed_until == NOON + timedelta(hours=1)
    assert desk.row(TicketKey("fake", "T9")) is None


async def test_rows_are_the_same_however_late_they_are_asked_for(desk: MemoryDesk, tmp_path: Path) -> None:
    desk.rows()
    await tell(desk, set={"client_number": "OWN1"})
    await tell(desk, 2000, "T2", set={"type": "change"}, approvals=(Approval(id="a"),))
    desk.fake.after.append(Unconfirmed("fake", "no answer"))
    await desk.send(comment="hello")
    await desk.mark([TicketKey("fake", "T2")], "handled")
    later = MemoryDesk(tmp_path, store=desk.memory)
    assert sorted(later.rows(), key=str) == sorted(desk.rows(), key=str)
    assert {row.number: (row.faulty_write, row.approval_asked) for row in desk.rows()} == {
        "T1": (True, False),
        "T2": (False, True),
    }


async def test_what_presses_comes_first_and_every_row_in_the_end(desk: MemoryDesk, tmp_path: Path) -> None:
    await tell(desk, 1000, "T1", set={"state": "open"})
    await tell(desk, 2000, "T2", set={"state": "open", "awaiting_us": True})
    await tell(desk, 3000, "T3", set={"state": "open", "due_at": NOON + timedelta(hours=1)})
    await tell(desk, 4000, "T4", set={"state": "closed", "due_at": NOON})
    await tell(desk, 5000, "T5", set={"type": "change"}, approvals=(Approval(id="a"),))
    later = MemoryDesk(tmp_path, store=desk.memory)
    pressing = later.pressing_rows(NOON + timedelta(hours=4))
    assert {row.number for row in pressing} == {"T2", "T3", "T5"}
    assert later.tally() == Counter((row.provider, row.type, row.state) for row in desk.rows())
    assert later.row(T1) == desk.row(T1)
    rest = [row for some in later.other_rows() for row in some]
    assert {row.key: row for row in [*pressing, *rest]} == {row.key: row for row in desk.rows()}
    assert sorted(later.rows(), key=str) == sorted(desk.rows(), key=str)


async def test_events_name_what_changed(desk: MemoryDesk) -> None:
    events: list[DeskEvent] = []
    stop = desk.subscribe(events.append)
    await tell(desk)
    keys = frozenset({T1})
    assert {DeskEvent("tickets", keys), DeskEvent("messages", keys), DeskEvent("health")} <= set(events)
    events.clear()
    await desk.submit(desk.write("comment", "fake", "T1"))
    assert events == [DeskEvent("tickets", keys), DeskEvent("outbox", keys)]
    events.clear()
    await desk.save_draft("comment fake T1", {"comment": "half"})
    assert events == [DeskEvent("drafts")]
    stop()
    await desk.save_draft("comment fake T1", None)
    assert events == [DeskEvent("drafts")]


async def test_a_story_is_told_once_and_in_order(desk: MemoryDesk) -> None:
    await tell(desk, 1000, set={"state": "open"})
    comment = Comment(id="c1", author="Vendor", body="hello", at=NOON - timedelta(minutes=2))
    file = Attachment(id="f1", name="boot.log", size=4, at=NOON - timedelta(minutes=1))
    await tell(desk, 2000, comments=(comment,), attachments=(file,))
    await tell(desk, 3000, set={"state": "pending"})
    await desk.send(comment="on it")
    desk.time.move(60)
    await desk.note(T1, "Ask Bob")
    await tell(desk, 4000, comments=(Comment(id="c2", body="on it", at=NOON),))
    story = [(item.kind, item.body, item.origin, item.status) for item in desk.timeline(T1)]
    assert story == [
        ("state", "open", "vendor", "open"),
        ("state", "open → pending", "vendor", "pending"),
        ("comment", "hello", "vendor", ""),
        ("attachment", "boot.log, 4 bytes", "vendor", ""),
        ("write", "comment: on it", "us", "done"),
        ("note", "Ask Bob", "us", ""),
    ]
    assert desk.timeline(TicketKey("fake", "T9")) == []


async def test_a_ticket_is_unread_handled_or_asleep_as_the_engineer_says(desk: MemoryDesk) -> None:
    await tell(desk)
    await desk.mark([T1], "handled")
    assert [(row.unread, row.handled) for row in desk.rows()] == [(False, True)]
    await desk.mark([T1], "unread")
    assert [(row.unread, row.handled) for row in desk.rows()] == [(True, False)]
    await desk.mark([T1], "handled")
    await tell(desk, 2000)
    assert [(row.unread, row.handled) for row in desk.rows()] == [(True, False)]
    await desk.mark([T1], "snooze")
    assert desk.rows()[0].snoozed_until is None
    with pytest.raises(ValueError, match="handled, unread, snooze"):
        await desk.mark([T1], "starred")
    marks = [line["outcome"] for key in desk.memory.keys(Table.AUDIT) if (line := desk.memory.get(Table.AUDIT, key))]
    assert marks == ["handled", "unread", "handled", "snooze"]


async def test_a_draft_is_kept_until_it_is_forgotten(desk: MemoryDesk, tmp_path: Path) -> None:
    await desk.save_draft("comment fake T1", {"comment": "half a sen"})
    later = MemoryDesk(tmp_path, store=desk.memory)
    assert later.draft("comment fake T1") == {"comment": "half a sen"}
    await later.save_draft("comment fake T1", None)
    assert desk.draft("comment fake T1") is None


async def test_what_is_not_there_is_said_so(desk: MemoryDesk) -> None:
    with pytest.raises(NotFound):
        await desk.handle_message("fake", "none")
    with pytest.raises(NotFound):
        await desk.download(T1)
    with pytest.raises(NotFound):
        await desk.refresh(T1)
    assert desk.message("fake", "none") is None


async def test_a_write_knows_its_tickets_numbers(desk: MemoryDesk) -> None:
    await tell(desk, set={"client_number": "OWN1", "type": "request"})
    for number in ("T1", "OWN1"):
        write = desk.write("comment", "fake", number, values={"comment": "x"})
        assert (write.number, write.client_number, write.ticket_type) == ("T1", "OWN1", "request")
    assert write.engineer.name == "Ada Byron"
    assert desk.preview(write).path == "/T1"


async def test_approve_is_for_changes_and_for_what_is_asked(desk: MemoryDesk) -> None:
    await tell(desk)
    with pytest.raises(NotOffered, match="not offered"):
        desk.preview(desk.write("approve", "fake", "T1"))
    with pytest.raises(NotFound, match="nobody"):
        desk.write("comment", "nobody", "T1")


async def test_the_newest_open_request_is_answered_unless_another_is_named(desk: MemoryDesk) -> None:
    approvals = tuple(Approval(id=f"a{n}") for n in (1, 2))
    await tell(desk, 1000, "C1", set={"type": "change"}, approvals=approvals)
    assert desk.write("approve", "fake", "C1").values["approval_id"] == "a2"
    named = desk.write("reject", "fake", "C1", values={"approval_id": "a1"})
    assert named.values["approval_id"] == "a1"


async def test_health_counts_what_is_not_settled(desk: MemoryDesk) -> None:
    desk.fake.put(message(order=int(NOON.timestamp() * 1000) - 90_000))
    desk.fake.release_fails.append(TimedOut("fake", "no answer"))
    await desk.sync("fake")
    health = desk.health()[0]
    assert (health.queue_depth, health.queue_age) == (1, 90.0)


async def test_who_acts_may_be_said_later(desk: MemoryDesk) -> None:
    desk.engineer = Engineer(name="Grace Hopper")
    assert desk.write("comment", "fake", "T1").engineer.name == desk.engineer.name == "Grace Hopper"
    with pytest.raises(Rejected):
        desk.write("attach", "fake", "T1", files=[Path("/nowhere")])


async def test_what_came_in_and_what_was_settled_can_be_asked_for_since_a_time(desk: MemoryDesk) -> None:
    await tell(desk, set={"summary": "Disk full"})
    await desk.send(comment="early")
    desk.time.move(3600)
    await tell(desk, 2000, set={"summary": "Disk very full"})
    await desk.send(comment="late")
    half_an_hour_ago = desk.time.now() - timedelta(minutes=30)
    assert [entry.order for entry in desk.messages(settled=True)] == [(2000, 0), (1000, 0)]
    assert [entry.order for entry in desk.messages(settled=True, since=half_an_hour_ago)] == [(2000, 0)]
    assert [entry.write.values["comment"] for entry in desk.outbox(settled=True)] == ["early", "late"]
    assert [entry.write.values["comment"] for entry in desk.outbox(settled=True, since=half_an_hour_ago)] == ["late"]


async def test_what_waits_is_among_the_writes_however_old(desk: MemoryDesk) -> None:
    await tell(desk, set={"summary": "Disk full"})
    desk.fake.after.append(Unconfirmed("fake", "no answer"))
    await desk.send(comment="lost")
    desk.time.move(3600)
    assert [entry.state for entry in desk.outbox(settled=True, since=desk.time.now())] == ["unconfirmed"]


async def test_the_story_names_the_files_that_went_with_a_comment(desk: MemoryDesk, tmp_path: Path) -> None:
    await tell(desk, set={"summary": "Disk full"})
    file = tmp_path / "boot.log"
    file.write_text("line\n")
    entry = await desk.submit(desk.write("comment", "fake", "T1", values={"comment": "See there."}, files=[file]))
    await desk.deliver(entry.id)
    assert "comment: See there.\nwith boot.log" in [item.body for item in desk.timeline(T1)]
