"""The table: it keeps its cursor by key, moves nothing on a refresh, and paints only what changed."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.geometry import Region

from tests.support.dashboard import lines
from tests.support.widget_app import WidgetApp, press
from tui.widgets.columns import Column
from tui.widgets.table import Cells, Table

COLUMNS = (
    Column(id="name", title="Name", width=8),
    Column(id="words", title="Words", width=10, flexible=True),
    Column(id="age", title="Age", width=4, align="right", spare=1),
)


class Painted(Table[str]):
    """A table that writes down which of its lines are asked to be painted again."""

    def __init__(self) -> None:
        self.words: dict[str, str] = {}
        super().__init__(
            COLUMNS,
            lambda name: {
                "name": (name, "text"),
                "words": (self.words.get(name, "words"), "muted"),
                "age": ("3m", "muted"),
            },
            key_of=lambda name: name,
            title="Names",
            empty="No names.",
        )
        self.asked: list[Region] = []

    def refresh(self, *regions: Region, **options: bool) -> Painted:
        if hasattr(self, "asked"):
            self.asked.extend(regions or [Region(0, 0, 0, 99)])
        super().refresh(*regions, **options)
        return self


def names(count: int) -> list[str]:
    """So many names."""
    return [f"n{number:05}" for number in range(count)]


@pytest.fixture
def table() -> Painted:
    """An empty one."""
    return Painted()


async def test_it_shows_its_title_header_and_rows(table: Painted) -> None:
    async with WidgetApp(table).run_test(size=(40, 12)) as pilot:
        table.set_rows(names(3))
        table.set_title("Names", [("3 in all", "muted")])
        await pilot.pause()
        shown = lines(pilot.app)
        assert shown[0].startswith("── Names ─")
        assert shown[0].endswith("3 in all ──")
        assert shown[1].split() == ["Name", "Words", "Age"]
        assert shown[2].split() == ["n00000", "words", "3m"] or "n00000" in shown[2]


async def test_an_empty_one_says_so_in_words(table: Painted) -> None:
    async with WidgetApp(table).run_test(size=(40, 12)) as pilot:
        assert "No names." in lines(pilot.app)[2]


async def test_keys_move_the_cursor_and_stop_at_the_ends(table: Painted) -> None:
    async with WidgetApp(table).run_test(size=(40, 12)) as pilot:
        table.focus()
        table.set_rows(names(100))
        for keys, place in (
            (("j", "down"), 2),
            (("k",), 1),
            (("up", "up"), 0),
            (("G",), 99),
            (("j",), 99),
            (("g",), 0),
            (("pagedown",), 9),
            (("ctrl+f",), 18),
            (("ctrl+b",), 9),
            (("end", "home"), 0),
        ):
            await press(pilot, *keys)
            assert table.cursor == place, keys
            assert table.top <= table.cursor < table.top + table.page_size


async def test_the_cursor_stays_on_its_key_and_its_line_when_rows_come_and_go(table: Painted) -> None:
    async with WidgetApp(table).run_test(size=(40, 12)) as pilot:
        table.focus()
        table.set_rows(names(100))
        await press(pilot, *["pagedown"] * 3, "j", "j")
        key, line = table.cursor_key, table.cursor - table.top
        table.set_rows(["new one", "new two", *names(100)])
        assert (table.cursor_key, table.cursor - table.top) == (key, line)
        table.set_rows(names(100)[5:])
        assert (table.cursor_key, table.cursor - table.top) == (key, line)


async def test_where_its_key_is_gone_the_cursor_goes_to_the_row_that_followed(table: Painted) -> None:
    async with WidgetApp(table).run_test(size=(40, 12)) as pilot:
        table.focus()
        table.set_rows(names(10))
        await press(pilot, "j", "j")
        table.set_rows([name for name in names(10) if name not in ("n00002", "n00003")])
        chosen = [table.cursor_key]
        table.set_rows(names(2))
        assert [*chosen, table.cursor_key] == ["n00004", "n00001"]


async def test_until_somebody_moves_the_cursor_stays_on_top(table: Painted) -> None:
    async with WidgetApp(table).run_test(size=(40, 12)):
        table.set_rows(["b"])
        table.set_rows(["a", "b"])
        assert table.cursor_key == "a"


async def test_a_step_asks_for_two_lines_and_the_title_alone(table: Painted) -> None:
    async with WidgetApp(table).run_test(size=(40, 12)) as pilot:
        table.focus()
        table.set_rows(names(100))
        await press(pilot, "j")
        table.asked.clear()
        await press(pilot, "j")
        assert sorted(region.y for region in table.asked) == [3, 4]
        assert all(region.height == 1 for region in table.asked)


async def test_one_changed_row_asks_for_its_line_alone(table: Painted) -> None:
    async with WidgetApp(table).run_test(size=(40, 12)) as pilot:
        table.set_rows(names(100))
        await pilot.pause()
        table.asked.clear()
        table.words["n00004"] = "other words"
        table.set_rows(names(100))
        assert [region.y for region in table.asked] == [6]


async def test_the_same_rows_again_ask_for_nothing(table: Painted) -> None:
    async with WidgetApp(table).run_test(size=(40, 12)) as pilot:
        table.set_rows(names(100))
        await pilot.pause()
        table.asked.clear()
        table.set_rows(names(100))
        assert table.asked == []


async def test_marks_survive_what_hides_their_rows(table: Painted) -> None:
    async with WidgetApp(table).run_test(size=(40, 12)) as pilot:
        table.set_rows(names(5))
        table.toggle_mark()
        table.toggle_mark()
        assert table.marked == {"n00000", "n00001"}
        assert table.cursor == 2
        table.set_rows(names(5)[3:])
        assert table.marked == {"n00000", "n00001"}
        table.set_rows(names(5))
        await pilot.pause()
        assert "◆" in lines(pilot.app)[2]


async def test_columns_go_where_there_is_no_room_for_them(table: Painted) -> None:
    async with WidgetApp(table).run_test(size=(24, 12)) as pilot:
        table.set_rows(names(1))
        await pilot.pause()
        assert "Age" not in lines(pilot.app)[1]
        assert "Name" in lines(pilot.app)[1]


async def test_fifty_thousand_rows_paint_only_those_in_sight(table: Painted) -> None:
    painted: list[str] = []
    paint = table.paint

    def paint_and_note(name: str) -> Cells:
        painted.append(name)
        return paint(name)

    table.paint = paint_and_note
    async with WidgetApp(table).run_test(size=(40, 12)) as pilot:
        table.focus()
        table.set_rows(names(50_000))
        await press(pilot, "end", "pageup", "home")
        assert len(set(painted)) < 60


operations = st.one_of(
    st.tuples(st.just("step"), st.integers(-30, 30)),
    st.tuples(st.just("page"), st.sampled_from([-1, 1])),
    st.tuples(st.just("rows"), st.lists(st.integers(0, 60), unique=True, max_size=60)),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(operations, max_size=20))
async def test_whatever_happens_the_cursor_is_in_sight_and_the_lines_are_right(
    steps: Sequence[tuple[str, int | list[int]]],
) -> None:
    table = Painted()
    async with WidgetApp(table).run_test(size=(40, 12)) as pilot:
        table.focus()
        for kind, value in steps:
            before = table.cursor_key
            if kind == "rows" and isinstance(value, list):
                table.set_rows([f"n{number:05}" for number in value])
                assert before not in table.rows or not table.touched or table.cursor_key == before
            elif kind == "step" and isinstance(value, int):
                table.action_step(value)
            elif isinstance(value, int):
                table.action_page(value)
            assert not table.rows or table.top <= table.cursor < table.top + table.page_size
        await pilot.pause()
        shown = [line[3:9].strip() for line in lines(pilot.app)[2:]]
        wanted = list(table.rows[table.top : table.top + table.page_size])
        assert shown[: len(wanted)] == wanted or not wanted
