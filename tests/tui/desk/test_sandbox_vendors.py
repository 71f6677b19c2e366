"""The desk over the real connectors and the sandbox: judged by what the vendors committed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from providers.errors import WrongState
from providers.model import TicketKey
from providers.sandbox import Sandbox
from tests.support.sandbox_desk import desk_over
from tui.desk.desk import Desk
from tui.desk.entries import OutboxEntry

KINDS = ("ensono", "kpn-connect", "kpn-incident", "tangoe", "smartops")


@pytest.fixture
async def desk(box: Sandbox, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk over all five, on the sandbox's clock."""
    async with desk_over(box, tmp_path / "state", KINDS, clock=box.clock) as desk:
        yield desk


async def send(desk: Desk, action: str, provider: str, number: str = "", **more: object) -> OutboxEntry:
    """Write, submit, deliver. `client_number`, `ticket_type` and `files` go by name, the rest are values."""
    named = {name: more.pop(name) for name in ("client_number", "ticket_type", "files") if name in more}
    write = desk.write(action, provider, number, values=more, **named)  # type: ignore[arg-type]  # by name
    return await desk.deliver((await desk.submit(write)).id)


def committed(box: Sandbox, vendor: str) -> list[tuple[str, str]]:
    """Operation and number of all that a vendor committed, in order."""
    return [(entry.operation, entry.number) for entry in box.ledger.of(vendor)]


async def settle(box: Sandbox, desk: Desk, provider: str, polls: int = 3, seconds: float = 61) -> None:
    """Let time pass and poll, a few times."""
    for _ in range(polls):
        box.advance(seconds)
        report = await desk.sync(provider)
        assert report.error == ""


async def test_each_message_is_acknowledged_once_and_applied_once(box: Sandbox, desk: Desk) -> None:
    number = box.ensono.create(shortDescription="Disk full")
    box.ensono.comment(number, "Looking into it")
    box.ensono.resolve(number, "Made room")
    for _ in range(3):
        await desk.sync("ensono")
    assert committed(box, "ensono") == [("acknowledge", number)] * 3
    ticket = desk.ticket(TicketKey("ensono", number))
    assert ticket is not None
    assert (ticket.summary, ticket.state, ticket.revision) == ("Disk full", "resolved", 3)
    assert [comment.body for comment in ticket.comments] == ["Looking into it"]


async def test_a_full_queue_is_read_to_its_end_and_counted(box: Sandbox, desk: Desk) -> None:
    for _ in range(40):
        number = box.ensono.create()
        for words in ("one", "two"):
            box.ensono.comment(number, words)
    report = await desk.sync("ensono")
    assert (report.received, report.applied, report.acknowledged) == (120, 120, 120)
    assert (len(box.ensono.queue), len(box.ledger.of("ensono", "acknowledge"))) == (0, 120)


async def test_a_message_that_comes_back_after_its_delete_is_deleted_again_and_applied_once(
    box: Sandbox, desk: Desk
) -> None:
    number = box.ensono.create()
    told = box.ensono.comment(number, "once")
    await desk.sync("ensono")
    box.ensono.redeliver(told)
    await desk.sync("ensono")
    assert len(box.ensono.queue) == 0
    ticket = desk.ticket(TicketKey("ensono", number))
    assert ticket is not None and [comment.body for comment in ticket.comments] == ["once"]


async def test_a_message_the_guide_does_not_know_is_parked_and_its_neighbours_go_on(box: Sandbox, desk: Desk) -> None:
    first = box.ensono.create()
    box.ensono.send_raw("{ no JSON")
    second = box.ensono.create()
    report = await desk.sync("ensono")
    assert (report.parked, len(box.ensono.queue)) == (1, 0)
    assert {row.number for row in desk.rows()} == {first, second}
    assert [entry.status for entry in desk.messages()].count("parked") == 1


async def test_a_change_is_linked_answered_once_and_asked_again_after_a_redraft(box: Sandbox, desk: Desk) -> None:
    number = box.ensono.create_change(approvers=(("One", "one@client.example"), ("Two", "two@client.example")))
    await desk.sync("ensono")
    assert (await send(desk, "link", "ensono", number, client_number="CHG1")).state == "done"
    assert (await send(desk, "approve", "ensono", number, comment="Agreed")).state == "done"
    with pytest.raises(WrongState):
        await send(desk, "reject", "ensono", number, comment="No")
    box.ensono.redraft(number)
    box.ensono.reassess(number)
    await desk.sync("ensono")
    ticket = desk.ticket(TicketKey("ensono", number))
    assert ticket is not None
    assert [(item.cycle, item.state) for item in ticket.approvals] == [
        (1, "approved"),
        (1, "approved"),
        (2, "requested"),
    ]
    assert (await send(desk, "link", "ensono", number, client_number="CHG2")).state == "done"
    assert (await send(desk, "reject", "ensono", number, comment="Not in December")).state == "done"
    writes = [entry for entry in box.ledger.of("ensono") if entry.operation != "acknowledge"]
    assert [(entry.operation, entry.body["clientTicketNumber"]) for entry in writes] == [
        ("link", "CHG1"),
        ("approve", "CHG1"),
        ("link", "CHG2"),
        ("reject", "CHG2"),
    ]
    ticket = desk.ticket(TicketKey("ensono", number))
    assert ticket is not None and ticket.former_client_numbers == ("CHG1",)


async def test_an_unanswered_create_is_settled_by_the_number_in_the_queue(box: Sandbox, desk: Desk) -> None:
    box.fault("ensono", "reset_after", match="POST")
    fields = {"shortDescription": "Disk", "description": "Full", "priority": "3", "client_number": "INC7"}
    entry = await send(desk, "create", "ensono", ticket_type="incident", **fields)
    assert entry.state == "unconfirmed"
    await settle(box, desk, "ensono")
    assert [operation for operation, _ in committed(box, "ensono")].count("create") == 1
    assert (desk.outbox(), len(desk.rows())) == ([], 1)
    assert desk.find("ensono", "INC7") == desk.rows()[0].key


async def test_an_unanswered_create_that_never_shows_is_put_to_the_engineer(box: Sandbox, desk: Desk) -> None:
    box.fault("ensono", "reset_before", match="POST")
    fields = {"shortDescription": "Disk", "description": "Full", "priority": "3", "client_number": "INC7"}
    await send(desk, "create", "ensono", ticket_type="incident", **fields)
    await settle(box, desk, "ensono", polls=4)
    (asked,) = desk.outbox()
    assert (asked.state, asked.needs_engineer, committed(box, "ensono")) == ("unconfirmed", True, [])
    await desk.retry(asked.id)
    await desk.sync("ensono")
    assert [operation for operation, _ in committed(box, "ensono")] == ["create"]


async def test_a_file_is_here_before_its_link_expires(box: Sandbox, desk: Desk) -> None:
    number = box.ensono.create()
    box.ensono.attach(number, "boot log.txt", b"it would not boot")
    await desk.sync("ensono")
    box.advance(3 * 3600)
    (path,) = await desk.download(TicketKey("ensono", number))
    assert path.read_bytes() == b"it would not boot"


async def test_kpns_messages_are_answered_once_linked_and_not_before(box: Sandbox, desk: Desk) -> None:
    number = box.kpn_connect.create()
    box.kpn_connect.comment(number, "Please look")
    report = await desk.sync("kpn-connect")
    assert (report.held, committed(box, "kpn-connect")) == (2, [])
    assert (await send(desk, "link", "kpn-connect", number, client_number="INC9")).state == "done"
    box.kpn_connect.change_state(number, "In Progress")
    await desk.sync("kpn-connect")
    await desk.sync("kpn-connect")
    answers = [
        (entry.body["status"], entry.body["customer_reference_number"]) for entry in box.ledger.of("kpn-connect")
    ]
    assert answers == [("Success", "INC9")] * 3


async def test_a_queue_that_hands_out_until_it_is_answered_is_read_to_its_end(box: Sandbox, desk: Desk) -> None:
    box.kpn_connect.redelivers = True
    number = box.kpn_connect.create()
    for _ in range(3):
        await desk.sync("kpn-connect")
    assert [entry.status for entry in desk.messages()] == ["held"]
    await send(desk, "link", "kpn-connect", number, client_number="INC9")
    await desk.sync("kpn-connect")
    assert [entry.status for entry in desk.messages()] == ["acknowledged"]
    assert len(box.ledger.of("kpn-connect", "acknowledge")) == 1


async def test_a_cut_answer_of_kpns_is_a_gap_and_what_it_said_is_found_again(box: Sandbox, desk: Desk) -> None:
    number = box.kpn_connect.create()
    await desk.sync("kpn-connect")
    await send(desk, "link", "kpn-connect", number, client_number="INC9")
    box.advance(60)
    box.kpn_connect.comment(number, "This will be lost on the way")
    box.fault("kpn-connect", "half_json", match="TicketUpdates")
    await desk.sync("kpn-connect")
    assert next(item.gap for item in desk.health() if item.name == "kpn-connect")
    box.advance(60)
    await desk.sync("kpn-connect")
    assert next(item.gap for item in desk.health() if item.name == "kpn-connect") == ""
    ticket = desk.ticket(TicketKey("kpn-connect", number))
    assert ticket is not None and "This will be lost on the way" in [comment.body for comment in ticket.comments]


async def test_kpn_incidents_differences_are_told(box: Sandbox, desk: Desk) -> None:
    number = box.kpn_incident.create(reference="OLD")
    await desk.sync("kpn-incident")
    assert desk.messages() == []
    box.advance(60)
    box.kpn_incident.change_state(number, "Resolved")
    other = box.kpn_incident.create(short_description="Router down")
    await desk.sync("kpn-incident")
    told = [(entry.number, entry.message.kind) for entry in reversed(desk.messages()) if entry.message is not None]
    assert told == [(number, "closure"), (other, "create")]
    box.advance(60)
    box.kpn_incident.change_state(number, "Closed")
    await desk.sync("kpn-incident")
    assert {row.number: row.state for row in desk.rows()} == {number: "closed", other: "new"}


async def test_tangoes_differences_are_told_and_ours_are_not(box: Sandbox, desk: Desk) -> None:
    number = box.tangoe.create(short_description="Bill is wrong")
    await desk.sync("tangoe")
    box.advance(60)
    entry = await send(desk, "update", "tangoe", number, short_description="Bill is very wrong")
    assert entry.state == "done"
    await desk.sync("tangoe")
    assert desk.messages() == []
    box.advance(60)
    box.tangoe.resolve(number)
    await desk.sync("tangoe")
    assert [entry.message.kind for entry in desk.messages() if entry.message is not None] == ["closure"]
    assert [row.state for row in desk.rows()] == ["resolved"]


async def test_an_unanswered_create_at_tangoe_is_looked_up_and_not_repeated(box: Sandbox, desk: Desk) -> None:
    await desk.sync("tangoe")
    box.fault("tangoe", "reset_after", match="POST")
    fields = {"short_description": "Wrong bill", "description": "Twice", "client_number": "INC8"}
    entry = await send(desk, "create", "tangoe", ticket_type="case", **fields)
    assert entry.state == "unconfirmed"
    await settle(box, desk, "tangoe")
    assert (len(box.ledger.of("tangoe", "create")), desk.outbox(), len(desk.rows())) == (1, [], 1)
    assert desk.messages() == []


async def test_an_unanswered_create_at_tangoe_that_was_never_done_is_sent_again(box: Sandbox, desk: Desk) -> None:
    await desk.sync("tangoe")
    box.fault("tangoe", "reset_before", match="POST")
    fields = {"short_description": "Wrong bill", "description": "Twice", "client_number": "INC8"}
    await send(desk, "create", "tangoe", ticket_type="case", **fields)
    await settle(box, desk, "tangoe", polls=4)
    assert (len(box.ledger.of("tangoe", "create")), desk.outbox()) == (1, [])


async def test_smartops_tickets_are_followed_by_number(box: Sandbox, desk: Desk) -> None:
    number = box.smartops.create()
    await desk.track("smartops", number)
    box.advance(60)
    box.smartops.comment(number, "We are on it")
    await desk.sync("smartops")
    assert [(entry.number, entry.message.kind) for entry in desk.messages() if entry.message is not None] == [
        (number, "comment")
    ]


@pytest.mark.parametrize("fault", ["html", "half_json", "status_500", "status_429", "empty", "reset_before"])
async def test_a_vendor_in_trouble_shows_it_keeps_its_rows_and_stops_nobody(
    box: Sandbox, desk: Desk, fault: str
) -> None:
    number = box.tangoe.create()
    await desk.sync("tangoe")
    box.fault("tangoe", fault, count=None)
    report = await desk.sync("tangoe")
    health = next(item for item in desk.health() if item.name == "tangoe")
    assert report.error and health.error and health.error_type == report.error_type
    assert [(row.number, row.state) for row in desk.rows()] == [(number, "new")]
    box.ensono.create()
    assert (await desk.sync("ensono")).applied == 1
