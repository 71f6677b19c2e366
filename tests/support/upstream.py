"""A tiny HTTP server over real sockets that answers as a test says, down to the byte, and notes what it was sent."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from tests.support.loopback import Loopback


@dataclass(slots=True)
class Seen:
    """One request as it came. `body` is empty and only counted where the server does not keep bodies."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""
    size: int = 0

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. `raw`, where given, is sent as it is, and the connection closed."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None


Handler = Callable[[Seen], Awaitable[Reply]]


def reply_json(document: Any, status: int = 200, **headers: str) -> Reply:
    """A JSON answer; `retry_after="3"` becomes a Retry-After header."""
    named = {name.replace("_", "-").title(): value for name, value in headers.items()}
    return Reply(status, json.dumps(document).encode(), {"Content-Type": "application/json", **named})


def reply_html(status: int = 200, title: str = "Sign in") -> Reply:
    """A proxy's page."""
    body = f"<html><head><title>{title}</title></head><body>go away</body></html>".encode()
    return Reply(status, body, {"Content-Type": "text/html"})


class Upstream(Loopback):
    """Serves on a free loopback port while it is entered.

    Answers come from `script` in order, the last one for good; or from `handler`. `seen` are the requests that
    arrived whole.
    """

    def __init__(
        self,
        *script: Reply,
        handler: Handler | None = None,
        keep_bodies: bool = True,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        super().__init__(tls)
        self._script = list(script) or [reply_json({})]
        self._handler = handler or self._scripted
        self._keep_bodies = keep_bodies
        self.seen: list[Seen] = []

    def answers(self, *script: Reply) -> None:
        """What to answer from now on."""
        self._script = list(script)

    async def _scripted(self, seen: Seen) -> Reply:
        return self._script.pop(0) if len(self._script) > 1 else self._script[0]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request after the other."""
        with suppress(OSError, asyncio.IncompleteReadError):
            while (seen := await self._read(reader)) is not None:
                self.seen.append(seen)
                reply = await self._handler(seen)
                if reply.raw is not None:
                    writer.write(reply.raw)
                    return
                headers = {"Content-Length": str(len(reply.body)), **reply.headers}
                lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
                writer.write(f"HTTP/1.1 {reply.status} Words\r\n{lines}\r\n".encode() + reply.body)
                await writer.drain()

    async def _read(self, reader: asyncio.StreamReader) -> Seen | None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return None
        first, *lines = head.decode("latin-1").split("\r\n")[:-2]
        method, target, _ = first.split(" ", 2)
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        seen = Seen(method, target, headers)
        left = int(headers.get("content-length", "0"))
        kept = bytearray()
        while left:
            piece = await reader.read(min(left, 64 * 1024))
            if not piece:
                raise asyncio.IncompleteReadError(b"", left)
            left -= len(piece)
            seen.size += len(piece)
            if self._keep_bodies:
                kept += piece
        seen.body = bytes(kept)
        return seen
