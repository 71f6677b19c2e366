"""SafeText: what a vendor wrote, made safe to show.

A terminal obeys escape sequences, and bidirectional marks reorder what a reader sees. Both are taken out
here, once, where text enters; markup is the screen's matter (vendor text is shown without markup, always).
"""

from __future__ import annotations

import re
from typing import Final, NewType

SafeText = NewType("SafeText", str)

# Sequences go as a whole, so that their parameters do not stay behind as litter. Only what ESC begins counts: the
# one-byte C1 forms also come about where text was decoded wrongly ("\u201d" as "\xe2\x80\x9d"), and what follows
# them there is text. Their control byte goes all the same. A string without its end is no sequence either.
_SEQUENCES: Final = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI
    r"|\x1b[\]PX^_][^\x07\x1b\x9c\n]{0,4096}(?:\x07|\x1b\\|\x9c)"  # OSC, DCS, SOS, PM, APC
    r"|\x1b[ -/]*[0-~]?"  # any other escape
)
# C0 but tab and newline, DEL, C1, bidi marks and isolates, zero-width and invisible marks that hide text, tag
# characters and noncharacters, and lone surrogates, which no terminal and no file can take.
_FORBIDDEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
_PLAIN: Final = bytes(range(0x20, 0x7F)) + b"\n\t"
_NEWLINES: Final = re.compile("\r\n?|\x85|\u2028|\u2029|\x0b|\x0c")


def safe_text(value: object) -> SafeText:
    """Text of several lines: newlines and tabs stay, everything that can drive a terminal goes.

    Takes anything a JSON answer may hold; None becomes an empty string.
    """
    if value is None:
        return SafeText("")
    text = value if isinstance(value, str) else str(value)
    if _is_plain(text):
        return SafeText(text)
    text = _NEWLINES.sub("\n", text)
    return SafeText(_FORBIDDEN.sub("", _SEQUENCES.sub("", text)))


def _is_plain(text: str) -> bool:
    """Whether there is nothing to take out, found out ten times faster than by looking for it.

    What Python calls printable holds nothing that would be.
    """
    if text.isprintable():
        return True
    if text.isascii():
        return not text.encode().translate(None, _PLAIN)
    return text.replace("\n", "").replace("\t", "").isprintable()


def safe_line(value: object, limit: int | None = None) -> SafeText:
    """One line: as safe_text, with white space folded and, where asked, cut to `limit` characters."""
    text = safe_text(value)
    if "  " in text or text != text.strip() or not text.isprintable():
        text = SafeText(" ".join(text.split()))
    if limit is not None and len(text) > limit:
        text = SafeText(text[: max(0, limit - 1)] + "…")
    return text
