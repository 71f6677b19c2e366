"""What is kept of what a vendor sent: all of it, or where it is too large its head, its size and its digest. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kept:
    """A text, or its head. `size` (bytes of UTF-8) and `sha256` (hexadecimal) are those of the whole."""

    text: str
    size: int
    sha256: str
    whole: bool

    @property
    def words(self) -> str:
        """What an engineer is told of the rest; empty where there is none."""
        if self.whole:
            return ""
        return f"of its {self.size:,} bytes the first {len(self.text):,} characters are kept; SHA-256 {self.sha256}"


def keep(text: str, most: int) -> Kept:
    """At most so many characters of a text."""
    encoded = text.encode(errors="surrogatepass")
    return Kept(text[:most], len(encoded), hashlib.sha256(encoded).hexdigest(), len(text) <= most)
