"""A TCP proxy that makes loopback as slow as a line over land: every byte arrives, and later."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from types import TracebackType
from typing import Self

_PIECE = 64 * 1024


class LongLine:
    """Listens on a free loopback port while it is entered. Each way takes `seconds` / 2; nothing is lost or dripped."""

    def __init__(self, url: str, seconds: float) -> None:
        _, _, authority = url.rpartition("/")
        host, _, port = authority.partition(":")
        self._upstream = host, int(port)
        self._one_way = seconds / 2
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: list[asyncio.StreamWriter] = []
        self.url = ""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.gather(*(writer.wait_closed() for writer in self._writers), return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        onward_reader, onward_writer = await asyncio.open_connection(*self._upstream)
        self._writers += [writer, onward_writer]
        for source, target in ((reader, onward_writer), (onward_reader, writer)):
            task = asyncio.create_task(self._carry(source, target))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _carry(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        with suppress(OSError):
            while piece := await source.read(_PIECE):
                loop.call_later(self._one_way, _write, target, piece)
        loop.call_later(self._one_way, target.close)


def _write(target: asyncio.StreamWriter, piece: bytes) -> None:
    if not target.is_closing():
        target.write(piece)
