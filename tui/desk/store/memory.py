"""What the store knows without touching its files: each document's indexed fields and where it lies.

A Memory changes only between turns of the event loop, by `take`, so that a reader never sees half a commit. What a
commit changes is gathered in a Delta first, which later transactions of the same turn see through.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from tui.desk.index import summarise
from tui.desk.ports import Document, Summary, Table
from tui.desk.store.frames import CHECKSUM, Record, decode_json, encode_json, encode_record, seal, unpack_place

NOWHERE = -1


class Memory:
    """Summaries and places (see frames.pack_place) by table and key, oldest key first."""

    __slots__ = ("places", "summaries")

    def __init__(self) -> None:
        self.summaries: dict[str, dict[str, Summary]] = {}
        self.places: dict[str, dict[str, int]] = {}

    def take(self, delta: Delta) -> None:
        """Make a delta's changes part of this."""
        for table, entries in delta.tables.items():
            summaries = self.summaries.setdefault(table, {})
            places = self.places.setdefault(table, {})
            for key, entry in entries.items():
                if entry is None or entry.again:
                    summaries.pop(key, None)
                    places.pop(key, None)
                if entry is not None:
                    summaries[key] = entry.summary
                    places[key] = entry.place
            if not places:
                del self.summaries[table], self.places[table]

    def count(self) -> int:
        """How many documents there are."""
        return sum(len(places) for places in self.places.values())


@dataclass(slots=True)
class Entry:
    """A changed document: its indexed fields, and its bytes (with checksum) or, once written, its place.

    `again` says that it was deleted before, and so is the newest of its table now.
    """

    summary: Summary
    sealed: bytes = b""
    place: int = NOWHERE
    again: bool = False


@dataclass(slots=True)
class Delta:
    """Changes by table and key; None is a deletion."""

    tables: dict[str, dict[str, Entry | None]] = field(default_factory=dict)

    def put(self, table: str, key: str, entry: Entry | None) -> None:
        """Note a change. What is put after it was deleted is `again` there, and stands last."""
        entries = self.tables.setdefault(table, {})
        if key in entries:
            before = entries[key]
            if entry is not None and (before is None or before.again):
                entry.again = True
            if entry is None or entry.again:
                del entries[key]
        entries[key] = entry

    def merge(self, later: Delta) -> None:
        """Note all of a later delta's changes."""
        for table, entries in later.tables.items():
            for key, entry in entries.items():
                self.put(table, key, entry)

    def keys(self) -> dict[Table, frozenset[str]]:
        """The changed keys of the desk's own tables."""
        return {Table(name): frozenset(entries) for name, entries in self.tables.items() if name in _NAMES and entries}

    def __bool__(self) -> bool:
        return any(self.tables.values())


_NAMES = frozenset(table.value for table in Table)


def summary_of(table: str, document: Document) -> Summary:
    """A document's indexed fields; none for a table the desk does not know."""
    return summarise(Table(table), document) if table in _NAMES else ()


def encode_delta(delta: Delta, signature: int, offset: int) -> tuple[bytes, list[tuple[Entry, int]]]:
    """A payload of all changes, and each put entry with the offset its sealed document gets in the file.

    `offset` is where the payload will begin.
    """
    pieces = [CHECKSUM.pack(signature)]
    at = CHECKSUM.size
    placed: list[tuple[Entry, int]] = []
    for table, entries in delta.tables.items():
        for key, entry in entries.items():
            if entry is None or entry.again:
                data, _ = encode_record(Record(table, key, b"", None))
                pieces.append(data)
                at += len(data)
            if entry is not None:
                data, head = encode_record(Record(table, key, encode_json(entry.summary), entry.sealed))
                placed.append((entry, offset + at + head))
                pieces.append(data)
                at += len(data)
    return b"".join(pieces), placed


class Layered(Mapping[str, Summary]):
    """A table's summaries seen through changes that are not part of the memory yet, newest layer first."""

    __slots__ = ("_base", "_layers")

    def __init__(self, base: dict[str, Summary], layers: list[dict[str, Entry | None]]) -> None:
        self._base = base
        self._layers = layers

    def __getitem__(self, key: str) -> Summary:
        for layer in self._layers:
            if key in layer:
                entry = layer[key]
                if entry is None:
                    raise KeyError(key)
                return entry.summary
        return self._base[key]

    def __iter__(self) -> Iterator[str]:
        """Old keys in their order, then new ones, oldest first."""
        merged: dict[str, bool] = {}
        for layer in reversed(self._layers):
            for key, entry in layer.items():
                if entry is None or entry.again or merged.get(key) is False:
                    merged.pop(key, None)
                merged[key] = entry is not None
        moved = {key for layer in self._layers for key, entry in layer.items() if entry is None or entry.again}
        yield from (key for key in self._base if key not in moved)
        yield from (key for key, there in merged.items() if there and (key in moved or key not in self._base))

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Change:
    """One transaction's view: the memory, what came before it in this turn, and its own changes on top.

    A document is encoded when it is put and decoded when it is got, so that nobody's later hand in it counts.
    """

    def __init__(self, memory: Memory, before: list[Delta], fetch: Callable[[int], bytes]) -> None:
        self.delta = Delta()
        self._memory = memory
        self._deltas = [self.delta, *before]
        self._fetch = fetch

    def get(self, table: str, key: str) -> Document | None:
        """See View.get."""
        for delta in self._deltas:
            entries = delta.tables.get(table)
            if entries is not None and key in entries:
                entry = entries[key]
                return None if entry is None else self._decode(entry)
        place = self._memory.places.get(table, {}).get(key)
        return None if place is None else _document(self._fetch(place))

    def _decode(self, entry: Entry) -> Document:
        return _document(entry.sealed[CHECKSUM.size :] if entry.place == NOWHERE else self._fetch(entry.place))

    def keys(self, table: str) -> Iterator[str]:
        """See View.keys."""
        return iter(list(self.summaries(table)))

    def summaries(self, table: str) -> Mapping[str, Summary]:
        """See View.summaries."""
        layers = [delta.tables[table] for delta in self._deltas if table in delta.tables]
        base = self._memory.summaries.get(table, {})
        return Layered(base, layers) if layers else MappingProxyType(base)

    def put(self, table: str, key: str, document: Document) -> None:
        """See Transaction.put. ValueError or TypeError where JSON cannot hold the document."""
        sealed = seal(encode_json(document))
        if not self._holds(table, key, sealed):
            self.delta.put(table, key, Entry(summary_of(table, document), sealed))

    def _holds(self, table: str, key: str, sealed: bytes) -> bool:
        """Whether this very document is there already, so that putting it again writes nothing."""
        if any(key in delta.tables.get(table, ()) for delta in self._deltas):
            return False
        place = self._memory.places.get(table, {}).get(key)
        if place is None or unpack_place(place)[2] != len(sealed) - CHECKSUM.size:
            return False
        return self._fetch(place) == sealed[CHECKSUM.size :]

    def delete(self, table: str, key: str) -> None:
        """See Transaction.delete."""
        if key in self.summaries(table):
            self.delta.put(table, key, None)


def _document(data: bytes) -> Document:
    document: Document = decode_json(data)
    return document
