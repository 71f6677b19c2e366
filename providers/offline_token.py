"""A Keycloak offline token: a refresh token that buys access tokens and may be replaced each time it is used."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from providers.access_token import AccessToken, Grant, read_grant, token_refusal
from providers.answer import Answer
from providers.clock import Clock
from providers.errors import BadAnswer, NotAuthorised, Unreachable
from providers.secrets import SecretSource, Source, revealed
from providers.token_store import TokenStore

if TYPE_CHECKING:
    from providers.http import HttpClient


class OfflineToken:
    """Access tokens by grant_type=refresh_token, with client_id and, for a confidential client, client_secret.

    One refresh at a time, in this process and across processes. Where the answer brings another refresh token, that
    is stored durably before the access token is used; the client's `state_dir` says where (without one it is
    kept in memory only). A token that is refused as invalid_grant is not sent again: NotAuthorised says to log in
    again, until another token is configured or stored.
    """

    def __init__(
        self,
        token_url: str,
        client_id: Source,
        offline_token: SecretSource,
        clock: Clock,
        client_secret: SecretSource | None = None,
    ) -> None:
        self._token_url = token_url
        self._client_id = client_id
        self._client_secret = client_secret
        self._offline_token = offline_token
        self._access = AccessToken(self._fetch, clock, lasting=True)
        self._refused = ""
        self._unstored: tuple[str, str] | None = None  # a rotated token, and the configured one it descends from

    async def headers(self, client: HttpClient) -> Mapping[str, str]:
        """The bearer token's header; refreshes where there is none or it is about to expire."""
        return await self._access.headers(client)

    async def renew(self, client: HttpClient) -> bool:
        """Forget the access token, so that the next request refreshes."""
        return await self._access.renew(client)

    async def _fetch(self, client: HttpClient) -> Grant:
        configured = await self._offline_token.revealed()
        store = TokenStore(client.state_dir, client.name) if client.state_dir is not None else None
        try:
            async with _locked(store, client.timeout):
                if store is not None and self._unstored is not None:
                    await store.write(*self._unstored)
                    self._unstored = None
                token = self._newest(configured, store)
                if token == self._refused:
                    raise self._log_in_again(client.name)
                grant = await self._exchange(client, token)
                await self._keep(grant.refresh_token, token, configured, store)
                return grant
        except OSError as error:
            raise Unreachable(
                client.name,
                f"tokens cannot be stored ({error.strerror or error}), so nothing was sent",
                next_step=f"Mend {client.state_dir}. Leave vendorq running until then: it may hold the only copy.",
                code="token_store",
            ) from None

    async def _exchange(self, client: HttpClient, token: str) -> Grant:
        """One refresh. It is never repeated by itself: a repetition would use a token that is already spent."""
        form = {"grant_type": "refresh_token", "client_id": await revealed(self._client_id), "refresh_token": token}
        if self._client_secret is not None:
            form["client_secret"] = await self._client_secret.revealed()
        answer = await client.request("POST", self._token_url, treatment="once", form=form, with_auth=False)
        if answer.ok:
            return read_grant(client.name, answer)
        if _is_invalid_grant(answer):
            self._refused = token
            raise self._log_in_again(client.name)
        raise token_refusal(client.name, answer)

    async def _keep(self, rotated: str, used: str, configured: str, store: TokenStore | None) -> None:
        if not rotated or rotated == used:
            return
        self._unstored = rotated, configured
        if store is None:
            return
        if rotated == configured:
            await asyncio.to_thread(store.drop)
        else:
            await store.write(rotated, configured)
        self._unstored = None

    def _newest(self, configured: str, store: TokenStore | None) -> str:
        """The token to use: what the configured one was last replaced with, else that itself."""
        if store is not None:
            return store.read(configured) or configured
        if self._unstored is not None and self._unstored[1] == configured:
            return self._unstored[0]
        return configured

    def _log_in_again(self, provider: str) -> NotAuthorised:
        self._offline_token.forget()  # so that a new one is found without a restart
        return NotAuthorised(
            provider,
            "the offline token is no longer valid, so nothing was sent",
            next_step="Log in again for a new offline token and put it where offline_token points.",
            code="invalid_grant",
        )


@asynccontextmanager
async def _locked(store: TokenStore | None, seconds: float) -> AsyncIterator[None]:
    if store is None:
        yield
        return
    async with store.locked(seconds):
        yield


def _is_invalid_grant(answer: Answer) -> bool:
    """Keycloak's and RFC 6749's word (5.2) for a refresh token that is spent, revoked or expired."""
    if answer.status not in (400, 401):
        return False
    try:
        document = answer.json()
    except BadAnswer:
        return False
    return isinstance(document, dict) and document.get("error") == "invalid_grant"
