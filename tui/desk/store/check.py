"""What support does with a store: check every byte of it, compact it, export it. Results, no printing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tinydb import TinyDB

from providers.clock import Clock
from providers.redaction import HIDDEN, redact
from tui.desk.ports import Document, StoreFault
from tui.desk.store.compaction import compact
from tui.desk.store.engine import Engine
from tui.desk.store.frames import Damage, Read, buffered, decode_header
from tui.desk.store.image import Image
from tui.desk.store.journal import frames_between
from tui.desk.store.locks import LOCK
from tui.desk.store.quarantine import kept_in, losses_in
from tui.desk.store.snapshot import read_trailer
from tui.desk.store.storage import JournalStorage
from tui.desk.store.views import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreReport:
    """A store, looked through. `documents` counts them by table; sizes are bytes.

    `problems` are sentences about what was lost or cannot be read; `notes` about what an engineer should know.
    `kept` are the files with bytes that were set aside. `commits` are those since the snapshot.
    """

    path: Path
    version: int
    generation: int
    documents: dict[str, int]
    snapshot_bytes: int
    journal_bytes: int
    commits: int
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()

    @property
    def lost(self) -> tuple[str, ...]:
        """Of `kept` those with bytes that had been confirmed: what they held is missing."""
        return losses_in(self.kept)

    @property
    def ok(self) -> bool:
        """Whether everything that was written can be read."""
        return not self.problems


@dataclass(frozen=True, slots=True, kw_only=True)
class CompactReport:
    """A compaction: bytes of all files before and after. `left_out` are (table, key) that could not be read.

    Of a damaged store `lost` are sentences about stretches of its files, and `kept` the files with what was damaged.
    """

    path: Path
    generation: int
    before: int
    after: int
    left_out: tuple[tuple[str, str], ...] = ()
    lost: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()

    @property
    def repaired(self) -> bool:
        """Whether something was left behind."""
        return bool(self.lost or self.left_out)


def check_store(path: Path, clock: Clock) -> StoreReport:
    """Read every document, frame and index of a store, changing nothing. Other processes may go on meanwhile.

    StoreFault where there is no store, or it cannot be opened at all.
    """
    storage = _open(path, clock, read_only=True)
    try:
        engine = storage.engine
        image = engine.image
        memory = image.memory
        commits, problems = _frames(image)
        problems = [loss.meaning for loss in image.losses] + problems + list(_documents(engine))
        notes = list(engine.condition.warnings)
        if image.spoilt:
            problems.append(image.meaning_of_end)
        elif image.torn:
            notes.append("The journal ends in a write that had not ended; the next commit sets it aside.")
        return StoreReport(
            path=path,
            version=image.version,
            generation=image.generation,
            documents={table: len(places) for table, places in memory.places.items()},
            snapshot_bytes=image.snapshot_size,
            journal_bytes=image.end if image.journal is not None else 0,
            commits=commits,
            problems=tuple(dict.fromkeys(problems)),
            notes=tuple(notes),
            kept=kept_in(engine.files.names()),
        )
    finally:
        storage.close()


def _documents(engine: Engine) -> Iterator[str]:
    """What is wrong with single documents."""
    for table, places in engine.image.memory.places.items():
        for key, place in places.items():
            try:
                engine.image.fetch(place)
            except (Damage, OSError) as fault:
                yield f"{table} {' '.join(key.split(chr(31)))}: {fault}."


def _frames(image: Image) -> tuple[int, list[str]]:
    """How many commits the journal holds, and what is wrong with frames that the index does not lead to."""
    problems: list[str] = []
    commits = 0
    if image.journal is not None:
        read = buffered(image.reader(image.journal))
        commits = len(frames_between(read, image.begin, image.end, image.generation).frames)
    if image.snapshot is not None:
        try:
            problems = _snapshot_frames(image.reader(image.snapshot), image.snapshot_size)
        except Damage as damage:
            problems = [f"the snapshot is damaged at byte {damage.offset} ({damage})."]
    return commits, problems


def _snapshot_frames(read: Read, size: int) -> list[str]:
    header = decode_header(read, size)
    _, end, _ = read_trailer(read, size, header.generation)
    found = frames_between(buffered(read), header.size, end, header.generation)
    if found.torn:
        found.damaged.append((found.end, end))
    return [f"the snapshot is damaged between bytes {start} and {stop}." for start, stop in found.damaged]


def compact_store(path: Path, clock: Clock, mend: Callable[[Change], None] | None = None) -> CompactReport:
    """Write the snapshot anew. On a damaged store: go on with what can be read, and keep the damaged files.

    `mend` is a transaction that is run where something was lost, also if that was at another time.

    StoreFault where the store cannot be written, or another process is compacting it.
    """
    storage = _open(path, clock, read_only=False)
    try:
        engine = storage.engine
        image = engine.image
        before = engine.image.snapshot_size + engine.image.end
        try:
            left_out = compact(engine, repair=engine.condition.damaged)
        except StoreFault:
            if not engine.condition.damaged:
                raise
            left_out = compact(engine, repair=True)  # the damage came to light on the way
        kept = losses_in(engine.files.names())
        if mend is not None and kept:
            storage.commit(mend)
        return CompactReport(
            path=path,
            generation=engine.image.generation,
            before=before,
            after=engine.image.snapshot_size + engine.image.end,
            left_out=tuple(left_out),
            lost=tuple(dict.fromkeys(loss.meaning for loss in image.losses)),
            kept=kept,
        )
    finally:
        storage.close()


def export_store(path: Path, clock: Clock) -> Iterator[tuple[str, str, Document]]:
    """Every document as (table, key, document), without secrets: signed links are left out, whatever else is one by
    its place is hidden. What cannot be read is passed over; `check_store` names it.
    """
    _exists(path)
    with TinyDB(path, storage=JournalStorage, clock=clock, read_only=True) as database:
        storage = database.storage
        assert isinstance(storage, JournalStorage)
        for name in storage.names():
            table = storage.table(name)
            for key in table:
                try:
                    document = table[key]
                except StoreFault:
                    continue
                yield name, key, _without_secrets(document)


def _without_secrets(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _without_secrets(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_secrets(item) for item in value]
    if isinstance(value, str):
        return HIDDEN if name == "url" and value else redact(value)
    return value


def _open(path: Path, clock: Clock, *, read_only: bool) -> JournalStorage:
    _exists(path)
    return JournalStorage(path, read_only=read_only, clock=clock)


def _exists(path: Path) -> None:
    """Support's commands look at a store; they never make one."""
    if not (path / LOCK).is_file():
        raise StoreFault(f"There is no store in {path}. Look at [store] path in the config.")
