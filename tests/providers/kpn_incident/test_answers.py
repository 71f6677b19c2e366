"""KPN Incident's answers down to the byte."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from providers.errors import (
    BadAnswer,
    NotAuthorised,
    NotFound,
    Rejected,
    Throttled,
    TooLarge,
    Unconfirmed,
    VendorError,
    WrongState,
)
from providers.kpn_incident.connector import Connector
from providers.kpn_incident.settings import Settings
from providers.model import Ticket
from tests.providers.kpn_incident.samples import CREATED, PAGE, ROW
from tests.support.kpn import CREDENTIALS, TOKEN, file_on, write
from tests.support.still_clock import StillClock
from tests.support.upstream import Reply, Seen, Upstream, reply_html, reply_json

TICKET = Ticket(provider="kpn", number="INC5501", client_number="ZB-300", state="open")
NEW: dict[str, Any] = {
    "reference_number": "ZB-301",
    "short_description": "Modem stil",
    "description": "Geen lampjes",
    "ci": "ZB_014P",
}


@asynccontextmanager
async def answering(reply: Reply | Callable[[Seen], Awaitable[Reply]]) -> AsyncIterator[Connector]:
    """A connector whose vendor gives a token, and this answer to everything else."""

    async def handler(seen: Seen) -> Reply:
        if seen.path.startswith("/oauth"):
            return reply_json(TOKEN)
        return reply if isinstance(reply, Reply) else await reply(seen)

    async with Upstream(handler=handler) as upstream:
        connector = Connector(Settings(name="kpn", url=f"{upstream.url}/incident", **CREDENTIALS), StillClock())
        try:
            yield connector
        finally:
            await connector.aclose()


async def rows(connector: Connector) -> list[str]:
    found = []
    try:
        async for snapshot in connector.list_open():
            found.append(snapshot.patch.number)
    except BadAnswer as error:
        found.append(type(error).__name__)
    return found


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (reply_json({"result": [ROW]}), ["INC5501"]),
        (reply_json({"result": ROW}, 202), ["INC5501"]),
        (reply_json({"result": []}), []),
        (Reply(status=204), []),
        (reply_json({"result": [ROW, {}]}), ["INC5501", "BadAnswer"]),
        (reply_json({"result": None}), ["BadAnswer"]),
        (reply_json({"rows": []}), ["BadAnswer"]),
        (reply_html(), ["BadAnswer"]),
        (Reply(), ["BadAnswer"]),
        (Reply(body=json.dumps({"result": [ROW, ROW]}).encode()[:-4]), ["INC5501", "BadAnswer"]),
    ],
)
async def test_list_gives_what_is_readable_and_is_never_short_in_silence(reply: Reply, expected: list[str]) -> None:
    async with answering(reply) as connector:
        assert await rows(connector) == expected


async def test_page_is_asked_with_one_slash_and_an_encoded_number() -> None:
    asked: list[str] = []

    async def page(seen: Seen) -> Reply:
        asked.append(seen.target)
        return reply_json({"result": {**PAGE, "ticket_number": "INC#1/2"}})

    async with answering(page) as connector:
        assert (await connector.detail("INC#1/2")).patch.number == "INC#1/2"
    assert asked == ["/incident/GetIncident/INC%231%2F2"]


@pytest.mark.parametrize("document", [{"result": PAGE}, {"result": [PAGE]}, PAGE])
async def test_page_is_found_in_every_wrapping(document: Any) -> None:
    async with answering(reply_json(document)) as connector:
        assert (await connector.detail("INC5501")).patch.set["priority"] == 2


@pytest.mark.parametrize(
    "reply", [reply_json({"result": {}}), reply_json({"result": []}), reply_json([]), reply_json({}, 404), Reply(204)]
)
async def test_no_page_is_not_found(reply: Reply) -> None:
    async with answering(reply) as connector:
        with pytest.raises(NotFound):
            await connector.detail("INC5501")


@pytest.mark.parametrize("document", [{"result": {**PAGE, "ticket_number": "INC1"}}, {"x": 1}, "x", {"result": 5}])
async def test_another_page_is_a_bad_answer(document: Any) -> None:
    async with answering(reply_json(document)) as connector:
        with pytest.raises(BadAnswer):
            await connector.detail("INC5501")


async def test_redirect_on_the_same_origin_is_followed_once() -> None:
    async def moved(seen: Seen) -> Reply:
        if seen.path.endswith("/there"):
            return reply_json({"result": PAGE})
        return Reply(302, headers={"Location": "/incident/there"})

    async with answering(moved) as connector:
        assert (await connector.detail("INC5501")).patch.number == "INC5501"


@pytest.mark.parametrize("location", ["https://elsewhere.example/x", "", "/incident/again"])
async def test_redirect_elsewhere_or_again_is_a_bad_answer(location: str) -> None:
    async with answering(Reply(302, headers={"Location": location})) as connector:
        with pytest.raises(BadAnswer):
            await connector.detail("INC5501")


@pytest.mark.parametrize("status", [200, 201, 202])
async def test_every_success_is_one(status: int) -> None:
    async with answering(reply_json(CREATED, status)) as connector:
        receipt = await connector.send(write("create", kind="incident", **NEW), None)
    assert receipt.number == "INC5502"
    assert receipt.note == "INC5502 Incident is created successfully."
    assert receipt.patch is not None
    assert receipt.patch.set["internal_id"] == "0f0e0d0c0b0a09080706050403020100"
    assert receipt.patch.vendor == {"ci": "ZB_014P"}


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (reply_json({"error": {"message": "ci?", "detail": "unknown"}, "status": "failure"}, 400), Rejected),
        (reply_json({}, 401), NotAuthorised),
        (reply_json({}, 403), NotAuthorised),
        (reply_json({}, 404), NotFound),
        (reply_json({}, 405), BadAnswer),
        (reply_json({}, 412), WrongState),
        (reply_json({}, 413), TooLarge),
        (reply_json({}, 429, retry_after="7"), Throttled),
        (reply_json({"message": "x"}, 500), Unconfirmed),
        (reply_html(502), Unconfirmed),
        (reply_json({}, 503), Unconfirmed),
        (Reply(302, headers={"Location": "/incident/x"}), BadAnswer),
        (reply_html(200), Unconfirmed),
        (Reply(), Unconfirmed),
        (reply_json({"result": {}}), Unconfirmed),
        (reply_json({"result": {"ticket_number": "INC1"}}), Unconfirmed),
        (reply_json("done"), Unconfirmed),
        (reply_json({"error": {"message": "no"}}), Unconfirmed),
    ],
)
async def test_each_answer_to_a_write_has_its_error(reply: Reply, kind: type[VendorError]) -> None:
    async with answering(reply) as connector:
        with pytest.raises(VendorError) as error:
            await connector.send(write("comment", "INC5501", comment="x"), TICKET)
    assert type(error.value) is kind
    assert error.value.next_step


async def test_refusal_keeps_kpns_words() -> None:
    reply = reply_json({"error": {"message": "Ongeldig", "detail": "ci \x1b[31monbekend"}, "status": "failure"}, 400)
    async with answering(reply) as connector:
        with pytest.raises(Rejected) as refused:
            await connector.send(write("create", **NEW), None)
    assert refused.value.vendor_words == "Ongeldig ci onbekend"


async def test_accepted_update_without_a_body_is_done() -> None:
    async with answering(Reply(202)) as connector:
        receipt = await connector.send(write("comment", "INC5501", comment="Hallo"), TICKET)
    assert receipt.number == "INC5501"


async def test_accepted_create_without_a_body_is_unconfirmed() -> None:
    async with answering(Reply(202)) as connector:
        with pytest.raises(Unconfirmed):
            await connector.send(write("create", **NEW), None)


async def test_files_alone_go_again_with_a_comment_where_kpn_insists(tmp_path: Path) -> None:
    bodies: list[dict[str, Any]] = []

    async def insisting(seen: Seen) -> Reply:
        bodies.append(json.loads(seen.body))
        if "comment" not in bodies[-1]:
            return reply_json({"error": {"message": "Comment is mandatory"}}, 400)
        return reply_json({"result": {"ticket_number": "INC5501"}})

    async with answering(insisting) as connector:
        receipt = await connector.send(write("attach", "INC5501", files=(file_on(tmp_path, "a.txt", b"a"),)), TICKET)
    assert [body.get("comment") for body in bodies] == [None, "Attached: a.txt"]
    assert receipt.patch is not None
    assert [comment.body for comment in receipt.patch.comments] == ["Attached: a.txt"]
