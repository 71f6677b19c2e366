"""KPN Connect over real HTTP: judged by what the sandbox's KPN committed."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from providers.base import Operation
from providers.errors import (
    NotAuthorised,
    NotFound,
    NotOffered,
    Rejected,
    Unconfirmed,
    VendorError,
    WrongState,
)
from providers.kpn_connect.connector import Connector
from providers.kpn_connect.settings import Settings
from providers.model import Message, Snapshot, Ticket
from providers.sandbox import Sandbox
from tests.support.kpn import file_on, write

NEW: dict[str, Any] = {
    "short_description": "Kassa stil",
    "description": "Sinds\nvier uur",
    "service": "Winkelnetwerk",
}


@pytest.fixture
async def box() -> AsyncIterator[Sandbox]:
    async with Sandbox(seed=1) as sandbox:
        yield sandbox


@pytest.fixture
async def kpn(box: Sandbox) -> AsyncIterator[Connector]:
    connector = Connector(Settings(**box.settings("kpn-connect")), box.clock)
    yield connector
    await connector.aclose()


async def listed(kpn: Connector) -> dict[str, Snapshot]:
    return {snapshot.patch.number: snapshot async for snapshot in kpn.list_open()}


async def received(kpn: Connector) -> list[Message]:
    return list((await kpn.receive()).messages)


def ticket(number: str, reference: str = "ZB-1", **fields: Any) -> Ticket:
    return Ticket(provider="kpn-connect", number=number, client_number=reference, **fields)


def committed(box: Sandbox, operation: str) -> list[Any]:
    return [entry for entry in box.ledger if entry.operation == operation]


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


async def test_file_goes_up_byte_for_byte(box: Sandbox, kpn: Connector, tmp_path: Path) -> None:
    number = box.kpn_connect.create("Incident", reference="ZB-1")
    content = bytes(range(256)) * 3000 + b"x"
    file = file_on(tmp_path, "boot log 1.bin", content, "application/octet-stream")
    progress: list[tuple[int, int]] = []
    await kpn.send(
        write("attach", number, files=(file,)), ticket(number), lambda done, total: progress.append((done, total))
    )
    [entry] = committed(box, "attach")
    assert entry.sha256 == hashlib.sha256(content).hexdigest()
    assert entry.name == "boot log 1.bin"
    assert progress[-1] == (len(content), len(content))
    assert not committed(box, "comment")


async def test_file_alone_goes_again_with_a_comment_where_kpn_insists(
    box: Sandbox, kpn: Connector, tmp_path: Path
) -> None:
    number = box.kpn_connect.create("Incident", reference="ZB-1")
    box.kpn_connect.comment_required = True
    receipt = await kpn.send(write("attach", number, files=(file_on(tmp_path, "a.txt", b"a"),)), ticket(number))
    assert [entry.body["comment"] for entry in committed(box, "comment")] == ["Attached: a.txt"]
    assert len(committed(box, "attach")) == 1
    assert receipt.patch is not None
    [comment] = receipt.patch.comments
    assert comment.body == "Attached: a.txt"
    assert [seen.id for seen in (await kpn.detail(number)).patch.comments] == [comment.id]


async def test_create_and_comment_take_files_along(box: Sandbox, kpn: Connector, tmp_path: Path) -> None:
    files = (file_on(tmp_path, "a.txt", b"a"), file_on(tmp_path, "b.txt", b""))
    receipt = await kpn.send(write("create", kind="incident", client_number="ZB-1", files=files, **NEW), None)
    await kpn.send(write("comment", receipt.number, comment="Zie c", files=files[:1]), ticket(receipt.number))
    assert [entry.name for entry in committed(box, "attach")] == ["a.txt", "b.txt", "a.txt"]


async def test_attachment_of_a_message_is_fetched_by_its_id(box: Sandbox, kpn: Connector) -> None:
    number = box.kpn_connect.create("Incident", reference="ZB-1")
    content = bytes(range(256)) * 4000
    box.kpn_connect.attach(number, "foto 1.jpg", content)
    message = (await received(kpn))[-1]
    assert message.kind == "attachment"
    assert message.patch is not None
    [attachment] = message.patch.attachments
    assert (attachment.name, attachment.content_type) == ("foto 1.jpg", "image/jpeg")
    assert b"".join([piece async for piece in kpn.download(attachment)]) == content


async def test_attachment_that_is_gone_is_not_found(box: Sandbox, kpn: Connector) -> None:
    number = box.kpn_connect.create("Incident", reference="ZB-1")
    box.kpn_connect.attach(number, "a.txt", b"a")
    message = (await received(kpn))[-1]
    assert message.patch is not None
    box.kpn_connect.files.clear()
    with pytest.raises(NotFound) as gone:
        [piece async for piece in kpn.download(message.patch.attachments[0])]
    assert gone.value.code == "6010"


async def test_preview_shows_the_message_without_the_file(kpn: Connector, tmp_path: Path) -> None:
    file = file_on(tmp_path, "a.txt", b"secret words")
    preview = kpn.prepare(write("comment", "INC#1", comment="Zie é", files=(file,)), ticket("INC#1"))
    assert (preview.method, preview.path) == ("PATCH", "/Ticket")
    assert '"comment": "Zie é"' in preview.body
    assert "<a.txt, 12 bytes, in base64>" in preview.body
    assert "secret" not in preview.body


async def test_preview_of_a_file_alone_tells_of_the_second_try(kpn: Connector, tmp_path: Path) -> None:
    file = file_on(tmp_path, "a.txt", b"a")
    [warning] = kpn.prepare(write("attach", "INC#1", files=(file,)), ticket("INC#1")).warnings
    assert "Attached: a.txt" in warning


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
