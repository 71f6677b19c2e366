"""Pieces of a line, cut and padded to cells."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

import themes
from tui.widgets.lines import fit, spread, strip_of, width_of, width_of_all, wrap

text = st.text(alphabet="ab é漢字\U0001f525\u0301", max_size=40)
pieces = st.lists(st.tuples(text, st.sampled_from(["text", "muted", "bad", "cursor"])), max_size=5)


@given(text, st.integers(0, 30), st.sampled_from(["left", "right"]))
def test_a_text_is_fitted_to_exactly_its_cells(value: str, width: int, align: str) -> None:
    assert cell_len(fit(value, width, align)) == width  # type: ignore[arg-type]


@given(pieces, st.integers(1, 60))
def test_a_line_has_exactly_its_cells(line: list[tuple[str, str]], width: int) -> None:
    strip = strip_of(line, width, themes.load(themes.DEFAULT))
    assert sum(cell_len(segment.text) for segment in strip) == width


@given(text, st.integers(2, 30))
def test_wrapped_lines_fit_and_hold_every_word(value: str, width: int) -> None:
    lines = wrap(value, width)
    assert all(width_of(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(value.split())


def test_wrapping_keeps_paragraphs_and_indents() -> None:
    assert wrap("one two\n\n  three four", 9) == ["one two", "", "  three", "  four"]


def test_a_word_longer_than_the_line_is_broken() -> None:
    assert wrap("abcdefgh", 3) == ["abc", "def", "gh"]


def test_an_overlong_left_side_is_cut_and_the_right_side_stays_whole() -> None:
    line = spread([("a very long left side", "text")], [("right", "muted")], 16)
    assert width_of_all(line) == 16
    assert line[-1] == ("right", "muted")
    assert line[0][0].endswith("…")


def test_neighbours_of_one_role_become_one_segment() -> None:
    strip = strip_of([("a", "text"), ("b", "text"), ("c", "bad")], 5, themes.load(themes.DEFAULT))
    assert [segment.text for segment in strip] == ["ab", "c", "  "]
