"""An HTTP server in a process of its own that takes any body, forgets it and answers with its size and digest.

Run as a program it serves until its input ends, having printed its port.
"""

from __future__ import annotations

import asyncio
import hashlib
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


@asynccontextmanager
async def sink() -> AsyncIterator[str]:
    """Its URL. Outside our process, so that its work and memory do not count as ours."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.support.sink", stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{int(await process.stdout.readline())}"
    finally:
        await process.communicate(b"")


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    size = left = int(head.partition("content-length: ")[2].partition("\r\n")[0])
    digest = hashlib.sha256()
    while left:
        piece = await reader.read(min(left, 256 * 1024))
        if not piece:
            break
        digest.update(piece)
        left -= len(piece)
    body = f'{{"size": {size - left}, "sha256": "{digest.hexdigest()}"}}'.encode()
    writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    await writer.drain()
    writer.close()


async def _main() -> None:
    server = await asyncio.start_server(_serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(_main())
