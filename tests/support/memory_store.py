"""A Store in memory, for tests of what stands on one. Transactions are whole or nothing, as in the real one."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeVar

from providers.clock import Clock, SystemClock
from tui.desk.index import summarise
from tui.desk.ports import Changed, Document, LeaseHolder, StoreFault, Summary, Table

T = TypeVar("T")


class MemoryLease:
    """A lease that is free until somebody takes it. `other` stands for another process's hold."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._held = False
        self._beat: LeaseHolder | None = None
        self.other: LeaseHolder | None = None

    @property
    def held(self) -> bool:
        """Whether we hold it."""
        return self._held

    def acquire(self) -> bool:
        """Take it unless another has it."""
        if self.other is None:
            self._held = True
        return self._held

    def beat(self, interval_seconds: float) -> None:
        """Note the beat."""
        self._beat = LeaseHolder(1, "pts/0", "here", self._clock.now(), interval_seconds)

    def release(self) -> None:
        """Give it up."""
        self._held = False
        self._beat = None

    def holder(self) -> LeaseHolder | None:
        """Whoever has it."""
        if self.other is not None:
            return self.other
        return self._beat if self._held else None


class MemoryTransaction:
    """The store as one transaction sees it."""

    def __init__(self, tables: dict[Table, dict[str, Document]], summaries: dict[Table, dict[str, Summary]]) -> None:
        self._tables = tables
        self._summaries = summaries
        self.changes: dict[Table, dict[str, Document | None]] = {}

    def get(self, table: Table, key: str) -> Document | None:
        """The document as changed so far."""
        changed = self.changes.get(table, {})
        document = changed[key] if key in changed else self._tables[table].get(key)
        return copy.deepcopy(document)

    def keys(self, table: Table) -> Iterable[str]:
        """All keys, oldest first."""
        changed = self.changes.get(table, {})
        kept = [key for key in self._tables[table] if changed.get(key, "") is not None]
        return kept + [key for key, value in changed.items() if value is not None and key not in self._tables[table]]

    def summaries(self, table: Table) -> Mapping[str, Summary]:
        """Indexed fields as changed so far."""
        changed = self.changes.get(table)
        if not changed:
            return self._summaries[table]
        merged = dict(self._summaries[table])
        for key, document in changed.items():
            if document is None:
                merged.pop(key, None)
            else:
                merged[key] = summarise(table, document)
        return merged

    def put(self, table: Table, key: str, document: Document) -> None:
        """Insert or replace."""
        self.changes.setdefault(table, {})[key] = copy.deepcopy(document)

    def delete(self, table: Table, key: str) -> None:
        """Remove."""
        self.changes.setdefault(table, {})[key] = None


class MemoryStore:
    """Documents in dictionaries. `fault` makes every commit fail; `commits` counts those that changed something."""

    def __init__(self, path: Path, clock: Clock | None = None) -> None:
        self.path = path
        self.fault = ""
        self.commits = 0
        self.lease = MemoryLease(clock or SystemClock())
        self._tables: dict[Table, dict[str, Document]] = {table: {} for table in Table}
        self._summaries: dict[Table, dict[str, Summary]] = {table: {} for table in Table}
        self._listeners: list[Callable[[Changed], None]] = []

    @property
    def read_only(self) -> str:
        """Why nothing can be written."""
        return self.fault

    @property
    def alarms(self) -> tuple[str, ...]:
        """Nothing is ever lost."""
        return ()

    @property
    def passing(self) -> bool:
        """Nothing ends by itself."""
        return False

    def probe(self) -> str:
        """Nothing to try."""
        return self.fault

    @property
    def warnings(self) -> tuple[str, ...]:
        """Nothing to warn of."""
        return ()

    def get(self, table: Table, key: str) -> Document | None:
        """A copy of the document."""
        return copy.deepcopy(self._tables[table].get(key))

    def keys(self, table: Table) -> Iterable[str]:
        """All keys, oldest first."""
        return list(self._tables[table])

    def summaries(self, table: Table) -> Mapping[str, Summary]:
        """Each key's indexed fields."""
        return self._summaries[table]

    async def transact(self, work: Callable[[MemoryTransaction], T]) -> T:
        """Run and commit, or change nothing."""
        if self.fault:
            raise StoreFault(self.fault)
        transaction = MemoryTransaction(self._tables, self._summaries)
        result = work(transaction)
        if not transaction.changes:
            return result
        for table, changed in transaction.changes.items():
            for key, document in changed.items():
                if document is None:
                    self._tables[table].pop(key, None)
                    self._summaries[table].pop(key, None)
                else:
                    self._tables[table][key] = document
                    self._summaries[table][key] = summarise(table, document)
        self.commits += 1
        changes = Changed({table: frozenset(keys) for table, keys in transaction.changes.items()}, own=True)
        for listener in list(self._listeners):
            listener(changes)
        return result

    def get_all(self, *, but: tuple[Table, ...] = (Table.HEALTH,)) -> dict[Table, dict[str, Document]]:
        """A copy of everything but what each poll changes."""
        return copy.deepcopy({table: documents for table, documents in self._tables.items() if table not in but})

    async def follow(self) -> bool:
        """Nobody else writes here."""
        return False

    def subscribe(self, listener: Callable[[Changed], None]) -> Callable[[], None]:
        """Call `listener` after each commit."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def compact(self) -> None:
        """Nothing to compact."""

    def close(self) -> None:
        """Nothing to close."""
