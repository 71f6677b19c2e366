"""SmartOps over real HTTP: judged by what the sandbox's SmartOps committed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from providers.base import Operation
from providers.errors import NotAuthorised, NotFound, NotOffered, Rejected, WrongState
from providers.model import Ticket, Write
from providers.sandbox import Sandbox
from providers.smartops.connector import Connector
from providers.smartops.declaration import DECLARATION
from providers.smartops.settings import Settings

NEW = {"summary": "Bot stopped", "description": "No runs since 02:00.", "priority": "2", "category": "Automation"}


@pytest.fixture
async def box() -> AsyncIterator[Sandbox]:
    async with Sandbox(seed=1) as box:
        yield box


def connect(box: Sandbox, **changes: Any) -> Connector:
    settings = {**box.settings("smartops"), **changes}
    return Connector(Settings(**{name: value for name, value in settings.items() if value is not None}), box.clock)


def write(action: str, number: str = "", *, client_number: str = "", **values: object) -> Write:
    return Write(id="w1", action=action, provider="smartops", number=number, client_number=client_number, values=values)


async def ticket_of(connector: Connector, number: str) -> Ticket:
    patch = (await connector.detail(number)).patch
    return Ticket(
        provider="smartops",
        number=number,
        internal_id=str(patch.set["internal_id"]),
        summary=str(patch.set["summary"]),
        vendor_state=str(patch.set["vendor_state"]),
        vendor=patch.vendor,
    )


async def test_a_create_is_committed_once_and_keeps_both_ids_and_our_number(box: Sandbox) -> None:
    connector = connect(box)
    receipt = await connector.send(write("create", client_number="OUR-1", comment="Please call.", **NEW), None)
    assert [entry.operation for entry in box.ledger] == ["create", "comment"]
    assert box.ledger[0].body["shortDescription"] == "Bot stopped"
    assert receipt.patch is not None
    assert receipt.patch.set["internal_id"] == box.smartops.ticket(receipt.number).sys_id
    assert receipt.patch.set["client_number"] == "OUR-1"
    await connector.aclose()


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("key", ["ticketDetails", "results"])
async def test_a_ticket_is_fetched_whole_either_way(box: Sandbox, method: Any, key: Any) -> None:
    box.smartops.fetch_method = method
    box.smartops.details_key = key
    number = box.smartops.create(shortDescription="Bot [/b]", ticketStatus="On Hold", ticketPriority="1")
    box.smartops.comment(number, "first")
    box.smartops.comment(number, "inside", kind="workNotes")
    connector = connect(box, fetch_method=method)
    patch = (await connector.detail(number)).patch
    assert patch.set["state"] == "pending"
    assert patch.set["summary"] == "Bot [/b]"
    assert [comment.body for comment in patch.comments] == ["first", "Work note: inside"]
    assert patch.vendor["ticketBusinessTimeLeft"] == 14400
    await connector.aclose()


async def test_an_update_is_keyed_on_sys_id_and_sends_what_changed(box: Sandbox) -> None:
    number = box.smartops.create(shortDescription="Same")
    connector = connect(box)
    await connector.send(
        write("update", number, summary="Same", assignedGroup="Bots"), await ticket_of(connector, number)
    )
    (entry,) = box.ledger
    assert entry.body == {"assignedGroup": "Bots"}
    await connector.aclose()


async def test_an_update_without_a_sys_id_reads_it_first(box: Sandbox) -> None:
    number = box.smartops.create()
    connector = connect(box)
    await connector.send(write("comment", number, comment="Seen."), Ticket(provider="smartops", number=number))
    assert [each["comment"] for each in box.smartops.ticket(number).notes["comments"]] == ["Seen."]
    await connector.aclose()


@pytest.mark.parametrize(("action", "word"), [("resolve", "Resolved"), ("close", "Closed")])
async def test_an_end_is_a_status_with_its_closure_note(box: Sandbox, action: str, word: str) -> None:
    number = box.smartops.create()
    connector = connect(box)
    receipt = await connector.send(write(action, number, notes="Restarted."), None)
    ticket = box.smartops.ticket(number)
    assert ticket.fields["ticketStatus"] == word
    assert ticket.notes["closureNotes"][0]["closureNote"] == "Restarted."
    assert receipt.patch is not None
    assert receipt.patch.set["vendor_state"] == word
    await connector.aclose()


async def test_a_reopen_says_why(box: Sandbox) -> None:
    number = box.smartops.create(ticketStatus="Resolved")
    connector = connect(box)
    await connector.send(write("reopen", number, comment="Again."), None)
    assert box.smartops.ticket(number).fields["ticketStatus"] == "In Progress"
    await connector.aclose()


async def test_a_failure_inside_http_200_is_a_failure(box: Sandbox) -> None:
    number = box.smartops.create(ticketStatus="Closed")
    connector = connect(box)
    with pytest.raises(NotFound):
        await connector.detail("INC0")
    with pytest.raises(WrongState):
        await connector.send(write("comment", number, comment="Late."), None)
    assert list(box.ledger) == []
    await connector.aclose()


async def test_an_unanswered_comment_or_status_is_found_again_a_create_is_not(box: Sandbox) -> None:
    number = box.smartops.create()
    connector = connect(box)
    comment = write("comment", number, comment="Did it arrive?")
    assert await connector.find(comment, None) is None
    box.smartops.comment(number, "Did it arrive?", by="integration")
    assert await connector.find(comment, None) is not None
    box.smartops.update(number, ticketStatus="Resolved")
    assert await connector.find(write("create", **NEW), None) is None
    await connector.aclose()


async def test_connection_details_go_with_each_request_and_are_never_shown(box: Sandbox) -> None:
    connector = connect(box)
    secrets = [value["value"] for value in box.settings("smartops")["connection_details"].values()]
    preview = connector.prepare(write("create", **NEW), None)
    assert not any(secret in preview.body for secret in secrets)
    assert json.loads(preview.body)["connectionDetails"] == "[redacted]"
    await connector.aclose()
    connector = connect(box, connection_details={"itsmUrl": "d3Jvbmc="})
    with pytest.raises(Rejected):
        await connector.send(write("create", **NEW), None)
    await connector.aclose()


async def test_configured_headers_go_with_each_request(box: Sandbox) -> None:
    box.smartops.headers = {"x-tenant": "client-7"}
    number = box.smartops.create()
    connector = connect(box, headers={"x-tenant": "client-7"})
    assert (await connector.detail(number)).patch.number == number
    await connector.aclose()


async def test_a_ready_access_token_serves_instead_of_an_offline_one(box: Sandbox) -> None:
    number = box.smartops.create()
    ready = {"value": box.keycloak.access_token}
    connector = connect(box, offline_token=None, access_token=ready)
    assert (await connector.detail(number)).patch.number == number
    await connector.aclose()


async def test_a_rotated_token_outlives_the_process(box: Sandbox, tmp_path: Path) -> None:
    box.keycloak.rotates = True
    number = box.smartops.create()
    for _ in range(3):
        connector = connect(box, state_dir=tmp_path)
        assert (await connector.detail(number)).patch.number == number
        await connector.aclose()
    assert box.keycloak.issued == 3


async def test_an_invalid_grant_is_final_and_says_to_log_in_again(box: Sandbox) -> None:
    box.keycloak.offline = "another-token-not-real"
    connector = connect(box)
    for _ in range(2):
        with pytest.raises(NotAuthorised) as refusal:
            await connector.detail("INC1")
        assert "Log in again" in refusal.value.next_step
    assert len([request for request in box.requests if "openid" in request.path]) == 1
    await connector.aclose()


@pytest.mark.parametrize("operation", sorted(frozenset(Operation) - DECLARATION.offered))
def test_what_is_not_offered_says_why(operation: Operation) -> None:
    assert "not offered" in DECLARATION.refusal(operation)


async def test_the_list_is_not_offered(box: Sandbox) -> None:
    connector = connect(box)
    with pytest.raises(NotOffered, match="track"):
        _ = [row async for row in connector.list_open()]
    await connector.aclose()
