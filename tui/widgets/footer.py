"""The bottom line: the keys that matter here, or a sentence that answers the last one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tui.widgets.fixed import FixedLines
from tui.widgets.lines import Piece, fit, width_of_all, wrap

GAP = 2
MOST = 3
"""Lines a long sentence may take of a narrow screen, until the next key."""


@dataclass(frozen=True, slots=True)
class Hint:
    """One key and what it does. `always` hints stand at the right and are never left out."""

    key: str
    words: str
    always: bool = False


def hints_line(hints: Sequence[Hint], width: int) -> list[Piece]:
    """As many hints as fit, the ones that are always there at the right."""
    fixed: list[Piece] = []
    for hint in hints:
        if hint.always:
            fixed += [(" " * GAP, "text"), *_hint(hint)]
    room = width - width_of_all(fixed) - 2
    line: list[Piece] = [(" ", "text")]
    for hint in hints:
        pieces = [*_hint(hint), (" " * GAP, "text")]
        if not hint.always and width_of_all(line) + width_of_all(pieces) - GAP <= room:
            line += pieces
    return [*line, (" " * max(0, width - 1 - width_of_all(line) - width_of_all(fixed)), "text"), *fixed]


def _hint(hint: Hint) -> list[Piece]:
    return [(hint.key, "key"), (f" {hint.words}", "muted")]


class Footer(FixedLines):
    """One line of hints. A notice stands in their place until the next key, on more lines where one cuts it."""

    DEFAULT_CSS = "Footer { height: 1; dock: bottom; background: $vq-panel; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name for it
        super().__init__(id=id)
        self.hints: tuple[Hint, ...] = ()
        self.notice = ""
        self.notice_role = "text"
        self._height = 1

    def show(self, hints: Sequence[Hint]) -> None:
        """Show these hints."""
        self.hints = tuple(hints)
        self.renew()

    def say(self, words: str, role: str = "text") -> None:
        """Show a sentence until `say` is called again; an empty one brings the hints back."""
        self.notice, self.notice_role = words, role
        self._grow()
        self.renew()

    def on_resize(self) -> None:
        """Another width: more or fewer lines."""
        self._grow()
        super().on_resize()

    def _grow(self) -> None:
        """As high as the sentence is: a change of layout, but rare, and a key was pressed for it."""
        height = len(self.compose_lines(self.size.width)) if self.size.width else 1
        if height != self._height:
            self.styles.height = self._height = height

    def compose_lines(self, width: int) -> list[list[Piece]]:
        """The line, or the lines of a sentence."""
        if not self.notice:
            return [hints_line(self.hints, width)]
        lines = wrap(self.notice, max(1, width - 2))
        if len(lines) > MOST:
            lines = [*lines[: MOST - 1], " ".join(lines[MOST - 1 :])]
        return [[(fit(f" {line}", width), self.notice_role)] for line in lines or [""]]


class HintLine(FixedLines):
    """The keys of a box, in one line at its foot."""

    DEFAULT_CSS = "HintLine { height: 1; margin-top: 1; }"
    surface = "background"

    def __init__(self, *hints: tuple[str, str]) -> None:
        super().__init__()
        self.hints = hints

    def compose_lines(self, width: int) -> list[list[Piece]]:
        """The line."""
        line: list[Piece] = []
        for key, words in self.hints:
            line += [(key, "key"), (f" {words}", "muted"), (" " * (GAP + 1), "text")]
        return [line]
