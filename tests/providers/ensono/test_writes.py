"""Writes over real HTTP, judged by the sandbox's ledger."""

from __future__ import annotations

import json
from typing import Any

import pytest

from providers.ensono.connector import Connector
from providers.errors import (
    Rejected,
    Unconfirmed,
    WrongState,
)
from providers.model import Receipt
from providers.sandbox import Sandbox
from tests.providers.ensono.support import (
    CREATE,
    ENGINEER,
    all_messages,
    known,
    opened,
    patch_of,
    requests_of,
    ticket,
    to,
    write,
)


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
    assert receipt.patch.set["client_number"] == "INC0077"
    assert receipt.patch.set.keys() == {"client_number", "updated_at"}, "the ticket's last change is ours"
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
