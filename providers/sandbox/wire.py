"""Small helpers for reading requests and writing answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response

DRAIN_CAP = 512 * 1024 * 1024


class Unreadable(Exception):
    """A request body that is no JSON object."""


class BodyTooLarge(Exception):
    """A request body over a vendor's limit; it was read to its end and dropped."""


def answer(status: int, document: Any, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer."""
    body = json.dumps(document, ensure_ascii=False).encode("utf-8", "backslashreplace")  # lone surrogates: JSON escapes
    return Response(body, status, headers=headers, media_type="application/json")


def raw_segments(request: Request, prefix: str) -> list[str]:
    """The path's segments after the prefix, still percent-encoded, so that an encoded slash divides nothing."""
    path = request.scope["raw_path"].decode("ascii")
    return str(path).removeprefix(prefix).lstrip("/").split("/")


def segments(request: Request, prefix: str) -> list[str]:
    """The path's segments after the prefix, each decoded on its own."""
    return [unquote(part) for part in raw_segments(request, prefix)]


async def read_body(request: Request, limit: int = DRAIN_CAP) -> bytes:
    """The whole body. BodyTooLarge where it holds more than `limit` bytes."""
    body = bytearray()
    received = 0
    async for piece in request.stream():
        received += len(piece)
        if received <= limit:
            body += piece
        elif body:
            body = bytearray()
    if received > limit:
        raise BodyTooLarge
    return bytes(body)


async def read_object(request: Request, limit: int = DRAIN_CAP) -> dict[str, Any]:
    """The body as a JSON object. Unreadable or BodyTooLarge."""
    body = await read_body(request, limit)
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable from error
    if not isinstance(document, dict):
        raise Unreadable
    return document


def text_of(document: Mapping[str, Any], name: str) -> str:
    """A field as text: a string as it is, a number in words, anything else (or nothing) as an empty string."""
    value = document.get(name)
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return ""
