"""No secret survives in text that is logged or shown, in whichever form it was written."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from providers.redaction import HIDDEN, redact, redact_start, register, retire

SECRET = 'not a "real"/key+é'
PRESIGNED = (
    "https://bucket.s3.eu-west-1.amazonaws.com/a.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
    "&X-Amz-Credential=AKIDNOTREAL%2F20260301%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Date=20260301T030000Z"
    "&X-Amz-Expires=120&X-Amz-Security-Token=notarealtoken%2F%2F%2B&X-Amz-SignedHeaders=host"
    "&X-Amz-Signature=0123456789abcdef0123456789abcdef"
)


@pytest.fixture
def registered() -> Iterator[str]:
    register(SECRET)
    yield SECRET
    retire(SECRET)


@pytest.mark.parametrize(
    "written",
    [
        SECRET,
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        json.dumps(SECRET)[1:-1],
        json.dumps(SECRET, ensure_ascii=False)[1:-1],
        base64.b64encode(SECRET.encode()).decode(),
    ],
)
def test_a_registered_secret_goes_in_every_form_it_takes_on_the_wire(registered: str, written: str) -> None:
    assert redact(f"before {written} after") == f"before {HIDDEN} after"


@given(before=st.text(max_size=20), after=st.text(max_size=20), cap=st.integers(0, 60))
def test_a_cut_never_leaves_a_part_of_a_secret(before: str, after: str, cap: int) -> None:
    secret = "not-a-real-key"
    assume("not-" not in before + after)
    register(secret)
    start = redact_start(before + secret + after, cap)
    retire(secret)
    assert "not-" not in start


@given(st.text(max_size=200))
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    assert redact(redact(text)) == redact(text)


@pytest.mark.parametrize("text", [PRESIGNED, json.dumps({"url": PRESIGNED}), quote(PRESIGNED, safe="")])
def test_a_presigned_query_loses_what_signs_it(text: str) -> None:
    shown = redact(text)
    for part in ("0123456789abcdef", "notarealtoken", "AKIDNOTREAL"):
        assert part not in shown
    assert "a.txt" in shown
    assert "20260301T030000Z" in shown


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer n0t.a.real.token",
        "Authorization: Basic bm90LWEtcmVhbDE=",
        '{"access_token": "hunter-two-hunter"}',
        '{"callback": {"username": "u", "password": "hunter-two-hunter"}}',
        json.dumps({"body": json.dumps({"client_secret": "hunter-two-hunter"})}),
        "client_id=x&client_secret=hunter-two-hunter&grant_type=y",
        "https://user:hunter-two-hunter@proxy.example:3128",
        '{"connectionDetails": {"itsmUser": "hunter-two-hunter", "x": "y"}}',
        "token eyJhbGciOiJub25l.eyJzdWIiOiJub3QtcmVhbCJ9.hunter-two-hunter",
        '{"password": "hunter-two-hunter',
        '{"password": "quo\\"hunter-two-hunter"}',
    ],
)
def test_what_stands_where_secrets_stand_is_hidden(text: str) -> None:
    shown = redact(text)
    assert HIDDEN in shown
    for part in ("hunter", "n0t.a.real", "bm90LWEtcmVhbDE"):
        assert part not in shown


@pytest.mark.parametrize(
    "text",
    [
        "Basic authentication is required",
        "the bearer of this letter",
        "password expired, see https://example.org/a@b?x=1",
        "the signature of the manager is missing",
        '{"summary": "reset my password"}',
    ],
)
def test_ordinary_text_stays(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("providers.redaction._forms", {})  # what other tests have revealed
    assert redact(text) == text


def test_very_short_values_do_not_eat_ordinary_text() -> None:
    register("zqx")
    assert redact("zqxdef") == "zqxdef"


def test_overlapping_secrets_are_hidden_together() -> None:
    assert redact("xxonetwothreexx", ["onetwo", "twothree"]) == f"xx{HIDDEN}xx"
