"""Tables for spreadsheets and for Markdown, where a cell must stay a cell. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What makes a spreadsheet compute a cell instead of showing it."""


def as_csv(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """RFC 4180 with line feeds. A cell that a spreadsheet would take for a formula begins with an apostrophe."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(headings)
    writer.writerows([defused(cell) for cell in row] for row in rows)
    return stream.getvalue()


def defused(cell: object) -> str:
    """A cell's text that no spreadsheet computes."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text


def as_markdown(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table whose cells hold no markup of their own."""
    lines = [_row(headings), _row(["---"] * len(headings))]
    return "\n".join([*lines, *(_row([escaped(cell) for cell in row]) for row in rows)])


def escaped(text: object) -> str:
    """Text in one line that Markdown shows as it stands."""
    line = " ".join(str("" if text is None else text).split())
    return "".join(f"\\{letter}" if letter in "\\`*_[]<>|~" else letter for letter in line)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
