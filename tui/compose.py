"""The only place that puts config, providers, store and desk together.

Connectors are connected when something is asked of them: what reads the store alone (`list`, `show`, `messages`)
never imports httpx and needs no secret.
"""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from providers import registry
from providers.clock import Clock, SystemClock
from tui import logfile
from tui.desk.context import Policy, policy_of
from tui.desk.desk import Desk
from tui.desk.retention import Retention
from tui.desk.store import open_store

if TYPE_CHECKING:
    from providers.base import CheckStep, Declaration, Progress, Provider
    from providers.model import Attachment, Batch, Engineer, Message, Patch, Preview, Receipt, Snapshot, Ticket, Write
    from providers.settings import ProviderSettings
    from tui.config import Config
    from tui.desk.ports import Store
    from tui.glance import Glance


def open_desk(config: Config, *, clock: Clock | None = None, read_only: bool = False, consume: bool = False) -> Desk:
    """The desk of a config. `consume` is for what exists to read queues: `sync` and `demo`.

    Starts the log. StoreFault where the store cannot be opened. Whoever opens a desk closes it.
    """
    clock = clock or SystemClock()
    providers: dict[str, Provider] = {settings.name: LateProvider(settings, clock) for settings in config.providers}
    return Desk(
        *_opened(config, providers, clock),
        read_only=read_only or config.read_only,
        policies=_policies(config, providers),
        consume=consume,
        retention=_retention(config),
    )


def open_desk_at_a_glance(
    glance: Glance, whole: WholeConfig, *, read_only: bool = False, consume: bool = False
) -> Desk:
    """The same before the config has been loaded: it shows what the store knows. `settle` makes it whole."""
    clock = SystemClock()
    providers: dict[str, Provider] = {
        each.name: LateProvider(whole.later(each.name), clock, registry.declaration(each.kind), each.name)
        for each in glance.providers
    }
    return Desk(
        *_opened(glance, providers, clock),
        read_only=read_only or glance.read_only,
        policies={each.name: Policy(read_only=each.read_only) for each in glance.providers},
        consume=consume,
    )


def settle(desk: Desk, config: Config) -> None:
    """Make a desk whole that was opened at a glance: what each provider offers, how it is polled, what is kept."""
    for settings in config.providers:
        provider = desk.providers[settings.name]
        if isinstance(provider, LateProvider):
            provider.declaration = registry.declaration_for(settings)
    desk.settle(_policies(config, desk.providers), _retention(config))


def _opened(
    config: Config | Glance, providers: Mapping[str, Provider], clock: Clock
) -> tuple[Store, Mapping[str, Provider], Clock, Engineer]:
    store = open_store(config.store_path, clock)
    logfile.start(config.store_path / "log")
    return store, providers, clock, config.engineer


def _policies(config: Config, providers: Mapping[str, Provider]) -> dict[str, Policy]:
    return {settings.name: policy_of(settings, providers[settings.name]) for settings in config.providers}


def _retention(config: Config) -> Retention:
    return Retention(closed_days=config.retention.closed_days, settled_days=config.retention.settled_days)


class WholeConfig:
    """A config that is loaded, once, when somebody first asks for it. Safe to ask from several threads."""

    def __init__(self, path: Path | None, environ: Mapping[str, str]) -> None:
        self._path = path
        self._environ = environ
        self._lock = threading.Lock()
        self._config: Config | None = None

    def get(self) -> Config:
        """The config; ConfigFault where there is something wrong with it."""
        with self._lock:
            if self._config is None:
                from tui.config import load

                self._config = load(self._path, self._environ)
            return self._config

    def later(self, name: str) -> Callable[[], ProviderSettings]:
        """What gives one provider's settings when it is asked."""

        def settings() -> ProviderSettings:
            return next(item for item in self.get().providers if item.name == name)

        return settings


class LateProvider:
    """A Provider that connects when it is first asked for anything but what it declares."""

    def __init__(
        self,
        settings: ProviderSettings | Callable[[], ProviderSettings],
        clock: Clock,
        declaration: Declaration | None = None,
        name: str = "",
    ) -> None:
        if callable(settings):
            assert declaration is not None
            self.name, self.declaration, self._settings = name, declaration, settings
        else:
            self.name, self.declaration = settings.name, registry.declaration_for(settings)
            self._settings = lambda: settings
        self._clock = clock
        self._connected: Provider | None = None

    @property
    def _provider(self) -> Provider:
        if self._connected is None:
            self._connected = registry.connect(self._settings(), self._clock)
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

    def accepted(self, write: Write) -> Patch | None:
        """See Provider.accepted."""
        return self._provider.accepted(write)

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
