"""A TCP proxy that breaks connections on purpose: what no HTTP server does by itself.

It stands between a client and a real server on loopback. Each new connection takes the next fault that was queued;
without one it only passes bytes on. Byte counts are over the whole connection.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Literal

from tests.support.loopback import Loopback, close

Kind = Literal["pass", "reset_request", "reset_answer", "truncate_answer", "stall_answer", "drip_answer", "silence"]
_PIECE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to one connection.

    reset_request: after `after` bytes of the request went to the server, both sides are reset. reset_answer: the
    request goes through whole, the client gets `after` bytes of the answer, then a reset; truncate_answer: then an
    ordinary end; stall_answer: then nothing more. drip_answer: after `after` bytes one byte every `seconds`.
    silence: accepted, and nothing is read or sent.
    """

    kind: Kind = "pass"
    after: int = 0
    seconds: float = 0.0


class FaultProxy(Loopback):
    """Stands at `url`, before the server at the one it is given."""

    def __init__(self, url: str) -> None:
        super().__init__()
        _, _, authority = url.rpartition("/")
        host, _, port = authority.partition(":")
        self._upstream = host, int(port)
        self._faults: deque[Fault] = deque()
        self._writers: set[asyncio.StreamWriter] = set()

    def queue(self, *faults: Fault) -> None:
        """What the next connections are to suffer, in order."""
        self._faults.extend(faults)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await super().__aexit__(kind, error, trace)
        for writer in self._writers:
            await close(writer)

    async def _serve_and_close(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Some faults leave a connection open: all are closed at the end alone.
        await self.serve(reader, writer)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass one connection on, as far as its fault lets it."""
        self._writers.add(writer)
        fault = self._faults.popleft() if self._faults else Fault()
        if fault.kind == "silence":
            return
        if fault.kind == "reset_request" and fault.after == 0:
            await reader.read(1)  # the client has begun, so that it knows a connection
            _reset(writer)
            return
        server_reader, server_writer = await asyncio.open_connection(*self._upstream)
        self._writers.add(server_writer)

        def reset_both() -> None:
            _reset(writer)
            _reset(server_writer)

        try:
            async with asyncio.TaskGroup() as sides:
                sides.create_task(_request(reader, server_writer, fault, reset_both))
                sides.create_task(_answer(server_reader, writer, fault, reset_both))
        except* OSError:
            reset_both()


async def _request(
    reader: asyncio.StreamReader, server: asyncio.StreamWriter, fault: Fault, reset: Callable[[], None]
) -> None:
    left = fault.after if fault.kind == "reset_request" else None
    while piece := await reader.read(_PIECE if left is None else min(left, _PIECE)):
        server.write(piece)
        await server.drain()
        if left is not None:
            left -= len(piece)
            if left == 0:
                reset()
                return
    if not server.is_closing():
        server.write_eof()


async def _answer(
    server: asyncio.StreamReader, client: asyncio.StreamWriter, fault: Fault, reset: Callable[[], None]
) -> None:
    limited = fault.kind in ("reset_answer", "truncate_answer", "stall_answer", "drip_answer")
    left = fault.after if limited else None
    while piece := await server.read(_PIECE):
        if left is not None and len(piece) >= left:
            client.write(piece[:left])
            await client.drain()
            await _suffer(client, fault, piece[left:], reset)
            return
        if left is not None:
            left -= len(piece)
        client.write(piece)
        await client.drain()
    client.close()


async def _suffer(client: asyncio.StreamWriter, fault: Fault, rest: bytes, reset: Callable[[], None]) -> None:
    if fault.kind == "reset_answer":
        reset()
    elif fault.kind == "truncate_answer":
        client.close()
    elif fault.kind == "drip_answer":
        for byte in rest:
            client.write(bytes([byte]))
            await client.drain()
            await asyncio.sleep(fault.seconds)


def _reset(writer: asyncio.StreamWriter) -> None:
    """End a connection with RST instead of FIN."""
    connection = writer.get_extra_info("socket")
    if connection is not None and not writer.is_closing():
        with suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
