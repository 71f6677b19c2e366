"""Files that came from a vendor, kept under safe names in a folder of ours: never overwriting, sizes verified."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from providers.errors import BadAnswer, TooLarge
from providers.model import Attachment
from providers.text import safe_line

LARGEST: Final = 100 * 1024 * 1024
"""Bytes of one file; more is not fetched."""
WRONG_SIZE: Final = "size"
"""The code of the error for a file that has not the size the vendor said."""
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")
_NAME_LENGTH: Final = 120
_FLAGS: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW


def safe_name(name: str) -> str:
    """A file name that is only a name: letters, digits, dots, hyphens and underscores, not hidden, not too long."""
    cleaned = _UNSAFE.sub("-", safe_line(name).replace("\\", "/").rsplit("/", 1)[-1]).lstrip(".-").rstrip("-")
    if not cleaned:
        return "file"
    stem, dot, ending = cleaned.rpartition(".")
    if not dot or len(ending) > 16:
        return cleaned[:_NAME_LENGTH]
    return f"{stem[: _NAME_LENGTH - len(ending) - 1]}.{ending}"


async def keep(provider: str, attachment: Attachment, pieces: AsyncIterator[bytes], folder: Path) -> Path:
    """Write a file into a folder, made 0700 where there is none. Returns where it is.

    TooLarge past the cap; BadAnswer where it has not the size the vendor said. Nothing is left behind then.
    """
    _make(folder)
    name = safe_name(attachment.name)
    partial = folder / f".{name}.{secrets.token_hex(4)}.part"
    handle = os.open(partial, _FLAGS, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            size = 0
            async for piece in pieces:
                size += len(piece)
                if size > LARGEST:
                    raise TooLarge(provider, f"{name} is larger than {LARGEST // 2**20} MB and was not kept")
                file.write(piece)
        if attachment.size is not None and size != attachment.size:
            raise BadAnswer(
                provider,
                f"{name} came with {size} bytes where the vendor said {attachment.size}; it was not kept",
                next_step="Download it again, or ask the vendor to attach it again.",
                code=WRONG_SIZE,
            )
        return place(partial, folder, name)
    finally:
        partial.unlink(missing_ok=True)


def _make(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def place(source: Path, folder: Path, name: str) -> Path:
    """Give a file its name, or the next free one: `boot.log`, `boot-2.log`. Nothing is overwritten."""
    stem, dot, ending = name.rpartition(".")
    count = 1
    while True:
        numbered = name if count == 1 else f"{stem}-{count}.{ending}" if dot else f"{name}-{count}"
        target = folder / numbered
        try:
            os.link(source, target, follow_symlinks=False)
        except FileExistsError:
            count += 1
        else:
            return target


def copy(source: Path, folder: Path, name: str) -> Path:
    """Copy a file of ours into another folder under its name, or the next free one."""
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f".{name}.{secrets.token_hex(4)}.part"
    handle = os.open(partial, _FLAGS, 0o600)
    try:
        with os.fdopen(handle, "wb") as file, source.open("rb") as original:
            while piece := original.read(1 << 20):
                file.write(piece)
        return place(partial, folder, name)
    finally:
        partial.unlink(missing_ok=True)
