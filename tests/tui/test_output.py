"""Tables, JSON lines and pages: aligned, cut to the terminal, without a byte that drives it."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.csv_text import as_csv, as_markdown, defused, escaped
from tui.output import cells, cut, print_data, print_json, table

CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def test_columns_are_aligned_by_what_they_take_on_screen() -> None:
    text = table(("A", "B", "C"), [("漢字", "x", "one"), ("ab", "yy", "two")])
    assert text.splitlines() == ["A     B   C", "漢字  x   one", "ab    yy  two"]


def test_the_last_column_is_cut_to_the_terminal() -> None:
    lines = table(("NUMBER", "SUMMARY"), [("e-CS1", "x" * 200)], width=40).splitlines()
    assert max(cells(line) for line in lines) == 40
    assert lines[1].endswith("…")


@given(text=st.text(), width=st.integers(1, 40))
def test_a_cut_text_fits(text: str, width: int) -> None:
    assert cells(cut(text, width)) <= max(width, 0) or cells(text) <= width


@given(st.lists(st.tuples(st.text(), st.text()), min_size=1))
def test_no_row_breaks_its_line_or_drives_the_terminal(rows: list[tuple[str, str]]) -> None:
    text = table(("A", "B"), rows)
    assert len(text.split("\n")) == len(rows) + 1
    assert not CONTROLS.search(text)


def test_json_is_one_line_of_ascii_with_its_schema(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"tickets": [{"summary": "Zürich\n漢字\x9b31m\u202e"}]})
    printed = capsys.readouterr().out
    assert printed.isascii()
    assert printed.count("\n") == 1
    assert json.loads(printed) == {"schema": 1, "tickets": [{"summary": "Zürich\n漢字\x9b31m\u202e"}]}


def test_hostile_text_is_shown_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    print_data("a\x1b[31mb\x1b]52;c;AAAA\x07c\u202ed [/b]")
    assert capsys.readouterr().out == "abcd [/b]\n"


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "\r=1"])
def test_a_formula_is_defused(cell: str) -> None:
    assert defused(cell).startswith("'")
    assert cell in as_csv(["x"], [[cell]]).replace('""', '"')


def test_plain_cells_stay_as_they_are() -> None:
    assert as_csv(["a", "b"], [["x,y", None], [3, "ok"]]) == 'a,b\n"x,y",\n3,ok\n'


def test_markdown_cells_hold_no_markup() -> None:
    text = as_markdown(["a"], [["x | y\n<b>[l](http://x)*_`"]])
    assert text.splitlines()[2] == f"| {escaped('x | y <b>[l](http://x)*_`')} |"
    assert "<b>" not in text
    assert "[l](" not in text
