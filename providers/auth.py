"""Credentials on a request: an API key, basic, a ready token, OAuth client credentials, a Keycloak offline token.

Each is an Auth for providers.http.HttpClient. An access token stays in the process that fetched it.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping

from providers.access_token import RENEW_EARLY_SECONDS, AccessToken, Grant, read_grant, token_refusal
from providers.clock import Clock
from providers.http import HttpClient
from providers.offline_token import OfflineToken
from providers.redaction import register
from providers.secrets import SecretSource, SecretUnavailable, Source, revealed

__all__ = ["RENEW_EARLY_SECONDS", "ApiKey", "Basic", "BearerToken", "ClientCredentials", "OfflineToken"]


async def _for_header(source: Source) -> str:
    """A secret that goes into a header as it is: a stray line break or umlaut is found here, not on the wire."""
    secret = await revealed(source)
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
        username = await revealed(self._username)
        if ":" in username:
            raise SecretUnavailable("a user name with a colon cannot be used", "check username in the config")
        pair = f"{username}:{await revealed(self._password)}"
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
                "client_id": await revealed(self._client_id),
                "client_secret": await revealed(self._client_secret),
            },
            with_auth=False,
        )
        if not answer.ok:
            raise token_refusal(client.name, answer)
        return read_grant(client.name, answer)
