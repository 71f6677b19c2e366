"""Writing the snapshot anew, in small steps between commits.

The snapshot is written beside the old one while commits go on; then, under the lock, the commits made meanwhile are
copied into the next journal and the snapshot's rename makes the new generation the current one. Killed anywhere,
either the old generation is whole or the new one is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from typing import Final

from tui.desk.ports import Document, StoreFault, Summary
from tui.desk.store import faults
from tui.desk.store.engine import Engine, Outcome
from tui.desk.store.frames import VERSION, Damage, Header, decode_json, encode_frame, encode_header, encode_json, seal
from tui.desk.store.image import SNAPSHOT_NAME, Image, journal_generations, journal_name
from tui.desk.store.journal import delta_of, frames_between
from tui.desk.store.memory import Delta, Memory, summary_of
from tui.desk.store.quarantine import DAMAGED
from tui.desk.store.snapshot import SnapshotWriter

TURN: Final = "compacting"
UNFINISHED: Final = "snapshot.new"
SLICE: Final = 64
"""Documents a step: about a millisecond."""

Rows = tuple[str, list[str], list[int], list[Summary]]
"""A table's name, its keys, and of each the place and the indexed fields."""

Transform = Callable[[str, str, Document], Document | None]
"""(table, key, document) → the document as it shall be, None to leave it out. Made for migrations."""


def compact(engine: Engine, *, repair: bool = False, transform: Transform | None = None) -> list[tuple[str, str]]:
    """A whole compaction at once, published. The (table, key) of what a repair had to leave out.

    StoreFault where it failed: nothing has changed then.
    """
    compaction = Compaction(engine, repair=repair, transform=transform)
    while not compaction.ended:
        compaction.step()
    engine.publish(compaction.outcome)
    engine.retire()
    if compaction.error is not None:
        raise compaction.error
    return compaction.lost


class Busy(StoreFault):
    """Another process is compacting this store."""


class Compaction:
    """One compaction of an engine's present generation. `step` until it has `ended`, then publish `outcome`.

    `repair` leaves out what is damaged and keeps the damaged files beside the new ones.
    """

    def __init__(self, engine: Engine, *, repair: bool = False, transform: Transform | None = None) -> None:
        if not (engine.condition.writable or (repair and engine.condition.damaged)):
            raise StoreFault(engine.condition.sentence)
        self.outcome = Outcome()
        self.error: StoreFault | None = None
        self.lost: list[tuple[str, str]] = []
        self._engine = engine
        self._files = engine.files
        self._image = engine.image
        self._repair = repair
        self._transform = transform
        self._end = self._sequence = 0
        self._new: int | None = None
        self._turn = self._take_turn()
        self._steps = self._run()

    def step(self) -> None:
        """Do the next part, in the store's thread. When it has `ended`, `error` says whether and why it failed."""
        try:
            if self._engine.image is self._image and next(self._steps, False):
                return
        except (OSError, StoreFault) as error:
            self.error = self._failure(error)
        self.abandon()

    def _failure(self, error: OSError | StoreFault) -> StoreFault:
        engine = self._engine
        if isinstance(error, StoreFault):
            return error
        if error.errno in faults.FULL_CODES or error.errno in faults.FOLDER_CODES:
            engine.postpone_compaction()
            sentence = f"The store could not be compacted ({error.strerror}); it goes on with a longer journal."
            engine.condition.warnings.append(sentence)
            return StoreFault(sentence)
        engine.condition.fail(error)
        return StoreFault(engine.condition.sentence)

    def _take_turn(self) -> int:
        try:
            turn = self._files.open(TURN, create=True)
        except OSError as error:
            raise self._failure(error) from error
        try:
            if self._files.lock(turn):
                return turn
        except OSError as error:
            self._files.close(turn)
            raise self._failure(error) from error
        self._files.close(turn)
        self._engine.postpone_compaction()
        raise Busy("Another process is compacting the store.")

    @property
    def ended(self) -> bool:
        """Whether there is nothing more to do; `outcome` is to be published then."""
        return self._turn < 0

    def abandon(self) -> None:
        """Leave no trace of what is not finished."""
        if self._turn < 0:
            return
        if self._new is not None:
            self._files.close(self._new)
            self._new = None
            with suppress(OSError):
                self._files.unlink(UNFINISHED)
        self._files.close(self._turn)
        self._turn = -1

    def _run(self) -> Iterator[bool]:
        engine = self._engine
        tables = self._present()
        with suppress(FileNotFoundError):
            self._files.unlink(UNFINISHED)  # of a compaction that was killed: nobody else is at it, we have the turn
        self._generation = self._next_generation()
        self._new = self._files.open(UNFINISHED, create=True, exclusive=True)
        writer = SnapshotWriter(self._files, self._new, self._generation, self._sequence)
        yield from self._copy(writer, tables)
        while writer.finish():
            yield True
        with engine.held():
            if engine.catch_up(self.outcome) is self._image:
                self.outcome.image = self._switch(writer)

    def _present(self) -> list[Rows]:
        """What is to be copied. Commits that come later are found in the journal, from here on."""
        memory = self._image.memory
        self._end = self._image.end
        self._sequence = max(self._image.sequence, 0)
        return [
            (table, list(places), list(places.values()), list(memory.summaries[table].values()))
            for table, places in memory.places.items()
        ]

    def _next_generation(self) -> int:
        """One more than the present; beyond every journal there is where the files do not fit together."""
        if not self._image.losses:
            return self._image.generation + 1
        return max(self._image.generation, *journal_generations(self._files.names()), 1) + 1

    def _copy(self, writer: SnapshotWriter, tables: list[Rows]) -> Iterator[bool]:
        for table, keys, places, summaries in tables:
            documents = zip(keys, places, summaries, strict=True)
            while batch := list(islice(documents, SLICE)):
                for key, place, summary in batch:
                    self._copy_one(writer, table, key, place, summary)
                yield True

    def _copy_one(self, writer: SnapshotWriter, table: str, key: str, place: int, summary: Summary) -> None:
        try:
            data = self._image.fetch(place)
        except Damage:
            if not self._repair:
                self._engine.fetch(self._image, place)  # says what is damaged, and raises
            self.lost.append((table, key))
            return
        if self._transform is not None:
            document = self._transform(table, key, decode_json(data))
            if document is None:
                return
            data = encode_json(document)
            summary = summary_of(table, document)
        writer.add(table, key, summary, seal(data))

    def _switch(self, writer: SnapshotWriter) -> Image:
        """Under the lock, with all commits known: make the new generation the current one."""
        files = self._files
        old = self._image
        image = Image(files, self._generation, memory=writer.memory)
        name = journal_name(self._generation)
        with suppress(FileNotFoundError):
            files.unlink(name)  # of a compaction that was killed before its rename
        image.journal = files.open(name, create=True, exclusive=True)
        try:
            self._carry(image)
            files.sync(image.journal)
            self._keep_damaged()
            files.sync_folder()
            files.rename(UNFINISHED, SNAPSHOT_NAME)
            image.snapshot, self._new = self._new, None
            self._confirm_name()
        except (OSError, StoreFault):
            image.close()
            raise
        assert image.snapshot is not None
        image.snapshot_identity = files.identity(image.snapshot)
        image.snapshot_size = files.size(image.snapshot)
        for generation in journal_generations(files.names()):
            if generation < self._generation:
                with suppress(OSError):
                    files.unlink(journal_name(generation))  # left over, it is taken away another time
        if not old.losses or self._repair:
            self._engine.condition.mend()
        return image

    def _confirm_name(self) -> None:
        """Where the rename is not confirmed, nobody knows which generation a power cut would leave."""
        try:
            self._files.sync_folder()
        except OSError as error:
            self._engine.condition.fail(error)
            raise StoreFault(self._engine.condition.sentence) from error

    def _carry(self, image: Image) -> None:
        """Begin the new journal with what was committed since the compaction began."""
        old = self._image
        assert image.journal is not None
        data = encode_header(Header("journal", VERSION, image.generation, self._sequence))
        image.begin = image.end = len(data)
        image.sequence = self._sequence
        if old.journal is not None:
            found = frames_between(old.reader(old.journal), self._end, old.end, old.generation)
            for number, frame in enumerate(found.frames, self._sequence + 1):
                data += encode_frame(frame.payload, number, image.generation)
        self._files.write(image.journal, 0, data)
        for frame in image.advance():
            delta = delta_of(frame)
            _share(delta, old.memory)
            image.memory.take(delta)

    def _keep_damaged(self) -> None:
        """Before a repair takes their names away: the old files, whole, beside the new ones."""
        if not self._image.losses:
            return
        for name in (SNAPSHOT_NAME, journal_name(self._image.generation)):
            with suppress(FileNotFoundError, FileExistsError):
                self._files.link(name, f"{DAMAGED}-{name}-before-{self._generation}")


def _share(delta: Delta, memory: Memory) -> None:
    """Have a delta name what it shares with a memory by the very same objects: others know them by those already."""
    for table, entries in delta.tables.items():
        summaries = memory.summaries.get(table, {})
        for key, entry in entries.items():
            if entry is not None and (known := summaries.get(key)) == entry.summary:
                entry.summary = known
