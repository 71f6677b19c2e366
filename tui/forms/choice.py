"""One of a few values on one line: no list drops over the screen, which costs bytes and hides what one reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget

from providers.base import Choice
from tui.widgets.lines import Piece, strip_of, width_of_all

if TYPE_CHECKING:
    from textual import events
    from textual.strip import Strip

    from themes import Palette


class ChoiceLine(Widget, can_focus=True):
    """Choices side by side; left and right, or the character a value begins with, choose one.

    An optional choice begins with none, and backspace returns to that.
    """

    DEFAULT_CSS = "ChoiceLine { height: 1; width: 1fr; padding: 0 1; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,space", "step(1)", "Next", show=False),
        Binding("left", "step(-1)", "Previous", show=False),
        Binding("backspace,delete", "clear", "None", show=False),
    ]

    class Changed(Message):
        """Another value is chosen."""

        def __init__(self, line: ChoiceLine) -> None:
            super().__init__()
            self.line = line

        @property
        def control(self) -> ChoiceLine:
            """The line it happened in."""
            return self.line

    def __init__(self, choices: Sequence[Choice], value: str = "", *, required: bool = False) -> None:
        super().__init__()
        self.choices = tuple(choices)
        self.required = required
        self.value = value if any(choice.value == value for choice in choices) else ""

    @property
    def index(self) -> int:
        """Which one is chosen; -1 for none."""
        return next((place for place, choice in enumerate(self.choices) if choice.value == self.value), -1)

    def choose(self, value: str) -> None:
        """Choose a value (empty: none) and say so."""
        if value != self.value:
            self.value = value
            self.refresh()
            self.post_message(self.Changed(self))

    def action_step(self, by: int) -> None:
        """To the next or previous one, round the end."""
        place = self.index + by if self.index >= 0 or by > 0 else len(self.choices) - 1
        self.choose(self.choices[place % len(self.choices)].value)

    def action_clear(self) -> None:
        """Back to none."""
        if not self.required:
            self.choose("")

    def on_key(self, event: events.Key) -> None:
        """A character chooses the next value whose label or value begins with it."""
        if event.character is None or not event.character.isalnum():
            return
        wanted = event.character.casefold()
        size = len(self.choices)
        for distance in range(1, size + 1):
            choice = self.choices[(self.index + distance) % size]
            if (choice.label or choice.value).casefold().startswith(wanted):
                self.choose(choice.value)
                event.stop()
                return

    def on_focus(self) -> None:
        """Show where the keys go."""
        self.refresh()

    def on_blur(self) -> None:
        """Show where the keys no longer go."""
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """All choices where they fit, else the chosen one between arrows."""
        palette = cast("Palette", self.app.palette)  # type: ignore[attr-defined]
        width = self.size.width
        pieces = self._all()
        if width_of_all(pieces) > width:
            pieces = self._one()
        return strip_of(pieces, width, palette, "panel" if self.has_focus else "background")

    def _all(self) -> list[Piece]:
        pieces: list[Piece] = []
        for choice in self.choices:
            chosen = choice.value == self.value
            role = ("accent" if self.has_focus else "strong") if chosen else "muted"
            pieces.append((f"{'(*)' if chosen else '( )'} {choice.label or choice.value}   ", role))
        return pieces

    def _one(self) -> list[Piece]:
        place = self.index
        label = (self.choices[place].label or self.choices[place].value) if place >= 0 else "none"
        return [
            ("< ", "key"),
            (label, "strong" if place >= 0 else "muted"),
            (" >", "key"),
            (f"   {place + 1} of {len(self.choices)}", "muted"),
        ]
