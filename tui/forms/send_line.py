"""The end of a form: a place for the keys where Enter sends, for lines on which Ctrl-S does not arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget

from tui.widgets.lines import Piece, strip_of

if TYPE_CHECKING:
    from textual.strip import Strip

    from themes import Palette

HELP = "Enter sends it, after a look at what would be sent where that cannot be undone. Ctrl-S does so from any field."


class SendLine(Widget, can_focus=True):
    """One word to press. What it stands for is the screen's matter."""

    DEFAULT_CSS = "SendLine { height: 1; width: 1fr; margin-bottom: 1; }"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "press", "Send", show=False)]

    class Pressed(Message):
        """Enter, or a click."""

    def action_press(self) -> None:
        """Say so."""
        self.post_message(self.Pressed())

    def on_click(self) -> None:
        """A click is a press."""
        self.action_press()

    def on_focus(self) -> None:
        """Show where the keys go."""
        self.refresh()

    def on_blur(self) -> None:
        """Show where the keys no longer go."""
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """The word, lit where Enter would press it."""
        palette = cast("Palette", self.app.palette)  # type: ignore[attr-defined]
        lit = self.has_focus
        pieces: list[Piece] = [("▌" if lit else " ", "accent"), (" Send ", "tab" if lit else "strong")]
        return strip_of([*pieces, ("  Enter", "key" if lit else "muted")], self.size.width, palette)
