"""The store's only way to the disk: one folder, its files by name.

What the store asks of the disk is this small so that tests can put a disk under it that fails, fills up or loses
what was not synced.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, Protocol

from tui.desk.ports import StoreFault

FOLDERS: Final = ("log", "locks", "tokens", "attachments", "edit")
"""What is written in folders of its own beside the store's files."""

Identity = tuple[int, int]
"""What tells one file from another, whatever they are called."""


class Files(Protocol):
    """One folder. Every method may raise OSError."""

    def open(self, name: str, *, create: bool = False, exclusive: bool = False, write: bool = True) -> int:
        """A descriptor of a regular file, links not followed. A file that is made is 0600 whatever the umask."""
        ...

    def close(self, handle: int) -> None:
        """Give a descriptor back, and the lock it holds."""
        ...

    def read(self, handle: int, offset: int, size: int) -> bytes:
        """Those bytes; fewer at the file's end."""
        ...

    def write(self, handle: int, offset: int, data: bytes) -> None:
        """All of `data`, at `offset`."""
        ...

    def truncate(self, handle: int, size: int) -> None:
        """Cut the file."""
        ...

    def sync(self, handle: int) -> None:
        """Return when the file's bytes and length are on the disk."""
        ...

    def sync_folder(self) -> None:
        """Return when the folder's names are on the disk."""
        ...

    def rename(self, old: str, new: str) -> None:
        """Give a file another name, in place of what bore it."""
        ...

    def link(self, old: str, new: str) -> None:
        """Give a file a second name."""
        ...

    def unlink(self, name: str) -> None:
        """Take a name away."""
        ...

    def names(self) -> list[str]:
        """All names in the folder."""
        ...

    def size(self, handle: int) -> int:
        """The file's length."""
        ...

    def identity(self, handle: int) -> Identity:
        """Which file this is."""
        ...

    def identity_of(self, name: str) -> Identity | None:
        """Which file bears this name; None where none does."""
        ...

    def lock(self, handle: int) -> bool:
        """Take the file's kernel lock for this descriptor alone; false where another has it."""
        ...

    def unlock(self, handle: int) -> None:
        """Give the lock back."""
        ...

    def room(self) -> int:
        """Bytes that may still be written."""
        ...

    def shut(self) -> None:
        """Let go of the folder."""
        ...


class RealFiles:
    """A folder of the machine's own. Made if it is missing; 0700, the user's own, no link."""

    def __init__(self, folder: Path, *, create: bool = True) -> None:
        if create:
            _make(folder)
        try:
            self._folder = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError as error:
            raise StoreFault(_refusal(folder, error)) from error
        self.path = folder
        self._secure()

    def _secure(self) -> None:
        self._refuse_links()
        status = os.fstat(self._folder)
        if status.st_uid != os.geteuid():
            os.close(self._folder)
            raise StoreFault(
                f"The store's folder {self.path} belongs to another user. Name a folder of your own under [store] path."
            )
        if stat.S_IMODE(status.st_mode) & 0o077:
            with _tolerated(errno.EROFS, errno.EPERM):
                os.fchmod(self._folder, 0o700)

    def _refuse_links(self) -> None:
        """The folders that others keep in this one are no way out of it either."""
        for name in FOLDERS:
            with suppress(FileNotFoundError):
                if stat.S_ISLNK(os.stat(name, dir_fd=self._folder, follow_symlinks=False).st_mode):
                    os.close(self._folder)
                    raise StoreFault(
                        f"{self.path / name} is a link, and none is followed there. Put a folder of that name in its "
                        "place, or set [store] path to another folder."
                    )

    def open(self, name: str, *, create: bool = False, exclusive: bool = False, write: bool = True) -> int:
        """See Files.open."""
        flags = os.O_NOFOLLOW | os.O_NONBLOCK | (os.O_RDWR if write else os.O_RDONLY)
        if not create:
            handle = os.open(name, flags, dir_fd=self._folder)
        else:
            flags |= os.O_CREAT | (os.O_EXCL if exclusive else 0)
            handle = os.open(name, flags, 0o600, dir_fd=self._folder)
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            os.close(handle)
            raise OSError(errno.EINVAL, "not a regular file", name)
        if write and stat.S_IMODE(status.st_mode) != 0o600:
            os.fchmod(handle, 0o600)
        return handle

    def close(self, handle: int) -> None:
        """See Files.close."""
        os.close(handle)

    def read(self, handle: int, offset: int, size: int) -> bytes:
        """See Files.read."""
        data = os.pread(handle, size, offset)
        if len(data) in (0, size):
            return data
        pieces = [data]
        have = len(data)
        while have < size and (data := os.pread(handle, size - have, offset + have)):
            pieces.append(data)
            have += len(data)
        return b"".join(pieces)

    def write(self, handle: int, offset: int, data: bytes) -> None:
        """See Files.write."""
        written = os.pwrite(handle, data, offset)
        while written < len(data):
            more = os.pwrite(handle, memoryview(data)[written:], offset + written)
            if more == 0:
                raise OSError(errno.EIO, "the disk took no more bytes")
            written += more

    def truncate(self, handle: int, size: int) -> None:
        """See Files.truncate."""
        os.ftruncate(handle, size)

    def sync(self, handle: int) -> None:
        """See Files.sync."""
        if sys.platform == "darwin":
            fcntl.fcntl(handle, fcntl.F_FULLFSYNC)  # there, fsync leaves the bytes in the drive's cache
        else:
            os.fdatasync(handle)

    def sync_folder(self) -> None:
        """See Files.sync_folder."""
        os.fsync(self._folder)

    def rename(self, old: str, new: str) -> None:
        """See Files.rename."""
        os.rename(old, new, src_dir_fd=self._folder, dst_dir_fd=self._folder)

    def link(self, old: str, new: str) -> None:
        """See Files.link."""
        os.link(old, new, src_dir_fd=self._folder, dst_dir_fd=self._folder, follow_symlinks=False)

    def unlink(self, name: str) -> None:
        """See Files.unlink."""
        os.unlink(name, dir_fd=self._folder)

    def names(self) -> list[str]:
        """See Files.names."""
        with os.scandir(self._folder) as entries:
            return [entry.name for entry in entries]

    def size(self, handle: int) -> int:
        """See Files.size."""
        return os.fstat(handle).st_size

    def identity(self, handle: int) -> Identity:
        """See Files.identity."""
        status = os.fstat(handle)
        return status.st_dev, status.st_ino

    def identity_of(self, name: str) -> Identity | None:
        """See Files.identity_of."""
        try:
            status = os.stat(name, dir_fd=self._folder, follow_symlinks=False)
        except FileNotFoundError:
            return None
        return status.st_dev, status.st_ino

    def lock(self, handle: int) -> bool:
        """See Files.lock. flock, not POSIX locks: those fall when any descriptor of the file is closed."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def unlock(self, handle: int) -> None:
        """See Files.unlock."""
        fcntl.flock(handle, fcntl.LOCK_UN)

    def room(self) -> int:
        """See Files.room."""
        status = os.fstatvfs(self._folder)
        return status.f_bavail * status.f_frsize

    def shut(self) -> None:
        """See Files.shut."""
        os.close(self._folder)


def _make(folder: Path) -> None:
    """Make a folder and its parents, durably. Parents are 0700 too where they are new."""
    if folder.is_dir():
        return
    try:
        if not folder.parent.is_dir():
            _make(folder.parent)
        folder.mkdir(exist_ok=True)
        folder.chmod(0o700)
        parent = os.open(folder.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(parent)
        finally:
            os.close(parent)
    except OSError as error:
        raise StoreFault(_refusal(folder, error)) from error


def _refusal(folder: Path, error: OSError) -> str:
    if folder.is_symlink():
        target = folder.resolve()
        return f"The store's folder {folder} is a link. Name the folder itself under [store] path: {target}"
    return f"The store's folder {folder} cannot be opened: {error.strerror}. Set [store] path to a folder you can use."


@contextmanager
def _tolerated(*codes: int) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in codes:
            raise
