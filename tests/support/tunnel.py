"""An HTTP proxy on loopback that knows CONNECT alone, or refuses it, and notes the heads of what it was sent."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress

from tests.support.loopback import Loopback, close


class Tunnel(Loopback):
    """Stands at `url`. `refusal` is a status line's end; with `tls` it is itself spoken to over TLS."""

    def __init__(self, refusal: str = "", tls: ssl.SSLContext | None = None) -> None:
        super().__init__(tls)
        self._refusal = refusal
        self.heads: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One CONNECT, and what goes through it."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.heads.append(head)
        if self._refusal:
            writer.write(f"HTTP/1.1 {self._refusal}\r\nContent-Length: 0\r\n\r\n".encode())
            return
        host, _, port = head.split(" ")[1].partition(":")
        far_reader, far_writer = await asyncio.open_connection(host, int(port))
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        try:
            await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))
        finally:
            await close(far_writer)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()
    writer.close()
