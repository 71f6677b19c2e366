"""What is worth a bell at night: news of P1 and P2 tickets, an approval asked, a provider gone down. Pure."""

from __future__ import annotations

from collections import Counter
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
APPROVALS: Final = "approval"
DOWN: Final = "provider"


@dataclass(frozen=True, slots=True)
class Alert:
    """A title and a sentence. `arrived` says that it is about something that came in. `kind` is what it counts as."""

    title: str
    words: str
    arrived: bool = True
    kind: str = ""


def of_messages(new: Iterable[InboxEntry], row_of: Callable[[TicketKey], TicketRow | None]) -> list[Alert]:
    """Alerts for messages that have just come in, one for each ticket: the newest message of it."""
    found: dict[TicketKey, Alert] = {}
    for entry in new:
        message, key = entry.message, TicketKey(entry.provider, entry.number)
        if message is None or entry.handled or entry.own_write or key in found:
            continue
        row = row_of(key)
        if message.kind == "approval":
            words = row.summary if row is not None else message.summary
            found[key] = Alert(f"Approval asked: {entry.number}", words, kind=APPROVALS)
        elif row is not None and row.priority is not None and row.priority <= URGENT:
            urgent = f"P{row.priority}"
            found[key] = Alert(
                f"{urgent} {entry.number}, {entry.provider}", message.summary or row.summary, kind=urgent
            )
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


def since_the_last_look(alerts: Sequence[Alert]) -> Alert:
    """What a start finds all at once, in one sentence: how much of what."""
    found = list({alert.title: alert for alert in alerts}.values())
    if len(found) == 1:
        return found[0]
    counts = Counter(alert.kind for alert in found)
    news = [f"{counts[kind]} {kind}" for kind in sorted(counts) if kind not in (APPROVALS, DOWN)]
    if asked := counts[APPROVALS]:
        news.append(f"{asked} approval{'s' if asked > 1 else ''} asked")
    if down := counts[DOWN]:
        news.append(f"{down} provider{'s' if down > 1 else ''} down")
    listed = " and ".join(filter(None, (", ".join(news[:-1]), news[-1])))
    return Alert("Since you last looked", f"{listed}. {_where(counts)}", arrived=False)


def _where(counts: Counter[str]) -> str:
    """Which list has them. An approval asked is in Needs me; news of an urgent ticket alone does not put it there."""
    if set(counts) <= {APPROVALS}:
        return "Needs me lists them."
    if set(counts) <= {DOWN}:
        return "The screen Providers tells more."
    return "Incoming lists what came in, Needs me only what waits for you."


def of_health(before: Mapping[str, ProviderHealth], after: Mapping[str, ProviderHealth]) -> list[Alert]:
    """Alerts for providers that have just gone down."""
    return [
        Alert(f"{name} is down", f"{health.error or 'No answer.'} The last rows stay.", arrived=False, kind=DOWN)
        for name, health in after.items()
        if health.state == "down" and name in before and before[name].state != "down"
    ]
