"""What would say something twice, or of the wrong ticket, is refused and not sent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from providers.base import Operation
from providers.errors import Rejected, Unconfirmed, WrongState
from providers.model import Batch, Patch
from tests.support.fake_provider import ANSWERED, FakeProvider, declare, message
from tests.support.memory_desk import T1, MemoryDesk


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[MemoryDesk]:
    """A desk with two tickets of a vendor that takes links by a request of their own."""
    desk = MemoryDesk(tmp_path)
    desk.fake.put(message("T1", 1000), message("T2", 2000))
    await desk.sync("fake")
    yield desk
    await desk.aclose()


@pytest.fixture
async def answering(tmp_path: Path) -> AsyncIterator[MemoryDesk]:
    """A desk with two tickets of a vendor that takes our number with the answers to its messages."""
    declaration = declare(ANSWERED - {Operation.LIST}, link_by_acknowledging=True)
    desk = MemoryDesk(tmp_path, FakeProvider(declaration=declaration))
    held = (message("T1", 1000, awaits_number=True), message("T2", 2000, awaits_number=True))
    desk.fake.batches.append(Batch(messages=held))
    await desk.sync("fake")
    yield desk
    await desk.aclose()


async def link(desk: MemoryDesk, number: str, own: str) -> str:
    """Link, and deliver; the note it ends with."""
    entry = await desk.submit(desk.write("link", "fake", number, client_number=own))
    return (await desk.deliver(entry.id)).note


async def test_a_number_of_another_ticket_is_not_linked(desk: MemoryDesk) -> None:
    await link(desk, "T1", "OWN1")
    with pytest.raises(Rejected, match="our number OWN1 already belongs to T1") as refused:
        await link(desk, "T2", "OWN1")
    assert refused.value.field == "client_number"
    assert desk.fake.ledger == [("link", "T1", "OWN1")]


async def test_a_number_on_its_way_to_another_ticket_is_not_linked(desk: MemoryDesk) -> None:
    await desk.submit(desk.write("link", "fake", "T1", client_number="OWN1"))
    with pytest.raises(Rejected, match="being linked to T1"):
        await link(desk, "T2", "OWN1")


async def test_a_number_of_another_ticket_does_not_go_along_with_answers(answering: MemoryDesk) -> None:
    await link(answering, "T1", "OWN1")
    with pytest.raises(Rejected, match="already belongs to T1"):
        await link(answering, "T2", "OWN1")
    assert answering.fake.ledger == [("acknowledge", "T1", "m1000")]
    assert answering.entry("m2000").status == "held"


async def test_a_link_may_be_changed_where_it_has_a_request_of_its_own(desk: MemoryDesk) -> None:
    await link(desk, "T1", "OWN1")
    await link(desk, "T1", "OWN2")
    assert [own for _, _, own in desk.fake.ledger] == ["OWN1", "OWN2"]


async def test_linking_the_same_number_again_sends_nothing(answering: MemoryDesk) -> None:
    await link(answering, "T1", "OWN1")
    before = answering.ticket(T1)
    assert "linked already as OWN1" in await link(answering, "T1", "OWN1")
    assert answering.fake.ledger == [("acknowledge", "T1", "m1000")]
    assert answering.ticket(T1) == before


async def test_a_number_the_vendor_was_told_is_not_replaced(answering: MemoryDesk) -> None:
    await link(answering, "T1", "OWN1")
    with pytest.raises(WrongState, match="already linked as OWN1"):
        await link(answering, "T1", "OWN2")
    assert answering.find("fake", "OWN1") is not None
    assert answering.fake.ledger == [("acknowledge", "T1", "m1000")]


async def test_a_link_that_is_not_confirmed_is_not_said_to_be_done_nor_told(answering: MemoryDesk) -> None:
    answering.fake.after.append(Unconfirmed("fake", "no answer"))
    first = await answering.submit(answering.write("link", "fake", "T1", client_number="OWN1"))
    assert (await answering.deliver(first.id)).state == "queued"
    write = answering.write("link", "fake", "T1", client_number="OWN1")
    assert "not known yet" in answering.preview(write).warnings[0]
    again = await answering.deliver((await answering.submit(write)).id)
    assert (again.id, again.state, again.error_type) == (first.id, "queued", "Unconfirmed")
    with pytest.raises(Unconfirmed, match="not known yet whether the vendor has been told"):
        await link(answering, "T1", "OWN2")
    assert answering.fake.ledger == [("acknowledge", "T1", "m1000")]


async def test_a_link_again_waits_for_the_answers_that_are_on_their_way_by_themselves(answering: MemoryDesk) -> None:
    await link(answering, "T1", "OWN1")
    answering.fake.after.append(Unconfirmed("fake", "no answer"))
    answering.fake.batches.append(Batch(messages=(message("T1", 4000, awaits_number=True),)))
    await answering.sync("fake")
    again = await answering.submit(answering.write("link", "fake", "T1", client_number="OWN1"))
    assert ((await answering.deliver(again.id)).state, again.note) == ("queued", "")


async def test_a_number_the_vendor_named_itself_is_not_replaced(answering: MemoryDesk) -> None:
    said = message("T3", 3000, client_number="OWN3", patch=Patch(number="T3", set={"client_number": "OWN3"}))
    answering.fake.batches.append(Batch(messages=(said,)))
    await answering.sync("fake")
    with pytest.raises(WrongState, match="already linked as OWN3"):
        await link(answering, "T3", "OWN4")


async def test_a_number_that_was_only_kept_here_may_be_replaced(answering: MemoryDesk) -> None:
    await answering.send("acknowledge", message_id="m1000", reason="not ours")
    assert "Kept here" in await link(answering, "T1", "OWN1")
    assert "Kept here" in await link(answering, "T1", "OWN2")
    answering.fake.batches.append(Batch(messages=(message("T1", 4000, awaits_number=True),)))
    await answering.sync("fake")
    assert answering.fake.ledger[-1] == ("acknowledge", "T1", "m4000")
    with pytest.raises(WrongState, match="already linked as OWN2"):
        await link(answering, "T1", "OWN1")


async def test_a_message_is_answered_once(answering: MemoryDesk) -> None:
    await answering.send("acknowledge", message_id="m1000", reason="not ours")
    with pytest.raises(WrongState, match="m1000 is already answered: Failure"):
        await answering.send("acknowledge", message_id="m1000", reason="still not ours")
    await link(answering, "T2", "OWN2")
    with pytest.raises(WrongState, match="m2000 is already answered: Success"):
        await answering.send("acknowledge", number="T2", message_id="m2000", reason="not ours")
    assert [said for _, _, said in answering.fake.ledger] == ["m1000", "m2000"]


async def test_an_answer_that_is_on_its_way_is_an_answer(answering: MemoryDesk) -> None:
    await answering.submit(
        answering.write("acknowledge", "fake", "T1", values={"message_id": "m1000", "reason": "not ours"})
    )
    with pytest.raises(WrongState, match="already queued"):
        await answering.send("acknowledge", message_id="m1000", reason="not ours")


async def test_an_answer_that_was_refused_may_be_given_again(answering: MemoryDesk) -> None:
    answering.fake.before.append(Rejected("fake", "the reason is too short"))
    await answering.send("acknowledge", message_id="m1000", reason="no")
    entry = await answering.send("acknowledge", message_id="m1000", reason="not ours at all")
    assert entry.state == "done"


async def test_an_old_link_is_not_sent_again_once_its_number_is_another_tickets(desk: MemoryDesk) -> None:
    desk.fake.before.append(Rejected("fake", "not now"))
    old = await desk.submit(desk.write("link", "fake", "T1", client_number="OWN1"))
    assert (await desk.deliver(old.id)).state == "rejected"
    await link(desk, "T2", "OWN1")
    with pytest.raises(Rejected) as first:
        await link(desk, "T1", "OWN1")
    with pytest.raises(Rejected, match="our number OWN1 already belongs to T2") as again:
        await desk.retry(old.id)
    assert str(again.value) == str(first.value)
    await desk.sync("fake")
    assert desk.fake.ledger == [("link", "T2", "OWN1")]
    assert [entry.state for entry in desk.outbox()] == ["rejected"]


async def test_an_old_link_is_sent_again_while_its_number_is_free(desk: MemoryDesk) -> None:
    desk.fake.before.append(Rejected("fake", "not now"))
    old = await desk.submit(desk.write("link", "fake", "T1", client_number="OWN1"))
    await desk.deliver(old.id)
    await desk.retry(old.id)
    assert (await desk.deliver(old.id)).state == "done"
    assert desk.fake.ledger == [("link", "T1", "OWN1")]


async def test_an_old_link_by_answering_leaves_its_answers_alone_once_refused(answering: MemoryDesk) -> None:
    answering.fake.before.append(Rejected("fake", "not now"))
    old = await answering.submit(answering.write("link", "fake", "T1", client_number="OWN1"))
    assert (await answering.deliver(old.id)).state == "rejected"
    said = message("T2", 5000, patch=Patch(number="T2", set={"client_number": "OWN1"}))
    answering.fake.batches.append(Batch(messages=(said,)))
    await answering.sync("fake")
    before = {entry.id: entry.state for entry in answering.outbox(settled=True)}
    sent = list(answering.fake.ledger)
    with pytest.raises(Rejected, match="our number OWN1 already belongs to T2"):
        await answering.retry(old.id)
    assert {entry.id: entry.state for entry in answering.outbox(settled=True)} == before
    await answering.sync("fake")
    assert [item for item in answering.fake.ledger if item not in sent] == []


async def test_a_link_by_answering_is_sent_again_with_its_answers(answering: MemoryDesk) -> None:
    answering.fake.before.append(Rejected("fake", "not now"))
    old = await answering.submit(answering.write("link", "fake", "T1", client_number="OWN1"))
    assert (await answering.deliver(old.id)).state == "rejected"
    await answering.retry(old.id)
    assert (await answering.deliver(old.id)).state == "done"
    assert answering.fake.ledger == [("acknowledge", "T1", "m1000")]


async def test_a_create_is_not_sent_again_once_its_ticket_is_there(desk: MemoryDesk) -> None:
    desk.fake.after.append(Unconfirmed("fake", "no answer"))
    entry = await desk.send("create", number="", client_number="OWN7")
    assert entry.state == "unconfirmed"
    desk.fake.put(message("T7", 7000, patch=Patch(number="T7", set={"client_number": "OWN7"})))
    await desk.sync("fake")
    with pytest.raises(Rejected, match="our number OWN7 already belongs to T7"):
        await desk.retry(entry.id)
    assert len(desk.fake.ledger) == 1


async def test_nothing_is_sent_again_where_nothing_may_be_sent(tmp_path: Path, desk: MemoryDesk) -> None:
    desk.fake.before.append(Rejected("fake", "no"))
    entry = await desk.send(comment="hello")
    other = MemoryDesk(tmp_path, desk.fake, store=desk.memory, read_only=True)
    with pytest.raises(Rejected, match="read-only here"):
        await other.retry(entry.id)
    assert (desk.fake.ledger, [item.state for item in desk.outbox()]) == ([], ["rejected"])
