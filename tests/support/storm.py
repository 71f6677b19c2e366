"""A seeded storm over the desk: vendors' people, an engineer, faults and restarts, mixed by lot.

What was said by the vendors and what was written by us is noted as it happens; what came of it is for the judge.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from providers.errors import VendorError
from providers.model import TicketKey
from providers.sandbox import Sandbox
from providers.sandbox.ensono_queue import Queued
from tui.desk.desk import Desk

MOST_TICKETS = 25
CUTTING = ("half_json", "cut")
AT_ONCE = 16
"""Requests that may be under way at once, of which one may be met by a fault."""
TWICE = 0.2
"""The share of answers that hold a message twice."""
READ_FAULTS = ("reset_before", "reset_after", "status_429", "status_500", "html", "half_json", "cut", "empty")
WRITE_FAULTS = ("reset_before", "reset_after", "status_429", "status_500", "html", "empty")


@dataclass
class Storm:
    """One run. `said` holds the vendor's comments by ticket, `wrote` ours by their text with the entry's id."""

    box: Sandbox
    seed: int
    lot: random.Random = field(init=False)
    tickets: list[str] = field(default_factory=list)
    said: dict[str, list[str]] = field(default_factory=dict)
    wrote: dict[str, str] = field(default_factory=dict)
    poison: int = 0
    did: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.lot = random.Random(self.seed)
        self._order = random.Random(self.seed)
        self._hand_out = self.box.ensono.queue.receive
        self.box.ensono.queue.receive = self.hand_out  # type: ignore[method-assign]  # until the sandbox ends

    def hand_out(self, limit: int | None = None) -> list[Queued]:
        """An answer of the queue, in any order and now and then with a message in it twice.

        One that will be cut keeps its order: what comes through is taken in, and is the beginning of each group.
        """
        given = self._hand_out(limit)
        if any(request.fault in CUTTING for request in self.box.requests[-AT_ONCE:]):
            return given
        if len(given) > 1:
            shuffled = self._order.sample(given, len(given))
            self.did["reordered"] += shuffled != given
            given = shuffled
        if given and self._order.random() < TWICE:
            self.did["twice"] += 1
            given.append(given[0])
        return given

    async def step(self, desk: Desk) -> None:
        """One step, whatever it is. What a vendor refuses, it refuses."""
        (_, work), *_ = self.lot.choices(self.steps, weights=[weight for weight, _ in self.steps])
        self.did[work.__name__] += 1
        try:
            await work(desk)
        except VendorError:
            self.did["refused"] += 1

    @property
    def steps(self) -> list[tuple[int, Callable[[Desk], Awaitable[None]]]]:
        """What may happen, and its weight."""
        return [
            (30, self.sync),
            (12, self.vendor_comments),
            (8, self.vendor_updates),
            (6, self.opens),
            (6, self.comes_back),
            (4, self.poisons),
            (8, self.time_passes),
            (10, self.read_fails),
            (6, self.write_fails),
            (14, self.we_comment),
            (4, self.we_link),
            (5, self.many_at_once),
        ]

    async def sync(self, desk: Desk) -> None:
        """Poll."""
        await desk.sync("ensono")

    async def opens(self, desk: Desk) -> None:
        """A ticket is opened; some carry our number already."""
        if len(self.tickets) < MOST_TICKETS:
            count = len(self.tickets)
            number = self.box.ensono.create(client_number=f"OWN{count}" if self.lot.random() < 0.7 else "")
            self.tickets.append(number)
            self.said[number] = []

    async def vendor_comments(self, desk: Desk) -> None:
        """The vendor's people say something, once."""
        if self.tickets:
            number = self.lot.choice(self.tickets)
            words = f"said {number} {len(self.said[number])}"
            self.box.ensono.comment(number, words)
            self.said[number].append(words)

    async def vendor_updates(self, desk: Desk) -> None:
        """The vendor's people change priority or status."""
        if self.tickets:
            number = self.lot.choice(self.tickets)
            if self.lot.random() < 0.5:
                self.box.ensono.update(number, priority=str(self.lot.randint(1, 4)))
            else:
                self.box.ensono.update(number, status=self.lot.choice(["open", "pending"]))

    async def comes_back(self, desk: Desk) -> None:
        """A message that was deleted comes back."""
        sent = self.box.ensono.queue.sent
        if sent:
            self.box.ensono.redeliver(self.lot.choice(sent).message_id)

    async def poisons(self, desk: Desk) -> None:
        """Something unreadable comes, alone or among a ticket's messages."""
        self.poison += 1
        if self.tickets and self.lot.random() < 0.5:
            self.box.ensono.send_raw("{ no JSON", group=self.lot.choice(self.tickets))
        else:
            self.box.ensono.send_raw("<html>")

    async def time_passes(self, desk: Desk) -> None:
        """Handles expire, messages become visible again."""
        self.box.advance(self.lot.choice([1, 31, 61, 130]))

    async def read_fails(self, desk: Desk) -> None:
        """The next reads or deletes meet a fault."""
        match = self.lot.choice(["GET", "DELETE"])
        fault = self.lot.choice(READ_FAULTS)
        self.box.fault("ensono", fault, match=f"{match} ", count=self.lot.randint(1, 3), seconds=30)

    async def write_fails(self, desk: Desk) -> None:
        """The next write meets a fault."""
        self.box.fault("ensono", self.lot.choice(WRITE_FAULTS), match="PUT ", seconds=30)

    async def we_comment(self, desk: Desk) -> None:
        """We write a comment of its own words, and send it now or leave it to the next poll."""
        known = [number for number in self.tickets if desk.ticket(TicketKey("ensono", number)) is not None]
        if not known:
            return
        words = f"ours {len(self.wrote)}"
        entry = await desk.submit(desk.write("comment", "ensono", self.lot.choice(known), values={"comment": words}))
        self.wrote[words] = entry.id
        if self.lot.random() < 0.7:
            await desk.deliver(entry.id)

    async def we_link(self, desk: Desk) -> None:
        """We give a ticket our number."""
        known = [row for row in desk.rows() if not row.client_number]
        if known:
            row = self.lot.choice(sorted(known, key=str))
            entry = await desk.submit(desk.write("link", "ensono", row.number, client_number=f"LINK-{row.number}"))
            await desk.deliver(entry.id)

    async def many_at_once(self, desk: Desk) -> None:
        """A burst for one ticket."""
        for _ in range(self.lot.randint(2, 12)):
            await self.vendor_comments(desk)

    async def calm(self, desk: Desk) -> None:
        """The faults end, and everything has the time it needs."""
        self.box.clear_faults()
        for _ in range(12):
            self.box.advance(61)
            await desk.sync("ensono")
