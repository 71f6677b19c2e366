"""Why a store cannot be written: what happened and what to do, in sentences for an engineer."""

from __future__ import annotations

import errno
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

FaultKind = Literal["asked", "folder", "damaged", "failed", "full", "newer", "closed"]
"""asked: opened so. folder: no right to write here. damaged: bytes were lost. failed: a write could not be made
durable. full: no room, mended by room. newer: a newer program's files. closed: in use no more."""

FULL_CODES = frozenset({errno.ENOSPC, errno.EDQUOT})
FOLDER_CODES = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})


@dataclass(frozen=True, slots=True)
class Fault:
    """A reason to be read-only."""

    kind: FaultKind
    sentence: str


def damaged(what: str) -> Fault:
    """Bytes that were written are not there any more."""
    return Fault(
        "damaged",
        f"The store is read-only: {what} What can be read is shown. Run `vendorq store check` to see what is missing; "
        "restore the folder from a backup, or run `vendorq store compact` to go on without it.",
    )


def failed(path: Path, error: OSError) -> Fault:
    """A write failed in a way that leaves open what is on the disk."""
    return Fault(
        "failed",
        f"The store is read-only: the disk did not confirm a write in {path} ({error.strerror}). Nothing since has "
        "been kept or acknowledged. Check the disk, then start vendorq anew.",
    )


def full(path: Path, error: OSError) -> Fault:
    """No room. Nothing was changed, and it goes on by itself when there is room."""
    return Fault(
        "full",
        f"The store is read-only: there is no room left in {path} ({error.strerror}). Nothing has been kept or "
        "acknowledged since. Make room; it goes on by itself.",
    )


def scarce(path: Path, room: int, needed: int) -> Fault:
    """Room for less than a store needs that is to go on after there was none."""
    return Fault(
        "full",
        f"There is too little room left in {path}: {room >> 10} kB. What stopped for want of room keeps and "
        f"acknowledges nothing before there are more than {needed >> 10} kB. Make room; it goes on by itself.",
    )


def tight(path: Path, room: int) -> str:
    """What to say where there soon is no room."""
    return f"Only {room >> 10} kB of room are left in {path}: soon nothing can be written there. Make room."


def unopened(path: Path, error: OSError) -> str:
    """A store that cannot be opened at all, with the file that is in the way."""
    name = f"{error.filename}: " if isinstance(error.filename, str) else ""
    why = "it is a link, and none is followed" if error.errno == errno.ELOOP else error.strerror
    return f"The store in {path} cannot be opened ({name}{why})."


def folder(path: Path, error: OSError) -> Fault:
    """The folder can be read, not written."""
    return Fault(
        "folder",
        f"The store is read-only: {path} cannot be written ({error.strerror}). "
        "Give yourself write access, or set [store] path to another folder.",
    )


def newer(version: int, ours: int) -> str:
    """Another version's files."""
    return (
        f"The store was written by a newer vendorq (its version is {version}, this one reads up to {ours}). "
        "Use the newer vendorq, or set [store] path to another folder."
    )


ASKED = Fault("asked", "The store was opened read-only (--read-only). Start vendorq without it to write.")
CLOSED = Fault("closed", "The store has been closed.")
