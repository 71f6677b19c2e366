"""The one ASGI application: finds the vendor, strikes with faults, and notes every request.

A raw ASGI wrapper, because a reset or a cut answer needs the connection itself. `transports` maps a peer's address
to its connection; the server's protocol class keeps it.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import zlib
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from providers.sandbox.context import Context
from providers.sandbox.faults import Fault, Faults
from providers.sandbox.ledger import RequestSeen
from providers.sandbox.wire import answer

Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
Handler = Callable[[Request], Awaitable[Response]]

BODY_KEPT: Final = 64 * 1024
HUGE: Final = 100 * 1024 * 1024
LOST: Final = "sandbox.answer_lost"
"""A key of the ASGI scope under which a vendor may leave what it does when its answer never arrives."""

PROXY_PAGE: Final = (
    "<!DOCTYPE html><html><head><title>Sign in to the guest network</title></head>"
    "<body><h1>Please sign in</h1><form method=post action=/login></form></body></html>"
)
GATEWAY_PAGE: Final = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


@dataclass(slots=True)
class _Watched:
    """One request under way: what came in, what went out."""

    scope: Event
    receive_raw: Receive
    send_raw: Send
    vendor: str
    line: str
    answered: Callable[[int, bytes], None]
    body: bytearray = field(default_factory=bytearray)
    early: list[Event] = field(default_factory=list)

    async def receive(self) -> Event:
        event = self.early.pop(0) if self.early else await self.receive_raw()
        if event["type"] == "http.request" and len(self.body) < BODY_KEPT:
            self.body += event.get("body", b"")[: BODY_KEPT - len(self.body)]
        return event

    async def send(self, event: Event) -> None:
        if event["type"] == "http.response.start":
            self.answered(event["status"], bytes(self.body))
        await self.send_raw(event)

    async def gone(self) -> None:
        """Return when the client has left."""
        while True:
            event = await self.receive_raw()
            if event["type"] == "http.disconnect":
                return
            self.early.append(event)

    async def waited(self, seconds: float) -> bool:
        """Wait, for ever where `seconds` is 0. False where the client left before."""
        leaving = asyncio.ensure_future(self.gone())
        done, _ = await asyncio.wait({leaving}, timeout=seconds or None)
        if not done:
            leaving.cancel()
            await asyncio.wait({leaving})
        return not done


@dataclass(slots=True)
class _Captured:
    """A vendor's whole answer, kept back."""

    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytearray = field(default_factory=bytearray)

    async def send(self, event: Event) -> None:
        if event["type"] == "http.response.start":
            self.status = event["status"]
            self.headers = list(event["headers"])
        else:
            self.body += event.get("body", b"")

    def without_length(self) -> list[tuple[bytes, bytes]]:
        return [(name, value) for name, value in self.headers if name.lower() != b"content-length"]


class Front:
    """Dispatches by path prefix; the longest prefix wins."""

    def __init__(self, context: Context, faults: Faults) -> None:
        self.transports: dict[tuple[str, int], asyncio.Transport] = {}
        self._context = context
        self._faults = faults
        self._routes: list[tuple[str, str, Handler]] = []

    def mount(self, prefix: str, vendor: str, handler: Handler) -> None:
        """Give everything under a prefix to a vendor."""
        self._routes.append((prefix, vendor, handler))
        self._routes.sort(key=lambda route: -len(route[0]))

    async def __call__(self, scope: Event, receive: Receive, send: Send) -> None:
        """Answer one request."""
        raw_path = scope["raw_path"].decode("ascii")
        query = scope["query_string"].decode("ascii", "replace")
        path = f"{raw_path}?{query}" if query else raw_path
        vendor, handler = self._find(raw_path)
        line = f"{scope['method']} {path}"
        fault = self._faults.take(vendor, line) if vendor else None
        answered = self._noted(scope, vendor, path, fault) if vendor else _unnoted
        watched = _Watched(scope, receive, send, vendor, line, answered)
        if fault is None:
            await self._handle(handler, watched, watched.send)
        else:
            await self._strike(fault, handler, watched)

    def _noted(self, scope: Event, vendor: str, path: str, fault: Fault | None) -> Callable[[int, bytes], None]:
        """Note a request as it arrives. What notes its answer."""
        ledger = self._context.ledger
        number = ledger.arrived(
            RequestSeen(
                at=self._context.now(),
                vendor=vendor,
                method=scope["method"],
                path=path,
                status=0,
                fault=fault.fault if fault else "",
                headers={name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]},
            )
        )
        return lambda status, body: ledger.answered(number, status, body)

    def _find(self, path: str) -> tuple[str, Handler]:
        for prefix, vendor, handler in self._routes:
            if path == prefix or path.startswith(prefix.rstrip("/") + "/"):
                return vendor, handler
        return "", _nowhere

    async def _handle(self, handler: Handler, watched: _Watched, send: Send) -> None:
        response = await handler(Request(watched.scope, watched.receive))
        await response(watched.scope, watched.receive, send)

    async def _strike(self, fault: Fault, handler: Handler, watched: _Watched) -> None:
        kind = fault.fault
        if kind == "stall":
            if await watched.waited(fault.seconds):
                await self._handle(handler, watched, watched.send)
        elif kind == "reset_before":
            await self._reset(watched)
        elif kind in ("reset_after", "stall_after", "drip", "half_json", "cut", "empty"):
            captured = _Captured()
            await self._handle(handler, watched, captured.send)
            await self._spoil(fault, captured, watched)
        elif kind == "huge":
            await self._pour(watched)
        else:
            response = _instead(fault)
            await response(watched.scope, watched.receive, watched.send)

    async def _spoil(self, fault: Fault, captured: _Captured, watched: _Watched) -> None:
        """Send a kept answer the way the fault wants it. The vendor is told where its answer is lost, and before
        the client can notice."""
        kind, body = fault.fault, bytes(captured.body)
        lost = watched.scope.get(LOST, _nothing)
        if kind == "stall_after":
            if await watched.waited(fault.seconds):
                await _reply(watched, captured.status, captured.headers, body)
            else:
                lost()
            return
        if kind == "drip":
            if not await _drip(watched, captured, fault.seconds or 30.0):
                lost()
            return
        lost()
        if kind == "reset_after":
            await self._reset(watched)
        elif kind == "empty":
            await _reply(watched, 200, [], b"")
        elif kind == "half_json":
            await _reply(watched, captured.status, captured.without_length(), body[: len(body) // 2])
        else:
            headers = [*captured.without_length(), (b"content-length", str(len(body)).encode())]
            await watched.send({"type": "http.response.start", "status": captured.status, "headers": headers})
            await watched.send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
            self.transports[watched.scope["client"]].close()
            await watched.gone()

    async def _reset(self, watched: _Watched) -> None:
        """End the connection with a TCP reset, and wait until the server has noticed."""
        transport = self.transports[watched.scope["client"]]
        peer = transport.get_extra_info("socket")
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
        await watched.gone()

    async def _pour(self, watched: _Watched) -> None:
        headers = [(b"content-type", b"application/json")]
        await watched.send({"type": "http.response.start", "status": 200, "headers": headers})
        await watched.send({"type": "http.response.body", "body": b'{"result": "', "more_body": True})
        piece = b"x" * (256 * 1024)
        connection = self.transports[watched.scope["client"]]
        for _ in range(HUGE // len(piece)):
            if connection.is_closing():
                return
            await watched.send({"type": "http.response.body", "body": piece, "more_body": True})
        await watched.send({"type": "http.response.body", "body": b'"}', "more_body": False})


async def _reply(watched: _Watched, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    kept = [(name, value) for name, value in headers if name.lower() != b"content-length"]
    kept.append((b"content-length", str(len(body)).encode()))
    await watched.send({"type": "http.response.start", "status": status, "headers": kept})
    await watched.send({"type": "http.response.body", "body": body, "more_body": False})


async def _drip(watched: _Watched, captured: _Captured, seconds: float) -> bool:
    """The answer's body in at most 100 drops over the time given. Whether the client stayed to the end."""
    body = bytes(captured.body)
    drop = max(1, len(body) // 100)
    await watched.send({"type": "http.response.start", "status": captured.status, "headers": captured.headers})
    pause = seconds / max(1, -(-len(body) // drop))
    for start in range(0, len(body), drop):
        if not await watched.waited(pause):
            return False
        await watched.send({"type": "http.response.body", "body": body[start : start + drop], "more_body": True})
    await watched.send({"type": "http.response.body", "body": b"", "more_body": False})
    return True


def _instead(fault: Fault) -> Response:
    """The answer that stands in for the vendor's."""
    patience = {"Retry-After": f"{fault.seconds:g}"} if fault.seconds else {}
    match fault.fault:
        case "html":
            return Response(PROXY_PAGE, 200, media_type="text/html")
        case "foreign_json":
            return answer(200, {"hello": ["world", None, 3]})
        case "status_429":
            return answer(429, {"message": "Too Many Requests"}, patience)
        case "status_500":
            return answer(500, {"message": "Internal server error"})
        case "status_502":
            return Response(GATEWAY_PAGE, 502, media_type="text/html")
        case "status_503":
            return answer(503, {"message": "Service Unavailable"}, patience)
        case "unauthorised":
            return answer(401, {"message": "Unauthorized"})
        case "redirect":
            return Response(status_code=302, headers={"Location": "https://elsewhere.example/login"})
        case _:
            headers = {"Content-Encoding": "gzip"}
            return Response(_bomb(), 200, headers=headers, media_type="application/json")


@cache
def _bomb() -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    piece = b" " * (1024 * 1024)
    return b"".join(packer.compress(piece) for _ in range(HUGE // len(piece))) + packer.flush()


async def _nowhere(request: Request) -> Response:
    return answer(404, {"message": "There is no vendor at this path of the sandbox."})


def _unnoted(status: int, body: bytes) -> None:
    """What notes the answer to a request that concerns no vendor."""


def _nothing() -> None:
    """What happens when an answer is lost, where the vendor has no opinion."""
