"""What the store knows without touching its files: each document's indexed fields and where it lies.

A Memory changes only between turns of the event loop, by `take`, so that a reader never sees half a commit. What a
commit changes is gathered in a Delta first, which later transactions of the same turn see through.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from tui.desk.index import summarise
from tui.desk.ports import Document, Summary, Table
from tui.desk.store.frames import CHECKSUM, Record, encode_json, encode_record

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

    def clear(self) -> None:
        """Forget everything, bit by bit: tens of thousands of objects freed at once would hold up the event loop."""
        for tables in (self.summaries, self.places):
            for entries in tables.values():
                while entries:
                    for key in list(islice(entries, 2000)):
                        del entries[key]
                    time.sleep(0)

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
            if entry is None or before is None or entry.again:
                del entries[key]
            if entry is not None and (before is None or before.again):
                entry.again = True
        entries[key] = entry

    def merge(self, later: Delta) -> None:
        """Note all of a later delta's changes."""
        for table, entries in later.tables.items():
            for key, entry in entries.items():
                self.put(table, key, entry)

    def keys(self) -> dict[Table, frozenset[str]]:
        """The changed keys of the desk's own tables."""
        return {Table(name): frozenset(entries) for name, entries in self.tables.items() if name in TABLES and entries}

    def __bool__(self) -> bool:
        return any(self.tables.values())


TABLES: Final = frozenset(table.value for table in Table)
"""The desk's own tables; TinyDB's users may make others."""


def summary_of(table: str, document: Document) -> Summary:
    """A document's indexed fields, as a bare tuple; none for a table the desk does not know."""
    return tuple(summarise(Table(table), document)) if table in TABLES else ()


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
