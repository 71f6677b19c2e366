"""TinyDB's own classes over the store's engine, so that TinyDB's API works on a store's folder:

    from tinydb import TinyDB, where
    from tui.desk.store.storage import JournalStorage

    with TinyDB("~/.local/state/vendorq", storage=JournalStorage) as database:
        database.table("tickets").search(where("state") == "open")

TinyDB numbers its documents and rewrites everything for each change. `DocumentTable` keeps keys as text, decodes a
document when it is looked at, and commits only what an operation has changed. It becomes TinyDB's `table_class` here,
as TinyDB's documentation offers, and steps aside for any other storage.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from pathlib import Path
from typing import Any, Self

from tinydb import TinyDB
from tinydb.storages import Storage
from tinydb.table import Table

from providers.clock import Clock, SystemClock
from tui.desk.ports import Document, StoreFault
from tui.desk.store.engine import Engine
from tui.desk.store.files import Files, RealFiles
from tui.desk.store.migrations import migrate
from tui.desk.store.mounts import network_warning
from tui.desk.store.views import Change


class JournalStorage(Storage):
    """A store's folder as TinyDB's storage: tables by name, documents by key. Made if there is none.

    The desk's store is this storage with an event loop around it. `files` is for tests with a disk of their own.
    StoreFault where the store cannot be opened or written: no such right, a newer version's, a link in its place.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        read_only: bool = False,
        clock: Clock | None = None,
        files: Files | None = None,
    ) -> None:
        super().__init__()
        folder = Path(path).expanduser()
        files = files or RealFiles(folder, create=not read_only)
        self.engine = Engine(files, folder, clock or SystemClock(), read_only=read_only)
        if warning := network_warning(folder):
            self.engine.condition.warnings.append(warning)
        migrate(self.engine)

    def read(self) -> dict[str, dict[str, Any]] | None:
        """Everything, decoded. None where there is nothing, as TinyDB wants it."""
        self.follow()
        tables = {name: dict(self.table(name)) for name in self.names()}
        return tables or None

    def write(self, data: dict[str, dict[str, Any]]) -> None:
        """Make the store hold exactly this, in one commit of what differs."""

        def replace(change: Change) -> None:
            for name in {*self.names(), *data}:
                wanted = {str(key): document for key, document in data.get(name, {}).items()}
                for key in list(change.keys(name)):
                    if key not in wanted:
                        change.delete(name, key)
                for key, document in wanted.items():
                    change.put(name, key, dict(document))

        self.commit(replace)

    def names(self) -> list[str]:
        """The tables that hold something."""
        return list(self.engine.image.memory.places)

    def table(self, name: str) -> Mapping[str, Document]:
        """A table as it was last followed; a document is decoded when it is asked for."""
        return _Documents(self.engine, name)

    def follow(self) -> None:
        """Take in what other processes wrote."""
        if self.engine.behind():
            self.engine.publish(self.engine.attempt([]))
            self.engine.retire()

    def commit(self, work: Callable[[Change], None]) -> None:
        """Run `work` under the store's lock and commit what it changed. Raises what it raised, changing nothing."""
        outcome = self.engine.attempt([work])
        self.engine.publish(outcome)
        self.engine.retire()
        if outcome.results[0].error is not None:
            raise outcome.results[0].error

    @property
    def read_only(self) -> str:
        """Why nothing can be written; empty where it can."""
        return self.engine.condition.sentence

    def close(self) -> None:
        """Give the files back."""
        self.engine.close()


class _Documents(Mapping[str, Document]):
    """A table of an engine, seen as TinyDB sees one."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self._name = name

    def __getitem__(self, key: str) -> Document:
        document = self._engine.get(self._name, key)
        if document is None:
            raise KeyError(key)
        return document

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._engine.summaries(self._name)))

    def __len__(self) -> int:
        return len(self._engine.summaries(self._name))

    def __contains__(self, key: object) -> bool:
        return key in self._engine.summaries(self._name)


class _Changing(MutableMapping[str, Document]):
    """A table while one of TinyDB's operations changes it: what it looked at is compared when it is done."""

    def __init__(self, change: Change, name: str) -> None:
        self._change = change
        self._name = name
        self._seen: dict[str, Document] = {}

    def __getitem__(self, key: str) -> Document:
        if key not in self._seen:
            document = self._change.get(self._name, key)
            if document is None:
                raise KeyError(key)
            self._seen[key] = document
        return self._seen[key]

    def __setitem__(self, key: str, document: Document) -> None:
        self._seen[key] = document
        self._change.put(self._name, key, dict(document))

    def __delitem__(self, key: str) -> None:
        if key not in self:
            raise KeyError(key)
        self._seen.pop(key, None)
        self._change.delete(self._name, key)

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._change.keys(self._name)))

    def __len__(self) -> int:
        return len(self._change.summaries(self._name))

    def __contains__(self, key: object) -> bool:
        return key in self._change.summaries(self._name)

    def clear(self) -> None:
        """Delete all documents."""
        for key in self:
            del self[key]

    def flush(self) -> None:
        """Put what was changed in place. Putting back what is there already writes nothing."""
        for key, document in self._seen.items():
            self._change.put(self._name, key, dict(document))


class DocumentTable(Table):
    """TinyDB's table with text for ids, over a JournalStorage; TinyDB's own table over anything else."""

    document_id_class = str  # type: ignore[assignment]  # TinyDB types it by its default, int

    def __new__(cls, storage: Storage, name: str, *args: Any, **kwargs: Any) -> Self:
        """A table fit for the storage."""
        if isinstance(storage, JournalStorage):
            return super().__new__(cls)
        return Table(storage, name, *args, **kwargs)  # type: ignore[return-value]  # not ours, so not our class

    def __init__(self, storage: Storage, name: str, cache_size: int = 0, persist_empty: bool = False) -> None:
        """`cache_size` is not used: another process may change what a query finds."""
        assert isinstance(storage, JournalStorage)
        super().__init__(storage, name, cache_size=0)
        self._journal = storage

    def _read_table(self) -> Mapping[str, Document]:  # type: ignore[override]  # any mapping will do for its caller
        self._journal.follow()
        return self._journal.table(self._name)

    def _update_table(self, updater: Callable[[Any], None]) -> None:
        def work(change: Change) -> None:
            table = _Changing(change, self._name)
            updater(table)
            table.flush()

        self._journal.commit(work)

    def _get_next_id(self) -> str:
        """A key of its own, since TinyDB lets a document be inserted without one."""
        return uuid.uuid4().hex


TinyDB.table_class = DocumentTable

__all__ = ["DocumentTable", "JournalStorage", "StoreFault"]
