"""Hostile text through the screens that are opened over the main one: the handover, a ticket's files, the log."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from tests.support.dashboard import NARROW, WIDE, dashboard, picture, press, running, until
from tests.support.hostile import HOSTILE
from tests.support.log_lines import exchange
from tests.support.night import TUNNEL
from tests.tui.screens.test_hostile import OURS, poisoned, written
from tui import logfile
from tui.desk.ports import Store
from tui.screens.log import LogScreen


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
async def test_hostile_text_is_text_on_the_screens_over_the_main_one(text: str, tmp_path: Path) -> None:
    desk = poisoned(text)
    store = SimpleNamespace(**vars(desk.store))
    store.path = tmp_path
    desk.store = cast("Store", store)
    app = dashboard(desk)
    size = WIDE if len(text) % 2 else NARROW
    logfile.start(tmp_path / "log")
    try:
        exchange(TUNNEL.number, text, url=f"https://vendor.example/{text}", answer_body=text.encode(errors="replace"))
        async with running(app, size) as pilot:
            for key in ("s", "f", "l"):
                await press(pilot, key)
                assert app.screen is not app.main
                await until(pilot, lambda: not isinstance(app.screen, LogScreen) or app.screen.found, "the log")
                await pilot.pause()
                drawn = written(app)
                assert "\x1b" not in OURS.sub("", drawn)
                assert not re.search("[\x00-\x1a\x1c-\x1f\x7f-\x9f]", drawn)
                assert picture(app).strip()
                await press(pilot, "end", "escape")
                assert app.is_running
    finally:
        logfile.stop()
