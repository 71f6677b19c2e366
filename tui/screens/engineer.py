"""Who is at the keys: asked at start where neither the config nor the environment says so."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from providers.model import Engineer
from providers.text import safe_line
from tui.screens.boxed import Boxed
from tui.widgets.footer import HintLine

FIELDS = (("name", "Name"), ("email", "E-mail"), ("phone", "Telephone"))


class EngineerScreen(Boxed[Engineer]):
    """Three lines; the name alone is needed."""

    def compose(self) -> ComposeResult:
        """The box."""
        with Vertical(id="box"):
            yield Static(Content("Who is at the keys?"), classes="title")
            yield Static(
                Content(
                    "Your name stands in every preview and in the audit log; vendors that want a contact get it with "
                    "e-mail and telephone. [engineer] in the config keeps it."
                ),
                classes="words",
            )
            for name, label in FIELDS:
                yield Static(Content(label), classes="label")
                line = Input(id=name, max_length=120, compact=True)
                line.cursor_blink = False
                yield line
            yield Static("", id="wrong", classes="wrong", markup=False)
            yield HintLine(("Enter", "next line, then done"), ("Esc", "look around first"))

    def on_mount(self) -> None:
        """Start with the name."""
        self.query_one("#name").focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter goes on; after the last line it is done."""
        if event.input.id != FIELDS[-1][0]:
            self.focus_next()
            return
        values = {name: str(safe_line(self.query_one(f"#{name}", Input).value)) for name, _ in FIELDS}
        if not values["name"]:
            self.query_one("#wrong", Static).update(Content("A name is needed."), layout=False)
            self.query_one("#name").focus()
            return
        self.dismiss(Engineer(**values))
