"""A desk over fake vendors, a store in memory and a clock that stands."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from providers.base import Settling
from providers.model import Engineer, TicketKey
from tests.support.fake_provider import FakeProvider, SetClock, declare, message
from tests.support.memory_store import MemoryStore
from tui.desk.context import Policy
from tui.desk.desk import Desk
from tui.desk.entries import InboxEntry, OutboxEntry
from tui.desk.retention import Retention

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
T1 = TicketKey("fake", "T1")
SETTLING: Final = {
    "create": Settling(by="queue", fallback="engineer"),
    "comment": Settling(by="lookup", fallback="engineer"),
    "update": Settling(by="nothing", fallback="repeat_once"),
    "link": Settling(by="nothing", fallback="send_again"),
}


class MemoryDesk(Desk):
    """A Desk with its parts at hand."""

    def __init__(
        self,
        folder: Path,
        *providers: FakeProvider,
        store: MemoryStore | None = None,
        policies: Mapping[str, Policy] | None = None,
        consume: bool = True,
        read_only: bool = False,
        clock: SetClock | None = None,
    ) -> None:
        self.time = clock or SetClock(NOON)
        self.memory = store or MemoryStore(folder, self.time)
        self.fakes = providers or (FakeProvider(),)
        super().__init__(
            self.memory,
            {provider.name: provider for provider in self.fakes},
            self.time,
            Engineer(name="Ada Byron", email="ada@client.example"),
            policies=policies or {provider.name: Policy(timeout_seconds=1.0) for provider in self.fakes},
            consume=consume,
            read_only=read_only,
            retention=Retention(closed_days=None, settled_days=None),
        )

    @property
    def fake(self) -> FakeProvider:
        """The first vendor."""
        return self.fakes[0]

    async def send(self, action: str = "comment", number: str = "T1", **values: object) -> OutboxEntry:
        """Write, submit and deliver."""
        entry = await self.submit(self.write(action, self.fake.name, number, values=values))
        return await self.deliver(entry.id)

    def entry(self, message_id: str) -> InboxEntry:
        """One message, which must be there."""
        found = self.message(self.fake.name, message_id)
        assert found is not None
        return found


@asynccontextmanager
async def desk_with_a_ticket(folder: Path) -> AsyncIterator[MemoryDesk]:
    """A desk whose vendor has a queue, has one ticket, and settles writes as in SETTLING."""
    desk = MemoryDesk(folder, FakeProvider(declaration=declare(settling=SETTLING)))
    desk.fake.put(message())
    await desk.sync("fake")
    yield desk
    await desk.aclose()


async def is_sending(desk: Desk) -> None:
    """Wait until a write has left."""
    changed = asyncio.Event()
    stop = desk.subscribe(lambda event: changed.set())
    while all(entry.state != "sending" for entry in desk.outbox()):
        await changed.wait()
        changed.clear()
    stop()
