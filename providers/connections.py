"""Connections kept apart: one small pool for each, so that what a request costs does not grow with their number.

httpcore's pool looks at every connection it has, and asks the kernel about each idle one, whenever a request begins
or ends; with 64 of them that is most of what a request costs. Here each pool holds one connection, and which one is
free is known without looking.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from ssl import SSLContext
from typing import Final

import httpx

from providers.sockets import Sockets

MOST: Final = 100
"""Connections to one origin; more requests than that wait for one of them."""
_LIMITS: Final = httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=3.0)


def line(context: SSLContext, proxy: str | None) -> httpx.AsyncHTTPTransport:
    """A pool of one connection, over our own sockets."""
    through = None
    if proxy is not None:
        # A proxy that is spoken to over TLS is trusted by the same authorities as the vendor.
        through = httpx.Proxy(proxy, ssl_context=context if proxy.startswith("https:") else None)
    transport = httpx.AsyncHTTPTransport(verify=context, proxy=through, trust_env=False, limits=_LIMITS)
    # httpx has no parameter for it. Were these names to change, the library's own way would be taken.
    transport._pool._network_backend = Sockets()
    return transport


class Slot:
    """One pool of one connection, how many requests it has, and whether one of them did not come to its end."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self.transport = transport
        self.requests = 0
        self.spoiled = False


class Connections(httpx.AsyncBaseTransport):
    """A transport that hands each request to a pool with nothing else to do, the one used last before the others.

    A request that was broken off takes its pool with it. Its connection could not be used again anyway, and httpcore's
    pool, cancelled between two steps, may keep one that never began, or never ends, in place of any other.
    """

    def __init__(self, make: Callable[[], httpx.AsyncBaseTransport], most: int = MOST) -> None:
        self._make = make
        self._most = most
        self._slots: dict[tuple[str, str, int | None], list[Slot]] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; its slot is free again when the answer's body has been closed."""
        slots = self._slots.setdefault((request.url.scheme, request.url.host, request.url.port), [])
        slot = self._choose(slots)
        slot.requests += 1
        try:
            response = await slot.transport.handle_async_request(request)
        except BaseException:
            await self._leave(slots, slot, whole=False)
            raise
        assert isinstance(response.stream, httpx.AsyncByteStream)
        response.stream = _Body(response.stream, lambda whole: self._leave(slots, slot, whole=whole))
        return response

    def _choose(self, slots: list[Slot]) -> Slot:
        """A free slot, the one used last first; a new one; where there may be no more, the least busy."""
        if slots and not slots[0].requests:
            return slots[0]
        free = next((slot for slot in slots if not slot.requests), None)
        if free is not None:
            return free
        if len(slots) < self._most:
            slots.append(Slot(self._make()))
            return slots[-1]
        return min(slots, key=lambda slot: slot.requests)

    async def _leave(self, slots: list[Slot], slot: Slot, *, whole: bool) -> None:
        slot.requests -= 1
        if not slot.spoiled:
            slots.remove(slot)
            slot.spoiled = not whole
            if whole:
                # To the front: the connection most likely to be alive is the next to be used.
                slots.insert(0, slot)
        if slot.spoiled and not slot.requests:
            await slot.transport.aclose()

    async def aclose(self) -> None:
        """Close every connection."""
        for slot in [slot for slots in self._slots.values() for slot in slots]:
            await slot.transport.aclose()
        self._slots.clear()


class _Body(httpx.AsyncByteStream):
    """An answer's body that says when it is closed, once, and whether it had been read to its end by then."""

    def __init__(self, stream: httpx.AsyncByteStream, leave: Callable[[bool], Awaitable[None]]) -> None:
        self._stream = stream
        self._leave: Callable[[bool], Awaitable[None]] | None = leave
        self._whole = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._stream:
            yield piece
        self._whole = True

    async def aclose(self) -> None:
        leave, self._leave = self._leave, None
        closed = False
        try:
            await self._stream.aclose()
            closed = True
        finally:
            if leave is not None:
                await leave(self._whole and closed)
