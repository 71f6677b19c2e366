"""The characters beyond ASCII that the dashboard draws with, and what stands for each where only ASCII may."""

from __future__ import annotations

from typing import Final

_PAIRS: Final = {
    "─": "-",
    "│": "|",
    "┬": "+",
    "╭": "+",
    "╮": "+",
    "╰": "+",
    "╯": "+",
    "┃": "|",
    "━": "=",
    "▌": ">",
    "◆": "*",
    "●": "+",
    "◐": "~",
    "✕": "X",
    "‖": "=",
    "○": "o",
    "▲": "!",
    "✓": "v",
    "▸": ">",
    "›": ">",
    "‹": "<",
    "·": ".",
    "…": "~",
    "–": "-",
    "↓": "v",
    "↑": "^",
    "→": ">",
    "█": "#",
    "▊": "|",
    "▎": "|",
    "▔": "-",
    "▁": "_",
}
ASCII: Final = {ord(glyph): plain for glyph, plain in _PAIRS.items()}
"""A table for str.translate: every glyph of ours to one ASCII character of the same width."""
