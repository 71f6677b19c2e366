"""Views: which tickets a list is about, before any filter. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, Final

from providers.model import ENDED_STATES, TicketRow

Includes = Callable[[TicketRow], bool]

DUE_SOON: Final = timedelta(hours=4)
NEEDS_ME: Final = "needs-me"
ALL_OPEN: Final = "all-open"
CHANGES: Final = "changes"
PROVIDER: Final = "provider:"
DECIDE: Final = "a write needs your decision"
LOOK_UP: Final = "a write is unconfirmed"
APPROVE: Final = "approval asked"
LINK: Final = "our number is not linked"
ANSWER: Final = "the vendor waits for us"
OVERDUE: Final = "overdue"
DUE: Final = "due soon"
ORDERS: Final = ("urgency", "due", "updated", "opened", "number", "vendor")
"""The orders of a list; the first is what it starts with."""


@dataclass(frozen=True, slots=True)
class View:
    """A named selection of tickets. `includes(now)` gives its predicate for that time.

    `plain` views follow from a row's state, type and provider alone, whatever the time.
    """

    id: str
    title: str
    includes: Callable[[datetime], Includes]
    empty: str = "No ticket here."
    plain: bool = False


def needs_me(row: TicketRow, now: datetime, soon: datetime) -> bool:
    """Whether a ticket waits for us: an approval or an answer asked, our number wanted, a write gone wrong, due soon.

    Handled and put-aside tickets wait for nobody, unless a write of ours has no end.
    """
    if row.faulty_write:
        return True
    if row.handled or is_aside(row, now):
        return False
    if row.approval_asked or row.awaiting_us or row.held:
        return True
    return row.due_at is not None and row.due_at <= soon and row.state not in ENDED_STATES and row.state != "resolved"


def is_aside(row: TicketRow, now: datetime) -> bool:
    """Whether a ticket is put aside until later; with a write of ours that has no end it is not."""
    return row.snoozed_until is not None and row.snoozed_until > now and not row.faulty_write


def reasons(row: TicketRow, now: datetime) -> list[str]:
    """Why a ticket needs someone (DECIDE and so on), the most pressing first."""
    found = []
    if row.faulty_write:
        found.append(DECIDE if row.undecided_write else LOOK_UP)
    if row.approval_asked:
        found.append(APPROVE)
    if row.held:
        found.append(LINK)
    if row.awaiting_us:
        found.append(ANSWER)
    if row.due_at is not None and row.state not in ENDED_STATES and row.due_at <= now + DUE_SOON:
        found.append(OVERDUE if row.due_at < now else DUE)
    return found


def built_in(providers: Sequence[str]) -> list[View]:
    """The views everyone has: what needs me, all open, changes, and one for each provider."""

    def mine(now: datetime) -> Includes:
        soon = now + DUE_SOON
        return lambda row: needs_me(row, now, soon)

    def one(provider: str) -> Callable[[datetime], Includes]:
        return lambda _: lambda row: row.provider == provider and row.state not in ENDED_STATES

    return [
        View(NEEDS_ME, "Needs me", mine, "Nothing needs you. New work shows here by itself; 2 shows all that is open."),
        View(ALL_OPEN, "All open", lambda _: lambda row: row.state not in ENDED_STATES, "No open tickets.", plain=True),
        View(
            CHANGES,
            "Changes",
            lambda _: lambda row: row.type == "change" and row.state not in ENDED_STATES,
            "No open changes.",
            plain=True,
        ),
        *(View(f"{PROVIDER}{name}", name, one(name), f"No open tickets at {name}.", plain=True) for name in providers),
    ]


class Sorter:
    """Says of a row which views it is in, as of one time. Views that every row is asked for cost the most, so those
    that follow from state, type and provider alone are answered together."""

    def __init__(self, views: Sequence[View], now: datetime) -> None:
        known = {view.id for view in views}
        self._all_open = [ALL_OPEN] if ALL_OPEN in known else []
        self._changes = [CHANGES] if CHANGES in known else []
        self._asked = [(view.id, view.includes(now)) for view in views if not view.plain]
        self._providers = {
            view.id.removeprefix(PROVIDER): view.id for view in views if view.id.startswith(PROVIDER) and view.plain
        }
        self._tuples: dict[tuple[str, ...], tuple[str, ...]] = {}

    def __call__(self, row: TicketRow) -> tuple[str, ...]:
        """The ids of the views that this row is in."""
        found = [view for view, test in self._asked if test(row)]
        found += self.plain(row.provider, row.type, row.state)
        members = tuple(found)
        return self._tuples.setdefault(members, members)

    def plain(self, provider: str, kind: str, state: str) -> list[str]:
        """The ids of the plain views that tickets of this provider, type and state are in."""
        if state in ENDED_STATES:
            return []
        found = self._all_open.copy()
        if provider in self._providers:
            found.append(self._providers[provider])
        if kind == "change":
            found += self._changes
        return found


_FAR: Final = 4e10  # seconds since the epoch: the year 3237, after every due time


def order_of(name: str) -> Callable[[TicketRow], Any]:
    """What an order (one of ORDERS) goes by: newest first for times, most pressing first for urgency.

    Equals stand by number (`place_of`), so that a changed row stays where it was.
    """
    match name:
        case "due":
            # What is not due comes after, by its urgency.
            return lambda row: row.due_at.timestamp() if row.due_at else _FAR + (row.priority or 9)
        case "updated":
            return lambda row: -row.updated_at.timestamp() if row.updated_at else _FAR
        case "opened":
            return lambda row: -row.opened_at.timestamp() if row.opened_at else _FAR
        case "number":
            return number_of
        case "vendor":
            return lambda row: row.provider
        case _:
            # Priority and due time as one number: sorting numbers is several times faster than sorting pairs of them.
            return lambda row: (row.priority or 9) * _FAR * 2 + (row.due_at.timestamp() if row.due_at else _FAR)


number_of: Final = attrgetter("number")


def place_of(name: str) -> Callable[[TicketRow], Any]:
    """A row's place in an order, no two of one vendor the same."""
    order = order_of(name)
    return lambda row: (order(row), row.number)
