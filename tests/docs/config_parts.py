"""What the config's models say of its keys, as Markdown."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from types import UnionType
from typing import Any, Final, Literal

from pydantic import BaseModel, BeforeValidator
from pydantic.fields import FieldInfo

from providers.secrets import SecretSource
from providers.settings import ProviderSettings
from tests.docs.tables import code, table
from tui import toml_text
from tui.config_docs import key_docs
from tui.config_model import CommonSettings
from tui.config_text import FILLED_IN

TABLES: Final = ("store", "engineer", "dashboard", "retention", "view", "template")
WORDS: Final[Mapping[Any, str]] = {
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "text",
    Path: "a path",
    SecretSource: "a secret",
    Any: "anything",
}


def common(name: str) -> str:
    """The keys of one table that is not a vendor's."""
    model = _model(CommonSettings.model_fields[name].annotation)
    assert model is not None
    return _table(model)


def top() -> str:
    """The keys that stand above all tables."""
    return _table(CommonSettings, only=("read_only",))


def shared() -> str:
    """The keys that every [[provider]] has."""
    return _table(ProviderSettings, leave=FILLED_IN)


def keys_of(model: type[BaseModel], kind: str) -> str:
    """A vendor's own keys, and those of the tables within."""
    parts = [_table(model, leave=(*FILLED_IN, *ProviderSettings.model_fields))]
    for name, info in model.model_fields.items():
        inner = _model(info.annotation)
        if inner is not None and inner is not SecretSource and name not in ProviderSettings.model_fields:
            parts.append(f"Within `{name}`. {inspect.cleandoc(inner.__doc__ or '')}\n\n{_table(inner)}")
    return "\n\n".join(parts)


def _table(model: type[BaseModel], *, leave: tuple[str, ...] = (), only: tuple[str, ...] = ()) -> str:
    docs = key_docs(model)
    chosen = (name for name in model.model_fields if name not in leave and (not only or name in only))
    rows = ((code(name), *_about(model.model_fields[name]), docs.get(name, "")) for name in chosen)
    return table(("Key", "Takes", "If left out", ""), rows)


def _about(info: FieldInfo) -> tuple[str, str]:
    kinds = list(_kinds(info.annotation))
    if any(isinstance(rule, BeforeValidator) for rule in info.metadata):
        kinds.append("text")  # taken for a secret written out
    kind = " or ".join(dict.fromkeys(kinds))
    return kind, "must be there" if info.is_required() else _default(info)


def _kinds(annotation: Any) -> Iterator[str]:
    """What a key takes, in words, for each branch of its type."""
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Union, UnionType):
        for branch in inner:
            yield from _kinds(branch)
    elif origin is Literal:
        yield ", ".join(code(toml_text.value(choice)) for choice in inner)
    elif origin is tuple:
        yield "a list"
    elif origin is dict:
        yield f"a table of names and {'secrets' if 'SecretSource' in str(inner) else 'values'}"
    elif origin is typing.Annotated:
        yield from _kinds(inner[0])
    elif annotation is not type(None):
        model = _model(annotation)
        yield WORDS.get(annotation) or ("a table" if model is not None else "text")


def _default(info: FieldInfo) -> str:
    default = info.get_default(call_default_factory=True, validated_data={})
    return "" if default in (None, "", (), {}) else code(toml_text.value(default))


def _model(annotation: Any) -> type[BaseModel] | None:
    """The model within a type, however deep."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for inner in typing.get_args(annotation) if (found := _model(inner)) is not None), None)


PARTS: Final[Mapping[str, Callable[[], str]]] = {
    "config top": top,
    "config provider": shared,
    **{f"config {name}": partial(common, name) for name in TABLES},
}
