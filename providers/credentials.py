"""The headers that authorise a provider's requests, and their renewal after a 401: once, for all who were refused."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from providers.errors import BadAnswer, SecretMissing, TimedOut, TooLarge, Unreachable
from providers.secrets import SecretUnavailable, Source, revealed

if TYPE_CHECKING:
    from providers.http import HttpClient


class Auth(Protocol):
    """Puts credentials on a request."""

    async def headers(self, client: HttpClient) -> Mapping[str, str]:
        """The headers to add; fetches a token where one is needed."""
        ...

    async def renew(self, client: HttpClient) -> bool:
        """After a 401: whether new credentials were had, so that the request may be sent once more."""
        ...


async def revealed_for(provider: str, source: Source) -> str:
    """A secret that goes along otherwise than in the credentials' headers. SecretMissing where it cannot be had."""
    try:
        return await revealed(source)
    except SecretUnavailable as error:
        raise SecretMissing(provider, error.message, next_step=error.cure, code="secret") from None


class Credentials:
    """One provider's credentials, or none. Where `headers` or `renewed` raises, nothing has been sent."""

    def __init__(self, auth: Auth | None) -> None:
        self._auth = auth
        self._renewing = asyncio.Lock()

    def __bool__(self) -> bool:
        return self._auth is not None

    async def headers(self, client: HttpClient, seconds: float) -> Mapping[str, str]:
        """The headers to add, had within so many seconds."""
        if self._auth is None:
            return {}
        try:
            async with asyncio.timeout(seconds):
                return dict(await self._auth.headers(client))
        except SecretUnavailable as error:
            raise SecretMissing(client.name, error.message, next_step=error.cure, code="secret") from None
        except (TimedOut, BadAnswer, TooLarge) as error:
            raise Unreachable(client.name, f"no access token, so nothing was sent: {error.message}") from None
        except TimeoutError:
            raise Unreachable(client.name, f"no access token within {seconds:g} s, so nothing was sent") from None

    async def renewed(self, client: HttpClient, refused: Mapping[str, str], seconds: float) -> bool:
        """Whether there are others than the refused ones now: another request's renewal, or this one's."""
        assert self._auth is not None
        async with self._renewing:
            if await self.headers(client, seconds) != refused:
                return True
            return await self._auth.renew(client)
