"""New messages come in above what one looks at: the list says so, and a key leads there."""

from __future__ import annotations

import pytest

from tests.support.dashboard import NARROW, WIDE, dashboard, lines, press, running, until
from tests.support.night import message, night
from tests.support.scripted_desk import ScriptedDesk
from tui.app import VendorqApp


@pytest.fixture
def desk() -> ScriptedDesk:
    """An ordinary night with more messages than a pane shows."""
    desk = night()
    desk.inbox_entries += [message("ensono", f"INC09{each:02}", "update", "x", 1000 + each) for each in range(40)]
    return desk


def come_in(desk: ScriptedDesk, *minutes: float) -> None:
    """Messages come in, that many minutes ago."""
    for each in minutes:
        desk.inbox_entries.insert(0, message("ensono", "INC0999", "comment", "fresh", each))
    desk.tell("messages")


def title(app: VendorqApp) -> str:
    return next(line for line in lines(app) if "── Incoming ─" in line)


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_what_comes_in_above_is_counted_and_a_key_leads_to_it(desk: ScriptedDesk, size: tuple[int, int]) -> None:
    app = dashboard(desk)
    async with running(app, size) as pilot:
        await press(pilot, "tab", "end")
        assert "newer" not in title(app), "what was there before is not newer"
        come_in(desk, 0.3, 0.2)
        await until(pilot, lambda: "2 newer above, Home" in title(app), "the count")
        stood = app.main.incoming.cursor_key
        come_in(desk, 0.1)
        await until(pilot, lambda: "3 newer above, Home" in title(app), "the count")
        assert app.main.incoming.cursor_key == stood
        await press(pilot, "home")
        assert "newer" not in title(app)
        assert "fresh" in "\n".join(lines(app))
        await press(pilot, "end")
        assert "newer" not in title(app), "they have been in sight"


async def test_what_comes_in_over_the_first_row_is_counted_too(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "tab", "j", "k")
        come_in(desk, 0.1)
        await until(pilot, lambda: "1 newer above" in title(app), "the count")


async def test_until_somebody_has_moved_in_the_list_the_newest_is_in_sight(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        come_in(desk, 0.1)
        await until(pilot, lambda: "fresh" in "\n".join(lines(app)), "the message")
        assert "newer" not in title(app)


async def test_saying_it_causes_no_layout(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "tab", "end")
        laid_out: list[object] = []
        app.screen.screen_layout_refresh_signal.subscribe(app, laid_out.append)
        come_in(desk, 0.1)
        await until(pilot, lambda: "1 newer above" in title(app), "the count")
        assert laid_out == []


async def test_back_at_the_tickets_the_newest_is_in_sight_again(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "tab", "end")
        come_in(desk, 0.2)
        await until(pilot, lambda: "1 newer above" in title(app), "the count")
        await press(pilot, "enter", "escape")
        assert app.main.pane == "incoming"
        assert "newer above" in title(app), "reading a message is no leaving"
        await press(pilot, "escape")
        assert "newer" not in title(app)
        assert "fresh" in "\n".join(lines(app))
        await press(pilot, "j", "k")
        come_in(desk, 0.1)
        await until(
            pilot, lambda: app.main.incoming.cursor == 0 and len(app.main.incoming.rows) == len(desk.inbox_entries)
        )
        assert "newer" not in title(app), "nobody has moved there since"


async def test_what_keeps_messages_from_their_end_is_counted_by_its_word(desk: ScriptedDesk) -> None:
    desk.inbox_entries = [
        message("ensono", "INC1", "update", "x", 1, "held"),
        message("ensono", "INC2", "update", "x", 2, "parked"),
        message("ensono", "INC3", "update", "x", 3, "parked"),
    ]
    app = dashboard(desk)
    async with running(app):
        assert "1 held, 2 set aside  3 not handled" in title(app)
