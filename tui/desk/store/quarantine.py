"""Bytes that are no store's any more are kept beside it, never thrown away: for a person, or for support."""

from __future__ import annotations

from typing import Final

from tui.desk.store.files import Files
from tui.desk.store.image import Image, journal_name

TORN: Final = "torn"
DAMAGED: Final = "damaged"
_PIECE: Final = 1 << 20


def set_aside(image: Image) -> str:
    """Keep a journal's torn end in a file of its own; what to tell the engineer."""
    assert image.journal is not None
    size = image.files.size(image.journal)
    name = journal_name(image.generation)
    kept = _copy(image.files, image.journal, image.end, size, f"{TORN}-{name}-{image.end}")
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
