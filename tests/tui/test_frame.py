"""Only what changed goes over the wire: judged by a terminal that obeys what was written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import pyte
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from tui.frame import Frame, cells_of, change_of_style, pen_of
from tui.widgets.glyphs import ASCII

WIDTH, HEIGHT = 24, 4
STYLES = (None, Style(), Style.parse("red"), Style.parse("bold #5f87af on #262626"), Style.parse("underline on blue"))


def console() -> Console:
    """A console of 256 colours that is written to by nobody."""
    return Console(force_terminal=True, color_system="256", width=WIDTH, height=HEIGHT, legacy_windows=False)


def screen(lines: Sequence[Sequence[tuple[str, Style | None]]]) -> LayoutUpdate:
    """A whole screen of lines."""
    strips: list[Iterable[Strip]] = [
        [Strip([Segment(text, style) for text, style in line]).adjust_cell_length(WIDTH)] for line in lines
    ]
    return LayoutUpdate(strips, Region(0, 0, WIDTH, HEIGHT))


def shown(terminal: pyte.Screen) -> list[list[tuple[str, str, str, bool, bool]]]:
    """What can be seen on a terminal, cell by cell: of a blank neither colour nor weight, unless it is underlined."""
    cells = [[terminal.buffer[y][x] for x in range(WIDTH)] for y in range(HEIGHT)]
    return [
        [
            ("", "", cell.bg, False, False)
            if cell.data == " " and not cell.underscore
            else (cell.data, cell.fg, cell.bg, cell.bold, cell.underscore)
            for cell in line
        ]
        for line in cells
    ]


words = st.text(alphabet="ab ─é漢", max_size=10)
line = st.lists(st.tuples(words, st.sampled_from(STYLES)), max_size=3)
frames = st.lists(st.lists(line, min_size=HEIGHT, max_size=HEIGHT), min_size=1, max_size=5)


@given(frames)
def test_a_terminal_that_gets_the_differences_shows_what_one_that_gets_everything_shows(
    wanted: list[list[list[tuple[str, Style | None]]]],
) -> None:
    frame, teller = Frame(), console()
    followed = pyte.Screen(WIDTH, HEIGHT)
    stream = pyte.Stream(followed)
    for lines in wanted:
        stream.feed(frame.difference(screen(lines), teller))
    whole = pyte.Screen(WIDTH, HEIGHT)
    pyte.Stream(whole).feed(Frame().difference(screen(wanted[-1]), teller))
    assert shown(followed) == shown(whole)


def test_nothing_is_written_where_nothing_changed() -> None:
    frame = Frame()
    lines = [[("one", STYLES[2]), ("two", STYLES[3])]] * HEIGHT
    assert frame.difference(screen(lines), console())
    assert frame.difference(screen(lines), console()) == ""


def test_one_changed_word_costs_its_own_bytes() -> None:
    frame = Frame()
    frame.difference(screen([[("the clock says 14:02", None)]] * HEIGHT), console())
    after = [[("the clock says 14:02", None)]] * (HEIGHT - 1) + [[("the clock says 14:03", None)]]
    assert frame.difference(screen(after), console()) == "\x1b[4;20H3"


def test_after_forgetting_everything_is_written_again() -> None:
    frame = Frame()
    whole = frame.difference(screen([[("words", None)]] * HEIGHT), console())
    frame.forget()
    assert frame.difference(screen([[("words", None)]] * HEIGHT), console()) == whole


def test_no_control_character_passes() -> None:
    hostile = "a\x1b[31mb\x07c\x9b2Jd\x00e\x7ff\x1b]52;c;AAAA\x07g"
    written = Frame().difference(screen([[(hostile, None)]] * HEIGHT), console())
    assert "\x07" not in written
    assert "\x9b" not in written
    assert not re.sub(r"\x1b\[[\d;]*[HmGC]", "", written).count("\x1b")


def test_wide_characters_say_where_the_next_one_belongs() -> None:
    written = Frame().difference(screen([[("漢字x", None)]] * HEIGHT), console())
    assert "漢\x1b[3G字\x1b[5Gx" in written


def test_what_terminals_give_different_widths_says_where_the_next_one_belongs() -> None:
    written = Frame().difference(screen([[("🇳🇱x", None)]] * HEIGHT), console())
    assert re.search(r"🇳\x1b\[\dG🇱\x1b\[\dGx", written)


def test_without_colour_only_attributes_are_written() -> None:
    lines = [[("loud", Style.parse("bold red on blue")), ("calm", Style.parse("green"))]] * HEIGHT
    written = Frame(colour=False).difference(screen(lines), console())
    assert "\x1b[1m" in written
    assert not re.search(r"\x1b\[[\d;]*(3\d|4\d|9\d)", re.sub(r"\x1b\[[\d;]*H", "", written))


def test_ascii_puts_plain_characters_in_place_of_the_glyphs() -> None:
    written = Frame(replace=ASCII).difference(screen([[("▲ ─│ …", None)]] * HEIGHT), console())
    assert written.isascii()
    assert "! -| ~" in written


def test_a_change_of_style_says_only_what_differs() -> None:
    assert change_of_style("38;5;250;48;5;234", "38;5;110;48;5;234") == "\x1b[38;5;110m"
    assert change_of_style("1;38;5;250", "38;5;250") == "\x1b[0;38;5;250m"
    assert change_of_style("1;31", "") == "\x1b[m"
    assert change_of_style("", "31") == "\x1b[31m"


def test_a_blank_takes_the_pen_as_it_is() -> None:
    lines = [[("a", Style.parse("bold red")), (" ", Style.parse("green")), ("b", Style.parse("bold red"))]] * HEIGHT
    written = Frame().difference(screen(lines), console())
    assert "a b" in written
    underlined = [[("a", Style.parse("red")), (" ", Style.parse("underline red")), ("b", None)]] * HEIGHT
    assert "\x1b[4m " in Frame().difference(screen(underlined), console())


def test_sgr_parameters_are_taken_apart() -> None:
    assert pen_of("1;4;38;2;1;2;3;48;5;9") == ("1;4", "38;2;1;2;3", "48;5;9")
    assert pen_of("97;100") == ("", "97", "100")


def test_a_combining_mark_stays_with_its_letter() -> None:
    assert cells_of([Segment("e\u0301x")], None) == [("e\u0301", ""), ("x", "")]
