"""Disks to put under the store that fail, fill up, lose what was not synced, or kill the process.

`Disk` is a folder in memory with a page cache over it: what is written is there for everybody at once, and durable
only once it is synced. `DeadlyFiles` is a real folder whose process ends itself at a named point.
"""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tui.desk.store.files import Identity, RealFiles

SECTOR = 512


class Crash(BaseException):
    """The process, or the machine, stops here. Nothing catches it."""


@dataclass(eq=False)
class Node:
    """A file: what everybody reads, what is on the disk, and what has happened since that was synced."""

    number: int
    data: bytearray = field(default_factory=bytearray)
    durable: bytes = b""
    unsynced: list[tuple[int, bytes | None]] = field(default_factory=list)
    owner: tuple[int, int] | None = None

    def apply(self, offset: int, data: bytes | None) -> None:
        """A write, or a cut where `data` is None."""
        if data is None:
            del self.data[offset:]
            self.data.extend(bytes(offset - len(self.data)))
            return
        self.data.extend(bytes(max(0, offset - len(self.data))))
        self.data[offset : offset + len(data)] = data

    def lose(self, random: Random) -> None:
        """What a power cut leaves: each unsynced write kept, dropped or torn."""
        self.data = bytearray(self.durable)
        for offset, data in self.unsynced:
            fate = random.choice(("kept", "dropped", "torn"))
            if fate == "kept" or (fate == "torn" and data is None):
                self.apply(offset, data)
            elif fate == "torn" and data is not None:
                self._tear(offset, data, random)
        self.durable = bytes(self.data)
        self.unsynced.clear()
        self.owner = None

    def _tear(self, offset: int, data: bytes, random: Random) -> None:
        if random.random() < 0.5:
            self.apply(offset, data[: random.randrange(len(data) + 1)])
            return
        for start in range(0, len(data), SECTOR):
            if random.random() < 0.5:
                self.apply(offset + start, data[start : start + SECTOR])


class Disk:
    """One folder on one machine. `folder()` gives each process its own way to it."""

    def __init__(self) -> None:
        self.names: dict[str, Node] = {}
        self.durable: dict[str, Node] = {}
        self.changes: list[Callable[[dict[str, Node], bool], None]] = []
        self.steps = 0
        self.crash_at: int | None = None
        self.space = 1 << 40
        self._faults: dict[str, list[int]] = {}
        self._counter = 0
        self._folders: list[DiskFiles] = []

    def folder(self) -> DiskFiles:
        """A new process's way to the folder."""
        files = DiskFiles(self, len(self._folders))
        self._folders.append(files)
        return files

    def new_node(self) -> Node:
        """An empty file without a name."""
        self._counter += 1
        return Node(self._counter)

    def fail(self, operation: str, code: int, *, skip: int = 0) -> None:
        """Have the next call of an operation raise OSError, or a later one."""
        self._faults.setdefault(operation, []).extend([0] * skip + [code])

    @property
    def failures_left(self) -> bool:
        """Whether a failure has not happened yet."""
        return any(self._faults.values())

    def heal(self) -> None:
        """No more failures."""
        self._faults.clear()

    def step(self, operation: str) -> None:
        """One operation begins: it may fail, or be the last."""
        self.steps += 1
        if self.crash_at is not None and self.steps >= self.crash_at:
            raise Crash
        if self._faults.get(operation):
            code = self._faults[operation].pop(0)
            if code:
                raise OSError(code, os.strerror(code))

    def sync_names(self) -> None:
        """The folder's names are durable now."""
        self.durable = dict(self.names)
        self.changes.clear()

    def power_loss(self, random: Random) -> None:
        """The machine stops. Every process is gone; of what was not synced, chance decides."""
        self.crash_at = None
        for files in self._folders:
            files.die()
        names = dict(self.durable)
        for change in self.changes:
            if random.random() < 0.6:
                change(names, random.random() < 0.2)
        for node in {id(node): node for node in [*names.values(), *self.names.values()]}.values():
            node.lose(random)
        self.names = names
        self.sync_names()


class DiskFiles:
    """See tui.desk.store.files.Files."""

    def __init__(self, disk: Disk, process: int) -> None:
        self._disk = disk
        self._process = process
        self._handles: dict[int, Node] = {}
        self._next = 0
        self._dead = False

    def die(self) -> None:
        """The process is killed: its locks fall, what it wrote stays in the page cache."""
        self._dead = True
        for handle, node in self._handles.items():
            if node.owner == (self._process, handle):
                node.owner = None
        self._handles.clear()

    def _step(self, operation: str) -> None:
        if self._dead:
            raise Crash
        self._disk.step(operation)

    def open(self, name: str, *, create: bool = False, exclusive: bool = False, write: bool = True) -> int:
        self._step("open")
        node = self._disk.names.get(name)
        if node is None:
            if not create:
                raise FileNotFoundError(errno.ENOENT, "No such file or directory", name)
            node = self._disk.new_node()
            self._name(name, node)
        elif exclusive:
            raise FileExistsError(errno.EEXIST, "File exists", name)
        self._next += 1
        self._handles[self._next] = node
        return self._next

    def _name(self, name: str, node: Node) -> None:
        self._disk.names[name] = node
        self._disk.changes.append(lambda names, torn: names.__setitem__(name, node))

    def close(self, handle: int) -> None:
        node = self._handles.pop(handle, None)
        if node is not None and node.owner == (self._process, handle):
            node.owner = None

    def read(self, handle: int, offset: int, size: int) -> bytes:
        self._step("read")
        return bytes(self._handles[handle].data[offset : offset + size])

    def write(self, handle: int, offset: int, data: bytes) -> None:
        node = self._handles[handle]
        try:
            self._step("write")
            if len(data) > self._disk.space:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except (OSError, Crash):
            part = bytes(data[: len(data) // 2])  # what a failed write has done already
            node.apply(offset, part)
            node.unsynced.append((offset, part))
            raise
        node.apply(offset, bytes(data))
        node.unsynced.append((offset, bytes(data)))
        self._disk.space -= len(data)

    def truncate(self, handle: int, size: int) -> None:
        self._step("truncate")
        self._handles[handle].apply(size, None)
        self._handles[handle].unsynced.append((size, None))

    def sync(self, handle: int) -> None:
        self._step("sync")
        node = self._handles[handle]
        node.durable = bytes(node.data)
        node.unsynced.clear()

    def sync_folder(self) -> None:
        self._step("sync_folder")
        self._disk.sync_names()

    def rename(self, old: str, new: str) -> None:
        self._step("rename")
        node = self._disk.names.pop(old)
        self._disk.names[new] = node

        def renamed(names: dict[str, Node], torn: bool) -> None:
            names[new] = node
            if names.get(old) is node and not torn:
                del names[old]

        self._disk.changes.append(renamed)

    def link(self, old: str, new: str) -> None:
        self._step("link")
        if old not in self._disk.names:
            raise FileNotFoundError(errno.ENOENT, "No such file or directory", old)
        if new in self._disk.names:
            raise FileExistsError(errno.EEXIST, "File exists", new)
        self._name(new, self._disk.names[old])

    def unlink(self, name: str) -> None:
        self._step("unlink")
        if name not in self._disk.names:
            raise FileNotFoundError(errno.ENOENT, "No such file or directory", name)
        node = self._disk.names.pop(name)

        def unlinked(names: dict[str, Node], torn: bool) -> None:
            if names.get(name) is node:
                del names[name]

        self._disk.changes.append(unlinked)

    def names(self) -> list[str]:
        self._step("names")
        return list(self._disk.names)

    def size(self, handle: int) -> int:
        self._step("size")
        return len(self._handles[handle].data)

    def identity(self, handle: int) -> Identity:
        return 0, self._handles[handle].number

    def identity_of(self, name: str) -> Identity | None:
        self._step("identity")
        node = self._disk.names.get(name)
        return None if node is None else (0, node.number)

    def lock(self, handle: int) -> bool:
        self._step("lock")
        node = self._handles[handle]
        if node.owner in (None, (self._process, handle)):
            node.owner = (self._process, handle)
            return True
        return False

    def unlock(self, handle: int) -> None:
        node = self._handles.get(handle)
        if node is not None and node.owner == (self._process, handle):
            node.owner = None

    def room(self) -> int:
        return self._disk.space

    def shut(self) -> None:
        for handle in list(self._handles):
            self.close(handle)


POINTS = (
    "append-begun",
    "append-half",
    "append-unsynced",
    "append-done",
    "compaction-begun",
    "compaction-half",
    "journal-made",
    "before-rename",
    "after-rename",
    "before-unlink",
)
"""Where DeadlyFiles can end its process, in the order they are passed."""


class DeadlyFiles(RealFiles):
    """A real folder. Once `arm` has named a point, the process kills itself there."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._point = ""
        self._opened: dict[int, str] = {}

    def arm(self, point: str) -> None:
        """Die at this point from now on."""
        assert point in POINTS
        self._point = point

    def _pass(self, point: str) -> None:
        if point == self._point:
            os.kill(os.getpid(), signal.SIGKILL)

    def open(self, name: str, *, create: bool = False, exclusive: bool = False, write: bool = True) -> int:
        handle = super().open(name, create=create, exclusive=exclusive, write=write)
        self._opened[handle] = name
        if name.startswith("journal-") and exclusive:
            self._pass("journal-made")
        return handle

    def write(self, handle: int, offset: int, data: bytes) -> None:
        what = self._opened[handle]
        if what.startswith("journal-"):
            self._pass("append-begun")
            if self._point == "append-half":
                super().write(handle, offset, data[: len(data) // 2])
            self._pass("append-half")
            super().write(handle, offset, data)
            self._pass("append-unsynced")
        elif what == "snapshot.new":
            super().write(handle, offset, data)
            self._pass("compaction-begun" if offset == 0 else "compaction-half")
        else:
            super().write(handle, offset, data)

    def sync(self, handle: int) -> None:
        super().sync(handle)
        if self._opened[handle].startswith("journal-"):
            self._pass("append-done")

    def rename(self, old: str, new: str) -> None:
        if new == "snapshot":
            self._pass("before-rename")
        super().rename(old, new)
        if new == "snapshot":
            self._pass("after-rename")

    def unlink(self, name: str) -> None:
        if name.startswith("journal-"):
            self._pass("before-unlink")
        super().unlink(name)
