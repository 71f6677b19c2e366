"""The connector over real HTTP, judged by the sandbox's ledger."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from providers.ensono.connector import Connector
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
from providers.model import Message, Receipt, Ticket
from providers.sandbox import Sandbox
from tests.providers.ensono.support import ENGINEER, file_ref, patch_of, requests_of, ticket, to, write
from tui.desk.apply import apply
from tui.desk.entries import InboxEntry

CREATE: dict[str, Any] = {
    "clientTicketNumber": "INC0042",
    "shortDescription": "Uplink 3 down",
    "description": "No link since the move.",
    "priority": "2",
}


@pytest.fixture
async def box() -> AsyncIterator[Sandbox]:
    async with Sandbox(seed=7) as served:
        yield served


@pytest.fixture
async def ensono(box: Sandbox) -> AsyncIterator[Connector]:
    connector = to(box)
    yield connector
    await connector.aclose()


async def all_messages(connector: Connector) -> list[Message]:
    """Everything in the queue, each message released after it was read."""
    found: list[Message] = []
    while True:
        batch = await connector.receive()
        found += batch.messages
        for message in batch.messages:
            await connector.release(message)
        if not batch.more:
            return found


def known(messages: list[Message]) -> dict[str, Ticket]:
    """The tickets after these messages."""
    tickets: dict[str, Ticket] = {}
    for message in messages:
        assert message.patch is not None, message.problem
        entry = InboxEntry(
            provider="ensono",
            id=message.id,
            number=message.number,
            source="message",
            order=message.order,
            received_at=message.received_at or message.sent_at,  # type: ignore[arg-type]  # one of them is there
            patch=message.patch,
        )
        tickets[message.number] = apply(tickets.get(message.number), entry)
    return tickets


async def opened(connector: Connector, **values: Any) -> Ticket:
    """A ticket that we opened."""
    intent = write("create", ticket_type="incident", values={**CREATE, **values})
    receipt = await connector.send(intent, None)
    return ticket(number=receipt.number)


async def test_the_queue_is_read_until_it_is_empty_and_every_message_deleted(box: Sandbox, ensono: Connector) -> None:
    numbers = [box.ensono.create(shortDescription=f"Fault {place}") for place in range(12)]
    for number in numbers[:3]:
        box.ensono.comment(number, "Looking")
        box.ensono.update(number, status="pending", statusNextAction="pending-client")
        box.ensono.resolve(number)
        box.ensono.close(number)
    read = await all_messages(ensono)
    assert len(read) == 12 + 3 * 4
    assert box.ensono.messages() == []
    assert len(box.ledger.of("ensono", "acknowledge")) == len(read)
    tickets = known(read)
    for number in numbers:
        record = box.ensono.ticket(number)
        assert tickets[number].vendor_state == record.status
        assert tickets[number].summary == record.short_description
    assert [tickets[number].state for number in numbers[:4]] == ["closed", "closed", "closed", "open"]


@pytest.mark.parametrize("nesting", [1, 2, "alternate"])
@pytest.mark.parametrize("body_form", ["object", "string", "alternate"])
async def test_every_form_of_the_queues_answer_is_read(
    box: Sandbox, ensono: Connector, nesting: Any, body_form: Any
) -> None:
    box.ensono.nesting, box.ensono.body_form = nesting, body_form
    number = box.ensono.create()
    box.ensono.comment(number, "One")
    assert [message.kind for message in await all_messages(ensono)] == ["create", "comment"]


async def test_an_unreadable_message_leaves_its_neighbours_readable(box: Sandbox, ensono: Connector) -> None:
    before = box.ensono.create()
    box.ensono.send_raw("not json at all", group=before)
    box.ensono.send_raw({"changed": "what?"}, group="e-CS0000009")
    after = box.ensono.create()
    read = await all_messages(ensono)
    assert [message.number for message in read] == [before, before, "e-CS0000009", after]
    assert [bool(message.problem) for message in read] == [False, True, True, False]
    assert box.ensono.messages() == []


async def test_an_expired_handle_is_not_found_and_the_new_one_deletes(box: Sandbox, ensono: Connector) -> None:
    box.ensono.create()
    (first,) = (await ensono.receive()).messages
    assert (await ensono.receive()).messages == ()
    box.advance(31)
    (second,) = (await ensono.receive()).messages
    assert (second.id, second.receive_count) == (first.id, 2)
    assert second.handle != first.handle
    with pytest.raises(NotFound) as caught:
        await ensono.release(first)
    assert caught.value.code == "receipt_handle"
    await ensono.release(second)
    assert box.ensono.messages() == []


async def test_a_handle_with_every_awkward_character_is_deleted(box: Sandbox, ensono: Connector) -> None:
    for _ in range(30):
        box.ensono.create()
    handles = [message.handle for message in await all_messages(ensono)]
    assert any("/" in handle for handle in handles)
    assert any("+" in handle for handle in handles)
    assert box.ensono.messages() == []


async def test_without_a_handle_a_message_is_not_released(ensono: Connector) -> None:
    with pytest.raises(NotFound):
        await ensono.release(Message(provider="ensono", id="m1"))


async def test_echo_reads_devs_queue_and_sends_our_writes_back(box: Sandbox) -> None:
    box.ensono.environment = "echo"
    connector = to(box)
    new = await opened(connector)
    note = write("comment", new.number, comment="On it.", created_at=box.clock.now())
    await connector.send(note, new)
    read = await all_messages(connector)
    assert [message.kind for message in read] == ["create", "comment"]
    assert connector.confirms(note, read[1])
    asked = [request.path.split("/")[3:5] for request in await requests_of(box, 6)]
    assert [path for path in asked if "queue" in path] == [["dev", "queue"]] * 4
    await connector.aclose()


async def test_out_of_scope_messages_are_deleted_and_change_nothing(box: Sandbox) -> None:
    connector = to(box, ignore=[{"type": "Request", "group": "Ensono Support"}])
    box.ensono.create("Request", group="Ensono Support")
    box.ensono.create("Request", group="Ensono Service Desk")
    read = await all_messages(connector)
    assert [(message.ignored, message.patch is None) for message in read] == [(True, True), (False, False)]
    assert box.ensono.messages() == []
    await connector.aclose()


async def test_read_only_reads_no_queue_and_writes_nothing(box: Sandbox) -> None:
    connector = to(box, read_only=True)
    with pytest.raises(Rejected, match="read_only"):
        await connector.receive()
    with pytest.raises(Rejected, match="read_only"):
        await opened(connector)
    assert box.requests == []
    await connector.aclose()


async def test_a_create_is_committed_once_with_all_its_fields(box: Sandbox, ensono: Connector) -> None:
    values = {**CREATE, "group": "Ensono Network Support", "cis": "sw-01", "comment": "Seen twice."}
    receipt = await ensono.send(write("create", ticket_type="request", values=values), None)
    (entry,) = box.ledger.of("ensono", "create")
    assert entry.number == receipt.number
    assert (entry.body["ticketType"], entry.body["priority"], entry.made["priority"]) == ("Request", "2", "2")
    assert entry.made["ignored"] == []
    assert [line.body["body"] for line in box.ledger.of("ensono", "comment")] == ["Seen twice."]
    assert receipt.patch is not None
    assert receipt.patch.set["client_number"] == "INC0042"
    assert (receipt.patch.set["type"], receipt.patch.set["state"]) == ("request", "open")


@pytest.mark.parametrize("error_status", [400, 200])
async def test_an_unknown_group_is_replaced_by_the_default_once(box: Sandbox, error_status: int) -> None:
    box.ensono.error_status = error_status
    connector = to(box, default_group="Ensono Service Desk")
    receipt = await connector.send(
        write("create", ticket_type="incident", values={**CREATE, "group": "No Such Group"}), None
    )
    (entry,) = box.ledger.of("ensono", "create")
    assert entry.body["group"] == "Ensono Service Desk"
    assert "No Such Group" in receipt.note
    assert receipt.patch is not None
    assert receipt.patch.vendor["group"] == "Ensono Service Desk"
    assert [request.method for request in await requests_of(box, 2)] == ["POST", "POST"]
    await connector.aclose()


@pytest.mark.parametrize("default", ["", "Also Unknown"])
async def test_without_a_known_default_an_unknown_group_is_refused(box: Sandbox, default: str) -> None:
    connector = to(box, default_group=default)
    with pytest.raises(Rejected) as caught:
        await opened(connector, group="No Such Group")
    assert caught.value.field == "group"
    expected = 2 if default else 1
    assert len(await requests_of(box, expected)) == expected
    assert not box.ledger.of("ensono", "create")
    await connector.aclose()


async def test_each_write_is_committed_once(box: Sandbox, ensono: Connector) -> None:
    new = await opened(ensono)
    for action, values, after in (
        ("comment", {"comment": "On it."}, {}),
        ("update", {"priority": "1", "shortDescription": "Uplinks down"}, {}),
        ("update", {"status": "workingprogress"}, {}),
        ("take", {}, {}),
        ("resolve", {"notes": "Optic replaced.", "comment": "Thanks."}, {"state": "resolved"}),
        ("reopen", {"comment": "It is back."}, {"state": "open"}),
        ("resolve", {"notes": "Optic replaced."}, {"state": "resolved"}),
        ("close", {"notes": "Confirmed."}, {"state": "closed"}),
    ):
        await ensono.send(write(action, new.number, values=values), new)
        new = ticket(number=new.number, **after)
    assert [entry.operation for entry in box.ledger.of("ensono", number=new.number)] == [
        "create",
        "comment",
        "update",
        "status",
        "update",
        "status",
        "comment",
        "status",
        "status",
        "comment",
        "status",
        "close",
    ]
    record = box.ensono.ticket(new.number)
    assert (record.status, record.client_number) == ("closed", "INC0042")
    assert [remark.body.split("\n")[0] for remark in record.remarks] == ["On it.", "Thanks.", "It is back."]


async def test_cancel_is_committed(box: Sandbox, ensono: Connector) -> None:
    new = await opened(ensono)
    await ensono.send(write("cancel", new.number), new)
    assert box.ensono.ticket(new.number).status == "cancelled"


async def test_a_ticket_of_ensonos_is_linked_before_it_is_answered(box: Sandbox, ensono: Connector) -> None:
    number = box.ensono.create()
    theirs = known(await all_messages(ensono))[number]
    with pytest.raises(WrongState):
        await ensono.send(write("comment", number, comment="On it."), theirs)
    receipt = await ensono.send(write("link", number, client_number="INC0077"), theirs)
    assert receipt.patch is not None
    assert receipt.patch.set == {"client_number": "INC0077"}
    linked = ticket(number=number, client_number="INC0077")
    await ensono.send(write("comment", number, comment="On it."), linked)
    assert [entry.operation for entry in box.ledger.of("ensono", number=number)][-2:] == ["link", "comment"]
    assert box.ensono.ticket(number).client_number == "INC0077"


@pytest.mark.parametrize(("action", "state"), [("approve", "approved"), ("reject", "rejected")])
async def test_a_change_is_answered_once_with_name_time_and_words(
    box: Sandbox, ensono: Connector, action: str, state: str
) -> None:
    number = box.ensono.create_change(approvers=[("Board", "cab@client.example"), ("Owner", "owner@client.example")])
    await ensono.send(write("link", number, client_number="CHG0007"), ticket(number=number, type="change"))
    change = known(await all_messages(ensono))[number]
    assert [approval.approver for approval in change.approvals] == ["cab@client.example", "owner@client.example"]
    linked = ticket(
        number=number,
        type="change",
        state="assess",
        approvals=change.approvals,
        cycle=change.cycle,
        vendor=change.vendor,
    )
    receipt = await ensono.send(write(action, number, comment="Window agreed."), linked)
    (entry,) = box.ledger.of("ensono", action)
    assert entry.body["approver"] == "owner@client.example"
    assert entry.body["approvalId"] == change.approvals[1].id
    assert ENGINEER.name in entry.body["comments"][0]["body"]
    assert receipt.patch is not None
    assert receipt.patch.cycle == state
    box.ensono.change_state(number, "Authorize" if action == "approve" else "Cancelled")
    (told,) = await all_messages(ensono)
    intent = write(action, number, comment="Window agreed.", created_at=box.clock.now())
    assert ensono.confirms(intent, told) is (action == "approve")


async def test_a_comment_on_a_change_is_committed(box: Sandbox, ensono: Connector) -> None:
    number = box.ensono.create_change(client_number="CHG0007")
    change = ticket(number=number, type="change", client_number="CHG0007")
    await ensono.send(write("comment", number, comment="Parts are here."), change)
    (entry,) = box.ledger.of("ensono", "comment")
    assert entry.body["body"] == "Parts are here."
    (request,) = await requests_of(box, 1)
    payload = json.loads(request.body)["payload"]
    assert payload["ticketType"] == "Change"


async def test_a_tickets_page_is_read_in_dev(box: Sandbox, tmp_path: Path) -> None:
    box.ensono.environment = "dev"
    connector = to(box)
    new = await opened(connector, comment="Seen twice.")
    await connector.send(write("attach", new.number, files=(file_ref(tmp_path / "a.log", b"ok"),)), new)
    box.ensono.update(new.number, status="pending", statusNextAction="pending-client")
    snapshot = await connector.detail(new.number)
    said = snapshot.patch
    assert (said.number, said.complete, snapshot.detailed) == (new.number, True, True)
    assert (said.set["state"], said.set["priority"], said.set["client_number"]) == ("pending", 2, "INC0042")
    assert (said.set["summary"], said.set["type"]) == ("Uplink 3 down", "incident")
    assert [comment.body.split("\n")[0] for comment in said.comments] == ["Seen twice."]
    assert [(item.name, item.size) for item in said.attachments] == [("a.log", 2)]
    assert "x_aito_data_sync_client_number" in snapshot.raw
    with pytest.raises(NotFound):
        await connector.detail("e-CS0000001")
    await connector.aclose()


@pytest.mark.parametrize("environment", ["prod", "cert", "echo"])
async def test_outside_dev_a_tickets_page_is_not_offered(box: Sandbox, environment: str) -> None:
    connector = to(box, environment=environment)
    with pytest.raises(NotOffered, match="not offered"):
        await connector.detail("e-CS0000001")
    with pytest.raises(NotOffered, match="not offered"):
        async for _ in connector.list_open():
            pass
    assert box.requests == []
    await connector.aclose()


async def test_check_tries_everything_but_the_queue(box: Sandbox, ensono: Connector) -> None:
    box.ensono.create()
    steps = await ensono.check()
    assert [(step.name, step.ok) for step in steps] == [
        ("config", True),
        ("secret", True),
        ("reach", True),
        ("key", True),
    ]
    assert "no harmless read" in steps[-1].detail
    new = await opened(ensono)
    assert "upload URL" in (await ensono.check(new.number))[-1].detail
    assert not (await ensono.check("e-CS0000001"))[-1].ok
    box.ensono.environment = "dev"
    in_dev = to(box)
    assert [step.ok for step in await in_dev.check()] == [True] * 4
    assert not any("queue" in request.path for request in box.requests)
    assert [message.receives for message in box.ensono.instances["prod"].queue] == [0]
    await in_dev.aclose()


@pytest.mark.parametrize(
    ("changes", "failing"),
    [
        ({"api_key": {"value": "not-the-right-key"}}, "reach"),
        ({"api_key": {"env": "VENDORQ_NO_SUCH_KEY"}}, "secret"),
        ({"url": "http://127.0.0.1:9"}, "reach"),
    ],
)
async def test_check_names_the_step_that_fails_and_the_cure(
    box: Sandbox, changes: dict[str, Any], failing: str
) -> None:
    connector = to(box, **changes)
    step = (await connector.check())[-1]
    assert (step.name, step.ok) == (failing, False)
    assert step.next_step
    assert "not-the-right-key" not in repr(step)
    await connector.aclose()


@pytest.mark.parametrize(
    ("changes", "kind", "code"),
    [
        ({"api_key": {"value": "not-the-right-key"}}, NotAuthorised, "forbidden"),
        ({"client_name": "testclient"}, Rejected, "unknown_client_name"),
        ({"url": "{url}/ensono/Testclient"}, NotAuthorised, "forbidden"),
    ],
)
async def test_a_wrong_config_is_told_with_its_cure(
    box: Sandbox, changes: dict[str, Any], kind: type[VendorError], code: str
) -> None:
    filled = {key: value.format(url=box.url) if isinstance(value, str) else value for key, value in changes.items()}
    connector = to(box, **filled)
    with pytest.raises(kind) as caught:
        await opened(connector)
    assert caught.value.code == code
    assert caught.value.next_step
    await connector.aclose()


async def test_a_ticket_of_another_company_is_not_ours_to_write_to(box: Sandbox, ensono: Connector) -> None:
    number = box.ensono.create(company="Someone Else", announce=False)
    with pytest.raises(NotAuthorised) as caught:
        await ensono.send(write("comment", number, comment="x"), ticket(number=number))
    assert caught.value.code == "key_of_another_company"
    with pytest.raises(NotFound):
        await ensono.send(write("comment", "e-CS0000001", comment="x"), ticket(number="e-CS0000001"))


async def test_a_mistyped_path_is_told_as_such(box: Sandbox, ensono: Connector) -> None:
    ensono._settings = ensono._settings.model_copy(update={"environment": "Prod"})
    with pytest.raises(Rejected) as caught:
        await opened(ensono)
    assert caught.value.code == "missing_authentication_token"


COMMITTED = ("reset_after", "half_json", "empty", "stall_after", "cut")


@pytest.mark.parametrize(
    "fault", [*COMMITTED, "html", "foreign_json", "status_502", "reset_before", "stall", "huge", "gzip_bomb"]
)
async def test_a_create_without_a_readable_answer_is_unconfirmed_and_never_sent_twice(box: Sandbox, fault: str) -> None:
    connector = to(box, timeout_seconds=0.5)
    box.fault("ensono", fault, match="POST", seconds=5)
    with pytest.raises(Unconfirmed):
        await opened(connector)
    assert len(await requests_of(box, 1)) == 1
    assert len(box.ledger.of("ensono", "create")) == (1 if fault in COMMITTED else 0)
    await connector.aclose()


async def test_an_unanswered_create_is_found_in_the_queue(box: Sandbox, ensono: Connector) -> None:
    box.fault("ensono", "reset_after", match="POST")
    intent = write("create", ticket_type="incident", values=CREATE, created_at=box.clock.now())
    with pytest.raises(Unconfirmed):
        await ensono.send(intent, None)
    (told,) = await all_messages(ensono)
    assert ensono.confirms(intent, told)
    assert told.number == box.ledger.of("ensono", "create")[0].number
    assert patch_of(told).set == {"client_number": "INC0042"}


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("html", BadAnswer),
        ("half_json", BadAnswer),
        ("foreign_json", BadAnswer),
        ("empty", BadAnswer),
        ("status_500", BadAnswer),
        ("status_502", BadAnswer),
        ("status_429", Throttled),
        ("unauthorised", NotAuthorised),
        ("redirect", BadAnswer),
        ("reset_before", BadAnswer),
        ("stall", TimedOut),
    ],
)
async def test_a_failed_read_of_the_queue_ends_in_the_right_error(
    box: Sandbox, fault: str, kind: type[VendorError]
) -> None:
    connector = to(box, timeout_seconds=0.5)
    box.ensono.create()
    box.fault("ensono", fault, match="/queue", seconds=5)
    with pytest.raises(kind) as caught:
        await connector.receive()
    assert caught.value.next_step
    assert len(await requests_of(box, 1)) == 1
    box.advance(31)
    assert len(await all_messages(connector)) == 1
    await connector.aclose()


async def test_of_an_answer_cut_short_the_whole_messages_are_kept(box: Sandbox) -> None:
    connector = to(box)
    numbers = [box.ensono.create() for _ in range(4)]
    box.fault("ensono", "cut", match="/queue")
    batch = await connector.receive()
    assert 0 < len(batch.messages) < 4
    assert batch.more
    for message in batch.messages:
        await connector.release(message)
    box.advance(31)
    rest = await all_messages(connector)
    assert [message.number for message in (*batch.messages, *rest)] == numbers
    await connector.aclose()


async def test_nothing_listens_is_unreachable(box: Sandbox) -> None:
    connector = to(box, url="http://127.0.0.1:9")
    with pytest.raises(Unreachable):
        await connector.receive()
    with pytest.raises(Unreachable):
        await opened(connector)
    await connector.aclose()


async def test_an_unanswered_delete_is_repeated(box: Sandbox, ensono: Connector) -> None:
    box.ensono.create()
    box.fault("ensono", "reset_after", match="DELETE")
    (message,) = (await ensono.receive()).messages
    await ensono.release(message)
    assert box.ensono.messages() == []


async def test_after_an_unanswered_comment_no_status_is_sent(box: Sandbox, ensono: Connector) -> None:
    new = await opened(ensono)
    box.fault("ensono", "reset_after", match="/notes")
    intent = write("resolve", new.number, notes="Done.", comment="Thanks.")
    with pytest.raises(Rejected) as caught:
        await ensono.send(intent, new)
    assert caught.value.code == "comment_unconfirmed"
    assert "was not sent" in caught.value.message
    assert box.ensono.ticket(new.number).status == "open"


async def test_a_repeated_resolve_does_not_double_its_comment(box: Sandbox, ensono: Connector) -> None:
    new = await opened(ensono)
    intent = write("resolve", new.number, notes="Done.", comment="Thanks.")

    async def answered(*args: Any, **kwargs: Any) -> Any:
        if not args[1].endswith("/notes"):
            box.fault("ensono", "reset_before", match="PUT")
        return await asked(*args, **kwargs)

    asked = ensono._http.request
    ensono._http.request = answered  # type: ignore[method-assign]  # the fault is for the second PUT alone
    with pytest.raises(Unconfirmed) as caught:
        await ensono.send(intent, new)
    done = caught.value.done
    assert done == ("comment",)
    ensono._http.request = asked  # type: ignore[method-assign]
    again = write("resolve", new.number, notes="Done.", comment="Thanks.", done=done, doubtful=True)
    await ensono.send(again, new)
    assert [entry.operation for entry in box.ledger.of("ensono", number=new.number)] == ["create", "comment", "status"]


async def test_a_repetition_that_could_double_a_comment_sends_nothing(box: Sandbox, ensono: Connector) -> None:
    new = await opened(ensono)
    intent = write("resolve", new.number, notes="Done.", comment="Thanks.", doubtful=True)
    with pytest.raises(Rejected):
        await ensono.send(intent, new)
    assert [entry.operation for entry in box.ledger.of("ensono", number=new.number)] == ["create"]


async def test_text_goes_up_and_comes_back_as_it_was_written(box: Sandbox) -> None:
    box.ensono.environment = "echo"
    text = 'Say "hi" to C:\\new\n\tand ünïcode 日本 🚀 [/b]'
    for double_escape in (False, True):
        connector = to(box, double_escape=double_escape)
        new = await opened(connector, description=text)
        (told,) = await all_messages(connector)
        assert told.number == new.number
        assert patch_of(told).set["description"] == text
        sent = box.ledger.of("ensono", "create", new.number)[0].body["description"]
        assert (sent == text) is not double_escape
        await connector.aclose()


async def test_a_receipt_is_safe_to_show(box: Sandbox, ensono: Connector) -> None:
    receipt: Receipt = await ensono.send(write("create", ticket_type="incident", values=CREATE), None)
    assert receipt.note == receipt.number
