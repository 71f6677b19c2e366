"""Credentials as the vendors want them; tokens fetched once, renewed early, and kept in this process."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from providers.auth import ApiKey, Basic, BearerToken, ClientCredentials
from providers.errors import NotAuthorised, SecretMissing, Throttled, Unreachable
from providers.http import Auth, HttpClient
from providers.redaction import redact
from providers.secrets import SecretSource
from tests.support.clients import http_client, until
from tests.support.still_clock import StillClock
from tests.support.token_endpoint import TokenEndpoint
from tests.support.upstream import Reply, Upstream, reply_html, reply_json


def secret(value: str = "not-a-real-key") -> SecretSource:
    return SecretSource.model_validate({"value": value})


async def get(client: HttpClient, url: str) -> int:
    return (await client.request("GET", f"{url}/tickets", treatment="read")).status


@pytest.mark.parametrize(
    ("auth", "name", "value"),
    [
        (ApiKey("x-api-key", secret()), "x-api-key", "not-a-real-key"),
        (BearerToken(secret()), "authorization", "Bearer not-a-real-key"),
        (
            Basic("me", secret("nöt:real")),
            "authorization",
            "Basic " + base64.b64encode("me:nöt:real".encode()).decode(),
        ),
        (
            Basic(secret("me"), secret("not-real")),
            "authorization",
            "Basic " + base64.b64encode(b"me:not-real").decode(),
        ),
    ],
)
async def test_fixed_credentials_are_sent_and_not_renewed(auth: Auth, name: str, value: str) -> None:
    async with Upstream(reply_json({}), reply_json({}, 401)) as vendor, http_client(vendor.url, auth) as client:
        assert await get(client, vendor.url) == 200
        assert vendor.seen[0].headers[name] == value
        with pytest.raises(NotAuthorised):
            await get(client, vendor.url)
        assert len(vendor.seen) == 2
    assert value not in redact(f"sent {value} here")


@pytest.mark.parametrize(
    "auth",
    [
        ApiKey("x-api-key", secret("not-a-real\nkey")),
        ApiKey("x-api-key", secret("nöt-a-real-key")),
        BearerToken(SecretSource(env="VENDORQ_TEST_NOT_SET")),
        Basic("a:b", secret()),
    ],
)
async def test_a_secret_that_cannot_be_had_or_sent_is_a_matter_of_the_config(auth: Auth) -> None:
    async with Upstream() as vendor, http_client(vendor.url, auth) as client:
        with pytest.raises(SecretMissing) as caught:
            await client.request("POST", vendor.url, treatment="write", json_body={})
        assert caught.value.next_step
        assert "real" not in str(caught.value)
        assert not vendor.seen


@asynccontextmanager
async def kpn(
    endpoint: TokenEndpoint, clock: StillClock | None = None, timeout_seconds: float = 10
) -> AsyncIterator[tuple[HttpClient, Upstream]]:
    """A client that fetches its tokens from this endpoint, and the server behind it."""
    clock = clock or StillClock()
    async with Upstream(handler=endpoint) as vendor:
        auth = ClientCredentials(f"{vendor.url}/token", "an-id", secret(), clock)
        async with http_client(vendor.url, auth, clock=clock, timeout_seconds=timeout_seconds) as client:
            yield client, vendor


async def test_client_credentials_are_asked_for_as_kpn_wants_it() -> None:
    endpoint, clock = TokenEndpoint(), StillClock()
    async with kpn(endpoint, clock) as (client, vendor):
        assert await get(client, vendor.url) == 200
        assert vendor.seen[0].method == "POST"
        assert vendor.seen[0].headers["content-type"] == "application/x-www-form-urlencoded"
        assert "authorization" not in vendor.seen[0].headers
    assert endpoint.queries == ["grant_type=client_credentials"]
    assert endpoint.forms == [{"client_id": "an-id", "client_secret": "not-a-real-key"}]
    assert redact("access-1") != "access-1"


@pytest.mark.parametrize(
    ("expires_in", "kept", "over"),
    [("3599", 3538, 3540), (3600, 3539, 3541), ("60", 29, 31), ("", 3539, 3541), ("nan", 3539, 3541), (-1, 3539, 3541)],
)
async def test_a_token_is_renewed_before_it_expires(expires_in: object, kept: float, over: float) -> None:
    endpoint, clock = TokenEndpoint(expires_in=expires_in), StillClock()
    async with kpn(endpoint, clock) as (client, vendor):
        await get(client, vendor.url)
        clock.advance(kept)
        await get(client, vendor.url)
        assert endpoint.issued == 1
        clock.advance(over - kept)
        await get(client, vendor.url)
        assert endpoint.issued == 2


async def test_a_token_is_fetched_once_however_many_wait() -> None:
    endpoint, clock = TokenEndpoint(hold=asyncio.Event()), StillClock()
    async with kpn(endpoint, clock) as (client, vendor):
        waiting = [asyncio.create_task(get(client, vendor.url)) for _ in range(50)]
        await until(lambda: bool(endpoint.forms))
        assert endpoint.hold is not None
        endpoint.hold.set()
        assert await asyncio.gather(*waiting) == [200] * 50
    assert endpoint.issued == 1


async def test_all_who_wait_hear_of_one_failure() -> None:
    endpoint, clock = (
        TokenEndpoint(down=[reply_json({"error": "invalid_client"}, 401)], hold=asyncio.Event()),
        StillClock(),
    )
    async with kpn(endpoint, clock) as (client, vendor):
        waiting = [asyncio.create_task(get(client, vendor.url)) for _ in range(20)]
        await until(lambda: bool(endpoint.forms))
        await asyncio.sleep(0)
        assert endpoint.hold is not None
        endpoint.hold.set()
        results = await asyncio.gather(*waiting, return_exceptions=True)
    assert all(isinstance(result, NotAuthorised) for result in results)
    assert len(endpoint.forms) == 1


async def test_one_waiter_that_gives_up_does_not_take_the_token_from_the_others() -> None:
    endpoint, clock = TokenEndpoint(hold=asyncio.Event()), StillClock()
    async with kpn(endpoint, clock) as (client, vendor):
        first = asyncio.create_task(get(client, vendor.url))
        await until(lambda: bool(endpoint.forms))
        second = asyncio.create_task(get(client, vendor.url))
        await asyncio.sleep(0)
        first.cancel()
        assert endpoint.hold is not None
        endpoint.hold.set()
        assert await second == 200
        assert (await asyncio.gather(first, return_exceptions=True))[0].__class__ is asyncio.CancelledError
    assert endpoint.issued == 1


async def test_a_token_refused_mid_flight_is_renewed_once() -> None:
    endpoint, clock = TokenEndpoint(), StillClock()
    async with kpn(endpoint, clock) as (client, vendor):
        await get(client, vendor.url)
        endpoint.issued += 1  # the vendor has dropped ours
        answers = await asyncio.gather(*(get(client, vendor.url) for _ in range(10)))
    assert answers == [200] * 10
    assert len(endpoint.forms) == 2


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (reply_json({"error": "invalid_client"}, 401), NotAuthorised),
        (reply_json({"error": "invalid_request"}, 400), NotAuthorised),
        (reply_html(200), Unreachable),
        (reply_json([]), Unreachable),
        (reply_json({"access_token": ""}), Unreachable),
        (reply_json({"access_token": "a\r\nX: 1"}), Unreachable),
        (reply_json({"access_token": 7}), Unreachable),
        (Reply(302, headers={"Location": "/login"}), Unreachable),
        (Reply(raw=b""), Unreachable),
        (reply_html(500), Unreachable),
        (reply_json({}, 429, retry_after="100"), Throttled),
    ],
)
async def test_without_a_token_nothing_is_sent(reply: Reply, error: type[Exception]) -> None:
    endpoint, clock = TokenEndpoint(down=[reply] * 3), StillClock()
    async with kpn(endpoint, clock) as (client, vendor):
        with pytest.raises(error) as caught:
            await client.request("POST", f"{vendor.url}/tickets", treatment="write", json_body={})
        assert caught.type is error
        assert {seen.path for seen in vendor.seen} == {"/token"}


async def test_a_token_endpoint_that_is_silent_is_unreachable_within_the_deadline() -> None:
    endpoint, clock = TokenEndpoint(hold=asyncio.Event()), StillClock()
    async with kpn(endpoint, clock, timeout_seconds=1.5) as (client, vendor):
        with pytest.raises(Unreachable, match="no access token"):
            await client.request("POST", f"{vendor.url}/tickets", treatment="write", json_body={})
        assert {seen.path for seen in vendor.seen} == {"/token"}
