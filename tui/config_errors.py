"""A pydantic error in the config as one sentence: the key, what is wrong with it, the nearest word there is."""

from __future__ import annotations

import re
import typing
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from providers.secrets import SecretSource

Location = tuple[str | int, ...]
_USER_INFO: Final = re.compile(r"//[^/@\s]*@")
SECRET_CURE: Final = (
    'write { env = "NAME" }, { file = "path" }, { command = ["program", "argument"] } or { keyring = "service/user" }'
)
_NUMBER: Final = ("a whole number", "write a whole number without quotes, such as 60")
_DECIMAL: Final = ("a number", "write a number without quotes, such as 20 or 0.5")
_TEXT: Final = ("a text", 'write it in quotes, such as "text"')
_LIST: Final = ("a list", 'write a list in brackets, such as ["one", "two"]')
_TABLE: Final = ("a table", 'write a table in braces, such as { name = "value" }, or under a heading of its own')
_SWITCH: Final = ("true or false", "write true or false without quotes")
TYPES: Final = {
    "int_type": _NUMBER,
    "int_parsing": _NUMBER,
    "int_from_float": _NUMBER,
    "float_type": _DECIMAL,
    "float_parsing": _DECIMAL,
    "bool_type": _SWITCH,
    "bool_parsing": _SWITCH,
    "string_type": _TEXT,
    "list_type": _LIST,
    "tuple_type": _LIST,
    "frozen_set_type": _LIST,
    "dict_type": _TABLE,
    "model_type": _TABLE,
    "mapping_type": _TABLE,
}
"""By pydantic's name of the fault: what the value should have been, and how to write it."""


class Complaint(typing.NamedTuple):
    """Where in the parsed document, what is wrong, and what to do."""

    location: Location
    key: str
    sentence: str
    cure: str


def complaint(error: ValidationError, model: type[BaseModel], hidden: Sequence[str] = ()) -> Complaint:
    """The first thing a validation found. `hidden` are fields of the model that no file may set."""
    details = error.errors(include_url=False, include_input=True)
    found = next((item for item in details if item["type"] != "missing"), details[0])
    location = tuple(part for part in found["loc"] if not _is_branch(part))
    key = ".".join(str(part) for part in location if not isinstance(part, int))
    name = str(location[-1]) if location else ""
    match found["type"]:
        case "extra_forbidden":
            return unknown_key(location, key, _keys_at(model, location[:-1], hidden))
        case "missing":
            example = f"{name} = {_example(model, location)}"
            return Complaint(location[:-1], key, "it is missing", f"add {example}")
        case "literal_error" | "enum":
            return _not_allowed(location, key, found)
    if annotation_of(model, location) is SecretSource:
        return Complaint(location, key, "it is no source of a secret", SECRET_CURE)
    if found["type"] in TYPES:
        kind, cure = TYPES[found["type"]]
        return Complaint(location, key, f"it is not {kind}", cure)
    if sized := _size(found):
        return Complaint(location, key, *sized)
    words = found["msg"].removeprefix("Value error, ").replace("Input should", "it should")
    sentence, _, cure = _USER_INFO.sub("//[redacted]@", words).partition("; ")
    return Complaint(location, key, sentence, cure)


def _size(found: Any) -> tuple[str, str] | None:
    """A text or a number beyond its bounds, in our own words: what it is and what to do; None for anything else."""
    bounds, given = found.get("ctx", {}), found["input"]
    match found["type"]:
        case "string_too_long":
            most = bounds["max_length"]
            return f"it has {len(given)} characters, {len(given) - most} too many", f"write {most} at most"
        case "string_too_short" if not given:
            return "it is empty", "write something, or take the key out"
        case "string_too_short":
            return f"it has {len(given)} characters", f"write {bounds['min_length']} at least"
        case "greater_than_equal":
            return f"{given} is too little", f"write {bounds['ge']} or more"
        case "greater_than":
            return f"{given} is too little", f"write more than {bounds['gt']}"
        case "less_than_equal":
            return f"{given} is too much", f"write {bounds['le']} or less"
        case "less_than":
            return f"{given} is too much", f"write less than {bounds['lt']}"
    return None


def unknown_key(location: Location, key: str, known: Iterable[str]) -> Complaint:
    """A key that means nothing here, with the nearest one that does."""
    known = sorted(known)
    nearest = get_close_matches(str(location[-1]), known, n=1, cutoff=0.5)
    cure = f"did you mean {nearest[0]!r}?" if nearest else f"known here: {', '.join(known)}"
    return Complaint(location, key, "there is no such key", cure)


def keys_of(model: type[BaseModel], hidden: Sequence[str] = ()) -> list[str]:
    """The keys that a table of this model may have."""
    return [field.alias or name for name, field in model.model_fields.items() if name not in hidden]


def secret_sources(value: object, path: Location = ()) -> Iterator[tuple[Location, SecretSource]]:
    """Every secret in settings, however deep, with the keys that lead there."""
    if isinstance(value, SecretSource):
        yield path, value
    elif isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            if not field.exclude:
                yield from secret_sources(getattr(value, name), (*path, field.alias or name))
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from secret_sources(item, (*path, str(name)))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from secret_sources(item, (*path, index))


def _not_allowed(location: Location, key: str, found: Any) -> Complaint:
    expected = str(found.get("ctx", {}).get("expected", ""))
    allowed = re.findall(r"'([^']*)'", expected)
    given = found["input"]
    near = get_close_matches(given.lower(), allowed, n=1, cutoff=0.5) if isinstance(given, str) else []
    cure = f"did you mean {near[0]!r}?" if near else f"it must be {expected}"
    shown = f"{given!r} is not allowed" if isinstance(given, str | int | float | bool) else "it is not allowed"
    return Complaint(location, key, shown, cure)


def _is_branch(part: str | int) -> bool:
    """Whether a part of a location names pydantic's choice within a union instead of a key."""
    return isinstance(part, str) and ("[" in part or part in ("bool", "str", "int", "float", "literal"))


def _example(model: type[BaseModel], location: Location) -> str:
    annotation = annotation_of(model, location)
    if annotation is SecretSource:
        return '{ env = "NAME_OF_THE_VARIABLE" }'
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "{ … }"
    name = str(location[-1]) if location else ""
    return '"https://…"' if name.endswith("url") else '"…"'


def _keys_at(model: type[BaseModel], location: Location, hidden: Sequence[str]) -> list[str]:
    inner = annotation_of(model, location) if location else model
    if isinstance(inner, type) and issubclass(inner, BaseModel):
        return keys_of(inner, hidden if not location else ())
    return []


def annotation_of(model: type[BaseModel], location: Location) -> Any:
    """The type at a location, seen through lists, mappings and optional values; None where it cannot be told."""
    here: Any = model
    for part in location:
        here = _inner(here)
        if isinstance(part, int) or here is None:
            continue
        if not (isinstance(here, type) and issubclass(here, BaseModel)):
            return here
        fields = {field.alias or name: field for name, field in here.model_fields.items()}
        here = fields[part].annotation if part in fields else None
    return _inner(here)


def _inner(annotation: Any) -> Any:
    while arguments := [item for item in typing.get_args(annotation) if item not in (type(None), ...)]:
        models = [item for item in arguments if typing.get_args(item) or _is_model(item)]
        if not models:
            return None
        annotation = models[-1]
    return annotation


def _is_model(item: Any) -> bool:
    return isinstance(item, type) and issubclass(item, BaseModel)
