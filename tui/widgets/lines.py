"""Pieces of a line: a text with a role, cut and padded to cells, put together to a Strip."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final, Literal

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.strip import Strip

if TYPE_CHECKING:
    from themes import Palette

Piece = tuple[str, str]
"""A text and the role it is drawn in (a key of themes.STYLES)."""
Align = Literal["left", "right"]
ELLIPSIS: Final = "…"


def width_of(text: str) -> int:
    """How many cells a text takes."""
    return len(text) if text.isascii() else cell_len(text)


def fit(text: str, width: int, align: Align = "left", ellipsis: str = ELLIPSIS) -> str:
    """A text in exactly `width` cells: padded, or cut with an ellipsis."""
    if width <= 0:
        return ""
    size = width_of(text)
    if size > width:
        return set_cell_size(text, width - 1) + ellipsis if width > 1 else ellipsis
    blank = " " * (width - size)
    return text + blank if align == "left" else blank + text


def width_of_all(pieces: Iterable[Piece]) -> int:
    """How many cells pieces take together."""
    return sum(width_of(text) for text, _ in pieces)


def strip_of(pieces: Sequence[Piece], width: int, palette: Palette, surface: str = "background") -> Strip:
    """A line of exactly `width` cells; what is too long is cut, what is left is blank."""
    segments: list[Segment] = []
    left = width
    text_before, role_before = "", ""
    for whole, role in pieces:
        if left <= 0:
            break
        text = whole if width_of(whole) <= left else fit(whole, left)
        left -= width_of(text)
        if role == role_before:
            text_before += text
            continue
        if text_before:
            segments.append(Segment(text_before, palette.style(role_before, surface)))
        text_before, role_before = text, role
    if left > 0:
        if role_before not in ("", "text", "muted", "faint", "strong"):
            segments.append(Segment(text_before, palette.style(role_before, surface)))
            text_before, role_before = "", "text"
        text_before += " " * left
    if text_before:
        segments.append(Segment(text_before, palette.style(role_before or "text", surface)))
    return Strip(segments, width)


def spread(left: Sequence[Piece], right: Sequence[Piece], width: int, gap: int = 2) -> list[Piece]:
    """Pieces at both ends of a line. Where both do not fit, the left is cut and the right stays whole."""
    right_width = width_of_all(right)
    room = max(0, width - right_width - (gap if right else 0))
    kept: list[Piece] = []
    for whole, role in left:
        if room <= 0:
            break
        text = fit(whole, room) if width_of(whole) > room else whole
        kept.append((text, role))
        room -= width_of(text)
    blank = max(0, width - width_of_all(kept) - right_width)
    return [*kept, (" " * blank, "text"), *right]


def wrap(text: str, width: int) -> list[str]:
    """Text in lines of at most `width` cells, broken at spaces where there are any; newlines are kept."""
    lines: list[str] = []
    for paragraph in text.expandtabs(4).split("\n"):
        lines.extend(_wrap_paragraph(paragraph.rstrip(), max(1, width)))
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _wrap_paragraph(paragraph: str, width: int) -> list[str]:
    if width_of(paragraph) <= width:
        return [paragraph]
    indent = paragraph[: len(paragraph) - len(paragraph.lstrip(" "))][: width // 2]
    lines: list[str] = []
    line = indent
    for word in paragraph.split():
        candidate = f"{line} {word}" if line.strip() else f"{line}{word}"
        if width_of(candidate) <= width:
            line = candidate
            continue
        if line.strip():
            lines.append(line)
        line = indent + word
        while width_of(line) > width:
            head = _head(line, width)
            lines.append(head)
            line = line[len(head) :]
    lines.append(line)
    return lines


def _head(text: str, width: int) -> str:
    """As much of a text as fits, at least one character."""
    if text.isascii():
        return text[:width]
    size = 0
    for index, character in enumerate(text):
        size += cell_len(character)
        if size > width:
            return text[: max(1, index)]
    return text
