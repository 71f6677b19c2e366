"""What a form looks like and where its keys go, at the smallest screen and a large one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from textual import events
from textual.pilot import Pilot

from providers.base import AttachmentLimits, Choice, Field, Kind, Operation
from providers.model import Preview
from tests.support.dashboard import NARROW, WIDE, bottom, dashboard, lines, picture, press, running, type_text, until
from tests.support.night import TUNNEL, night
from tests.support.scripted_desk import ScriptedDesk
from tui.app import VendorqApp
from tui.forms.confirm import ConfirmScreen
from tui.forms.editor import Editing
from tui.forms.files import FilesLine
from tui.forms.head import FieldHelp, Hints
from tui.forms.screen import FormScreen
from tui.forms.send_line import SendLine
from tui.messages import FormRequested
from tui.screens.main import MainScreen

LONG = "It goes along with the answers to all messages that are held; every later comment on the ticket carries it too."
FIELDS = (
    Field(name="own", title="Our number", required=True, help=LONG),
    Field(name="summary", title="Summary", required=True, max_length=20),
    Field(name="text", title="Description", kind=Kind.TEXT, required=True, max_length=4000),
    Field(name="prio", title="Priority", kind=Kind.CHOICE, choices=(Choice(value="1"), Choice(value="2"))),
    *(Field(name=f"more{number}", title=f"More {number}") for number in range(6)),
    Field(name="last", title="Last words", kind=Kind.TEXT),
)


@pytest.fixture
def desk() -> ScriptedDesk:
    """An ordinary night, with forms."""
    desk = night()
    desk.declarations["ensono"] = replace(
        desk.declarations["ensono"],
        forms={
            Operation.UPDATE: tuple(replace(field, editable=True) for field in FIELDS),
            Operation.COMMENT: (Field(name="comment", title="Comment", kind=Kind.TEXT, required=True),),
            Operation.CLOSE: (Field(name="remark", title="Remark"),),
            Operation.RESOLVE: (Field(name="notes", title="Notes", required=True),),
        },
        attachments=AttachmentLimits(file_bytes=1000),
        irreversible=frozenset({Operation.RESOLVE}),
    )
    return desk


@asynccontextmanager
async def form(
    desk: ScriptedDesk, action: str, size: tuple[int, int] = NARROW
) -> AsyncIterator[tuple[VendorqApp, Pilot[Any], FormScreen]]:
    """The form for an action on the tunnel's ticket."""
    app = dashboard(desk)
    async with running(app, size) as pilot:
        app.post_message(FormRequested(action, (TUNNEL,)))
        await until(pilot, lambda: isinstance(app.screen, FormScreen), "the form")
        await pilot.pause()
        yield app, pilot, cast("FormScreen", app.screen)


def in_sight(app: VendorqApp, words: str) -> int:
    """On which line of the screen these words stand; fails where they do not."""
    found = [place for place, line in enumerate(lines(app)) if words in line]
    assert found, f"{words} is not in sight\n{picture(app)}"
    return found[0]


async def test_at_80_by_24_each_field_comes_into_sight_whole_with_its_name(desk: ScriptedDesk) -> None:
    async with form(desk, "update") as (app, pilot, screen):
        screen.rows["own"].input.focus()
        await pilot.pause()
        for step in (["tab"] * 10, ["shift+tab"] * 10):
            for key in step:
                await press(pilot, key)
                await pilot.pause()
                row = next(row for row in screen.rows.values() if row.head.lit)
                assert row.region.height == row.virtual_region.height
                assert screen.query_one("VerticalScroll").region.contains_region(row.region), row.field.title
                assert in_sight(app, f"▌{row.field.title}") < in_sight(app, " of 11")


async def test_the_help_of_the_field_that_has_the_keys_is_there_whole(desk: ScriptedDesk) -> None:
    async with form(desk, "update") as (app, pilot, screen):
        screen.rows["own"].input.focus()
        await pilot.pause()
        told = " ".join(" ".join(lines(app)[-3:-1]).replace("1 of 11", "").split())
        assert told == f"Required. {LONG}"
        screen.rows["prio"].input.focus()
        await pilot.pause()
        assert "← → or a first letter chooses." in picture(app)
        assert "4 of 11" in picture(app)


async def test_the_counter_warns_before_the_limit_and_is_bad_past_it(desk: ScriptedDesk) -> None:
    async with form(desk, "update") as (_, pilot, screen):
        row = screen.rows["summary"]
        for text, role in (("x" * 10, "muted"), ("x" * 18, "warning"), ("x" * 21, "bad")):
            row.text = text
            await pilot.pause()
            assert row.head._length_role() == role, text


async def test_enter_goes_on_from_line_to_line_and_sends_at_the_end(desk: ScriptedDesk) -> None:
    async with form(desk, "resolve") as (app, pilot, screen):
        await type_text(pilot, "Fixed")
        await press(pilot, "enter")
        assert isinstance(screen.focused, SendLine)
        assert "Enter sends it" in picture(app)
        await press(pilot, "enter")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen), "the preview")
        assert not [call for call in desk.calls if call[0] == "submit"]
        await press(pilot, "y")
        await until(pilot, lambda: [call for call in desk.calls if call[0] == "submit"], "the write")


async def test_the_end_of_a_line_is_a_key_for_typing(desk: ScriptedDesk) -> None:
    async with form(desk, "resolve") as (_, pilot, screen):
        await type_text(pilot, "ixed")
        await press(pilot, "home", "F", "ctrl+e", "!")
        assert screen.rows["notes"].text == "Fixed!"


async def test_the_way_out_and_what_is_wrong_are_said_whole_at_80_columns(desk: ScriptedDesk) -> None:
    async with form(desk, "comment") as (app, pilot, screen):
        assert "Ctrl-S send" in bottom(app)
        assert bottom(app).endswith("Esc leave, draft kept")
        await press(pilot, "ctrl+s")
        await until(pilot, lambda: "not sent: one field wants something first" in bottom(app), "the reason")
        assert bottom(app).endswith("Esc leave, draft kept")
        assert screen.rows["comment"].head.issue


async def test_files_take_a_line_each_and_none_where_there_is_none(desk: ScriptedDesk, tmp_path: Path) -> None:
    async with form(desk, "comment", WIDE) as (app, pilot, screen):
        files = screen.query_one(FilesLine)
        assert files.size.height == 1
        assert "none; Ctrl-F adds one" in picture(app)
        for number in range(7):
            path = tmp_path / f"trace-{number}.log"
            path.write_text("line\n")
            files.add(path)
        await pilot.pause()
        assert files.size.height == 6
        assert "trace-3.log" in picture(app)
        assert "and 3 more" in picture(app)
        for _ in range(7):
            await press(pilot, "ctrl+r")
        assert files.size.height == 1


async def test_a_question_is_as_high_as_what_it_asks_about(desk: ScriptedDesk) -> None:
    async with form(desk, "resolve", WIDE) as (app, pilot, _):
        await type_text(pilot, "Fixed")
        await press(pilot, "ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen), "the preview")
        await pilot.pause()
        assert app.screen.query_one("#box").size.height < 12
        assert "y send" in picture(app)
        assert "Esc back" in picture(app)


async def test_what_lies_under_a_question_stays_as_it_is(desk: ScriptedDesk) -> None:
    async with form(desk, "resolve", WIDE) as (app, pilot, _):
        await type_text(pilot, "Fixed")
        before = lines(app)
        await press(pilot, "ctrl+o")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen), "the preview")
        await pilot.pause()
        assert lines(app)[:6] == before[:6]
        assert app.screen.styles.background.a == 0, "what is dimmed is drawn again, all of it"


def test_hints_leave_out_the_middle_and_never_the_way_out() -> None:
    hints = Hints((("Ctrl-S", "send"), ("Ctrl-O", "preview"), ("Ctrl-X", "discard"), ("Esc", "leave, draft kept")))
    for width in (40, 60, 80, 120):
        text = "".join(words for words, _ in hints.compose_lines(width)[0])
        assert len(text) <= width
        assert text.rstrip().endswith("Esc leave, draft kept")


def test_help_of_more_than_two_lines_ends_with_a_sign_of_it() -> None:
    help_line = FieldHelp()
    help_line.words, help_line.place = ("word " * 60, "muted"), "1 of 2"
    told = ["".join(words for words, _ in line) for line in help_line.compose_lines(80)]
    assert len(told) == 2
    assert told[0].rstrip().endswith("1 of 2")
    assert told[1].rstrip().endswith("…")
    assert all(len(line) <= 80 for line in told)


@pytest.mark.parametrize(
    "keys", [("ctrl+x", "ctrl+o"), ("escape", "ctrl+o"), ("ctrl+o", "ctrl+x"), ("ctrl+x", "ctrl+f")]
)
@pytest.mark.parametrize("text", ["", "Fixed"])
async def test_a_form_ends_whatever_two_keys_were_pressed_in_one_go(
    desk: ScriptedDesk, keys: tuple[str, str], text: str
) -> None:
    save = desk.save_draft

    async def slow(form: str, values: Mapping[str, object] | None) -> None:
        for _ in range(50):
            await asyncio.sleep(0)
        await save(form, values)

    desk.save_draft = slow  # type: ignore[method-assign]
    async with form(desk, "close") as (app, pilot, screen):
        screen.rows["remark"].text = text
        await pilot.pause()
        for key in keys:  # as a terminal that is slow hands them over: none waits for what the other does
            app.post_message(events.Key(key, None))
        await pilot.pause()
        for _ in range(4):
            if not isinstance(app.screen, MainScreen):
                await press(pilot, "escape")
        await until(pilot, lambda: isinstance(app.screen, MainScreen), "the main screen")


async def test_a_form_that_fails_to_leave_says_so_and_can_be_left(
    desk: ScriptedDesk, caplog: pytest.LogCaptureFixture
) -> None:
    async with form(desk, "comment") as (app, pilot, screen):
        await type_text(pilot, "x")

        async def broken(form: str, values: Mapping[str, object] | None) -> None:
            raise ValueError("a fault of our own")

        kept, desk.save_draft = desk.save_draft, broken  # type: ignore[method-assign]
        await press(pilot, "escape")
        await until(pilot, lambda: "leaving the form failed: ValueError" in picture(app), "the sentence")
        assert "leaving the form failed" in caplog.text
        assert app.screen is screen
        desk.save_draft = kept  # type: ignore[method-assign]
        await press(pilot, "escape")
        await until(pilot, lambda: isinstance(app.screen, MainScreen), "the main screen")


async def test_what_was_missing_is_no_longer_said_when_it_is_there(desk: ScriptedDesk) -> None:
    async with form(desk, "resolve") as (app, pilot, _):
        await press(pilot, "ctrl+s")
        await until(pilot, lambda: "not sent: one field wants" in bottom(app), "the reason")
        await type_text(pilot, "F")
        await until(pilot, lambda: "Ctrl-S send" in bottom(app), "the keys")


async def test_pasted_lines_are_one_line_where_one_is_wanted_and_drive_no_terminal(desk: ScriptedDesk) -> None:
    async with form(desk, "update") as (app, pilot, screen):
        for name, text in (("own", "CHG 1 two three"), ("last", "CHG 1\ntwo\n\n  three")):
            screen.rows[name].input.focus()
            await pilot.pause()
            app.post_message(events.Paste("CHG 1\ntwo\n\n  \x1b[31mthree\x07\x9b"))
            await pilot.pause()
            assert screen.rows[name].text == text


async def test_what_an_editor_left_in_that_drives_a_terminal_is_taken_out_and_said(
    desk: ScriptedDesk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async def run(editing: Editing, app: object) -> str:
        return "Seen\x1b]52;c;eA==\x07 at six\x9b\n"

    monkeypatch.setattr(Editing, "run", run)
    desk.store.path = tmp_path
    async with form(desk, "comment") as (app, pilot, screen):
        await press(pilot, "ctrl+g")
        await until(pilot, lambda: "control characters were taken out" in bottom(app), "the sentence")
        assert screen.rows["comment"].text.isprintable() or "\n" in screen.rows["comment"].text
        assert not set(screen.rows["comment"].text) & set("\x1b\x07\x9b")
        assert "at six" in screen.rows["comment"].text


async def test_a_preview_says_how_much_is_below_and_speaks_of_scrolling_only_then(desk: ScriptedDesk) -> None:
    async with form(desk, "resolve") as (app, pilot, _):
        await type_text(pilot, "Fixed")
        await press(pilot, "ctrl+o")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen), "the preview")
        await pilot.pause()
        assert "scroll" not in picture(app)
        assert "↓" not in picture(app)
        await press(pilot, "escape")
        body = "\n".join(f"line {number}" for number in range(40))
        desk.preview = lambda write: Preview(method="PUT", path="/x", body=body)  # type: ignore[method-assign]
        await press(pilot, "ctrl+o")
        await until(pilot, lambda: "↓ 28 more" in picture(app), "what is below")
        assert "↑↓ scroll" in picture(app)
        await press(pilot, *["pagedown"] * 4)
        await until(pilot, lambda: "line 39" in picture(app) and "more" not in picture(app), "the end")


async def test_a_field_with_suggestions_tells_how_one_is_taken(desk: ScriptedDesk) -> None:
    field = Field(name="notes", title="Notes", suggestions=("Fixed",))
    desk.declarations["ensono"] = replace(desk.declarations["ensono"], forms={Operation.COMMENT: (field,)})
    async with form(desk, "comment") as (app, _, _screen):
        assert "→ takes what is suggested." in picture(app)
