"""KPN Incident over real HTTP: judged by what the sandbox's KPN committed."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from providers import registry
from providers.base import Operation
from providers.errors import BadAnswer, NotFound, NotOffered, Rejected, Unconfirmed, VendorError, WrongState
from providers.kpn_incident.connector import Connector
from providers.kpn_incident.settings import Settings
from providers.model import Attachment, Message, Snapshot, Ticket
from providers.sandbox import Sandbox
from tests.support.kpn import file_on, write


@pytest.fixture
async def box() -> AsyncIterator[Sandbox]:
    async with Sandbox(seed=1) as sandbox:
        yield sandbox


@pytest.fixture
async def kpn(box: Sandbox) -> AsyncIterator[Connector]:
    connector = Connector(Settings(**box.settings("kpn-incident")), box.clock)
    yield connector
    await connector.aclose()


@pytest.fixture
def new(kpn: Connector) -> dict[str, Any]:
    ci = kpn.declaration.forms[Operation.CREATE][3].suggestions[0]
    return {"reference_number": "ZB-9", "short_description": "Modem stil", "description": "Geen\nlampjes", "ci": ci}


async def listed(kpn: Connector) -> dict[str, Snapshot]:
    return {snapshot.patch.number: snapshot async for snapshot in kpn.list_open()}


def ticket(number: str, state: str = "open") -> Ticket:
    return Ticket(provider="kpn-incident", number=number, client_number="ZB-1", state=state)


def committed(box: Sandbox, operation: str) -> list[Any]:
    return [entry for entry in box.ledger if entry.operation == operation]


async def test_active_incidents_are_listed_and_ended_ones_are_not(box: Sandbox, kpn: Connector) -> None:
    first, second = box.kpn_incident.create(reference="ZB-1"), box.kpn_incident.create(state="Finished")
    box.kpn_incident.create(state="Closed")
    rows = await listed(kpn)
    assert set(rows) == {first, second}
    assert rows[first].patch.set["client_number"] == "ZB-1"
    assert rows[second].patch.set["state"] == "resolved"


async def test_page_tells_what_the_row_does_not(box: Sandbox, kpn: Connector) -> None:
    number = box.kpn_incident.create(
        reference="ZB-1", priority="1", required_information="Foto?", sla_due="2031-07-04 16:30"
    )
    said = (await kpn.detail(number)).patch.set
    assert (said["priority"], said["awaiting_us"]) == (1, True)
    assert said["due_at"] is not None


async def test_page_of_an_unknown_incident_is_not_found(kpn: Connector) -> None:
    with pytest.raises(NotFound):
        await kpn.detail("INC99999")


async def test_moved_page_is_followed_on_its_own_origin_and_nowhere_else(box: Sandbox, kpn: Connector) -> None:
    number = box.kpn_incident.create()
    box.kpn_incident.redirects = "same"
    assert (await kpn.detail(number)).patch.number == number
    for redirects in ("elsewhere", "loop"):
        box.kpn_incident.redirects = redirects
        with pytest.raises(BadAnswer):
            await kpn.detail(number)


async def test_incident_is_created_with_its_files(
    box: Sandbox, kpn: Connector, new: dict[str, Any], tmp_path: Path
) -> None:
    content = bytes(range(256)) * 500
    files = (file_on(tmp_path, "log 1.bin", content),)
    receipt = await kpn.send(write("create", kind="incident", **new, files=files), None)
    [entry] = committed(box, "create")
    assert (receipt.number, entry.body["description"]) == (entry.number, "Geen\nlampjes")
    [file] = committed(box, "attach")
    assert file.sha256 == hashlib.sha256(content).hexdigest()


async def test_unknown_item_is_refused_in_kpns_words(box: Sandbox, kpn: Connector, new: dict[str, Any]) -> None:
    with pytest.raises(Rejected) as refused:
        await kpn.send(write("create", **{**new, "ci": "iets anders"}), None)
    assert "predefined list" in refused.value.vendor_words
    assert not committed(box, "create")


async def test_create_without_an_answer_is_found_by_our_number(
    box: Sandbox, kpn: Connector, new: dict[str, Any]
) -> None:
    create = write("create", **new)
    assert await kpn.find(create, None) is None
    box.fault("kpn-incident", "reset_after", match="POST /network")
    with pytest.raises(Unconfirmed):
        await kpn.send(create, None)
    found = await kpn.find(create, None)
    assert found is not None
    assert found.number == committed(box, "create")[0].number


async def test_doubtful_create_is_looked_up_before_it_is_sent_again(
    box: Sandbox, kpn: Connector, new: dict[str, Any]
) -> None:
    first = await kpn.send(write("create", **new), None)
    again = await kpn.send(write("create", doubtful=True, **new), None)
    assert again.number == first.number
    assert len(committed(box, "create")) == 1


async def test_doubtful_create_that_is_not_there_is_sent(box: Sandbox, kpn: Connector, new: dict[str, Any]) -> None:
    await kpn.send(write("create", doubtful=True, **new), None)
    assert len(committed(box, "create")) == 1


@pytest.mark.parametrize(("action", "after"), [("close", "Closed"), ("reopen", "In Progress")])
async def test_resolved_incident_is_closed_or_reopened_with_words(
    box: Sandbox, kpn: Connector, action: str, after: str
) -> None:
    number = box.kpn_incident.create(reference="ZB-1", state="Resolved")
    receipt = await kpn.send(write(action, number, notes="Zo is het goed"), ticket(number, "resolved"))
    [entry] = committed(box, action)
    assert entry.body["comment"] == "Zo is het goed"
    assert box.kpn_incident.ticket(number).state == after
    assert receipt.patch is not None
    assert receipt.patch.set["vendor_state"] == after
    assert [comment.body for comment in receipt.patch.comments] == ["Zo is het goed"]


async def test_same_words_twice_are_two_comments(box: Sandbox, kpn: Connector) -> None:
    number = box.kpn_incident.create(reference="ZB-1")
    first = await kpn.send(write("comment", number, comment="Nog nieuws?"), ticket(number))
    assert first.patch is not None
    known = replace(ticket(number), comments=first.patch.comments)
    second = await kpn.send(write("comment", number, comment="Nog nieuws?"), known)
    assert second.patch is not None
    assert first.patch.comments[0].id != second.patch.comments[0].id


async def test_close_that_kpn_finds_too_early_is_a_wrong_state(box: Sandbox, kpn: Connector) -> None:
    number = box.kpn_incident.create(reference="ZB-1", state="In Progress")
    with pytest.raises(WrongState) as refused:
        await kpn.send(write("close", number), ticket(number, "resolved"))
    assert refused.value.code == "412"


@pytest.mark.parametrize("action", ["close", "reopen"])
async def test_close_or_reopen_without_an_answer_is_found_by_the_state(
    box: Sandbox, kpn: Connector, action: str
) -> None:
    number = box.kpn_incident.create(reference="ZB-1", state="Resolved")
    sent = write(action, number)
    assert await kpn.find(sent, ticket(number, "resolved")) is None
    box.fault("kpn-incident", "reset_after", match="PATCH")
    with pytest.raises(Unconfirmed):
        await kpn.send(sent, ticket(number, "resolved"))
    assert await kpn.find(sent, ticket(number, "resolved")) is not None


async def test_comment_is_never_looked_up(box: Sandbox, kpn: Connector) -> None:
    number = box.kpn_incident.create(reference="ZB-1")
    sent = write("comment", number, comment="Hallo")
    await kpn.send(sent, ticket(number))
    assert [entry.body["comment"] for entry in committed(box, "comment")] == ["Hallo"]
    assert await kpn.find(sent, ticket(number)) is None


async def test_files_alone_add_no_comment(box: Sandbox, kpn: Connector, tmp_path: Path) -> None:
    number = box.kpn_incident.create(reference="ZB-1")
    progress: list[tuple[int, int]] = []
    file = file_on(tmp_path, "a.txt", b"abc")
    await kpn.send(write("attach", number, files=(file,)), ticket(number), lambda *at: progress.append(at))
    assert [entry.name for entry in committed(box, "attach")] == ["a.txt"]
    assert not committed(box, "comment")
    assert progress[-1] == (3, 3)


async def test_preview_shows_the_message_without_the_file(kpn: Connector, tmp_path: Path) -> None:
    file = file_on(tmp_path, "a.txt", b"secret words")
    preview = kpn.prepare(write("comment", "INC1", comment="Zie bijlage", files=(file,)), ticket("INC1"))
    assert (preview.method, preview.path) == ("PATCH", "/UpdateIncident")
    assert "<a.txt, 12 bytes, in base64>" in preview.body
    assert "secret" not in preview.body


async def test_derived_news_shows_our_own_create_and_close(kpn: Connector, new: dict[str, Any]) -> None:
    created = Message(provider="kpn", id="1", number="INC1", client_number="ZB-9", kind="create")
    closed = Message(provider="kpn", id="2", number="INC1", client_number="ZB-9", kind="closure")
    create, close = write("create", **new), write("close", "INC1")
    assert [kpn.confirms(create, message) for message in (created, closed)] == [True, False]
    assert [kpn.confirms(close, message) for message in (created, closed)] == [False, True]
    assert not kpn.confirms(write("reopen", "INC1"), closed)


async def test_read_only_sends_nothing(box: Sandbox) -> None:
    connector = Connector(Settings(**box.settings("kpn-incident"), read_only=True), box.clock)
    with pytest.raises(Rejected, match="read_only"):
        await connector.send(write("comment", "INC1", comment="x"), ticket("INC1"))
    await connector.aclose()


async def test_what_has_no_write_is_not_offered_either(kpn: Connector) -> None:
    with pytest.raises(NotOffered, match="not offered"):
        await kpn.receive()
    with pytest.raises(NotOffered, match="not offered"):
        [piece async for piece in kpn.download(Attachment(id="1", name="a"))]


async def test_check_reads_the_list(box: Sandbox, kpn: Connector) -> None:
    box.kpn_incident.create()
    steps = await kpn.check()
    assert [step.name for step in steps] == ["secrets", "reach", "credentials", "GetActiveIncidents"]
    assert steps[-1].detail == "1 open tickets"


def test_registry_knows_it() -> None:
    assert registry.settings_model("kpn-incident") is Settings
    assert registry.declaration("kpn-incident").kind == "kpn-incident"


@pytest.mark.parametrize(
    "fault", ["reset_before", "reset_after", "html", "half_json", "cut", "empty", "status_500", "status_502", "huge"]
)
async def test_write_with_a_broken_answer_is_unconfirmed_or_was_not_done(
    box: Sandbox, kpn: Connector, fault: str
) -> None:
    number = box.kpn_incident.create(reference="ZB-1")
    box.fault("kpn-incident", fault, match="PATCH")
    with pytest.raises(VendorError) as error:
        await kpn.send(write("comment", number, comment="x"), ticket(number))
    assert isinstance(error.value, Unconfirmed) or not committed(box, "comment")
