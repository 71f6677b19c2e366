"""Reading what vendors send without believing in its kind: null, objects and numbers where text was promised."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import Final

from providers.text import safe_line, safe_text

_DEEPEST: Final = 6


def text_of(value: object) -> str:
    """Any field as text: null, objects, lists and booleans count as absent."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def line_of(value: object) -> str:
    """Any field as one safe line."""
    return safe_line(text_of(value))


def body_of(value: object) -> str:
    """Any field as safe text of several lines, without the blank ones around it."""
    return safe_text(text_of(value)).strip()


def time_of(value: object, zone: tzinfo) -> datetime | None:
    """A stamp as UTC; one without a zone is `zone`'s local time. None for what is no stamp."""
    text = text_of(value).strip()
    if not text[:4].isdecimal():
        return None
    try:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def vendor_value(value: object, depth: int = 0) -> object:
    """A field kept as the vendor sent it: text made safe, numbers that JSON can carry, no bottomless nests."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if depth >= _DEEPEST:
        return "…"
    if isinstance(value, Mapping):
        return {safe_line(key): vendor_value(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [vendor_value(item, depth + 1) for item in value]
    return safe_text(value)
