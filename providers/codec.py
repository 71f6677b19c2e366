"""Records to JSON documents and back.

The document form is what the store keeps and what `--json` is made from: RFC 3339 times in UTC with a Z,
tuples as lists, an Order as a list of two integers.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from operator import attrgetter
from types import MappingProxyType, NoneType, UnionType
from typing import Any, Final, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")
Document = dict[str, Any]
_ATOMS: Final = frozenset({str, int, float, bool, NoneType})
"""Types whose values are their own document; looked at first, since nearly everything is one of them."""
_NAMES: dict[Any, tuple[str, ...]] = {}
_PARTS: dict[Any, Callable[[Any], tuple[Any, ...]]] = {}
_READERS: dict[Any, dict[str, Callable[[Any], Any]]] = {}


def format_time(at: datetime | None) -> str | None:
    """RFC 3339 in UTC with a Z; fractions of a second only where there are any."""
    if at is None:
        return None
    text = at.astimezone(UTC).isoformat()
    return text.removesuffix("+00:00") + "Z"


def parse_time(text: object) -> datetime | None:
    """The inverse of format_time. None for None or an empty string; ValueError for what is no stamp."""
    if text is None or text == "":
        return None
    at = datetime.fromisoformat(str(text))
    if at.tzinfo is None:
        raise ValueError(f"a time without a zone: {text!r}")
    return at.astimezone(UTC)


def to_document(record: Any) -> Document:
    """A record as a JSON document. Mappings keep their keys; datetimes become strings."""
    kind = type(record)
    names = _names(kind)
    parts = _PARTS[kind](record)
    return {name: part if type(part) in _ATOMS else _plain(part) for name, part in zip(names, parts, strict=True)}


def from_document(kind: type[T], document: Mapping[str, Any]) -> T:
    """A record from its document. Unknown keys are passed over, so that a newer version's records can be read."""
    readers = _readers(kind)
    return kind(**{name: readers[name](value) for name, value in document.items() if name in readers})


def _plain(value: Any) -> Any:
    kind = type(value)
    if kind in _ATOMS:
        return value
    if kind is tuple or kind is list:
        return [item if type(item) in _ATOMS else _plain(item) for item in value]
    if kind in _NAMES:
        return to_document(value)
    if isinstance(value, datetime):
        return format_time(value)
    if kind is MappingProxyType or isinstance(value, Mapping):
        return {str(key): item if type(item) in _ATOMS else _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | frozenset | set):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | float) else to_document(value)


def _names(kind: Any) -> tuple[str, ...]:
    names = _NAMES.get(kind)
    if names is None:
        names = tuple(item.name for item in fields(kind))
        # attrgetter gives a bare value, not a tuple, for a single name, and cannot be made for none.
        _PARTS[kind] = attrgetter(*names) if len(names) > 1 else lambda record: tuple(getattr(record, x) for x in names)
        _NAMES[kind] = names
    return names


def _readers(kind: Any) -> dict[str, Callable[[Any], Any]]:
    if kind not in _READERS:
        hints = get_type_hints(kind)
        _READERS[kind] = {name: _reader(hints[name], name) for name in _names(kind)}
    return _READERS[kind]


TIME_FIELDS = frozenset({"opened_at", "updated_at", "due_at"})


def _reader(hint: Any, name: str) -> Callable[[Any], Any]:
    if get_origin(hint) in (UnionType, typing.Union):
        inner = _reader(next(arg for arg in get_args(hint) if arg is not type(None)), name)
        return lambda value: None if value is None else inner(value)
    if hint is datetime:
        return parse_time
    if hasattr(hint, "__dataclass_fields__"):
        return lambda value: from_document(hint, value)
    if get_origin(hint) is tuple:
        first = get_args(hint)[0]
        if hasattr(first, "__dataclass_fields__"):
            return lambda value: tuple(from_document(first, item) for item in value)
        return tuple
    if name == "stamps":
        return lambda value: {field: tuple(order) for field, order in value.items()}
    if name in ("set", "fill"):
        return lambda value: MappingProxyType(
            {field: parse_time(item) if field in TIME_FIELDS else item for field, item in value.items()}
        )
    return lambda value: value
