"""The snapshot: every document of a generation's start, followed by an index that is quick to load.

    MAGIC, header, frames of documents, frames of index blocks, trailer

An index block holds some hundred documents of one table by columns: keys, places, then each indexed field. A column
whose values repeat is written as a list of the distinct ones and where each stands. Loading reads the index alone;
the documents stay in the file until they are asked for.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from itertools import repeat
from typing import Any, Final

from tui.desk.index import SIGNATURE
from tui.desk.ports import Summary
from tui.desk.store.files import Files
from tui.desk.store.frames import (
    CHECKSUM,
    FRAME,
    SNAPSHOT,
    VERSION,
    Damage,
    Header,
    Read,
    Record,
    buffered,
    decode_header,
    decode_json,
    encode_frame,
    encode_header,
    encode_json,
    encode_record,
    frame_at,
    pack_place,
    unpack_place,
    unseal,
)
from tui.desk.store.journal import delta_of, frames_between
from tui.desk.store.memory import Memory, summary_of

TRAILER: Final = struct.Struct("<8sQQQI8s")
TRAILER_START: Final = b"vqindex\n"
TRAILER_END: Final = b"vqend.\r\n"
INDEX: Final = b"vqix"
"""Begins an index block, where a frame of documents has its signature."""
BLOCK: Final = 256
"""Documents an index block: decoding one takes about half a millisecond, so the event loop gets its turn between."""
FRAME_BYTES: Final = 256 * 1024
SYNC_BYTES: Final = 8 << 20


class SnapshotWriter:
    """Writes a snapshot document by document; `memory` is what a store knows that has it open.

    The owner calls `add` in the order of tables and keys, then `finish` until it says that all is on the disk.
    Bytes go out as they come and are synced every few megabytes, so that no one step takes long.
    """

    def __init__(self, files: Files, handle: int, generation: int, sequence: int) -> None:
        self.memory = Memory()
        self._files = files
        self._handle = handle
        self._generation = generation
        self._frames = 0
        self._records: list[bytes] = [CHECKSUM.pack(SIGNATURE)]
        self._filled = CHECKSUM.size
        self._blocks: list[bytes] = []
        self._table = ""
        self._rows: list[tuple[str, int, Summary]] = []
        self._unsynced = 0
        header = encode_header(Header("snapshot", VERSION, generation, sequence))
        files.write(handle, 0, header)
        self._at = len(header)
        self._ending = self._end()

    def add(self, table: str, key: str, summary: Summary, sealed: bytes) -> None:
        """Write one document."""
        if self._rows and (table != self._table or len(self._rows) >= BLOCK):
            self._close_block()
        data, head = encode_record(Record(table, key, b"", sealed))
        place = pack_place(SNAPSHOT, self._at + FRAME.size + self._filled + head, len(sealed) - CHECKSUM.size)
        self._records.append(data)
        self._filled += len(data)
        self._table = table
        self._rows.append((key, place, summary))
        self.memory.summaries.setdefault(table, {})[key] = summary
        self.memory.places.setdefault(table, {})[key] = place
        if self._filled >= FRAME_BYTES:
            self._flush()

    def finish(self) -> bool:
        """Do the next part of what ends a snapshot; false when it is done, synced included."""
        return next(self._ending, False)

    def _end(self) -> Iterator[bool]:
        if self._rows:
            self._close_block()
        self._flush()
        yield True
        index_at = self._at
        for block in self._blocks:
            self._write(block)
            yield True
        fields = (index_at, self._at, self.memory.count())
        check = _trailer_checksum(*fields, self._generation)
        self._files.write(self._handle, self._at, TRAILER.pack(TRAILER_START, *fields, check, TRAILER_END))
        self._blocks.clear()
        self._files.sync(self._handle)

    def _close_block(self) -> None:
        keys = [row[0] for row in self._rows]
        places = [unpack_place(row[1]) for row in self._rows]
        block = {
            "table": self._table,
            "signature": SIGNATURE,
            "keys": keys,
            "offsets": [place[1] for place in places],
            "lengths": [place[2] for place in places],
            "columns": [encode_column(column) for column in zip(*(row[2] for row in self._rows), strict=True)],
        }
        self._blocks.append(INDEX + encode_json(block))
        self._rows = []

    def _flush(self) -> None:
        if len(self._records) > 1:
            self._write(b"".join(self._records))
            self._records = [CHECKSUM.pack(SIGNATURE)]
            self._filled = CHECKSUM.size

    def _write(self, payload: bytes) -> None:
        self._frames += 1
        data = encode_frame(payload, self._frames, self._generation)
        self._files.write(self._handle, self._at, data)
        self._at += len(data)
        self._unsynced += len(data)
        if self._unsynced >= SYNC_BYTES:
            self._files.sync(self._handle)
            self._unsynced = 0


def encode_column(values: tuple[Any, ...]) -> Any:
    """A column in JSON: [values], {"same": value} or {"of": [distinct values], "at": [indices]}."""
    distinct: dict[tuple[type, Any], int] = {}
    at = [distinct.setdefault((type(value), value), len(distinct)) for value in values]
    if len(distinct) == 1:
        return {"same": values[0]}
    if len(distinct) * 4 <= len(values):
        return {"of": [value for _, value in distinct], "at": at}
    return list(values)


def decode_column(column: Any, memo: dict[str, str]) -> Iterable[Any]:
    """The inverse of encode_column. Repeated texts are the same object, here and over all blocks that share `memo`."""
    if isinstance(column, list):
        return column
    if "same" in column:
        return repeat(_shared(column["same"], memo))
    values = [_shared(value, memo) for value in column["of"]]
    return [values[at] for at in column["at"]]


def _shared(value: Any, memo: dict[str, str]) -> Any:
    return memo.setdefault(value, value) if isinstance(value, str) else value


def _trailer_checksum(index_at: int, end: int, count: int, generation: int) -> int:
    return zlib.crc32(f"{index_at} {end} {count} {generation}".encode())


def read_trailer(read: Read, size: int, generation: int) -> tuple[int, int, int]:
    """Where the index begins and ends, and how many documents it names. Damage where the file is not whole."""
    data = read(max(0, size - TRAILER.size), TRAILER.size)
    if len(data) != TRAILER.size:
        raise Damage("the snapshot is cut", size)
    start, index_at, end, count, check, stop = TRAILER.unpack(data)
    if (start, stop) != (TRAILER_START, TRAILER_END) or check != _trailer_checksum(index_at, end, count, generation):
        raise Damage("the snapshot's end is not as it was written", size - TRAILER.size)
    return index_at, end, count


def load_snapshot(read: Read, size: int, pause: Callable[[], None]) -> tuple[Header, Memory]:
    """The header, and what a store keeps in memory. Damage where header, trailer or index are not whole.

    `pause` is called after each block.
    """
    header = decode_header(read, size)
    index_at, end, count = read_trailer(read, size, header.generation)
    memory = Memory()
    memo: dict[str, str] = {}
    through = buffered(read)
    at = index_at
    while at < end:
        frame = frame_at(through, at, end, header.generation)
        _take_block(memory, decode_json(frame.payload[len(INDEX) :]), memo, read)
        at = frame.end
        pause()
    if memory.count() != count:
        raise Damage("the snapshot's index does not name every document", index_at)
    return header, memory


def _take_block(memory: Memory, block: dict[str, Any], memo: dict[str, str], read: Read) -> None:
    table = block["table"]
    keys = block["keys"]
    places = [at << 33 | size << 1 for at, size in zip(block["offsets"], block["lengths"], strict=True)]
    memory.places.setdefault(table, {}).update(zip(keys, places, strict=True))
    summaries = memory.summaries.setdefault(table, {})
    if block["signature"] != SIGNATURE:
        for key, place in zip(keys, places, strict=True):
            summaries[key] = summary_of(table, decode_json(read_document(read, place)))
    elif not block["columns"]:
        summaries.update(zip(keys, repeat(()), strict=False))
    else:
        columns = [decode_column(column, memo) for column in block["columns"]]
        summaries.update(zip(keys, zip(*columns, strict=False), strict=False))


def read_document(read: Read, place: int) -> bytes:
    """A document's bytes, checked. Damage where they are not what was written."""
    _, offset, length = unpack_place(place)
    try:
        return unseal(read(offset, CHECKSUM.size + length), length)
    except Damage as damage:
        raise Damage(str(damage), offset) from None


def salvage_snapshot(read: Read, size: int, generation: int) -> tuple[Memory, list[tuple[int, int]]]:
    """What can be read of a damaged snapshot by going through its documents, and the stretches that cannot."""
    memory = Memory()
    found = frames_between(buffered(read), 0, size, generation)
    for frame in found.frames:
        if not frame.payload.startswith(INDEX):
            memory.take(delta_of(frame, SNAPSHOT))
    return memory, found.damaged
