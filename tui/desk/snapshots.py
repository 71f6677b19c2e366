"""Polled rows and details: compared with what is stored, kept only where they differ, told where no queue tells."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Final

from providers.base import Provider
from providers.clock import milliseconds
from providers.codec import format_time, parse_time
from providers.model import ENDED_STATES, Message, Order, Snapshot, Ticket, TicketKey
from tui.desk import derive, index, intake, records, telling
from tui.desk.apply import apply
from tui.desk.context import Context
from tui.desk.entries import InboxEntry
from tui.desk.links import Links
from tui.desk.ports import Changed, Table, Transaction

COMPARED_AT_ONCE: Final = 16
"""Rows compared in one transaction, and between two breaths of the event loop."""


@dataclass(slots=True)
class Compared:
    """What a set of snapshots brought: tickets new to us, tickets that differed, messages derived from it."""

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    told: int = 0


@dataclass(slots=True)
class _Work:
    """What one transaction compares, and how: `shown` are writes that a difference may show to be done."""

    snapshots: list[Snapshot]
    compared: Compared
    shown: list[str]
    tell: bool
    baseline: bool


class Snapshots:
    """One provider's polled rows and details."""

    def __init__(self, context: Context, provider: Provider) -> None:
        self._context = context
        self._provider = provider
        self._same: dict[tuple[str, bool], int] = {}
        """A digest of each row that brought nothing new, until its ticket changes."""
        self._links = Links(context.store, provider.name)
        self._stop = context.store.subscribe(self._forget)

    def close(self) -> None:
        """Stop listening to the store."""
        self._stop()

    def _forget(self, changed: Changed) -> None:
        for key in changed.keys.get(Table.TICKETS, ()):
            ticket = records.ticket_key(key)
            if ticket.provider == self._provider.name:
                self._same.pop((ticket.number, False), None)
                self._same.pop((ticket.number, True), None)

    async def take(
        self, snapshots: Sequence[Snapshot], *, tell: bool, baseline: bool, compared: Compared | None = None
    ) -> Compared:
        """Compare with the store and keep what differs; derive messages where `tell`, none for a new baseline.

        What was found is added to `compared`, where given, and returned.
        """
        compared = compared or Compared()
        for start in range(0, len(snapshots), COMPARED_AT_ONCE):
            some = [(snapshot, _digest(snapshot)) for snapshot in snapshots[start : start + COMPARED_AT_ONCE]]
            some = [(snapshot, digest) for snapshot, digest in some if self._same.get(_name(snapshot)) != digest]
            if some:
                differing = [snapshot for snapshot, _ in some]
                work = _Work(differing, compared, self._shown(), tell=tell, baseline=baseline)
                await self._context.store.transact(partial(self._compare, work=work))
                self._same.update({_name(snapshot): digest for snapshot, digest in some})
            await asyncio.sleep(0)
        return compared

    def _shown(self) -> list[str]:
        return self._context.catalogue.may_be_shown(self._provider.name)

    def _compare(self, transaction: Transaction, work: _Work) -> None:
        now, compared = self._context.now(), work.compared
        for snapshot in work.snapshots:
            number = snapshot.patch.number
            before = records.ticket(transaction, TicketKey(self._provider.name, number))
            entry = self._entry(snapshot, now)
            after = apply(before, entry)
            link = self._links.seen(transaction, number)
            seen: dict[str, object] = {"detailed": True, "stale": False} if snapshot.detailed else {"listed": True}
            if derive.differs(before, after):
                (compared.new if before is None else compared.changed).append(number)
                taken = intake.take_in(transaction, entry)
                if work.tell:
                    since = _known_since(link) if snapshot.detailed else None
                    was = _before_first_page(before, after) if _completes_baseline(snapshot, link) else before
                    told = derive.messages(was, after, taken.order, baseline=work.baseline, comments_since=since)
                    compared.told += self._tell(transaction, told, work.shown)
                if not snapshot.detailed:
                    seen["stale"] = before is not None
                    if before is None and work.baseline:
                        seen["baseline"] = True
            if "known_at" not in link:
                seen["known_at"] = format_time(now)
            self._links.note(transaction, number, seen)

    def _entry(self, snapshot: Snapshot, now: datetime) -> InboxEntry:
        kind = "detail" if snapshot.detailed else "row"
        number = snapshot.patch.number
        return InboxEntry(
            provider=self._provider.name,
            id=f"{kind}-{number}-{snapshot.order[0]}",
            number=number,
            source="snapshot",
            order=snapshot.order,
            received_at=now,
            status="acknowledged",
            patch=snapshot.patch,
            released=True,
            handled=True,
            raw=snapshot.raw,
        )

    def _tell(self, transaction: Transaction, messages: Iterable[Message], shown: list[str]) -> int:
        return telling.tell(transaction, self._context, self._provider, messages, shown)

    def missing(self, listed: set[str]) -> list[str]:
        """Tickets that were on the open list and are not any more."""
        found = []
        for item in index.tickets(self._context.store).values():
            if item.provider != self._provider.name or item.state in ENDED_STATES or item.number in listed:
                continue
            if self._links.of(item.number).listed:
                found.append(item.number)
        return found

    async def off_the_list(self, number: str) -> None:
        """Note that a ticket left the open list, whatever its page says of it."""
        await self._context.store.transact(lambda transaction: self._links.note(transaction, number, {"listed": False}))

    async def close_gone(self, number: str) -> int:
        """A ticket left the open list and has no page that says more: it is closed. Returns the messages told."""
        now = self._context.now()
        order: Order = (milliseconds(now), 0)
        shown = self._shown()

        def keep(transaction: Transaction) -> int:
            before = records.ticket(transaction, TicketKey(self._provider.name, number))
            self._links.note(transaction, number, {"listed": False})
            if before is None or before.state in ENDED_STATES:
                return 0
            entry = self._entry(Snapshot(patch=derive.gone(before, order), order=order), now)
            after = apply(before, entry)
            intake.take_in(transaction, entry)
            return self._tell(transaction, derive.messages(before, after, order, baseline=False), shown)

        return await self._context.store.transact(keep)

    async def want_details(self, numbers: Iterable[str], *, changed_only: bool) -> list[str]:
        """Those of these tickets whose own page has not been read since their row last differed.

        `changed_only` leaves out those whose page was never read and whose row is as it was first seen.
        """
        wanted = []
        for place, number in enumerate(numbers):
            if place % COMPARED_AT_ONCE == 0:
                await asyncio.sleep(0)
            link = self._links.of(number)
            if link.stale or not (changed_only or link.detailed or link.no_page):
                wanted.append(number)
        return wanted

    async def detail_unreadable(self, number: str) -> None:
        """Note that a ticket's page cannot be read, so that it is not asked for again until its row differs."""
        seen = {"no_page": True, "stale": False}
        await self._context.store.transact(lambda transaction: self._links.note(transaction, number, seen))

    def open_numbers(self) -> list[str]:
        """Tickets of this provider that have not ended."""
        return [
            item.number
            for item in index.tickets(self._context.store).values()
            if item.provider == self._provider.name and item.state not in ENDED_STATES
        ]

    def ticket(self, number: str) -> Ticket | None:
        """One of this provider's tickets."""
        return records.ticket(self._context.store, TicketKey(self._provider.name, number))


def _known_since(link: Mapping[str, object]) -> datetime | None:
    """For a ticket's first page: since when the ticket is known here; older comments on it are no news."""
    return None if link.get("detailed") else parse_time(link.get("known_at"))


def _completes_baseline(snapshot: Snapshot, link: Mapping[str, object]) -> bool:
    """Whether this is the first page of a ticket of the baseline, whose row has not differed since.

    What it says beyond the row was so before we looked.
    """
    return snapshot.detailed and bool(link.get("baseline")) and not (link.get("detailed") or link.get("stale"))


def _before_first_page(before: Ticket | None, after: Ticket) -> Ticket | None:
    """The ticket as its first page has it, without the page's comments, whose own times say which are news."""
    return None if before is None else replace(after, comments=before.comments)


def _name(snapshot: Snapshot) -> tuple[str, bool]:
    return snapshot.patch.number, snapshot.detailed


def _digest(snapshot: Snapshot) -> int:
    return hash(repr(snapshot.patch))
