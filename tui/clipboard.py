"""Copying to the engineer's own clipboard through the terminal: OSC 52, wrapped for tmux and screen. Pure."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Final

LIMIT: Final = 48 * 1024
"""Bytes that may be copied: terminals drop longer ones, some without a word."""
_SCREEN_CHUNK: Final = 250


def copy_sequence(text: str, environ: Mapping[str, str]) -> str:
    """What to write to the terminal so that it takes `text` into the clipboard. ValueError where it is too long."""
    data = text.encode()
    if len(data) > LIMIT:
        raise ValueError(f"{len(data) // 1024} KB is more than terminals take ({LIMIT // 1024} KB)")
    sequence = f"\x1b]52;c;{base64.b64encode(data).decode()}\x07"
    if environ.get("TMUX"):
        # tmux takes the plain one with its option set-clipboard, the wrapped one with allow-passthrough.
        return sequence + "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    if environ.get("TERM", "").startswith("screen"):
        chunks = [sequence[start : start + _SCREEN_CHUNK] for start in range(0, len(sequence), _SCREEN_CHUNK)]
        return "".join(f"\x1bP{chunk}\x1b\\" for chunk in chunks)
    return sequence
