"""Undoing an answer's Content-Encoding piece by piece, so that a few bytes cannot become gigabytes."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Final

ACCEPTED: Final = "gzip, deflate"
"""What to say in Accept-Encoding."""
_SLICE: Final = 256 * 1024


class Undecodable(Exception):
    """The body is not in the encoding its header names, breaks off, or is in one that we did not ask for."""


class Decoder:
    """One answer's decoder. Feed it what comes; each slice it yields is small, so the caller can stop at a cap."""

    def __init__(self, encoding: str) -> None:
        name = encoding.strip().lower()
        if name not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise Undecodable(f"the answer is encoded as {name[:40]!r}, which was not asked for")
        self._plain = name in ("", "identity")
        self._raw_deflate_possible = name == "deflate"
        self._inflate = zlib.decompressobj(zlib.MAX_WBITS | 32)  # gzip or zlib, by its header
        self._started = False

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """The decoded bytes of one piece, in slices."""
        if self._plain:
            yield piece
            return
        while piece:
            self._started = True
            if self._inflate.eof:  # a further gzip member
                self._inflate = zlib.decompressobj(zlib.MAX_WBITS | 32)
            try:
                decoded = self._inflate.decompress(piece, _SLICE)
            except zlib.error as error:
                if not self._raw_deflate_possible:
                    raise Undecodable("the answer's compression is damaged") from error
                self._inflate = zlib.decompressobj(-zlib.MAX_WBITS)  # "deflate" without zlib's header
                self._raw_deflate_possible = False
                continue
            self._raw_deflate_possible = False
            piece = self._inflate.unused_data if self._inflate.eof else self._inflate.unconsumed_tail
            if decoded:
                yield decoded

    def finish(self) -> None:
        """Call at the end: Undecodable where the body broke off."""
        if self._started and not self._plain and not self._inflate.eof:
            raise Undecodable("the answer's compression breaks off")
