"""Writes to KPN Connect over real HTTP: judged by what the sandbox's KPN committed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from providers.errors import (
    NotAuthorised,
    NotFound,
    Rejected,
    Unconfirmed,
    VendorError,
    WrongState,
)
from providers.kpn_connect.connector import Connector
from providers.sandbox import Sandbox
from tests.providers.kpn_connect.support import NEW, committed, received, ticket
from tests.support.kpn import write


async def test_success_gives_kpn_our_number(box: Sandbox, kpn: Connector) -> None:
    number = box.kpn_connect.create("Incident", reference=None)
    [message] = await received(kpn)
    assert message.awaits_number
    answer = write("acknowledge", number, message_id=message.id, status="Success", client_number="ZB-7")
    receipt = await kpn.send(answer, ticket(number, ""))
    assert receipt.patch is not None
    assert receipt.patch.set == {"client_number": "ZB-7"}
    assert box.kpn_connect.ticket(number).reference == "ZB-7"
    assert [entry.number for entry in committed(box, "acknowledge")] == [number]


async def test_link_of_one_message_is_that_success(box: Sandbox, kpn: Connector) -> None:
    number = box.kpn_connect.create("Incident", reference=None)
    [message] = await received(kpn)
    await kpn.send(write("link", number, message_id=message.id, client_number="ZB-7"), ticket(number, ""))
    assert box.kpn_connect.ticket(number).reference == "ZB-7"


async def test_failure_gives_kpn_the_reason(box: Sandbox, kpn: Connector) -> None:
    number = box.kpn_connect.create("Incident", reference=None)
    [message] = await received(kpn)
    answer = write("acknowledge", number, message_id=message.id, status="Failure", reason="Niet van ons")
    receipt = await kpn.send(answer, ticket(number, ""))
    assert receipt.patch is None
    [entry] = committed(box, "acknowledge")
    assert entry.body["error_details"] == "Niet van ons"


async def test_acknowledging_again_is_settled_and_says_so(box: Sandbox, kpn: Connector) -> None:
    number = box.kpn_connect.create("Incident", reference="ZB-1")
    [message] = await received(kpn)
    answer = write("acknowledge", number, message_id=message.id, status="Success")
    await kpn.send(answer, ticket(number))
    receipt = await kpn.send(answer, ticket(number))
    assert "acknowledged before, or has expired" in receipt.note
    assert len(committed(box, "acknowledge")) == 1


@pytest.mark.parametrize(
    ("kind", "extra"),
    [
        ("incident", {"ci": "GX-77", "priority": "4 - Low", "user": "an@zb.example"}),
        ("rfi", {"priority": 2}),
        ("change", {"desired_delivery_date": "2031-11-25 09:21"}),
        ("service_request", {"order_items": [{"item": "210.100", "item_attributes": {"kleur": "blauw"}}]}),
    ],
)
async def test_each_type_is_created(box: Sandbox, kpn: Connector, kind: str, extra: dict[str, Any]) -> None:
    receipt = await kpn.send(write("create", kind=kind, client_number="ZB-9", **NEW, **extra), None)
    [entry] = committed(box, "create")
    assert receipt.number == entry.number
    assert entry.body["customer_reference_number"] == "ZB-9"
    assert entry.body["description"] == "Sinds\nvier uur"
    assert set(extra) <= set(entry.body)
    assert receipt.patch is not None
    assert receipt.patch.set == {"state": "new", "vendor_state": "New"}
    assert receipt.patch.vendor["service"] == "Winkelnetwerk"
    assert "created" in receipt.note


async def test_second_create_with_our_number_names_the_first(box: Sandbox, kpn: Connector) -> None:
    first = await kpn.send(write("create", kind="incident", client_number="ZB-9", **NEW), None)
    with pytest.raises(Rejected, match=first.number) as refused:
        await kpn.send(write("create", kind="incident", client_number="ZB-9", **NEW), None)
    assert refused.value.field == "customer_reference_number"
    assert len(committed(box, "create")) == 1


async def test_create_without_an_answer_is_found_by_our_number(box: Sandbox, kpn: Connector) -> None:
    create = write("create", kind="incident", client_number="ZB-9", **NEW)
    box.fault("kpn-connect", "reset_after", match="POST /network")
    with pytest.raises(Unconfirmed):
        await kpn.send(create, None)
    found = await kpn.find(create, None)
    assert found is not None
    [entry] = committed(box, "create")
    assert found.number == entry.number


async def test_create_that_never_arrived_is_not_found(box: Sandbox, kpn: Connector) -> None:
    create = write("create", kind="incident", client_number="ZB-9", **NEW)
    box.fault("kpn-connect", "reset_before", match="POST /network")
    with pytest.raises(Unconfirmed):
        await kpn.send(create, None)
    assert await kpn.find(create, None) is None


async def test_double_after_an_unanswered_create_is_that_ticket(box: Sandbox, kpn: Connector) -> None:
    box.fault("kpn-connect", "reset_after", match="POST /network")
    with pytest.raises(Unconfirmed):
        await kpn.send(write("create", kind="incident", client_number="ZB-9", **NEW), None)
    again = write("create", kind="incident", client_number="ZB-9", doubtful=True, **NEW)
    receipt = await kpn.send(again, None)
    [entry] = committed(box, "create")
    assert receipt.number == entry.number


async def test_double_of_another_ticket_is_refused_even_after_an_unanswered_create(
    box: Sandbox, kpn: Connector
) -> None:
    box.kpn_connect.create("Incident", reference="ZB-9", short_description="Iets heel anders")
    with pytest.raises(Rejected, match="Iets heel anders"):
        await kpn.send(write("create", kind="incident", client_number="ZB-9", doubtful=True, **NEW), None)


async def test_double_that_is_not_open_any_more_stays_unconfirmed(box: Sandbox, kpn: Connector) -> None:
    number = box.kpn_connect.create("Incident", reference="ZB-9")
    box.kpn_connect.change_state(number, "Closed")
    with pytest.raises(Unconfirmed, match="does not show it"):
        await kpn.send(write("create", kind="incident", client_number="ZB-9", doubtful=True, **NEW), None)


async def test_comment_goes_out_as_typed(box: Sandbox, kpn: Connector) -> None:
    number = box.kpn_connect.create("Incident", reference="ZB-1")
    text = 'Regel 1\n"aanhaling" \\ é 漢 [/b]'
    await kpn.send(write("comment", number, comment=text), ticket(number))
    [entry] = committed(box, "comment")
    assert entry.body["comment"] == text
    [comment] = (await kpn.detail(number)).patch.comments
    assert (comment.body, comment.origin) == (text, "us")


async def test_comment_without_an_answer_is_found_on_the_page(box: Sandbox, kpn: Connector) -> None:
    number = box.kpn_connect.create("Incident", reference="ZB-1")
    comment = write("comment", number, comment="Any news?", sent_at=box.clock.now())
    box.fault("kpn-connect", "reset_after", match="PATCH")
    with pytest.raises(Unconfirmed):
        await kpn.send(comment, ticket(number))
    assert await kpn.find(comment, ticket(number)) is not None


async def test_earlier_comment_with_the_same_words_is_no_evidence(box: Sandbox, kpn: Connector) -> None:
    number = box.kpn_connect.create("Incident", reference="ZB-1")
    await kpn.send(write("comment", number, comment="Any news?"), ticket(number))
    box.advance(3600)
    later = write("comment", number, comment="Any news?", sent_at=box.clock.now() - timedelta(seconds=1))
    assert await kpn.find(later, ticket(number)) is None


async def test_comment_on_a_ticket_kpn_has_closed_is_a_wrong_state(box: Sandbox, kpn: Connector) -> None:
    number = box.kpn_connect.create("Incident", reference="ZB-1")
    box.kpn_connect.change_state(number, "Closed")
    with pytest.raises(WrongState) as refused:
        await kpn.send(write("comment", number, comment="x"), ticket(number))
    assert refused.value.code == "2000"


async def test_comment_with_another_number_of_ours_is_no_ticket(box: Sandbox, kpn: Connector) -> None:
    number = box.kpn_connect.create("Incident", reference="ZB-1")
    with pytest.raises(NotFound, match="combination"):
        await kpn.send(write("comment", number, comment="x"), ticket(number, "ZB-2"))


@pytest.mark.parametrize(
    ("kind", "values", "code"),
    [
        ("incident", {"service": "Unknown Service"}, "1010"),
        ("service_request", {"service": "Unknown Service"}, "1110"),
        ("service_request", {"order_items": [{"item": "Unknown Item"}]}, "1100"),
        ("service_request", {"order_items": [{"item": "Broken Item"}]}, "1190"),
        ("incident", {"service": "Default Error"}, "9000"),
        ("incident", {"service": "Endpoint Failure"}, "6050"),
    ],
)
async def test_kpns_refusals_come_with_their_code(
    box: Sandbox, kpn: Connector, kind: str, values: dict[str, Any], code: str
) -> None:
    with pytest.raises(Rejected) as refused:
        await kpn.send(write("create", kind=kind, client_number="ZB-9", **{**NEW, **values}), None)
    assert refused.value.code == code
    assert not committed(box, "create")


@pytest.mark.parametrize(
    "fault", ["reset_before", "reset_after", "html", "half_json", "cut", "empty", "status_500", "status_502", "huge"]
)
async def test_write_with_a_broken_answer_is_unconfirmed_or_was_not_done(
    box: Sandbox, kpn: Connector, fault: str
) -> None:
    number = box.kpn_connect.create("Incident", reference="ZB-1")
    box.fault("kpn-connect", fault, match="PATCH")
    with pytest.raises(VendorError) as error:
        await kpn.send(write("comment", number, comment="x"), ticket(number))
    done = bool(committed(box, "comment"))
    assert isinstance(error.value, Unconfirmed) or not done
    assert not isinstance(error.value, NotAuthorised)
