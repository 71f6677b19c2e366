"""What goes to standard output and standard error: JSON envelopes, plain tables, sentences.

Data goes to standard output, words to standard error. Nothing here writes an escape byte.
"""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from providers.text import safe_line, safe_text

SCHEMA: Final = 1


def print_json(parts: Mapping[str, Any]) -> None:
    """One JSON document in one line: the schema's number and the command's parts. ASCII alone, so that it is the
    same in every locale and drives no terminal."""
    sys.stdout.write(json.dumps({"schema": SCHEMA, **parts}) + "\n")
    sys.stdout.flush()


def print_data(text: str) -> None:
    """Lines of data for standard output, made safe to show."""
    sys.stdout.write(safe_text(text) + "\n")
    sys.stdout.flush()


def say(text: str) -> None:
    """A sentence for the person, on standard error."""
    sys.stderr.write(safe_text(text) + "\n")
    sys.stderr.flush()


def cells(text: str) -> int:
    """How many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(_cells_of(letter) for letter in text)


def _cells_of(letter: str) -> int:
    if unicodedata.combining(letter) or unicodedata.category(letter) in ("Me", "Mn", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def cut(text: str, width: int) -> str:
    """The text within `width` columns, with an ellipsis where something was cut."""
    if cells(text) <= width:
        return text
    kept, used = [], 0
    for letter in text:
        used += _cells_of(letter)
        if used > width - 1:
            break
        kept.append(letter)
    return "".join(kept) + "…"


def table(headings: Sequence[str], rows: Iterable[Sequence[object]], width: int | None = None) -> str:
    """Plain columns, aligned. The last column is cut to `width` columns in all where a width is given."""
    lines = [tuple(headings), *(tuple(safe_line(cell) for cell in row) for row in rows)]
    widths = [max(cells(line[column]) for line in lines) for column in range(len(headings))]
    if width is not None:
        widths[-1] = max(10, width - sum(widths[:-1]) - 2 * (len(widths) - 1))
    return "\n".join(_line(line, widths, width is not None) for line in lines)


def _line(line: Sequence[str], widths: Sequence[int], bounded: bool) -> str:
    padded = [text + " " * (width - cells(text)) for text, width in zip(line[:-1], widths, strict=False)]
    last = cut(line[-1], widths[-1]) if bounded else line[-1]
    return "  ".join([*padded, last]).rstrip()


def terminal_width() -> int | None:
    """The width to cut tables to: the terminal's; None where standard output is no terminal."""
    if not sys.stdout.isatty():
        return None
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or None
    except OSError:
        return None
