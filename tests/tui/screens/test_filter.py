"""The filter line: what it shows while one types, what it hides, and what it says of what it cannot read."""

from __future__ import annotations

import pytest

from tests.support.dashboard import NARROW, bottom, dashboard, lines, picture, press, running, type_text, until
from tests.support.night import FIBRE, night
from tests.support.scripted_desk import ScriptedDesk


@pytest.fixture
def desk() -> ScriptedDesk:
    """An ordinary night."""
    return night()


async def test_a_filter_narrows_as_it_is_typed_and_says_what_it_hides(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "2", "slash")
        await type_text(pilot, "fibre")
        await until(pilot, lambda: "1 shown, 13 hidden" in bottom(app), "the count")
        assert [row.key for row in app.main.tickets.rows] == [FIBRE]
        await press(pilot, "enter")
        assert "/fibre" in lines(app)[3]
        assert "13 hidden" in lines(app)[3]
        await press(pilot, "escape")
        assert len(app.main.tickets.rows) == 14


async def test_a_wrong_filter_says_what_is_wrong_and_keeps_the_rows(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "2", "slash")
        await type_text(pilot, "o")
        rows = list(app.main.tickets.rows)
        await type_text(pilot, "pned:x")
        await until(pilot, lambda: "did you mean" in bottom(app), "the nearest word")
        await press(pilot, *["backspace"] * 6)
        await until(pilot, lambda: list(app.main.tickets.rows) == rows, "the rows of before")


async def test_a_half_typed_term_hides_nothing(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "2", "slash")
        await type_text(pilot, "p:<=2 is")
        await until(pilot, lambda: app.main.lists.text.endswith("is"), "the text to be looked for")
        await type_text(pilot, ":")
        await until(pilot, lambda: "is: needs a value" in bottom(app), "the words")
        shown = app.main.tickets.rows
        assert shown
        assert all(row.priority is not None and row.priority <= 2 for row in shown)
        await press(pilot, "enter")
        assert "Filter: is: needs a value" in picture(app), "what was left out is said"
        assert "/p:<=2" in lines(app)[3]


async def test_what_is_wrong_with_a_filter_can_be_read_from_its_start_on_a_narrow_screen(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app, NARROW) as pilot:
        await press(pilot, "2", "slash")
        await type_text(pilot, "vendro:x")
        await until(pilot, lambda: bottom(app).endswith("did you mean vendor?"), "the nearest word")
        await press(pilot, *["backspace"] * 8)
        await type_text(pilot, "p:9")
        await until(pilot, lambda: "p: takes 1 to 5, a range" in bottom(app), "the beginning of the sentence")


async def test_typing_into_the_filter_does_no_actions(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "slash")
        await type_text(pilot, "qcX")
        assert app.is_running
        assert app.main.filter_line is not None
        assert app.main.filter_line.text == "qcX"
