"""A file of 60 MB on its way up, in each encoding: how much memory it takes, and how long it holds the event loop.

Memory is the process's resident size, read while the upload runs. The loop's gaps are wall time between two turns
of a task that does nothing else; the best of several runs counts, since other programs only ever lengthen them.
"""

from __future__ import annotations

import asyncio
import base64
import gc
import hashlib
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from providers.http import HttpClient
from providers.model import FileRef
from providers.transfer import Upload
from tests.support.clients import http_client
from tests.support.sink import sink

pytestmark = pytest.mark.bench

SIZE = 60 * 1024 * 1024
PIECE = hashlib.sha256(b"a piece").digest() * 32 * 1024
MEMORY = 16 * 1024 * 1024
GAP = 0.010
RUNS = 4
ENCODINGS: dict[str, Callable[[FileRef], Upload]] = {
    "binary": lambda ref: Upload.file("acme", ref),
    "base64": lambda ref: Upload.base64_file("acme", ref),
    "json": lambda ref: Upload.json("acme", {"action": "Comment", "attachments": [{"name": "a", "content": ref}]}),
}


@pytest.fixture(scope="module")
def chosen(tmp_path_factory: pytest.TempPathFactory) -> FileRef:
    """The file, and its digest."""
    path = tmp_path_factory.mktemp("upload") / "core.dump"
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for _ in range(SIZE // len(PIECE)):
            file.write(PIECE)
            digest.update(PIECE)
    return FileRef(
        path=str(path), name=path.name, size=SIZE, content_type="application/x-core", sha256=digest.hexdigest()
    )


def resident() -> int:
    """Bytes of this process in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Watch:
    """Turns with the loop until it is stopped, and notes the longest gap and the most memory."""

    def __init__(self) -> None:
        self.gap = 0.0
        self.memory = 0
        self.turns = 0

    async def run(self) -> None:
        last = time.perf_counter()
        while True:
            await asyncio.sleep(0.001)
            now = time.perf_counter()
            self.gap = max(self.gap, now - last - 0.001)
            last = now
            self.turns += 1
            if self.turns % 20 == 0:
                self.memory = max(self.memory, resident())
                last = time.perf_counter()


async def watched(client: HttpClient, url: str, upload: Upload) -> tuple[Watch, dict[str, object]]:
    """One upload, and what was seen meanwhile."""
    watch = Watch()
    watching = asyncio.create_task(watch.run())
    answer = await client.request("PUT", url, treatment="write", content=upload)
    watching.cancel()
    return watch, answer.json()


@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_a_60_mb_upload_is_small_in_memory_and_leaves_the_loop_free(encoding: str, chosen: FileRef) -> None:
    upload = ENCODINGS[encoding](chosen)
    async with sink() as url, http_client(url, timeout_seconds=120) as client:
        await client.request("PUT", url, treatment="write", content=b"{}")  # what a first request loads
        gc.collect()
        before = resident()
        seen = [await watched(client, url, upload) for _ in range(RUNS)]
    grown = max(watch.memory for watch, _ in seen) - before
    gap = min(watch.gap for watch, _ in seen)
    size, more = upload.length / 2**20, grown / 2**20
    print(f"\n{encoding}: {size:.1f} MiB, memory +{more:.1f} MiB, longest gap {gap * 1e3:.1f} ms")
    assert {document["size"] for _, document in seen} == {upload.length}
    if encoding == "binary":
        assert seen[0][1]["sha256"] == chosen.sha256
    assert grown < MEMORY
    assert gap < GAP


async def test_what_arrives_is_the_file(chosen: FileRef) -> None:
    async with sink() as url, http_client(url, timeout_seconds=120) as client:
        answer = await client.request("PUT", url, treatment="write", content=Upload.base64_file("acme", chosen))
    expected = hashlib.sha256()
    for _ in range(SIZE // (3 * len(PIECE))):
        expected.update(base64.b64encode(3 * PIECE))
    assert answer.json()["sha256"] == expected.hexdigest()
