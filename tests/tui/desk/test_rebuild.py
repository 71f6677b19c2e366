"""Tickets made again from their entries after the store lost them."""

from __future__ import annotations

from pathlib import Path

from providers.model import Patch
from tests.support.fake_provider import message
from tests.support.memory_desk import T1, MemoryDesk
from tui.desk.ports import Document, Table, Transaction, key_of
from tui.desk.rebuild import Rebuilt, rebuild

PLACE = key_of(T1.provider, T1.number)


async def told(tmp_path: Path) -> MemoryDesk:
    """A desk that knows one ticket by three messages."""
    desk = MemoryDesk(tmp_path)
    for order, state in ((1000, "open"), (2000, "pending"), (3000, "resolved")):
        desk.fake.put(message(order=order, patch=Patch(number="T1", set={"state": state, "client_number": "INC1"})))
        await desk.sync("fake")
    return desk


async def lose(desk: MemoryDesk, *lost: tuple[Table, str]) -> dict[Table, Document | None]:
    """Take these documents away; the ticket's own as they were."""
    tables = (Table.TICKETS, Table.LINKS, Table.MARKS)
    before = {table: desk.memory.get(table, PLACE) for table in tables}

    def work(transaction: Transaction) -> None:
        for table, key in lost:
            transaction.delete(table, key)

    await desk.memory.transact(work)
    return before


def now(desk: MemoryDesk) -> dict[Table, Document | None]:
    """The ticket's own documents."""
    return {table: desk.memory.get(table, PLACE) for table in (Table.TICKETS, Table.LINKS, Table.MARKS)}


async def test_a_lost_ticket_comes_back_byte_for_byte_with_its_numbers_and_its_mark(tmp_path: Path) -> None:
    desk = await told(tmp_path)
    before = await lose(desk, (Table.TICKETS, PLACE), (Table.LINKS, PLACE), (Table.MARKS, PLACE))
    assert await desk.memory.transact(rebuild) == Rebuilt(whole=[T1])
    after = now(desk)
    assert [after[table] for table in (Table.TICKETS, Table.LINKS)] == [
        before[table] for table in (Table.TICKETS, Table.LINKS)
    ]
    assert desk.rows()[0].unread
    await desk.aclose()


async def test_a_ticket_that_is_older_than_its_entries_is_brought_up_to_them(tmp_path: Path) -> None:
    desk = MemoryDesk(tmp_path)
    desk.fake.put(message(order=1000, patch=Patch(number="T1", set={"state": "open"})))
    await desk.sync("fake")
    old = desk.memory.get(Table.TICKETS, PLACE)
    assert old is not None
    desk.fake.put(message(order=2000, patch=Patch(number="T1", set={"state": "pending"})))
    await desk.sync("fake")
    new = desk.memory.get(Table.TICKETS, PLACE)
    await desk.memory.transact(lambda transaction: transaction.put(Table.TICKETS, PLACE, old))
    assert await desk.memory.transact(rebuild) == Rebuilt(whole=[T1])
    assert desk.memory.get(Table.TICKETS, PLACE) == new
    await desk.aclose()


async def test_a_ticket_with_a_lost_message_is_made_in_part_and_keeps_its_revision(tmp_path: Path) -> None:
    desk = await told(tmp_path)
    before = await lose(desk, (Table.TICKETS, PLACE), (Table.INBOX, key_of("fake", "m2000")))
    assert await desk.memory.transact(rebuild) == Rebuilt(partly=[T1])
    ticket = desk.ticket(T1)
    assert ticket is not None
    assert (ticket.state, ticket.revision) == ("resolved", (before[Table.TICKETS] or {})["revision"])
    await desk.aclose()


async def test_what_is_whole_is_left_as_it_is(tmp_path: Path) -> None:
    desk = await told(tmp_path)
    before = now(desk)
    assert await desk.memory.transact(rebuild) == Rebuilt()
    assert now(desk) == before
    await desk.aclose()
