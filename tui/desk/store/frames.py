"""The bytes of the store's files: pure encoding and decoding, no I/O.

A file is MAGIC, a header frame, then data frames. Snapshot and journal are written alike:

    frame   = marker, length of payload, sequence number, checksum, payload
    payload = signature of the index, then records
    record  = flags, lengths, table, key, summary (JSON), and for a put: checksum and document (JSON)

The checksum of a frame covers its length, its sequence number, the file's generation and the payload, so that bytes
of another file or place never pass for it. All numbers are little-endian. One commit is one frame, hence one write:
only the last frame of a journal can be torn.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

MAGIC: Final = b"vendorq\n"
VERSION: Final = 1
"""The layout of the files and of the documents in them. See tui.desk.store.migrations."""

MARKER: Final = b"\xf7vqf"
FRAME: Final = struct.Struct("<4sIQI")
SEED: Final = struct.Struct("<IQQ")
RECORD: Final = struct.Struct("<BBIII")
CHECKSUM: Final = struct.Struct("<I")
LARGEST_PAYLOAD: Final = 1 << 30
WINDOW: Final = 1 << 20

PUT: Final = 1
_encode_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode

Read = Callable[[int, int], bytes]
"""read(offset, size): those bytes of a file, fewer at its end."""


class Damage(Exception):
    """Bytes that are not what was written. `offset` is where, in the file."""

    def __init__(self, message: str, offset: int = 0) -> None:
        super().__init__(message)
        self.offset = offset


def encode_json(value: Any) -> bytes:
    """Compact JSON in UTF-8. Lone surrogates pass; ValueError or TypeError for what JSON cannot hold."""
    return _encode_json(value).encode("utf-8", "surrogatepass")


def decode_json(data: bytes) -> Any:
    """The inverse of encode_json."""
    return json.loads(data.decode("utf-8", "surrogatepass"))


# A place says where a document lies: which file, at which offset its checksum begins, and its length without it.

SNAPSHOT: Final = 0
JOURNAL: Final = 1


def pack_place(segment: int, offset: int, length: int) -> int:
    """One small number for (segment, offset, length): 50,000 of them are kept in memory."""
    return offset << 33 | length << 1 | segment


def unpack_place(place: int) -> tuple[int, int, int]:
    """(segment, offset, length) of a place."""
    return place & 1, place >> 33, (place >> 1) & 0xFFFFFFFF


def seal(document: bytes) -> bytes:
    """A document as it lies in a file: its checksum, then its bytes."""
    return CHECKSUM.pack(zlib.crc32(document)) + document


def unseal(data: bytes, length: int) -> bytes:
    """The document of what lies at a place. Damage where the bytes do not match their checksum."""
    if len(data) != CHECKSUM.size + length:
        raise Damage("the file ends within a document")
    document = data[CHECKSUM.size :]
    if zlib.crc32(document) != CHECKSUM.unpack_from(data)[0]:
        raise Damage("a document does not match its checksum")
    return document


@dataclass(frozen=True, slots=True)
class Record:
    """One change of one document, as a frame holds it.

    `summary` is JSON, empty where it has to be made from the document. `sealed` is the document with its checksum,
    None for a deletion; `offset` is where that lies, counted from the payload's start.
    """

    table: str
    key: str
    summary: bytes
    sealed: bytes | None
    offset: int = 0


def encode_record(record: Record) -> tuple[bytes, int]:
    """A record's bytes, and where in them its sealed document begins."""
    table = record.table.encode()
    key = record.key.encode("utf-8", "surrogatepass")
    sealed = record.sealed or b""
    flags = PUT if record.sealed is not None else 0
    head = RECORD.pack(flags, len(table), len(key), len(record.summary), len(sealed)) + table + key + record.summary
    return head + sealed, len(head)


def decode_records(payload: bytes) -> Iterator[Record]:
    """The records of a payload (its signature is passed over). Damage where they do not fill it exactly."""
    at = CHECKSUM.size
    end = len(payload)
    while at < end:
        if at + RECORD.size > end:
            raise Damage("a record is cut", at)
        flags, table_size, key_size, summary_size, sealed_size = RECORD.unpack_from(payload, at)
        at += RECORD.size
        key_at = at + table_size
        summary_at = key_at + key_size
        sealed_at = summary_at + summary_size
        next_at = sealed_at + sealed_size
        if next_at > end:
            raise Damage("a record is longer than its frame", at)
        yield Record(
            payload[at:key_at].decode(),
            payload[key_at:summary_at].decode("utf-8", "surrogatepass"),
            payload[summary_at:sealed_at],
            payload[sealed_at:next_at] if flags & PUT else None,
            sealed_at,
        )
        at = next_at


def signature_of(payload: bytes) -> int:
    """Which index the summaries of a payload were made by."""
    return int(CHECKSUM.unpack_from(payload)[0]) if len(payload) >= CHECKSUM.size else 0


def encode_frame(payload: bytes, sequence: int, generation: int) -> bytes:
    """A frame around a payload."""
    return FRAME.pack(MARKER, len(payload), sequence, _checksum(payload, sequence, generation)) + payload


def _checksum(payload: bytes, sequence: int, generation: int) -> int:
    return zlib.crc32(payload, zlib.crc32(SEED.pack(len(payload), sequence, generation)))


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame as found. `offset` is that of its marker, `end` the byte after it."""

    offset: int
    sequence: int
    payload: bytes

    @property
    def end(self) -> int:
        """Where the next frame begins."""
        return self.offset + FRAME.size + len(self.payload)

    @property
    def payload_offset(self) -> int:
        """Where the payload begins in the file."""
        return self.offset + FRAME.size


def frame_at(read: Read, offset: int, end: int, generation: int) -> Frame:
    """The frame that begins at `offset`. Damage where there is no whole one before `end`."""
    if offset + FRAME.size > end:
        raise Damage("a frame's head is cut", offset)
    head = read(offset, FRAME.size)
    if len(head) < FRAME.size:
        raise Damage("a frame's head is cut", offset)
    marker, length, sequence, checksum = FRAME.unpack(head)
    if marker != MARKER:
        raise Damage("no frame begins here", offset)
    if length > LARGEST_PAYLOAD or offset + FRAME.size + length > end:
        raise Damage("a frame is cut", offset)
    payload = read(offset + FRAME.size, length)
    if len(payload) != length or _checksum(payload, sequence, generation) != checksum:
        raise Damage("a frame does not match its checksum", offset)
    return Frame(offset, sequence, payload)


def is_spoilt(read: Read, offset: int, end: int, generation: int, sequence: int | None = None) -> bool:
    """Whether what begins at `offset`, and is no whole frame, once was one. `sequence` is the last frame's, if known.

    A process that is killed leaves the beginning of its frame and no more: its head, where that is there, is as it was
    written, and its payload ends somewhere. So what had been whole is known by any of these: as many bytes as the head
    says, or more; a head that is none, or not the next one's; a checksum that fits but for the length; a payload whose
    records end where the file does. A write that was cut just between two of its records looks like the last, and is
    called spoilt too: better an alarm too many than a commit that goes unnoticed.
    """
    head = read(offset, FRAME.size) if offset + FRAME.size <= end else b""
    if len(head) < FRAME.size:
        return False
    marker, length, number, checksum = FRAME.unpack(head)
    begin = offset + FRAME.size
    if marker != MARKER or length > LARGEST_PAYLOAD or begin + length <= end:
        return True
    if sequence is not None and number != sequence + 1:
        return True
    payload = read(begin, end - begin)
    return _checksum(payload, number, generation) == checksum or _is_whole(payload)


def _is_whole(payload: bytes) -> bool:
    """Whether bytes are a payload by themselves: records that fill them, and documents that fit their checksums."""
    count = 0
    try:
        for record in decode_records(payload):
            if not record.table:
                return False
            if record.sealed is not None:
                unseal(record.sealed, len(record.sealed) - CHECKSUM.size)
            count += 1
    except (Damage, ValueError, struct.error):
        return False
    return count > 0


def next_frame(read: Read, start: int, end: int, generation: int) -> Frame | None:
    """The first whole frame at or after `start`, however far: what tells damage in the middle from a torn end."""
    at = start
    while at + FRAME.size <= end:
        window = read(at, min(WINDOW, end - at))
        found = window.find(MARKER)
        while found >= 0:
            try:
                return frame_at(read, at + found, end, generation)
            except Damage:
                found = window.find(MARKER, found + 1)
        if len(window) < len(MARKER):
            return None
        at += len(window) - len(MARKER) + 1
    return None


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says of itself. `sequence` is the last commit a snapshot holds, or a journal follows."""

    kind: str
    version: int
    generation: int
    sequence: int
    size: int = 0


def encode_header(header: Header) -> bytes:
    """MAGIC and the header's frame, as every version of this program writes them."""
    text = {
        "kind": header.kind,
        "version": header.version,
        "generation": header.generation,
        "sequence": header.sequence,
    }
    return MAGIC + encode_frame(encode_json(text), 0, 0)


def decode_header(read: Read, end: int) -> Header:
    """The header at a file's start; `size` is where its data begins. Damage where there is none."""
    if read(0, len(MAGIC)) != MAGIC:
        raise Damage("the file does not begin as a store's file does")
    frame = frame_at(read, len(MAGIC), end, 0)
    try:
        text = decode_json(frame.payload)
        return Header(
            str(text["kind"]), int(text["version"]), int(text["generation"]), int(text["sequence"]), frame.end
        )
    except (ValueError, KeyError, TypeError) as error:
        raise Damage("the header cannot be read", len(MAGIC)) from error


def buffered(read: Read) -> Read:
    """The same reading through one window, for going through a file from front to back."""
    start = 0
    window = b""

    def through(offset: int, size: int) -> bytes:
        nonlocal start, window
        if not start <= offset or offset + size > start + len(window):
            start = offset
            window = read(offset, max(size, WINDOW))
        at = offset - start
        return window[at : at + size]

    return through
