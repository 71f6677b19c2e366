"""vendorq as it is, with a witness: run as a script, it notes what a look at the disk afterwards would miss.

Into the folder $WATCH go: the argument list of this process and of each it starts, the path of each file it opens for
writing, the bytes of each file before it is removed, replaced or cut, and all that anything logs, at DEBUG. $CRASH
names a function as `module:name` or `module:Class.name` that is to fail.
"""

from __future__ import annotations

import importlib
import itertools
import logging
import os
import sys
import threading
from pathlib import Path
from typing import Any, Final

_WATCH: Final = Path(os.environ["WATCH"])
_STARTS: Final = frozenset({"subprocess.Popen", "os.posix_spawn", "os.exec"})
_counter = itertools.count()
_busy = threading.local()


def note(kind: str, content: bytes) -> None:
    """Keep something in a file of its own."""
    (_WATCH / f"{kind}-{os.getpid()}-{next(_counter)}").write_bytes(content)


def witness(event: str, given: tuple[Any, ...]) -> None:
    """Called by the interpreter before it does what `event` says."""
    if getattr(_busy, "noting", False):
        return
    _busy.noting = True
    try:
        if event == "open" and isinstance(given[2], int) and given[2] & (os.O_WRONLY | os.O_RDWR):
            note("written", os.fsencode(given[0]) if isinstance(given[0], str | bytes | Path) else b"")
        elif event in _STARTS:
            note("started", repr(given[1]).encode())
        elif event == "os.remove":
            keep(given[0], given[1])
        elif event == "os.rename":
            keep(given[1], given[3])
        elif event == "os.truncate":
            keep(given[0], -1)
    finally:
        _busy.noting = False


def keep(path: Any, folder: int) -> None:
    """Copy a file that is about to be lost: its path in the first line, then its bytes."""
    if isinstance(path, int):
        where = Path(f"/proc/self/fd/{path}").resolve()
    else:
        where = (Path(f"/proc/self/fd/{folder}").resolve() if folder >= 0 else Path.cwd()) / os.fsdecode(path)
    if where.is_file():
        note("lost", os.fsencode(where) + b"\n" + where.read_bytes())


def crash(name: str) -> None:
    """Have a function fail as only a fault of our own does, with what it was given in its locals."""
    module_name, _, path = name.partition(":")
    holder: Any = importlib.import_module(module_name)
    *way, last = path.split(".")
    for part in way:
        holder = getattr(holder, part)

    def fail(*given: object, **named: object) -> None:
        everything = (given, named, dict(os.environ))
        raise ZeroDivisionError(f"made to fail with {len(everything)} things at hand")

    setattr(holder, last, fail)


def main() -> int:
    """One command line of vendorq."""
    logging.basicConfig(level=logging.DEBUG, filename=_WATCH / f"log-{os.getpid()}")
    note("started", Path("/proc/self/cmdline").read_bytes())
    sys.addaudithook(witness)
    from tui import cli

    if os.environ.get("CRASH"):
        crash(os.environ["CRASH"])
    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
