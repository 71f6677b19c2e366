"""One generation of the store, open: its snapshot, its journal, and what is known of them in memory.

Generation 1 has no snapshot: it begins empty. Every later one is a snapshot and the journal of what came after it,
under the same number; the snapshot's rename is what makes a generation the current one. Nothing here writes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from tui.desk.ports import StoreFault
from tui.desk.store import faults
from tui.desk.store.files import Files, Identity
from tui.desk.store.frames import (
    SNAPSHOT,
    VERSION,
    Damage,
    Frame,
    Header,
    Read,
    buffered,
    decode_header,
    encode_header,
    unpack_place,
)
from tui.desk.store.journal import delta_of, frames_between
from tui.desk.store.memory import Delta, Memory
from tui.desk.store.snapshot import load_snapshot, read_document, salvage_snapshot

SNAPSHOT_NAME: Final = "snapshot"
_JOURNAL_NAME: Final = re.compile(r"journal-(\d+)")


def journal_name(generation: int) -> str:
    """The file that a generation's commits go to."""
    return f"journal-{generation}"


def journal_generations(names: list[str]) -> list[int]:
    """The generations whose journals are there, in order."""
    return sorted(int(match[1]) for name in names if (match := _JOURNAL_NAME.fullmatch(name)))


@dataclass(frozen=True, slots=True)
class Loss:
    """Bytes that cannot be read: of which file, from where to where, and what that means."""

    name: str
    start: int
    end: int
    meaning: str


class Missing(Exception):
    """There is no store here: neither snapshot nor journal, or one whose making never ended."""


@dataclass(slots=True)
class Image:
    """An open generation. `end` and `sequence` say up to where the journal has been read.

    `torn` is true where bytes follow that are no commit, `spoilt` where they had been one. `version` is that of its
    files. `snapshot` and `journal` are descriptors, None where there is no such file.
    """

    files: Files
    generation: int
    version: int = VERSION
    snapshot: int | None = None
    journal: int | None = None
    memory: Memory = field(default_factory=Memory)
    begin: int = 0
    end: int = 0
    sequence: int = 0
    torn: bool = False
    spoilt: bool = False
    losses: list[Loss] = field(default_factory=list)
    snapshot_identity: Identity | None = None
    snapshot_size: int = 0

    def reader(self, handle: int | None) -> Read:
        """How to read one of the files."""
        assert handle is not None
        return lambda offset, size: self.files.read(handle, offset, size)

    @property
    def meaning_of_end(self) -> str:
        """What it means that the journal's end is spoilt; empty where it is not."""
        if not self.spoilt:
            return ""
        return f"the last commit in {journal_name(self.generation)}, from byte {self.end} on, is damaged."

    def fetch(self, place: int) -> bytes:
        """A document's bytes. Damage where they are not what was written, OSError where they cannot be read."""
        segment, _, _ = unpack_place(place)
        return read_document(self.reader(self.snapshot if segment == SNAPSHOT else self.journal), place)

    def advance(self) -> list[Frame]:
        """The journal's frames that came since, noting how it ends. They are not taken into the memory."""
        if self.journal is None:
            return []
        size = self.files.size(self.journal)
        read = buffered(self.reader(self.journal))
        found = frames_between(read, self.end, size, self.generation, self.sequence)
        name = journal_name(self.generation)
        for start, end in found.damaged:
            meaning = f"commits in {name} between bytes {start} and {end} are damaged."
            self.losses.append(Loss(name, start, end, meaning))
        self.end = found.end
        self.torn = found.torn
        self.spoilt = found.spoilt
        if found.frames:
            self.sequence = found.frames[-1].sequence
        return found.frames

    def tail(self) -> Delta:
        """All that this generation's journal has changed so far."""
        changes = Delta()
        if self.journal is not None:
            read = buffered(self.reader(self.journal))
            for frame in frames_between(read, self.begin, self.end, self.generation).frames:
                changes.merge(delta_of(frame))
        return changes

    def close(self) -> None:
        """Give the files back."""
        for handle in (self.snapshot, self.journal):
            if handle is not None:
                self.files.close(handle)
        self.snapshot = self.journal = None


def open_image(files: Files, *, write: bool, pause: Callable[[], None] = lambda: None) -> Image:
    """The current generation, loaded. Missing where none was ever made, StoreFault for a newer version's.

    What is damaged is passed over and told in `losses`: what can be read is there. `pause` is called every
    millisecond or so, for whoever loads in a thread and has an event loop beside it.
    """
    names = files.names()
    generations = journal_generations(names)
    if SNAPSHOT_NAME not in names and not generations:
        raise Missing
    image = Image(files, 1)
    try:
        if SNAPSHOT_NAME in names:
            _open_snapshot(image, generations, pause)
        elif 1 not in generations:
            image.generation = generations[-1]
            meaning = "the snapshot is missing, so only what changed after it can be read."
            image.losses.append(Loss(SNAPSHOT_NAME, 0, 0, meaning))
        _open_journal(image, generations, write=write)
        for frame in image.advance():
            image.memory.take(delta_of(frame))
        _look_beyond(image, generations)
    except (OSError, StoreFault, Missing):
        image.close()
        raise
    return image


def _open_snapshot(image: Image, generations: list[int], pause: Callable[[], None]) -> None:
    image.snapshot = image.files.open(SNAPSHOT_NAME, write=False)
    image.snapshot_identity = image.files.identity(image.snapshot)
    size = image.snapshot_size = image.files.size(image.snapshot)
    read = image.reader(image.snapshot)
    try:
        header = decode_header(read, size)
        image.version = header.version
        image.generation = header.generation
        refuse_newer(header.version)
        header, image.memory = load_snapshot(read, size, pause)
        image.sequence = header.sequence
    except Damage as damage:
        image.generation = image.generation if image.generation > 1 else max(generations, default=1)
        image.memory, stretches = salvage_snapshot(read, size, image.generation)
        stretches = stretches or [(damage.offset, damage.offset)]
        for start, end in stretches:
            meaning = f"the snapshot is damaged between bytes {start} and {end}."
            image.losses.append(Loss(SNAPSHOT_NAME, start, end, meaning))
        image.sequence = -1


def _open_journal(image: Image, generations: list[int], *, write: bool) -> None:
    name = journal_name(image.generation)
    if image.generation not in generations:
        image.losses.append(Loss(name, 0, 0, f"{name} is missing: what changed after the snapshot is gone."))
        return
    image.journal = image.files.open(name, write=write)
    size = image.files.size(image.journal)
    try:
        header = decode_header(image.reader(image.journal), size)
    except Damage as damage:
        if image.generation == 1 and size <= len(first_header()):
            raise Missing from None  # its making was cut short: it never held a commit
        image.losses.append(Loss(name, 0, size, f"{name} has no readable beginning ({damage})."))
        found = frames_between(buffered(image.reader(image.journal)), 0, size, image.generation)
        image.begin = image.end = found.frames[0].offset if found.frames else size
        image.sequence = found.frames[0].sequence - 1 if found.frames else max(image.sequence, 0)
        return
    refuse_newer(header.version)
    image.version = min(image.version, header.version)
    image.begin = image.end = header.size
    if image.sequence < 0 or image.snapshot is None:
        image.sequence = header.sequence


def _look_beyond(image: Image, generations: list[int]) -> None:
    """Journals of later generations are left over from compactions that were cut short, and hold nothing new.

    Where one does, it was the current one: then it is the snapshot that is not the right one.
    """
    for generation in generations:
        if generation <= image.generation:
            continue
        name = journal_name(generation)
        handle = image.files.open(name, write=False)
        try:
            read = buffered(image.reader(handle))
            size = image.files.size(handle)
            header = decode_header(read, size)
            frames = frames_between(read, header.size, size, generation).frames
            if (frames[-1].sequence if frames else header.sequence) > image.sequence:
                meaning = f"{name} goes on from a snapshot that is missing."
                image.losses.append(Loss(SNAPSHOT_NAME, 0, 0, meaning))
        except Damage:
            continue
        finally:
            image.files.close(handle)


def first_header() -> bytes:
    """How the first journal begins."""
    return encode_header(Header("journal", VERSION, 1, 0))


def refuse_newer(version: int) -> None:
    """StoreFault for files of a version this program does not know."""
    if version > VERSION:
        raise StoreFault(faults.newer(version, VERSION))
