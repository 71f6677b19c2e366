"""Values as TOML text, for the configs we write and show. The standard library only reads it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Final

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")


def key(name: str) -> str:
    """A key, quoted where it must be."""
    return name if _BARE.fullmatch(name) else value(name)


def value(item: object) -> str:
    """A value on one line: text, numbers, booleans, lists, inline tables."""
    if isinstance(item, bool):
        return "true" if item else "false"
    if isinstance(item, int | float):
        return str(item)
    if isinstance(item, Mapping):
        inside = ", ".join(f"{key(str(name))} = {value(inner)}" for name, inner in item.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(item, list | tuple):
        return "[" + ", ".join(value(inner) for inner in item) + "]"
    # JSON's escapes are TOML's, but for DEL, which TOML wants written out.
    return json.dumps(str(item), ensure_ascii=False).replace("\x7f", "\\u007f")
