"""Credentials on a request: an API key, basic, OAuth client credentials, a Keycloak offline token."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from providers.clock import Clock
from providers.errors import BadAnswer, NotAuthorised
from providers.http import HttpClient
from providers.secrets import SecretSource, register

RENEW_EARLY_SECONDS = 60.0


class ApiKey:
    """A key in a header of its own."""

    def __init__(self, header: str, key: SecretSource) -> None:
        self._header = header
        self._key = key

    async def headers(self, client: HttpClient) -> Mapping[str, str]:
        """The key's header."""
        return {self._header: self._key.reveal()}

    async def renew(self, client: HttpClient) -> bool:
        """A key cannot be renewed."""
        return False


class ClientCredentials:
    """OAuth 2.0 client credentials: a token fetched once however many requests wait, renewed before it expires."""

    def __init__(self, token_url: str, client_id: SecretSource, client_secret: SecretSource, clock: Clock) -> None:
        self._token_url = token_url
        self._client_id = client_id
        self._client_secret = client_secret
        self._clock = clock
        self._lock = asyncio.Lock()
        self._token = ""
        self._expires = 0.0

    async def headers(self, client: HttpClient) -> Mapping[str, str]:
        """The bearer token's header; fetches the token where there is none or it is about to expire."""
        async with self._lock:
            if not self._token or self._clock.monotonic() >= self._expires:
                await self._fetch(client)
            return {"Authorization": f"Bearer {self._token}"}

    async def renew(self, client: HttpClient) -> bool:
        """Forget the token, so that the next request fetches another."""
        async with self._lock:
            self._token = ""
        return True

    async def _fetch(self, client: HttpClient) -> None:
        answer = await client.request(
            "POST",
            self._token_url,
            treatment="read",
            params={"grant_type": "client_credentials"},
            form={"client_id": self._client_id.reveal(), "client_secret": self._client_secret.reveal()},
            with_auth=False,
        )
        if not answer.ok:
            raise NotAuthorised(client.name, "the token endpoint refused us", code=str(answer.status))
        document = answer.json()
        token = document.get("access_token") if isinstance(document, dict) else None
        if not isinstance(token, str) or not token:
            raise BadAnswer(client.name, "the token endpoint's answer has no access_token")
        register(token)
        try:
            lifetime = float(document.get("expires_in", 3600))
        except (TypeError, ValueError):
            lifetime = 3600.0
        self._token = token
        self._expires = self._clock.monotonic() + max(lifetime - RENEW_EARLY_SECONDS, lifetime / 2)
