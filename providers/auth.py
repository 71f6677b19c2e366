"""Credentials on a request: an API key, basic, a ready token, OAuth client credentials, a Keycloak offline token.

An access token stays in the process that fetched it; it is fetched once however many requests wait for it.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from providers.answer import Answer
from providers.clock import Clock
from providers.errors import BadAnswer, NotAuthorised, Unreachable
from providers.http import HttpClient
from providers.redaction import register, retire
from providers.secrets import SecretSource, SecretUnavailable

RENEW_EARLY_SECONDS: Final = 60.0
_DEFAULT_LIFETIME: Final = 3600.0

Source = SecretSource | str
"""A secret's source, or for what is no secret (a client id, a user name) the value itself."""


async def _revealed(source: Source) -> str:
    return source if isinstance(source, str) else await source.revealed()


async def _for_header(source: Source) -> str:
    """A secret that goes into a header as it is: a stray line break or umlaut is found here, not on the wire."""
    secret = await _revealed(source)
    if not (secret.isascii() and secret.isprintable()):
        where = "a credential" if isinstance(source, str) else source.describe()
        raise SecretUnavailable(
            f"{where} holds characters that no header can carry", "check it for line breaks and letters beyond ASCII"
        )
    return secret


class ApiKey:
    """A key in a header of its own."""

    def __init__(self, header: str, key: SecretSource) -> None:
        self._header = header
        self._key = key

    async def headers(self, client: HttpClient) -> Mapping[str, str]:
        """The key's header."""
        return {self._header: await _for_header(self._key)}

    async def renew(self, client: HttpClient) -> bool:
        """A key cannot be renewed."""
        return False


class Basic:
    """User name and password with each request (RFC 7617, in UTF-8)."""

    def __init__(self, username: Source, password: SecretSource) -> None:
        self._username = username
        self._password = password

    async def headers(self, client: HttpClient) -> Mapping[str, str]:
        """The Authorization header."""
        username = await _revealed(self._username)
        if ":" in username:
            raise SecretUnavailable("a user name with a colon cannot be used", "check username in the config")
        pair = f"{username}:{await _revealed(self._password)}"
        coded = base64.b64encode(pair.encode()).decode()
        register(coded)
        return {"Authorization": f"Basic {coded}"}

    async def renew(self, client: HttpClient) -> bool:
        """A password cannot be renewed."""
        return False


class BearerToken:
    """An access token that is configured as such."""

    def __init__(self, token: SecretSource) -> None:
        self._token = token

    async def headers(self, client: HttpClient) -> Mapping[str, str]:
        """The bearer token's header."""
        return {"Authorization": f"Bearer {await _for_header(self._token)}"}

    async def renew(self, client: HttpClient) -> bool:
        """A ready token cannot be renewed."""
        return False


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token endpoint granted: the access token, its lifetime in seconds, a refresh token if there is one."""

    access_token: str
    lifetime: float
    refresh_token: str = ""


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


class ClientCredentials:
    """OAuth 2.0 client credentials: a token fetched once however many requests wait, renewed before it expires.

    As KPN wants it: the grant type in the query, id and secret in the form body.
    """

    def __init__(self, token_url: str, client_id: Source, client_secret: SecretSource, clock: Clock) -> None:
        self._token_url = token_url
        self._client_id = client_id
        self._client_secret = client_secret
        self._token = AccessToken(self._fetch, clock)

    async def headers(self, client: HttpClient) -> Mapping[str, str]:
        """The bearer token's header; fetches the token where there is none or it is about to expire."""
        return await self._token.headers(client)

    async def renew(self, client: HttpClient) -> bool:
        """Forget the token, so that the next request fetches another."""
        return await self._token.renew(client)

    async def _fetch(self, client: HttpClient) -> Grant:
        answer = await client.request(
            "POST",
            self._token_url,
            treatment="read",
            params={"grant_type": "client_credentials"},
            form={
                "client_id": await _revealed(self._client_id),
                "client_secret": await _revealed(self._client_secret),
            },
            with_auth=False,
        )
        if not answer.ok:
            raise token_refusal(client.name, answer)
        return read_grant(client.name, answer)


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
