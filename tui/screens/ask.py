"""One line asked for: a note, until when a ticket is put aside, a number to follow."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tui.screens.boxed import Boxed
from tui.widgets.footer import HintLine
from tui.widgets.pasting import LineInput


class AskScreen(Boxed[str]):
    """A title, a sentence, a line that begins with `value`.

    `keep` is given what was typed where the box is left without it being taken. `check` says what is wrong with a
    text, in a sentence; empty where it is right.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "done", "Done", show=False, priority=True),
    ]

    def __init__(
        self,
        title: str,
        words: str,
        check: Callable[[str], str],
        *,
        placeholder: str = "",
        value: str = "",
        keep: Callable[[str], Coroutine[Any, Any, None]] | None = None,
    ) -> None:
        super().__init__()
        self.heading = title
        self.words = words
        self.check = check
        self.placeholder = placeholder
        self.value = value
        self.keep = keep

    def compose(self) -> ComposeResult:
        """The box."""
        with Vertical(id="box"):
            yield Static(Content(self.heading), classes="title")
            yield Static(Content(self.words), classes="words")
            line = LineInput(
                self.value, placeholder=self.placeholder, compact=True, max_length=2000, select_on_focus=False
            )
            line.cursor_blink = False
            yield line
            yield Static("", id="wrong", classes="wrong", markup=False)
            yield HintLine(("Enter, Ctrl-S", "done"), ("Esc", "leave, draft kept" if self.keep else "leave it"))

    def on_mount(self) -> None:
        """Straight to the line."""
        self.query_one(Input).focus()

    async def save_draft(self) -> None:
        """Keep what is typed now. Also called when the terminal is lost."""
        if self.keep is not None:
            await self.keep(self.query_one(Input).value)

    async def action_dismiss(self, result: str | None = None) -> None:
        """Away from it; what is typed is kept where it is worth it."""
        if self.keep is not None:
            work = self.keep(self.query_one(Input).value)
            self.app.run_worker(work, name="keep the draft", group="desk", exit_on_error=False)
        self.dismiss(None)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter takes it, where it is right."""
        self.action_done()

    def action_done(self) -> None:
        """Take it, where it is right."""
        text = self.query_one(Input).value
        wrong = self.check(text)
        if wrong:
            self.query_one("#wrong", Static).update(Content(wrong), layout=False)
            return
        self.dismiss(text.strip())
