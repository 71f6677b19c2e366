"""A complete config for a sandbox: for tests as keyword arguments, for people as TOML.

All credentials are obvious fakes and worth nothing anywhere else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from providers.sandbox import ensono, kpn_connect, oauth

ENGINEER: Final = {"name": "Sam Sandbox", "email": "sam@client.example", "phone": "+31 20 000 0000"}
KINDS: Final = ("ensono", "kpn-connect")


def settings(url: str, kind: str, environment: str = "prod") -> dict[str, Any]:
    """One `[[provider]]` as keyword arguments of that kind's Settings; secrets as {"value": "…"}."""
    common = {"kind": kind, "name": kind}
    return {**common, **_MAKERS[kind](url, environment)}


def toml(url: str, store: Path, environment: str = "prod", engineer: Mapping[str, str] | None = None) -> str:
    """The whole config. It holds secrets, fake as they are, so the file must be 0600."""
    lines = ["[store]", f"path = {_toml(str(store))}", "", "[engineer]"]
    lines += [f"{key} = {_toml(value)}" for key, value in (ENGINEER if engineer is None else engineer).items()]
    for kind in KINDS:
        lines += ["", "[[provider]]"]
        lines += [f"{key} = {_toml(value)}" for key, value in settings(url, kind, environment).items()]
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


_MAKERS: Final = {"ensono": _ensono, "kpn-connect": _kpn_connect}
