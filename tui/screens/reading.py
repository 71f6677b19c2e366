"""Screens that are read: one pane of lines, and a footer. Help and the providers' health."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from tui.messages import Notice
from tui.widgets.footer import Footer, Hint
from tui.widgets.lines import Piece
from tui.widgets.reader import Reader

HELP: Final = Binding("question_mark", "app.open_help", "Help", show=False, id="app.help")
"""The key that shows all keys, for screens beside the main one."""


class ReadingScreen(Screen[None]):
    """A subclass gives `lines`; `renew` shows them again, repainting only what differs."""

    DEFAULT_CSS = "ReadingScreen { background: $vq-background; } ReadingScreen Reader { padding: 0; }"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "dismiss", "Back", show=False), HELP]
    heading = ""
    hints: tuple[Hint, ...] = (Hint("↑ ↓", "Scroll"), Hint("Esc", "Back", always=True))

    def lines(self, width: int) -> Sequence[list[Piece]]:
        """What there is to read, in `width` cells."""
        return ()

    def compose(self) -> ComposeResult:
        """The pane and the footer."""
        yield Reader(self.heading)
        yield Footer()

    def on_mount(self) -> None:
        """Fill it once its width is known."""
        self.query_one(Reader).focus()
        self.call_after_refresh(self.renew)

    def on_resize(self) -> None:
        """Another width: other lines."""
        self.call_after_refresh(self.renew)

    def renew(self) -> None:
        """Show what is to be read now."""
        reader = self.query_one(Reader)
        reader.show(self.lines(reader.text_width), title=self.heading)
        self.query_one(Footer).show(self.hints)

    def on_notice(self, event: Notice) -> None:
        """A sentence from elsewhere."""
        self.query_one(Footer).say(event.words, event.role)
