"""The first run: what is shown where there is no config, and that each way to begin leads somewhere."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.command_line import call, command, environment
from tests.support.dashboard import NARROW, WIDE, bottom, picture
from tests.support.terminal import on_terminal
from tui.commands import configuring, dashboard, demo
from tui.screens import first_run
from tui.screens.first_run import FirstRun, first_lines
from tui.widgets.lines import width_of_all

CONFIG = Path("/home/ann/.config/vendorq/config.toml")
VENDORS = ("Ensono", "KPN Connect", "Tangoe")


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_it_says_what_this_is_where_the_config_would_be_and_how_to_begin(size: tuple[int, int]) -> None:
    app = FirstRun(CONFIG, VENDORS)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        text = picture(app)
        for words in ("Ensono, KPN Connect and Tangoe", str(CONFIG), "vendorq demo", "vendorq init", "vendorq check"):
            assert words in " ".join(text.split()), words
        assert "q Leave" in bottom(app)


@pytest.mark.parametrize(("key", "answer"), [("d", "demo"), ("i", "init"), ("q", ""), ("escape", ""), ("ctrl+c", "")])
async def test_each_key_ends_with_its_answer(key: str, answer: str) -> None:
    app = FirstRun(CONFIG, VENDORS)
    async with app.run_test() as pilot:
        await pilot.press(key)
    assert app.return_value == answer


async def test_without_the_sandbox_the_demo_is_refused_with_the_command_that_installs_it() -> None:
    app = FirstRun(CONFIG, VENDORS, "It needs uvicorn. To have it: pip install 'vendorq[sandbox]'")
    async with app.run_test(size=WIDE) as pilot:
        await pilot.pause()
        assert "pip install 'vendorq[sandbox]'" in picture(app)
        assert "d Demo" not in bottom(app)
        await pilot.press("d")
        await pilot.pause()
        assert "pip install" in bottom(app)
        assert app.return_value is None


async def test_what_does_not_fit_is_scrolled() -> None:
    app = FirstRun(CONFIG, VENDORS)
    async with app.run_test(size=(80, 12)) as pilot:
        await pilot.pause()
        assert "lists the commands" not in picture(app)
        await pilot.press("end")
        await pilot.pause()
        assert "lists the commands" in picture(app)


@pytest.mark.parametrize("width", [40, 77, 117])
def test_no_line_is_wider_than_the_screen(width: int) -> None:
    assert all(width_of_all(line) <= width for line in first_lines(CONFIG, VENDORS, "", width))


async def test_no_colour_is_drawn_where_none_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = FirstRun(CONFIG, VENDORS)
    async with app.run_test() as pilot:
        await pilot.pause()
        assert app.palette.name == "vendorq-plain"


def test_the_demo_and_the_config_are_begun_from_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(dashboard, "require_terminal", lambda what: None)
    # Told apart by how they end.
    monkeypatch.setattr(demo, "open_demo", lambda: 21)
    monkeypatch.setattr(configuring, "write_config", lambda session: 22)
    for answer, code in (("demo", 21), ("init", 22)):
        monkeypatch.setattr(first_run, "ask", lambda *given, answer=answer: answer)
        assert call(VENDORQ_CONFIG=str(tmp_path / "none.toml")).code == code


def test_a_config_that_is_there_but_wrong_is_no_first_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(dashboard, "require_terminal", lambda what: None)
    monkeypatch.setattr(first_run, "ask", lambda *given: pytest.fail("asked"))
    file = tmp_path / "config.toml"
    file.symlink_to(tmp_path / "gone.toml")
    assert call(VENDORQ_CONFIG=str(file)).code == 78


def test_on_a_real_terminal_plain_vendorq_shows_it_and_leaves_with_78(tmp_path: Path) -> None:
    with on_terminal(command(), environment(tmp_path), columns=80, rows=24, folder=tmp_path) as terminal:
        terminal.until_shown("There is no config yet")
        terminal.press(b"q")
        assert terminal.wait() == 78
        assert b"vendorq init" in terminal.written[terminal.written.rfind(b"\x1b[?1049l") :]
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_on_a_real_terminal_the_demo_opens_from_it(tmp_path: Path) -> None:
    places = tmp_path / "tmp"
    places.mkdir()
    with on_terminal(command(), environment(tmp_path, TMPDIR=str(places)), folder=tmp_path) as terminal:
        terminal.until_shown("There is no config yet")
        terminal.press(b"d")
        terminal.until_shown("Needs me")
        terminal.press(b"q")
        assert terminal.wait() == os.EX_OK
    assert list(places.iterdir()) == []


def test_on_a_real_terminal_a_config_is_written_from_it(tmp_path: Path) -> None:
    with on_terminal(command(), environment(tmp_path), folder=tmp_path) as terminal:
        terminal.until_shown("There is no config yet")
        terminal.press(b"i")
        terminal.until_shown("Your name, as vendors shall see it")
        terminal.press(b"Ada\r\r\r" + b"n\r" * 5)
        assert terminal.wait() == os.EX_OK
    assert (tmp_path / ".config/vendorq/config.toml").stat().st_mode & 0o777 == 0o600
