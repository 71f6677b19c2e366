"""The handover on the screen: what it tells, since when, and how it leaves the screen."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from providers.model import TicketKey, Write
from tests.support.dashboard import NARROW, WIDE, ZONE, bottom, dashboard, lines, picture, press, running, type_text
from tests.support.night import ago, message, night
from tests.support.scripted_desk import NOW, ScriptedDesk
from tui.board import Board
from tui.desk.entries import OutboxEntry
from tui.handover import handover
from tui.screens.handover import HandoverScreen, handover_lines
from tui.screens.main import MainScreen
from tui.widgets.lines import width_of_all


@pytest.fixture
def desk() -> ScriptedDesk:
    """An ordinary night, in which one thing was answered."""
    desk = night()
    write = Write(id="w1", action="comment", provider="smartops", number="ST-20931", created_at=ago(50))
    desk.outbox_entries.append(OutboxEntry(write=write, state="done", created_at=ago(50), updated_at=ago(49)))
    return desk


def part(app: object, title: str) -> str:
    """What stands on the screen under a heading."""
    text = picture(app)
    begin = text.index(f" {title} (")
    end = re.search(r"\n \w[\w ]* \(\d+\) ─", text[begin + 1 :])
    return text[begin : begin + 1 + end.start()] if end else text[begin:]


async def test_it_tells_what_waits_came_in_and_was_answered(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "s")
        assert isinstance(app.screen, HandoverScreen)
        assert "Handover since Tue 14 Nov 2023 02:02" in lines(app)[0]
        assert "P1 INC0712290" in part(app, "Waits")
        assert "the vendor waits for us, due soon" in part(app, "Waits")
        assert "it left and got no answer" in part(app, "Writes without an end")
        assert "Splicing has begun" in part(app, "Came in")
        assert "ST-20931" in part(app, "Answered")
        assert "tangoe down" in part(app, "Providers")
        await press(pilot, "escape")
        assert isinstance(app.screen, MainScreen)


async def test_it_begins_where_one_says(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "s", "s")
        await type_text(pilot, "soon")
        await press(pilot, "enter")
        assert "Write a time: 30m, 8h" in picture(app)
        await press(pilot, *["backspace"] * 4)
        await type_text(pilot, "13:45")
        await press(pilot, "enter")
        assert "since Tue 14 Nov 2023 13:45" in lines(app)[0]
        assert "Came in (3 tickets, 3 messages not handled)" in picture(app)
        assert "Answered (0)" in picture(app)
        assert "Waits (6)" in picture(app), "what waits does so since whenever"


async def test_a_time_to_come_is_no_beginning(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "s", "s")
        await type_text(pilot, "2023-12-01")
        await press(pilot, "enter")
        assert "That is still to come." in picture(app)


async def test_it_is_copied_as_markdown(desk: ScriptedDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("TMUX", raising=False)
    app = dashboard(desk)
    async with running(app) as pilot:
        written: list[str] = []
        await press(pilot, "s")
        monkeypatch.setattr(app._driver, "write", written.append)
        await press(pilot, "y")
        (sequence,) = [text for text in written if text.startswith("\x1b]52;c;")]
        text = base64.b64decode(sequence[7:-1]).decode()
        assert text.startswith("# Handover by Ann de Vries")
        assert "## Waits (6)" in text
        assert "sent to the terminal's clipboard" in bottom(app)


async def test_one_too_long_to_copy_says_what_to_do(desk: ScriptedDesk) -> None:
    desk.inbox_entries += [message("ensono", f"INC{number}", "comment", "x" * 100, 1) for number in range(600)]
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "s", "y")
        assert "more than terminals take" in bottom(app)
        assert "w saves it to a file" in bottom(app)


async def test_it_is_saved_to_a_new_file_for_us_alone(
    desk: ScriptedDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "s", "w", "enter")
        file = tmp_path / "handover-20231114-1402.md"
        assert file.read_text().startswith("# Handover by Ann de Vries")
        assert file.stat().st_mode & 0o777 == 0o600
        assert f"Saved: {file}"[:80] in bottom(app)
        await press(pilot, "w", "enter")
        assert "there already; nothing is overwritten" in picture(app)
        await press(pilot, "ctrl+u")
        await type_text(pilot, "no such folder/x.md")
        await press(pilot, "enter")
        assert "There is no folder" in picture(app)


async def test_what_comes_in_meanwhile_is_in_it(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "s")
        desk.inbox_entries.append(message("tangoe", "CS0043188", "comment", "At long last", -1))
        desk.tell("messages")
        await pilot.pause(0.2)
        assert "At long last" in picture(app)


def test_the_echo_of_our_own_write_did_not_come_in(desk: ScriptedDesk) -> None:
    echo = replace(message("ensono", "INC0712290", "comment", "Our words", 5), own_write="w1", handled=True)
    shift = handover(
        desk.rows(),
        [*desk.messages(), echo],
        desk.outbox(settled=True),
        desk.health(),
        engineer=desk.engineer,
        since=NOW - timedelta(hours=12),
        now=NOW,
    )
    assert echo not in shift.came_in
    assert len(shift.came_in) == 9


@pytest.mark.parametrize("width", [NARROW[0] - 3, WIDE[0] - 3])
def test_a_quiet_shift_says_so_and_no_line_is_too_wide(desk: ScriptedDesk, width: int) -> None:
    board = Board(desk.desk, dashboard(desk).config, ZONE)
    board.load()
    since = NOW - timedelta(hours=12)

    def told(desk: ScriptedDesk) -> list[str]:
        shift = handover(
            desk.rows(),
            desk.messages(settled=True),
            desk.outbox(settled=True),
            desk.health(),
            engineer=desk.engineer,
            since=since,
            now=NOW,
        )
        found = handover_lines(shift, board, width)
        assert all(width_of_all(line) <= width for line in found)
        return ["".join(text for text, _ in line) for line in found]

    told(desk)
    desk.inbox_entries.clear()
    desk.outbox_entries.clear()
    for key in list(desk.tickets):
        if key != TicketKey("smartops", "ST-20917"):
            del desk.tickets[key]
    assert told(desk).count("Nothing.") == 4
