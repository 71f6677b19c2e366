"""Answers down to the byte: lists that are cut, queues that may have lost messages, pages of other tickets."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from providers.errors import BadAnswer, NotFound, Rejected, TimedOut, Unconfirmed, VendorError
from providers.kpn_connect.connector import Connector
from providers.kpn_connect.settings import Settings
from providers.model import Attachment, Batch, Ticket
from tests.providers.kpn_connect.samples import INCIDENT_PAGE, ROW, UPDATE, update
from tests.support.kpn import CREDENTIALS, TOKEN, file_on, write
from tests.support.still_clock import StillClock
from tests.support.upstream import Reply, Seen, Upstream, reply_html, reply_json

TICKET = Ticket(provider="kpn", number="INC#20000417", client_number="ZB-2291")


@asynccontextmanager
async def answering(reply: Reply | Callable[[Seen], Awaitable[Reply]], **settings: Any) -> AsyncIterator[Connector]:
    """A connector whose vendor gives a token, and this answer to everything else."""

    async def handler(seen: Seen) -> Reply:
        if seen.path.startswith("/oauth"):
            return reply_json(TOKEN)
        return reply if isinstance(reply, Reply) else await reply(seen)

    async with Upstream(handler=handler) as upstream:
        values = {"name": "kpn", "url": f"{upstream.url}/network", **CREDENTIALS, **settings}
        connector = Connector(Settings(**values), StillClock())
        try:
            yield connector
        finally:
            await connector.aclose()


def cut(body: bytes, announced: int = 100_000) -> Reply:
    """An answer whose connection ends before its announced length."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {announced}\r\n\r\n"
    return Reply(raw=head.encode() + body)


async def rows(connector: Connector) -> list[str]:
    found = []
    try:
        async for snapshot in connector.list_open():
            found.append(snapshot.patch.number)
    except BadAnswer as error:
        found.append(type(error).__name__)
    return found


def other_row(number: str) -> dict[str, Any]:
    return {**ROW, "kpn_ticket_number": number}


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (reply_json({"result": [ROW, other_row("CHG#2")]}), ["INC#20000417", "CHG#2"]),
        (reply_json([ROW]), ["INC#20000417"]),
        (reply_json({"result": ROW}), ["INC#20000417"]),
        (reply_json({"result": []}), []),
        (Reply(status=204), []),
        (reply_json({"result": None}), ["BadAnswer"]),
        (reply_json({"result": {}}), ["BadAnswer"]),
        (reply_json({"rows": []}), ["BadAnswer"]),
        (reply_json({}), ["BadAnswer"]),
        (reply_json("fine"), ["BadAnswer"]),
        (reply_html(), ["BadAnswer"]),
        (Reply(), ["BadAnswer"]),
        (Reply(body=json.dumps({"result": [ROW]}).encode()[:-3]), ["BadAnswer"]),
        (Reply(body=json.dumps({"result": [ROW, ROW]}).encode()[:-3]), ["INC#20000417", "BadAnswer"]),
        (reply_json({"result": [{"state": "New"}, ROW, None]}), ["INC#20000417", "BadAnswer"]),
        (reply_json({"error": {"code": "9000", "message": "x"}}, 500), ["BadAnswer"]),
    ],
)
async def test_list_gives_what_is_readable_and_is_never_short_in_silence(reply: Reply, expected: list[str]) -> None:
    async with answering(reply) as connector:
        if reply.status == 500:
            with pytest.raises(Rejected):
                await rows(connector)
        else:
            assert await rows(connector) == expected


async def test_large_list_is_read_to_its_end() -> None:
    many = [other_row(f"INC#{number}") for number in range(2000)]
    async with answering(reply_json({"result": many})) as connector:
        assert await rows(connector) == [row["kpn_ticket_number"] for row in many]


async def batch_of(reply: Reply, **settings: Any) -> Batch:
    async with answering(reply, **settings) as connector:
        return await connector.receive()


@pytest.mark.parametrize(
    "reply", [reply_json([UPDATE]), reply_json({"result": [UPDATE]}), reply_json({"result": UPDATE})]
)
async def test_queue_is_read_bare_or_wrapped(reply: Reply) -> None:
    batch = await batch_of(reply)
    assert [message.id for message in batch.messages] == [UPDATE["transaction_id"]]
    assert batch.gap == ""


@pytest.mark.parametrize("reply", [reply_json([]), Reply(status=204)])
async def test_empty_queue_is_no_gap(reply: Reply) -> None:
    assert await batch_of(reply) == Batch()


async def test_cut_answer_gives_its_whole_messages_and_a_gap() -> None:
    body = json.dumps([UPDATE, update(transaction_id="t-2"), update(transaction_id="t-3")]).encode()[:-40]
    batch = await batch_of(cut(body))
    assert [message.id for message in batch.messages] == [UPDATE["transaction_id"], "t-2"]
    assert "2 messages could be taken" in batch.gap
    assert batch.raw.encode() == body


async def test_half_an_answer_of_the_right_length_is_a_gap_too() -> None:
    body = json.dumps([UPDATE, update(transaction_id="t-2")]).encode()
    batch = await batch_of(Reply(body=body[: len(body) - 5]))
    assert [message.id for message in batch.messages] == [UPDATE["transaction_id"]]
    assert batch.gap
    assert batch.raw == body[:-5].decode()


async def test_answer_that_drips_too_slowly_gives_what_came() -> None:
    body = json.dumps([UPDATE, update(transaction_id="t-2")]).encode()[:-10]
    hold = Reply(headers={"Content-Length": "100000"}, body=body)
    async with answering(hold, timeout_seconds=0.4) as connector:
        batch = await connector.receive()
    assert len(batch.messages) == 1
    assert batch.gap


@pytest.mark.parametrize(
    "reply", [reply_html(), Reply(), reply_json({"hello": ["world"]}), reply_json(None), Reply(body=b"\xff\xfe")]
)
async def test_foreign_answer_to_the_queue_is_a_gap_with_its_bytes(reply: Reply) -> None:
    batch = await batch_of(reply)
    assert batch.messages == ()
    assert "others may be lost" in batch.gap
    assert not batch.more or batch.messages
    assert bool(batch.raw) == bool(reply.body)


async def test_unreadable_message_leaves_its_neighbours() -> None:
    good, last = json.dumps(UPDATE), json.dumps(update(transaction_id="t-3"))
    batch = await batch_of(Reply(body=f"[{good}, {{bad}}, {last}]".encode()))
    assert [bool(message.problem) for message in batch.messages] == [False, True, False]
    assert batch.messages[1].raw == "{bad}"
    assert batch.gap == ""


async def test_queue_that_does_not_answer_is_timed_out_and_asked_once() -> None:
    asked: list[str] = []

    async def silent(seen: Seen) -> Reply:
        asked.append(seen.path)
        await asyncio.Event().wait()
        return Reply()

    async with answering(silent, timeout_seconds=0.4) as connector:
        with pytest.raises(TimedOut):
            await connector.receive()
    assert asked == ["/network/TicketUpdates"]


async def test_queue_that_hangs_up_is_a_bad_answer_and_asked_once() -> None:
    asked: list[str] = []

    async def gone(seen: Seen) -> Reply:
        asked.append(seen.path)
        return Reply(raw=b"")

    async with answering(gone) as connector:
        with pytest.raises(BadAnswer):
            await connector.receive()
    assert asked == ["/network/TicketUpdates"]


@pytest.mark.parametrize("reply", [reply_json({"message": "x"}, 500), reply_html(502), reply_html(500)])
async def test_failing_queue_is_a_bad_answer(reply: Reply) -> None:
    async with answering(reply) as connector:
        with pytest.raises(BadAnswer):
            await connector.receive()


async def test_refusing_queue_took_nothing() -> None:
    async with answering(reply_json({"error": {"code": "9000", "message": "nee"}}, 400)) as connector:
        with pytest.raises(Rejected):
            await connector.receive()


@pytest.mark.parametrize(
    "document",
    [
        {"result": [INCIDENT_PAGE]},
        {"result": INCIDENT_PAGE},
        {"result": [{**INCIDENT_PAGE, "kpn_ticket_number": "INC#1"}, INCIDENT_PAGE]},
        {"result": {**INCIDENT_PAGE, "kpn_ticket_number": None}},
        INCIDENT_PAGE,
        [INCIDENT_PAGE],
    ],
)
async def test_page_is_found_in_every_wrapping(document: Any) -> None:
    async with answering(reply_json(document)) as connector:
        snapshot = await connector.detail("INC#20000417")
    assert snapshot.patch.number == "INC#20000417"
    assert snapshot.patch.set["priority"] == 2
    assert json.loads(snapshot.raw) == document


@pytest.mark.parametrize("reply", [reply_json({"result": []}), reply_json({"result": {}}), Reply(status=204)])
async def test_empty_result_is_an_unknown_ticket(reply: Reply) -> None:
    async with answering(reply) as connector:
        with pytest.raises(NotFound):
            await connector.detail("INC#20000417")


@pytest.mark.parametrize(
    "document", [{"result": {**INCIDENT_PAGE, "kpn_ticket_number": "INC#1"}}, {"hello": 1}, ["x"], {"result": "x"}, 7]
)
async def test_page_of_another_ticket_is_a_bad_answer(document: Any) -> None:
    async with answering(reply_json(document)) as connector:
        with pytest.raises(BadAnswer):
            await connector.detail("INC#20000417")


@pytest.mark.parametrize(
    "document", [{}, [], {"kpn_ticket_number": None}, {"kpn_ticket_number": "INC#1"}, "ok", {"result": "updated"}]
)
async def test_write_whose_answer_names_no_such_ticket_is_unconfirmed(document: Any) -> None:
    async with answering(reply_json(document)) as connector:
        with pytest.raises(Unconfirmed):
            await connector.send(write("comment", "INC#20000417", comment="x"), TICKET)


async def test_file_alone_is_resent_once_and_no_more(tmp_path: Path) -> None:
    bodies: list[dict[str, Any]] = []

    async def refusing(seen: Seen) -> Reply:
        bodies.append(json.loads(seen.body))
        return reply_json({"error": {"code": "1000", "message": "comment is mandatory"}}, 400)

    async with answering(refusing) as connector:
        with pytest.raises(Rejected):
            await connector.send(write("attach", "INC#20000417", files=(file_on(tmp_path, "a.txt", b"a"),)), TICKET)
    assert [body.get("comment") for body in bodies] == [None, "Attached: a.txt"]


async def test_comment_that_breaks_the_schema_is_not_resent() -> None:
    asked: list[str] = []

    async def refusing(seen: Seen) -> Reply:
        asked.append(seen.method)
        return reply_json({"error": {"code": "1000", "message": "no"}}, 400)

    async with answering(refusing) as connector:
        with pytest.raises(Rejected):
            await connector.send(write("comment", "INC#20000417", comment="x"), TICKET)
    assert asked == ["PATCH"]


FILE = Attachment(id="a/1", name="a.bin", url="GetAttachment/a/1")


async def fetched(body: bytes) -> bytes:
    async def reply(seen: Seen) -> Reply:
        assert seen.target == "/network/GetAttachment/a%2F1"
        assert seen.headers["authorization"] == "Bearer not-a-real-token"
        return Reply(body=body)

    async with answering(reply) as connector:
        return b"".join([piece async for piece in connector.download(FILE)])


async def test_file_comes_out_of_its_json() -> None:
    content = bytes(range(256)) * 2000
    document = {"name": 'quote"d \\ name', "content": base64.b64encode(content).decode(), "content_type": "x/y"}
    assert await fetched(json.dumps(document).encode()) == content
    assert await fetched(json.dumps({"result": document}).encode()) == content


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"{}", b'{"content": 5}', b'{"content": "AAA', b'{"content": "A*=="}']
)
async def test_answer_without_a_file_is_a_bad_answer(body: bytes) -> None:
    with pytest.raises(VendorError) as error:
        await fetched(body)
    assert isinstance(error.value, BadAnswer)
