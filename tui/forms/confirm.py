"""A question before something that matters, with all that it is about in sight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Final, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView

from providers.model import Preview
from providers.text import safe_text
from tui.forms.head import Heading, Hints
from tui.screens.boxed import Boxed
from tui.widgets.lines import Piece, strip_of, wrap

if TYPE_CHECKING:
    from textual.strip import Strip

    from themes import Palette


CHROME: Final = 10
"""Lines of a screen that are not for the text of a question: the box, its heading and keys, and what is round it."""


class Lines(ScrollView, can_focus=True):
    """Text to read, wrapped and scrolled, without markup. `grows`: as high as its text is, as far as there is room."""

    DEFAULT_CSS = "Lines { height: 1fr; scrollbar-size: 0 0; background: $vq-background; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "scroll_down", "Down", show=False),
        Binding("up,k", "scroll_up", "Up", show=False),
        Binding("pagedown", "page_down", "Page down", show=False),
        Binding("pageup", "page_up", "Page up", show=False),
    ]

    class Moved(Message):
        """Other lines, or more or fewer of them, are in sight."""

    def __init__(self, paragraphs: Sequence[Piece], *, surface: str = "background", grows: bool = False) -> None:
        super().__init__()
        self.paragraphs = tuple(paragraphs)
        self.surface = surface
        self.grows = grows
        self._lines: list[Piece] = []

    def on_resize(self) -> None:
        """Wrap to the new width."""
        width = max(1, self.size.width)
        self._lines = [
            (line, role) for text, role in self.paragraphs for line in (wrap(str(safe_text(text)), width) or [""])
        ]
        self.virtual_size = Size(width, len(self._lines))
        if self.grows:
            self.styles.height = max(1, min(len(self._lines), self.app.size.height - CHROME))
        self.refresh()
        self.post_message(self.Moved())

    @property
    def below(self) -> int:
        """Lines that are under those in sight."""
        return max(0, len(self._lines) - self.scroll_offset.y - self.size.height)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Other lines are in sight."""
        super().watch_scroll_y(old_value, new_value)
        self.post_message(self.Moved())

    def render_line(self, y: int) -> Strip:
        """The line in sight."""
        palette = cast("Palette", self.app.palette)  # type: ignore[attr-defined]
        place = y + self.scroll_offset.y
        pieces = [self._lines[place]] if place < len(self._lines) else []
        return strip_of(pieces, self.size.width, palette, self.surface)


class ConfirmScreen(Boxed[bool]):
    """Ends with True for yes. Enter alone never says yes to what cannot be undone: `key` does."""

    DEFAULT_CSS = """
    ConfirmScreen > #box { width: 96; padding: 0 1; }
    ConfirmScreen Lines { margin: 1 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,n", "answer(False)", "Back", show=False)]

    def __init__(self, title: str, remark: str, paragraphs: Sequence[Piece], *, yes: str, key: str = "y") -> None:
        super().__init__()
        self.heading = Heading(title, remark)
        self.lines = Lines(paragraphs, grows=True)
        self._answers = (key, yes), ("Esc", "back")
        self.hints = Hints(self._answers, surface="background")
        self._key = key

    def compose(self) -> ComposeResult:
        """Question, what it is about, the answers."""
        with Vertical(id="box"):
            yield self.heading
            yield self.lines
            yield self.hints

    def on_mount(self) -> None:
        """The keys scroll; the answer is a key of its own."""
        self._bindings.bind(self._key, "answer(True)", "Yes")
        self.lines.focus()

    def on_lines_moved(self) -> None:
        """How much is out of sight, and the keys to it where anything is."""
        lines, (yes, back) = self.lines, self._answers
        scrolls = lines.virtual_size.height > lines.size.height
        self.hints.hints = (yes, ("↑↓", "scroll"), back) if scrolls else (yes, back)
        self.hints.status = (f"↓ {lines.below} more" if lines.below else "", "muted")
        self.hints.renew()

    def action_answer(self, yes: bool) -> None:
        """End with this answer."""
        self.dismiss(yes)


def preview_paragraphs(preview: Preview, engineer: str) -> list[Piece]:
    """A preview as text: the warnings, the request, its body."""
    paragraphs: list[Piece] = [(f"! {warning}", "warning") for warning in preview.warnings]
    if paragraphs:
        paragraphs.append(("", "text"))
    paragraphs.append((f"as {engineer}" if engineer else "no engineer is configured", "muted"))
    paragraphs.append((f"{preview.method} {preview.path}", "strong"))
    paragraphs.append((preview.body, "text"))
    return paragraphs
