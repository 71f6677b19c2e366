"""Tangoe over real HTTP: judged by what the sandbox's Tangoe committed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from providers.base import Operation
from providers.errors import BadAnswer, NotAuthorised, NotFound, NotOffered, Rejected, WrongState
from providers.model import Engineer, Ticket, Write
from providers.sandbox import Sandbox
from providers.tangoe.connector import Connector
from providers.tangoe.settings import Settings
from tests.support.still_clock import StillClock
from tests.support.upstream import Reply, Upstream, reply_json

CALLBACK = {
    "callback_url": "https://client.example/callback",
    "callback_type": "PUT",
    "callback_auth_type": "basic",
    "callback_auth_user": "robot",
    "callback_auth_password": {"value": "not-a-real-callback-password"},
}
NEW = {
    "correlation_id": "OUR-1",
    "summary": "Invoice twice",
    "description": "Paid in October already.",
    "priority": "2",
}


@pytest.fixture
async def box() -> AsyncIterator[Sandbox]:
    async with Sandbox(seed=1) as box:
        yield box


def connect(box: Sandbox, **changes: Any) -> Connector:
    return Connector(Settings(**{**box.settings("tangoe"), **changes}), box.clock)


def write(action: str, number: str = "", **values: object) -> Write:
    return Write(
        id="w1",
        action=action,
        provider="tangoe",
        number=number,
        values=values,
        engineer=Engineer(name="Sam", email="sam@client.example"),
    )


async def ticket_of(connector: Connector, number: str) -> Ticket:
    said = (await connector.detail(number)).patch.set
    fields = {
        name: said[name] for name in ("summary", "description", "priority", "state", "client_number") if name in said
    }
    return Ticket(provider="tangoe", number=number, type="case", **fields)  # type: ignore[arg-type]


async def test_all_open_cases_are_listed_to_the_end_and_once_though_the_server_caps_its_pages(box: Sandbox) -> None:
    numbers = {box.tangoe.create(state=state) for state in ("1", "5", "10", "-5", "-10") for _ in range(60)}
    for state in ("3", "6", "7"):
        box.tangoe.create(state=state)
    box.tangoe.page_cap = 37
    connector = connect(box)
    listed = [snapshot.patch.number async for snapshot in connector.list_open()]
    assert sorted(listed) == sorted(numbers)
    await connector.aclose()


async def test_a_204_ends_the_list(box: Sandbox) -> None:
    box.tangoe.empty_as_204 = True
    connector = connect(box)
    assert [row async for row in connector.list_open()] == []
    await connector.aclose()


async def test_a_case_is_read_with_comments_oldest_first_and_ours_known(box: Sandbox) -> None:
    number = box.tangoe.create(state="-5", priority="1", correlation_id="OUR-7")
    box.tangoe.comment(number, "first [/b]")
    box.tangoe.comment(number, "second", created_by=box.settings("tangoe")["username"])
    connector = connect(box)
    patch = (await connector.detail(number)).patch
    assert patch.set["state"] == "pending"
    assert patch.set["priority"] == 1
    assert patch.set["client_number"] == "OUR-7"
    assert [(comment.body, comment.origin) for comment in patch.comments] == [
        ("first [/b]", "vendor"),
        ("second", "us"),
    ]
    await connector.aclose()


async def test_a_create_is_committed_once_and_read_again(box: Sandbox) -> None:
    box.tangoe.known_contacts = set()
    connector = connect(box)
    receipt = await connector.send(write("create", **NEW), None)
    (entry,) = box.ledger
    assert entry.operation == "create"
    assert entry.body["correlation_id"] == "OUR-1"
    assert entry.body["priority"] == "2"
    assert entry.body["contact_email"] == box.settings("tangoe")["contact_email"]
    assert "callback" not in entry.body
    assert receipt.number == entry.number
    assert receipt.patch is not None
    assert receipt.patch.vendor["contact_email"] != entry.body["contact_email"]
    await connector.aclose()


async def test_an_unanswered_create_is_found_by_our_number(box: Sandbox) -> None:
    connector = connect(box)
    assert await connector.find(write("create", **NEW), None) is None
    number = box.tangoe.create(correlation_id="OUR-1")
    found = await connector.find(write("create", **NEW), None)
    assert found is not None
    assert found.number == number
    await connector.aclose()


async def test_our_number_cannot_hold_what_parts_a_query(box: Sandbox) -> None:
    connector = connect(box)
    with pytest.raises(Rejected, match=r"cannot hold \^"):
        await connector.send(write("create", **{**NEW, "correlation_id": "A^state=3"}), None)
    assert list(box.ledger) == []
    await connector.aclose()


async def test_an_update_sends_only_what_changed(box: Sandbox) -> None:
    number = box.tangoe.create(short_description="Same", description="Old", priority="3")
    connector = connect(box)
    ticket = await ticket_of(connector, number)
    await connector.send(write("update", number, summary="Same", description="New"), ticket)
    (entry,) = box.ledger
    assert entry.body == {"description": "New"}
    with pytest.raises(Rejected, match="at least one field"):
        connector.prepare(write("update", number, summary="Same"), ticket)
    await connector.aclose()


async def test_a_refusal_for_the_summary_is_answered_once_with_the_present_one(box: Sandbox) -> None:
    box.tangoe.patch_needs_short_description = True
    number = box.tangoe.create(short_description="Stays")
    connector = connect(box)
    await connector.send(write("update", number, priority="1"), await ticket_of(connector, number))
    (entry,) = box.ledger
    assert entry.body == {"priority": "1", "short_description": "Stays"}
    await connector.aclose()


@pytest.mark.parametrize("name", ["entitlement_id", "contact_email", "additional_contacts"])
async def test_what_cannot_be_changed_once_set_is_not_offered(box: Sandbox, name: str) -> None:
    connector = connect(box)
    with pytest.raises(Rejected) as refusal:
        connector.prepare(write("update", "CS1", **{name: "other"}), None)
    assert refusal.value.field == name
    await connector.aclose()


@pytest.mark.parametrize(("code", "state"), [("", "7"), ("1", "7"), ("2", "3")])
async def test_a_cancel_always_says_its_type(box: Sandbox, code: str, state: str) -> None:
    number = box.tangoe.create()
    connector = connect(box)
    await connector.send(write("cancel", number, **({"code": code} if code else {})), None)
    assert box.tangoe.ticket(number).state == state
    await connector.aclose()


async def test_a_closed_case_is_refused_before_anything_is_sent(box: Sandbox) -> None:
    connector = connect(box)
    ticket = Ticket(provider="tangoe", number="CS1", type="case", state="closed")
    for action, values in (("update", {"summary": "x"}), ("cancel", {})):
        with pytest.raises(WrongState):
            await connector.send(write(action, "CS1", **values), ticket)
    assert not [request for request in box.requests if request.method != "GET"]
    await connector.aclose()


async def test_a_number_is_linked_as_correlation_id(box: Sandbox) -> None:
    number = box.tangoe.create()
    connector = connect(box)
    await connector.send(write("link", number, client_number="OUR-9"), None)
    assert box.tangoe.ticket(number).correlation_id == "OUR-9"
    await connector.aclose()


async def test_comments_are_offered_only_where_configured(box: Sandbox) -> None:
    number = box.tangoe.create()
    connector = connect(box, comments=False)
    with pytest.raises(NotOffered, match="not offered"):
        connector.prepare(write("comment", number, comment="x"), None)
    await connector.aclose()
    connector = connect(box, comments=True)
    await connector.send(write("comment", number, comment="Seen."), None)
    assert [each.comment for each in box.tangoe.ticket(number).comments] == ["Seen."]
    await connector.aclose()


async def test_the_callback_goes_whole_when_asked_for_and_never_shows_its_password(box: Sandbox) -> None:
    number = box.tangoe.create()
    connector = connect(box, callback=CALLBACK)
    asked = write("update", number, callback="configured")
    assert "not-a-real-callback-password" not in connector.prepare(asked, None).body
    await connector.send(asked, None)
    assert box.tangoe.ticket(number).callback["callback_auth_password"] == "not-a-real-callback-password"
    assert "callback" not in {field.name for field in connect(box).declaration.forms[Operation.CREATE]}
    await connector.aclose()


async def test_wrong_credentials_and_unknown_cases_are_told_apart(box: Sandbox) -> None:
    connector = connect(box)
    with pytest.raises(NotFound):
        await connector.detail("CS9999999")
    await connector.aclose()
    connector = connect(box, password={"value": "wrong-not-real"})
    with pytest.raises(NotAuthorised):
        await connector.detail("CS9999999")
    await connector.aclose()


async def test_the_check_reads_one_case(box: Sandbox) -> None:
    connector = connect(box)
    assert all(step.ok for step in await connector.check())
    await connector.aclose()


def cases(*numbers: object) -> Reply:
    return reply_json({"result": [{"number": number, "state": "1"} for number in numbers]})


@pytest.mark.parametrize(
    ("script", "listed"),
    [
        ((cases("CS1", "CS2"), cases("CS2"), cases()), ["CS1", "CS2"]),
        ((cases("CS1"), cases(None, "CS2"), cases()), ["CS1", "CS2"]),
        ((cases("CS1"), cases("CS2"), reply_json({"other": 1})), ["CS1", "CS2"]),
    ],
    ids=["repeats itself", "row without a number", "foreign page"],
)
async def test_a_list_that_cannot_be_had_to_its_end_says_so_after_its_rows(
    script: tuple[Reply, ...], listed: list[str]
) -> None:
    found = []
    async with Upstream(*script) as upstream:
        settings = Settings(name="tangoe", url=upstream.url, username="u", password={"value": "not-a-real-password"})
        connector = Connector(settings, StillClock())
        with pytest.raises(BadAnswer):
            async for row in connector.list_open():
                found.append(row.patch.number)
        await connector.aclose()
    assert found == listed


async def test_a_page_of_another_case_is_no_answer() -> None:
    async with Upstream(reply_json({"result": {"number": "CS2", "state": "1"}})) as upstream:
        settings = Settings(name="tangoe", url=upstream.url, username="u", password={"value": "not-a-real-password"})
        connector = Connector(settings, StillClock())
        with pytest.raises(BadAnswer, match="another case"):
            await connector.detail("CS1")
        await connector.aclose()


async def test_an_emptied_choice_takes_the_config_or_the_default(box: Sandbox) -> None:
    number = box.tangoe.create()
    connector = connect(box)
    await connector.send(write("cancel", number, code=""), None)
    await connector.send(write("create", **NEW, contact_email="", entitlement_id=""), None)
    assert box.tangoe.ticket(number).state == "7"
    assert box.ledger[-1].body["entitlement_id"] == box.settings("tangoe")["entitlement_id"]
    await connector.aclose()


async def test_the_check_tells_which_entitlements_there_are(box: Sandbox) -> None:
    connector = connect(box)
    step = (await connector.check())[-1]
    assert step.name == "entitlements"
    assert all(key in step.detail for key in box.tangoe.entitlements)
    await connector.aclose()
