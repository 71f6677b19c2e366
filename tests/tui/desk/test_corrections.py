"""What was refused is corrected: the new write takes its place, and repeats nothing that the vendor has."""

from __future__ import annotations

from pathlib import Path

import pytest

from providers.errors import Rejected
from tests.support.memory_desk import MemoryDesk


@pytest.fixture
def desk(tmp_path: Path) -> MemoryDesk:
    """A desk over one vendor."""
    return MemoryDesk(tmp_path)


async def test_the_engineer_may_correct_what_was_refused(desk: MemoryDesk) -> None:
    desk.fake.before.append(Rejected("fake", "too long"))
    refused = await desk.send(comment="much too long")
    corrected = await desk.edit(refused.id, {"comment": "short"})
    await desk.deliver(corrected.id)
    assert (desk.fake.ledger, desk.outbox()) == ([("comment", "T1", "short")], [])


@pytest.mark.parametrize(
    ("values", "name", "done"),
    [
        ({}, "", ("comment", "file a.log")),
        ({"comment": "other words"}, "", ("file a.log",)),
        ({"comment": "words"}, "b.log", ("comment", "file a.log")),
        ({}, "a.log", ("comment",)),
    ],
)
async def test_a_correction_repeats_only_what_it_says_otherwise(
    desk: MemoryDesk, tmp_path: Path, values: dict[str, object], name: str, done: tuple[str, ...]
) -> None:
    first, other = tmp_path / "a.log", tmp_path / "other" / (name or "x")
    other.parent.mkdir()
    first.write_text("one")
    other.write_text("two")
    broke_off = Rejected("fake", "too many")
    broke_off.done = ("comment", "file a.log")
    desk.fake.before.append(broke_off)
    write = desk.write("comment", "fake", "T1", values={"comment": "words"}, files=[first])
    refused = await desk.deliver((await desk.submit(write)).id)
    corrected = await desk.edit(refused.id, values, [other] if name else None)
    assert corrected.write.done == done
    assert [item.path for item in corrected.write.files] == [str(other if name else first)]
