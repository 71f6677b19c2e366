"""What is worth a bell at night: news of P1 and P2 tickets, an approval asked, a provider gone down. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from providers.model import TicketKey, TicketRow
from tui.desk.desk import ProviderHealth
from tui.desk.entries import InboxEntry

URGENT: Final = 2
"""Priorities up to this one ring."""
_AT_ONCE: Final = 3


@dataclass(frozen=True, slots=True)
class Alert:
    """A title and a sentence."""

    title: str
    words: str


def of_messages(new: Iterable[InboxEntry], row_of: Callable[[TicketKey], TicketRow | None]) -> list[Alert]:
    """Alerts for messages that have just come in; several at once become one."""
    found = []
    for entry in new:
        message = entry.message
        if message is None or entry.handled or entry.own_write:
            continue
        row = row_of(TicketKey(entry.provider, entry.number))
        if message.kind == "approval":
            found.append(Alert(f"Approval asked: {entry.number}", row.summary if row is not None else message.summary))
        elif row is not None and row.priority is not None and row.priority <= URGENT:
            found.append(Alert(f"P{row.priority} {entry.number}, {entry.provider}", message.summary or row.summary))
    if len(found) > _AT_ONCE:
        return [Alert(f"{len(found)} messages on P1 and P2 tickets or approvals", "u goes through them.")]
    return found


def of_health(before: Mapping[str, ProviderHealth], after: Mapping[str, ProviderHealth]) -> list[Alert]:
    """Alerts for providers that have just gone down."""
    return [
        Alert(f"{name} is down", f"{health.error or 'No answer.'} The last rows stay.")
        for name, health in after.items()
        if health.state == "down" and name in before and before[name].state != "down"
    ]
