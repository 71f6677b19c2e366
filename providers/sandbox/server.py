"""uvicorn on one free loopback port, in a thread with a loop of its own."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from collections.abc import Callable
from typing import Any, Final, cast

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from providers.sandbox.front import Front

logging.getLogger("uvicorn").addHandler(logging.NullHandler())  # never onto the terminal of a running dashboard

KEEP_ALIVE_SECONDS: Final = 75
SHUTDOWN_SECONDS: Final = 2.0


class _Server(uvicorn.Server):
    """A server that stops at once when told to, instead of at its next look."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.stopping = asyncio.Event()

    async def main_loop(self) -> None:
        """Refresh the Date header once a second until told to stop."""
        while not await self.on_tick(0):
            try:
                await asyncio.wait_for(self.stopping.wait(), 1.0)
            except TimeoutError:
                continue
            self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close at once. What is under way notices that its client is gone."""
        for server in self.servers:
            server.close()
        for each in sockets or []:
            each.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        tasks = set(self.server_state.tasks)
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=SHUTDOWN_SECONDS)
            for task in late:
                task.cancel()


class Server:
    """Serves the vendors from another thread. `every_second` is called in it while it runs."""

    def __init__(self, front: Front, port: int, every_second: Callable[[], None]) -> None:
        self._front = front
        self._every_second = every_second
        self._socket = _listening(port)
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="sandbox", daemon=True)
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: _Server | None = None

    def start(self) -> None:
        """Start, and return once requests are answered."""
        self._thread.start()
        self._ready.wait()

    def stop(self) -> None:
        """Stop, and return once the thread has ended. Requests under way are cut off."""
        if self._loop is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._end)
        self._thread.join()

    def _end(self) -> None:
        assert self._server is not None
        self._server.stopping.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        config = uvicorn.Config(
            cast("Any", self._front),
            http=_protocol_of(self._front),
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
        )
        self._server = _Server(config)
        ticking = asyncio.create_task(self._tick())
        self._loop.call_soon(self._announce)
        try:
            await self._server.serve(sockets=[self._socket])
        finally:
            ticking.cancel()
            await asyncio.wait({ticking})

    def _announce(self) -> None:
        """The socket listens from the start, so a client may connect as soon as the loop runs."""
        self._ready.set()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(1.0)
            self._every_second()


def _listening(port: int) -> socket.socket:
    """A socket that listens on loopback. TCP is named so that asyncio turns Nagle's algorithm off."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", port))
        listening.listen(256)
    except OSError:
        listening.close()
        raise
    return listening


def _protocol_of(front: Front) -> type[H11Protocol]:
    """uvicorn's protocol, which also tells the front its connections by their peer's address."""

    class Protocol(H11Protocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as its parent
            super().connection_made(transport)
            if self.client is not None:
                front.transports[self.client] = transport

        def connection_lost(self, exc: Exception | None) -> None:
            if self.client is not None:
                front.transports.pop(self.client, None)
            super().connection_lost(exc)

    return Protocol
