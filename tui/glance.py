"""What the first picture needs of a config, read without validating it.

Validation takes pydantic and the settings of every vendor, which take longer to import than the picture does to draw.
So the dashboard begins with a glance, and the whole config is loaded behind the first picture. What is not plainly
well formed is not glanced at: `glance` says None, and the config is loaded before anything is shown, faults and all.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from providers import registry
from providers.model import Engineer
from tui.config_place import config_path, parse_engineer, state_path

_LOOKS: Final[Mapping[str, type]] = {"theme": str, "bell": bool, "ascii": bool, "mouse": bool}
_ENGINEER: Final = ("name", "email", "phone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """[dashboard], with its defaults."""

    theme: str = "vendorq-dark"
    bell: bool = True
    ascii: bool = False
    mouse: bool = False


@dataclass(frozen=True, slots=True)
class Glimpse:
    """One provider: what it is called, which vendor it is, and whether it may be written to."""

    name: str
    kind: str
    read_only: bool


@dataclass(frozen=True, slots=True)
class SavedView:
    """A saved view."""

    name: str
    filter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """A config as far as the first picture shows it; names and meanings are Config's."""

    path: Path
    store_path: Path
    providers: tuple[Glimpse, ...]
    engineer: Engineer
    dashboard: Looks
    keys: Mapping[str, str]
    views: tuple[SavedView, ...]
    read_only: bool
    templates: tuple[Any, ...] = field(default=())

    def provider(self, name: str) -> Glimpse | None:
        """The provider with this name."""
        return next((item for item in self.providers if item.name == name), None)


class _Odd(ValueError):
    """Something is not as it should be; what, the whole validation says."""


def glance(path: Path | None, environ: Mapping[str, str]) -> Glance | None:
    """Look at a config; None where it must be loaded whole to say anything about it."""
    file = config_path(path, environ)
    try:
        return _read(file, tomllib.loads(file.read_text(encoding="utf-8")), environ)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, _Odd):
        return None


def _read(file: Path, document: dict[str, Any], environ: Mapping[str, str]) -> Glance:
    providers = tuple(_glimpse(table) for table in _tables(document, "provider"))
    if not providers or len({item.name for item in providers}) < len(providers):
        raise _Odd
    looks = _table(document, "dashboard")
    store = _table(document, "store")
    return Glance(
        path=file,
        store_path=state_path(file, Path(_get(store, "path", str)) if "path" in store else None, environ),
        providers=providers,
        engineer=_engineer(_table(document, "engineer"), environ),
        dashboard=Looks(**{name: _get(looks, name, kind) for name, kind in _LOOKS.items() if name in looks}),
        keys=dict(_keys(_table(document, "keys"))),
        views=tuple(_view(table) for table in _tables(document, "view")),
        read_only=_get(document, "read_only", bool) if "read_only" in document else False,
    )


def _glimpse(table: dict[str, Any]) -> Glimpse:
    kind = _get(table, "kind", str)
    if kind not in registry.KINDS:
        raise _Odd
    return Glimpse(_get(table, "name", str), kind, _get(table, "read_only", bool) if "read_only" in table else False)


def _view(table: dict[str, Any]) -> SavedView:
    from tui import filters

    view = SavedView(_get(table, "name", str), _get(table, "filter", str))
    try:
        filters.compile(view.filter, datetime.now(UTC))
    except filters.FilterError:
        raise _Odd from None
    return view


def _engineer(table: dict[str, Any], environ: Mapping[str, str]) -> Engineer:
    given = environ.get("VENDORQ_ENGINEER", "").strip()
    if not given:
        return Engineer(**{name: _get(table, name, str) for name in _ENGINEER if name in table})
    engineer = parse_engineer(given)
    if engineer is None:
        raise _Odd
    return engineer


def _keys(table: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in table.items():
        if isinstance(value, dict):
            found += _keys(value, f"{prefix}{name}.")
        elif isinstance(value, str):
            found.append((f"{prefix}{name}", value))
        else:
            raise _Odd
    return found


def _table(document: dict[str, Any], name: str) -> dict[str, Any]:
    value = document.get(name, {})
    if not isinstance(value, dict):
        raise _Odd
    return value


def _tables(document: dict[str, Any], name: str) -> list[dict[str, Any]]:
    value = document.get(name, [])
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise _Odd
    return value


def _get(table: Mapping[str, Any], name: str, kind: type) -> Any:
    value = table.get(name)
    if not isinstance(value, kind):
        raise _Odd
    return value
