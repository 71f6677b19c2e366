"""The part of a provider's config that all vendors share. Each vendor's folder adds its own."""

from __future__ import annotations

import base64
import ipaddress
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, unquote, urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

from providers.model import Engineer
from providers.redaction import redact, register


class ProviderSettings(BaseModel):
    """What every `[[provider]]` may say. Unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True, hide_input_in_errors=True)

    kind: str
    """Which vendor it is."""
    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$")
    """Ours, shown everywhere."""
    ca_bundle: Path | None = None
    """A PEM file of certificate authorities to trust beside the operating system's."""
    proxy: str | None = Field(default=None, repr=False)
    """An HTTP proxy for this provider, as http://[user:password@]host:port; the environment's is not used."""
    timeout_seconds: float = Field(default=20.0, gt=0, le=600)
    """One request's total deadline."""
    poll_seconds: int | None = Field(default=None, ge=1, le=86_400)
    """Time between polls; the vendor's advice where not given."""
    read_only: bool = False
    """Refuse every write to this provider, and read no queue."""
    attachment_hosts: tuple[str, ...] = ()
    """Host suffixes that uploads and downloads may go to; the vendor's own where empty."""
    consume: Literal["ask"] | bool = "ask"
    """Whether the dashboard may read the queue, which takes its messages from everyone who shares the key."""
    engineer: Engineer = Field(default_factory=Engineer, exclude=True)
    """Who acts; filled in from [engineer], not a key of the provider's own."""
    state_dir: Path | None = Field(default=None, exclude=True)
    """Where rotated tokens are kept; filled in from [store], not a key of the provider's own."""

    @field_validator("ca_bundle")
    @classmethod
    def _expand(cls, path: Path | None) -> Path | None:
        return path.expanduser() if path is not None else None

    @field_validator("proxy")
    @classmethod
    def _check_proxy(cls, url: str | None) -> str | None:
        if not url:
            return None
        parts = _split(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{redact(url)!r} is no proxy; write it as http://host:port")
        if parts.password:
            password = unquote(parts.password)
            register(password)
            # What the header says to the proxy.
            register(base64.b64encode(f"{unquote(parts.username or '')}:{password}".encode()).decode())
        return url


def is_loopback(host: str) -> bool:
    """Whether a host is this machine: localhost or a loopback address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_url(url: str) -> str:
    """A base URL: https, loopback excepted, no credentials, query or fragment, no slash at the end."""
    parts = _split(url)
    shown = redact(url)
    if not parts.hostname:
        raise ValueError(f"{shown!r} is no URL; write it as https://host/path")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname)):
        raise ValueError(f"{shown!r} is not https; only a loopback address may use http")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("a URL carries no user, password, query or fragment; use the keys made for them")
    return url.strip().rstrip("/")


def _split(url: str) -> SplitResult:
    """A URL's parts, its port checked. ValueError in words; the URL's credentials are not repeated."""
    try:
        parts = urlsplit(url.strip())
        _ = parts.port
    except ValueError:
        raise ValueError(f"{redact(url)!r} is no URL; write it as https://host/path") from None
    return parts


class UrlSettings(ProviderSettings):
    """A provider with one base URL."""

    url: str
    """Where the vendor is: https, loopback excepted."""

    @field_validator("url")
    @classmethod
    def _check_url(cls, url: str) -> str:
        return check_url(url)
