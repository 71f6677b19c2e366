"""TLS is never weakened or retried, a company's authority can be added, and a proxy is used where one is set."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from providers import trust
from providers.errors import Unreachable
from providers.trust import tls_context
from tests.support.certificates import Authority
from tests.support.clients import http_client
from tests.support.tunnel import Tunnel
from tests.support.upstream import Upstream, reply_json

OK = reply_json({"result": "fine"})


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


async def test_a_ca_bundle_is_trusted_beside_the_systems(authority: Authority) -> None:
    async with (
        Upstream(OK, tls=authority.server()) as vendor,
        http_client(vendor.url, ca_bundle=authority.bundle) as client,
    ):
        assert (await client.request("POST", vendor.url, treatment="write", json_body={})).ok


async def test_an_unknown_authority_is_refused_once_with_the_cure(authority: Authority) -> None:
    async with Upstream(OK, tls=authority.server()) as vendor, http_client(vendor.url) as client:
        with pytest.raises(Unreachable, match="certificate of localhost is not trusted") as caught:
            await client.request("GET", vendor.url, treatment="read")
        assert "ca_bundle" in caught.value.next_step
        assert vendor.connections <= 1
        assert not vendor.seen


async def test_another_hosts_certificate_is_refused(authority: Authority) -> None:
    tls = authority.server("other.example")
    async with Upstream(OK, tls=tls) as vendor, http_client(vendor.url, ca_bundle=authority.bundle) as client:
        with pytest.raises(Unreachable, match="localhost"):
            await client.request("POST", vendor.url, treatment="write", json_body={})
        assert not vendor.seen


async def test_a_handshake_that_hangs_is_unreachable_for_writes_too() -> None:
    async with Upstream(OK) as vendor:
        url = vendor.url.replace("http://127.0.0.1", "https://localhost")
        async with http_client(url, timeout_seconds=0.5) as client:
            with pytest.raises(Unreachable, match="no connection to localhost in time"):
                await client.request("POST", url, treatment="write", json_body={})


@pytest.mark.parametrize("content", [None, b"", b"no certificates here"])
async def test_an_unreadable_ca_bundle_is_named(tmp_path: Path, content: bytes | None) -> None:
    bundle = tmp_path / "authority.pem"
    if content is not None:
        bundle.write_bytes(content)
    async with Upstream(OK) as vendor, http_client(vendor.url, ca_bundle=bundle) as client:
        with pytest.raises(Unreachable, match=str(bundle)):
            await client.request("GET", vendor.url, treatment="read")
        assert not vendor.seen


def test_names_and_certificates_are_always_checked() -> None:
    context = tls_context()
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED


def test_a_system_without_openssls_own_paths_uses_a_known_bundle(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nonexistent")
    monkeypatch.setenv("SSL_CERT_DIR", "/nonexistent")
    monkeypatch.setattr(trust, "_BUNDLES", ("/nonexistent", str(authority.bundle)))
    context = tls_context.__wrapped__()
    assert context.cert_store_stats()["x509_ca"] == 1


async def test_a_proxy_is_gone_through_with_its_credentials_and_sees_no_request(authority: Authority) -> None:
    async with Tunnel() as proxy, Upstream(OK, tls=authority.server()) as vendor:
        through = f"http://me:not-a-real-key@{proxy.authority}"
        async with http_client(vendor.url, ca_bundle=authority.bundle, proxy=through) as client:
            assert (await client.request("POST", f"{vendor.url}/x", treatment="write", json_body={})).ok
        assert proxy.heads[0].startswith("CONNECT localhost:")
        assert "Proxy-Authorization: Basic bWU6bm90LWEtcmVhbC1rZXk=" in proxy.heads[0]
        assert "proxy-authorization" not in vendor.seen[0].headers


async def test_a_proxy_over_tls_is_trusted_by_the_same_authorities_as_the_vendor(authority: Authority) -> None:
    async with Tunnel(tls=authority.server()) as proxy, Upstream(OK, tls=authority.server()) as vendor:
        async with http_client(vendor.url, ca_bundle=authority.bundle, proxy=proxy.url) as client:
            assert (await client.request("POST", f"{vendor.url}/x", treatment="write", json_body={})).ok
        assert proxy.heads[0].startswith("CONNECT localhost:")
        async with http_client(vendor.url, proxy=proxy.url) as client:
            with pytest.raises(Unreachable, match="certificate"):
                await client.request("POST", f"{vendor.url}/x", treatment="write", json_body={})
        assert (len(proxy.heads), len(vendor.seen)) == (1, 1)


@pytest.mark.parametrize("refusal", ["407 Proxy Authentication Required", "403 Forbidden", "502 Bad Gateway"])
async def test_a_proxy_that_refuses_is_unreachable_for_writes_too(authority: Authority, refusal: str) -> None:
    async with Tunnel(refusal) as proxy:
        through = f"http://me:not-a-real-key@{proxy.authority}"
        async with http_client("https://localhost:9", proxy=through) as client:
            with pytest.raises(Unreachable, match=f"the proxy did not let us through: {refusal}") as caught:
                await client.request("POST", "https://localhost:9/x", treatment="write", json_body={})
            assert "not-a-real-key" not in f"{caught.value!r} {caught.value}"


async def test_a_proxy_that_is_down_is_unreachable_for_writes_too() -> None:
    async with http_client("https://localhost:9", proxy="http://127.0.0.1:9") as client:
        with pytest.raises(Unreachable):
            await client.request("POST", "https://localhost:9/x", treatment="write", json_body={})


async def test_the_environments_proxy_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with Upstream(OK) as vendor, http_client(vendor.url) as client:
        assert (await client.request("GET", vendor.url, treatment="read")).ok
