"""Which keys the bottom line names: those that matter for what is chosen, never one that would be refused. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tui.actions import BY_ID, Situation, refusal
from tui.keymap import first_label
from tui.widgets.footer import Hint

_WORDS: Final = {"pane.back": "Back to list", "app.palette": "More"}
_PANES: Final[dict[str, tuple[str, ...]]] = {
    "tickets": ("move.open",),
    "incoming": ("move.open", "ticket.handled"),
    "detail": ("pane.back",),
}
_TICKET: Final = (
    "ticket.approve",
    "ticket.reject",
    "ticket.comment",
    "ticket.attach",
    "ticket.handled",
    "ticket.create",
    "list.filter",
    "list.next_unread",
    "pane.next",
    "ticket.files",
    "ticket.update",
    "ticket.link",
    "pane.zoom",
    "ticket.copy",
)
_MARKED: Final = ("ticket.handled", "ticket.unread", "ticket.snooze", "ticket.copy")
"""What can be done to all marked rows at once."""
_ALWAYS: Final = ("app.palette", "app.help", "app.quit")


def hints_for(situation: Situation, pane: str, keys: Mapping[str, tuple[str, ...]]) -> list[Hint]:
    """The hints for a pane, the most useful first."""
    found = []
    names = [*_PANES.get(pane, ()), *_TICKET]
    if situation.marked:
        names = ["list.unmark"]
        for name in _MARKED:
            if key := first_label(BY_ID[name], keys):
                found.append(Hint(key, f"{BY_ID[name].title} {situation.marked}"))
    elif situation.message is not None and situation.message.status == "held":
        names = [*_PANES.get(pane, ()), "ticket.link", "message.fail", *_TICKET]
    elif situation.wants_number or (situation.row is not None and situation.row.held):
        names = [*_PANES.get(pane, ()), "ticket.link", *_TICKET]
    for name in dict.fromkeys(names):
        action = BY_ID[name]
        key = first_label(action, keys)
        if key and not refusal(action, situation):
            found.append(Hint(key, _WORDS.get(name, action.title)))
    always = [
        Hint(first_label(BY_ID[name], keys), _WORDS.get(name, BY_ID[name].title), always=True) for name in _ALWAYS
    ]
    return [*found, *always]
