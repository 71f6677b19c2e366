"""The catalogue's shelves: each key on one, in the order in which they came."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.desk.catalogue import Shelves

KEYS, PLACES = "abcdef", ["", "T1", "T2", "T3"]


@given(st.lists(st.tuples(st.sampled_from(KEYS), st.sampled_from(PLACES)), max_size=40))
def test_a_key_lies_where_it_was_put_last_behind_those_that_were_there(puts: list[tuple[str, str]]) -> None:
    shelves = Shelves()
    model: dict[str, str] = {}
    for key, place in puts:
        shelves.put(key, place)
        if model.get(key, "") != place:
            model.pop(key, None)
            model[key] = place
    for place in PLACES[1:]:
        assert shelves.on(place) == [key for key, where in model.items() if where == place]
    assert shelves.on("T9") == shelves.on("") == []
