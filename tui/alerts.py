"""What is worth a bell at night: news of P1 and P2 tickets, an approval asked, a provider gone down. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from providers.model import TicketKey, TicketRow

if TYPE_CHECKING:
    from tui.desk.desk import ProviderHealth
    from tui.desk.entries import InboxEntry

URGENT: Final = 2
"""Priorities up to this one ring."""
SHOWN: Final = 3
"""So many titles a toast for several alerts names."""


@dataclass(frozen=True, slots=True)
class Alert:
    """A title and a sentence. `arrived` says that it is about something that came in."""

    title: str
    words: str
    arrived: bool = True


def of_messages(new: Iterable[InboxEntry], row_of: Callable[[TicketKey], TicketRow | None]) -> list[Alert]:
    """Alerts for messages that have just come in, one for each ticket: the newest message of it."""
    found: dict[TicketKey, Alert] = {}
    for entry in new:
        message, key = entry.message, TicketKey(entry.provider, entry.number)
        if message is None or entry.handled or entry.own_write or key in found:
            continue
        row = row_of(key)
        if message.kind == "approval":
            found[key] = Alert(f"Approval asked: {entry.number}", row.summary if row is not None else message.summary)
        elif row is not None and row.priority is not None and row.priority <= URGENT:
            found[key] = Alert(f"P{row.priority} {entry.number}, {entry.provider}", message.summary or row.summary)
    return list(found.values())


def together(alerts: Sequence[Alert]) -> Alert:
    """Several alerts as one: there is never more than one toast on the screen."""
    found = list({alert.title: alert for alert in alerts}.values())
    if len(found) == 1:
        return found[0]
    titles = [alert.title for alert in found[:SHOWN]]
    more = [f"and {len(found) - SHOWN} more"] if len(found) > SHOWN else []
    what = "things came in" if all(alert.arrived for alert in found) else "things to know"
    return Alert(f"{len(found)} {what}", "\n".join([*titles, *more]))


def of_health(before: Mapping[str, ProviderHealth], after: Mapping[str, ProviderHealth]) -> list[Alert]:
    """Alerts for providers that have just gone down."""
    return [
        Alert(f"{name} is down", f"{health.error or 'No answer.'} The last rows stay.", arrived=False)
        for name, health in after.items()
        if health.state == "down" and name in before and before[name].state != "down"
    ]
