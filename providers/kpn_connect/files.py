"""A file inside a JSON answer, as {"name", "content", "content_type"}: its bytes, without holding the whole of it.

[outside] The form is from KPN's public description of GetAttachment; neither of its documents has it.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Final

from providers.errors import BadAnswer

_CONTENT: Final = re.compile(rb'"content"\s*:\s*"')
_PARTIAL_ESCAPE: Final = re.compile(rb"\\(?:u[0-9a-fA-F]{0,3})?\Z")
_SPACE: Final = re.compile(r"\s+")
_HEAD_CAP: Final = 64 * 1024
_CLOSINGS: Final = (b'"}', b'"}}', b'"}]}')


async def file_in(provider: str, pieces: AsyncIterator[bytes]) -> AsyncGenerator[bytes]:
    """The file's bytes, from an answer that comes in pieces. BadAnswer where the answer is none of that form.

    What comes before and after the content must be JSON together with it, so that a cut answer is no whole file.
    """
    reader = _Reader(provider)
    async for piece in pieces:
        decoded = reader.feed(piece)
        if decoded:
            yield decoded
    reader.finish()


class _Reader:
    """Head, content, tail, one after the other."""

    def __init__(self, provider: str) -> None:
        self._provider = provider
        self._head = b""
        self._waiting = b""  # content that may be half an escape
        self._quartet = ""  # base64 that is not yet four characters
        self._ended = False  # base64 has come to its padding
        self._tail: bytes | None = None
        self._inside = False

    def feed(self, piece: bytes) -> bytes:
        if self._tail is not None:
            self._tail += piece
            self._within(self._tail)
            return b""
        if not self._inside:
            start = self._find(piece)
            if start is None:
                return b""
            piece = start
        content, quote, rest = (self._waiting + piece).partition(b'"')
        if quote:
            self._tail = rest
            self._waiting = b""
            return self._decode(content, last=True)
        partial = _PARTIAL_ESCAPE.search(content)
        self._waiting = partial[0] if partial else b""
        return self._decode(content[: partial.start()] if partial else content, last=False)

    def finish(self) -> None:
        """Call at the end of the answer."""
        if self._tail is None:
            raise self._bad("the answer breaks off within the file" if self._inside else "the answer holds no file")
        try:
            json.loads(self._head + b'"' + self._tail)
        except (ValueError, RecursionError):
            raise self._bad("the answer is no JSON after the file") from None

    def _find(self, piece: bytes) -> bytes | None:
        """What follows the quote that opens the content; None while it has not come."""
        self._head += piece
        for found in _CONTENT.finditer(self._head):
            head = self._head[: found.end()]
            if any(_is_json(head + closing) for closing in _CLOSINGS):
                rest = self._head[found.end() :]
                self._head, self._inside = head, True
                return rest
        self._within(self._head)
        return None

    def _within(self, part: bytes) -> None:
        if len(part) > _HEAD_CAP:
            raise self._bad("the answer holds much beside a file")

    def _decode(self, content: bytes, *, last: bool) -> bytes:
        try:
            text = json.loads(b'"' + content + b'"', strict=False)
        except ValueError:
            raise self._bad("the file's content is no JSON string") from None
        text = self._quartet + (_SPACE.sub("", text) if not text.isalnum() else text)
        if self._ended and text:
            raise self._bad("the file's content goes on after its end")
        whole = len(text) if last else len(text) // 4 * 4
        self._quartet = text[whole:]
        self._ended = text[:whole].endswith("=")
        try:
            return base64.b64decode(text[:whole], validate=True)
        except (binascii.Error, ValueError):
            raise self._bad("the file's content is no base64") from None

    def _bad(self, message: str) -> BadAnswer:
        return BadAnswer(self._provider, message, next_step="Ask KPN in a comment to attach it again.")


def _is_json(text: bytes) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
