"""What may have been done stays in doubt until something clears it. Judged by the vendor's ledger."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from providers.base import Operation, Settling
from providers.errors import NotAuthorised, Rejected, Unconfirmed, Unreachable, VendorError, WrongState
from providers.model import Batch, Receipt
from tests.support.fake_provider import ANSWERED, FakeProvider, declare, message
from tests.support.memory_desk import NOON, T1, MemoryDesk, desk_with_a_ticket, is_sending
from tui.desk import replay
from tui.desk.entries import OutboxEntry
from tui.desk.ports import Table

MAY_BE_DONE = "an earlier try got no answer and may have been done"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[MemoryDesk]:
    """A desk whose vendor has one ticket."""
    async with desk_with_a_ticket(tmp_path) as desk:
        yield desk


async def unanswered(desk: MemoryDesk, *files: Path) -> OutboxEntry:
    """A comment that the vendor has and did not answer."""
    desk.fake.after.append(Unconfirmed("fake", "no answer"))
    entry = await desk.submit(desk.write("comment", "fake", "T1", values={"comment": "hello"}, files=files))
    return await desk.deliver(entry.id)


async def tried_again(desk: MemoryDesk, entry: OutboxEntry) -> OutboxEntry:
    """The entry after the engineer's retry, a minute later."""
    desk.time.move(60)
    await desk.retry(entry.id)
    return await desk.deliver(entry.id)


@pytest.mark.parametrize("refusal", [NotAuthorised("fake", "the key is not accepted"), Rejected("fake", "too late")])
async def test_a_retry_that_is_refused_leaves_the_first_try_in_doubt(desk: MemoryDesk, refusal: VendorError) -> None:
    entry = await unanswered(desk)
    desk.fake.before.append(refusal)
    again = await tried_again(desk, entry)
    assert (again.state, again.error_type, again.needs_engineer) == ("unconfirmed", "Unconfirmed", True)
    assert refusal.message in again.error and MAY_BE_DONE in again.error
    assert desk.fake.ledger == [("comment", "T1", "hello")], "the first try was done"


async def test_what_is_in_doubt_is_looked_for_by_when_it_was_sent(desk: MemoryDesk) -> None:
    entry = await unanswered(desk)
    desk.fake.before.append(Rejected("fake", "too late"))
    again = await tried_again(desk, entry)
    assert (again.sent_at, again.write.sent_at) == (NOON, NOON)
    desk.fake.found = lambda write: Receipt(number="T1") if write.sent_at == NOON else None
    await desk.sync("fake")
    assert [item.state for item in desk.outbox(settled=True)] == ["done"]
    assert len(desk.fake.ledger) == 1


async def test_what_is_in_doubt_is_not_sent_again_by_itself(desk: MemoryDesk) -> None:
    entry = await unanswered(desk)
    desk.fake.before.append(Rejected("fake", "too late"))
    await tried_again(desk, entry)
    for _ in range(3):
        desk.time.move(timedelta(minutes=5).total_seconds())
        await desk.sync("fake")
    assert [item.state for item in desk.outbox()] == ["unconfirmed"]
    assert len(desk.fake.ledger) == 1


async def test_a_retry_whose_file_is_gone_is_no_attempt(desk: MemoryDesk, tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    log.write_text("hello")
    entry = await unanswered(desk, log)
    log.unlink()
    again = await tried_again(desk, entry)
    assert (again.state, again.attempts, again.sent_at) == ("unconfirmed", len(desk.fake.ledger), NOON)
    assert "cannot be read" in again.error and MAY_BE_DONE in again.error


async def test_a_first_try_whose_file_is_gone_is_rejected_and_no_attempt(desk: MemoryDesk, tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    log.write_text("hello")
    write = desk.write("comment", "fake", "T1", values={"comment": "hello"}, files=[log])
    entry = await desk.submit(write)
    log.unlink()
    refused = await desk.deliver(entry.id)
    assert (refused.state, refused.attempts, refused.sent_at) == ("rejected", 0, None)
    assert desk.fake.ledger == []


async def test_what_waits_to_be_sent_again_and_is_dropped_may_have_been_done(desk: MemoryDesk) -> None:
    entry = await unanswered(desk)
    desk.fake.before.append(Unreachable("fake", "no route"))
    assert (await tried_again(desk, entry)).state == "queued"
    assert "may have been done" in (await desk.drop(entry.id)).note


async def test_a_write_of_a_provider_that_is_no_longer_configured_says_so(desk: MemoryDesk, tmp_path: Path) -> None:
    entry = await unanswered(desk)
    other = MemoryDesk(tmp_path, store=desk.memory, clock=desk.time)
    del other._context.providers["fake"]  # type: ignore[attr-defined]  # the mapping is a dict
    with pytest.raises(Rejected, match="the config names no such provider"):
        await other.retry(entry.id)
    with pytest.raises(Rejected, match="the config names no such provider"):
        await other.edit(entry.id, {"comment": "other"})
    assert [item.state for item in other.outbox()] == ["unconfirmed"]
    assert (await other.drop(entry.id)).dropped


# Links whose number travels with the answers to the ticket's messages.


@pytest.fixture
async def linking(tmp_path: Path) -> AsyncIterator[MemoryDesk]:
    """A desk whose vendor waits for our number with three messages of a ticket."""
    declaration = declare(
        ANSWERED - {Operation.LIST},
        link_by_acknowledging=True,
        settling={"acknowledge": Settling(by="nothing", fallback="send_again")},
    )
    desk = MemoryDesk(tmp_path, FakeProvider(declaration=declaration))
    held = tuple(message("T1", order, awaits_number=True) for order in (1000, 2000, 3000))
    desk.fake.batches.append(Batch(messages=held))
    await desk.sync("fake")
    yield desk
    await desk.aclose()


async def linked(desk: MemoryDesk, own: str = "OWN1") -> OutboxEntry:
    """A link, delivered as far as it went."""
    link = await desk.submit(desk.write("link", "fake", "T1", client_number=own))
    return await desk.deliver(link.id)


def statuses(desk: MemoryDesk) -> list[str]:
    """How the three messages stand."""
    return [desk.entry(name).status for name in ("m1000", "m2000", "m3000")]


async def polled(desk: MemoryDesk) -> None:
    """Several polls, long after."""
    for _ in range(3):
        desk.time.move(130)
        await desk.sync("fake")


def is_replayed(desk: MemoryDesk) -> bool:
    """Whether the ticket is what its entries make of it."""
    return replay.replay(desk.store, T1, list(desk.store.keys(Table.INBOX))) == desk.ticket(T1)


async def test_a_dropped_link_of_which_nothing_left_is_as_if_it_had_not_been(linking: MemoryDesk) -> None:
    linking.fake.before += [Unreachable("fake", "no route")] * 2
    link = await linked(linking)
    assert link.state == "queued"
    dropped = await linking.drop(link.id)
    assert "3 messages are held again. OWN1 is taken back" in dropped.note
    await polled(linking)
    ticket = linking.ticket(T1)
    assert ticket is not None and (ticket.client_number, ticket.former_client_numbers) == ("", ())
    assert (statuses(linking), linking.fake.ledger, linking.outbox()) == (["held"] * 3, [], [])
    assert is_replayed(linking) and linking.find("fake", "OWN1") is None
    assert (await linked(linking, "OWN2")).state == "done"
    assert statuses(linking) == ["acknowledged"] * 3
    assert linking.find("fake", "OWN2") == T1 and is_replayed(linking)


async def test_what_of_a_dropped_link_may_have_left_is_put_to_the_engineer_and_the_rest_stays(
    linking: MemoryDesk,
) -> None:
    linking.fake.before.append(Unconfirmed("fake", "no answer"))
    link = await linked(linking)
    dropped = await linking.drop(link.id)
    assert "2 messages are held again. The vendor may have been told OWN1" in dropped.note
    await polled(linking)
    [answer] = linking.outbox()
    assert (answer.state, answer.needs_engineer, linking.fake.ledger) == ("unconfirmed", True, [])
    assert "may have been told OWN1" in answer.error
    assert statuses(linking) == ["new", "held", "held"]
    assert linking.find("fake", "OWN1") == T1
    with pytest.raises(Unconfirmed):
        await linked(linking, "OWN2")


async def test_a_later_message_of_a_dropped_link_that_may_have_left_is_held_too(linking: MemoryDesk) -> None:
    linking.fake.before.append(Unconfirmed("fake", "no answer"))
    await linking.drop((await linked(linking)).id)
    linking.fake.batches.append(Batch(messages=(message("T1", 4000, awaits_number=True),)))
    await polled(linking)
    assert (linking.entry("m4000").status, linking.fake.ledger) == ("held", [])


async def test_a_dropped_link_that_may_have_left_is_linked_again_with_its_number(linking: MemoryDesk) -> None:
    linking.fake.before.append(Unconfirmed("fake", "no answer"))
    link = await linked(linking)
    await linking.drop(link.id)
    with pytest.raises(WrongState, match="wait for another"):
        await linking.retry(link.id)
    [answer] = linking.outbox()
    await linking.retry(answer.id)
    assert (await linking.deliver(answer.id)).state == "done"
    assert linking.fake.ledger == [("acknowledge", "T1", "m1000")]
    assert (await linked(linking)).state == "done"
    assert [body for _, _, body in linking.fake.ledger] == ["m1000", "m2000", "m3000"]


async def test_a_link_dropped_after_its_first_answer_keeps_its_number_and_sends_no_more(linking: MemoryDesk) -> None:
    link = await linking.submit(linking.write("link", "fake", "T1", client_number="OWN1"))
    [first, *_] = link.answers
    await linking.deliver(first)
    await linking.drop(link.id)
    await polled(linking)
    assert linking.fake.ledger == [("acknowledge", "T1", "m1000")]
    assert statuses(linking) == ["acknowledged", "held", "held"]
    assert linking.find("fake", "OWN1") == T1


@pytest.mark.parametrize(
    ("ends", "state", "own"),
    [(Unreachable("fake", "no route"), "held", ""), (Unconfirmed("fake", "no answer"), "new", "OWN1")],
)
async def test_an_answer_under_way_when_its_link_is_dropped_is_not_repeated(
    linking: MemoryDesk, ends: VendorError, state: str, own: str
) -> None:
    link = await linking.submit(linking.write("link", "fake", "T1", client_number="OWN1"))
    linking.fake.hold = asyncio.Event()
    delivering = asyncio.create_task(linking.deliver(link.id))
    await is_sending(linking)
    await linking.drop(link.id)
    linking.fake.before.append(ends)
    linking.fake.hold.set()
    assert (await delivering).dropped
    await polled(linking)
    ticket = linking.ticket(T1)
    assert ticket is not None and ticket.client_number == own
    assert (statuses(linking), linking.fake.ledger) == ([state, "held", "held"], [])
    assert is_replayed(linking)


async def test_a_dropped_link_takes_nothing_from_the_one_that_took_its_place(linking: MemoryDesk) -> None:
    linking.fake.before += [Rejected("fake", "not now"), Unreachable("fake", "no route")]
    refused = await linked(linking)
    assert refused.state == "rejected"
    link = await linking.submit(linking.write("link", "fake", "T1", client_number="OWN1"))
    assert link.id in (await linking.drop(refused.id)).note
    assert (await linking.deliver(link.id)).state == "done"
    assert [body for _, _, body in linking.fake.ledger] == ["m2000", "m3000"]
    assert linking.find("fake", "OWN1") == T1


async def test_a_link_whose_answers_are_on_their_way_is_not_corrected(linking: MemoryDesk) -> None:
    link = await linking.submit(linking.write("link", "fake", "T1", client_number="OWN1"))
    with pytest.raises(WrongState, match="cannot be changed"):
        await linking.edit(link.id, {"client_number": "OWN2"})
    assert [item.state for item in linking.outbox()] == ["queued"] * 4


async def test_a_message_whose_answer_was_dropped_is_answered_with_the_next_link(linking: MemoryDesk) -> None:
    linking.fake.before.append(Unconfirmed("fake", "no answer"))
    await linking.drop((await linked(linking)).id)
    [answer] = linking.outbox()
    await linking.drop(answer.id)
    await polled(linking)
    assert linking.fake.ledger == []
    assert (await linked(linking, "OWN2")).state == "done"
    assert [body for _, _, body in linking.fake.ledger] == ["m1000", "m2000", "m3000"]
    assert statuses(linking) == ["acknowledged"] * 3
