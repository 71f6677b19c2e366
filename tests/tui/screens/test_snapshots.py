"""How it looks: a few screens, each theme once. Desk, clock, zone and config are fixed; no environment is in them.

A changed picture fails here; after a look at the report, `pytest tests/tui/screens/test_snapshots.py
--snapshot-update` takes the new one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import themes
from tests.support.dashboard import NARROW, WIDE, dashboard, until
from tests.support.night import night

SnapCompare = Callable[..., bool]
SCREENS = {
    "main": (),
    "all-open-marked": ("2", "space", "space"),
    "change": ("end", "enter"),
    "message-held": ("tab", "j"),
    "outbox": ("x",),
    "providers": ("H",),
    "palette": ("colon",),
    "handover": ("s",),
    "files": ("f",),
    "help": ("question_mark",),
}


def at_rest(*keys: str) -> Callable[[Any], Any]:
    """Press keys one by one and wait until the detail has followed."""

    async def go(pilot: Any) -> None:
        await pilot.pause()
        for key in keys:
            await pilot.press(key)
            await pilot.pause()
        main = pilot.app.main
        await until(pilot, lambda: main.detail.key == main.chosen()[0] or main.chosen()[0] is None, "the detail")
        await pilot.pause()

    return go


@pytest.mark.parametrize(
    "name", ["main", "all-open-marked", "change", "outbox", "providers", "handover", "files", "help"]
)
def test_screens_at_120_by_40(name: str, snap_compare: SnapCompare) -> None:
    assert snap_compare(dashboard(night()), terminal_size=WIDE, run_before=at_rest(*SCREENS[name]))


@pytest.mark.parametrize(
    "name", ["main", "change", "message-held", "palette", "outbox", "providers", "handover", "files"]
)
def test_screens_at_80_by_24(name: str, snap_compare: SnapCompare) -> None:
    assert snap_compare(dashboard(night()), terminal_size=NARROW, run_before=at_rest(*SCREENS[name]))


@pytest.mark.parametrize("theme", [name for name in themes.names() if name != themes.DEFAULT])
def test_each_theme_once(theme: str, snap_compare: SnapCompare) -> None:
    assert snap_compare(dashboard(night(), theme=theme), terminal_size=NARROW, run_before=at_rest())
