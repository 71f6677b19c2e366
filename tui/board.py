"""What the dashboard knows between the desk and the widgets: the list, the messages, the strip, what is chosen.

Holds no widget and draws nothing. All it reads from the desk is immediate.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import tzinfo
from functools import partial
from typing import TYPE_CHECKING

from providers.base import Declaration, Operation
from providers.model import TicketKey, TicketRow
from tui.actions import Situation
from tui.desk.entries import InboxEntry
from tui.listing import Listing
from tui.views import DUE_SOON, View, built_in
from tui.widgets.health_strip import StripState, is_fresh, short_names
from tui.widgets.story import Reading
from tui.widgets.times import age, ago, minute

if TYPE_CHECKING:
    from tui.config import Config
    from tui.desk.desk import Desk, ProviderHealth
    from tui.glance import Glance
    from tui.messages import DeskChanged

_MANY = 500
"""So many changed tickets at once are taken from the desk all together."""
_AT_ONCE = 500
"""So many tickets are all loaded before the first picture."""


class Board:
    """One engineer's look at the desk. `now` is the minute that all ages on the screen are counted from."""

    def __init__(self, desk: Desk, config: Config | Glance, zone: tzinfo | None = None) -> None:
        self.desk = desk
        self.config = config
        self.zone = zone
        self.now = minute(desk.clock.now())
        names = list(desk.providers)
        self.listing = Listing([*built_in(names), *self._saved_views()], self.now)
        self.messages: list[InboxEntry] = []
        self.health: dict[str, ProviderHealth] = {}
        self.outbox = (0, 0)
        self.vendors = short_names(names)
        self.fault = ""
        self._growing: Iterator[None] | None = None

    def _saved_views(self) -> list[View]:
        from tui import filters

        return [
            View(f"saved:{view.name}", view.name, partial(filters.compile, view.filter)) for view in self.config.views
        ]

    # Taking in.

    def load(self) -> None:
        """Everything, from the store; of very many tickets first those that need someone, and by `grow` the others."""
        tally = self.desk.tally()
        if sum(tally.values()) <= _AT_ONCE:
            self.listing.load(self.desk.rows(), self.now)
        else:
            self.listing.begin(self.desk.pressing_rows(self.now + DUE_SOON), tally, self.now)
            self._growing = self.listing.growing(self.desk.other_rows())
        self.take_messages()
        self.take_outbox()
        self.take_health()

    async def grow(self) -> bool:
        """Take in the tickets that `load` left for later, in slices. Whether there were any."""
        slices, self._growing = self._growing, None
        if slices is None:
            return False
        for _ in slices:
            await asyncio.sleep(0)
        return True

    def take(self, changed: DeskChanged) -> None:
        """What the desk says has changed."""
        if changed.touches("tickets"):
            self.take_tickets(changed.keys("tickets"))
        if changed.touches("messages"):
            self.take_messages()
        if changed.touches("outbox"):
            self.take_outbox()
        if changed.touches("health"):
            self.take_health()

    def tick(self) -> Iterator[None]:
        """A new minute: count the views again, in slices."""
        self.now = minute(self.desk.clock.now())
        return self.listing.recounting(self.now)

    def take_tickets(self, keys: Iterable[TicketKey] | None) -> bool:
        """Changed tickets (None: any of them). Whether a row differs."""
        wanted = None if keys is None else list(keys)
        if wanted is not None and len(wanted) <= _MANY:
            return self.listing.change([(key, self.desk.row(key)) for key in wanted])
        rows = {row.key: row for row in self.desk.rows()}
        gone = [(key, None) for key in self.listing.all if key not in rows]
        return self.listing.change([*rows.items(), *gone])

    def take_messages(self) -> None:
        """What came in."""
        self.messages = self.desk.messages()

    def take_outbox(self) -> None:
        """What waits to go out, and how much of it for a decision."""
        entries = self.desk.outbox()
        self.outbox = (len(entries), sum(entry.needs_engineer or entry.state == "rejected" for entry in entries))

    def take_health(self) -> None:
        """How the providers are. Of one without a queue nobody says that its queue is not read."""
        self.health = {
            health.name: health if self._has_queue(health.name) else replace(health, consumes=True, asks_consume=False)
            for health in self.desk.health()
        }

    def _has_queue(self, provider: str) -> bool:
        declared = self.declaration(provider)
        return declared is not None and Operation.QUEUE in declared.offered

    # Giving out.

    def strip(self) -> StripState:
        """What the strip shows."""
        return StripState(
            health=tuple(self.health.values()),
            outbox=self.outbox[0],
            deciding=self.outbox[1],
            engineer=self.desk.engineer.name,
            read_only=self.read_only(),
            fault=self.fault or ("" if self.desk.store.read_only else " ".join(self.desk.store.alarms)),
            followed=self._followed(),
            now=self.now,
            zone=self.zone,
        )

    def read_only(self, provider: str = "") -> str:
        """Why nothing may be written (to this provider), in words; empty where it may."""
        if self.desk.store.read_only:
            return self.desk.store.read_only
        if self.desk.read_only:
            return "started read-only; no queue is read and nothing written."
        settings = self.config.provider(provider) if provider else None
        if settings is not None and settings.read_only:
            return f"{provider} is read-only in the config."
        return ""

    def _followed(self) -> str:
        """Who polls, where that is another process."""
        lease = self.desk.store.lease
        holder = None if lease.held else lease.holder()
        if holder is None:
            return ""
        beat = ago(holder.beat_at, self.now) if holder.beat_at is not None else "unknown"
        return f"Another vendorq polls: pid {holder.pid} on {holder.tty or 'no terminal'}, last sign {beat}."

    def declaration(self, provider: str) -> Declaration | None:
        """What a provider offers; None where it is no longer configured."""
        return self.desk.declaration(provider) if provider in self.desk.providers else None

    def vendor_title(self, provider: str) -> str:
        """The vendor's own name, for sentences."""
        declared = self.declaration(provider)
        return declared.title if declared is not None else provider

    def situation(self, key: TicketKey | None, message: InboxEntry | None = None, marked: int = 0) -> Situation:
        """What decides what can be done with a ticket or a message."""
        provider = key.provider if key is not None else message.provider if message is not None else ""
        return Situation(
            ticket=None if key is None else self.desk.ticket(key),
            row=None if key is None else self.listing.all.get(key),
            message=message,
            declaration=self.declaration(provider) if provider else None,
            declarations=tuple(self.desk.declaration(name) for name in self.desk.providers),
            read_only=self.read_only(provider),
            marked=marked,
        )

    def reading(self, key: TicketKey, hints: Sequence[tuple[str, str]] = ()) -> Reading | None:
        """All that the detail pane tells of a ticket; None where there is no such ticket."""
        ticket = self.desk.ticket(key)
        if ticket is None:
            return None
        return Reading(
            ticket=ticket,
            row=self.listing.all.get(key),
            timeline=self.desk.timeline(key),
            declaration=self.declaration(key.provider),
            now=self.now,
            zone=self.zone,
            stale=self._stale(key.provider),
            hints=hints,
        )

    def _stale(self, provider: str) -> str:
        health = self.health.get(provider)
        if health is None or health.state not in ("late", "down") or is_fresh(health, self.now):
            return ""
        since = f"{age(health.last_good, self.now)} ago" if health.last_good else "never"
        return f"As last read {since}: {health.error or 'no answer'}."

    def next_unread(self, after: TicketKey | None) -> TicketKey | None:
        """The next unread ticket of the list after this one, going round; None where there is none."""
        rows = self.listing.rows
        place = next((index for index, row in enumerate(rows) if row.key == after), -1)
        for row in [*rows[place + 1 :], *rows[: place + 1]]:
            if row.unread:
                return row.key
        return None


def ticket_key(row: TicketRow) -> TicketKey:
    """A row's key, as tables want it."""
    return row.key


def message_key(entry: InboxEntry) -> tuple[str, str]:
    """A message's key, as tables want it."""
    return (entry.provider, entry.id)
