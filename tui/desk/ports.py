"""What the desk needs of a store: documents by table and key, transactions, a change feed, a consumer lease.

The embedded default is TinyDB's file with our journal under it (tui/desk/store); a team on several hosts could
put an existing engine behind the same interface. TinyDB's names stay inside the store's own package.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol, TypeVar

Document = dict[str, Any]
Summary = tuple[Any, ...]
"""A document's indexed fields, in the order its table's index names them."""
T = TypeVar("T")


class Table(StrEnum):
    """The store's tables. Keys are strings; composite keys are joined by SEPARATOR."""

    TICKETS = "tickets"  # provider, number -> Ticket
    INBOX = "inbox"  # provider, message id (or snapshot/write id) -> InboxEntry
    OUTBOX = "outbox"  # entry id -> OutboxEntry
    LINKS = "links"  # provider, number -> own number, internal id, their history
    MARKS = "marks"  # provider, number -> unread, handled, snoozed_until, notes
    DRAFTS = "drafts"  # form key -> values and the ticket's revision
    AUDIT = "audit"  # time-ordered id -> who, from where, what, when, outcome
    SEEN = "seen"  # provider, message id -> when it was settled; kept 90 days
    HEALTH = "health"  # provider -> last polls, errors, throttling, queue depth and age
    META = "meta"  # engineer's answers (consume), retention checkpoints, the store's own


SEPARATOR = "\x1f"


def key_of(*parts: str) -> str:
    """A composite key."""
    return SEPARATOR.join(parts)


class View(Protocol):
    """Reading. Documents handed out are the reader's own: changing one changes nothing here."""

    def get(self, table: Table, key: str) -> Document | None:
        """The document, decoded now, or None. StoreFault where its bytes are damaged."""
        ...

    def keys(self, table: Table) -> Iterable[str]:
        """All keys of a table, oldest first."""
        ...

    def summaries(self, table: Table) -> Mapping[str, Summary]:
        """Each key's indexed fields, without decoding a document. See tui.desk.index for what each table names."""
        ...


class Transaction(View, Protocol):
    """A view that can be changed. It sees its own changes; others see them after the commit, all at once."""

    def put(self, table: Table, key: str, document: Document) -> None:
        """Insert or replace."""
        ...

    def delete(self, table: Table, key: str) -> None:
        """Remove; nothing happens where there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Changed:
    """What a commit, ours or another process's, changed. `own` is false for another process's."""

    keys: Mapping[Table, frozenset[str]]
    own: bool


class StoreFault(Exception):
    """The store cannot do this: read-only after damage or a failed fsync, newer version, no room. Says what to do."""


class Lease(Protocol):
    """The consumer lease: one process at a time polls; a kernel lock, so a dead holder frees it."""

    @property
    def held(self) -> bool:
        """Whether this process holds it."""
        ...

    def acquire(self) -> bool:
        """Try to take it, without waiting."""
        ...

    def beat(self, interval_seconds: float) -> None:
        """Note that the holder is alive and polls every so often."""
        ...

    def release(self) -> None:
        """Give it up; before a stop (SIGTSTP) and at the end."""
        ...

    def holder(self) -> LeaseHolder | None:
        """Who holds it, ours or another; None where nobody does."""
        ...


@dataclass(frozen=True, slots=True)
class LeaseHolder:
    """A consumer: its process id, terminal and host, its last beat, and the seconds between its polls."""

    pid: int
    tty: str
    host: str
    beat_at: datetime | None
    interval_seconds: float


class Store(View, Protocol):
    """The durable whole. Reads are immediate and come from memory and file; commits run off the event loop."""

    path: Path

    @property
    def read_only(self) -> str:
        """Why nothing can be written and what to do, in a sentence; empty where it can."""
        ...

    @property
    def warnings(self) -> tuple[str, ...]:
        """What an engineer should know: a network folder, a torn end set aside. Sentences, newest last."""
        ...

    @property
    def alarms(self) -> tuple[str, ...]:
        """What every command says until somebody has seen to it: confirmed bytes were lost and set aside."""
        ...

    @property
    def passing(self) -> bool:
        """Whether what `read_only` says ends by itself, as a full disk does."""
        ...

    def probe(self) -> str:
        """Try whether anything can be written here, and return `read_only`. Leaves nothing behind."""
        ...

    @property
    def lease(self) -> Lease:
        """The consumer lease."""
        ...

    async def transact(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` under the lock that all processes share, then commit what it changed: one write, one fsync.

        `work` runs in the store's thread after it has taken in what others appended; it must be pure computation
        over its view. If it raises, or the commit fails, nothing has changed anywhere. StoreFault where the
        store is read-only. Returns what `work` returned, after the fsync. With no change nothing is written.
        Transactions that wait together may share one write and one fsync; each still stands or falls alone, and
        each sees those before it. If the waiting task is cancelled, the commit may still be made.
        """
        ...

    async def follow(self) -> bool:
        """Take in what other processes appended; whether there was anything. Listeners are told."""
        ...

    def subscribe(self, listener: Callable[[Changed], None]) -> Callable[[], None]:
        """Have `listener` called, on the event loop, after each change. Returns what ends it."""
        ...

    async def compact(self) -> None:
        """Write the snapshot anew and start an empty journal."""
        ...

    def close(self) -> None:
        """Release files and locks."""
        ...
