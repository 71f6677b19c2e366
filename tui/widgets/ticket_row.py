"""How one ticket looks in the list. Pure: a row and a time in, cells out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from providers.model import ENDED_STATES, TicketRow
from tui.views import ANSWER, APPROVE, DECIDE, DUE, DUE_SOON, LINK, LOOK_UP, OVERDUE, is_aside, reasons
from tui.widgets.columns import Column
from tui.widgets.lines import Piece, width_of
from tui.widgets.times import age, countdown

NUMBER_WIDTHS: Final = (9, 14)
_ROLES: Final = {1: "bad", 2: "warning"}
_NEEDS: Final = {
    DECIDE: "decide",
    LOOK_UP: "look-up",
    APPROVE: "approval",
    LINK: "our no.",
    ANSWER: "answer",
    OVERDUE: "overdue",
    DUE: "due soon",
}


def columns_for(rows: Sequence[TicketRow], vendor_width: int, *, needs: bool) -> tuple[Column, ...]:
    """The list's columns; that of the numbers is as wide as the numbers are, within NUMBER_WIDTHS.

    `needs`: why each ticket needs someone comes before its state.
    """
    longest = max((width_of(row.number) for row in rows), default=0)
    number = min(max(longest, NUMBER_WIDTHS[0]), NUMBER_WIDTHS[1])
    return (
        Column(id="priority", title="P", width=1, gap=1),
        Column(id="number", title="Number", width=number),
        Column(id="summary", title="Summary", width=24, flexible=True),
        Column(id="vendor", title="Vendor", width=vendor_width, spare=2),
        Column(id="needs", title="Needs", width=8, spare=1 if needs else 5),
        Column(id="state", title="State", width=9, spare=4 if needs else 1),
        Column(id="age", title="Moved", width=5, align="right", spare=3, from_width=88),
        Column(id="due", title="Due", width=6, align="right"),
    )


def cells(row: TicketRow, now: datetime, vendors: Mapping[str, str], *, left_behind: bool = False) -> dict[str, Piece]:
    """A row's cells by column id. `left_behind` says that it is no longer in this view.

    The flag beside the row says that it needs someone (▲), is put aside (‖) or has something new in it (•).
    """
    quiet = left_behind or row.state in ENDED_STATES
    words = "muted" if quiet else "strong" if row.unread else "text"
    waits = [] if quiet else reasons(row, now)
    flag = ("▲", "warning") if waits else ("•", "accent") if row.unread else (" ", "text")
    needs = (_NEEDS[waits[0]] if waits else "", "warning")
    if is_aside(row, now) and not quiet:
        flag, needs = ("‖", "muted"), ("aside", "muted")
    due = _due_role(row, now, quiet=quiet)
    return {
        "flag": flag,
        "priority": (str(row.priority or "·"), "muted" if quiet else _ROLES.get(row.priority or 9, "muted")),
        "number": (row.number, words),
        "summary": (row.summary or "(no summary)", words),
        "vendor": (vendors.get(row.provider, row.provider), "muted"),
        "needs": needs,
        "state": ("left view" if left_behind else row.state, "muted"),
        "age": (age(row.updated_at, now), "muted"),
        "due": (countdown(row.due_at, now), due),
    }


def _due_role(row: TicketRow, now: datetime, *, quiet: bool) -> str:
    if row.due_at is None or quiet or row.state == "resolved":
        return "muted"
    if row.due_at < now:
        return "bad"
    return "warning" if row.due_at - now <= DUE_SOON else "muted"
