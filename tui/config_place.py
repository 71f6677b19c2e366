"""Where the config and the state are, and who the environment says acts. Imports nothing that takes time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from providers.model import Engineer

_ENGINEER: Final = re.compile(r"(?P<name>[^<>]*?)\s*(?:<(?P<email>[^<>\s]+@[^<>\s]+)>\s*(?P<phone>[^<>]*))?")


def config_path(given: Path | None, environ: Mapping[str, str]) -> Path:
    """Which file is the config: the one given, $VENDORQ_CONFIG, or vendorq/config.toml in the XDG config folder."""
    if given is not None:
        return given.expanduser().absolute()
    if environ.get("VENDORQ_CONFIG"):
        return Path(environ["VENDORQ_CONFIG"]).expanduser().absolute()
    if environ.get("XDG_CONFIG_HOME"):
        return Path(environ["XDG_CONFIG_HOME"]).absolute() / "vendorq" / "config.toml"
    from platformdirs.unix import Unix

    return Unix("vendorq").user_config_path / "config.toml"


def state_path(config: Path, given: Path | None, environ: Mapping[str, str]) -> Path:
    """Where the state is kept: as the config says, from its own folder on, or vendorq in the XDG state folder."""
    if given is not None:
        return config.parent / given.expanduser()
    if environ.get("XDG_STATE_HOME"):
        return Path(environ["XDG_STATE_HOME"]).absolute() / "vendorq"
    from platformdirs.unix import Unix

    return Unix("vendorq").user_state_path


def parse_engineer(text: str) -> Engineer | None:
    """`Name <mail> phone`, where mail and phone may be left out. None where it is nothing of the kind."""
    found = _ENGINEER.fullmatch(text.strip())
    if found is None or not found["name"]:
        return None
    return Engineer(name=found["name"], email=found["email"] or "", phone=(found["phone"] or "").strip())
