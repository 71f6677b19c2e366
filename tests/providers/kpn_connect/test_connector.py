"""KPN Connect over real HTTP: lists, pages, the queue, tokens, checks."""

from __future__ import annotations

from typing import Any

import pytest

from providers.base import Operation
from providers.errors import (
    NotFound,
    NotOffered,
    Rejected,
)
from providers.kpn_connect.connector import Connector
from providers.kpn_connect.settings import Settings
from providers.sandbox import Sandbox
from tests.providers.kpn_connect.support import NEW, committed, listed, received, ticket
from tests.support.kpn import write


async def test_open_tickets_are_listed_and_ended_ones_are_not(box: Sandbox, kpn: Connector) -> None:
    incident = box.kpn_connect.create("Incident", reference="ZB-1")
    change = box.kpn_connect.create("Change Request", reference=None)
    ended = box.kpn_connect.create("Incident", reference="ZB-2")
    box.kpn_connect.change_state(ended, "Closed")
    rows = await listed(kpn)
    assert set(rows) == {incident, change}
    assert rows[incident].patch.set["client_number"] == "ZB-1"
    assert rows[change].patch.set["type"] == "change"


async def test_no_open_tickets_are_an_empty_list(kpn: Connector) -> None:
    assert await listed(kpn) == {}


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("Incident", "incident"),
        ("Change Request", "change"),
        ("Service Request", "service_request"),
        ("Request for Information", "rfi"),
    ],
)
async def test_each_type_has_its_page(box: Sandbox, kpn: Connector, word: str, kind: str) -> None:
    number = box.kpn_connect.create(word, reference="ZB-1", short_description="Lijn weg")
    box.kpn_connect.comment(number, "We kijken")
    snapshot = await kpn.detail(number)
    assert snapshot.detailed
    assert snapshot.patch.complete
    assert snapshot.patch.set["type"] == kind
    assert snapshot.patch.set["summary"] == "Lijn weg"
    assert [comment.body for comment in snapshot.patch.comments] == ["We kijken"]


async def test_number_sign_goes_encoded_and_links_are_not_followed(box: Sandbox, kpn: Connector) -> None:
    number = box.kpn_connect.create("Incident", reference="ZB-1")
    await kpn.detail(number)
    [asked] = [seen.path for seen in box.requests if "kpn_ticket_number" in seen.path]
    assert asked.endswith(f"?kpn_ticket_number={number.replace('#', '%23')}")


async def test_page_of_an_unknown_ticket_is_not_found(kpn: Connector) -> None:
    with pytest.raises(NotFound):
        await kpn.detail("INC#99")


async def test_page_of_a_task_is_not_offered(box: Sandbox, kpn: Connector) -> None:
    number = box.kpn_connect.create("Incident Task", reference="ZB-1")
    with pytest.raises(NotOffered, match="not offered"):
        await kpn.detail(number)


async def test_queue_is_read_once_and_then_is_empty(box: Sandbox, kpn: Connector) -> None:
    number = box.kpn_connect.create("Incident", reference="ZB-1")
    box.kpn_connect.comment(number, "We kijken")
    batch = await kpn.receive()
    assert [message.kind for message in batch.messages] == ["create", "comment"]
    assert batch.more
    again = await kpn.receive()
    assert (again.messages, again.more, again.gap) == ((), False, "")


async def test_queue_that_redelivers_gives_the_same_ids(box: Sandbox, kpn: Connector) -> None:
    box.kpn_connect.redelivers = True
    box.kpn_connect.create("Incident", reference=None)
    first, second = await received(kpn), await received(kpn)
    assert [message.id for message in first] == [message.id for message in second] != []


async def test_strange_elements_are_kept_beside_good_ones(box: Sandbox, kpn: Connector) -> None:
    box.kpn_connect.create("Incident", reference="ZB-1")
    box.kpn_connect.send_raw({"hello": 1})
    box.kpn_connect.send_raw("loose")
    messages = await received(kpn)
    assert [bool(message.problem) for message in messages] == [False, True, True]


async def test_message_shows_our_own_create_and_comment(box: Sandbox, kpn: Connector) -> None:
    number = box.kpn_connect.create("Incident", reference="ZB-9")
    box.kpn_connect.comment(number, "Nog steeds stil", user="via integration")
    box.kpn_connect.change_state(number, "In Progress")
    created, commented, moved = await received(kpn)
    create = write("create", kind="incident", client_number="ZB-9", **NEW)
    comment = write("comment", number, comment="Nog steeds  stil")
    assert [kpn.confirms(create, message) for message in (created, commented, moved)] == [True, False, False]
    assert [kpn.confirms(comment, message) for message in (created, commented, moved)] == [False, True, False]
    assert not kpn.confirms(write("comment", "INC#5", comment="Nog steeds stil"), commented)


async def test_read_only_reads_no_queue_and_sends_nothing(box: Sandbox) -> None:
    connector = Connector(Settings(**box.settings("kpn-connect"), read_only=True), box.clock)
    number = box.kpn_connect.create("Incident", reference="ZB-1")
    with pytest.raises(Rejected, match="read_only"):
        await connector.receive()
    with pytest.raises(Rejected, match="read_only"):
        await connector.send(write("comment", number, comment="x"), ticket(number))
    assert await listed(connector)
    assert not box.ledger or not committed(box, "comment")
    await connector.aclose()


async def test_token_that_is_no_longer_good_is_renewed_once(box: Sandbox, kpn: Connector) -> None:
    await listed(kpn)
    box.tokens.revoke_all()
    await listed(kpn)
    assert box.tokens.issued["kpn-connect"] == 2


async def test_token_is_renewed_before_it_expires(box: Sandbox, kpn: Connector) -> None:
    await listed(kpn)
    box.advance(3600)
    await listed(kpn)
    assert not [seen for seen in box.requests if seen.status == 401]


async def test_check_reads_the_list_and_never_the_queue(box: Sandbox, kpn: Connector) -> None:
    box.kpn_connect.create("Incident", reference="ZB-1")
    steps = await kpn.check()
    assert [step.name for step in steps] == ["secrets", "reach", "credentials", "ListOpenTickets"]
    assert all(step.ok for step in steps)
    assert steps[-1].detail == "1 open tickets"
    assert not [seen for seen in box.requests if "TicketUpdates" in seen.path]


@pytest.mark.parametrize(
    ("changes", "failed"),
    [
        ({"client_secret": {"env": "VENDORQ_TEST_NO_SUCH_VARIABLE"}}, "secrets"),
        ({"url": "http://127.0.0.1:1/x", "token_url": "http://127.0.0.1:1/t"}, "reach"),
        ({"client_secret": {"value": "not-the-right-one"}}, "credentials"),
    ],
)
async def test_check_names_the_step_that_failed(box: Sandbox, changes: dict[str, Any], failed: str) -> None:
    connector = Connector(Settings(**{**box.settings("kpn-connect"), **changes}), box.clock)
    steps = await connector.check()
    assert [step.name for step in steps if not step.ok] == [failed]
    assert steps[-1].name == failed
    assert steps[-1].next_step
    await connector.aclose()


@pytest.mark.parametrize("operation", sorted(set(Operation) - {Operation.LIST}))
async def test_undeclared_operations_are_not_offered(kpn: Connector, operation: Operation) -> None:
    if operation in kpn.declaration.offered:
        assert not kpn.declaration.refusal(operation)
        return
    with pytest.raises(NotOffered, match="not offered"):
        await kpn.send(write(operation.value, "INC#1"), ticket("INC#1"))
