"""Whether a store is fit to be written: what went wrong, what mends itself, what is told."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from tui.desk.store import faults
from tui.desk.store.faults import Fault
from tui.desk.store.files import Files
from tui.desk.store.image import Image
from tui.desk.store.quarantine import alarm, keep_losses, losses_in, set_aside

PROBE: Final = "probe"
_PROBED: Final = 1 << 16
SPARE: Final = 1 << 20
"""Bytes of room at which a store that found none stays read-only, and at which `probe` says so of any."""


class Condition:
    """A store's fault, if it has one, and its warnings."""

    def __init__(self, files: Files, path: Path, *, read_only: bool) -> None:
        self.fault: Fault | None = faults.ASKED if read_only else None
        self.warnings: list[str] = []
        self._files = files
        self._path = path
        self._needed = 0
        self._lost: tuple[str, ...] = ()
        self._spoilt = ""
        self._tight = ""

    @property
    def sentence(self) -> str:
        """Why nothing can be written and what to do; empty where it can."""
        return "" if self.fault is None else self.fault.sentence

    @property
    def alarms(self) -> tuple[str, ...]:
        """What every command says until somebody has seen to it; nothing where `sentence` says so already."""
        if self._lost and not self.damaged:
            self._lost = tuple(name for name in self._lost if self._files.identity_of(name) is not None)
        lost = () if self.damaged else (self._spoilt, alarm(self._path, self._lost))
        return tuple(words for words in (*lost, self._tight) if words)

    @property
    def passing(self) -> bool:
        """Whether the fault ends by itself."""
        return self.fault is not None and self.fault.kind == "full"

    @property
    def writable(self) -> bool:
        """Whether commits may be made."""
        return self.fault is None

    @property
    def damaged(self) -> bool:
        """Whether bytes were lost: what a repair leaves behind."""
        return self.fault is not None and self.fault.kind == "damaged"

    @property
    def openable(self) -> bool:
        """Whether files may be opened for writing, whatever else is wrong."""
        return self.fault is None or self.fault.kind not in ("asked", "folder")

    def blame(self, fault: Fault) -> None:
        """Be read-only. The first reason stands, but for those that can be mended."""
        if self.fault is None or self.fault.kind in ("full", "damaged"):
            self.fault = fault

    def blame_write(self, error: OSError, needed: int = 0) -> None:
        """Be read-only after a write that the disk refused; `needed` bytes had to find room."""
        self._needed = needed
        if error.errno in faults.FULL_CODES:
            self.blame(faults.full(self._path, error))
        elif error.errno in faults.FOLDER_CODES:
            self.blame(faults.folder(self._path, error))
        else:
            self.fail(error)

    def fail(self, error: OSError) -> None:
        """Be read-only for good: nobody knows what of a write is on the disk."""
        if self.fault is None or self.fault.kind != "closed":
            self.fault = faults.failed(self._path, error)

    def mend(self) -> None:
        """What was damaged has been left behind."""
        if self.damaged:
            self.fault = None

    def recover(self) -> None:
        """Be writable again where there was no room and now there is."""
        if self.passing and self._files.room() > max(2 * self._needed, SPARE):
            self.fault = None

    def take_stock(self, image: Image) -> None:
        """Settle a journal's torn end; be read-only where something was lost. Under the lock."""
        if image.torn and self.writable:
            self._cut(image)
        if image.losses:
            if self.openable:
                self.warnings.extend(keep_losses(image))
            self.blame(faults.damaged(" ".join(dict.fromkeys(loss.meaning for loss in image.losses))))
        else:
            self.mend()
        self._spoilt = image.meaning_of_end
        self._lost = losses_in(self._files.names())

    def probe(self) -> None:
        """Try whether the folder takes a small file, and be read-only where it does not.

        Also where a store that had to stop for want of room would not go on: another process's may have.
        """
        name = f"{PROBE}.{os.getpid()}"
        try:
            handle = self._files.open(name, create=True)
            try:
                self._files.write(handle, 0, bytes(_PROBED))
            finally:
                self._files.close(handle)
                self._files.unlink(name)
            room = self._files.room()
        except OSError as error:
            self.blame_write(error)
            return
        if room <= SPARE:
            self.blame(faults.scarce(self._path, room, SPARE))
        self._tight = faults.tight(self._path, room) if SPARE < room < 2 * SPARE else ""

    def _cut(self, image: Image) -> None:
        """Put the bytes of a write that never ended aside and cut them off. Under the lock nobody is writing them."""
        assert image.journal is not None
        try:
            told = set_aside(image)
            self.warnings.extend([told] if told else [])
            self._files.truncate(image.journal, image.end)
            self._files.sync(image.journal)
        except OSError as error:
            self.blame_write(error)
        else:
            image.torn = image.spoilt = False
