"""Encoded answers are undone in small slices, and what is damaged is said to be."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.decoding import Decoder, Undecodable


def raw_deflate(data: bytes) -> bytes:
    coder = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return coder.compress(data) + coder.flush()


CODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "": bytes,
    "identity": bytes,
}


def decoded(encoding: str, pieces: Iterable[bytes]) -> bytes:
    decoder = Decoder(encoding)
    body = b"".join(slice_ for piece in pieces for slice_ in decoder.feed(piece))
    decoder.finish()
    return body


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


@pytest.mark.parametrize("encoding", CODERS)
@given(data=st.binary(max_size=3000), size=st.integers(1, 500))
def test_what_was_encoded_comes_back_however_it_is_cut(encoding: str, data: bytes, size: int) -> None:
    assert decoded(encoding, cut(CODERS[encoding](data), size)) == data


@given(data=st.binary(max_size=300), size=st.integers(1, 50))
def test_deflate_without_its_header_is_understood(data: bytes, size: int) -> None:
    assert decoded("deflate", cut(raw_deflate(data), max(size, 2))) == data


def test_several_gzip_members_are_one_body() -> None:
    assert decoded("gzip", [gzip.compress(b"one") + gzip.compress(b"two")]) == b"onetwo"


@given(st.binary(min_size=1, max_size=300), st.data())
def test_a_body_that_breaks_off_is_undecodable(data: bytes, draw: st.DataObject) -> None:
    whole = gzip.compress(data)
    with pytest.raises(Undecodable):
        decoded("gzip", [whole[: draw.draw(st.integers(1, len(whole) - 1))]])


@given(st.binary(min_size=1, max_size=200))
def test_noise_is_undecodable_and_no_other_error(noise: bytes) -> None:
    with pytest.raises(Undecodable):
        decoded("gzip", [b"\x00", noise])


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "\x1b[31m"])
def test_an_encoding_we_did_not_ask_for_is_refused(encoding: str) -> None:
    with pytest.raises(Undecodable):
        Decoder(encoding)


def test_a_bomb_comes_in_slices() -> None:
    bomb = gzip.compress(bytes(50_000_000))
    slices = Decoder("gzip").feed(bomb)
    assert all(len(next(slices)) <= 256 * 1024 for _ in range(10))
