"""A complete config for a sandbox: for tests as keyword arguments, for people as TOML.

All credentials are obvious fakes and worth nothing anywhere else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from providers.sandbox import ensono, keycloak, kpn_connect, kpn_incident, oauth, smartops, tangoe

ENGINEER: Final = {"name": "Sam Sandbox", "email": "sam@client.example", "phone": "+31 20 000 0000"}
KINDS: Final = ("ensono", "kpn-connect", "kpn-incident", "tangoe", "smartops")


def settings(url: str, kind: str, environment: str = "prod") -> dict[str, Any]:
    """One `[[provider]]` as keyword arguments of that kind's Settings; secrets as {"value": "…"}."""
    common = {"kind": kind, "name": kind}
    return {**common, **_MAKERS[kind](url, environment)}


def toml(url: str, store: Path, environment: str = "prod", *, poll_seconds: int | None = None) -> str:
    """The whole config. It holds secrets, fake as they are, so the file must be 0600."""
    lines = ["[store]", f"path = {_toml(str(store))}", "", "[engineer]"]
    lines += [f"{key} = {_toml(value)}" for key, value in ENGINEER.items()]
    for kind in KINDS:
        provider = settings(url, kind, environment)
        if poll_seconds is not None:
            provider["poll_seconds"] = poll_seconds
        lines += ["", "[[provider]]", *(f"{key} = {_toml(value)}" for key, value in provider.items())]
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)


def _ensono(url: str, environment: str) -> dict[str, Any]:
    return {
        "url": f"{url}/ensono/{ensono.CLIENT_PATH}",
        "environment": environment,
        "client_name": ensono.CLIENT_NAME,
        "api_key": {"value": ensono.API_KEY},
        "consume": True,
        "default_group": ensono.GROUPS[0],
        "groups": list(ensono.GROUPS),
        "client_group": "CLIENT - Internal",
    }


def _kpn_connect(url: str, environment: str) -> dict[str, Any]:
    client_id, secret = oauth.CLIENTS["kpn-connect"]
    return {
        "url": url + kpn_connect.BASE,
        "token_url": url + oauth.PREFIX,
        "client_id": client_id,
        "client_secret": {"value": secret},
        "consume": True,
    }


def _kpn_incident(url: str, environment: str) -> dict[str, Any]:
    client_id, secret = oauth.CLIENTS["kpn-incident"]
    return {
        "url": url + kpn_incident.BASE,
        "token_url": url + oauth.PREFIX,
        "client_id": client_id,
        "client_secret": {"value": secret},
        "configuration_items": list(kpn_incident.CONFIGURATION_ITEMS),
    }


def _tangoe(url: str, environment: str) -> dict[str, Any]:
    return {
        "url": url,
        "username": tangoe.USERNAME,
        "password": {"value": tangoe.PASSWORD},
        "contact_email": tangoe.CONTACT,
        "entitlement_id": tangoe.ENTITLEMENTS[0][0],
        "comments": True,
    }


def _smartops(url: str, environment: str) -> dict[str, Any]:
    return {
        "create_url": f"{url}{smartops.BASE}/create",
        "update_url": f"{url}{smartops.BASE}/update",
        "fetch_url": f"{url}{smartops.BASE}/fetch",
        "token_url": url + keycloak.PREFIX,
        "client_id": keycloak.CLIENT_ID,
        "offline_token": {"value": keycloak.OFFLINE_TOKEN},
        "connection_details": {name: {"value": value} for name, value in smartops.CONNECTION.items()},
        "time_zone_offset": smartops.TIME_ZONE_OFFSET,
    }


_MAKERS: Final = {
    "ensono": _ensono,
    "kpn-connect": _kpn_connect,
    "kpn-incident": _kpn_incident,
    "tangoe": _tangoe,
    "smartops": _smartops,
}
