"""The handover: what came in since a time, what was answered, what waits. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from providers.codec import format_time
from tui import documents, words
from tui.csv_text import escaped
from tui.views import DUE_SOON, needs_me, reasons

if TYPE_CHECKING:
    from providers.model import Engineer, TicketRow
    from tui.desk.entries import InboxEntry, OutboxEntry
    from tui.desk.reports import ProviderHealth

SHIFT: Final = timedelta(hours=12)
"""How far a handover looks back where nobody says."""


_DECISIONS: Final = frozenset({"approve", "reject"})
_ANSWERS: Final = _DECISIONS | {"comment", "resolve", "close", "reopen", "cancel"}
"""Writes that answer what came in for a ticket before them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What came in for one ticket: the newest of it, how much in all, and whether all of it was handled."""

    newest: InboxEntry
    count: int
    handled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """What the next on call wants to know. Messages and writes oldest first, tickets the most urgent first."""

    since: datetime
    until: datetime
    engineer: str
    came_in: tuple[InboxEntry, ...]
    answered: tuple[OutboxEntry, ...]
    undecided: tuple[OutboxEntry, ...]
    waiting: tuple[TicketRow, ...]
    health: tuple[ProviderHealth, ...]

    @property
    def arrivals(self) -> tuple[Arrival, ...]:
        """What came in and we have not answered since, one for each ticket, by its newest, oldest first."""
        tickets: dict[tuple[str, str], list[InboxEntry]] = {}
        for entry in self.came_in:
            if not self._is_answered(entry):
                tickets.setdefault((entry.provider, entry.number or entry.id), []).append(entry)
        found = (
            Arrival(newest=entries[-1], count=len(entries), handled=all(entry.handled for entry in entries))
            for entries in tickets.values()
        )
        return tuple(sorted(found, key=lambda arrival: arrival.newest.received_at))

    @property
    def came_in_title(self) -> str:
        """What to call the arrivals: how many tickets, and how many of all messages nobody has handled."""
        unhandled = words.counted(sum(not entry.handled for entry in self.came_in), "message")
        return f"Came in ({words.counted(len(self.arrivals), 'ticket')}, {unhandled} not handled)"

    def _is_answered(self, entry: InboxEntry) -> bool:
        """Whether a write of ours went to the ticket after this came; an approval is answered by a decision alone."""
        asked = entry.message is not None and entry.message.kind == "approval"
        return any(
            (done.write.provider, done.write.number) == (entry.provider, entry.number)
            and done.write.action in (_DECISIONS if asked else _ANSWERS)
            and done.created_at >= entry.received_at
            for done in self.answered
        )


def handover(
    rows: Sequence[TicketRow],
    messages: Sequence[InboxEntry],
    outbox: Sequence[OutboxEntry],
    health: Sequence[ProviderHealth],
    *,
    engineer: Engineer,
    since: datetime,
    now: datetime,
) -> Handover:
    """Put it together from what the desk knows: all rows, and messages and writes since then, settled ones included.

    What a vendor sends to confirm a write of ours is no news; the write stands among what was answered.
    """
    came_in = [
        entry for entry in messages if entry.received_at >= since and entry.message is not None and not entry.own_write
    ]
    return Handover(
        since=since,
        until=now,
        engineer=engineer.name,
        came_in=tuple(sorted(came_in, key=lambda entry: entry.received_at)),
        answered=tuple(entry for entry in outbox if entry.state == "done" and entry.updated_at >= since),
        undecided=tuple(entry for entry in outbox if entry.state != "done" and not entry.dropped),
        waiting=tuple(sorted((row for row in rows if needs_me(row, now, now + DUE_SOON)), key=words.urgency)),
        health=tuple(health),
    )


def document(shift: Handover) -> dict[str, Any]:
    """The handover as JSON."""
    return {
        "since": format_time(shift.since),
        "until": format_time(shift.until),
        "engineer": shift.engineer,
        "came_in": [documents.message(entry) for entry in shift.came_in],
        "answered": [documents.outbox_entry(entry) for entry in shift.answered],
        "undecided": [documents.outbox_entry(entry) for entry in shift.undecided],
        "waiting": [
            {"provider": row.provider, "number": row.number, "summary": row.summary, "why": reasons(row, shift.until)}
            for row in shift.waiting
        ],
        "providers": [documents.health(item, shift.until) for item in shift.health],
    }


def markdown(shift: Handover) -> str:
    """The handover as Markdown, to paste into a chat or a ticket."""
    by = f" by {escaped(shift.engineer)}" if shift.engineer else ""
    sections = {
        "Waits": [_waiting(row, shift.until) for row in shift.waiting],
        "Writes without an end": [_write(entry) for entry in shift.undecided],
        shift.came_in_title: [_arrival(arrival) for arrival in shift.arrivals],
        "Answered": [_write(entry) for entry in shift.answered],
        "Providers": [line for item in shift.health for line in _provider(item, shift.until)],
    }
    lines = [f"# Handover{by}", "", f"{words.local(shift.since)} to {words.local(shift.until)}"]
    for title, items in sections.items():
        counts = title.endswith(")") or title == "Providers"
        lines += ["", f"## {title}" if counts else f"## {title} ({len(items)})", ""]
        lines += [f"- {item}" for item in items] or ["Nothing."]
    return "\n".join(lines)


def _waiting(row: TicketRow, now: datetime) -> str:
    priority = f"P{row.priority} " if row.priority else ""
    due = f", due {words.local(row.due_at)}" if row.due_at else ""
    why = ", ".join(reasons(row, now))
    return f"{priority}**{escaped(row.provider)} {escaped(row.number)}** {escaped(row.summary)} ({why}{due})"


def _write(entry: OutboxEntry) -> str:
    write = entry.write
    number = write.number or write.client_number
    error = f": {escaped(entry.error)}" if entry.error and entry.state != "done" else ""
    state = "" if entry.state == "done" else f", {entry.state}"
    at = words.local(entry.updated_at)
    return f"{at} {escaped(write.provider)} {escaped(number)}: {write.action}{state}{error}"


def _arrival(arrival: Arrival) -> str:
    entry = arrival.newest
    assert entry.message is not None
    several = f", the newest of {arrival.count}" if arrival.count > 1 else ""
    seen = "" if arrival.handled else ", not handled"
    where = f"{escaped(entry.provider)} {escaped(entry.number)}"
    what = f"{entry.message.kind}{several}{seen}. {escaped(entry.message.summary)}"
    return f"{words.local(entry.received_at)} {where}: {what}"


def _provider(item: ProviderHealth, now: datetime) -> Iterator[str]:
    error = f": {escaped(item.error)}" if item.error else ""
    yield f"{escaped(item.name)}: {item.state}, last read {words.age(item.last_good, now)}{error}"
    for remark in (item.gap, item.warning):
        if remark:
            yield f"{escaped(item.name)}: {escaped(remark)}"
