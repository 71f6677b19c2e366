"""One question before something that touches more than meets the eye."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tui.screens.boxed import Boxed
from tui.widgets.footer import HintLine


class ConfirmScreen(Boxed[bool]):
    """A title, a sentence, yes or no."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "dismiss(True)", "Yes", show=False),
        Binding("n", "dismiss(False)", "No", show=False),
    ]

    def __init__(self, title: str, question: str) -> None:
        super().__init__()
        self.heading = title
        self.question = question

    def compose(self) -> ComposeResult:
        """The box."""
        with Vertical(id="box"):
            yield Static(Content(self.heading), classes="title")
            yield Static(Content(self.question), classes="words")
            yield HintLine(("y", "yes"), ("n", "no"))
