"""Which columns fit."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.widgets.columns import Column, fit_columns

COLUMNS = (
    Column(id="p", title="P", width=1, gap=1),
    Column(id="number", title="Number", width=10),
    Column(id="summary", title="Summary", width=20, flexible=True),
    Column(id="vendor", title="Vendor", width=6, spare=1),
    Column(id="state", title="State", width=8, spare=2),
    Column(id="age", title="Age", width=5, spare=3, from_width=80),
)


def names(width: int) -> list[str]:
    """The columns that fit."""
    return [column.id for column in fit_columns(COLUMNS, width)]


def test_the_flexible_column_takes_what_is_left() -> None:
    fitted = fit_columns(COLUMNS, 100)
    assert [column.id for column in fitted] == ["p", "number", "summary", "vendor", "state", "age"]
    assert sum(column.width for column in fitted) + sum(column.gap for column in fitted[:-1]) == 100


def test_the_most_spare_columns_go_first() -> None:
    assert names(60) == ["p", "number", "summary", "vendor", "state"]
    assert names(45) == ["p", "number", "summary", "vendor"]
    assert names(36) == ["p", "number", "summary"]


def test_columns_that_are_not_spare_always_stay() -> None:
    assert names(10) == ["p", "number", "summary"]


@given(st.integers(1, 300))
def test_what_fits_never_needs_more_room_than_there_is_unless_nothing_can_go(width: int) -> None:
    fitted = fit_columns(COLUMNS, width)
    needed = sum(column.width for column in fitted) + sum(column.gap for column in fitted[:-1])
    assert needed == width or (len(fitted) == 3 and needed > width)
