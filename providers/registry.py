"""Which kinds of vendor there are. A new vendor is one folder and one line here.

Each folder holds `declaration.py` (DECLARATION; imports neither httpx nor pydantic), `settings.py` (Settings, a
pydantic model of its part of the config) and `connector.py` (Connector). They are imported when asked for.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final, cast

if TYPE_CHECKING:
    from providers.base import Declaration, Provider
    from providers.clock import Clock
    from providers.settings import ProviderSettings

KINDS: Final[dict[str, str]] = {
    "ensono": "providers.ensono",
    "kpn-connect": "providers.kpn_connect",
    "kpn-incident": "providers.kpn_incident",
    "tangoe": "providers.tangoe",
    "smartops": "providers.smartops",
}


def kinds() -> tuple[str, ...]:
    """The kinds whose folder this installation has, in order."""
    return tuple(kind for kind, package in KINDS.items() if find_spec(package) and find_spec(f"{package}.settings"))


def declaration(kind: str) -> Declaration:
    """What a kind of vendor offers, before any is configured. KeyError for an unknown kind."""
    return cast("Declaration", _part(kind, "declaration").DECLARATION)


def declaration_for(settings: ProviderSettings) -> Declaration:
    """What one configured provider offers, without importing its connector: some vendors offer more or less by
    their settings, and then their declaration module has a `declaration_for` too."""
    part = _part(settings.kind, "declaration")
    fitted = getattr(part, "declaration_for", None)
    return cast("Declaration", part.DECLARATION if fitted is None else fitted(settings))


def settings_model(kind: str) -> type[ProviderSettings]:
    """The model of a kind's part of the config."""
    return cast("type[ProviderSettings]", _part(kind, "settings").Settings)


def connect(settings: ProviderSettings, clock: Clock) -> Provider:
    """A connector for one configured provider. Opens no connection yet."""
    return cast("Provider", _part(settings.kind, "connector").Connector(settings, clock))


def _part(kind: str, name: str) -> Any:
    return import_module(f"{KINDS[kind]}.{name}")
