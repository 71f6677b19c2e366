"""Markdown tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table, without its empty columns; an empty text where there are no rows."""
    cells = [[cell(item) for item in row] for row in rows]
    if not cells:
        return ""
    kept = [place for place in range(len(headings)) if any(row[place] for row in cells)]
    lines = [
        [headings[place] for place in kept],
        ["---"] * len(kept),
        *([row[place] for place in kept] for row in cells),
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def cell(item: object) -> str:
    """One cell: a bar and a line break would end it, and what stands in angle brackets would be taken for HTML."""
    parts = " ".join(str(item).split()).replace("|", "\\|").split("`")
    return "`".join(part if number % 2 else part.replace("<", "&lt;") for number, part in enumerate(parts))


def code(text: object) -> str:
    """Something to be typed as it stands; empty where there is nothing."""
    return f"`{text}`" if str(text) else ""


def sentence(text: str) -> str:
    """Words with a capital and a full stop."""
    text = " ".join(text.split())
    stop = "" if not text or text.endswith((".", "!", "?", "…")) else "."
    return f"{text[:1].upper()}{text[1:]}{stop}"
