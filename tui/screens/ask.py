"""One line asked for: a note, until when a ticket is put aside, a number to follow."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tui.screens.boxed import Boxed
from tui.widgets.footer import HintLine


class AskScreen(Boxed[str]):
    """A title, a sentence, a line that begins with `value`.

    `check` says what is wrong with a text, in a sentence; empty where it is right.
    """

    def __init__(
        self, title: str, words: str, check: Callable[[str], str], *, placeholder: str = "", value: str = ""
    ) -> None:
        super().__init__()
        self.heading = title
        self.words = words
        self.check = check
        self.placeholder = placeholder
        self.value = value

    def compose(self) -> ComposeResult:
        """The box."""
        with Vertical(id="box"):
            yield Static(Content(self.heading), classes="title")
            yield Static(Content(self.words), classes="words")
            line = Input(self.value, placeholder=self.placeholder, compact=True, max_length=2000, select_on_focus=False)
            line.cursor_blink = False
            yield line
            yield Static("", id="wrong", classes="wrong", markup=False)
            yield HintLine(("Enter", "done"), ("Esc", "leave it"))

    def on_mount(self) -> None:
        """Straight to the line."""
        self.query_one(Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter takes it, where it is right."""
        wrong = self.check(event.value)
        if wrong:
            self.query_one("#wrong", Static).update(Content(wrong), layout=False)
            return
        self.dismiss(event.value.strip())
