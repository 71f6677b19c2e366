"""A sentence under a list: whole, where a row has no room for it."""

from __future__ import annotations

from tui.widgets.fixed import FixedLines
from tui.widgets.lines import Piece, wrap


class Says(FixedLines):
    """A sentence in at most three lines."""

    DEFAULT_CSS = "Says { height: 3; margin-top: 1; }"
    surface = "background"

    def __init__(self) -> None:
        super().__init__()
        self.words: Piece = ("", "text")

    def say(self, words: str, role: str = "text") -> None:
        """Say something else."""
        self.words = (words, role)
        self.renew()

    def compose_lines(self, width: int) -> list[list[Piece]]:
        """The sentence, wrapped."""
        words, role = self.words
        return [[(text, role)] for text in wrap(words, width)]
