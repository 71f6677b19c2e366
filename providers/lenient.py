"""Reading what vendors send without believing in its kind: null, objects and numbers where text was promised."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from typing import Any, Final

from providers.text import safe_line, safe_text

_DEEPEST: Final = 6
_PRIORITY: Final = re.compile(r"\s*(?:p|priority)?\s*([1-5])\b(?!\s*,)", re.IGNORECASE)


def text_of(value: object) -> str:
    """Any field as text: null, objects, lists and booleans count as absent."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def line_of(value: object) -> str:
    """Any field as one safe line."""
    if isinstance(value, str) and value.isprintable() and "  " not in value and value == value.strip():
        return value  # as almost all are; a list has them by the ten thousand
    return safe_line(text_of(value))


def body_of(value: object) -> str:
    """Any field as safe text of several lines, without the blank ones around it."""
    return safe_text(text_of(value)).strip()


def objects_of(value: object) -> list[dict[str, Any]]:
    """The objects in a list; whatever else stands there is passed over."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def time_of(value: object, zone: tzinfo, *, fold: int = 0) -> datetime | None:
    """A stamp as UTC; one without a zone is `zone`'s local time. None for what is no stamp, such as "UNKNOWN".

    In the hour that the clock shows twice in autumn, `fold` 0 reads the first, summer time, and 1 the second.
    """
    text = value.strip() if isinstance(value, str) else text_of(value)
    if not text[:1].isdecimal():
        return None
    try:
        if zone is UTC and text[-1].isdecimal():
            at = datetime.fromisoformat(f"{text}+00:00")  # a quarter of the time of putting the zone in afterwards
            if at.tzinfo is UTC:
                return at
    except ValueError:
        pass  # it has a zone of its own
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is None:
            at = at.replace(tzinfo=zone, fold=fold)
        return at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


@lru_cache(maxsize=256)
def _priority_in(text: str) -> int | None:
    found = _PRIORITY.match(text)
    return int(found[1]) if found else None


def priority_of(value: object) -> int | None:
    """1 to 5 from "3 - Moderate", "P3", "3" or 3; None for any other word."""
    return _priority_in(text_of(value)[:40])


def digest_of(*parts: str) -> str:
    """An id for what came without one, made of what stays the same when it comes again."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()[:24]


def vendor_value(value: object, depth: int = 0) -> object:
    """A field kept as the vendor sent it: text made safe, numbers that JSON can carry, no bottomless nests."""
    if isinstance(value, str):
        return safe_text(value)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if depth >= _DEEPEST:
        return "…"
    if isinstance(value, Mapping):
        return {name_of(key): vendor_value(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [vendor_value(item, depth + 1) for item in value]
    return safe_text(value)


def other_fields(document: Mapping[str, Any], taken: frozenset[str]) -> dict[str, object]:
    """What else a vendor sent, under its own names; an emptied field stays as empty, so that it replaces what was."""
    return {
        name_of(name): value if isinstance(value, str) and value.isprintable() else vendor_value(value)
        for name, value in document.items()
        if name not in taken
    }


@lru_cache(maxsize=1024)
def name_of(name: object) -> str:
    """A field's name as one safe line. The same few come by the thousand."""
    return safe_line(name)
