"""Lines that say where one is and which keys do what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from textual.widget import Widget

from tui.widgets.lines import Piece, spread, strip_of

if TYPE_CHECKING:
    from textual.strip import Strip

    from themes import Palette


class Heading(Widget):
    """A title with a remark beside it; `say` puts a sentence in the remark's place."""

    DEFAULT_CSS = "Heading { height: 1; width: 1fr; }"

    def __init__(self, title: str, remark: str = "", *, surface: str = "background") -> None:
        super().__init__()
        self.title = title
        self.remark: Piece = (remark, "muted")
        self.surface = surface

    def say(self, sentence: str, role: str = "muted") -> None:
        """Say something in the remark's place."""
        self.remark = (sentence, role)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Title at the left, remark after it."""
        palette = cast("Palette", self.app.palette)  # type: ignore[attr-defined]
        pieces: list[Piece] = [(self.title, "accent"), ("   ", "text"), self.remark]
        return strip_of(pieces, self.size.width, palette, self.surface)


class Hints(Widget):
    """Keys and what they do, and at the right what is going on."""

    DEFAULT_CSS = "Hints { height: 1; width: 1fr; dock: bottom; }"

    def __init__(self, hints: Sequence[tuple[str, str]], *, surface: str = "panel") -> None:
        super().__init__()
        self.hints = tuple(hints)
        self.status: Piece = ("", "muted")
        self.surface = surface

    def say(self, sentence: str, role: str = "muted") -> None:
        """Show at the right what is going on."""
        if self.status != (sentence, role):
            self.status = (sentence, role)
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """The hints, cut where the status needs the room."""
        palette = cast("Palette", self.app.palette)  # type: ignore[attr-defined]
        left: list[Piece] = [(" ", "text")]
        for key, what in self.hints:
            left += [(key, "key"), (f" {what}   ", "muted")]
        right = [self.status, (" ", "text")] if self.status[0] else []
        return strip_of(spread(left, right, self.size.width), self.size.width, palette, self.surface)
