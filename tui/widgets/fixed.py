"""Widgets of a fixed number of lines: the strip, the views, the footer. A change repaints the lines that differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from textual.geometry import Region
from textual.widget import Widget

from tui.widgets.lines import Piece, strip_of

if TYPE_CHECKING:
    from textual.strip import Strip

    from themes import Palette


class FixedLines(Widget):
    """Some lines of pieces. A subclass gives them in `compose_lines`; `renew` compares and repaints.

    `surface` is what it is drawn on: `background` or `panel`.
    """

    DEFAULT_CSS = "FixedLines { height: 1; width: 1fr; overflow: hidden hidden; }"
    surface = "panel"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name for it
        super().__init__(id=id)
        self._lines: list[list[Piece]] = []

    @property
    def palette(self) -> Palette:
        """The theme's colours."""
        return cast("Palette", self.app.palette)  # type: ignore[attr-defined]

    def compose_lines(self, width: int) -> Sequence[Sequence[Piece]]:
        """What each line says in `width` cells."""
        return ()

    def renew(self) -> None:
        """Work the lines out again and repaint those that differ."""
        if not self.size.width:
            return
        before, self._lines = self._lines, [list(line) for line in self.compose_lines(self.size.width)]
        for y in range(self.size.height):
            if _at(before, y) != _at(self._lines, y):
                self.refresh(Region(0, y, self.size.width, 1))

    def on_resize(self) -> None:
        """Another width: other lines."""
        self._lines = []
        self.renew()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        return strip_of(_at(self._lines, y), self.size.width, self.palette, self.surface)


def _at(lines: Sequence[list[Piece]], y: int) -> list[Piece]:
    return lines[y] if y < len(lines) else []
