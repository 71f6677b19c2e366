"""The filter line: what is typed, how to go on, and how much it hides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.suggester import Suggester
from textual.widgets import Input, Static

from tui import filters
from tui.widgets.lines import fit, width_of
from tui.widgets.still_input import StillInput

if TYPE_CHECKING:
    from textual import events

    from tui.app import VendorqApp


class FilterSuggester(Suggester):
    """Goes on with what the grammar knows: keys, then a key's values."""

    def __init__(self, vendors: Sequence[str]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self.vendors = vendors

    async def get_suggestion(self, value: str) -> str | None:
        """The first way to complete the last word, where it is the only one or more than a letter is typed."""
        offers = filters.completions(value, len(value), self.vendors)
        for offer in offers:
            whole = value[: offer.start] + offer.value
            if whole != value and whole.startswith(value) and offer.start < len(value):
                return whole
        return None


class FilterLine(Horizontal):
    """One line in the place of the footer, there only while a filter is typed."""

    DEFAULT_CSS = """
    FilterLine { height: 1; display: none; dock: bottom; background: $vq-panel; }
    FilterLine > #filter-sign { width: 9; color: $vq-accent; text-style: bold; padding: 0 1; }
    FilterLine > Input { width: 2fr; height: 1; border: none; padding: 0; background: $vq-panel; color: $vq-text; }
    FilterLine > Input:focus { border: none; background-tint: $vq-panel 0%; }
    FilterLine > #filter-says { width: 3fr; height: 1; text-align: right; padding: 0 1; color: $vq-muted; }
    """

    class Changed(Message):
        """Another text stands in the line."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Left(Message):
        """The keys go back to the list; `kept` is false where the filter is given up with that."""

        def __init__(self, *, kept: bool) -> None:
            super().__init__()
            self.kept = kept

    def __init__(self, vendors: Sequence[str], *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._vendors = vendors

    def compose(self) -> ComposeResult:
        """A sign, the input, and what it comes to."""
        yield Static("Filter", id="filter-sign", markup=False)
        line = StillInput(
            suggester=FilterSuggester(self._vendors),
            placeholder="vendor:ensono p:<=2 due:<4h is:unread or any text",
            select_on_focus=False,
            compact=True,
        )
        line.cursor_blink = False
        yield line
        yield Static("", id="filter-says", markup=False)

    @property
    def text(self) -> str:
        """What is typed."""
        return self.query_one(Input).value

    def open(self) -> None:
        """Show the line and take the keys."""
        self.display = True
        self.query_one(Input).focus()

    def close(self) -> None:
        """Take the line away; what is typed stays."""
        self.display = False

    def clear(self) -> None:
        """Empty the line and take it away."""
        line = self.query_one(Input)
        with line.prevent(Input.Changed):
            line.value = ""
        self.display = False

    def say(self, *said: str) -> None:
        """What the filter comes to, or what is wrong with it: the first of these that there is room for.

        Where there is room for none, the last, from its start.
        """
        says = self.query_one("#filter-says", Static)
        room = max(10, says.size.width - 2)
        words = next((one for one in said if width_of(one) <= room), said[-1])
        says.update(Content(fit(words, room).rstrip()), layout=False)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Another letter."""
        event.stop()
        self.post_message(self.Changed(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter keeps the filter and gives the keys back."""
        event.stop()
        self.post_message(self.Left(kept=bool(event.value.strip())))

    def on_key(self, event: events.Key) -> None:
        """Escape gives the filter up; down goes to the list; tab takes the suggestion."""
        if event.key in ("enter", "escape", "down", "pagedown"):
            # What is typed next is for the list, which has not got the keys yet.
            cast("VendorqApp", self.app).typed.wait_for(self.Left)
        if event.key == "escape":
            event.stop()
            self.post_message(self.Left(kept=False))
        elif event.key in ("down", "pagedown"):
            event.stop()
            self.post_message(self.Left(kept=True))
        elif event.key == "tab":
            event.stop()
            event.prevent_default()
            self.query_one(Input).action_cursor_right()
