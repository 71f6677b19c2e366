"""An error's words go to screens, logs and the store: they hold no secret, whatever a gateway shows us."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest

from providers.errors import Rejected
from providers.redaction import HIDDEN, redact, register, retire
from providers.settings import UrlSettings
from providers.text import safe_line

SECRET = "not-a-real-key-0123456789"


@pytest.fixture(autouse=True)
def registered() -> Iterator[None]:
    register(SECRET)
    yield
    retire(SECRET)


def test_what_a_gateway_shows_of_our_request_is_kept_without_our_secret() -> None:
    error = Rejected("ensono", f"refused: {SECRET}", vendor_words=f"Host: x x-api-key: {SECRET} Accept: */*")
    assert error.vendor_words == f"Host: x x-api-key: {HIDDEN} Accept: */*"
    assert SECRET not in f"{error!s} {error!r} {error.args} {error.message}"


@pytest.mark.parametrize("kept", range(21, 40))
def test_a_secret_that_was_cut_off_before_is_hidden_all_the_same(kept: int) -> None:
    words = safe_line(f"x-api-key was {SECRET}", kept)
    assert "not-a-re" not in Rejected("ensono", "refused", vendor_words=words).vendor_words


def test_the_beginning_of_a_secret_within_other_words_is_no_secret() -> None:
    assert redact("not-a-real-problem, then") == "not-a-real-problem, then"


def test_what_a_proxy_is_told_is_a_secret_too() -> None:
    UrlSettings(kind="x", name="x", url="https://vendor.example", proxy="http://me:not-a-real-pass@proxy.example:3128")
    told = base64.b64encode(b"me:not-a-real-pass").decode()
    assert redact(f"Proxy said {told}") == f"Proxy said {HIDDEN}"
