"""The store's engine, without an event loop: open, take in what others wrote, commit, publish.

Two halves, so that a commit can run in a thread: `attempt` takes the lock, reads and writes files and touches nothing
that readers see; `publish` makes its outcome visible at once. Whoever owns an engine calls them strictly in turn.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from providers.clock import Clock
from tui.desk.index import SIGNATURE
from tui.desk.ports import Changed, Document, StoreFault, Summary, Table
from tui.desk.store import faults
from tui.desk.store.condition import Condition
from tui.desk.store.faults import Fault
from tui.desk.store.files import Files
from tui.desk.store.frames import (
    FRAME,
    JOURNAL,
    LARGEST_PAYLOAD,
    Damage,
    decode_json,
    encode_frame,
    pack_place,
    unpack_place,
)
from tui.desk.store.image import SNAPSHOT_NAME, Image, Loss, Missing, first_header, journal_name, open_image
from tui.desk.store.journal import delta_of
from tui.desk.store.locks import CommitLock
from tui.desk.store.memory import Delta, Memory, encode_delta
from tui.desk.store.views import Change, Records

Work = Callable[[Change], Any]

SMALLEST_JOURNAL: Final = 1 << 20
JOURNAL_SHARE: Final = 8
"""A journal is compacted when it is longer than an eighth of the snapshot, and a megabyte at least. So opening stays
quick; each byte is written about nine times in its life, which is little at the pace of tickets."""


@dataclass(slots=True)
class Result:
    """How one work ended: its value, or what it raised."""

    value: Any = None
    error: BaseException | None = None

    def __enter__(self) -> None:
        """Whatever is raised inside is kept for whoever waits for this result, as an executor does."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> bool:
        self.error = RuntimeError("StopIteration came out of a transaction") if kind is StopIteration else error
        return isinstance(error, Exception)


@dataclass(slots=True)
class Outcome:
    """What an attempt did, to be published. `image` is a new generation, `foreign` what other processes changed.

    `everything` says that others changed more than is known. `unconfirmed`: what others wrote has not been synced by
    us yet, and they may have died before they did. `results` are the works', in their order.
    """

    results: list[Result] = field(default_factory=list)
    foreign: Delta = field(default_factory=Delta)
    own: Delta = field(default_factory=Delta)
    image: Image | None = None
    everything: bool = False
    unconfirmed: bool = False


class Engine:
    """A store's files and memory. `path` is for sentences; `files` is the folder itself."""

    def __init__(self, files: Files, path: Path, clock: Clock, *, read_only: bool = False) -> None:
        self.files = files
        self.path = path
        self.clock = clock
        self.condition = Condition(files, path, read_only=read_only)
        self.lock: CommitLock | None = None
        self.compaction_pause = 0
        self._retired: list[Image] = []
        self._open_lock()
        try:
            with self.held():
                self.image = self._open()
        except (StoreFault, OSError) as error:
            self._close_lock()
            if isinstance(error, StoreFault):
                raise
            raise StoreFault(faults.unopened(path, error)) from error

    # Opening

    def _open_lock(self) -> None:
        try:
            self.lock = CommitLock(self.files, self.clock, write=self.condition.writable)
        except FileNotFoundError:
            pass  # read-only, and nothing here yet
        except OSError as error:
            if error.errno not in faults.FOLDER_CODES:
                raise StoreFault(faults.unopened(self.path, error)) from error
            self.condition.blame(faults.folder(self.path, error))
            if self.files.identity_of("lock") is not None:
                self.lock = CommitLock(self.files, self.clock, write=False)

    def held(self) -> Any:
        """The lock, as a context. Nothing to hold where nobody can write."""
        return self.lock.held() if self.lock is not None else nullcontext()

    def _open(self) -> Image:
        try:
            image = open_image(self.files, write=self.condition.writable)
        except Missing:
            image = self._make()
        except OSError as error:
            if error.errno not in faults.FOLDER_CODES or not self.condition.writable:
                raise
            self.condition.blame(faults.folder(self.path, error))
            image = open_image(self.files, write=False)
        self.condition.take_stock(image)
        if self.lock is not None and self.condition.writable:
            self.lock.mark()
            self._confirm(image, folder=True)
        return image

    def _make(self) -> Image:
        """A store's first generation; an empty one where nothing may be written. Never over one that went missing."""
        image = Image(self.files, 1)
        if self.lock is not None and self.lock.marked:
            image.losses.append(Loss("", 0, 0, "there was a store in this folder, and its files are gone."))
            return image
        if not self.condition.writable:
            return image
        name = journal_name(1)
        header = first_header()
        image.journal = self.files.open(name, create=True)
        self.files.truncate(image.journal, 0)
        self.files.write(image.journal, 0, header)
        self.files.sync(image.journal)
        self.files.sync_folder()
        image.begin = image.end = len(header)
        return image

    # Reading

    def get(self, table: str, key: str) -> Document | None:
        """A document as it was last published. StoreFault where its bytes are damaged."""
        place = self.image.memory.places.get(table, {}).get(key)
        if place is None:
            return None
        document: Document = decode_json(self.fetch(self.image, place))
        return document

    def summaries(self, table: str) -> Mapping[str, Summary]:
        """A table's indexed fields as they were last published; valid until the next publish."""
        return Records(table, self.image.memory.summaries.get(table, {}))

    def fetch(self, image: Image, place: int) -> bytes:
        """A document's bytes. StoreFault where they are damaged, and the store is read-only then."""
        try:
            return image.fetch(place)
        except Damage as damage:
            segment, offset, length = unpack_place(place)
            name = journal_name(image.generation) if segment == JOURNAL else SNAPSHOT_NAME
            loss = Loss(name, offset, offset + length, f"the {name} is damaged at byte {offset} ({damage}).")
            if loss not in image.losses:
                image.losses.append(loss)
            self.condition.blame(faults.damaged(loss.meaning))
            raise StoreFault(f"This document cannot be read: {damage}. {self.condition.sentence}") from damage
        except OSError as error:
            raise StoreFault(f"The store in {self.path} cannot be read ({error.strerror}).") from error

    @property
    def wants_compaction(self) -> bool:
        """Whether the journal has grown long beside what it changes."""
        return self.overdue(1)

    def overdue(self, times: int) -> bool:
        """Whether the journal is that many times as long as it should be."""
        due = max(SMALLEST_JOURNAL, self.image.snapshot_size // JOURNAL_SHARE, self.compaction_pause) * times
        return self.condition.writable and self.image.end - self.image.begin > due

    def postpone_compaction(self) -> None:
        """It cannot be done now: ask again when the journal is half as long again."""
        self.compaction_pause = (self.image.end - self.image.begin) * 3 // 2

    # Taking in what others wrote

    def behind(self) -> bool:
        """Whether another process has written since. Two questions to the kernel, without the lock."""
        self.condition.recover()
        image = self.image
        if self.files.identity_of(SNAPSHOT_NAME) != image.snapshot_identity:
            return True
        return image.journal is not None and self.files.size(image.journal) != image.end

    def catch_up(self, outcome: Outcome) -> Image:
        """Under the lock: what others wrote since, noted in `outcome`. The image to go on with."""
        image = self.image
        if self.files.identity_of(SNAPSHOT_NAME) != image.snapshot_identity:
            return self._reload(outcome)
        if image.journal is None:
            return image
        if self.files.identity_of(journal_name(image.generation)) != self.files.identity(image.journal):
            name = journal_name(image.generation)
            self.condition.blame(faults.damaged(f"{name} was removed while in use."))
            return image
        if self.files.size(image.journal) < image.end:
            return self._reload(outcome)
        known = len(image.losses)
        for frame in image.advance():
            outcome.foreign.merge(delta_of(frame))
            outcome.unconfirmed = True
        if image.torn or len(image.losses) > known:
            self.condition.take_stock(image)
        return image

    def _reload(self, outcome: Outcome) -> Image:
        """Another process began a new generation: open it. What changed on the way is in the old journal's rest."""
        old = self.image
        rest = old.advance()
        try:
            image = open_image(self.files, write=self.condition.openable, pause=lambda: time.sleep(0))
        except Missing:
            self.condition.blame(faults.damaged("the store's files were removed while in use."))
            return old
        except StoreFault as fault:
            self.condition.blame(Fault("newer", str(fault)))
            raise
        for frame in rest:
            outcome.foreign.merge(delta_of(frame))
        if image.generation == old.generation + 1 and not old.losses:
            outcome.foreign.merge(image.tail())
        else:
            outcome.everything = True
        outcome.image = image
        self.condition.take_stock(image)
        if self.condition.writable:
            self._confirm(image, folder=True)
        return image

    def _confirm(self, image: Image, *, folder: bool = False) -> None:
        """Make sure that what others wrote is on the disk before anybody acts on it: they may have been killed
        between their write, or their rename, and its sync."""
        try:
            if image.journal is not None:
                self.files.sync(image.journal)
            if folder:
                self.files.sync_folder()
        except OSError as error:
            self.condition.fail(error)

    # Committing

    def attempt(self, works: Sequence[Work]) -> Outcome:
        """Run works one after the other under the lock, then commit what they changed, all in one frame.

        A work that raises has changed nothing; the others go on. If the commit fails, all have failed.
        """
        outcome = Outcome(results=[Result() for _ in works])
        try:
            with self.held():
                self.condition.recover()
                image = self.catch_up(outcome)
                if not works and not self.condition.writable:
                    return outcome
                if not self.condition.writable:
                    raise StoreFault(self.condition.sentence)
                self._run(works, outcome, image)
                if outcome.own:
                    self._append(image, outcome.own)
                elif outcome.unconfirmed:
                    self._confirm(image)
        except (StoreFault, OSError) as error:
            fault = error if isinstance(error, StoreFault) else StoreFault(self._words(error))
            outcome.own = Delta()
            for result in outcome.results:
                result.error = result.error or fault
        return outcome

    def _words(self, error: OSError) -> str:
        return self.condition.sentence or f"The store in {self.path} cannot be read ({error.strerror})."

    def _run(self, works: Sequence[Work], outcome: Outcome, image: Image) -> None:
        before = [outcome.own] if outcome.image is not None else [outcome.own, outcome.foreign]
        for work, result in zip(works, outcome.results, strict=True):
            change = Change(image.memory, before, lambda place: self.fetch(image, place))
            with result:
                result.value = work(change)
            if result.error is None:
                outcome.own.merge(change.delta)

    def _append(self, image: Image, delta: Delta) -> None:
        """One write, one sync. Raises after taking back what was written; the store is read-only then."""
        assert image.journal is not None
        payload, placed = encode_delta(delta, SIGNATURE, image.end + FRAME.size)
        if len(payload) > LARGEST_PAYLOAD:
            raise StoreFault(f"A change of {len(payload) >> 20} MB is more than the store takes at once.")
        frame = encode_frame(payload, image.sequence + 1, image.generation)
        try:
            self.files.write(image.journal, image.end, frame)
        except OSError as error:
            self.condition.blame_write(error, len(frame))
            self._take_back(image)
            raise
        try:
            self.files.sync(image.journal)
        except OSError as error:
            self.condition.fail(error)
            self._take_back(image)
            raise
        image.end += len(frame)
        image.sequence += 1
        for entry, offset in placed:
            entry.place = pack_place(JOURNAL, offset, len(entry.sealed) - 4)
            entry.sealed = b""

    def _take_back(self, image: Image) -> None:
        """Cut off a commit that failed, so that no other process takes it for one."""
        assert image.journal is not None
        try:
            self.files.truncate(image.journal, image.end)
        except OSError as error:
            self.condition.fail(error)

    # Publishing

    def publish(self, outcome: Outcome) -> list[Changed]:
        """Make an outcome visible. What listeners should be told: others' changes first, then our own."""
        before = self.image.memory
        if outcome.image is not None:
            self._retired.append(self.image)
            self.image = outcome.image
            self.compaction_pause = 0
        else:
            self.image.memory.take(outcome.foreign)
        self.image.memory.take(outcome.own)
        foreign = outcome.foreign.keys()
        if outcome.everything:
            foreign = _all_keys(before, self.image.memory)
        changes = [Changed(foreign, own=False)] if foreign else []
        if outcome.own:
            changes.append(Changed(outcome.own.keys(), own=True))
        return changes

    @property
    def retiring(self) -> bool:
        """Whether a past generation is still open."""
        return bool(self._retired)

    def retire(self) -> None:
        """Let past generations go: their files, whose bytes the kernel frees at the last close, and their memory."""
        while self._retired:
            image = self._retired.pop()
            image.close()
            image.memory.clear()

    def _close_lock(self) -> None:
        if self.lock is not None:
            self.lock.close()
            self.lock = None

    def close(self) -> None:
        """Give the files back."""
        if self.condition.fault is not faults.CLOSED:
            self.condition.fault = faults.CLOSED
            self.retire()
            self.image.close()
            self._close_lock()
            self.files.shut()


def _all_keys(*memories: Memory) -> dict[Table, frozenset[str]]:
    everything = Delta()
    for memory in memories:
        everything.merge(Delta({table: dict.fromkeys(places) for table, places in memory.places.items()}))
    return everything.keys()
