"""Columns of a table: which fit, and how wide each is. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tui.widgets.lines import Align

GAP = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column. `width` is fixed, or the least where `flexible`: that one takes what is left. `gap` is left free
    behind it.

    Where the flexible column would get less than its width, columns go, the highest `spare` first; 0 always stays.
    A column is there only `from_width` cells of the whole table on.
    """

    id: str
    title: str
    width: int
    flexible: bool = False
    align: Align = "left"
    spare: int = 0
    gap: int = GAP
    from_width: int = 0


def fit_columns(columns: Sequence[Column], width: int) -> tuple[Column, ...]:
    """The columns that fit in `width` cells, each with the width it gets."""
    kept = [column for column in columns if width >= column.from_width]
    while True:
        fixed = sum(column.width for column in kept if not column.flexible)
        fixed += sum(column.gap for column in kept[:-1])
        flexible = next((column for column in kept if column.flexible), None)
        left = width - fixed
        if flexible is None or left >= flexible.width:
            break
        expendable = max(kept, key=lambda column: column.spare)
        if expendable.spare == 0:
            break
        kept.remove(expendable)
    return tuple(replace(column, width=max(1, left)) if column.flexible else column for column in kept)
