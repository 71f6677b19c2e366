"""The main screen: what stands where, what keys do, and that a refresh moves nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from providers.errors import Unreachable
from providers.model import TicketKey
from tests.support.dashboard import NARROW, WIDE, bottom, dashboard, lines, picture, press, running, type_text, until
from tests.support.night import CHANGE, FIBRE, TUNNEL, ago, message, night
from tests.support.scripted_desk import ScriptedDesk
from tui.app import VendorqApp
from tui.messages import FormRequested


@pytest.fixture
def desk() -> ScriptedDesk:
    """An ordinary night."""
    return night()


async def test_three_panes_stand_side_by_side_on_a_wide_screen(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app, WIDE):
        assert "Needs me" in lines(app)[3]
        assert "INC0712290" in lines(app)[3], "the detail's title stands beside the list's"
        assert any("Incoming" in line for line in lines(app))


async def test_one_pane_at_a_time_on_a_narrow_screen_with_the_same_keys(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app, NARROW) as pilot:
        assert "Incoming" not in picture(app)
        await press(pilot, "tab")
        assert "Incoming" in lines(app)[3]
        await press(pilot, "tab")
        assert "INC0712290" in lines(app)[3]
        await press(pilot, "escape", "escape")
        assert "Needs me" in lines(app)[3]


async def test_the_strip_says_of_each_provider_how_it_is(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app):
        first, second = lines(app)[:2]
        assert "● ensono ok <1m queue 3, 4m" in first
        assert "◐ kpn-incident late 8m" in first
        assert "✕ tangoe down 2h13m" in first
        assert "tangoe  no connection: the host name is not known. Next try 14:04." in second
        assert "14:02 CET" in second
        assert "Ann de Vries" in second
        assert "outbox 2, 1 to decide" in second


async def test_the_cursor_stays_on_its_ticket_when_others_come_before_it(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "j", "j")
        tickets = app.main.tickets
        chosen, line = tickets.cursor_key, tickets.cursor - tickets.top
        desk.change(TicketKey("smartops", "ST-20931"), priority=1, awaiting_us=True)
        await until(pilot, lambda: len(tickets.rows) == 7, "the new row")
        assert tickets.cursor_key == chosen
        assert tickets.cursor == 3
        assert tickets.cursor - tickets.top == line or tickets.top == 0


async def test_the_first_ticket_of_a_view_keeps_the_cursor_when_a_more_urgent_one_comes(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "2")
        tickets = app.main.tickets
        chosen, urgent = tickets.cursor_key, TicketKey("smartops", "ST-20931")
        desk.change(urgent, priority=1, awaiting_us=True, due_at=ago(3000))
        await until(pilot, lambda: tickets.rows[0].key == urgent, "the more urgent one")
        assert tickets.cursor_key == chosen


async def test_a_ticket_that_leaves_the_view_stays_until_the_cursor_leaves_it(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        tickets = app.main.tickets
        assert tickets.cursor_key == TUNNEL
        desk.change(TUNNEL, state="closed", awaiting_us=False)
        await until(pilot, lambda: "left view" in picture(app) or "closed" in picture(app), "the change")
        assert tickets.cursor_key == TUNNEL, "the next key must not hit another ticket than the one that was read"
        await press(pilot, "j")
        await until(pilot, lambda: TUNNEL not in [row.key for row in tickets.rows], "it to go")


async def test_the_detail_follows_when_the_cursor_rests(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "j")
        assert app.main.detail.key == TUNNEL, "not at each step"
        await until(pilot, lambda: app.main.detail.key == app.main.tickets.cursor_key, "the detail to follow")


async def test_enter_reads_the_ticket_and_escape_returns(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "j", "enter")
        assert app.main.pane == "detail"
        assert app.main.detail.key == app.main.tickets.cursor_key
        await press(pilot, "escape")
        assert app.main.pane == "tickets"


async def test_a_message_leads_to_its_ticket_and_back(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "tab", "j", "j", "enter")
        assert app.main.detail.key == CHANGE
        assert "Your approval is asked" in picture(app)
        await press(pilot, "escape")
        assert app.main.pane == "incoming"


async def test_a_message_that_could_not_be_read_is_shown_whole(desk: ScriptedDesk) -> None:
    entry = next(entry for entry in desk.inbox_entries if entry.status == "parked")
    assert entry.message is not None
    broken = replace(entry, message=replace(entry.message, raw="{half a", problem="this is no JSON"))
    desk.inbox_entries[desk.inbox_entries.index(entry)] = broken
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "tab", "end")
        while app.main.incoming.cursor_row is not broken:
            await press(pilot, "k")
        await press(pilot, "enter")
        assert "this is no JSON" in picture(app)
        assert "{half a" in picture(app)


async def test_a_key_asks_for_the_form_of_the_ticket_under_the_cursor(
    desk: ScriptedDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[FormRequested] = []
    monkeypatch.setattr(VendorqApp, "on_form_requested", lambda _, event: asked.append(event))
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "c")
        assert [(event.action, event.key) for event in asked] == [("comment", TUNNEL)]


async def test_an_action_that_is_not_offered_says_why_before_anything_is_typed(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "2")
        app.main.tickets.move_to(TicketKey("tangoe", "CS0043188"))
        await press(pilot, "a")
        assert "not offered by Tangoe" in bottom(app)
        await press(pilot, "j")
        assert "not offered" not in bottom(app), "the next key takes the sentence away"


async def test_approve_is_refused_where_no_approval_is_asked(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "A")
        assert "not offered for a ticket that is no change" in bottom(app)
        app.main.tickets.move_to(CHANGE)
        await until(pilot, lambda: "A Approve" in bottom(app), "the hint")


async def test_read_only_refuses_every_write_in_words(desk: ScriptedDesk) -> None:
    desk.read_only = True
    app = dashboard(desk)
    async with running(app) as pilot:
        assert "READ-ONLY" in lines(app)[1]
        await press(pilot, "c")
        assert "Comment: nothing is written, started read-only; no queue is read" in bottom(app), "one colon"


async def test_offline_is_said_when_no_provider_answers(desk: ScriptedDesk) -> None:
    desk.healths = {name: replace(health, state="down") for name, health in desk.healths.items()}
    app = dashboard(desk)
    async with running(app):
        assert "OFFLINE" in lines(app)[1]
        assert "INC0712290" in picture(app), "the last rows stay"


async def test_a_view_is_a_number_away_and_says_how_many_it_holds(desk: ScriptedDesk) -> None:
    app = dashboard(desk, views=[("Networks", "tunnel")])
    async with running(app) as pilot:
        assert "9 Networks 1" in lines(app)[2]
        await press(pilot, "3")
        assert [row.key for row in app.main.tickets.rows] == [CHANGE]
        await press(pilot, "9")
        assert [row.key for row in app.main.tickets.rows] == [TUNNEL]


async def test_u_walks_the_unread_tickets(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        seen = []
        for _ in range(3):
            await press(pilot, "u")
            seen.append(app.main.tickets.cursor_key)
        assert set(seen) == {TUNNEL, CHANGE, FIBRE}


async def test_looking_marks_nothing_and_a_key_marks_handled(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "j", "k", "enter", "escape")
        assert not [call for call in desk.calls if call[0] == "mark"]
        await press(pilot, "h")
        await until(pilot, lambda: ("mark", (TUNNEL,), "handled", None) in desk.calls, "the mark")


async def test_handled_in_incoming_is_about_the_message(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "tab")
        entry = app.main.incoming.cursor_row
        assert entry is not None
        await press(pilot, "h")
        await until(pilot, lambda: ("handle_message", entry.provider, entry.id) in desk.calls, "the call")
        await until(pilot, lambda: len(app.main.incoming.rows) == 9, "it to leave the list")


async def test_marks_that_the_filter_hides_are_asked_about(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "2", "space", "space", "slash")
        await type_text(pilot, "tunnel")
        await press(pilot, "enter")
        assert "2 marked" in lines(app)[3]
        await press(pilot, "h")
        assert "1 of them are not in the list you see" in picture(app)
        await press(pilot, "n")
        assert not [call for call in desk.calls if call[0] == "mark"]
        await press(pilot, "h", "y")
        await until(pilot, lambda: [call for call in desk.calls if call[0] == "mark"], "the marks")
        assert len(next(call for call in desk.calls if call[0] == "mark")[1]) == 2


async def test_a_vendor_failure_is_a_sentence_with_the_next_step(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        desk.failure = Unreachable("ensono", "no connection")
        await press(pilot, "r")
        await until(pilot, lambda: "ensono: no connection" in bottom(app), "the sentence")
        assert "Check the network" in bottom(app)


async def test_an_unforeseen_failure_is_shown_and_the_app_goes_on(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        desk.failure = RuntimeError("secret=not-a-real-key")
        await press(pilot, "r")
        await until(pilot, lambda: "RuntimeError" in bottom(app), "the sentence")
        assert "not-a-real-key" not in picture(app)
        assert app.is_running


async def test_new_messages_come_in_without_moving_the_cursor_in_incoming(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "tab", "j")
        chosen = app.main.incoming.cursor_key
        desk.inbox_entries.append(message("smartops", "ST-20917", "comment", "Moved again", -1))
        desk.tell("messages")
        await until(pilot, lambda: len(app.main.incoming.rows) == 11, "the message")
        assert app.main.incoming.cursor_key == chosen


async def test_raw_shows_what_came_and_the_story_again(desk: ScriptedDesk) -> None:
    desk.texts[TUNNEL] = [(ago(6), '{"notes": {"body": "Phase 2"}}')]
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "v")
        assert '"body": "Phase 2"' in picture(app)
        await press(pilot, "v")
        assert "Timeline, newest first" in picture(app)


async def test_zoom_gives_one_pane_the_screen(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "z")
        assert "Incoming" not in picture(app)
        assert app.main.tickets.size.width == WIDE[0]
        await press(pilot, "escape")
        assert "Incoming" in picture(app)


async def test_a_smaller_terminal_shows_one_pane_and_a_larger_one_all_again(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await pilot.resize_terminal(*NARROW)
        await until(pilot, lambda: "Incoming" not in picture(app), "one pane")
        await pilot.resize_terminal(*WIDE)
        await until(pilot, lambda: "Incoming" in picture(app), "all panes")


async def test_a_minute_moves_ages_countdowns_and_the_clock(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        assert "38m" in picture(app)
        desk.clock.go_on(60)
        app.tick()
        await until(pilot, lambda: "14:03 CET" in lines(app)[1], "the clock")
        assert "37m" in picture(app)


async def test_no_update_of_what_is_shown_causes_a_layout(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "j")
        await until(pilot, lambda: app.main.detail.key == app.main.tickets.cursor_key, "rest")
        laid_out: list[object] = []
        app.screen.screen_layout_refresh_signal.subscribe(app, laid_out.append)
        await press(pilot, "j", "pagedown", "home", "2")
        desk.change(TUNNEL, summary="Other words")
        await until(pilot, lambda: "Other words" in picture(app), "the change")
        desk.healths["ensono"] = replace(desk.healths["ensono"], queue_depth=44)
        desk.tell("health")
        await until(pilot, lambda: "queue 44" in lines(app)[0], "the strip")
        desk.clock.go_on(60)
        app.tick()
        await until(pilot, lambda: "14:03 CET" in lines(app)[1], "the clock")
        assert laid_out == []


async def test_a_row_that_has_left_the_view_is_not_counted(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "j")
        before = app.board.listing.counts["needs-me"]
        key = app.main.tickets.cursor_key
        assert f"2 of {before} " in lines(app)[3]
        desk.flags[key].update(handled=True, faulty_write=False)  # type: ignore[index]
        desk.tell("tickets")
        await until(pilot, lambda: f"– of {before - 1} " in lines(app)[3], "the count")
        assert app.board.listing.counts["needs-me"] == before - 1
        assert app.main.tickets.cursor_key == key
        await press(pilot, "j")
        assert f" of {before - 1} " in lines(app)[3]
        assert "–" not in lines(app)[3]


async def test_handled_says_why_a_ticket_with_an_unsettled_write_stays(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        app.main.lists.show_ticket(TicketKey("ensono", "INC0712264"))
        await press(pilot, "h")
        await until(pilot, lambda: "It stays in Needs me until the write is settled: x Outbox." in picture(app), "why")
