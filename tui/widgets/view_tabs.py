"""The line of views: their keys, names and counts; the one shown stands out."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.message import Message

from tui.views import PROVIDER, View
from tui.widgets.fixed import FixedLines
from tui.widgets.health_strip import short_names
from tui.widgets.lines import Piece, width_of, width_of_all


def tab(place: int, title: str, count: int, *, chosen: bool) -> list[Piece]:
    """One view's tab; the first nine have their number as key."""
    key = str(place) if place <= 9 else "·"
    if chosen:
        return [(f" {key} {title} {count} ", "tab")]
    return [(f" {key}", "key"), (f" {title} ", "text"), (f"{count} ", "muted")]


def tabs_line(views: Sequence[View], counts: dict[str, int], chosen: View, width: int) -> list[list[Piece]]:
    """All tabs that fit, as pieces for each, the chosen one always among them."""
    short = short_names([view.title for view in views if view.id.startswith(PROVIDER)])
    tabs: list[list[Piece]] = []
    for names in ({}, short):
        tabs = [
            tab(place, names.get(view.title, view.title), counts[view.id], chosen=view is chosen)
            for place, view in enumerate(views, 1)
        ]
        if sum(width_of_all(pieces) for pieces in tabs) < width:
            return tabs
    here = next((place for place, view in enumerate(views) if view is chosen), 0)
    start = 0
    while start < here and sum(width_of_all(pieces) for pieces in tabs[start : here + 1]) > width - 4:
        start += 1
    return [[("‹", "muted")], *tabs[start:]] if start else tabs


class ViewTabs(FixedLines):
    """The views, in one line."""

    DEFAULT_CSS = "ViewTabs { height: 1; background: $vq-background; }"
    surface = "background"

    class Chosen(Message):
        """A click on a view."""

        def __init__(self, place: int) -> None:
            super().__init__()
            self.place = place

    def __init__(self, views: Sequence[View], *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.views = list(views)
        self.counts = {view.id: 0 for view in views}
        self.chosen = self.views[0]

    def show(self, chosen: View, counts: dict[str, int]) -> None:
        """Show this view as chosen, and these counts."""
        self.chosen, self.counts = chosen, dict(counts)
        self.renew()

    def compose_lines(self, width: int) -> list[list[Piece]]:
        """The line."""
        tabs = tabs_line(self.views, self.counts, self.chosen, width)
        line = [piece for pieces in tabs for piece in pieces]
        if width_of_all(line) > width:
            kept: list[Piece] = []
            for text, role in line:
                if width_of_all(kept) + width_of(text) > width - 2:
                    break
                kept.append((text, role))
            line = [*kept, (" " * (width - 1 - width_of_all(kept)), "text"), ("›", "muted")]
        return [line]

    def on_click(self, event: events.Click) -> None:
        """A click chooses the view under it."""
        edge = 0
        tabs = tabs_line(self.views, self.counts, self.chosen, self.size.width)
        first = len(self.views) - len([pieces for pieces in tabs if len(pieces) > 1 or pieces[0][1] == "tab"])
        for place, pieces in enumerate(tabs, first if first == 0 else first - 1):
            edge += width_of_all(pieces)
            if event.x < edge:
                self.post_message(self.Chosen(place))
                return
