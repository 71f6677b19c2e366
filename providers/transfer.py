"""Files on their way up and down: bodies that stream with a length known beforehand, and the hosts they may go to."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
import secrets
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final
from urllib.parse import urlsplit

from providers.base import Progress
from providers.errors import BadAnswer, Rejected
from providers.model import FileRef
from providers.settings import is_loopback

_PIECE: Final = 192 * 1024  # a multiple of 3, so that base64 pieces join; small enough to encode in well under 1 ms
_URL: Final = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+")
_SLOWEST: Final = 128 * 1024
"""Bytes a second: what a line must carry for a transfer to be worth waiting for."""


def transfer_deadline(timeout: float, size: int) -> float:
    """The total deadline in seconds for a request that carries `size` bytes over a slow line.

    A transfer that stands still ends sooner: a single read or write never takes longer than `timeout`.
    """
    return timeout + size / _SLOWEST


@dataclass(frozen=True, slots=True)
class FilePart:
    """A file inside a body: as it is, or in base64."""

    ref: FileRef
    base64: bool = False

    @property
    def length(self) -> int:
        """Bytes on the wire."""
        return (self.ref.size + 2) // 3 * 4 if self.base64 else self.ref.size


@dataclass(frozen=True)
class Upload:
    """A request body of bytes and files, streamed with an exact length. It can be sent more than once.

    Build it with `json`, `file` or `base64_file`. `length` counts the bytes on the wire, so that a vendor's limit
    can be checked before the first one leaves. While it streams, no more than a few hundred kB are held and
    the event loop is never held for long. The files' digests are checked as they stream: if a file is no longer
    what its FileRef says, its last piece is not sent, Rejected is raised, and the vendor has an incomplete body.
    """

    provider: str
    parts: tuple[bytes | FilePart, ...]
    content_type: str
    progress: Progress | None = field(default=None, compare=False)

    @classmethod
    def json(cls, provider: str, document: Any, progress: Progress | None = None) -> Upload:
        """A JSON document whose FileRef values become the files' contents as base64 strings."""
        mark = secrets.token_hex(16)
        files: list[FileRef] = []

        def place(value: object) -> str:
            if not isinstance(value, FileRef):
                raise TypeError(f"{type(value).__name__} does not go into JSON")
            files.append(value)
            return mark

        text = json.dumps(document, ensure_ascii=False, default=place)
        parts: list[bytes | FilePart] = []
        for index, piece in enumerate(text.split(mark)):
            if index:
                parts.append(FilePart(files[index - 1], base64=True))
            parts.append(piece.encode("utf-8", "replace"))
        return cls(provider, tuple(parts), "application/json", progress)

    @classmethod
    def file(cls, provider: str, ref: FileRef, progress: Progress | None = None) -> Upload:
        """The file's bytes as they are, under the file's own content type."""
        return cls(provider, (FilePart(ref),), ref.content_type, progress)

    @classmethod
    def base64_file(cls, provider: str, ref: FileRef, progress: Progress | None = None) -> Upload:
        """The file in base64, as text/plain."""
        return cls(provider, (FilePart(ref, base64=True),), "text/plain", progress)

    @property
    def length(self) -> int:
        """Bytes on the wire in all."""
        return sum(len(part) if isinstance(part, bytes) else part.length for part in self.parts)

    @property
    def file_bytes(self) -> int:
        """Bytes of the files themselves: what progress counts."""
        return sum(part.ref.size for part in self.parts if isinstance(part, FilePart))

    def __str__(self) -> str:
        """The body for a preview or a log: files are named by size, not shown."""
        return "".join(
            part.decode() if isinstance(part, bytes) else f"<{part.ref.name}, {part.ref.size} bytes>"
            for part in self.parts
        )

    async def __aiter__(self) -> AsyncGenerator[bytes]:
        sent = 0
        for part in self.parts:
            if isinstance(part, bytes):
                if part:
                    yield part
                continue
            async with aclosing(_read(self.provider, part.ref)) as pieces:
                async for piece in pieces:
                    yield base64.b64encode(piece) if part.base64 else piece
                    sent += len(piece)
                    if self.progress is not None:
                        self.progress(sent, self.file_bytes)


async def _read(provider: str, ref: FileRef) -> AsyncGenerator[bytes]:
    """A file's pieces. The last one is held back until size and digest have been found to be as declared."""
    changed = Rejected(provider, f"{ref.name} has changed since it was chosen, nothing was sent", field="attachments")
    try:
        file = await asyncio.to_thread(Path(ref.path).open, "rb")
    except OSError as error:
        raise Rejected(provider, f"{ref.name} cannot be read ({error.strerror})", field="attachments") from None
    digest = hashlib.sha256()
    left = ref.size
    try:
        while True:
            piece = await asyncio.to_thread(_piece, file, digest, min(_PIECE, left))
            left -= len(piece)
            if left and not piece:
                raise changed
            if left:
                yield piece
                continue
            if await asyncio.to_thread(file.read, 1) or digest.hexdigest() != ref.sha256:
                raise changed
            if piece:
                yield piece
            return
    finally:
        file.close()


def _piece(file: BinaryIO, digest: Any, size: int) -> bytes:
    """One piece, hashed in the same thread."""
    piece = file.read(size)
    digest.update(piece)
    return piece


@dataclass(frozen=True, slots=True)
class AllowedHosts:
    """Where a provider's files may be sent to and fetched from.

    `suffixes` are hosts, or with a dot in front domains (".amazonaws.com" takes every host under it). `own_url` is
    the provider's: where it is on loopback, any loopback port is allowed over plain http.
    """

    suffixes: tuple[str, ...]
    own_url: str = ""

    def check(self, provider: str, url: str) -> str:
        """The URL, stripped, if it may be used. BadAnswer otherwise; the message names the host alone."""
        stripped = url.strip()
        if not _URL.fullmatch(stripped):
            raise BadAnswer(provider, "a link to a file is no URL")
        try:
            parts = urlsplit(stripped)
            host = (parts.hostname or "").rstrip(".")
            loopback = is_loopback(host) and is_loopback(urlsplit(self.own_url).hostname or "")
        except ValueError:
            raise BadAnswer(provider, "a link to a file is no URL") from None
        if parts.username is not None or parts.password is not None:
            raise BadAnswer(provider, f"a link to a file on {host} carries credentials of its own")
        if loopback and parts.scheme in ("http", "https"):
            return stripped
        if parts.scheme != "https":
            raise BadAnswer(provider, f"a link to a file on {host} is not https")
        if not any(_within(host, suffix) for suffix in self._all()):
            raise BadAnswer(
                provider,
                f"a link leads to the host {host}, which files may not go to or come from",
                next_step="If that host is the vendor's, add it to attachment_hosts in the config.",
            )
        return stripped

    def _all(self) -> Iterator[str]:
        yield from self.suffixes
        if not self.suffixes and self.own_url:
            yield urlsplit(self.own_url).hostname or ""


def _within(host: str, suffix: str) -> bool:
    wanted = suffix.lower().rstrip(".")
    if not wanted.strip("."):
        return False
    if wanted.startswith("."):
        return host.endswith(wanted)
    return host == wanted or host.endswith("." + wanted)
