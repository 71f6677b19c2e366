"""Taking secrets out of text that goes to a log, an error or a screen.

Two nets: what has been registered (every revealed secret and every token, in each form it may take on the wire) and
what looks like a secret by its place: credentials in a URL, a presigned query, a password in JSON or in a form.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import quote, quote_plus

HIDDEN: Final = "[redacted]"
_SHORTEST: Final = 4
_HEAD: Final = 8
"""Characters of a secret that are taken for its beginning where the rest was cut off."""
_forms: dict[str, frozenset[str]] = {}

_NAMES: Final = (
    r"x-amz-(?:signature|security-token|credential)|awsaccesskeyid|signature|sig|client_secret|client_assertion"
    r"|(?:access|refresh|id|offline|subject)_token|token|password|passwd|secret|api[_-]?key|authorization"
)
_KEYS: Final = ("password", "passwd", "secret", "token", "api", "authorization", "signature")
# Each place with the words, in lower case, of which a text must hold one for it to be worth looking.
_PLACES: Final = (
    # A value in a query or a form; then the same where the whole URL is itself percent-encoded.
    (
        ("=",),
        re.compile(rf"(?i)(?<![a-z0-9_])(?:{_NAMES})=(?P<secret>[^&\s\"'<>\\]+)"),
    ),
    (
        ("%3d",),
        re.compile(rf"(?i)(?:(?<=%26)|(?<=%3f)|(?<![a-z0-9_]))(?:{_NAMES})%3d(?P<secret>(?:(?!%26)[^&\s\"'<>\\])+)"),
    ),
    # A value in JSON by its key; then the same inside a JSON string.
    (
        _KEYS,
        re.compile(
            r"(?i)\"[^\"\\]{0,40}(?:password|passwd|secret|token|api[_-]?key|authorization|signature)[^\"\\]{0,40}\""
            r"\s*:\s*\"(?P<secret>(?:\\.|[^\"\\])+)"
        ),
    ),
    (
        _KEYS,
        re.compile(
            r"(?i)\\\"[^\"\\]{0,40}(?:password|passwd|secret|token|api[_-]?key|authorization|signature)[^\"\\]{0,40}"
            r"\\\"\s*:\s*\\\"(?P<secret>[^\"\\]+)"
        ),
    ),
    (("connectiondetails",), re.compile(r"\\*\"connectionDetails\\*\"\s*:\s*\{(?P<secret>[^{}]+)")),
    # Authorization headers; the digit or padding keeps "Basic authentication" readable.
    (
        ("bearer", "basic"),
        re.compile(r"(?i)\b(?:bearer|basic)\s+(?=\S*[0-9=])(?P<secret>[a-z0-9._~+/=-]{8,})"),
    ),
    (("eyj",), re.compile(r"(?P<secret>(?<![\w-])eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*)")),
    (("://",), re.compile(r"(?i)\b[a-z][a-z0-9+.-]{1,10}://(?P<secret>[^/?#\s@\"']+)@")),
)


def register(secret: str) -> None:
    """Have `redact` take this out of whatever it is given. Very short values would redact ordinary text."""
    if len(secret) < _SHORTEST or secret in _forms:
        return
    written = {
        secret,
        quote(secret, safe=""),
        quote(secret),
        quote_plus(secret),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
    }
    written.add(base64.b64encode(secret.encode("utf-8", "replace")).decode())
    _forms[secret] = frozenset(written)


def retire(secret: str) -> None:
    """Forget a token that has long expired, so that a process of many weeks does not carry them all."""
    _forms.pop(secret, None)


def redact(text: str, extra: Iterable[str] = ()) -> str:
    """Text without any registered secret, any of `extra`, or what looks like one by its place."""
    return redact_start(text, len(text), extra)


def redact_start(text: str, cap: int, extra: Iterable[str] = ()) -> str:
    """The first `cap` characters, redacted. A secret that the cut would go through is hidden whole."""
    longest = max((len(form) for forms in _forms.values() for form in forms), default=0)
    window = text[: cap + longest]
    pieces: list[str] = []
    done = 0
    for start, end in _merged(_found(window, extra)):
        if start >= cap:
            break
        pieces += (window[done:start], HIDDEN)
        done = end
    pieces.append(window[done:cap])
    return "".join(pieces)


def _found(text: str, extra: Iterable[str]) -> Iterator[tuple[int, int]]:
    for forms in (*_forms.values(), extra):
        for form in forms:
            head = form[:_HEAD]
            at = text.find(head) if form else -1
            while at >= 0:
                if length := _length_at(text, at, form):
                    yield at, at + length
                at = text.find(head, at + 1)
    lowered = text.lower()
    for words, place in _PLACES:
        if any(word in lowered for word in words):
            for match in place.finditer(text):
                yield match.span("secret")


def _length_at(text: str, at: int, form: str) -> int:
    """How much of a secret stands here: all of it, its beginning where the text was cut before it came here, or 0."""
    if text.startswith(form, at):
        return len(form)
    stop = text.find("…", at)
    rest = text[at : len(text) if stop < 0 else stop]
    return len(rest) if form.startswith(rest) else 0


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
