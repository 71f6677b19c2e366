"""An answer is read as its treatment demands, and shows neither secrets nor control bytes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.answer import Answer, Treatment, is_json
from providers.errors import BadAnswer, Unconfirmed, VendorError


def answer(body: bytes, status: int = 200, treatment: Treatment = "read", cut: str = "") -> Answer:
    return Answer("acme", status, {}, body, (0, 0), treatment, cut)


@given(st.binary(max_size=200), st.sampled_from(["read", "once", "write"]), st.sampled_from([200, 201, 404, 501]))
def test_any_bytes_are_json_or_one_of_two_errors(body: bytes, treatment: Treatment, status: int) -> None:
    try:
        answer(body, status, treatment).json()
    except VendorError as error:
        done_perhaps = treatment == "write" and status != 404
        assert type(error) is (Unconfirmed if done_perhaps else BadAnswer)
        assert "\x1b" not in str(error)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    )
)
def test_json_comes_back(document: Any) -> None:
    body = json.dumps(document).encode()
    assert answer(body).json() == document
    assert is_json(body) is isinstance(document, list | dict)


def test_a_cut_answer_is_no_json_even_where_it_looks_like_one() -> None:
    with pytest.raises(BadAnswer, match="incomplete"):
        answer(b"[1]", cut="the connection broke").json()


@pytest.mark.parametrize(
    ("body", "gist"),
    [
        (b"", ""),
        (b"plain words\n and more", "plain words and more"),
        (b"<!doctype html><HTML><head><Title>\n Sign in </Title></head><body>x</body>", "Sign in"),
        (b"<html><style>p {}</style><script>steal()</script><p>Out of <b>order</b></p>", "Out of order"),
        (b"<?xml version='1.0'?><Error><Code>SlowDown</Code></Error>", "SlowDown"),
        (b"\x1b[31mred \xff\xe2\x80\xae", "red \ufffd"),
        (b'{"access_token": "hunter-two-hunter"}', '{"access_token": "[redacted]"}'),
    ],
)
def test_the_gist_is_one_safe_line(body: bytes, gist: str) -> None:
    assert answer(body).gist() == gist


def test_the_gist_of_megabytes_is_short() -> None:
    assert len(answer(b"<p>" + b"word " * 10**6).gist()) <= 160


def test_bodies_and_headers_are_not_in_its_repr() -> None:
    shown = repr(Answer("acme", 200, {"set-cookie": "not-a-real-key"}, b"not-a-real-key", (0, 0)))
    assert "not-a-real-key" not in shown


def test_a_web_page_is_laid_to_the_network_and_not_to_the_vendor() -> None:
    page = answer(b"\n<!DOCTYPE html><html><title>Sign in</title>").unreadable("it is no JSON")
    assert "proxy" in page.next_step
    assert "support" not in page.next_step
    for body in (b"<Error><Code>AccessDenied</Code></Error>", b"{", b""):
        assert "support" in answer(body).unreadable("it is no JSON").next_step
