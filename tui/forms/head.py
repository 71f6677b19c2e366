"""Lines that say where one is, what a field wants, and which keys do what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, cast

from textual.widget import Widget

from tui.widgets.fixed import FixedLines
from tui.widgets.footer import Hint, hints_line
from tui.widgets.lines import Piece, fit, spread, strip_of, width_of, wrap

if TYPE_CHECKING:
    from textual.strip import Strip

    from themes import Palette

LOUD: Final = frozenset({"bad", "warning"})
"""Roles of sentences that stand in the hints' place: they answer the last key, and must not be cut for it."""


class Heading(Widget):
    """A title with a remark beside it; `say` puts a sentence in the remark's place."""

    DEFAULT_CSS = "Heading { height: 1; width: 1fr; }"

    def __init__(self, title: str, remark: str = "", *, surface: str = "background") -> None:
        super().__init__()
        self.title = title
        self.remark: Piece = (remark, "muted")
        self.surface = surface

    def say(self, sentence: str, role: str = "muted") -> None:
        """Say something in the remark's place."""
        self.remark = (sentence, role)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Title at the left, remark after it."""
        palette = cast("Palette", self.app.palette)  # type: ignore[attr-defined]
        pieces: list[Piece] = [(self.title, "accent"), ("   ", "text"), self.remark]
        return strip_of(pieces, self.size.width, palette, self.surface)


class FieldHelp(FixedLines):
    """What the field that has the keys wants, whole: where a field's own line would cut it, or what is wrong with it.

    At the right, which field of how many that is.
    """

    DEFAULT_CSS = "FieldHelp { height: 2; }"
    surface = "background"

    def __init__(self) -> None:
        super().__init__()
        self.words: Piece = ("", "muted")
        self.place = ""

    def say(self, words: str, place: str, role: str = "muted") -> None:
        """Say it of another field."""
        if (self.words, self.place) != ((words, role), place):
            self.words, self.place = (words, role), place
            self.renew()

    def compose_lines(self, width: int) -> list[list[Piece]]:
        """At most two lines; the second may take the whole width."""
        words, role = self.words
        found = wrap(words, max(10, width - width_of(self.place) - 4)) or [""]
        first: list[Piece] = spread([(" ", "text"), (found[0], role)], [(self.place, "muted"), (" ", "text")], width)
        rest = " ".join(found[1:])
        return [first, [(f" {fit(rest, width - 2) if rest else ''}", role)]]


class Hints(FixedLines):
    """Keys and what they do; the last of them always stands at the right. What is going on is said among them."""

    DEFAULT_CSS = "Hints { height: 1; }"

    def __init__(self, hints: Sequence[tuple[str, str]], *, surface: str = "panel") -> None:
        super().__init__()
        self.surface = surface
        self.hints = tuple(hints)
        self.status: Piece = ("", "muted")

    def say(self, sentence: str, role: str = "muted") -> None:
        """Say what is going on: quietly at the right, or in the hints' place where it must be read."""
        if self.status != (sentence, role):
            self.status = (sentence, role)
            self.renew()

    def holds(self, sentence: str) -> bool:
        """Whether a sentence in the hints' place can be read whole."""
        last = self.hints[-1]
        return width_of(sentence) <= self.size.width - width_of(last[0]) - width_of(last[1]) - 5

    def compose_lines(self, width: int) -> list[list[Piece]]:
        """The line."""
        sentence, role = self.status
        *some, last = [Hint(key, words) for key, words in self.hints]
        always = Hint(last.key, last.words, always=True)
        if sentence and role in LOUD:
            end = hints_line([always], width_of(last.key) + width_of(last.words) + 4)
            return [spread([(f" {sentence}", role)], end, width)]
        if sentence:
            quiet: list[Piece] = [(f"  {sentence} ", role)]
            return [[*hints_line([*some, always], width - width_of(sentence) - 3), *quiet]]
        return [hints_line([*some, always], width)]
