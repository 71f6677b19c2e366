"""A ticket's files: in its story and in their own list, fetched and found."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from providers.base import Progress
from providers.errors import NotFound
from providers.model import Attachment, TicketKey
from tests.support.dashboard import bottom, dashboard, picture, press, running, until
from tests.support.night import CHANGE, TUNNEL, ago, night
from tests.support.scripted_desk import ScriptedDesk
from tui.screens.files import FilesScreen

TRACE = Attachment(id="a1", name="ike-trace.log", size=48_213, at=ago(31))


@pytest.fixture
def desk() -> ScriptedDesk:
    """An ordinary night; the tunnel has a file of the vendor's and one of ours."""
    desk = night()
    ours = Attachment(id="a2", name="firewall.cfg", size=900, direction="out", at=ago(20))
    desk.tickets[TUNNEL] = replace(desk.tickets[TUNNEL], attachments=(ours, TRACE))
    return desk


def arrive(desk: ScriptedDesk, folder: Path) -> None:
    """The vendor's file is here now."""
    known = desk.tickets[TUNNEL].attachments
    files = tuple(replace(item, path=str(folder / item.name)) if item.id == "a1" else item for item in known)
    desk.change(TUNNEL, attachments=files)


async def test_the_story_names_each_file_and_where_it_is(desk: ScriptedDesk, tmp_path: Path) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        text = picture(app)
        assert "Files (1)" in text
        assert "ike-trace.log  48 KB" in text
        assert "not here yet" in text
        arrive(desk, Path("/srv/files"))
        await until(pilot, lambda: "not here yet" not in picture(app), "the file")
        assert "/srv/files" in picture(app)


async def test_a_ticket_without_files_says_so(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "2")
        app.main.tickets.move_to(CHANGE)
        await press(pilot, "f")
        assert f"{CHANGE.number} has no files" in bottom(app)


async def test_a_file_is_fetched_shown_and_its_path_copied(desk: ScriptedDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []
    app = dashboard(desk)
    monkeypatch.setattr(app, "copy_to_clipboard", copied.append)
    async with running(app) as pilot:
        await press(pilot, "f")
        assert isinstance(app.screen, FilesScreen)
        await press(pilot, "y")
        assert copied == []
        assert "not here yet, so there is no path" in picture(app)
        await press(pilot, "enter")
        await until(pilot, lambda: ("download", TUNNEL, "ike-trace.log") in desk.calls, "the call")
        await until(pilot, lambda: "Here: /nowhere/ike-trace.log" in picture(app), "where it is")
        arrive(desk, Path("/srv/files"))
        await until(pilot, lambda: "/srv/files/ike-trace.log" in picture(app), "the path")
        await press(pilot, "y", "o")
        assert copied == ["/srv/files/ike-trace.log", "/srv/files"]


async def test_a_file_of_ours_is_not_fetched(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "f", "j", "enter")
        assert "This file is ours" in picture(app)
        assert not [call for call in desk.calls if call[0] == "download"]


async def test_a_failure_is_said_where_one_looks(desk: ScriptedDesk) -> None:
    desk.failure = NotFound("ensono", "the link has expired", next_step="Ask the vendor to attach it again.")
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "f", "enter")
        await until(pilot, lambda: "the link has expired" in picture(app), "the reason")
        assert "attach it again" in picture(app)


async def test_how_far_a_file_has_come_is_shown_by_tens_and_the_key_twice_fetches_once(
    desk: ScriptedDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = asyncio.Event()
    started: list[Progress] = []

    async def download(key: TicketKey, name: str = "", to: Path | None = None, progress: object = None) -> list[Path]:
        started.append(progress)  # type: ignore[arg-type]  # as the desk declares it
        await go_on.wait()
        return [Path("/srv/files") / name]

    monkeypatch.setattr(desk, "download", download)
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "f", "enter", "enter")
        await until(pilot, lambda: "fetching" in picture(app), "the beginning")
        started[0](30, 100)
        await until(pilot, lambda: "fetching 30 %" in picture(app), "how far it is")
        started[0](37, 100)
        await pilot.pause()
        assert "fetching 30 %" in picture(app)
        go_on.set()
        await until(pilot, lambda: "Here: /srv/files/ike-trace.log" in picture(app), "the end")
        assert len(started) == 1


async def test_what_is_fetched_when_the_list_is_gone_is_said_below(
    desk: ScriptedDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = asyncio.Event()

    async def download(key: TicketKey, name: str = "", to: Path | None = None, progress: object = None) -> list[Path]:
        await go_on.wait()
        return [Path("/srv/files") / name]

    monkeypatch.setattr(desk, "download", download)
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "f", "enter", "escape")
        go_on.set()
        await until(pilot, lambda: "Here: /srv/files/ike-trace.log" in bottom(app), "the sentence")
