"""The bottom line: a sentence that one line cuts takes more of them, until the next key."""

from __future__ import annotations

from tests.support.dashboard import NARROW, dashboard, lines, press, running, until
from tests.support.night import night
from tui.widgets.footer import MOST, Footer

LONG = "No approval is asked on this ticket at the moment, " * 2 + "and this is its end."


async def test_a_long_sentence_stands_whole_until_the_next_key() -> None:
    app = dashboard(night())
    async with running(app, NARROW) as pilot:
        app.main.say(LONG, "warning")
        await until(pilot, lambda: "and this is its end." in lines(app)[-1], "its last line")
        assert " ".join(line.strip() for line in lines(app)[-2:]) == LONG
        await press(pilot, "j")
        await until(pilot, lambda: "q Quit" in lines(app)[-1], "the hints")
        assert app.main.query_one(Footer).size.height == 1


async def test_it_takes_no_more_than_a_few_lines() -> None:
    app = dashboard(night())
    async with running(app, NARROW) as pilot:
        app.main.say(LONG * 9)
        await until(pilot, lambda: lines(app)[-1].rstrip().endswith("…"), "the cut")
        assert app.main.query_one(Footer).size.height == MOST


async def test_moving_causes_no_layout() -> None:
    app = dashboard(night())
    async with running(app, NARROW) as pilot:
        laid_out: list[object] = []
        app.screen.screen_layout_refresh_signal.subscribe(app, laid_out.append)
        await press(pilot, "j", "k", "j")
        assert laid_out == []
