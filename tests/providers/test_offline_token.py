"""Offline tokens: rotated ones are stored before use, refused ones are not sent again, across processes."""

from __future__ import annotations

import asyncio
import errno
import json
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from providers.auth import OfflineToken
from providers.errors import NotAuthorised, SecretMissing, Unreachable
from providers.http import HttpClient
from providers.secrets import SecretSource, forget_secrets
from providers.token_store import TokenStore
from tests.support.clients import http_client, until
from tests.support.still_clock import StillClock
from tests.support.token_endpoint import TokenEndpoint
from tests.support.upstream import Handler, Reply, Seen, Upstream, reply_html


@pytest.fixture(autouse=True)
def _forgotten() -> None:
    forget_secrets()


def offline(url: str, token: str = "offline-0", client_secret: str = "") -> OfflineToken:
    return OfflineToken(
        f"{url}/token",
        "a-client",
        SecretSource.model_validate({"value": token}),
        StillClock(),
        SecretSource.model_validate({"value": client_secret}) if client_secret else None,
    )


@asynccontextmanager
async def smartops(handler: Handler, state: Path, timeout_seconds: float = 10) -> AsyncIterator[tuple[HttpClient, str]]:
    """A client with the first offline token, whose vendor and identity provider are this handler; and its URL."""
    async with Upstream(handler=handler) as vendor:
        auth = offline(vendor.url)
        async with http_client(vendor.url, auth, state_dir=state, timeout_seconds=timeout_seconds) as client:
            yield client, vendor.url


async def get(client: HttpClient, url: str) -> int:
    return (await client.request("GET", f"{url}/tickets", treatment="read")).status


def kept(state: Path) -> str | None:
    path = state / "tokens" / "acme"
    return json.loads(path.read_text())["refresh_token"] if path.exists() else None


async def test_it_buys_an_access_token_by_refreshing(tmp_path: Path) -> None:
    endpoint = TokenEndpoint()
    async with Upstream(handler=endpoint) as vendor:
        async with http_client(vendor.url, offline(vendor.url), state_dir=tmp_path) as client:
            assert await get(client, vendor.url) == 200
        async with http_client(vendor.url, offline(vendor.url, client_secret="s3cret"), state_dir=tmp_path) as client:
            assert await get(client, vendor.url) == 200
    form = {"grant_type": "refresh_token", "client_id": "a-client", "refresh_token": "offline-0"}
    assert endpoint.forms == [form, {**form, "client_secret": "s3cret"}]
    assert kept(tmp_path) is None


async def test_a_rotated_token_is_stored_privately_and_used_by_the_next_process(tmp_path: Path) -> None:
    endpoint = TokenEndpoint(rotates=True)
    async with Upstream(handler=endpoint) as vendor:
        for count in (1, 2, 3):
            async with http_client(vendor.url, offline(vendor.url), state_dir=tmp_path) as client:
                assert await get(client, vendor.url) == 200
            assert kept(tmp_path) == f"offline-{count}"
    assert [form["refresh_token"] for form in endpoint.forms] == ["offline-0", "offline-1", "offline-2"]
    folder = tmp_path / "tokens"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert {path.name for path in folder.iterdir()} == {"acme", ".acme.lock"}
    assert "access-" not in "".join(path.read_text() for path in folder.iterdir())


async def test_it_is_stored_before_the_access_token_is_used(tmp_path: Path) -> None:
    endpoint = TokenEndpoint(rotates=True)
    stored_at_use: list[str | None] = []

    async def handler(seen: Seen) -> Reply:
        reply = await endpoint(seen)
        if seen.path != "/token":
            stored_at_use.append(kept(tmp_path))
        return reply

    async with smartops(handler, tmp_path) as (client, url):
        await get(client, url)
    assert stored_at_use == ["offline-1"]


async def test_a_newly_configured_token_takes_the_place_of_the_stored_one(tmp_path: Path) -> None:
    endpoint = TokenEndpoint(rotates=True)
    async with Upstream(handler=endpoint) as vendor:
        async with http_client(vendor.url, offline(vendor.url), state_dir=tmp_path) as client:
            await get(client, vendor.url)
        endpoint.granted = {"offline-fresh"}
        async with http_client(vendor.url, offline(vendor.url, "offline-fresh"), state_dir=tmp_path) as client:
            assert await get(client, vendor.url) == 200
    assert endpoint.spent == 0


async def test_a_refused_token_is_final_and_not_sent_again(tmp_path: Path) -> None:
    endpoint = TokenEndpoint(granted=set())
    async with smartops(endpoint, tmp_path) as (client, url):
        for _ in range(4):
            with pytest.raises(NotAuthorised) as caught:
                await get(client, url)
            assert "Log in again" in caught.value.next_step
    assert endpoint.spent == 1
    assert len(endpoint.forms) == 1


async def test_a_new_token_in_the_file_is_found_without_a_restart(tmp_path: Path) -> None:
    endpoint = TokenEndpoint(granted={"offline-new"})
    path = tmp_path / "offline"
    private(path, "offline-old")
    async with Upstream(handler=endpoint) as vendor:
        auth = OfflineToken(f"{vendor.url}/token", "a-client", SecretSource(file=path), StillClock())
        async with http_client(vendor.url, auth, state_dir=tmp_path / "state") as client:
            with pytest.raises(NotAuthorised):
                await get(client, vendor.url)
            private(path, "offline-new")
            assert await get(client, vendor.url) == 200


def private(path: Path, content: str) -> None:
    path.write_text(content)
    path.chmod(0o600)


async def test_a_refresh_is_never_repeated_by_itself(tmp_path: Path) -> None:
    for broken in (Reply(raw=b""), reply_html(502), Reply(body=b'{"access_tok')):
        endpoint = TokenEndpoint(down=[broken])
        async with smartops(endpoint, tmp_path) as (client, url):
            with pytest.raises(Unreachable):
                await get(client, url)
        assert len(endpoint.forms) == 1


async def test_processes_refresh_one_after_the_other(tmp_path: Path) -> None:
    endpoint = TokenEndpoint(rotates=True)
    async with Upstream(handler=endpoint) as vendor, AsyncExitStack() as stack:
        # Each has a lock descriptor of its own, as processes have. Only the last access token is still taken.
        clients = [
            await stack.enter_async_context(http_client(vendor.url, offline(vendor.url), state_dir=tmp_path))
            for _ in range(5)
        ]
        await asyncio.gather(*(get(client, vendor.url) for client in clients), return_exceptions=True)
    assert endpoint.spent == 0
    assert endpoint.issued >= 5
    assert kept(tmp_path) == f"offline-{endpoint.issued}"


HOLD = """
import asyncio, pathlib, sys
from providers.token_store import TokenStore

async def hold():
    async with TokenStore(pathlib.Path(sys.argv[1]), "acme").locked(5):
        print("held", flush=True)
        sys.stdin.read()

asyncio.run(hold())
"""


async def test_another_process_that_holds_the_lock_is_waited_for_and_not_for_ever(tmp_path: Path) -> None:
    endpoint = TokenEndpoint()
    other = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLD, str(tmp_path), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert other.stdout is not None
    assert await other.stdout.readline() == b"held\n"
    async with smartops(endpoint, tmp_path, timeout_seconds=0.3) as (client, url):
        with pytest.raises(Unreachable):
            await get(client, url)
    assert not endpoint.forms
    await other.communicate(b"")
    async with smartops(endpoint, tmp_path) as (client, url):
        assert await get(client, url) == 200


async def test_a_rotated_token_that_cannot_be_stored_is_not_used_and_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = TokenEndpoint(rotates=True)
    real = TokenStore._write

    def full(self: TokenStore, token: str, configured: str) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    async with smartops(endpoint, tmp_path) as (client, url):
        monkeypatch.setattr(TokenStore, "_write", full)
        for _ in range(2):
            with pytest.raises(Unreachable, match="No space left"):
                await get(client, url)
        assert endpoint.used == 0
        monkeypatch.setattr(TokenStore, "_write", real)
        assert await get(client, url) == 200
    assert endpoint.spent == 0
    assert kept(tmp_path) == "offline-2"


async def test_a_request_given_up_during_a_refresh_still_stores_the_token(tmp_path: Path) -> None:
    endpoint = TokenEndpoint(rotates=True, hold=asyncio.Event())
    async with smartops(endpoint, tmp_path) as (client, url):
        asking = asyncio.create_task(get(client, url))
        await until(lambda: bool(endpoint.forms))
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        assert endpoint.hold is not None
        endpoint.hold.set()
        await until(lambda: kept(tmp_path) == "offline-1")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"refresh_token": 1}'])
async def test_a_damaged_token_file_is_named_and_not_passed_over(tmp_path: Path, content: str) -> None:
    (tmp_path / "tokens").mkdir(mode=0o700)
    private(tmp_path / "tokens" / "acme", content)
    endpoint = TokenEndpoint()
    async with smartops(endpoint, tmp_path) as (client, url):
        with pytest.raises(SecretMissing, match=str(tmp_path)):
            await get(client, url)
    assert not endpoint.forms


async def test_a_folder_others_can_enter_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tokens").mkdir()
    (tmp_path / "tokens").chmod(0o755)
    endpoint = TokenEndpoint()
    async with smartops(endpoint, tmp_path) as (client, url):
        with pytest.raises(Unreachable, match="chmod 700"):
            await get(client, url)
    assert not endpoint.forms


async def test_a_link_in_the_folder_s_place_is_named_and_nothing_is_written_behind_it(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    (tmp_path / "state").mkdir(mode=0o700)
    (tmp_path / "state" / "tokens").symlink_to(elsewhere)
    endpoint = TokenEndpoint(rotates=True)
    async with smartops(endpoint, tmp_path / "state") as (client, url):
        with pytest.raises(Unreachable, match=r"tokens is a link, and none is followed there; put a folder of ours"):
            await get(client, url)
    assert (endpoint.forms, list(elsewhere.iterdir())) == ([], [])
