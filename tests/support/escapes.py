"""What a program wrote to its terminal, taken apart by ECMA-48, and which of it a dashboard may write."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["text", "csi", "string", "escape", "control"]

_TOKEN: Final = re.compile(
    r"(?P<csi>(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~])"
    r"|(?P<string>(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x1b\x1b[^\x07\x1b]*)*(?:\x07|\x1b\\|\x9c))"
    r"|(?P<escape>\x1b[ -/]*[0-~]?)"
    r"|(?P<control>[\x00-\x1a\x1c-\x1f\x7f-\x9f])"
    r"|(?P<text>[^\x00-\x1f\x7f-\x9f]+)"
)
_CLIPBOARD: Final = re.compile(r"\x1b\]52;c;(?P<data>[A-Za-z0-9+/=]*)\x07")
ALLOWED: Final = re.compile(
    r"\x1b\[\d+;\d+H"  # go to a place
    r"|\x1b\[\d*[CG]"  # go right, go to a column
    r"|\x1b\[2J"  # clear, before all is drawn again
    r"|\x1b\[[\d;]*m"  # colours and attributes
    r"|\x1b\[\?(?:7|25|1004|1049|2004|2026|2048)[hl]"  # wrap, cursor, focus, screen, paste, whole frames, size
    r"|\x1b\[\?(?:2026|2048)\$p"  # asks whether the terminal knows the last two
    r"|\x1b\[>\d+u|\x1b\[<u"  # keyboard protocol, on and off
    r"|\x1b\]22;[a-z-]*\x07"  # the pointer's shape
)
MOUSE: Final = re.compile(r"\x1b\[\?(?:1000|1003|1006|1015|1016)[hl]")
"""Only where the config takes the mouse."""
_LAYOUT: Final = re.compile(
    "[\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A run of text, a control character, or one whole sequence: `csi`, `string` (OSC, DCS and such), `escape`."""

    kind: Kind
    text: str


def tokens(written: bytes) -> Iterator[Token]:
    """All that was written, in order, nothing left out. UnicodeDecodeError where it is no UTF-8."""
    text = written.decode()
    for found in _TOKEN.finditer(text):
        kind: Kind = found.lastgroup  # type: ignore[assignment]  # the groups are named for the kinds
        yield Token(kind, found[0])


def is_allowed(token: Token) -> bool:
    """Whether a dashboard may write this at any time. Copying is judged by `copied`."""
    if token.kind == "text":
        return not _LAYOUT.search(token.text)
    return ALLOWED.fullmatch(token.text) is not None


def strays(written: bytes) -> list[str]:
    """What a dashboard must not write, as it came: sequences, controls, and marks that reorder or hide text."""
    return [token.text for token in tokens(written) if not is_allowed(token)]


def clipboard(found: Iterable[str]) -> list[str]:
    """Of strays, the ones that set the clipboard, each as base64; AssertionError for anything else among them."""
    data = []
    for text in found:
        match = _CLIPBOARD.fullmatch(text)
        assert match is not None, f"not ours to write: {text!r}"
        data.append(match["data"])
    return data
