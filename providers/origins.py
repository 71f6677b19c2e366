"""Where a provider lives: the origins its credentials may go to, and what a redirect may do."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from providers.settings import ProviderSettings, is_loopback

Origin = tuple[str, str, int]
"""Scheme, host, port."""
_PORTS = {"http": 80, "https": 443}


def origin_of(url: str) -> Origin:
    """A URL's origin. ValueError for what is no absolute http(s) URL."""
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError("not an absolute http(s) URL")
    return parts.scheme, parts.hostname.rstrip("."), parts.port or _PORTS[parts.scheme]


def own_origins(settings: ProviderSettings) -> frozenset[Origin]:
    """The origins of all URLs in a provider's part of the config, the proxy's excepted."""
    found = set()
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if name != "proxy" and isinstance(value, str) and value.startswith(("http://", "https://")):
            found.add(origin_of(value))
    return frozenset(found)


def is_safe(origin: Origin) -> bool:
    """Whether one may talk to it at all: https, or http on this machine."""
    scheme, host, _ = origin
    return scheme == "https" or is_loopback(host)


def redirect_target(url: str, location: str) -> str | None:
    """Where a redirect leads, if that is on the same origin; None otherwise."""
    try:
        target = urljoin(url, location.strip())
        same = origin_of(target) == origin_of(url)
    except ValueError:
        return None
    return target if same and location.strip() else None
