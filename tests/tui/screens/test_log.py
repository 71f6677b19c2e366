"""The log on the screen: requests and answers of one ticket or message, or of all."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from tests.support.dashboard import bottom, dashboard, lines, picture, press, running, until
from tests.support.log_lines import exchange, logged
from tests.support.night import TUNNEL, night
from tests.support.scripted_desk import ScriptedDesk
from tui import logfile
from tui.app import VendorqApp
from tui.log_scope import EVERYTHING, Scope
from tui.screens.log import LogScreen
from tui.screens.main import MainScreen


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ScriptedDesk]:
    """An ordinary night whose requests are logged in a folder of its own."""
    desk = logged(night(), tmp_path)
    yield desk
    logfile.stop()


async def opened(app: VendorqApp, pilot: Any) -> LogScreen:
    """The screen, once it has read the log."""
    await press(pilot, "l")
    screen = cast("LogScreen", app.screen)
    await until(pilot, lambda: screen.found is not None, "the log to be read")
    await pilot.pause()
    return screen


async def test_a_ticket_s_requests_are_shown_newest_first_with_both_bodies(desk: ScriptedDesk) -> None:
    exchange("INC0000001")
    exchange(TUNNEL.number, method="PUT", request_body='{"comment": "Seen"}', answer_body=b'{"Response": "OK"}')
    exchange(TUNNEL.number, status=500, answer_body=b"<html>broken</html>")
    app = dashboard(desk)
    async with running(app) as pilot:
        screen = await opened(app, pilot)
        assert f"Log of {TUNNEL.number}" in lines(app)[0]
        assert [line.document["status"] for line in screen.found or ()] == [500, 200]
        assert "<html>broken</html>" in picture(app)
        await press(pilot, "j")
        assert '"comment": "Seen"' in picture(app)
        assert '"Response": "OK"' in picture(app)
        await press(pilot, "escape")
        assert isinstance(app.screen, MainScreen)


async def test_the_same_number_at_another_vendor_is_another_ticket(desk: ScriptedDesk) -> None:
    exchange(TUNNEL.number, provider="tangoe")
    app = dashboard(desk)
    async with running(app) as pilot:
        await opened(app, pilot)
        assert f"The log has nothing about {TUNNEL.number}" in picture(app)


async def test_all_requests_are_a_key_away_and_back(desk: ScriptedDesk) -> None:
    exchange("INC0000001")
    exchange(TUNNEL.number)
    exchange(provider="tangoe", status=None, error="no connection")
    app = dashboard(desk)
    async with running(app) as pilot:
        screen = await opened(app, pilot)
        assert len(screen.found or ()) == 1
        assert "a All requests" in bottom(app)
        await press(pilot, "a")
        await until(pilot, lambda: len(screen.found or ()) == 3, "all of them")
        assert "Log of all requests" in lines(app)[0]
        assert "no connection" in picture(app)
        await press(pilot, "a")
        await until(pilot, lambda: len(screen.found or ()) == 1, "the ticket's alone")


async def test_a_message_s_requests_are_found_from_incoming(desk: ScriptedDesk) -> None:
    entry = desk.messages()[0]
    exchange(entry.number, entry.id, method="DELETE")
    exchange(entry.number)
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "tab")
        screen = await opened(app, pilot)
        assert [line.document["method"] for line in screen.found or ()] == ["DELETE"]


async def test_a_write_is_found_by_its_entry_though_its_ticket_had_no_number_then(desk: ScriptedDesk) -> None:
    write = desk.outbox_entries[0].write
    exchange(write.id, method="POST")
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, *["j"] * 4)
        await until(pilot, lambda: app.main.chosen()[0] == TUNNEL.__class__("ensono", write.number), "the row")
        screen = await opened(app, pilot)
        assert [line.document["method"] for line in screen.found or ()] == ["POST"]


async def test_what_is_logged_meanwhile_is_there_after_reading_again_and_the_cursor_stays(desk: ScriptedDesk) -> None:
    exchange(TUNNEL.number, url="https://vendor.example/first")
    exchange(TUNNEL.number, url="https://vendor.example/second")
    app = dashboard(desk)
    async with running(app) as pilot:
        screen = await opened(app, pilot)
        await press(pilot, "j")
        chosen = screen.table.cursor_row
        assert chosen is not None and chosen.text("url").endswith("first")
        exchange(TUNNEL.number, url="https://vendor.example/third")
        await press(pilot, "r")
        await until(pilot, lambda: len(screen.found or ()) == 3, "the third")
        assert screen.table.cursor_row is not None
        assert screen.table.cursor_row.text("url").endswith("first")


async def test_a_fault_shows_where_it_happened(desk: ScriptedDesk) -> None:
    try:
        raise ZeroDivisionError("by design")
    except ZeroDivisionError:
        logging.getLogger("vendorq.desk").exception("the poll of %s failed", "tangoe")
    app = dashboard(desk)
    async with running(app) as pilot:
        await opened(app, pilot)
        await press(pilot, "a")
        await until(pilot, lambda: "the poll of tangoe failed" in picture(app), "the fault")
        assert "ZeroDivisionError: by design" in picture(app)
        assert "Remark" in picture(app)


async def test_an_empty_log_says_so(desk: ScriptedDesk) -> None:
    desk.tickets.clear()
    app = dashboard(desk)
    async with running(app) as pilot:
        await opened(app, pilot)
        assert "nothing has been asked of any vendor yet" in picture(app)


async def test_hostile_answers_are_text(desk: ScriptedDesk) -> None:
    exchange(TUNNEL.number, answer_body=b"[@click=app.quit]x[/] \x1b]52;c;eA==\x07 [/b]")
    app = dashboard(desk)
    async with running(app) as pilot:
        await opened(app, pilot)
        assert "[@click=app.quit]x[/]" in picture(app)
        assert "\x1b" not in picture(app)
        await pilot.click(offset=(4, 30))
        assert app.is_running


def test_the_newest_lines_are_found_across_files_put_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logfile, "LARGEST", 3000)
    logfile.start(tmp_path)
    try:
        for number in range(12):
            exchange(f"T{number % 2}", seconds=number)
    finally:
        logfile.stop()
    assert len(list(tmp_path.iterdir())) > 1
    about_t1 = Scope(title="T1", names=("T1",))
    assert [line["seconds"] for line in logfile.last(tmp_path, 3, [about_t1])] == [11, 9, 7]
    assert [line["seconds"] for line in logfile.last(tmp_path, 2, [EVERYTHING])] == [11, 10]
    assert logfile.last(tmp_path, 3, [replace(about_t1, provider="tangoe")]) == []
    assert logfile.last(tmp_path, 3, [replace(about_t1, names=("T",))]) == []
