"""A create whose answer was lost fills its ticket once it is found, as one that was answered. Judged by the sandbox."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from providers.base import Operation
from providers.codec import to_document
from providers.errors import Unconfirmed
from providers.model import Patch, Ticket, TicketKey
from providers.sandbox import Sandbox
from tests.support.fake_provider import message
from tests.support.memory_desk import desk_with_a_ticket
from tests.support.sandbox_desk import desk_over
from tui.desk import replay
from tui.desk.desk import Desk
from tui.desk.entries import OutboxEntry
from tui.desk.ports import Table, key_of
from tui.desk.rebuild import Rebuilt, rebuild

FIELDS = {"shortDescription": "Disk full", "description": "No room on /var", "priority": "2", "comment": "Since noon"}
KINDS = ("ensono", "kpn-incident")
_OF_ITS_OWN = {"number": "", "client_number": "", "stamps": {}, "revision": 0, "updated_at": None, "opened_at": None}


@pytest.fixture
async def desk(box: Sandbox, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk on the sandbox's clock."""
    async with desk_over(box, tmp_path / "state", KINDS, clock=box.clock) as desk:
        yield desk


async def create(desk: Desk, client_number: str, provider: str = "ensono", **values: object) -> OutboxEntry:
    """Open an incident under a number of ours."""
    write = desk.write(
        "create", provider, "", values=values or FIELDS, client_number=client_number, ticket_type="incident"
    )
    return await desk.deliver((await desk.submit(write)).id)


async def lost(box: Sandbox, desk: Desk) -> str:
    """Open one that Ensono commits and does not answer; its number there."""
    box.fault("ensono", "reset_after", match="POST")
    assert (await create(desk, "INC8")).state == "unconfirmed"
    return box.ledger.of("ensono", "create")[-1].number


def known(desk: Desk, number: str, provider: str = "ensono") -> Ticket:
    """A ticket, which must be there and be the same when it is made again from its entries."""
    key = TicketKey(provider, number)
    ticket = desk.ticket(key)
    assert ticket is not None
    again = replay.replay(desk.store, key, [place for place in desk.store.keys(Table.INBOX) if is_of(desk, place, key)])
    assert again is not None and to_document(again) == to_document(ticket)
    return ticket


def is_of(desk: Desk, place: str, key: TicketKey) -> bool:
    """Whether an entry is of this ticket."""
    document = desk.store.get(Table.INBOX, place) or {}
    return (document["provider"], document["number"]) == (key.provider, key.number)


def told(ticket: Ticket) -> dict[str, object]:
    """What a ticket says, apart from which one it is and when."""
    comments = [(item.author, item.body, item.origin) for item in ticket.comments]
    ours = {name: value for name, value in ticket.vendor.items() if name != "clientTicketNumber"}
    return {**to_document(replace(ticket, **_OF_ITS_OWN)), "comments": comments, "vendor": ours}  # type: ignore[arg-type]  # a ticket's fields


async def test_one_found_in_the_queue_says_what_an_answered_one_says(box: Sandbox, desk: Desk) -> None:
    answered = await create(desk, "INC7")
    number = await lost(box, desk)
    await desk.sync("ensono")
    assert [entry.state for entry in desk.outbox(settled=True)] == ["done", "done"]
    found = known(desk, number)
    assert (found.summary, found.description, found.priority) == ("Disk full", "No room on /var", 2)
    assert (found.client_number, found.partial, len(found.comments)) == ("INC8", False, 1)
    assert told(found) == told(known(desk, answered.write.number))


async def test_what_the_vendor_said_before_it_told_the_number_stands(box: Sandbox, desk: Desk) -> None:
    box.ensono.returns_number = False
    number = await lost(box, desk)
    box.advance(5)
    box.ensono.update(number, priority="1")
    await desk.sync("ensono")
    assert known(desk, number).partial
    box.advance(5)
    box.ensono.return_number(number)
    await desk.sync("ensono")
    found = known(desk, number)
    assert (found.priority, found.description, found.partial) == (1, "No room on /var", False)
    assert [entry.state for entry in desk.outbox(settled=True)] == ["done"]


async def test_what_the_vendor_says_afterwards_stands(box: Sandbox, desk: Desk) -> None:
    number = await lost(box, desk)
    await desk.sync("ensono")
    box.advance(5)
    box.ensono.update(number, shortDescription="Disk of the mail server full")
    box.ensono.resolve(number, "Made room")
    await desk.sync("ensono")
    found = known(desk, number)
    assert (found.summary, found.state) == ("Disk of the mail server full", "resolved")
    assert (found.description, found.priority) == ("No room on /var", 2)


async def test_it_is_made_again_byte_for_byte_where_the_store_lost_it(box: Sandbox, desk: Desk) -> None:
    number = await lost(box, desk)
    await desk.sync("ensono")
    before, place = known(desk, number), key_of("ensono", number)
    await desk.store.transact(lambda transaction: transaction.delete(Table.TICKETS, place))
    assert await desk.store.transact(rebuild) == Rebuilt(whole=[before.key])
    assert to_document(known(desk, number)) == to_document(before)


async def test_nothing_of_it_is_new_to_the_engineer(box: Sandbox, desk: Desk) -> None:
    await lost(box, desk)
    await desk.sync("ensono")
    (row,) = desk.rows()
    assert not row.unread
    assert desk.messages() == []


@pytest.mark.parametrize("seconds", [-200, 200])
async def test_a_vendor_whose_clock_differs_still_has_the_last_word(tmp_path: Path, seconds: int) -> None:
    async with desk_with_a_ticket(tmp_path) as desk:
        desk.fake.after.append(Unconfirmed("fake", "no answer"))
        await desk.send("create", number="", client_number="OWN7", summary="Ours", description="Said by us")
        order = int(desk.time.now().timestamp() + seconds) * 1000
        patch = Patch(number="T7", set={"client_number": "OWN7", "summary": "Theirs"})
        desk.fake.put(message("T7", order, kind="create", client_number="OWN7", patch=patch))
        await desk.sync("fake")
        found = desk.ticket(TicketKey("fake", "T7"))
        assert found is not None
        assert (found.summary, found.description, found.partial) == ("Theirs", "Said by us", False)


async def test_one_found_by_a_look_up_keeps_what_the_list_leaves_out(box: Sandbox, desk: Desk) -> None:
    item = desk.providers["kpn-incident"].declaration.forms[Operation.CREATE][3].suggestions[0]
    fields = {"short_description": "Line down", "description": "No carrier since noon", "ci": item}
    box.fault("kpn-incident", "reset_after", match="NewIncident")
    entry = await create(desk, "INC9", "kpn-incident", **fields)
    assert entry.state == "unconfirmed"
    box.advance(61)
    await desk.sync("kpn-incident")
    (done,) = desk.outbox(settled=True)
    found = known(desk, done.write.number, "kpn-incident")
    assert (done.state, found.summary, found.description) == ("done", "Line down", "No carrier since noon")
    assert (found.client_number, found.partial) == ("INC9", False)
