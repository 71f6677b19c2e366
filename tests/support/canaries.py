"""Secrets that are worth nothing and that cannot be overlooked: each place has one of its own."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path

PIECE = 12
"""Characters of a secret that betray it: a screen breaks lines, a cap cuts ends off."""


class Canaries:
    """Mints fakes by place, takes in those that others mint, and finds them in bytes."""

    def __init__(self) -> None:
        self._forms: dict[str, frozenset[bytes]] = {}

    def mint(self, place: str) -> str:
        """An obvious fake for one place: the same at each run, unlike every other."""
        digest = hashlib.sha256(f"canary for {place}".encode()).hexdigest()[:40]
        secret = f"not-a-real-secret-{digest}"
        self._forms[place] = frozenset([*_pieces(digest), *_base64_forms(secret)])
        return secret

    def adopt(self, place: str, secret: str) -> None:
        """Look for a secret that was handed out elsewhere, such as a token of the sandbox's."""
        self._forms[place] = frozenset([*_pieces(secret), *_base64_forms(secret)])

    def in_bytes(self, content: bytes) -> set[str]:
        """The places whose secret, or a piece of it, is in these bytes."""
        return {place for place, forms in self._forms.items() if any(form in content for form in forms)}

    def in_files(self, folder: Path) -> dict[str, set[str]]:
        """The files under a folder that hold one, with the places of what they hold."""
        found = {
            str(path.relative_to(folder)): self.in_bytes(path.read_bytes())
            for path in sorted(folder.rglob("*"))
            if path.is_file() and not path.is_symlink()
        }
        return {name: places for name, places in found.items() if places}


def _pieces(secret: str) -> Iterator[bytes]:
    """Every run of PIECE characters."""
    for start in range(len(secret) - PIECE + 1):
        yield secret[start : start + PIECE].encode()


def _base64_forms(secret: str) -> Iterator[bytes]:
    """What base64 makes of it, wherever it stands in what is encoded."""
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + secret.encode())
        yield encoded[4 if shift else 0 : -4]
