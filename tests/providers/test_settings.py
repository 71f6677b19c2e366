"""What all providers' parts of the config share: addresses that are safe, and faults that quote no secret."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from providers.origins import own_origins, redirect_target
from providers.settings import UrlSettings, is_loopback


def settings(**given: Any) -> UrlSettings:
    return UrlSettings.model_validate({"kind": "test", "name": "acme", "url": "https://vendor.example", **given})


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://vendor.example/api/", "https://vendor.example/api"),
        (" https://vendor.example:8443 ", "https://vendor.example:8443"),
        ("http://127.0.0.1:8080/ensono", "http://127.0.0.1:8080/ensono"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("http://localhost", "http://localhost"),
    ],
)
def test_safe_addresses(url: str, kept: str) -> None:
    assert settings(url=url).url == kept


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://vendor.example", "not https"),
        ("http://127.0.0.1.evil.example", "not https"),
        ("ftp://vendor.example", "not https"),
        ("vendor.example/api", "no URL"),
        ("https://", "no URL"),
        ("https://[::1", "no URL"),
        ("https://vendor.example:https", "no URL"),
        ("https://me:not-a-real-key@vendor.example", "no user, password"),
        ("http://me:not-a-real-key@vendor.example", "not https"),
        ("https://vendor.example?key=1", "query"),
        ("https://vendor.example#x", "fragment"),
    ],
)
def test_unsafe_addresses_are_refused_in_words(url: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words) as caught:
        settings(url=url)
    assert "not-a-real-key" not in str(caught.value)


@pytest.mark.parametrize("proxy", ["proxy.example:3128", "socks5://proxy.example", "http://", "http://p:port"])
def test_a_proxy_is_an_http_address(proxy: str) -> None:
    with pytest.raises(ValidationError, match="write it as"):
        settings(proxy=proxy)


def test_a_proxys_password_is_not_shown() -> None:
    given = settings(proxy="http://me:not-a-real-key@proxy.example:3128")
    assert given.proxy == "http://me:not-a-real-key@proxy.example:3128"
    assert "not-a-real-key" not in repr(given)
    with pytest.raises(ValidationError) as caught:
        settings(proxy="socks5://me:not-a-real-key@proxy.example")
    assert "not-a-real-key" not in str(caught.value)


def test_no_proxy_is_an_empty_one() -> None:
    assert settings(proxy="").proxy is None


def test_a_home_folder_is_found() -> None:
    assert settings(ca_bundle="~/authority.pem").ca_bundle == Path.home() / "authority.pem"


def test_an_unknown_key_is_refused_without_its_value() -> None:
    with pytest.raises(ValidationError) as caught:
        settings(api_kye="not-a-real-key")
    assert "api_kye" in str(caught.value)
    assert "not-a-real-key" not in str(caught.value)


@pytest.mark.parametrize(
    ("host", "is_ours"),
    [
        ("localhost", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("10.0.0.1", False),
        ("localhost.example", False),
        ("", False),
    ],
)
def test_loopback(host: str, is_ours: bool) -> None:
    assert is_loopback(host) is is_ours


def test_a_providers_own_origins_are_those_of_its_urls() -> None:
    given = settings(url="https://vendor.example/api", proxy="http://proxy.example:3128")
    assert own_origins(given) == {("https", "vendor.example", 443)}


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/b", "https://vendor.example/b"),
        ("c?d=1", "https://vendor.example/a/c?d=1"),
        ("https://vendor.example:443/b", "https://vendor.example:443/b"),
        ("http://vendor.example/b", None),
        ("https://vendor.example:444/b", None),
        ("https://vendor.example@evil.example/b", None),
        ("//evil.example", None),
        ("https://[", None),
        ("", None),
    ],
)
def test_only_the_same_origin_is_redirected_to(location: str, target: str | None) -> None:
    assert redirect_target("https://vendor.example/a/x", location) == target
