"""Whether this dashboard may read a queue: asked once for each provider, and remembered."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tui.screens.boxed import Boxed
from tui.widgets.footer import HintLine


class ConsumeScreen(Boxed[tuple[str, bool]]):
    """Says what reading the queue means, and takes yes or no."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "Read it here", show=False),
        Binding("n", "answer(False)", "Do not", show=False),
    ]

    def __init__(self, provider: str, title: str) -> None:
        super().__init__()
        self.provider = provider
        self.vendor = title

    def compose(self) -> ComposeResult:
        """The box."""
        with Vertical(id="box"):
            yield Static(Content(f"Read the message queue of {self.provider} here?"), classes="title")
            yield Static(
                Content(
                    f"{self.vendor} hands each message to one reader only. If this dashboard reads the queue, everyone "
                    "else who shares the key gets those messages no more, your company's own bridge included.\n\n"
                    "With no, the lists still follow what the store knows; the strip says that the queue is not read "
                    "here. The answer is remembered; `consume` in the config settles it for good."
                ),
                classes="words",
            )
            yield HintLine(("y", "read it here"), ("n", "do not read it"), ("Esc", "ask next time"))

    def action_answer(self, yes: bool) -> None:
        """Yes or no."""
        self.dismiss((self.provider, yes))
