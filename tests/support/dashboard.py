"""The dashboard over a scripted desk, and what a test sees of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from textual.pilot import Pilot
from textual.strip import Strip

from tests.support.scripted_desk import ScriptedDesk
from tui.app import VendorqApp
from tui.config import Config
from tui.config_model import DashboardSettings, TemplateSettings, ViewSettings

ZONE = ZoneInfo("Europe/Amsterdam")
WIDE = (120, 40)
NARROW = (80, 24)


def dashboard(
    scripted: ScriptedDesk,
    *,
    theme: str = "vendorq-dark",
    keys: dict[str, str] | None = None,
    views: Sequence[tuple[str, str]] = (),
    templates: Sequence[TemplateSettings] = (),
    folder: Path = Path("/nowhere"),
) -> VendorqApp:
    """The app, not yet running. No environment is in what it shows: desk, clock, zone and config are given."""
    config = Config(
        path=folder / "config.toml",
        providers=(),
        store_path=folder,
        dashboard=DashboardSettings(theme=theme),
        keys=keys or {},
        views=tuple(ViewSettings(name=name, filter=text) for name, text in views),
        templates=tuple(templates),
    )
    return VendorqApp(scripted.desk, config, ZONE)


@asynccontextmanager
async def running(app: VendorqApp, size: tuple[int, int] = WIDE) -> AsyncIterator[Pilot[Any]]:
    """The app on a screen that nobody sees, toasts and tooltips included."""
    async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
        await pilot.pause()
        yield pilot


async def until(pilot: Pilot[Any], condition: Callable[[], object], what: str = "") -> None:
    """Wait for something to become true; fails after a time no machine is slower than."""
    for _ in range(500):
        if condition():
            return
        await pilot.pause(0.01)
    raise AssertionError(f"waited in vain for {what or condition}\n{picture(pilot.app)}")


def lines(app: Any) -> list[str]:
    """The screen's lines as text, whatever lies under a box included."""
    update = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    return ["".join(segment.text for segment in Strip.join(strips)) for strips in update.strips]


def picture(app: Any) -> str:
    """The same as one text."""
    return "\n".join(lines(app))


def bottom(app: Any) -> str:
    """The bottom line."""
    return lines(app)[-1].strip()


async def press(pilot: Pilot[Any], *keys: str) -> None:
    """Press keys, and let what they start come to rest."""
    app: Any = pilot.app
    await pilot.press(*keys)
    await until(pilot, lambda: not app.typed.is_busy, "the keys to arrive")
    await pilot.pause()


async def type_text(pilot: Pilot[Any], text: str) -> None:
    """Type a text, key by key."""
    names = {
        " ": "space",
        ":": "colon",
        "<": "less_than_sign",
        "=": "equals_sign",
        "-": "minus",
        "@": "at",
        ".": "full_stop",
    }
    await press(pilot, *(names.get(character, character) for character in text))
