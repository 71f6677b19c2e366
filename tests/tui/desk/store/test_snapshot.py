"""The snapshot's index: what is loaded is what was there, whatever it looked like and however much of it."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from tests.support.files import Disk
from tests.tui.desk.store.driving import Model, commit, compact, contents, open_engine
from tui.desk.store.compaction import Compaction
from tui.desk.store.frames import Damage
from tui.desk.store.snapshot import decode_column, encode_column, read_trailer

PLAIN = st.none() | st.booleans() | st.integers() | st.text(max_size=3)


@given(st.lists(st.sampled_from([None, True, False, 0, 1, "", "1", "open"]) | PLAIN, min_size=1, max_size=40))
def test_columns_come_back_with_their_very_types(values: list[Any]) -> None:
    column = decode_column(encode_column(tuple(values)), {})
    found = [value for value, _ in zip(column, values, strict=False)]
    assert [(type(value), value) for value in found] == [(type(value), value) for value in values]


def test_repeated_texts_are_one_object_over_all_blocks() -> None:
    memo: dict[str, str] = {}
    values = tuple("pending" if number % 2 else "new" for number in range(20))
    first = list(decode_column(encode_column(values), memo))
    second = list(decode_column({"of": ["".join(["pend", "ing"])], "at": [0]}, memo))
    assert first[1] is first[3] is second[0]


def many(count: int) -> Model:
    """Documents enough for several frames and blocks, in several tables."""
    model: Model = {}
    for number in range(count):
        fields: dict[str, Any] = {"provider": "ensono", "number": f"INC{number}", "state": ("new", "open")[number % 2]}
        model["tickets", f"k{number}"] = {**fields, "priority": number % 5 or None, "description": "x" * (number % 900)}
        if number % 3 == 0:
            model["seen", f"k{number}"] = {"at": "2026-03-01T03:00:00Z"}
            model["drafts", f"k{number}"] = {"values": {}}
    return model


def made(count: int) -> tuple[Disk, Model]:
    disk = Disk()
    engine = open_engine(disk.folder())
    model = many(count)
    for start in range(0, len(model), 200):
        commit(engine, dict(list(model.items())[start : start + 200]))
    compact(engine)
    engine.close()
    return disk, model


def test_many_documents_come_back_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.desk.store.snapshot.SYNC_BYTES", 100_000)
    disk, model = made(1500)
    engine = open_engine(disk.folder())
    found = contents(engine)
    assert found == model
    for table in ("tickets", "seen", "drafts"):
        assert list(engine.summaries(table)) == [key for name, key in model if name == table]


def test_a_store_of_another_index_is_indexed_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("snapshot", "engine"):
        monkeypatch.setattr(f"tui.desk.store.{module}.SIGNATURE", 1)
    disk, model = made(40)
    engine = open_engine(disk.folder())
    commit(engine, {("tickets", "late"): {"number": "INC-LATE", "state": "closed"}})
    monkeypatch.undo()
    fresh = open_engine(disk.folder())
    assert contents(fresh) == {**model, ("tickets", "late"): {"number": "INC-LATE", "state": "closed"}}
    assert fresh.summaries("tickets")["late"][4] == "closed"


def test_an_empty_store_can_be_compacted() -> None:
    disk = Disk()
    engine = open_engine(disk.folder())
    compact(engine)
    assert contents(open_engine(disk.folder())) == {}


@given(st.binary(max_size=80))
def test_any_bytes_are_a_trailer_or_damage(data: bytes) -> None:
    with pytest.raises(Damage):
        read_trailer(lambda offset, size: data[offset : offset + size], len(data), 1)


def test_what_was_committed_while_compacting_is_known_by_the_same_objects_after() -> None:
    disk, _ = made(20)
    engine = open_engine(disk.folder())
    compaction = Compaction(engine)
    compaction.step()
    commit(engine, {("tickets", "later"): {"provider": "ensono", "number": "INC900", "summary": "It came meanwhile"}})
    before = engine.image.memory.summaries["tickets"]["later"]
    while not compaction.ended:
        compaction.step()
    engine.publish(compaction.outcome)
    assert engine.image.memory.summaries["tickets"]["later"] is before
    engine.close()
