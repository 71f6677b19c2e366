"""Changes gathered, merged, looked through and taken in keep the order a dict would keep."""

from __future__ import annotations

import hypothesis.strategies as st
from hypothesis import given, settings

from tui.desk.store.memory import Delta, Entry, Memory
from tui.desk.store.views import Layered, Records

STEP = st.tuples(st.sampled_from("abcd"), st.booleans())
TRANSACTIONS = st.lists(st.lists(STEP, max_size=4), max_size=6)


def delta_of(steps: list[tuple[str, bool]], number: int) -> Delta:
    """A transaction that puts or deletes single keys."""
    delta = Delta()
    for key, there in steps:
        delta.put("tickets", key, Entry((number,)) if there else None)
    return delta


def play(model: dict[str, int], steps: list[tuple[str, bool]], number: int) -> None:
    for key, there in steps:
        if there:
            model[key] = number
        else:
            model.pop(key, None)


@settings(max_examples=400)
@given(TRANSACTIONS, st.data())
def test_deltas_merged_in_any_groups_leave_what_a_dict_holds(
    transactions: list[list[tuple[str, bool]]], data: st.DataObject
) -> None:
    model: dict[str, int] = {}
    memory = Memory()
    gathered = Delta()
    for number, steps in enumerate(transactions):
        play(model, steps, number)
        gathered.merge(delta_of(steps, number))
        if data.draw(st.booleans()):
            memory.take(gathered)
            gathered = Delta()
    memory.take(gathered)
    assert list(memory.summaries.get("tickets", {}).items()) == [(key, (number,)) for key, number in model.items()]
    assert list(memory.places.get("tickets", {})) == list(model)


@settings(max_examples=400)
@given(TRANSACTIONS, TRANSACTIONS, st.lists(STEP, max_size=4))
def test_looking_through_layers_shows_what_a_dict_holds(
    old: list[list[tuple[str, bool]]], new: list[list[tuple[str, bool]]], own: list[tuple[str, bool]]
) -> None:
    model: dict[str, int] = {}
    memory = Memory()
    lower = Delta()
    for number, steps in enumerate(old):
        play(model, steps, number)
        memory.take(delta_of(steps, number))
    for number, steps in enumerate(new, 100):
        play(model, steps, number)
        lower.merge(delta_of(steps, number))
    play(model, own, 200)
    layers = [delta_of(own, 200).tables.get("tickets", {}), lower.tables.get("tickets", {})]
    seen = Layered(memory.summaries.get("tickets", {}), layers)
    assert list(seen.items()) == [(key, (number,)) for key, number in model.items()]
    assert len(seen) == len(model)
    assert [key in seen for key in "abcd"] == [key in model for key in "abcd"]


def test_records_are_a_mapping_of_named_fields() -> None:
    records = Records("links", {"a": ("ensono", "INC1", "OWN-1", "x")})
    assert [item.number for item in records.values()] == ["INC1"]  # type: ignore[attr-defined]  # a LinkSummary
    assert dict(records.items())["a"] == ("ensono", "INC1", "OWN-1", "x")
    assert (list(records.keys()), len(records), "a" in records, "b" in records) == (["a"], 1, True, False)
    assert records.get("b") is None
    assert len(records.values()) == len(records.items()) == 1


def test_a_memory_that_is_cleared_is_empty() -> None:
    memory = Memory()
    memory.take(delta_of([(str(number), True) for number in range(5000)], 1))
    assert memory.count() == 5000
    memory.clear()
    assert memory.count() == 0
