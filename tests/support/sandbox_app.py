"""The dashboard over the sandbox: keys in, a desk on a real store, the vendors' ledger as judge."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

from textual.pilot import Pilot

from providers.model import TicketKey
from providers.sandbox import Sandbox
from tests.support.dashboard import WIDE, press, running, until
from tests.support.sandbox_desk import desk_over
from tui.app import VendorqApp
from tui.config import Config
from tui.config_model import ViewSettings
from tui.forms.confirm import ConfirmScreen
from tui.forms.screen import FormScreen


class Night:
    """The app, its keys and its desk. `box` holds the vendors."""

    def __init__(self, app: VendorqApp, pilot: Pilot[Any], box: Sandbox) -> None:
        self.app = app
        self.pilot = pilot
        self.box = box
        self.desk = app.desk

    async def until(self, condition: Any, what: str) -> None:
        """Wait for something to become true."""
        await until(self.pilot, condition, what)

    async def press(self, *keys: str) -> None:
        """Press keys one by one."""
        for key in keys:
            await press(self.pilot, key)

    async def sync(self, *providers: str) -> None:
        """Poll now, and wait until the screen has it."""
        for provider in providers or tuple(self.desk.providers):
            await self.desk.sync(provider)
        await self.pilot.pause(0.1)

    async def to(self, key: TicketKey) -> None:
        """Put the cursor on a ticket of the list, once it is there."""
        await self.until(lambda: any(row.key == key for row in self.app.main.tickets.rows), f"{key} in the list")
        self.app.main.tickets.move_to(key)
        await self.until(lambda: self.app.main.detail.key == key, "the detail to follow")

    async def form(self, key: str) -> FormScreen:
        """Press the key of a form and wait for it."""
        await press(self.pilot, key)
        await self.until(lambda: isinstance(self.app.screen, FormScreen), f"the form of {key}")
        await self.pilot.pause()
        return cast(FormScreen, self.app.screen)

    async def send(self, *, previewed: bool = False) -> None:
        """Send the form; say yes to the preview where there is one; wait for the main screen."""
        await press(self.pilot, "ctrl+s")
        if previewed:
            await self.until(lambda: isinstance(self.app.screen, ConfirmScreen), "the preview")
            await press(self.pilot, "y")
        await self.until(lambda: self.app.screen is self.app.main, "the way back")

    def committed(self, *operations: str) -> list[str]:
        """What the vendors committed of these operations, in order, as text."""
        return [str(entry.body) for entry in self.box.ledger if entry.operation in operations]

    def needs_me(self) -> list[str]:
        """The numbers that the list shows."""
        return [row.number for row in self.app.main.tickets.rows]


@asynccontextmanager
async def night_over(
    box: Sandbox,
    folder: Path,
    *kinds: str,
    views: tuple[tuple[str, str], ...] = (),
    templates: tuple[Any, ...] = (),
    size: tuple[int, int] = WIDE,
    **options: Any,
) -> AsyncIterator[Night]:
    """The app over a desk on these vendors, after the first good poll of each."""
    async with desk_over(box, folder / "store", kinds, **options) as desk:
        config = Config(
            path=folder / "config.toml",
            providers=(),
            store_path=folder / "store",
            views=tuple(ViewSettings(name=name, filter=text) for name, text in views),
            templates=templates,
        )
        app = VendorqApp(desk, config)
        async with running(app, size) as pilot:
            await until(pilot, lambda: all(health.last_good for health in desk.health()), "the first polls")
            yield Night(app, pilot, box)
