"""Connections on asyncio alone, tried against a peer of plain sockets; TLS is tried in test_http and test_trust."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from ssl import SSLContext, create_default_context

import httpcore
import pytest

from providers.connections import line
from providers.failure import connection_failure
from providers.sockets import Sockets, Stream
from tests.support.certificates import Authority
from tests.support.until import until

MUCH = 64 * 1024 * 1024


@contextmanager
def peer(work: Callable[[socket.socket], None]) -> Iterator[int]:
    """A port where one connection is accepted, and worked on in a thread."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            accepted, _ = listening.accept()
            with accepted:
                work(accepted)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        thread.join(10)


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[httpcore.AsyncNetworkStream]:
    """A stream to it."""
    stream = await Sockets().connect_tcp("127.0.0.1", port, timeout=5)
    try:
        yield stream
    finally:
        await stream.aclose()


async def test_what_is_sent_comes_back_whole_and_then_the_end() -> None:
    sent = bytes(range(256)) * 4096

    def echo(accepted: socket.socket) -> None:
        accepted.sendall(_receive(accepted, len(sent)))

    with peer(echo) as port:
        async with connected(port) as stream:
            await stream.write(sent, timeout=10)
            came = bytearray()
            while piece := await stream.read(65536, timeout=10):
                came += piece
    assert came == sent


def _receive(accepted: socket.socket, size: int) -> bytes:
    came = bytearray()
    while len(came) < size:
        came += accepted.recv(65536)
    return bytes(came)


async def test_a_sender_is_made_to_wait_while_nobody_reads() -> None:
    gone = 0
    stuck = threading.Event()

    def flood(accepted: socket.socket) -> None:
        nonlocal gone
        accepted.settimeout(0.5)
        try:
            for _ in range(MUCH // 65536):
                gone += accepted.send(bytes(65536))
        except TimeoutError:
            stuck.set()

    with peer(flood) as port:
        async with connected(port) as stream:
            # The peer ends once it has been made to wait; had it not been, all would have come.
            assert await asyncio.to_thread(stuck.wait, 30)
            came = 0
            while piece := await stream.read(65536, timeout=10):
                came += len(piece)
    assert came == gone < MUCH


async def test_the_end_of_an_idle_connection_is_known_without_reading() -> None:
    with peer(lambda accepted: None) as port:
        async with connected(port) as stream:
            await until(lambda: stream.get_extra_info("is_readable"))
            assert await stream.read(10) == b""
            with pytest.raises(httpcore.WriteError):
                await stream.write(b"more")


async def test_a_loop_that_was_busy_learns_of_the_end_before_it_sends() -> None:
    ends, ended = threading.Event(), threading.Event()

    def end(accepted: socket.socket) -> None:
        _wait(ends)
        accepted.close()
        ended.set()

    with peer(end) as port:
        async with connected(port) as stream:
            assert not stream.get_extra_info("is_readable")
            ends.set()
            ended.wait(10)  # the loop stands still meanwhile
            assert stream.get_extra_info("is_readable")


async def test_others_have_their_turn_however_much_has_come() -> None:
    with peer(lambda accepted: accepted.sendall(bytes(1000))) as port:
        async with connected(port) as stream:
            await stream.read(1, timeout=5)
            turns = 0

            async def others() -> None:
                nonlocal turns
                while True:
                    turns += 1
                    await asyncio.sleep(0)

            task = asyncio.create_task(others())
            for place in range(100):
                assert await stream.read(1, timeout=5) and turns >= place
            task.cancel()


async def test_a_reset_is_a_read_error_with_its_cause() -> None:
    def reset(accepted: socket.socket) -> None:
        accepted.recv(1)  # by then the connection stands on the other side too
        accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with peer(reset) as port:
        async with connected(port) as stream:
            await stream.write(b"?")
            with pytest.raises(httpcore.ReadError) as raised:
                await stream.read(10, timeout=5)
    assert isinstance(raised.value.__cause__, ConnectionResetError)


def _wait(event: threading.Event) -> None:
    event.wait(10)


async def test_a_silent_peer_is_given_up_in_time_and_a_refusing_one_at_once() -> None:
    quiet = threading.Event()
    with peer(lambda accepted: _wait(quiet)) as port:
        async with connected(port) as stream:
            with pytest.raises(httpcore.ReadTimeout):
                await stream.read(10, timeout=0.01)
            quiet.set()
    with pytest.raises(httpcore.ConnectError) as raised:
        await Sockets().connect_tcp("127.0.0.1", port, timeout=5)
    assert isinstance(raised.value.__cause__, ConnectionRefusedError)


async def test_a_request_answered_before_it_was_read_is_closed_like_any_other() -> None:
    heard, read = threading.Event(), threading.Event()

    def refuse(accepted: socket.socket) -> None:
        accepted.recv(1)
        accepted.sendall(b"too large")
        accepted.shutdown(socket.SHUT_WR)
        _wait(heard)
        while accepted.recv(65536):
            pass
        read.set()

    with peer(refuse) as port:
        async with connected(port) as stream:
            await stream.write(bytes(MUCH), timeout=10)
            assert await stream.read(100, timeout=10) == b"too large"
            heard.set()
            assert await asyncio.to_thread(read.wait, 10)


async def test_an_encrypted_connection_that_breaks_is_known_to_have_ended(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    server, breaks = authority.server(), threading.Event()

    def answer(accepted: socket.socket) -> None:
        encrypted = server.wrap_socket(accepted, server_side=True)
        _wait(breaks)
        encrypted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        encrypted.close()

    with peer(answer) as port:
        plain = await Sockets().connect_tcp("127.0.0.1", port, timeout=5)
        stream = await plain.start_tls(create_default_context(cafile=authority.bundle), "localhost", timeout=5)
        breaks.set()
        assert isinstance(stream, Stream)
        async with asyncio.timeout(10):
            while not stream._wire.ended:
                stream.get_extra_info("is_readable")
                await asyncio.sleep(0)
        assert stream.get_extra_info("is_readable")
        await stream.aclose()


async def test_a_handshake_that_never_ends_is_given_up_and_closed() -> None:
    closed = threading.Event()

    def mute(accepted: socket.socket) -> None:
        while accepted.recv(65536):
            pass
        closed.set()

    with peer(mute) as port:
        stream = await Sockets().connect_tcp("127.0.0.1", port, timeout=5)
        with pytest.raises(httpcore.ConnectTimeout):
            await stream.start_tls(create_default_context(), "a.example", timeout=0.05)
        assert await asyncio.to_thread(closed.wait, 10)


async def test_an_answer_is_no_handshake() -> None:
    with peer(lambda accepted: accepted.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as port:
        stream = await Sockets().connect_tcp("127.0.0.1", port, timeout=5)
        with pytest.raises(httpcore.ConnectError):
            await stream.start_tls(create_default_context(), "a.example", timeout=5)


async def test_what_was_said_in_plain_is_never_taken_for_encrypted() -> None:
    came: list[bytes] = []

    def forge(accepted: socket.socket) -> None:
        accepted.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        came.append(accepted.recv(65536))

    with peer(forge) as port:
        stream = await Sockets().connect_tcp("127.0.0.1", port, timeout=5)
        assert await stream.read(4, timeout=5) == b"HTTP"
        with pytest.raises(httpcore.ConnectError) as raised:
            await stream.start_tls(create_default_context(), "a.example", timeout=5)
        await until(lambda: bool(came))
    assert connection_failure(raised.value, "a.example").words == (
        "no TLS with a.example: something was said before the handshake"
    )
    assert came == [b""], "no handshake was begun, and the connection was closed"


async def test_a_peer_that_has_gone_is_not_waited_for() -> None:
    with peer(lambda accepted: None) as port:
        stream = await Sockets().connect_tcp("127.0.0.1", port, timeout=5)
        await until(lambda: stream.get_extra_info("is_readable"))
        with pytest.raises(httpcore.ConnectError, match="the connection was closed"):
            await stream.start_tls(create_default_context(), "a.example", timeout=60)


@pytest.mark.parametrize("proxy", [None, "http://proxy.example:3128"])
def test_a_line_goes_over_these_sockets(proxy: str | None) -> None:
    context: SSLContext = create_default_context()
    assert isinstance(line(context, proxy)._pool._network_backend, Sockets)
