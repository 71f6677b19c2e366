"""Ticket numbers as parts of a path. Numbers come from vendors and from the keyboard, so they may be anything."""

from __future__ import annotations

from urllib.parse import quote

from providers.errors import NotFound
from providers.text import safe_line


def segment(provider: str, number: str) -> str:
    """A number as one percent-encoded segment. NotFound for what would name another place: "", "." and ".."."""
    if not number.strip(". "):
        shown = safe_line(number, 40)
        raise NotFound(provider, f"{shown!r} is no ticket's number, nothing was sent", field="number")
    return quote(number.encode("utf-8", "replace"), safe="")
