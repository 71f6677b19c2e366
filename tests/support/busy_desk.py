"""A desk at work with all five vendors until it is killed: `python -m tests.support.busy_desk SPEC`.

It polls each vendor again and again while two engineers write, and says a line for each step it has taken: its name,
then what it concerns. What it has said of a write is known to be so, whenever it is killed afterwards.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from providers.errors import VendorError
from providers.model import TicketRow, Write
from providers.sandbox.clock import SandboxClock
from providers.sandbox.kpn_incident import CONFIGURATION_ITEMS
from tests.support.sandbox_desk import connect, desk_of
from tui.desk.desk import Desk
from tui.desk.inbox import Inbox
from tui.desk.outbox import Outbox
from tui.desk.store import EmbeddedStore

BETWEEN_POLLS = 0.01
NEW_TICKETS = 0.15
"""The share of writes that open a ticket."""
LEFT_TO_THE_POLL = 0.3
"""The share of writes that are queued and left for the next poll to send."""
NEW = {
    "ensono": {"shortDescription": "{}", "description": "Full", "priority": "3"},
    "kpn-connect": {"short_description": "{}", "description": "Full", "service": "Lines"},
    "kpn-incident": {
        "short_description": "{}",
        "description": "Full",
        "service": "Lines",
        "ci": CONFIGURATION_ITEMS[0],
    },
    "tangoe": {"short_description": "{}", "description": "Full"},
    "smartops": {"shortDescription": "{}", "longDescription": "Full"},
}
TYPES = {"tangoe": "case"}
COMMENT = {"smartops": "comments"}
SUMMARY = {"ensono": "shortDescription", "tangoe": "short_description", "smartops": "shortDescription"}


def say(step: str, *what: object) -> None:
    """One line, in one write."""
    os.write(1, (json.dumps([step, *what]) + "\n").encode())


def told(owner: Any, name: str, step: str, before: str = "") -> None:
    """Say a step each time this coroutine function has done something, and another one before it does."""
    original: Callable[..., Any] = getattr(owner, name)

    async def saying(*args: Any, **more: Any) -> Any:
        if before:
            say(before)
        result = await original(*args, **more)
        if result != 0:
            say(step)
        return result

    setattr(owner, name, saying)


def listen(desk: Desk) -> None:
    """Have every step between the vendors and the store said."""
    for provider in desk.providers.values():
        told(provider, "receive", f"receive {provider.name}")
        told(provider, "release", f"acknowledge {provider.name}")
        told(provider, "send", f"sent {provider.name}", before=f"send {provider.name}")
    told(Inbox, "store", "store")
    told(Inbox, "apply", "apply")
    told(Outbox, "submit", "submit")
    told(Outbox, "record_done", "confirm")
    told(EmbeddedStore, "compact", "compacted", before="compact")


class Pen:
    """One engineer's writes, each with a mark of its own in it, by which the vendors' books tell it from others."""

    def __init__(self, desk: Desk, lot: random.Random, name: str) -> None:
        self._desk = desk
        self._lot = lot
        self._name = name
        self._count = 0
        self._turns = itertools.cycle(lot.sample(sorted(NEW), len(NEW)))

    def mark(self) -> str:
        """The next write's mark."""
        self._count += 1
        return f"M{self._name}n{self._count}e"

    def next(self) -> Write:
        """Some write that can be made now; the vendors take turns."""
        provider = next(self._turns)
        rows = sorted((row for row in self._desk.rows() if row.provider == provider), key=str)
        if not rows or self._lot.random() < NEW_TICKETS:
            return self.create(provider, self.mark())
        return self.to(self._lot.choice(rows), self.mark())

    def create(self, provider: str, mark: str) -> Write:
        """A ticket."""
        values = {name: value.format(f"Wrong: {mark}") for name, value in NEW[provider].items()}
        kind = TYPES.get(provider, "incident")
        return self._desk.write("create", provider, client_number=mark, ticket_type=kind, values=values)

    def to(self, row: TicketRow, mark: str) -> Write:
        """Something about a ticket: our number first, then words and fields."""
        provider, number = row.provider, row.number
        if not row.client_number and provider in ("ensono", "kpn-connect", "tangoe"):
            return self._desk.write("link", provider, number, client_number=mark)
        if provider in SUMMARY and self._lot.random() < 0.4:
            return self._desk.write("update", provider, number, values={SUMMARY[provider]: f"Changed: {mark}"})
        words = {COMMENT.get(provider, "comment"): f"Said: {mark}"}
        return self._desk.write("comment", provider, number, values=words)


async def polls(desk: Desk, provider: str) -> None:
    """Poll one vendor without end."""
    while True:
        await desk.sync(provider)
        await asyncio.sleep(BETWEEN_POLLS)


async def writes(desk: Desk, lot: random.Random, name: str) -> None:
    """Write without end. What the desk or the vendor refuses is said and passed over."""
    pen = Pen(desk, lot, name)
    while True:
        write = pen.next()
        try:
            entry = await desk.submit(write)
        except VendorError as error:
            say("refused", write.provider, write.action, str(error))
            await asyncio.sleep(BETWEEN_POLLS)
            continue
        say("submitted", entry.id, write.provider, write.action)
        if lot.random() >= LEFT_TO_THE_POLL:
            entry = await desk.deliver(entry.id)
            say(entry.state, entry.id)
        await asyncio.sleep(BETWEEN_POLLS)


async def compacts(desk: Desk) -> None:
    """Compact now and then: at this pace a journal would not grow long enough by itself."""
    while True:
        await asyncio.sleep(BETWEEN_POLLS * 5)
        await desk.store.compact()


async def main(spec: str) -> None:
    """Work until killed."""
    given = json.loads(spec)
    clock = SandboxClock()
    clock.advance(given["ahead"])
    folder = Path(given["folder"])
    providers = {kind: connect(kind, values, clock, folder) for kind, values in given["settings"].items()}
    desk = desk_of(folder, providers, clock)
    for number in given["track"]:
        await desk.track("smartops", number)
    listen(desk)
    lot = random.Random(given["seed"])
    async with asyncio.TaskGroup() as group:
        for provider in providers:
            group.create_task(polls(desk, provider))
        for name in "ab":
            group.create_task(writes(desk, random.Random(lot.random()), f"{given['name']}{name}"))
        group.create_task(compacts(desk))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
