"""Bytes that are no store's any more are kept beside it, never thrown away: for a person, or for support."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from tui.desk.store.files import Files
from tui.desk.store.image import Image, journal_name

TORN: Final = "torn"
DAMAGED: Final = "damaged"
_PIECE: Final = 1 << 20


def kept_in(names: Iterable[str]) -> tuple[str, ...]:
    """Of a folder's names those of all files with bytes that were set aside."""
    return tuple(sorted(name for name in names if name.startswith((f"{TORN}-", f"{DAMAGED}-"))))


def losses_in(names: Iterable[str]) -> tuple[str, ...]:
    """Of a folder's names those of files with bytes that had been confirmed and were lost."""
    return tuple(name for name in kept_in(names) if not name.startswith(f"{TORN}-"))


def alarm(path: Path, names: Iterable[str]) -> str:
    """What to say of lost bytes until somebody has seen to them; empty where there are none."""
    lost = losses_in(names)
    if not lost:
        return ""
    them = "that file" if len(lost) == 1 else "those files"
    return (
        f"Part of the store in {path} was damaged and is missing; its bytes are set aside in {', '.join(lost)}. "
        "Look whether your last notes, marks and writes are there; what vendors still have comes by itself. "
        f"When you have seen to it, move {them} to another folder."
    )


def set_aside(image: Image) -> str:
    """Keep a journal's torn end in a file of its own; what to tell the engineer, where `alarm` does not.

    An end that had been whole counts as lost, not as torn.
    """
    assert image.journal is not None
    size = image.files.size(image.journal)
    name = journal_name(image.generation)
    kind = DAMAGED if image.spoilt else TORN
    kept = _copy(image.files, image.journal, image.end, size, f"{kind}-{name}-{image.end}")
    if image.spoilt:
        return ""
    return (
        f"The journal ended in {size - image.end} bytes that are no whole commit, as one leaves them who stops in the "
        f"middle of a write; such a write was confirmed to nobody. They are set aside in {kept}. "
        "If nothing had stopped, suspect the disk and look through `vendorq store check`."
    )


def keep_losses(image: Image) -> list[str]:
    """Keep damaged stretches in files of their own; what to tell the engineer. Never fails: it is a courtesy."""
    told = []
    for loss in image.losses:
        handle = image.journal if loss.name == journal_name(image.generation) else image.snapshot
        name = f"{DAMAGED}-{loss.name}-{loss.start}"
        try:
            if handle is not None and loss.end > loss.start and image.files.identity_of(name) is None:
                _copy(image.files, handle, loss.start, loss.end, name)
                told.append(f"Bytes {loss.start} to {loss.end} of {loss.name} are damaged and kept in {name}.")
        except OSError as error:
            told.append(f"Bytes {loss.start} to {loss.end} of {loss.name} could not be kept ({error.strerror}).")
    return told


def _copy(files: Files, source: int, start: int, end: int, name: str) -> str:
    taken = set(files.names())
    free = name
    count = 1
    while free in taken:
        count += 1
        free = f"{name}-{count}"
    target = files.open(free, create=True, exclusive=True)
    try:
        for at in range(start, end, _PIECE):
            files.write(target, at - start, files.read(source, at, min(_PIECE, end - at)))
        files.sync(target)
        files.sync_folder()
    finally:
        files.close(target)
    return free
