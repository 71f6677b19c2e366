"""The line of views and the line of hints."""

from __future__ import annotations

import pytest

from tui.views import built_in
from tui.widgets.footer import Hint, hints_line
from tui.widgets.lines import Piece, width_of_all
from tui.widgets.view_tabs import tabs_line

VIEWS = built_in(["ensono", "kpn-connect", "kpn-incident", "tangoe", "smartops"])
COUNTS = {view.id: 12 for view in VIEWS}


def said(tabs: list[list[Piece]]) -> str:
    """Tabs as text."""
    return "".join(text for pieces in tabs for text, _ in pieces)


@pytest.mark.parametrize("place", range(len(VIEWS)))
def test_the_chosen_view_is_always_in_sight(place: int) -> None:
    line = said(tabs_line(VIEWS, COUNTS, VIEWS[place], 80))[:79]
    assert f" {place + 1} {VIEWS[place].title[:6]}" in line


def test_every_view_has_its_key_name_and_count() -> None:
    line = said(tabs_line(VIEWS, COUNTS, VIEWS[0], 200))
    assert line.startswith(" 1 Needs me 12 ")
    assert "5 kpn-connect 12" in line


def test_names_are_cut_before_tabs_are() -> None:
    line = said(tabs_line(VIEWS, COUNTS, VIEWS[0], 118))
    assert "kpn-co 12" in line
    assert "smarto 12" in line


HINTS = [Hint("Enter", "Open"), Hint("c", "Comment"), Hint("a", "Attach"), Hint("?", "Help", always=True)]


def test_hints_that_are_always_there_are_never_left_out() -> None:
    for width in (20, 30, 80):
        line = hints_line(HINTS, width)
        text = "".join(words for words, _ in line)
        assert text.endswith("? Help")
        assert width_of_all(line) <= width
    assert "Attach" not in "".join(words for words, _ in hints_line(HINTS, 30))
