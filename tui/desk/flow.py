"""How many reads of a queue may be under way at once: a small state machine, without I/O.

A queue in groups hands out no later message of a group before the earlier ones are released. So while answers come
full, reads are doubled; once an answer is not full, what remains is locked behind releases, and each ten of these
earn one more read. A read that finds nothing is a request wasted: the next one then costs twice as many releases.
"""

from __future__ import annotations

from typing import Final

PRICE: Final = 10
"""Releases that earn one read: an answer holds about as many messages."""
HIGHEST_PRICE: Final = 16 * PRICE


class Flow:
    """Credit for reads. `most` is how many may be under way; with 1, each waits for everything before it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._credit = 1
        self._fullest = 1
        self._locked = False
        self._price = PRICE
        self._released = 0
        self._last_word = False

    def may_read(self, reading: int, working: int) -> bool:
        """Whether one more read may leave while so many read and work."""
        if not reading and not working:
            # Nothing else could bring a message now: what this read finds is all there is.
            self._last_word = True
            self._credit = max(self._credit, 1)
        elif self._most == 1 or self._last_word:
            return False
        if reading >= self._most or not self._credit:
            return False
        self._credit -= 1
        return True

    def answered(self, count: int) -> bool:
        """An answer with so many messages that are new to this run. Whether the queue has come to its end."""
        if not count and self._last_word:
            return True
        self._last_word = False
        if not count:
            self._price = min(2 * self._price, HIGHEST_PRICE)
        elif count >= self._fullest:
            self._fullest = count
            self._price = PRICE
            self._credit += 0 if self._locked else 2
        if count < self._fullest and not self._locked:
            self._locked = True
            self._credit = 0
        return False

    def released(self, count: int) -> bool:
        """So many messages were released, and may have set others free. Whether that earned a read."""
        self._released += count
        earned = self._released >= self._price
        while self._released >= self._price:
            self._released -= self._price
            self._credit = min(self._most, self._credit + 1)
        return earned
