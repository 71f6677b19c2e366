"""An OAuth access token: what a token endpoint grants, and its life in this process.

It never leaves the process, is fetched once however many requests wait for it, and renewed before it expires.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from providers.answer import Answer
from providers.clock import Clock
from providers.errors import BadAnswer, NotAuthorised, Unreachable
from providers.redaction import register, retire

if TYPE_CHECKING:
    from providers.http import HttpClient

RENEW_EARLY_SECONDS: Final = 60.0
_DEFAULT_LIFETIME: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token endpoint granted: the access token, its lifetime in seconds, a refresh token if there is one."""

    access_token: str = field(repr=False)
    lifetime: float
    refresh_token: str = field(default="", repr=False)


def read_grant(provider: str, answer: Answer) -> Grant:
    """A token endpoint's answer. BadAnswer where it holds no token that a header can carry."""
    document = answer.json()
    token = document.get("access_token") if isinstance(document, dict) else None
    if not isinstance(token, str) or not token or not (token.isascii() and token.isprintable()):
        raise BadAnswer(provider, "the token endpoint's answer has no usable access_token")
    register(token)
    refresh = document.get("refresh_token")
    refresh = refresh if isinstance(refresh, str) else ""
    register(refresh)
    return Grant(token, _lifetime(document.get("expires_in")), refresh)


def _lifetime(value: object) -> float:
    """Seconds; KPN writes them as a string. What is no sensible number counts as an hour."""
    try:
        lifetime = float(str(value))
    except ValueError:
        return _DEFAULT_LIFETIME
    return lifetime if 0 < lifetime < 10**9 else _DEFAULT_LIFETIME


def token_refusal(provider: str, answer: Answer) -> NotAuthorised | Unreachable:
    """The error for a token endpoint that gave none: refused credentials, or an endpoint that does not work."""
    if answer.status in (400, 401, 403):
        return NotAuthorised(
            provider,
            "the token endpoint refused our credentials",
            vendor_words=answer.gist(),
            code=str(answer.status),
        )
    return Unreachable(
        provider,
        f"the token endpoint gave no token (HTTP {answer.status}), so nothing was sent",
        vendor_words=answer.gist(),
        code=str(answer.status),
    )


class AccessToken:
    """A bearer token that is fetched when needed: the part that all ways of getting one share.

    However many requests wait, `fetch` runs once at a time and all get its token or its error. It is renewed 60 s
    before it expires (half-way for a short-lived one), and when it has been refused. A fetch goes on when the
    request that began it is given up while others wait for it; where `lasting`, even when nobody does.
    """

    def __init__(self, fetch: Callable[[HttpClient], Awaitable[Grant]], clock: Clock, *, lasting: bool = False) -> None:
        self._fetch = fetch
        self._clock = clock
        self._lasting = lasting
        self._token = ""
        self._former = ""
        self._renew_at = 0.0
        self._fetching: asyncio.Task[None] | None = None
        self._waiting = 0

    async def headers(self, client: HttpClient) -> Mapping[str, str]:
        """The bearer token's header; fetches the token where there is none or it is about to expire."""
        if not self._token or self._clock.monotonic() >= self._renew_at:
            await self._fetched(client)
        return {"Authorization": f"Bearer {self._token}"}

    async def renew(self, client: HttpClient) -> bool:
        """Forget the refused token, so that the next request fetches another."""
        self._token = ""
        return True

    async def _fetched(self, client: HttpClient) -> None:
        if self._fetching is None or self._fetching.done():
            self._fetching = asyncio.create_task(self._take(client))
            # Where nobody waits any more, its error is nobody's.
            self._fetching.add_done_callback(lambda task: task.cancelled() or task.exception())
        task = self._fetching
        self._waiting += 1
        try:
            await asyncio.shield(task)
        finally:
            self._waiting -= 1
            if not self._waiting and not self._lasting and not task.done():
                task.cancel()

    async def _take(self, client: HttpClient) -> None:
        grant = await self._fetch(client)
        retire(self._former)
        self._former, self._token = self._token or self._former, grant.access_token
        margin = max(grant.lifetime - RENEW_EARLY_SECONDS, grant.lifetime / 2)
        self._renew_at = self._clock.monotonic() + margin
