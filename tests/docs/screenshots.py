"""Makes docs/screenshots anew: the dashboard over the sandbox's night, always the same night at the same time.

`python -m tests.docs.screenshots`; then look at them.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from unittest.mock import patch
from zoneinfo import ZoneInfo

import themes
from providers.sandbox import Sandbox
from tests.support.dashboard import press, running, until
from tests.support.still_clock import StillClock
from tui.app import VendorqApp
from tui.compose import open_desk
from tui.config import load

FOLDER: Final = Path(__file__).parents[2] / "docs" / "screenshots"
NIGHT: Final = datetime(2025, 11, 14, 2, 41, tzinfo=UTC)
ZONE: Final = ZoneInfo("Europe/Amsterdam")
WIDE: Final = (120, 40)
NARROW: Final = (80, 24)
SMALL: Final = (100, 30)


async def picture(name: str, size: tuple[int, int], keys: Sequence[str], theme: str = themes.DEFAULT) -> None:
    """One picture: the app over a new sandbox, once every provider has been read, after these keys."""
    with tempfile.TemporaryDirectory() as folder:
        clock = StillClock(NIGHT)
        with Sandbox(1, world=True, clock=clock) as box:
            file = Path(folder) / "config.toml"
            file.touch(mode=0o600)
            file.write_text(box.config(Path(folder) / "store"))
            config = load(file, {})
            config = replace(config, dashboard=config.dashboard.model_copy(update={"theme": theme}))
            desk = open_desk(config, clock=clock, consume=True)
            app = VendorqApp(desk, config, ZONE)
            async with running(app, size) as pilot:
                await until(pilot, lambda: all(health.last_good for health in desk.health()), "every provider's answer")
                await until(pilot, lambda: len(app.board.messages) > 20, "the messages")
                await pilot.pause(0.5)
                await press(pilot, *keys)
                app.clear_notifications()
                await pilot.pause(0.5)
                (FOLDER / f"{name}.svg").write_text(app.export_screenshot(title="vendorq"))
            await desk.aclose()


async def main() -> int:
    """All of them."""
    FOLDER.mkdir(exist_ok=True)
    await picture("dashboard-120x40", WIDE, ["g", *["j"] * 8])
    await picture("list-80x24", NARROW, ["2", "g"])
    for name in themes.names():
        await picture(f"theme-{name}", SMALL, ["2", "g", "j"], name)
    print("\n".join(sorted(file.name for file in FOLDER.glob("*.svg"))))
    return 0


if __name__ == "__main__":
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLORTERM")}
    with patch.dict(os.environ, kept, clear=True):
        sys.exit(asyncio.run(main()))
