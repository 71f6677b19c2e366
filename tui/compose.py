"""The only place that puts config, providers, store and desk together.

Connectors are connected when something is asked of them: what reads the store alone (`list`, `show`, `messages`)
never imports httpx and needs no secret.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from providers import registry
from providers.clock import Clock, SystemClock
from tui import logfile
from tui.desk.context import policy_of
from tui.desk.desk import Desk
from tui.desk.retention import Retention
from tui.desk.store import open_store

if TYPE_CHECKING:
    from providers.base import CheckStep, Declaration, Progress, Provider
    from providers.model import Attachment, Batch, Message, Preview, Receipt, Snapshot, Ticket, Write
    from providers.settings import ProviderSettings
    from tui.config import Config


def open_desk(config: Config, *, clock: Clock | None = None, read_only: bool = False, consume: bool = False) -> Desk:
    """The desk of a config. `consume` is for what exists to read queues: `sync` and `demo`.

    Starts the log. StoreFault where the store cannot be opened. Whoever opens a desk closes it.
    """
    clock = clock or SystemClock()
    store = open_store(config.store_path, clock)
    logfile.start(config.store_path / "log")
    providers: dict[str, Provider] = {settings.name: LateProvider(settings, clock) for settings in config.providers}
    return Desk(
        store,
        providers,
        clock,
        config.engineer,
        read_only=read_only or config.read_only,
        policies={settings.name: policy_of(settings, providers[settings.name]) for settings in config.providers},
        consume=consume,
        retention=Retention(closed_days=config.retention.closed_days, settled_days=config.retention.settled_days),
    )


class LateProvider:
    """A Provider that connects when it is first asked for anything but what it declares."""

    def __init__(self, settings: ProviderSettings, clock: Clock) -> None:
        self.name = settings.name
        self.declaration: Declaration = registry.declaration_for(settings)
        self._settings = settings
        self._clock = clock
        self._connected: Provider | None = None

    @property
    def _provider(self) -> Provider:
        if self._connected is None:
            self._connected = registry.connect(self._settings, self._clock)
        return self._connected

    def list_open(self) -> AsyncIterator[Snapshot]:
        """See Provider.list_open."""
        return self._provider.list_open()

    async def detail(self, number: str, internal_id: str = "") -> Snapshot:
        """See Provider.detail."""
        return await self._provider.detail(number, internal_id)

    async def receive(self) -> Batch:
        """See Provider.receive."""
        return await self._provider.receive()

    async def release(self, message: Message) -> None:
        """See Provider.release."""
        await self._provider.release(message)

    def prepare(self, write: Write, ticket: Ticket | None) -> Preview:
        """See Provider.prepare."""
        return self._provider.prepare(write, ticket)

    async def send(self, write: Write, ticket: Ticket | None, progress: Progress | None = None) -> Receipt:
        """See Provider.send."""
        return await self._provider.send(write, ticket, progress)

    async def find(self, write: Write, ticket: Ticket | None) -> Receipt | None:
        """See Provider.find."""
        return await self._provider.find(write, ticket)

    def confirms(self, write: Write, message: Message) -> bool:
        """See Provider.confirms."""
        return self._provider.confirms(write, message)

    def download(self, attachment: Attachment, progress: Progress | None = None) -> AsyncIterator[bytes]:
        """See Provider.download."""
        return self._provider.download(attachment, progress)

    async def check(self, number: str = "") -> tuple[CheckStep, ...]:
        """See Provider.check."""
        return await self._provider.check(number)

    async def aclose(self) -> None:
        """See Provider.aclose. Nothing to do where nothing was connected."""
        if self._connected is not None:
            await self._connected.aclose()
