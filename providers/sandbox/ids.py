"""Identifiers that repeat for the same seed.

Each is a digest of the seed, of what it names, and of how often that has been named before. So they do not depend
on the order in which requests of different clients happen to arrive.
"""

from __future__ import annotations

import base64
import hashlib
import threading
import uuid
from collections import Counter


class Ids:
    """Makes identifiers in the forms that the vendors use."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._lock = threading.Lock()
        self._counts: Counter[tuple[str, ...]] = Counter()

    def digest(self, *purpose: str) -> bytes:
        """32 bytes, different at each call."""
        with self._lock:
            self._counts[purpose] += 1
            count = self._counts[purpose]
        return hashlib.sha256("\x00".join((str(self._seed), *purpose, str(count))).encode()).digest()

    def hex(self, *purpose: str) -> str:
        """32 hexadecimal digits, as ServiceNow's sys_id."""
        return self.digest(*purpose).hex()[:32]

    def uuid(self, *purpose: str) -> str:
        """A UUID, as the queues name messages and requests."""
        return str(uuid.UUID(bytes=self.digest(*purpose)[:16], version=4))

    def token(self, *purpose: str) -> str:
        """86 letters, digits, hyphens and underscores: an opaque credential."""
        return base64.urlsafe_b64encode(self.digest(*purpose) + self.digest(*purpose)).decode().rstrip("=")

    def handle(self, *purpose: str) -> str:
        """A receipt handle: base64 that always holds +, / and =, so that it must be encoded to go into a path."""
        pieces = b"".join(self.digest(*purpose) for _ in range(3))
        return "AQEB" + base64.b64encode(b"\xfb\xef\xff" + pieces + b"\xff").decode()
