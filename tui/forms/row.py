"""One field of a form: its name, how much of its limit is used, what is wrong with it, and where one types."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.suggester import SuggestFromList
from textual.widget import Widget
from textual.widgets import Input, TextArea

from providers.base import Field, Kind
from tui.forms.choice import ChoiceLine
from tui.forms.plan import counter
from tui.widgets.lines import Piece, spread, strip_of
from tui.widgets.pasting import LineInput, TextInput
from tui.words import sentences

if TYPE_CHECKING:
    from textual.strip import Strip

    from themes import Palette

SEVERAL_LINES = frozenset({Kind.TEXT, Kind.PAIRS, Kind.TABLE})
_HINTS = {
    Kind.LOCAL_TIME: "YYYY-MM-DD HH:MM",
    Kind.PAIRS: "name = value, one a line",
    Kind.TABLE: "name = value, one a line; an empty line begins the next item",
}
_KEYS = {Kind.CHOICE: "← → or a first letter chooses.", Kind.TEXT: "Ctrl-G opens it in your editor."}
NEARLY = 0.9
"""From this share of a limit on its counter is coloured."""


class FieldHead(Widget):
    """The line over a field. It changes with each letter typed, so it is one line that never lays anything out."""

    DEFAULT_CSS = "FieldHead { height: 1; width: 1fr; }"

    def __init__(self, field: Field) -> None:
        super().__init__()
        self.field = field
        self.issue = ""
        self.length = ""
        self.lit = False

    @property
    def help(self) -> str:
        """What the field wants, in words."""
        words = self.field.help or _HINTS.get(self.field.kind, "")
        if self.field.required_when:
            words = f"Needed when {self.field.required_when}. {words}"
        return words

    def light(self, lit: bool) -> None:
        """Show whether the keys go to this field."""
        if lit != self.lit:
            self.lit = lit
            self.refresh()

    def show(self, issue: str, length: str) -> None:
        """Show what is wrong and the counter, where they differ from what is shown."""
        if (issue, length) != (self.issue, self.length):
            self.issue, self.length = issue, length
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Title, mark, help or issue; the counter at the right."""
        palette = cast("Palette", self.app.palette)  # type: ignore[attr-defined]
        left: list[Piece] = [
            ("▌" if self.lit else " ", "accent"),
            (self.field.title, "accent" if self.lit else "strong"),
        ]
        if self.field.required:
            left.append((" *", "accent"))
        if self.issue:
            left.append((f"  ! {self.issue}", "bad"))
        else:
            left.append((f"  {self.help}", "muted"))
        right: list[Piece] = [(self.length, self._length_role())] if self.length else []
        return strip_of(spread(left, right, self.size.width), self.size.width, palette)

    def _length_role(self) -> str:
        used, _, limit = self.length.partition("/")
        if int(used) > int(limit):
            return "bad"
        return "warning" if int(used) >= NEARLY * int(limit) else "muted"


class FieldRow(Vertical):
    """A field with its head. `text` is what is typed, whatever the widget."""

    DEFAULT_CSS = """
    FieldRow { height: auto; margin: 0 0 1 0; }
    FieldRow Input, FieldRow TextArea { background: $vq-panel; color: $vq-text; }
    FieldRow Input.-textual-compact { height: 1; border: none; padding: 0 1; }
    FieldRow TextArea { height: 6; border: none; padding: 0 1; }
    FieldRow.tall { height: 1fr; min-height: 8; }
    FieldRow.tall TextArea { height: 1fr; }
    """

    class Changed(Message):
        """What is typed in a field has changed."""

        def __init__(self, row: FieldRow) -> None:
            super().__init__()
            self.row = row

        @property
        def control(self) -> FieldRow:
            """The row it happened in."""
            return self.row

    def __init__(self, field: Field, text: str, *, tall: bool = False) -> None:
        super().__init__(classes="tall" if tall else "")
        self.field = field
        self.head = FieldHead(field)
        self.input = _input_for(field, text)
        self.touched = False

    def compose(self) -> ComposeResult:
        """Head over input."""
        yield self.head
        yield self.input

    @property
    def text(self) -> str:
        """What is typed or chosen."""
        if isinstance(self.input, TextArea):
            return self.input.text
        return self.input.value

    @text.setter
    def text(self, text: str) -> None:
        if isinstance(self.input, TextArea):
            self.input.text = text
        elif isinstance(self.input, Input):
            self.input.value = text
        else:
            self.input.choose(text)

    @property
    def help(self) -> tuple[str, str]:
        """What is wrong with it, else what it wants and the keys it takes; and the role to show that in."""
        if self.head.issue:
            return f"! {self.head.issue}", "bad"
        need = "Required." if self.field.required else ""
        takes = "→ takes what is suggested." if self.field.suggestions else ""
        return sentences(need, self.head.help, _KEYS.get(self.field.kind, ""), takes), "muted"

    def show(self, issue: str) -> None:
        """Show an issue (none where empty) and the counter."""
        self.head.show(issue, counter(self.field, self.text))

    def on_input_changed(self, event: Input.Changed) -> None:
        """A line was changed."""
        event.stop()
        self._say_changed()

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """A text was changed."""
        event.stop()
        self._say_changed()

    def on_choice_line_changed(self, event: ChoiceLine.Changed) -> None:
        """Another value was chosen."""
        event.stop()
        self._say_changed()

    def _say_changed(self) -> None:
        self.post_message(self.Changed(self))


def _input_for(field: Field, text: str) -> Input | TextArea | ChoiceLine:
    if field.kind is Kind.CHOICE:
        return ChoiceLine(field.choices, text, required=field.required and bool(text))
    if field.kind in SEVERAL_LINES:
        area = TextInput(text, soft_wrap=True, tab_behavior="focus", compact=True, highlight_cursor_line=False)
        area.cursor_blink = False
        return area
    line = LineInput(
        value=text,
        password=field.kind is Kind.SECRET,
        suggester=SuggestFromList(field.suggestions, case_sensitive=False) if field.suggestions else None,
        select_on_focus=False,
        compact=True,
    )
    line.cursor_blink = False
    return line
