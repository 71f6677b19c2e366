"""The bytes of the store's files."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import given

from tui.desk.store.frames import (
    CHECKSUM,
    FRAME,
    MARKER,
    Damage,
    Header,
    Read,
    Record,
    buffered,
    decode_header,
    decode_json,
    decode_records,
    encode_frame,
    encode_header,
    encode_json,
    encode_record,
    frame_at,
    next_frame,
    pack_place,
    seal,
    unpack_place,
    unseal,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def reading(data: bytes) -> Read:
    return lambda offset, size: data[offset : offset + size]


@given(JSON)
def test_json_comes_back_as_it_went(value: object) -> None:
    assert decode_json(encode_json(value)) == value


def test_half_a_character_pair_survives() -> None:
    assert decode_json(encode_json({"raw": "\ud800"})) == {"raw": "\ud800"}


@given(st.sampled_from([0, 1]), st.integers(0, 1 << 50), st.integers(0, (1 << 32) - 1))
def test_place_comes_back_as_it_went(segment: int, offset: int, length: int) -> None:
    assert unpack_place(pack_place(segment, offset, length)) == (segment, offset, length)


@given(st.lists(st.tuples(st.sampled_from(["tickets", "inbox", "größe"]), st.text(), st.none() | st.binary())))
def test_records_come_back_with_the_offsets_of_their_documents(
    changes: list[tuple[str, str, bytes | None]],
) -> None:
    records = [Record(table, key, b"[]", None if data is None else seal(data)) for table, key, data in changes]
    payload = CHECKSUM.pack(7) + b"".join(encode_record(record)[0] for record in records)
    found = list(decode_records(payload))
    assert [(item.table, item.key, item.sealed) for item in found] == [
        (record.table, record.key, record.sealed) for record in records
    ]
    for record, (_, _, data) in zip(found, changes, strict=True):
        if data is not None:
            sealed = payload[record.offset : record.offset + CHECKSUM.size + len(data)]
            assert unseal(sealed, len(data)) == data


@given(st.binary(min_size=1, max_size=60), st.data())
def test_one_changed_bit_anywhere_in_a_frame_is_noticed(payload: bytes, data: st.DataObject) -> None:
    frame = bytearray(encode_frame(payload, 5, 2))
    at = data.draw(st.integers(0, len(frame) - 1))
    frame[at] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(Damage):
        frame_at(reading(bytes(frame)), 0, len(frame), 2)


@given(st.binary(max_size=60), st.data())
def test_a_frame_cut_short_anywhere_is_noticed(payload: bytes, data: st.DataObject) -> None:
    frame = encode_frame(payload, 5, 2)
    cut = frame[: data.draw(st.integers(0, len(frame) - 1))]
    with pytest.raises(Damage):
        frame_at(reading(cut), 0, len(cut), 2)


def test_a_frame_of_another_generation_is_none_of_ours() -> None:
    frame = encode_frame(b"payload", 5, 2)
    assert frame_at(reading(frame), 0, len(frame), 2).sequence == 5
    with pytest.raises(Damage):
        frame_at(reading(frame), 0, len(frame), 3)


@given(st.binary(max_size=200), st.binary(max_size=40))
def test_the_next_whole_frame_is_found_behind_any_bytes(rubbish: bytes, payload: bytes) -> None:
    data = rubbish + MARKER + encode_frame(payload, 9, 1) + rubbish
    found = next_frame(reading(data), 0, len(data), 1)
    assert found is not None
    assert found.offset == len(rubbish) + len(MARKER)
    assert found.payload == payload


def test_the_next_frame_is_found_across_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.desk.store.frames.WINDOW", 64)
    for distance in range(150):
        data = b"\xf7" * distance + encode_frame(b"payload", 9, 1)
        found = next_frame(reading(data), 0, len(data), 1)
        assert found is not None
        assert found.offset == distance


@given(st.binary(max_size=300))
def test_no_frame_is_found_where_there_is_none(rubbish: bytes) -> None:
    assert next_frame(reading(rubbish), 0, len(rubbish), 1) is None


@given(st.binary(max_size=500), st.lists(st.tuples(st.integers(0, 500), st.integers(0, 80)), max_size=10))
def test_reading_through_a_window_gives_the_same_bytes(data: bytes, asked: list[tuple[int, int]]) -> None:
    through = buffered(reading(data))
    for offset, size in asked:
        assert through(offset, size) == data[offset : offset + size]


def test_header_says_what_was_written() -> None:
    data = encode_header(Header("journal", 1, 7, 1234))
    header = decode_header(reading(data + b"more"), len(data) + 4)
    assert (header.kind, header.version, header.generation, header.sequence) == ("journal", 1, 7, 1234)
    assert header.size == len(data)


@given(st.binary(max_size=120))
def test_any_bytes_are_a_header_or_damage(data: bytes) -> None:
    for start in (b"", b"vendorq\n"):
        with pytest.raises(Damage):
            decode_header(reading(start + data), len(start + data))


def test_frames_begin_with_bytes_that_no_text_holds() -> None:
    with pytest.raises(UnicodeDecodeError):
        MARKER.decode("utf-8", "surrogatepass")
    assert FRAME.size == 20
