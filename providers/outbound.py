"""One attempt as httpx sends it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import httpx

from providers.attempt import Request, Trail
from providers.decoding import ACCEPTED

_ALWAYS: Final = httpx.Headers(
    {
        "User-Agent": "vendorq",
        "Accept": "application/json",
        "Accept-Encoding": ACCEPTED,
        "Connection": "keep-alive",
    }
)
# What a URL parser would leave as it is: no user, no fragment, no dots to resolve, nothing to encode.
_PLAIN_URL: Final = re.compile(
    r"(https?://[A-Za-z0-9.-]+(?::[0-9]+)?)(/(?:[A-Za-z0-9_~!$&'()*+,;=:/-]|(?<!/)\.|%[0-9A-F]{2})*)"
)


def outbound(request: Request, credentials: Mapping[str, str], trail: Trail, *, direct: bool) -> httpx.Request:
    """The request with its credentials. A signed query stays as it is: it is touched only where there are params.

    `direct`: it goes through no proxy, so that nothing but this very request is made of its extensions.
    """
    extensions: dict[str, Any] = {"trace": trail.trace}
    plain = _PLAIN_URL.fullmatch(request.url) if direct and not request.params else None
    if plain is not None:
        # A receipt handle has hundreds of encoded characters, and httpx looks at each of them several times.
        url = _origin(plain[1])
        trail.url = request.url
        extensions["target"] = plain[2].encode()
    else:
        url = httpx.URL(request.url)
        if request.params:
            url = url.copy_merge_params(dict(request.params))
        trail.url = str(url)
    headers = httpx.Headers(_ALWAYS)
    headers.update({**request.headers, **credentials})
    return httpx.Request(request.method, url, content=request.content, headers=headers, extensions=extensions)


@lru_cache(maxsize=64)
def _origin(url: str) -> httpx.URL:
    return httpx.URL(url)
