"""Several tickets at once, and the way between a ticket and its messages."""

from __future__ import annotations

import pytest

from providers.model import TicketKey
from tests.support.dashboard import bottom, dashboard, lines, picture, press, running, type_text, until
from tests.support.night import CHANGE, FIBRE, TUNNEL, night
from tests.support.scripted_desk import ScriptedDesk


@pytest.fixture
def desk() -> ScriptedDesk:
    """An ordinary night."""
    return night()


async def test_the_keys_below_say_how_many_they_are_about(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "2", "space", "space", "space")
        assert "h Handled 3" in bottom(app)
        assert "y Copy number 3" in bottom(app)
        assert "c Comment" not in bottom(app)
        await press(pilot, "M")
        assert "c Comment" in bottom(app)


async def test_what_is_for_one_ticket_is_refused_while_several_are_marked(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "2", "space", "space", "c")
        assert "Comment is for one ticket, and 2 are marked" in bottom(app)
        assert app.screen is app.main


async def test_all_rows_of_a_view_are_marked_with_a_key(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "asterisk")
        assert "6 marked" in lines(app)[3]
        await press(pilot, "h")
        await until(pilot, lambda: [call for call in desk.calls if call[0] == "mark"], "the marks")
        assert len(next(call for call in desk.calls if call[0] == "mark")[1]) == 6
        await until(pilot, lambda: "6 tickets handled." in bottom(app), "how many")


async def test_what_the_filter_hides_of_the_marks_is_counted_before_anything_is_done(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "2", "space", "space", "space", "slash")
        await type_text(pilot, "tunnel")
        await press(pilot, "enter")
        assert "3 marked, 2 not in sight" in lines(app)[3]
        await press(pilot, "w")
        assert "2 of the 3 are not in the list you see" in picture(app).replace("\n", " ").replace("│", "")


async def test_the_numbers_of_all_marked_tickets_are_copied(
    desk: ScriptedDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied: list[str] = []
    app = dashboard(desk)
    monkeypatch.setattr(app, "copy_to_clipboard", copied.append)
    async with running(app) as pilot:
        await press(pilot, "2", "space", "space", "y")
        assert set(copied[0].splitlines()) == {TUNNEL.number, "INC1004417"}
        assert "2 tickets were sent to the terminal's clipboard" in bottom(app)


async def test_a_ticket_leads_to_its_newest_message_and_back(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        app.main.tickets.move_to(FIBRE)
        await press(pilot, "m")
        assert app.main.pane == "incoming"
        entry = app.main.incoming.cursor_row
        assert entry is not None and (entry.number, entry.message and entry.message.kind) == (FIBRE.number, "comment")
        await press(pilot, "m")
        assert app.main.pane == "tickets"
        assert app.main.tickets.cursor_key == FIBRE


async def test_a_message_leads_to_its_ticket_and_back_to_that_very_message(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "tab", "j", "j", "j")
        chosen = app.main.incoming.cursor_key
        await press(pilot, "m")
        assert app.main.tickets.cursor_key == FIBRE
        await press(pilot, "m")
        assert app.main.incoming.cursor_key == chosen, "the older of its two messages, where one came from"


async def test_a_message_leads_to_a_ticket_that_the_view_or_the_filter_hides(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "3", "slash")
        await type_text(pilot, "switch")
        await press(pilot, "enter", "tab", "m")
        assert app.main.tickets.cursor_key == TUNNEL
        assert "All open" in lines(app)[3]


async def test_a_ticket_that_has_ended_is_in_no_list_and_this_is_said(desk: ScriptedDesk) -> None:
    desk.change(TUNNEL, state="closed", awaiting_us=False)
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "tab", "m")
        assert "INC0712290 has ended and is in no list" in bottom(app)
        assert app.main.pane == "incoming"


async def test_a_message_of_no_ticket_and_a_ticket_without_message_say_so(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "2")
        app.main.tickets.move_to(TicketKey("smartops", "ST-20917"))
        await press(pilot, "m")
        assert "No message of ST-20917 waits in Incoming" in bottom(app)
        await press(pilot, "tab")
        while app.main.incoming.cursor_row is None or app.main.incoming.cursor_row.status != "parked":
            await press(pilot, "j")
        await press(pilot, "m")
        assert "belongs to no ticket" in bottom(app)


async def test_the_detail_leads_to_the_message_too(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        app.main.tickets.move_to(CHANGE)
        await press(pilot, "enter", "m")
        assert app.main.pane == "incoming"
        assert app.main.incoming.cursor_row is not None
        assert app.main.incoming.cursor_row.number == CHANGE.number


async def test_a_message_that_belongs_to_no_ticket_is_handled_with_the_key_its_text_names(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "tab")
        while (entry := app.main.incoming.cursor_row) is None or entry.status != "parked":
            await press(pilot, "j")
        assert "h Handled" in bottom(app)
        await press(pilot, "h")
        await until(pilot, lambda: ("handle_message", entry.provider, entry.id) in desk.calls, "the call")
