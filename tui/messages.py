"""What crosses widgets, screens and the app, each message typed. Widgets' own messages stand in their classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

from providers.model import TicketKey

if TYPE_CHECKING:
    from tui.desk.desk import DeskEvent


class DeskChanged(Message):
    """The store has changed: one event or several that came close together, for every pane that may care."""

    def __init__(self, events: tuple[DeskEvent, ...]) -> None:
        super().__init__()
        self.events = events

    def touches(self, subject: str) -> bool:
        """Whether something of this subject changed."""
        return any(event.subject == subject for event in self.events)

    def keys(self, subject: str) -> frozenset[TicketKey] | None:
        """Which keys of a subject changed; None where it may be all of them."""
        found: set[TicketKey] = set()
        for event in self.events:
            if event.subject == subject:
                if not event.keys:
                    return None
                found |= event.keys
        return frozenset(found)


class FormRequested(Message):
    """Open the form for an action (an Operation's value, or `note`, `snooze`, `track`).

    `keys` are the tickets it is about, held from now on whatever the cursor does: none for a new ticket, several
    only where they were marked. `message_id` is the message it answers, where it answers one.
    """

    def __init__(self, action: str, keys: tuple[TicketKey, ...], message_id: str = "") -> None:
        super().__init__()
        self.action = action
        self.keys = keys
        self.message_id = message_id

    @property
    def key(self) -> TicketKey | None:
        """The ticket, where it is about one."""
        return self.keys[0] if self.keys else None


class Notice(Message):
    """A sentence for the bottom line, calmly. `role` is `text`, `good`, `warning` or `bad`."""

    def __init__(self, words: str, role: str = "text") -> None:
        super().__init__()
        self.words = words
        self.role = role
