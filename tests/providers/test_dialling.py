"""Addresses are tried one beside the other, over real sockets; only what a name stands for is made up."""

from __future__ import annotations

import asyncio
import errno
import gc
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack

import pytest

from providers import dialling
from providers.dialling import dial

Place = tuple[str, int]


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    """One that answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


@pytest.fixture
def refusing() -> Place:
    """A place where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as gone:
        place: Place = gone.getsockname()
    return place


@pytest.fixture
async def silent() -> AsyncIterator[Place]:
    """A place where a connection neither stands nor fails: what may wait there is full."""
    with ExitStack() as held, socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(4):
            caller = held.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex(full.getsockname())
        place: Place = full.getsockname()
        yield place


def stands_for(monkeypatch: pytest.MonkeyPatch, *places: Place) -> None:
    """What every name stands for from now on, in this loop."""

    async def answer(host: str, port: int, **more: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", place) for place in places]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", answer)


async def test_one_that_refuses_gives_way_at_once(
    monkeypatch: pytest.MonkeyPatch, refusing: Place, listening: socket.socket
) -> None:
    stands_for(monkeypatch, refusing, listening.getsockname())
    monkeypatch.setattr(dialling, "NEXT_AFTER", 60)
    async with asyncio.timeout(20):
        with await dial("vendor.example", 1) as called:
            assert called.getpeername() == listening.getsockname()


async def test_one_that_is_silent_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, silent: Place, listening: socket.socket
) -> None:
    stands_for(monkeypatch, silent, listening.getsockname())
    async with asyncio.timeout(20):
        with await dial("vendor.example", 1) as called:
            assert called.getpeername() == listening.getsockname()


async def test_an_error_that_all_share_keeps_its_number(monkeypatch: pytest.MonkeyPatch, refusing: Place) -> None:
    stands_for(monkeypatch, refusing, ("127.0.0.2", refusing[1]))
    with pytest.raises(ConnectionRefusedError) as raised:
        await dial("vendor.example", 1)
    assert raised.value.errno == errno.ECONNREFUSED


async def test_a_name_without_an_address_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    stands_for(monkeypatch)
    with pytest.raises(OSError, match="has no address"):
        await dial("vendor.example", 1)


async def test_failures_of_several_kinds_are_one_sentence(monkeypatch: pytest.MonkeyPatch, refusing: Place) -> None:
    stands_for(monkeypatch, refusing, ("255.255.255.255", 9))
    with pytest.raises(OSError, match="none of its addresses answers"):
        await dial("vendor.example", 1)


async def test_however_it_is_cancelled_no_socket_is_left(
    monkeypatch: pytest.MonkeyPatch, silent: Place, listening: socket.socket
) -> None:
    # A socket that is left warns when it is collected, and a warning fails a test.
    stands_for(monkeypatch, listening.getsockname(), silent, listening.getsockname())
    monkeypatch.setattr(dialling, "NEXT_AFTER", 0)
    for turns in range(12):
        task = asyncio.create_task(dial("vendor.example", 1))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        for called in await asyncio.gather(task, return_exceptions=True):
            if isinstance(called, socket.socket):
                called.close()
    await asyncio.sleep(0)
    gc.collect()
