"""The C library's allocator, told to give memory back: a jump host is shared, and a poll of thousands of rows is brief.

glibc keeps a heap for each thread, and what a big answer took stays with the process. With one heap, with big blocks
mapped by themselves, and trimmed now and then, it goes back to the host. Other C libraries are left as they are.
"""

from __future__ import annotations

import os
from typing import Any, Final

# malloc.h
_TRIM_THRESHOLD: Final = -1
_MMAP_THRESHOLD: Final = -3
_ARENA_MAX: Final = -8
_BIG: Final = 64 * 1024


def glibc() -> Any:
    """The C library where it is glibc, by ctypes; None where it is another, or cannot be had."""
    try:
        version = os.confstr("CS_GNU_LIBC_VERSION")
    except (AttributeError, ValueError, OSError):
        return None
    if not version:
        return None
    try:
        import ctypes

        return ctypes.CDLL(None)
    except (ImportError, OSError):
        return None


class Allocator:
    """The allocator of this process, from when it is made. `library` is for tests."""

    def __init__(self, library: Any = None) -> None:
        self._library = library if library is not None else glibc()
        if self._library is not None:
            for parameter, value in ((_ARENA_MAX, 1), (_MMAP_THRESHOLD, _BIG), (_TRIM_THRESHOLD, _BIG)):
                self._library.mallopt(parameter, value)

    def trim(self) -> None:
        """Give back what is free: a few milliseconds for a hundred megabytes."""
        if self._library is not None:
            self._library.malloc_trim(0)
