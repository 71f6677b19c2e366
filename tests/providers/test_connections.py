"""One connection a pool: which is used next, and that each is used by one request."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from ssl import create_default_context

import httpx
import pytest

from providers.connections import Connections, line
from tests.support.certificates import Authority
from tests.support.upstream import Upstream, reply_json


class Bytes(httpx.AsyncByteStream):
    """A body of one piece."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"ok"


class Line(httpx.AsyncBaseTransport):
    """One connection. It answers when all that `together` waits for have asked."""

    def __init__(self, together: asyncio.Barrier | None = None) -> None:
        self.requests = 0
        self.closed = False
        self.fails = False
        self._together = together

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests += 1
        if self._together is not None:
            await self._together.wait()
        if self.fails:
            raise httpx.ConnectError("broken")
        return httpx.Response(200, stream=Bytes())

    async def aclose(self) -> None:
        self.closed = True


def client(lines: list[Line], together: asyncio.Barrier | None = None, most: int = 100) -> httpx.AsyncClient:
    """A client whose connections are noted as they are made."""

    def make() -> Line:
        lines.append(Line(together))
        return lines[-1]

    return httpx.AsyncClient(transport=Connections(make, most))


async def test_one_request_after_the_other_uses_one_connection() -> None:
    lines: list[Line] = []
    async with client(lines) as http:
        for _ in range(5):
            assert (await http.get("https://vendor.example/a")).text == "ok"
    assert [(line.requests, line.closed) for line in lines] == [(5, True)]


async def test_requests_side_by_side_have_connections_of_their_own() -> None:
    lines: list[Line] = []
    async with client(lines, asyncio.Barrier(4)) as http:
        for _ in range(2):
            await asyncio.gather(*(http.get("https://vendor.example/a") for _ in range(4)))
    assert [line.requests for line in lines] == [2, 2, 2, 2]


async def test_there_are_no_more_connections_than_may_be() -> None:
    lines: list[Line] = []
    async with client(lines, asyncio.Barrier(5), most=2) as http:
        await asyncio.gather(*(http.get("https://vendor.example/a") for _ in range(5)))
    assert sorted(line.requests for line in lines) == [2, 3]


async def test_each_origin_has_its_own() -> None:
    lines: list[Line] = []
    async with client(lines) as http:
        await http.get("https://vendor.example/a")
        await http.get("https://files.example/a")
        await http.get("https://vendor.example:8443/a")
    assert [line.requests for line in lines] == [1, 1, 1]


async def test_a_request_that_fails_or_is_left_takes_its_connection_with_it() -> None:
    lines: list[Line] = []
    async with client(lines) as http:
        async with http.stream("GET", "https://vendor.example/a") as answer:
            assert answer.status_code == 200
        await http.get("https://vendor.example/a")
        lines[1].fails = True
        with pytest.raises(httpx.ConnectError):
            await http.get("https://vendor.example/a")
        await http.get("https://vendor.example/a")
        assert [(line.requests, line.closed) for line in lines] == [(1, True), (2, True), (1, False)]


async def test_others_on_the_same_connection_end_before_it_is_closed() -> None:
    lines: list[Line] = []
    async with client(lines, most=1) as http:
        async with http.stream("GET", "https://vendor.example/a"):
            async with http.stream("GET", "https://vendor.example/a") as left:
                await left.aclose()
            assert [(line.requests, line.closed) for line in lines] == [(2, False)]
        assert [(line.requests, line.closed) for line in lines] == [(2, True)]


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_requests_go_on_whenever_one_was_cancelled(scheme: str, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    tls = authority.server() if scheme == "https" else None
    async with Upstream(reply_json({}), tls=tls) as vendor:
        context = create_default_context(cafile=authority.bundle)
        connections = Connections(lambda: line(context, None))
        url, ended = f"{scheme}://localhost:{vendor.port}/", 0
        for turns in range(80):
            task = asyncio.create_task(_ask(connections, url))
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            ended += (await asyncio.gather(task, return_exceptions=True))[0] is None
            async with asyncio.timeout(10):
                await _ask(connections, url)
        assert len(vendor.seen) >= 80
        assert all(not slot.requests for slots in connections._slots.values() for slot in slots)
        await connections.aclose()


async def _ask(connections: Connections, url: str) -> None:
    response = await connections.handle_async_request(httpx.Request("GET", url))
    assert isinstance(response.stream, httpx.AsyncByteStream)
    try:
        assert b"".join([piece async for piece in response.stream]) == b"{}"
    finally:
        await response.stream.aclose()
