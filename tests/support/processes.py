"""What the kernel says of a process that a test started, or that was started for it."""

from __future__ import annotations

import os
import time
from pathlib import Path


def state(process: int) -> str:
    """R, S, T and so on, as proc(5) has them; Z for one that has ended, whoever still waits for it."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return "Z"


def has_state(process: int, wanted: str, seconds: float) -> bool:
    """Whether it comes to one of these states within so many seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if state(process) in wanted:
            return True
        time.sleep(0.02)
    return False


def ends(process: int, seconds: float) -> bool:
    """Whether it ends within so many seconds."""
    return has_state(process, "ZX", seconds)


def transfers(process: int) -> int:
    """How many reads and writes it has asked the kernel for; 0 for one that has ended."""
    try:
        told = dict(line.split(": ") for line in Path(f"/proc/{process}/io").read_text().splitlines())
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return 0
    return int(told["syscr"]) + int(told["syscw"])


def transfers_until_it_ends(process: int, seconds: float) -> int:
    """Reads and writes from now to its end; AssertionError where it does not end within so many seconds."""
    before = most = transfers(process)
    deadline = time.monotonic() + seconds
    while state(process) not in "ZX":
        assert time.monotonic() < deadline, "it does not end"
        most = max(most, transfers(process))
        time.sleep(0.02)
    return most - before


def memory(process: int) -> int:
    """Resident memory in bytes."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
