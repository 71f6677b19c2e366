"""Writes: durable before they leave, sent once, accounted for afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from providers.base import Operation
from providers.errors import (
    BadAnswer,
    NotAuthorised,
    NotFound,
    NotOffered,
    Rejected,
    Throttled,
    TimedOut,
    Unconfirmed,
    Unreachable,
    VendorError,
    WrongState,
)
from tests.support.fake_provider import LISTED, QUEUED, FakeProvider, declare, message
from tests.support.memory_desk import T1, MemoryDesk, desk_with_a_ticket, is_sending
from tui.desk.context import Policy
from tui.desk.locks import lock_name
from tui.desk.ports import StoreFault, Table


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[MemoryDesk]:
    """A desk with one ticket of one vendor."""
    async with desk_with_a_ticket(tmp_path) as desk:
        yield desk


async def test_a_write_is_durable_before_it_leaves(desk: MemoryDesk) -> None:
    entry = await desk.submit(desk.write("comment", "fake", "T1", values={"comment": "hello"}))
    desk.memory.fault = "the disk is full"
    with pytest.raises(StoreFault):
        await desk.deliver(entry.id)
    assert desk.fake.ledger == []


async def test_a_confirmed_write_is_in_its_ticket_and_in_the_audit(desk: MemoryDesk) -> None:
    entry = await desk.send(comment="hello")
    ticket = desk.ticket(T1)
    assert (entry.state, entry.attempts, entry.note) == ("done", 1, "done")
    assert ticket is not None and [(item.body, item.origin) for item in ticket.comments] == [("hello", "us")]
    lines = [desk.memory.get(Table.AUDIT, key) for key in desk.memory.keys(Table.AUDIT)]
    assert [(line["action"], line["outcome"], line["engineer"]) for line in lines if line] == [
        ("comment", "done", "Ada Byron")
    ]
    assert lines[0] is not None and lines[0]["user"]
    assert desk.outbox() == []
    assert [item.id for item in desk.outbox(settled=True)] == [entry.id]


async def test_delivering_what_is_done_sends_nothing(desk: MemoryDesk) -> None:
    entry = await desk.send(comment="hello")
    assert (await desk.deliver(entry.id)).state == "done"
    await desk.sync("fake")
    assert len(desk.fake.ledger) == 1


@pytest.mark.parametrize(
    ("error", "state", "error_type"),
    [
        (Rejected("fake", "no", field="comment"), "rejected", "Rejected"),
        (WrongState("fake", "closed"), "rejected", "WrongState"),
        (NotFound("fake", "unknown"), "rejected", "NotFound"),
        (NotAuthorised("fake", "key"), "rejected", "NotAuthorised"),
        (Unreachable("fake", "no route"), "queued", "Unreachable"),
        (Throttled("fake", "patience"), "queued", "Throttled"),
        (Unconfirmed("fake", "no answer"), "unconfirmed", "Unconfirmed"),
        (TimedOut("fake", "no answer"), "unconfirmed", "Unconfirmed"),
        (BadAnswer("fake", "HTML"), "unconfirmed", "Unconfirmed"),
    ],
)
async def test_an_error_decides_what_becomes_of_the_write(
    desk: MemoryDesk, error: VendorError, state: str, error_type: str
) -> None:
    desk.fake.before.append(error)
    entry = await desk.send(comment="hello")
    assert (entry.state, entry.error_type, entry.field) == (state, error_type, error.field)
    assert entry.error and entry.next_step
    assert [item.id for item in desk.outbox()] == [entry.id]


async def test_what_was_not_sent_is_sent_at_the_next_poll(desk: MemoryDesk) -> None:
    desk.fake.before.append(Unreachable("fake", "no route"))
    await desk.send(comment="hello")
    report = await desk.sync("fake")
    assert (report.sent, desk.fake.ledger, desk.outbox()) == (1, [("comment", "T1", "hello")], [])


async def test_patience_that_the_vendor_asked_for_holds_for_every_process(desk: MemoryDesk, tmp_path: Path) -> None:
    desk.fake.before.append(Throttled("fake", "patience", retry_after=300))
    await desk.send(comment="one")
    other = MemoryDesk(tmp_path, desk.fake, store=desk.memory, clock=desk.time)
    entry = await other.send(comment="two")
    assert (entry.state, desk.fake.ledger) == ("queued", [])
    assert "patience" in (await other.sync("fake")).skipped
    desk.time.move(301)
    await desk.sync("fake")
    assert [body for _, _, body in desk.fake.ledger] == ["one", "two"]
    await other.aclose()


async def test_a_file_that_changed_is_not_sent(desk: MemoryDesk, tmp_path: Path) -> None:
    log = tmp_path / "boot.log"
    log.write_text("one")
    entry = await desk.submit(desk.write("attach", "fake", "T1", files=[log]))
    log.write_text("two")
    entry = await desk.deliver(entry.id)
    assert (entry.state, "has changed" in entry.error, desk.fake.ledger) == ("rejected", True, [])
    with pytest.raises(Rejected, match="cannot be read"):
        desk.write("attach", "fake", "T1", files=[tmp_path / "none"])


async def test_writes_of_a_ticket_leave_in_their_order(desk: MemoryDesk) -> None:
    first = await desk.submit(desk.write("comment", "fake", "T1", values={"comment": "first"}))
    second = await desk.submit(desk.write("comment", "fake", "T1", values={"comment": "second"}))
    assert (await desk.deliver(second.id)).state == "done"
    assert (await desk.deliver(first.id)).state == "done"
    assert [body for _, _, body in desk.fake.ledger] == ["first", "second"]


async def test_a_write_that_does_not_go_keeps_the_later_ones_of_its_ticket(desk: MemoryDesk) -> None:
    first = await desk.submit(desk.write("comment", "fake", "T1", values={"comment": "first"}))
    second = await desk.submit(desk.write("comment", "fake", "T1", values={"comment": "second"}))
    desk.fake.before.append(Unreachable("fake", "no route"))
    waits = await desk.deliver(second.id)
    assert (waits.state, waits.error) == (
        "queued",
        f"it waits behind an earlier comment, {first.id}, which is queued: no route",
    )
    assert desk.fake.ledger == []


async def test_a_dead_processes_write_is_found_by_the_next_to_its_ticket(desk: MemoryDesk) -> None:
    dead = await desk.submit(desk.write("comment", "fake", "T1", values={"comment": "first"}))
    document = {**(desk.memory.get(Table.OUTBOX, dead.id) or {}), "state": "sending", "attempts": 1}
    await desk.memory.transact(lambda transaction: transaction.put(Table.OUTBOX, dead.id, document))
    waits = await desk.send(comment="second")
    assert waits.state == "queued"
    assert f"{dead.id}, which is unconfirmed" in waits.error
    assert desk.fake.ledger == []


async def test_a_write_whose_turn_does_not_come_in_time_says_so(desk: MemoryDesk, tmp_path: Path) -> None:
    desk.fake.hold = asyncio.Event()
    slow = await desk.submit(desk.write("comment", "fake", "T1", values={"comment": "slow"}))
    sending = asyncio.create_task(desk.deliver(slow.id))
    await is_sending(desk)
    hasty = {"fake": Policy(timeout_seconds=0.01)}
    other = MemoryDesk(tmp_path, desk.fake, store=desk.memory, clock=desk.time, policies=hasty)
    waits = await other.send(comment="second")
    assert (waits.state, waits.error) == ("queued", "another process was sending to the same ticket all the while")
    desk.fake.hold.set()
    await sending
    await other.aclose()


async def test_patience_is_capped_when_it_is_kept_and_when_a_wrong_clock_kept_it(desk: MemoryDesk) -> None:
    desk.time.move(86_400)
    desk.fake.before.append(Throttled("fake", "patience", retry_after=86_400))
    await desk.send(comment="hello")
    held = desk.health()[0].retry_at
    assert held == desk.time.now() + timedelta(minutes=15)
    desk.time.move(-86_400)
    waits = await desk.deliver(desk.outbox()[0].id)
    assert (waits.state, waits.error) == ("queued", "the vendor asked for patience until 12:15:00 UTC")
    assert (await desk.sync("fake")).skipped.endswith("until 12:15:00 UTC")
    desk.time.move(899)
    assert (await desk.sync("fake")).skipped
    desk.time.move(1)
    assert (await desk.sync("fake")).sent == 1


async def test_an_unanswered_write_is_in_the_way_until_a_person_is_asked(desk: MemoryDesk) -> None:
    desk.fake.after.append(Unconfirmed("fake", "no answer"))
    await desk.send(comment="first")
    second = await desk.submit(desk.write("comment", "fake", "T1", values={"comment": "second"}))
    assert (await desk.deliver(second.id)).state == "queued"
    other_ticket = await desk.send(number="T2", comment="elsewhere")
    assert other_ticket.state == "done"
    desk.time.move(121)
    await desk.sync("fake")
    assert [body for _, _, body in desk.fake.ledger] == ["first", "elsewhere", "second"]


async def test_two_processes_send_an_entry_once(desk: MemoryDesk, tmp_path: Path) -> None:
    other = MemoryDesk(tmp_path, desk.fake, store=desk.memory, clock=desk.time)
    entry = await desk.submit(desk.write("comment", "fake", "T1", values={"comment": "hello"}))
    states = await asyncio.gather(desk.deliver(entry.id), other.deliver(entry.id))
    assert [item.state for item in states] == ["done", "done"]
    assert len(desk.fake.ledger) == 1
    await other.aclose()


async def test_a_write_does_not_wait_for_another_tickets(desk: MemoryDesk) -> None:
    desk.fake.hold = held = asyncio.Event()
    slow = await desk.submit(desk.write("comment", "fake", "T1", values={"comment": "slow"}))
    sending = asyncio.create_task(desk.deliver(slow.id))
    await is_sending(desk)
    desk.fake.hold = None
    assert (await desk.send(number="T2", comment="quick")).state == "done"
    held.set()
    assert (await sending).state == "done"


async def test_the_engineer_may_retry_or_drop_what_failed(desk: MemoryDesk) -> None:
    desk.fake.before += [Rejected("fake", "no"), Rejected("fake", "no")]
    retried, given_up = await desk.send(comment="one"), await desk.send(comment="two")
    again = await desk.retry(retried.id)
    assert (again.state, (await desk.deliver(again.id)).state) == ("queued", "done")
    dropped = await desk.drop(given_up.id)
    assert (dropped.state, dropped.dropped, desk.outbox()) == ("rejected", True, [])
    with pytest.raises(WrongState):
        await desk.drop(retried.id)
    with pytest.raises(WrongState):
        await desk.retry(retried.id)
    with pytest.raises(NotFound):
        await desk.retry("none")


async def test_one_create_for_each_own_number(desk: MemoryDesk) -> None:
    first = await desk.send("create", number="", client_number="OWN7")
    with pytest.raises(Rejected, match="already belongs to") as refused:
        await desk.send("create", number="", client_number="OWN7")
    assert (first.state, refused.value.field, len(desk.fake.ledger)) == ("done", "client_number", 1)
    desk.fake.after.append(Unconfirmed("fake", "no answer"))
    await desk.send("create", number="", client_number="OWN8")
    with pytest.raises(Rejected, match="already unconfirmed"):
        await desk.send("create", number="", client_number="OWN8")


async def test_a_created_ticket_is_known_by_what_was_sent(desk: MemoryDesk) -> None:
    write = desk.write(
        "create",
        "fake",
        client_number="OWN7",
        ticket_type="request",
        values={"summary": "New disk", "priority": "2 - High"},
    )
    await desk.deliver((await desk.submit(write)).id)
    ticket = desk.ticket(desk.find("fake", "OWN7") or T1)
    assert ticket is not None
    assert (ticket.summary, ticket.priority, ticket.type) == ("New disk", 2, "request")
    assert not any(row.unread for row in desk.rows() if row.key == ticket.key)


async def test_what_is_not_offered_is_refused_before_it_is_kept(tmp_path: Path) -> None:
    desk = MemoryDesk(tmp_path, FakeProvider(declaration=declare(QUEUED - {Operation.CANCEL})))
    with pytest.raises(NotOffered, match="not offered"):
        await desk.submit(desk.write("cancel", "fake", "T1"))
    with pytest.raises(Rejected, match="not offered"):
        await desk.submit(desk.write("juggle", "fake", "T1"))
    assert desk.outbox(settled=True) == []


async def test_read_only_sends_nothing_and_reads_no_queue(tmp_path: Path) -> None:
    desk = MemoryDesk(tmp_path, read_only=True)
    desk.fake.put(message())
    with pytest.raises(Rejected, match="read-only"):
        await desk.submit(desk.write("comment", "fake", "T1"))
    await desk.sync("fake")
    assert (desk.fake.receives, desk.health()[0].consumes) == (0, False)


async def test_a_form_learns_what_has_changed_since_it_was_opened(desk: MemoryDesk) -> None:
    ticket = desk.ticket(T1)
    assert ticket is not None and desk.changes_since(T1, ticket.revision) == []
    desk.fake.put(message(order=2000))
    await desk.sync("fake")
    assert [item.id for item in desk.changes_since(T1, ticket.revision)] == ["m2000"]
    assert desk.waiting_writes(T1) == []


async def test_a_ticket_known_to_two_vendors_is_linked(tmp_path: Path) -> None:
    desk = MemoryDesk(tmp_path, FakeProvider(), FakeProvider(name="other", declaration=declare(LISTED)))
    for name in ("fake", "other"):
        entry = await desk.submit(desk.write("create", name, client_number="OWN7"))
        await desk.deliver(entry.id)
    keys = [desk.find(name, "OWN7") for name in ("fake", "other")]
    assert all(keys)
    assert desk.linked(keys[0] or T1) == [keys[1]]


def test_a_lock_is_named_by_its_ticket(tmp_path: Path) -> None:
    desk = MemoryDesk(tmp_path)
    one, two = desk.write("comment", "fake", "T1"), desk.write("update", "fake", "T1")
    assert lock_name(one) == lock_name(two) != lock_name(desk.write("comment", "fake", "T2"))
