"""What a gap keeps of the answer it began with."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from providers.base import Operation
from providers.model import Batch
from tests.support.fake_provider import ANSWERED, FakeProvider, declare
from tests.support.memory_desk import MemoryDesk
from tui.desk.gaps import HEAD, MOST_KEPT
from tui.desk.ports import Changed, Document, Table, key_of


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[MemoryDesk]:
    """A desk over a vendor whose queue may lose what it hands out."""
    desk = MemoryDesk(
        tmp_path, FakeProvider(declaration=declare(ANSWERED - {Operation.ACKNOWLEDGE}, queue_may_lose=True))
    )
    yield desk
    await desk.aclose()


async def answered(desk: MemoryDesk, *answers: str) -> list[Document]:
    """What is kept after one poll for each of these unreadable answers."""
    for answer in answers:
        desk.fake.batches.append(Batch(gap="it cannot be read", raw=answer))
        await desk.sync("fake")
        desk.time.move(60)
    prefix = key_of("gap", "fake", "")
    found = [desk.memory.get(Table.META, key) for key in desk.memory.keys(Table.META) if key.startswith(prefix)]
    return [document for document in found if document is not None]


async def test_of_an_oversized_answer_the_head_the_size_and_the_digest_are_kept(desk: MemoryDesk) -> None:
    whole = "é" * (HEAD * 3)
    [document] = await answered(desk, whole)
    assert document["raw"] == whole[:HEAD]
    assert document["size"] == len(whole.encode())
    assert document["sha256"] == hashlib.sha256(whole.encode()).hexdigest()


async def test_the_same_answer_is_written_once_and_each_coming_has_its_audit_line(desk: MemoryDesk) -> None:
    written: list[str] = []

    def note(changed: Changed) -> None:
        written.extend(key for key in changed.keys.get(Table.META, ()) if key.startswith(key_of("gap", "")))

    desk.memory.subscribe(note)
    documents = await answered(desk, "[{" * HEAD, "[{" * HEAD, "<html>", "[{" * HEAD)
    assert [document["raw"][:2] for document in documents] == ["[{", "<h"]
    assert len(written) == 2
    lines = [desk.memory.get(Table.AUDIT, key) or {} for key in desk.memory.keys(Table.AUDIT)]
    assert [line["outcome"] for line in lines].count("gap") == 4


async def test_of_ever_new_answers_the_newest_are_kept(desk: MemoryDesk) -> None:
    documents = await answered(desk, *(f"error {place}" for place in range(MOST_KEPT + 3)))
    assert [document["raw"] for document in documents] == [f"error {place + 3}" for place in range(MOST_KEPT)]
