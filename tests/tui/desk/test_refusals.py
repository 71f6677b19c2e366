"""What would say something twice, or of the wrong ticket, is refused and not sent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from providers.base import Operation
from providers.errors import Rejected
from providers.model import Batch
from tests.support.fake_provider import ANSWERED, FakeProvider, declare, message
from tests.support.memory_desk import MemoryDesk


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
