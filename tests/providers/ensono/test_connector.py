"""Reading, checking and failing over real HTTP, judged by the sandbox's ledger."""

from __future__ import annotations

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
)
from providers.model import Message
from providers.sandbox import Sandbox
from tests.providers.ensono.support import (
    CREATE,
    all_messages,
    file_ref,
    known,
    opened,
    patch_of,
    requests_of,
    ticket,
    to,
    write,
)


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
    ("changes", "failing", "error_type"),
    [
        ({"api_key": {"value": "not-the-right-key"}}, "reach", "NotAuthorised"),
        ({"api_key": {"env": "VENDORQ_NO_SUCH_KEY"}}, "secret", "SecretMissing"),
        ({"url": "http://127.0.0.1:9"}, "reach", "Unreachable"),
    ],
)
async def test_check_names_the_step_that_fails_and_the_cure(
    box: Sandbox, changes: dict[str, Any], failing: str, error_type: str
) -> None:
    connector = to(box, **changes)
    step = (await connector.check())[-1]
    assert (step.name, step.ok, step.error_type) == (failing, False, error_type)
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
