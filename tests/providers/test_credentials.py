"""Credentials on their way: renewed once after a 401, for all who were refused, and to nobody but the vendor."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from providers.answer import Answer, Treatment
from providers.errors import BadAnswer, NotAuthorised
from providers.http import HttpClient
from tests.support.clients import http_client
from tests.support.upstream import Reply, Seen, Upstream, reply_json

OK = reply_json({"result": "fine"})


async def send(client: HttpClient, url: str, treatment: Treatment, with_auth: bool = True) -> Answer:
    return await client.request("POST", url, treatment=treatment, json_body={"a": 1}, with_auth=with_auth)


class Renewing:
    """An Auth whose token is good from its nth renewal on."""

    def __init__(self) -> None:
        self.renewals = 0

    async def headers(self, client: HttpClient) -> dict[str, str]:
        return {"Authorization": f"Bearer token-{self.renewals}"}

    async def renew(self, client: HttpClient) -> bool:
        self.renewals += 1
        return True


@pytest.mark.parametrize("treatment", ["read", "once", "write"])
async def test_a_401_renews_once_and_sends_once_more(treatment: Treatment) -> None:
    async with Upstream(reply_json({}, 401), OK) as vendor, http_client(vendor.url, Renewing()) as client:
        assert (await send(client, vendor.url, treatment)).ok
        assert [seen.headers["authorization"] for seen in vendor.seen] == ["Bearer token-0", "Bearer token-1"]
        assert vendor.seen[0].body == vendor.seen[1].body


async def test_a_second_401_is_not_authorised() -> None:
    auth = Renewing()
    async with Upstream(reply_json({"error": "no"}, 401)) as vendor, http_client(vendor.url, auth) as client:
        with pytest.raises(NotAuthorised):
            await send(client, vendor.url, "write")
        assert (len(vendor.seen), auth.renewals) == (2, 1)


async def test_a_body_that_can_be_read_once_is_not_sent_again() -> None:
    async def body() -> Any:
        yield b"{}"

    async with Upstream(reply_json({}, 401)) as vendor, http_client(vendor.url, Renewing()) as client:
        with pytest.raises(NotAuthorised):
            await client.request("POST", vendor.url, treatment="write", content=body(), headers={"Content-Length": "2"})
        assert len(vendor.seen) == 1


async def test_many_refused_at_once_renew_once() -> None:
    auth = Renewing()

    async def handler(seen: Seen) -> Reply:
        await asyncio.sleep(0)
        return OK if seen.headers["authorization"] == "Bearer token-1" else reply_json({}, 401)

    async with Upstream(handler=handler) as vendor, http_client(vendor.url, auth) as client:
        answers = await asyncio.gather(*(send(client, vendor.url, "write") for _ in range(20)))
        assert all(answer.ok for answer in answers)
        assert auth.renewals == 1


async def test_credentials_never_leave_for_another_origin() -> None:
    async with Upstream(OK) as other, Upstream(OK) as vendor, http_client(vendor.url, Renewing()) as client:
        with pytest.raises(BadAnswer, match="not to see our credentials"):
            await send(client, f"{other.url}/x", "read")
        await send(client, f"{other.url}/x", "read", with_auth=False)
        assert len(other.seen) == 1
        assert "authorization" not in other.seen[0].headers
