"""TCP and TLS for httpcore, straight on asyncio.

The library's own way leads through anyio, which stops and starts listening on a socket for each read and asks the
kernel for its addresses several times a request: a third of what a small request costs. Here a connection listens for
as long as it lives, so that its end is known without asking.
"""

# ruff: noqa: ASYNC109  # httpcore passes a timeout to each step

from __future__ import annotations

import asyncio
import select
import socket
import ssl
from asyncio.trsock import TransportSocket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final, cast

import httpcore

from providers.dialling import dial

LARGEST: Final = 256 * 1024
"""Bytes that may lie here unread before the sender is made to wait."""


class Wire(asyncio.Protocol):
    """One connection: what has come and was not read yet, and who waits for more, or for room to send."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport
        self._socket: TransportSocket
        self.error: Exception | None = None
        self.ended = False
        self._came = bytearray()
        self._held = False
        self._full = False
        self._reader: asyncio.Future[None] | None = None
        self._writer: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection stands."""
        self.transport = cast("asyncio.Transport", transport)
        # Kept, because a transport that encrypts forgets it at the end.
        self._socket = transport.get_extra_info("socket")

    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        self._came += data
        if len(self._came) > LARGEST and not self._held:
            self._held = True
            self.transport.pause_reading()
        _wake(self._reader)

    def eof_received(self) -> None:
        """The other side sends no more; the transport closes. What was said by then is the answer to all."""
        self.ended = True
        _wake(self._reader)
        _wake(self._writer)

    def connection_lost(self, exc: Exception | None) -> None:
        """Over, with or without an error."""
        self.ended = True
        self.error = exc
        _wake(self._reader)
        _wake(self._writer)

    def pause_writing(self) -> None:
        """Too much waits to be sent."""
        self._full = True

    def resume_writing(self) -> None:
        """There is room again."""
        self._full = False
        _wake(self._writer)

    @property
    def readable(self) -> bool:
        """Whether reading would not wait."""
        return bool(self._came) or self.ended

    @property
    def stirred(self) -> bool:
        """Whether anything has come or it has ended, be it that the loop has not come round to it yet.

        A loop that was busy for a moment does not know that the vendor has closed an idle connection meanwhile; a
        write sent over it would be one without an answer.
        """
        return self.readable or _is_readable(self._socket.fileno())

    def require_silence(self) -> None:
        """Raise where anything was said, or the connection ended, before it is to be encrypted."""
        if self._came:
            error = ssl.SSLError()
            error.reason = "something was said before the handshake"  # where OpenSSL leaves its own words
            raise error
        if self.ended or self.transport.is_closing():
            raise self.error or ConnectionResetError("the connection was closed before the handshake")

    async def read(self, most: int) -> bytes:
        """What has come; nothing at the end. Raises what broke the connection."""
        if self.readable:
            await asyncio.sleep(0)  # however much comes, others have their turn
        while not self.readable:
            self._reader = asyncio.get_running_loop().create_future()
            try:
                await self._reader
            finally:
                self._reader = None
        if not self._came and self.error is not None:
            raise self.error
        data = bytes(self._came[:most])
        del self._came[:most]
        if self._held and len(self._came) <= LARGEST // 2:
            self._held = False
            if not self.ended:
                self.transport.resume_reading()
        return data

    def send(self, data: bytes) -> bool:
        """Send; whether there is room for more. Raises what broke the connection."""
        if self.ended or self.transport.is_closing():
            raise self.error or ConnectionResetError("the connection is closed")
        self.transport.write(data)
        return not self._full

    def drop(self) -> None:
        """Close at once. A transport that has ended with something still to send must not be asked to."""
        if self._socket.fileno() >= 0:
            self.transport.abort()

    async def room(self) -> None:
        """Wait until there is room for more, or it is over."""
        while self._full and not self.ended:
            self._writer = asyncio.get_running_loop().create_future()
            try:
                await self._writer
            finally:
                self._writer = None


def _is_readable(descriptor: int) -> bool:
    if descriptor < 0:
        return True
    if not hasattr(select, "poll"):
        return bool(select.select([descriptor], [], [], 0)[0])
    asked = select.poll()
    asked.register(descriptor, select.POLLIN)
    return bool(asked.poll(0))


def _wake(waiter: asyncio.Future[None] | None) -> None:
    if waiter is not None and not waiter.done():
        waiter.set_result(None)


class Stream(httpcore.AsyncNetworkStream):
    """A wire as httpcore wants it. Timeouts are in seconds."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """See httpcore."""
        with _mapped(httpcore.ReadTimeout, httpcore.ReadError):
            if timeout is None or self._wire.readable:
                return await self._wire.read(max_bytes)
            async with asyncio.timeout(timeout):
                return await self._wire.read(max_bytes)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """See httpcore."""
        if buffer:
            with _mapped(httpcore.WriteTimeout, httpcore.WriteError):
                if not self._wire.send(buffer):
                    async with asyncio.timeout(timeout):
                        await self._wire.room()

    async def aclose(self) -> None:
        """Close at once; what has not left is dropped."""
        self._wire.drop()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        """Encrypt from here on. The connection is closed where that does not come about.

        What came in plain before would be read as if it had come encrypted: it is refused, never kept.
        """
        wire = self._wire
        loop = asyncio.get_running_loop()
        try:
            with _mapped(httpcore.ConnectTimeout, httpcore.ConnectError):
                wire.require_silence()
                async with asyncio.timeout(timeout):
                    encrypted = await loop.start_tls(wire.transport, wire, ssl_context, server_hostname=server_hostname)
                if encrypted is None:
                    raise ConnectionResetError("the connection was closed during the handshake")
        except BaseException:
            wire.drop()
            raise
        wire.transport = encrypted
        return self

    def get_extra_info(self, info: str) -> Any:
        """See httpcore: `is_readable`, `ssl_object`, `socket`, `server_addr`, `client_addr`."""
        if info == "is_readable":
            return self._wire.stirred
        names = {"server_addr": "peername", "client_addr": "sockname"}
        return self._wire.transport.get_extra_info(names.get(info, info))


class Sockets(httpcore.AsyncNetworkBackend):
    """Connections of the event loop that runs."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first of a host's addresses that answers."""
        with _mapped(httpcore.ConnectTimeout, httpcore.ConnectError):
            async with asyncio.timeout(timeout):
                wire = await _wired(await dial(host, port, local_address))
        for option in socket_options or ():
            wire.transport.get_extra_info("socket").setsockopt(*option)
        return Stream(wire)

    async def sleep(self, seconds: float) -> None:
        """See httpcore."""
        await asyncio.sleep(seconds)


async def _wired(connected: socket.socket) -> Wire:
    try:
        _, wire = await asyncio.get_running_loop().create_connection(Wire, sock=connected)
    except BaseException:
        connected.close()
        raise
    return wire


@contextmanager
def _mapped(late: type[Exception], broken: type[Exception]) -> Iterator[None]:
    """asyncio's errors as httpcore's."""
    try:
        yield
    except TimeoutError as error:
        raise late(str(error)) from error
    except OSError as error:
        raise broken(str(error) or "the connection was closed") from error
