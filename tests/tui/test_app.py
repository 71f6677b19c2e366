"""The app around the screens: what it asks at its start, what rings, how it copies, how it leaves."""

from __future__ import annotations

import asyncio
import contextvars
import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest

import themes
from providers.model import Engineer
from tests.support.dashboard import NARROW, bottom, dashboard, lines, picture, press, running, type_text, until
from tests.support.night import CHANGE, TUNNEL, message, night
from tests.support.scripted_desk import ScriptedDesk
from tui.app import GATHER, VendorqApp
from tui.bell import OPENING
from tui.config_fault import ConfigFault
from tui.desk.ports import StoreFault
from tui.screens.consume import ConsumeScreen
from tui.screens.engineer import EngineerScreen
from tui.widgets.footer import Footer


@pytest.fixture
def desk() -> ScriptedDesk:
    """An ordinary night."""
    return night()


async def test_polling_starts_once_the_picture_stands(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await until(pilot, lambda: ("run",) in desk.calls, "the poller")


async def test_polling_that_ends_in_a_fault_is_shown_and_the_app_goes_on(desk: ScriptedDesk) -> None:
    desk.run = lambda: fail(StoreFault("the store is full; free some room"))  # type: ignore[method-assign]
    app = dashboard(desk)
    async with running(app) as pilot:
        await until(pilot, lambda: "FAULT" in lines(app)[1], "the fault")
        assert "Polling has stopped: the store is full" in lines(app)[1]
        await press(pilot, "j")
        assert app.is_running


async def test_what_comes_in_after_the_end_changes_nothing(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app):
        pass
    app.report(StoreFault("the store is closed"), "polling")
    app.main.show_all()
    assert not app.screen_stack


async def test_the_desk_is_heard_from_any_context(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        outside = contextvars.Context()
        asyncio.get_running_loop().call_soon(lambda: desk.change(TUNNEL, summary="Other words"), context=outside)
        await until(pilot, lambda: "Other words" in picture(app), "the change")


async def fail(error: Exception) -> None:
    """Raise, later."""
    await asyncio.sleep(0)
    raise error


async def test_a_nameless_engineer_is_asked_once_and_stands_in_the_strip(desk: ScriptedDesk) -> None:
    desk.engineer = Engineer()
    app = dashboard(desk)
    async with running(app) as pilot:
        await until(pilot, lambda: isinstance(app.screen, EngineerScreen), "the question")
        await press(pilot, "enter", "enter", "enter")
        assert "A name is needed." in picture(app)
        await type_text(pilot, "Bo")
        await press(pilot, "enter", "enter", "enter")
        assert desk.engineer == Engineer(name="Bo")
        assert "Bo" in lines(app)[1]


async def test_who_only_looks_is_asked_again_before_writing(
    desk: ScriptedDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    async def open_form(app: object, desk: object, action: str, *_: object, **__: object) -> None:
        opened.append(action)

    monkeypatch.setattr("tui.forms.open_form", open_form)
    desk.engineer = Engineer()
    app = dashboard(desk)
    async with running(app) as pilot:
        await until(pilot, lambda: isinstance(app.screen, EngineerScreen), "the question")
        await press(pilot, "escape", "c")
        assert isinstance(app.screen, EngineerScreen)
        assert opened == []
        await type_text(pilot, "Bo")
        await press(pilot, "enter", "enter", "enter")
        await until(pilot, lambda: opened == ["comment"], "the form")


async def test_reading_a_queue_is_asked_once_and_the_answer_kept(desk: ScriptedDesk) -> None:
    desk.healths["ensono"] = replace(desk.healths["ensono"], asks_consume=True, consumes=False)
    app = dashboard(desk)
    async with running(app) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ConsumeScreen), "the question")
        assert "Read the message queue of ensono here?" in picture(app)
        await press(pilot, "n")
        await until(pilot, lambda: ("answer_consume", "ensono", False) in desk.calls, "the answer")
        await until(pilot, lambda: not isinstance(app.screen, ConsumeScreen), "the end of it")


async def test_a_provider_without_a_queue_is_never_asked_about(desk: ScriptedDesk) -> None:
    desk.healths["tangoe"] = replace(desk.healths["tangoe"], asks_consume=True, consumes=False)
    app = dashboard(desk)
    async with running(app) as pilot:
        await until(pilot, lambda: ("run",) in desk.calls, "the start")
        assert not isinstance(app.screen, ConsumeScreen)


async def test_several_things_ring_once_and_ordinary_ones_not_at_all(
    desk: ScriptedDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[int] = []
    monkeypatch.setattr(VendorqApp, "bell", lambda _: rung.append(1))
    app = dashboard(desk)
    async with running(app) as pilot:
        desk.clock.go_on(OPENING)
        desk.inbox_entries.append(message("tangoe", "CS0043188", "comment", "x", -1))
        desk.tell("messages")
        await until(pilot, lambda: len(app.main.incoming.rows) == 11, "the message")
        assert rung == []
        desk.inbox_entries.append(message("ensono", TUNNEL.number, "comment", "It holds", -2))
        desk.inbox_entries.append(message("kpn-connect", "INC#11252714", "comment", "Spliced", -2))
        desk.tell("messages")
        await until(pilot, lambda: "2 things came in" in picture(app), "the toast")
        assert rung == [1]


async def test_what_a_start_finds_is_one_calm_sentence_and_rings_once(
    desk: ScriptedDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[int] = []
    monkeypatch.setattr(VendorqApp, "bell", lambda _: rung.append(1))
    app = dashboard(desk)
    async with running(app) as pilot:
        urgent = message("ensono", TUNNEL.number, "comment", "x", -1)
        for entry in (urgent, message("ensono", CHANGE.number, "approval", "x", -1)):
            desk.inbox_entries.append(entry)
            desk.tell("messages")
            await pilot.pause(GATHER * 2)
        await until(pilot, lambda: "1 P1 and 1 approval asked." in picture(app), "the toast")
        assert "Since you last looked" in picture(app)
        assert (rung, len(app._notifications)) == ([1], 1)


async def test_no_toast_covers_a_box_and_it_comes_once_when_the_box_has_gone(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "colon")
        desk.inbox_entries.append(message("ensono", TUNNEL.number, "comment", "It holds", -1))
        desk.tell("messages")
        await until(pilot, lambda: len(app.main.incoming.rows) == 11, "the message")
        assert not app._notifications
        assert not app.screen.query("Toast")
        await press(pilot, "escape")
        await until(pilot, lambda: len(app.screen.query("Toast")) == 1, "the toast")
        await press(pilot, "colon")
        await until(pilot, lambda: not app.main.query("Toast") and not app.screen.query("Toast"), "none over the box")
        await press(pilot, "escape")
        await until(pilot, lambda: len(app.screen.query("Toast")) == 1, "the rest of its time")


async def test_the_number_is_copied_through_the_terminal(desk: ScriptedDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        written: list[str] = []
        monkeypatch.setattr(app._driver, "write", written.append)
        monkeypatch.setenv("TERM", "xterm-256color")
        monkeypatch.delenv("TMUX", raising=False)
        await press(pilot, "y")
        assert any(text.startswith("\x1b]52;c;") for text in written)
        assert "INC0712290 was sent to the terminal" in bottom(app)


async def test_themes_go_round_while_it_runs(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        seen = {app.palette.name}
        for _ in range(6):
            await press(pilot, "ctrl+t")
            seen.add(app.palette.name)
        assert len(seen) >= 6
        assert "Theme:" in bottom(app)


async def test_a_wrong_theme_opens_in_the_default_one_and_says_so(desk: ScriptedDesk) -> None:
    app = dashboard(desk, theme="vendorq-drak")
    async with running(app) as pilot:
        await until(pilot, lambda: "there is no theme 'vendorq-drak'; did you mean vendorq-dark?" in bottom(app))
        assert app.palette.name == themes.DEFAULT


def test_a_wrong_key_is_a_fault_of_the_config(desk: ScriptedDesk) -> None:
    with pytest.raises(ConfigFault, match="no such action"):
        dashboard(desk, keys={"tickt.comment": "m"})


def test_a_key_that_another_action_loses_is_told_at_the_start_with_its_line(desk: ScriptedDesk, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[keys]\n# mine\n"ticket.comment" = "x"\n')
    with pytest.raises(ConfigFault) as told:
        dashboard(desk, keys={"ticket.comment": "x"}, folder=tmp_path)
    assert str(told.value) == (
        f"{tmp_path}/config.toml:3: keys: ticket.comment: x is the key for 'Outbox'; give that one another, too, "
        'such as "app.outbox" = "ctrl+o", or choose another here'
    )


async def test_own_keys_work_and_stand_in_the_hints(desk: ScriptedDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    app = dashboard(desk, keys={"list.next_unread": "K", "move.down": "n", "ticket.create": "N"})
    async with running(app) as pilot:
        assert "K Next unread" in bottom(app)
        await press(pilot, "n")
        assert app.main.tickets.cursor == 1


async def test_no_colour_is_a_theme_without_colours(desk: ScriptedDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = dashboard(desk)
    async with running(app):
        assert app.palette.name == "vendorq-plain"
        for strips in app.screen._compositor.render_update(full=True).strips:  # type: ignore[union-attr]
            for strip in strips:
                for _, style, _ in strip:
                    for colour in (style.color, style.bgcolor) if style is not None else ():
                        assert colour is None or colour.is_default


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
async def test_a_signal_saves_drafts_and_ends_with_its_code(
    desk: ScriptedDesk, number: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved: list[bool] = []
    deadlines: list[int] = []
    monkeypatch.setattr("tui.leaving.end_in_any_case", deadlines.append)

    async def save_draft() -> None:
        saved.append(True)

    app = dashboard(desk)
    async with running(app) as pilot:
        app.main.save_draft = save_draft  # type: ignore[attr-defined]
        await until(pilot, lambda: app.leaving.installed, "the handlers")
        os.kill(os.getpid(), number)
        await until(pilot, lambda: not app.is_running or app.return_code, "the end")
    assert saved == [True]
    assert deadlines == [128 + number]
    assert app.return_code == 128 + number


async def test_a_fault_of_our_own_shows_no_values(desk: ScriptedDesk, capsys: pytest.CaptureFixture[str]) -> None:
    def broken() -> None:
        api_key = "not-a-real-key"  # noqa: F841 - what must not be printed
        raise ZeroDivisionError("by design")

    app = dashboard(desk)
    with pytest.raises(ZeroDivisionError):
        async with running(app) as pilot:
            app.call_later(broken)
            await pilot.pause()
            await pilot.pause()
    app._print_error_renderables()
    said = capsys.readouterr()
    assert "ZeroDivisionError" in said.out + said.err
    assert "not-a-real-key" not in (said.out + said.err).replace('"not-a-real-key"  # noqa', "")


async def test_leaving_says_nothing_is_listening_any_more(desk: ScriptedDesk, tmp_path: Path) -> None:
    app = dashboard(desk, folder=tmp_path)
    async with running(app) as pilot:
        assert desk.listeners
        await press(pilot, "q")
    assert desk.listeners == []


async def test_a_toast_leaves_the_bottom_lines_free_where_one_s_own_write_is_told(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app, NARROW) as pilot:
        app.main.say("Comment · ensono INC0712264: done. " + "Comments added. " * 8, "good")
        app.notify("3 things came in " * 9, timeout=60)
        await until(pilot, lambda: app.screen.query("Toast"), "the toast")
        await pilot.pause()
        toast = app.screen.query_one("Toast").region
        assert toast.bottom <= app.screen.query_one(Footer).region.y
        assert "Comments added." in picture(app)
