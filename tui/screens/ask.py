"""One line asked for: a note, until when a ticket is put aside, a number to follow."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Final, Protocol

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tui.screens.boxed import Boxed
from tui.widgets.footer import HintLine
from tui.widgets.pasting import LineInput

AUTOSAVE_SECONDS: Final = 1.0


class Kept(Protocol):
    """A draft: what was typed before and never taken."""

    text: str

    async def save(self, text: str) -> None:
        """Keep this in its place; nothing where it is blank."""

    async def leave(self, text: str) -> None:
        """The same, and say so where the box was."""


class AskScreen(Boxed[str]):
    """A title, a sentence, a line that begins with `value`, or with the draft; where there can be one, what is typed is
    kept until it is taken.

    `check` says what is wrong with a text, in a sentence; empty where it is right.
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
        draft: Kept | None = None,
    ) -> None:
        super().__init__()
        self.heading = title
        self.words = words
        self.check = check
        self.placeholder = placeholder
        self.draft = draft
        self.value = draft.text if draft is not None else value
        self._saved = self.value

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
            yield HintLine(
                ("Enter, Ctrl-S", "done"), ("Esc", "leave, draft kept" if self.draft is not None else "leave it")
            )

    def on_mount(self) -> None:
        """Straight to the line."""
        self.query_one(Input).focus()
        if self.draft is not None:
            self.set_interval(AUTOSAVE_SECONDS, self.save_draft)

    @property
    def text(self) -> str:
        """What is typed."""
        return self.query_one(Input).value

    async def save_draft(self) -> None:
        """Keep what is typed now, where it is not. Also called when the terminal is lost."""
        text = self.text
        if self.draft is not None and text != self._saved:
            self._saved = text
            await self.draft.save(text)

    async def action_dismiss(self, result: str | None = None) -> None:
        """Away from it; what is typed is kept where it is worth it."""
        if self.draft is not None:
            work = self.draft.leave(self.text)
            self.app.run_worker(work, name="keep the draft", group="desk", exit_on_error=False)
        self.dismiss(None)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter takes it, where it is right."""
        self.action_done()

    def action_done(self) -> None:
        """Take it, where it is right; of an empty line what stands there in grey."""
        text = self.text if self.text.strip() else self.placeholder
        wrong = self.check(text)
        if wrong:
            self.query_one("#wrong", Static).update(Content(wrong), layout=False)
            return
        self.dismiss(text.strip())
