"""What is typed into a filter repaints its line and the list, and lays nothing out."""

from __future__ import annotations

from tests.support.dashboard import dashboard, picture, press, running, type_text, until
from tests.support.night import night


async def test_typing_a_filter_causes_no_layout() -> None:
    app = dashboard(night())
    async with running(app) as pilot:
        await press(pilot, "slash")
        await pilot.pause()
        laid_out: list[object] = []
        app.screen.screen_layout_refresh_signal.subscribe(app, laid_out.append)
        await type_text(pilot, "vendor:kpn p:<=2 a text that is longer than the line has room for, by far")
        await press(pilot, "backspace", "home", "end")
        await until(pilot, lambda: "by fa" in picture(app), "the end of what was typed")
        assert laid_out == []
