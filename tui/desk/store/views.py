"""How transactions and readers see a memory."""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterator, KeysView, Mapping, ValuesView
from functools import partial
from typing import Any

from tui.desk.index import KINDS
from tui.desk.ports import Document, Summary, Table
from tui.desk.store.frames import CHECKSUM, decode_json, encode_json, seal, unpack_place
from tui.desk.store.memory import NOWHERE, TABLES, Delta, Entry, Memory, summary_of


class Records(Mapping[str, Summary]):
    """A table's summaries as its index names them, made from the bare tuples that the memory keeps.

    Bare, because the garbage collector leaves tuples of plain values alone, and goes through tens of thousands of
    anything else again and again, holding up the event loop.
    """

    __slots__ = ("_base", "_name")

    def __init__(self, table: str, base: Mapping[str, Summary]) -> None:
        self._base = base
        kind = KINDS.get(Table(table)) if table in TABLES else None
        self._name: Callable[[Summary], Summary] = partial(tuple.__new__, kind) if kind is not None else tuple

    def __getitem__(self, key: str) -> Summary:
        return self._name(self._base[key])

    def get(self, key: str, default: Any = None) -> Any:
        """The summary under a key, or the default; in lists of tens of thousands this is asked for each."""
        found = self._base.get(key)
        return default if found is None else self._name(found)

    def __iter__(self) -> Iterator[str]:
        return iter(self._base)

    def __len__(self) -> int:
        return len(self._base)

    def __contains__(self, key: object) -> bool:
        return key in self._base

    def keys(self) -> KeysView[str]:
        """All keys."""
        return self._base.keys()

    def values(self) -> ValuesView[Summary]:
        """All summaries."""
        return _Values(self)

    def items(self) -> ItemsView[str, Summary]:
        """All keys with their summaries."""
        return _Items(self)

    def named(self) -> Iterator[Summary]:
        """The summaries one by one, as `values` goes through them."""
        return map(self._name, self._base.values())


class _Values(ValuesView[Summary]):
    def __init__(self, records: Records) -> None:
        super().__init__(records)
        self._records = records

    def __iter__(self) -> Iterator[Summary]:
        return self._records.named()


class _Items(ItemsView[str, Summary]):
    def __init__(self, records: Records) -> None:
        super().__init__(records)
        self._records = records

    def __iter__(self) -> Iterator[tuple[str, Summary]]:
        return zip(self._records, self._records.named(), strict=True)


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
        return Records(table, Layered(base, layers) if layers else base)

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
