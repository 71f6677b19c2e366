"""What a queue hands out: stored first, applied once, released with the newest handle."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from providers.base import Operation
from providers.errors import TimedOut
from providers.model import Batch, Message, Patch, TicketKey
from tests.support.fake_provider import ANSWERED, FakeProvider, declare, message
from tests.support.memory_desk import NOON, T1, MemoryDesk
from tui.desk import delivery
from tui.desk.ports import StoreFault


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[MemoryDesk]:
    """A desk over one vendor with a queue."""
    desk = MemoryDesk(tmp_path)
    yield desk
    await desk.aclose()


async def test_a_message_is_stored_before_it_is_released(desk: MemoryDesk) -> None:
    desk.fake.put(message())
    desk.memory.fault = "the disk is full"
    with pytest.raises(StoreFault):
        await desk.sync("fake")
    assert desk.fake.released == []
    desk.memory.fault = ""
    desk.fake.reappear()
    await desk.sync("fake")
    assert desk.fake.released == ["m1000"]


async def test_messages_of_a_group_are_applied_in_their_order(desk: MemoryDesk) -> None:
    desk.fake.batches.append(Batch(messages=(message(order=2000), message(order=1000)), more=False))
    await desk.sync("fake")
    ticket = desk.ticket(T1)
    assert ticket is not None and ticket.summary == "said at 2000"
    assert desk.entry("m1000").revision == 1


async def test_a_message_is_known_by_its_id_not_by_its_handle(desk: MemoryDesk) -> None:
    desk.fake.redelivers = True
    desk.fake.put(message())
    await desk.sync("fake")
    desk.fake.reappear()
    await desk.sync("fake")
    entry = desk.entry("m1000")
    assert desk.fake.released == ["m1000", "m1000"]
    assert (entry.reads, entry.revision, entry.status, len(desk.messages(settled=True))) == (2, 1, "acknowledged", 1)


async def test_what_cannot_be_read_is_parked_and_released_and_its_neighbours_go_on(desk: MemoryDesk) -> None:
    poison = replace(message(order=1000), patch=None, problem="no JSON", raw="\x00{{")
    desk.fake.put(poison, message(order=2000))
    report = await desk.sync("fake")
    entry = desk.entry("m1000")
    assert (entry.status, entry.message and entry.message.raw) == ("parked", "\x00{{")
    assert (report.parked, report.applied, desk.fake.released) == (1, 1, ["m1000", "m2000"])
    assert entry in desk.messages()


async def test_of_an_unreadable_message_all_is_kept_that_a_message_can_be(desk: MemoryDesk) -> None:
    whole, endless = "é" * delivery.WHOLE, "é" * (delivery.WHOLE + 1)
    for order, raw in ((1000, whole), (2000, endless)):
        desk.fake.put(replace(message(order=order), patch=None, problem="no JSON", raw=raw))
    desk.fake.put(message(order=3000, raw=endless))
    await desk.sync("fake")
    kept, cut, read = (desk.entry(name).message for name in ("m1000", "m2000", "m3000"))
    assert kept is not None and cut is not None and read is not None
    assert (kept.raw, kept.problem) == (whole, "no JSON")
    assert cut.raw == whole
    digest = hashlib.sha256(endless.encode()).hexdigest()
    said = f"of its {2 * len(endless):,} bytes the first {len(whole):,} characters are kept; SHA-256 {digest}"
    assert cut.problem == f"no JSON ({said})"
    assert read.raw == endless
    assert desk.fake.released == ["m1000", "m2000", "m3000"]


async def test_a_message_that_names_no_ticket_is_parked(desk: MemoryDesk) -> None:
    nameless = replace(message(), number="", patch=Patch(number=""))
    desk.fake.put(nameless)
    await desk.sync("fake")
    entry = desk.entry("m1000")
    assert entry.status == "parked" and entry.message is not None and "names no ticket" in entry.message.problem


@pytest.mark.parametrize("odd", [{"set": {"due_at": "soon"}}, {"comments": (None,)}, {"vendor": {"x": object()}}])
async def test_a_patch_that_no_ticket_can_take_is_parked(desk: MemoryDesk, odd: dict[str, Any]) -> None:
    unusable = message(order=1000, patch=Patch(number="T1", **odd))
    desk.fake.put(unusable, message(order=2000))
    await desk.sync("fake")
    assert (desk.entry("m1000").status, desk.entry("m2000").status) == ("parked", "acknowledged")


async def test_what_is_out_of_scope_is_stored_released_and_hidden(desk: MemoryDesk) -> None:
    desk.fake.put(replace(message(), ignored=True))
    await desk.sync("fake")
    assert (desk.messages(), desk.rows(), desk.fake.released) == ([], [], ["m1000"])
    assert [entry.id for entry in desk.messages(settled=True)] == ["m1000"]


async def test_an_expired_handle_waits_for_the_next_delivery_and_blocks_its_group(desk: MemoryDesk) -> None:
    desk.fake.batches.append(Batch(messages=(message(order=1000, handle="old"), message(order=2000, handle="old2"))))
    await desk.sync("fake")
    assert [desk.entry(name).status for name in ("m1000", "m2000")] == ["new", "blocked"]
    assert "T1" in desk.health()[0].warning
    desk.fake.put(message(order=1000), message(order=2000))
    await desk.sync("fake")
    assert desk.fake.released == ["m1000", "m2000"]
    assert [desk.entry(name).status for name in ("m1000", "m2000")] == ["acknowledged", "acknowledged"]
    assert [desk.entry(name).revision for name in ("m1000", "m2000")] == [1, 2]
    assert desk.health()[0].warning == ""


async def test_a_refused_handle_whose_message_never_comes_again_was_released(desk: MemoryDesk) -> None:
    desk.fake.batches.append(Batch(messages=(message(handle="old"),)))
    for seconds in (0, 60, 59):
        desk.time.move(seconds)
        await desk.sync("fake")
        assert not desk.entry("m1000").released
    desk.time.move(60)
    await desk.sync("fake")
    assert (desk.entry("m1000").released, desk.entry("m1000").status) == (True, "acknowledged")


async def test_a_failed_release_is_tried_again_and_stops_only_its_group(desk: MemoryDesk) -> None:
    desk.fake.put(message("T1", 1000), message("T2", 2000))
    desk.fake.release_fails.append(TimedOut("fake", "no answer"))
    report = await desk.sync("fake")
    assert (report.error_type, len(desk.fake.released)) == ("TimedOut", 1)
    await desk.sync("fake")
    assert sorted(desk.fake.released) == ["m1000", "m2000"]


async def test_a_dead_process_leaves_its_stored_messages_to_the_next(tmp_path: Path) -> None:
    desk = MemoryDesk(tmp_path)
    desk.fake.put(message())
    desk.fake.release_fails.append(TimedOut("fake", "the process died here"))
    await desk.sync("fake")
    desk.fake.receive_fails.append(TimedOut("fake", "nothing more is received"))
    later = MemoryDesk(tmp_path, desk.fake, store=desk.memory)
    await later.sync("fake")
    assert desk.fake.released == ["m1000"]
    assert later.entry("m1000").revision == 1
    await later.aclose()


@pytest.mark.parametrize(
    ("count", "sent_ago", "words"),
    [
        (15, 0, "15 times of 20"),
        (3, 0, "another reader"),
        (1, 7200, "120 minutes"),
        (1, 0, ""),
    ],
)
async def test_deliveries_give_reason_to_warn(desk: MemoryDesk, count: int, sent_ago: int, words: str) -> None:
    came = message(receive_count=count, sent_at=NOON - timedelta(seconds=sent_ago))
    desk.fake.batches.append(Batch(messages=(came,)))
    await desk.sync("fake")
    warning = desk.entry("m1000").warning
    assert words in warning and bool(warning) == bool(words)
    assert words in desk.health()[0].warning
    desk.time.move(3601)
    assert desk.health()[0].warning == ""


async def test_a_count_that_grows_faster_than_we_read_is_another_reader(desk: MemoryDesk) -> None:
    for count in (1, 2, 4):
        desk.fake.batches.append(Batch(messages=(message(receive_count=count),)))
        await desk.sync("fake")
    assert "another reader" in desk.entry("m1000").warning


async def test_a_message_makes_its_ticket_unread_until_it_is_handled(desk: MemoryDesk) -> None:
    desk.fake.put(message(order=1000), message(order=2000))
    await desk.sync("fake")
    assert [row.unread for row in desk.rows()] == [True]
    await desk.handle_message("fake", "m1000")
    assert [row.unread for row in desk.rows()] == [True]
    await desk.handle_message("fake", "m2000")
    assert ([row.unread for row in desk.rows()], desk.messages()) == ([False], [])


async def test_a_message_that_shows_our_write_is_no_news(desk: MemoryDesk) -> None:
    desk.fake.put(message(order=1000))
    await desk.sync("fake")
    await desk.mark([T1], "handled")
    sent = await desk.send(comment="hello")
    desk.fake.confirmed_by = lambda write, came: write.id == sent.id
    desk.fake.put(message(order=2000), message(order=3000))
    await desk.sync("fake")
    assert [entry.own_write for entry in (desk.entry("m2000"), desk.entry("m3000"))] == [sent.id, ""]
    assert [entry.id for entry in desk.messages()] == ["m3000"]


async def test_a_resolved_ticket_taken_up_again_needs_us(desk: MemoryDesk) -> None:
    for order, state in ((1000, "resolved"), (2000, "open")):
        desk.fake.put(message(order=order, patch=Patch(number="T1", set={"state": state})))
    await desk.sync("fake")
    assert [row.awaiting_us for row in desk.rows()] == [True]
    await desk.mark([T1], "handled")
    assert [row.awaiting_us for row in desk.rows()] == [False]


# Vendors whose acknowledgement is a business answer.


@pytest.fixture
async def answering(tmp_path: Path) -> AsyncIterator[MemoryDesk]:
    """A desk over a vendor that wants answers, and hands a message out until it has one."""
    declaration = declare(ANSWERED - {Operation.LIST}, link_by_acknowledging=True)
    desk = MemoryDesk(tmp_path, FakeProvider(declaration=declaration))
    yield desk
    await desk.aclose()


def numbered(order: int, own: str = "OWN1") -> Message:
    """A message of a ticket with a number of ours."""
    return message(order=order, client_number=own, patch=Patch(number="T1", set={"client_number": own}))


async def test_what_is_applied_and_carries_our_number_is_answered_by_itself(answering: MemoryDesk) -> None:
    answering.fake.batches.append(Batch(messages=(numbered(1000), numbered(2000))))
    report = await answering.sync("fake")
    assert answering.fake.ledger == [("acknowledge", "T1", "m1000"), ("acknowledge", "T1", "m2000")]
    assert report.acknowledged == 2
    assert {entry.status for entry in answering.messages()} == {"acknowledged"}
    assert answering.outbox(settled=True) == []


async def test_messages_without_our_number_are_held_and_linking_answers_them_in_order(answering: MemoryDesk) -> None:
    held = [message(order=order, awaits_number=True) for order in (2000, 1000, 3000)]
    answering.fake.batches.append(Batch(messages=tuple(held)))
    report = await answering.sync("fake")
    assert (report.held, answering.fake.ledger, answering.rows()[0].held) == (3, [], True)
    health = answering.health()[0]
    assert (health.queue_depth, health.queue_age) == (3, None), "they wait for us, not for the queue"
    entry = await answering.submit(answering.write("link", "fake", "T1", client_number="OWN1"))
    entry = await answering.deliver(entry.id)
    assert entry.state == "done"
    assert [body for _, _, body in answering.fake.ledger] == ["m1000", "m2000", "m3000"]
    assert answering.find("fake", "OWN1") == T1
    assert not answering.rows()[0].held


async def test_the_link_is_as_good_as_its_answers(answering: MemoryDesk) -> None:
    answering.fake.batches.append(Batch(messages=(message(awaits_number=True),)))
    await answering.sync("fake")
    answering.fake.before.append(TimedOut("fake", "no answer"))
    entry = await answering.submit(answering.write("link", "fake", "T1", client_number="OWN1"))
    entry = await answering.deliver(entry.id)
    assert (entry.state, entry.error_type) == ("queued", "Unconfirmed")


async def test_failure_is_answered_on_demand(answering: MemoryDesk) -> None:
    answering.fake.batches.append(Batch(messages=(message(awaits_number=True),)))
    await answering.sync("fake")
    entry = await answering.send("acknowledge", message_id="m1000", reason="not ours")
    assert (entry.state, entry.write.values["status"]) == ("done", "Failure")
    assert (answering.entry("m1000").status, answering.entry("m1000").handled) == ("failed", True)


async def test_a_held_message_that_comes_again_changes_nothing(answering: MemoryDesk) -> None:
    for _ in range(3):
        answering.fake.batches.append(Batch(messages=(message(awaits_number=True),), more=True))
        await answering.sync("fake")
    before = answering.memory.get_all()
    answering.fake.batches.append(Batch(messages=(message(awaits_number=True),), more=True))
    await answering.sync("fake")
    assert answering.memory.get_all() == before
    assert answering.entry("m1000").status == "held"


async def test_messages_are_found_by_ticket_and_by_either_number(answering: MemoryDesk) -> None:
    answering.fake.batches.append(Batch(messages=(numbered(1000, "OWN1"), numbered(2000, "OWN2"))))
    await answering.sync("fake")
    assert answering.find("fake", "OWN2") == answering.find("fake", "OWN1") == T1
    assert answering.find("fake", "OWN3") is None
    assert answering.find("other", "OWN2") is None
    assert [text for _, text in answering.raw(T1)] == ["raw", "raw"]
    assert answering.raw(TicketKey("fake", "T2")) == []
