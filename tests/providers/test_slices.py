"""JSON arrays in slices: the same elements as json.loads, and neighbours that survive what is broken."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.slices import DECODE_BYTES, SLICE_CHARACTERS, BrokenOff, Element, Missing, decoded, elements, sliced

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def values(text: str, key: str = "result") -> list[Any]:
    return [element.value for part in sliced(text, key) for element in part]


def taken(text: str) -> tuple[list[Element], str]:
    """What was handed out before the text broke off, and the error's words."""
    found: list[Element] = []
    try:
        for part in sliced(text, "result"):
            found += part
    except BrokenOff as error:
        return found, str(error)
    return found, ""


@given(st.lists(JSON))
def test_array_gives_what_json_gives(items: list[Any]) -> None:
    assert values(json.dumps(items)) == items


@given(st.lists(JSON), st.dictionaries(st.text().filter(lambda name: name != "result"), JSON, max_size=3))
def test_array_under_its_key_is_found_among_others(items: list[Any], others: dict[str, Any]) -> None:
    assert values(json.dumps({**others, "result": items, "more": [1, {"result": [2]}]}, indent=1)) == items


@given(st.lists(JSON, min_size=1))
def test_each_element_keeps_its_own_text(items: list[Any]) -> None:
    parts = [element for part in sliced(json.dumps(items), "") for element in part]
    assert [json.loads(element.raw) for element in parts] == items


@given(st.text(), st.sampled_from(["", "[", "{", '{"result":[', '[{"a":1},']))
def test_any_text_gives_elements_or_says_that_it_broke_off(text: str, start: str) -> None:
    try:
        for part in sliced(start + text, "result"):
            for element in part:
                assert element.problem or element.raw
    except (BrokenOff, Missing) as error:
        assert str(error)


@given(st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2), max_size=4), st.data())
def test_cut_array_gives_its_whole_elements(items: list[Any], data: st.DataObject) -> None:
    text = json.dumps({"result": items})
    cut = data.draw(st.integers(0, len(text) - 1))
    found, words = taken(text[:cut])
    assert [element.value for element in found] == items[: len(found)]
    assert words


def test_single_object_under_the_key_is_one_element() -> None:
    assert values('{"result": {"a": 1}, "b": 2}') == [{"a": 1}]


def test_raw_line_breaks_inside_strings_are_taken() -> None:
    assert values('[{"a": "one\ntwo"}]') == [{"a": "one\ntwo"}]


@pytest.mark.parametrize("broken", [r'{"a": "\x"}', "{a: 1}", '{"a" 1}', "nope", "{'a': [1, 2]}"])
def test_unreadable_element_leaves_its_neighbours(broken: str) -> None:
    found, words = taken(f'[{{"n": 1}}, {broken}, {{"n": 3}}]')
    assert [element.value for element in found if not element.problem] == [{"n": 1}, {"n": 3}]
    [bad] = [element for element in found if element.problem]
    assert bad.raw.strip() == broken
    assert not words


def test_bottomless_nest_is_one_unreadable_element() -> None:
    found, _ = taken("[" + "[" * 50_000 + "]" * 50_000 + ", 7]")
    assert [element.problem != "" for element in found] == [True, False]
    assert found[1].value == 7


def test_what_could_not_be_taken_is_kept() -> None:
    with pytest.raises(BrokenOff) as broken:
        list(sliced('[{"n": 1}, {"n": ', ""))
    assert broken.value.rest == '{"n": '


@pytest.mark.parametrize("text", ["null", "7", '"x"', '{"other": []}', "{}"])
def test_readable_text_without_an_array_is_missing_it(text: str) -> None:
    with pytest.raises(Missing):
        list(sliced(text, "result"))


@pytest.mark.parametrize("text", ["", " ", "<html></html>", "[1] [2]", "[1 2]", '{"result": [1]', '{"result" [1]}'])
def test_text_that_is_no_json_breaks_off(text: str) -> None:
    with pytest.raises(BrokenOff):
        list(sliced(text, "result"))


def test_endless_rubbish_is_not_gone_through() -> None:
    found, words = taken("[" + "{x}," * 100_000)
    assert len(found) == 1000
    assert "unreadable" in words


def test_unclosed_quotes_cost_one_pass() -> None:
    found, words = taken("[" + '"\\"' * 200_000)
    assert not found
    assert words


def test_slices_are_of_limited_size() -> None:
    text = json.dumps(["x" * 1000] * 500)
    sizes = [sum(len(element.raw) for element in part) for part in sliced(text, "")]
    assert len(sizes) > 1
    assert max(sizes) < SLICE_CHARACTERS + 2000


async def test_others_run_between_slices() -> None:
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(other())
    body = json.dumps({"result": ["x" * 1000] * 500}).encode()
    parts = [part async for part in elements(body, "result")]
    task.cancel()
    assert sum(len(part) for part in parts) == 500
    assert turns >= len(parts)


@given(st.text().filter(lambda text: not text.startswith("\ufeff")), st.sampled_from(["utf-8", "utf-8-sig"]))
async def test_decoding_takes_utf8_with_or_without_a_mark(text: str, encoding: str) -> None:
    assert await decoded(text.encode(encoding)) == text


async def test_long_text_is_decoded_across_its_pieces() -> None:
    text = "é" * DECODE_BYTES
    assert await decoded(b"\xef\xbb\xbf" + text.encode()) == text


async def test_bytes_that_are_no_utf8_are_replaced() -> None:
    assert await decoded(b'["\xff"]') == '["\ufffd"]'
