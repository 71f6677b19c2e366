"""All keys and what they do, made from the registry; the filter's grammar; what the signs mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tui import filters
from tui.actions import ACTIONS, GROUPS, Action
from tui.keymap import labels
from tui.screens.reading import ReadingScreen
from tui.widgets.lines import Piece, fit, wrap
from tui.widgets.story import Line, heading

FIRST = (
    "Every key works in every pane. Lower-case keys are for every day; capitals change a ticket's state at the vendor. "
    "What cannot be done here and now says why. The colon finds any action by name."
)
KEYS = 20
TITLE = 16
SIGNS = (
    ("●", "good", "the provider answers"),
    ("◐", "warning", "its last good poll is late"),
    ("✕", "bad", "it is down: what is shown is what was last known"),
    ("○", "muted", "not yet read"),
    ("▲", "warning", "needs you"),
    ("◆", "accent", "a marked row"),
    ("┃", "us", "in a timeline: what we wrote"),
)


def help_lines(keys: Mapping[str, tuple[str, ...]], width: int) -> list[Line]:
    """The whole of the help."""
    lines: list[Line] = [[(text, "text")] for text in wrap(FIRST, width)]
    for group in GROUPS:
        lines += heading(group, width)
        for action in ACTIONS:
            if action.group == group and not _is_later_view(action):
                lines += _action(action, keys, width)
    lines += heading("The filter line", width)
    for key, note in filters.KEYS.items():
        lines += _row(f"{key}:", "", note, width)
    lines += _row("any text", "", "in the summary or the numbers; - in front turns a term round", width)
    lines += heading("Signs", width)
    for glyph, role, words in SIGNS:
        first, *rest = wrap(words, width - 4)
        lines += [[(f"{glyph}   ", role), (first, "text")], *([("    ", "text"), (text, "text")] for text in rest)]
    return lines


def _is_later_view(action: Action) -> bool:
    return action.id.startswith("view.") and action.id[5:].isdigit() and action.id != "view.1"


def _action(action: Action, keys: Mapping[str, tuple[str, ...]], width: int) -> list[Line]:
    if action.id == "view.1":
        return _row("1 … 9", "Views", "Show a view of the line at the top.", width)
    return _row(labels(keys[action.id]), action.title, action.help, width)


def _row(keys: str, title: str, words: str, width: int) -> list[Line]:
    indent = KEYS + (TITLE if title else 0)
    if width < indent + 30:
        return [
            [(fit(keys, KEYS), "key"), (title, "strong")],
            *([("    ", "text"), (text, "muted")] for text in wrap(words, width - 4)),
        ]
    first, *rest = wrap(words, width - indent)
    head: list[Piece] = [(fit(keys, KEYS), "key"), *([(fit(title, TITLE), "text")] if title else []), (first, "muted")]
    return [head, *([(" " * indent, "text"), (text, "muted")] for text in rest)]


class HelpScreen(ReadingScreen):
    """The help."""

    heading = "Help"

    def __init__(self, keys: Mapping[str, tuple[str, ...]]) -> None:
        super().__init__()
        self.keys = keys

    def lines(self, width: int) -> Sequence[list[Piece]]:
        """All of it."""
        return help_lines(self.keys, width)
