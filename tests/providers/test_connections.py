"""One connection a pool: which is used next, and that each is used by one request."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from providers.connections import Connections


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


async def test_a_request_that_fails_or_is_left_frees_its_connection() -> None:
    lines: list[Line] = []
    async with client(lines) as http:
        async with http.stream("GET", "https://vendor.example/a") as answer:
            assert answer.status_code == 200
        lines[0].fails = True
        with pytest.raises(httpx.ConnectError):
            await http.get("https://vendor.example/a")
        lines[0].fails = False
        await http.get("https://vendor.example/a")
    assert [line.requests for line in lines] == [3]
