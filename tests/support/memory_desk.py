"""A desk over fake vendors, a store in memory and a clock that stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from providers.model import Engineer, TicketKey
from tests.support.fake_provider import FakeProvider, SetClock
from tests.support.memory_store import MemoryStore
from tui.desk.context import Policy
from tui.desk.desk import Desk
from tui.desk.entries import InboxEntry, OutboxEntry
from tui.desk.retention import Retention

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
T1 = TicketKey("fake", "T1")


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
