"""A file inside a JSON answer that comes in pieces."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.errors import BadAnswer
from providers.kpn_connect.files import file_in


async def pieces_of(body: bytes, sizes: Iterable[int]) -> AsyncIterator[bytes]:
    start = 0
    for size in sizes:
        yield body[start : start + size]
        start += size
    yield body[start:]


async def read(body: bytes, sizes: Iterable[int] = ()) -> bytes:
    return b"".join([piece async for piece in file_in("kpn", pieces_of(body, sizes))])


def document(content: bytes, name: str = "a.txt", **more: object) -> dict[str, object]:
    return {"name": name, "content": base64.b64encode(content).decode(), "content_type": "text/plain", **more}


@given(st.binary(max_size=200), st.text(max_size=30), st.lists(st.integers(1, 40), max_size=30))
async def test_file_comes_out_whole_however_the_answer_is_cut(content: bytes, name: str, sizes: list[int]) -> None:
    assert await read(json.dumps(document(content, name)).encode(), sizes) == content


@given(st.binary(max_size=60), st.lists(st.integers(1, 7), max_size=30))
async def test_every_escape_that_json_allows_is_undone(content: bytes, sizes: list[int]) -> None:
    coded = base64.b64encode(content).decode()
    escaped = coded.replace("/", "\\/").replace("=", "\\u003d").replace("A", "\\u0041")
    body = f'{{"content" : "{escaped}", "name":"x"}}'.encode()
    assert await read(body, sizes) == content


async def test_line_breaks_inside_base64_are_taken_out() -> None:
    coded = base64.encodebytes(b"x" * 500).decode()
    assert await read(json.dumps({"content": coded}).encode(), [20] * 30) == b"x" * 500


async def test_word_content_inside_a_name_is_no_content() -> None:
    assert await read(json.dumps(document(b"real", 'my "content":"AAAA" file')).encode()) == b"real"


@pytest.mark.parametrize("wrapped", [{"result": document(b"x")}, {"result": [document(b"x")]}])
async def test_wrapping_does_not_matter(wrapped: dict[str, object]) -> None:
    assert await read(json.dumps(wrapped).encode()) == b"x"


@given(st.binary(min_size=1, max_size=90), st.data())
async def test_cut_answer_is_never_a_whole_file(content: bytes, data: st.DataObject) -> None:
    body = json.dumps(document(content)).encode()
    end = data.draw(st.integers(0, len(body) - 1))
    with pytest.raises(BadAnswer):
        await read(body[:end])


@given(st.binary(max_size=120))
async def test_any_bytes_are_a_file_or_a_bad_answer(body: bytes) -> None:
    for start in (b"", b'{"content":"', b'{"name":"x","content":"QUJD'):
        try:
            await read(start + body)
        except BadAnswer as error:
            assert error.next_step


async def test_endless_head_is_not_kept() -> None:
    with pytest.raises(BadAnswer, match="much beside"):
        await read(b'{"name": "' + b"x" * 100_000, [10_000] * 10)


async def test_endless_tail_is_not_kept() -> None:
    with pytest.raises(BadAnswer, match="much beside"):
        await read(b'{"content": "QUJD", "name": "' + b"x" * 100_000, [10_000] * 10)


async def test_content_after_its_padding_is_no_base64() -> None:
    with pytest.raises(BadAnswer):
        await read(b'{"content": "QQ==QUJD"}', [16])
