"""All actions by name, with their keys, and for those that cannot be done here and now the reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Input

from tui.actions import ACTIONS, Action, Situation, refusal
from tui.keymap import first_label
from tui.screens.boxed import Boxed
from tui.widgets.columns import Column
from tui.widgets.lines import Piece
from tui.widgets.says import Says
from tui.widgets.table import Table

if TYPE_CHECKING:
    from textual import events

COLUMNS = (
    Column(id="title", title="Action", width=15),
    Column(id="key", title="Key", width=9),
    Column(id="words", title="", width=20, flexible=True),
)


def matching(text: str) -> list[Action]:
    """The actions whose title, help or id holds each word of `text`, the nearest first.

    The title itself comes before one that starts with the text, and that before one of whose words does. Of equals,
    what only opens or shows something comes before what acts on a ticket, and a short title before a long one.
    Without a text, what only moves in a list and the views by number, which all have keys of their own, are left out.
    """
    words = text.casefold().split()
    found = [
        action
        for action in ACTIONS
        if action.id != "app.palette" and (words or not (action.where == "table" or _is_numbered(action)))
        if all(word in f"{action.title} {action.help} {action.id} {action.command}".casefold() for word in words)
    ]
    return sorted(found, key=lambda action: _distance(action, " ".join(words))) if words else found


def _is_numbered(action: Action) -> bool:
    return action.id.startswith("view.") and action.id[5:].isdigit()


def _distance(action: Action, text: str) -> tuple[int, bool, int]:
    title = action.title.casefold()
    if title == text:
        rank = 0
    elif title.startswith(text):
        rank = 1
    else:
        rank = 2 if any(word.startswith(text) for word in title.split()) else 3
    return rank, bool(action.needs), len(title)


class PaletteScreen(Boxed[str]):
    """A line to type in, the actions that match, and under them what there is to say of the chosen one, whole.

    Answers its id.
    """

    DEFAULT_CSS = """
    PaletteScreen > #box { width: 88; height: 22; padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, situation: Situation, keys: Mapping[str, tuple[str, ...]]) -> None:
        super().__init__()
        self.keys = keys
        self.refusals = {action.id: refusal(action, situation) for action in ACTIONS}

    def compose(self) -> ComposeResult:
        """The line and the list."""
        with Vertical(id="box"):
            line = Input(placeholder="Type what you want to do", compact=True)
            line.cursor_blink = False
            yield line
            table = Table[Action](
                COLUMNS,
                self._cells,
                key_of=lambda action: action.id,
                title="Actions",
                empty="No action is called that.",
                show_header=False,
                lit=True,
            )
            table.can_focus = False
            yield table
            yield Says()

    def _cells(self, action: Action) -> dict[str, Piece]:
        words = self.refusals[action.id]
        return {
            "title": (action.title, "muted" if words else "text"),
            "key": (first_label(action, self.keys), "key" if not words else "muted"),
            "words": (words or action.help, "muted"),
        }

    @property
    def table(self) -> Table[Action]:
        """The list."""
        return cast("Table[Action]", self.query_one(Table))

    def on_mount(self) -> None:
        """Everything, until something is typed."""
        self.query_one(Input).focus()
        self.table.set_rows(matching(""))
        self.call_after_refresh(self.say_of_chosen)

    def say_of_chosen(self) -> None:
        """What the chosen action does, or why it cannot be done: a row may cut it."""
        action = self.table.cursor_row
        why = self.refusals[action.id] if action is not None else ""
        self.query_one(Says).say(why or (action.help if action is not None else ""), "warning" if why else "muted")

    def on_table_moved(self) -> None:
        """Another one is chosen."""
        self.say_of_chosen()

    def on_input_changed(self, event: Input.Changed) -> None:
        """What matches."""
        self.table.set_rows(matching(event.value))
        self.table.action_end(-1)
        self.say_of_chosen()

    def on_input_submitted(self) -> None:
        """Enter does the chosen one."""
        action = self.table.cursor_row
        self.dismiss(action.id if action is not None else None)

    def on_key(self, event: events.Key) -> None:
        """The arrows move in the list while the line has the keys."""
        steps = {"down": 1, "up": -1, "pagedown": 10, "pageup": -10}
        if event.key in steps:
            event.stop()
            self.table.action_step(steps[event.key])
