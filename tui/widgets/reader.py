"""A pane of lines to read: scrolled by keys, painted only where a line changed, never laid out anew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.scroll_view import ScrollView

from tui.widgets.lines import Piece, spread, strip_of, width_of_all

if TYPE_CHECKING:
    from textual import events
    from textual.strip import Strip

    from themes import Palette


class Reader(ScrollView, can_focus=True):
    """Lines under a title. `divided` draws a thin rule at its left edge."""

    DEFAULT_CSS = """
    Reader { height: 1fr; width: 1fr; overflow: hidden hidden; scrollbar-size: 0 0; background: $vq-background; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "scroll_lines(1)", "Down", show=False, id="move.down"),
        Binding("up,k", "scroll_lines(-1)", "Up", show=False, id="move.up"),
        Binding("pagedown,ctrl+f,ctrl+d", "scroll_pages(1)", "Page down", show=False, id="move.page_down"),
        Binding("pageup,ctrl+b,ctrl+u", "scroll_pages(-1)", "Page up", show=False, id="move.page_up"),
        Binding("home,g", "scroll_ends(-1)", "First", show=False, id="move.first"),
        Binding("end,G", "scroll_ends(1)", "Last", show=False, id="move.last"),
    ]
    MARGIN = 1

    def __init__(self, title: str = "", *, divided: bool = False, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.title = title
        self.summary: list[Piece] = []
        self.divided = divided
        self.lines: Sequence[list[Piece]] = ()
        self.top = 0

    @property
    def palette(self) -> Palette:
        """The theme's colours."""
        return cast("Palette", self.app.palette)  # type: ignore[attr-defined]

    @property
    def text_width(self) -> int:
        """How many cells a line may take."""
        return max(10, self.size.width - 2 * self.MARGIN - 1 - (1 if self.divided else 0))

    @property
    def page_size(self) -> int:
        """How many lines are in sight."""
        return max(1, self.size.height - 1)

    def show(
        self, lines: Sequence[list[Piece]], *, title: str, summary: Sequence[Piece] = (), top: int | None = None
    ) -> None:
        """Show these lines; from `top` on, or from where it stood."""
        before = [self._pieces(y) for y in range(self.size.height)]
        self.lines, self.title, self.summary = lines, title, list(summary)
        self.top = self._within(self.top if top is None else top)
        for y in range(self.size.height):
            if self._pieces(y) != before[y]:
                self.refresh(Region(0, y, self.size.width, 1))

    def _within(self, top: int) -> int:
        return min(max(0, top), max(0, len(self.lines) - self.page_size))

    def _go(self, top: int) -> None:
        if (top := self._within(top)) != self.top:
            self.top = top
            self.refresh()

    def action_scroll_lines(self, lines: int) -> None:
        """Scroll by some lines."""
        self._go(self.top + lines)

    def action_scroll_pages(self, pages: int) -> None:
        """Scroll by what is in sight, less two lines to hold on to."""
        self._go(self.top + pages * max(1, self.page_size - 2))

    def action_scroll_ends(self, direction: int) -> None:
        """To the first or the last line."""
        self._go(0 if direction < 0 else len(self.lines))

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        return strip_of(self._pieces(y), self.size.width, self.palette)

    def _pieces(self, y: int) -> list[Piece]:
        edge: list[Piece] = [("┬" if y == 0 else "│", "faint")] if self.divided else []
        if y == 0:
            return [*edge, *self._title_line(self.size.width - len(edge))]
        place = self.top + y - 1
        line = self.lines[place] if place < len(self.lines) else []
        return [*edge, (" " * self.MARGIN, "text"), *line]

    def _title_line(self, width: int) -> list[Piece]:
        left: list[Piece] = [("─", "faint"), (f" {self.title} ", "accent" if self.has_focus else "muted")]
        below = len(self.lines) - self.top - self.page_size
        summary = [*self.summary, *([(f" ↓ {below} more", "muted")] if below > 0 else [])]
        right: list[Piece] = [(" ", "faint"), *summary, (" ─", "faint")] if summary else [("─", "faint")]
        rule = width - width_of_all(left) - width_of_all(right)
        return [*left, ("─" * rule, "faint"), *right] if rule >= 0 else spread(left, right, width, gap=0)

    def on_resize(self) -> None:
        """Another height: the end may have come nearer."""
        self.top = self._within(self.top)
        self.refresh()

    def on_focus(self) -> None:
        """The title looks different now."""
        self.refresh(Region(0, 0, self.size.width, 1))

    def on_blur(self) -> None:
        """The title looks different now."""
        self.refresh(Region(0, 0, self.size.width, 1))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel scrolls."""
        event.stop()
        self.action_scroll_lines(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel scrolls."""
        event.stop()
        self.action_scroll_lines(-3)
