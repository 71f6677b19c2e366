"""Files that came from a vendor, kept under safe names in a folder of ours: never overwriting, sizes verified."""

from __future__ import annotations

import errno
import os
import re
import secrets
import stat
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager, suppress
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
_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
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


async def keep(provider: str, attachment: Attachment, pieces: AsyncIterator[bytes], root: Path, *names: str) -> Path:
    """Write a file into the folder of these names beneath `root`, made 0700 where there is none. Returns where it is.

    TooLarge past the cap; BadAnswer where it has not the size the vendor said; OSError where the disk refuses or a
    link stands in a folder's place, since none is followed. Nothing is left behind then.
    """
    name = safe_name(attachment.name)
    with _beneath(root, names) as folder, _partial(folder, name) as (partial, handle):
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
        return root.joinpath(*names, _place(folder, partial, name))


def copy(source: Path, folder: Path, name: str) -> Path:
    """Copy a file of ours into another folder under its name, or the next free one."""
    folder.mkdir(parents=True, exist_ok=True)
    with _descriptor(os.open(folder, _FOLDER)) as target, _partial(target, name) as (partial, handle):
        with os.fdopen(handle, "wb") as file, source.open("rb") as original:
            while piece := original.read(1 << 20):
                file.write(piece)
        return folder / _place(target, partial, name)


@contextmanager
def _partial(folder: int, name: str) -> Iterator[tuple[str, int]]:
    """A new file's name and descriptor, for what has not come whole yet. It is gone in the end, placed or not."""
    partial = f".{name}.{secrets.token_hex(4)}.part"
    handle = os.open(partial, _FLAGS, 0o600, dir_fd=folder)
    try:
        yield partial, handle
    finally:
        os.unlink(partial, dir_fd=folder)


def _place(folder: int, partial: str, name: str) -> str:
    """Give a file its name, or the next free one: `boot.log`, `boot-2.log`. Nothing is overwritten."""
    stem, dot, ending = name.rpartition(".")
    count = 1
    while True:
        numbered = name if count == 1 else f"{stem}-{count}.{ending}" if dot else f"{name}-{count}"
        try:
            os.link(partial, numbered, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)
        except FileExistsError:
            count += 1
        else:
            return numbered


@contextmanager
def _beneath(root: Path, names: tuple[str, ...]) -> Iterator[int]:
    """A descriptor of a folder beneath another, step by step, so that what is opened is what was looked at."""
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    place = root
    with ExitStack() as opened:
        folder = opened.enter_context(_descriptor(os.open(root, _FOLDER | os.O_NOFOLLOW)))
        for name in names:
            place /= name
            with suppress(FileExistsError):
                os.mkdir(name, 0o700, dir_fd=folder)
            if stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
                raise OSError(errno.ELOOP, f"{place} is a link, and none is followed there")
            folder = opened.enter_context(_descriptor(os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)))
        yield folder


@contextmanager
def _descriptor(handle: int) -> Iterator[int]:
    try:
        yield handle
    finally:
        os.close(handle)
