"""What a gap keeps of the answer it began with."""

from __future__ import annotations

import hashlib
from pathlib import Path

from providers.base import Operation
from providers.model import Batch
from tests.support.fake_provider import ANSWERED, FakeProvider, declare
from tests.support.memory_desk import MemoryDesk
from tui.desk.gaps import HEAD
from tui.desk.ports import Document, Table, key_of


async def kept(tmp_path: Path, *answers: str) -> list[Document]:
    """What is kept after one poll for each of these unreadable answers."""
    declaration = declare(ANSWERED - {Operation.ACKNOWLEDGE}, queue_may_lose=True)
    desk = MemoryDesk(tmp_path, FakeProvider(declaration=declaration))
    for answer in answers:
        desk.fake.batches.append(Batch(gap="it cannot be read", raw=answer))
        await desk.sync("fake")
        desk.time.move(60)
    prefix = key_of("gap", "fake", "")
    found = [desk.memory.get(Table.META, key) for key in desk.memory.keys(Table.META) if key.startswith(prefix)]
    await desk.aclose()
    return [document for document in found if document is not None]


async def test_of_an_oversized_answer_the_head_the_size_and_the_digest_are_kept(tmp_path: Path) -> None:
    whole = "é" * (HEAD * 3)
    [document] = await kept(tmp_path, whole)
    assert document["raw"] == whole[:HEAD]
    assert document["size"] == len(whole.encode())
    assert document["sha256"] == hashlib.sha256(whole.encode()).hexdigest()


async def test_the_same_answer_is_kept_once_and_counted(tmp_path: Path) -> None:
    documents = await kept(tmp_path, "[{", "[{", "<html>", "[{")
    assert [(document["raw"], document["times"]) for document in documents] == [("[{", 3), ("<html>", 1)]
