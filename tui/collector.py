"""The garbage collector, kept out of the way of the keyboard.

It looks through everything that is kept to find what is not: with tens of thousands of tickets that takes a tenth of a
second, now and then, in which no key is answered. What has been looked through once is therefore left out from then
on, and looked through again when nobody has touched a key for a while.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import Final

OFTEN: Final = 3600.0
"""Seconds between two looks through everything."""
QUIET: Final = 60.0
"""Seconds without a key before one is due."""
_EVERYTHING: Final = 2


class Collector:
    """The collector of this process, from the first picture to the end. `now` counts seconds."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._swept = self._touched = now()

    def start(self) -> None:
        """What there is now stays: leave it out. Does nothing where the collector runs already."""
        if gc.isenabled():
            return
        gc.freeze()
        gc.callbacks.append(self._collected)
        gc.enable()

    def stop(self) -> None:
        """Let it be as it was."""
        if self._collected in gc.callbacks:
            gc.callbacks.remove(self._collected)
            gc.unfreeze()

    def touched(self) -> None:
        """Somebody is at the keys."""
        self._touched = self._now()

    def sweep(self) -> bool:
        """Look through everything, where that is due and nobody would notice. Whether it was."""
        now = self._now()
        if now - self._swept < OFTEN or now - self._touched < QUIET or self._collected not in gc.callbacks:
            return False
        self._swept = now
        gc.unfreeze()
        gc.collect()
        return True

    def _collected(self, phase: str, info: dict[str, int]) -> None:
        if phase == "stop" and info["generation"] == _EVERYTHING:
            gc.freeze()
