"""Help, palette, outbox, providers, and the small boxes that ask one thing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from textual.app import App
from textual.widget import Widget

from providers import registry
from providers.base import Operation
from providers.clock import SystemClock
from providers.sandbox import Sandbox
from tests.support.dashboard import NARROW, WIDE, bottom, dashboard, lines, picture, press, running, type_text, until
from tests.support.night import TUNNEL, night
from tests.support.sandbox_desk import connect, plain_settings
from tests.support.scripted_desk import ScriptedDesk, declaration
from tui.actions import ACTIONS, BY_ID
from tui.keymap import keymap, label
from tui.screens.confirm import ConfirmScreen
from tui.screens.help import help_lines
from tui.screens.main import MainScreen
from tui.screens.palette import PaletteScreen, matching
from tui.widgets.lines import width_of_all
from tui.widgets.says import Says

LONGEST = (
    "reopening is not offered by Ensono; ask for it in a comment while the ticket is resolved, and create a new ticket "
    "that names this one once it is closed, or call the support desk if it burns"
)


@pytest.fixture
def desk() -> ScriptedDesk:
    """An ordinary night."""
    return night()


@pytest.mark.parametrize("width", [76, 116])
def test_the_help_has_every_action_with_its_keys(width: int) -> None:
    keys = keymap({"ticket.comment": "ctrl+e"})
    text = "\n".join("".join(words for words, _ in line) for line in help_lines(keys, width))
    for action in ACTIONS:
        if not action.id.startswith("view.") or not action.id[5:].isdigit():
            assert action.title in text
            assert all(label(key) in text for key in keys[action.id]), action.id
    assert "Ctrl-E  " in text
    assert "vendor:" in text


@pytest.mark.parametrize("width", [40, 76, 116])
def test_no_line_of_the_help_is_wider_than_the_screen(width: int) -> None:
    assert all(width_of_all(line) <= width for line in help_lines(keymap(), width))


async def test_help_opens_scrolls_and_closes(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app, NARROW) as pilot:
        await press(pilot, "question_mark")
        assert "Help" in lines(app)[0]
        before = picture(app)
        await press(pilot, "pagedown")
        assert picture(app) != before
        await press(pilot, "escape")
        assert isinstance(app.screen, MainScreen)


async def test_the_palette_does_what_was_typed(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "colon")
        assert isinstance(app.screen, PaletteScreen)
        await type_text(pilot, "handled")
        await press(pilot, "enter")
        await until(pilot, lambda: ("mark", (TUNNEL,), "handled", None) in desk.calls, "the mark")


async def test_the_palette_says_why_something_cannot_be_done_before_and_after(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "colon")
        await type_text(pilot, "answer failure")
        assert "no message is chosen" in picture(app)
        await press(pilot, "enter")
        assert "no message is chosen" in bottom(app)


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_the_palette_says_the_whole_reason_of_the_chosen_one(desk: ScriptedDesk, size: tuple[int, int]) -> None:
    declared = declaration("ensono", Operation.COMMENT, title="Ensono")
    desk.declarations["ensono"] = replace(declared, refusals={**declared.refusals, Operation.REOPEN: LONGEST})
    app = dashboard(desk)
    async with running(app, size) as pilot:
        await press(pilot, "colon")
        for name, words in (
            ("reopen", f"{LONGEST[0].upper()}{LONGEST[1:]}."),
            ("comment", BY_ID["ticket.comment"].help),
        ):
            await press(pilot, *["backspace"] * 8)
            await type_text(pilot, name)
            told = app.screen.query_one(Says)
            shown = [lines(app)[y][told.region.x : told.region.right].strip() for y in rows_of(told)]
            assert " ".join(part for part in shown if part) == words
        await press(pilot, *["backspace"] * 8, "down")
        shown = [lines(app)[y][told.region.x : told.region.right].strip() for y in rows_of(told)]
        assert " ".join(part for part in shown if part) == matching("")[1].help, "it follows the cursor"


def rows_of(widget: Widget) -> range:
    """The lines of the screen that a widget takes."""
    return range(widget.region.y, widget.region.bottom)


def test_every_reason_a_vendor_gives_has_room_in_the_palette(box: Sandbox, tmp_path: Path) -> None:
    room = Says()
    for kind in registry.kinds():
        declared = connect(kind, plain_settings(box, kind), SystemClock(), tmp_path).declaration
        for operation in Operation:
            assert len(room_for(room, f"{declared.refusal(operation)}.")) <= 3, (kind, operation)


def room_for(says: Says, words: str) -> list[list[tuple[str, str]]]:
    """The lines it takes in a palette at 80 columns."""
    says.words = (words, "text")
    return says.compose_lines(70)


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    """The vendors, for what they declare."""
    with Sandbox(seed=1) as box:
        yield box


async def test_the_palette_finds_by_title_first_and_shows_its_end_in_words(desk: ScriptedDesk) -> None:
    assert matching("re")[0].title.startswith("Re")
    assert {action.id for action in matching("")} >= {"ticket.comment", "app.quit", "ticket.take"}
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "colon")
        await type_text(pilot, "zzz")
        assert "No action is called that." in picture(app)
        await press(pilot, "enter")
        assert isinstance(app.screen, MainScreen)


def test_half_a_title_chooses_what_does_no_harm_and_a_whole_one_what_it_names() -> None:
    assert [action.id for action in matching("hand")[:2]] == ["app.handover", "ticket.handled"]
    assert matching("handled")[0].id == "ticket.handled"
    assert matching("close")[0].id == "ticket.close"


async def test_enter_after_half_a_title_does_the_one_that_is_shown_chosen(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "colon")
        await type_text(pilot, "hand")
        await press(pilot, "enter")
        assert type(app.screen).__name__ == "HandoverScreen"
        assert not [call for call in desk.calls if call[0] == "mark"]
        await press(pilot, "escape", "colon")
        await type_text(pilot, "hand")
        await press(pilot, "down", "enter")
        await until(pilot, lambda: ("mark", (TUNNEL,), "handled", None) in desk.calls, "the mark")


async def test_the_outbox_shows_each_entry_with_its_reason_and_next_step(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "x")
        text = picture(app)
        assert "1 to decide, 2 in all" in text
        assert "▲ unconfirmed" in text
        assert "Look at the ticket, then send it again or drop it." in text


async def test_the_outbox_says_what_a_write_waits_for_as_polls_change_it(desk: ScriptedDesk) -> None:
    desk.outbox_entries[1] = replace(desk.outbox_entries[1], error="", attempts=0)
    desk.waits["5f21c0aa02"] = "the vendor asked for patience"
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "x", "j")
        await until(pilot, lambda: "Waits for   the vendor asked for patience" in picture(app), "the entry")
        assert any("· queued" in line and "the vendor asked" in line for line in lines(app)), "and in its line"
        assert "Sent        not yet" in picture(app)
        desk.waits["5f21c0aa02"] = "the next poll of tangoe sends it"
        desk.tell("health")
        await until(pilot, lambda: "Waits for   the next poll of tangoe" in picture(app), "the other reason")
        assert "patience" not in picture(app)


async def test_sending_again_is_asked_before_it_is_done(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "x")
        await press(pilot, "r")
        assert "It may have been" in picture(app)
        await press(pilot, "n")
        assert not [call for call in desk.calls if call[0] == "retry"]
        await press(pilot, "r", "y")
        await until(pilot, lambda: ("retry", "5f21c0aa01") in desk.calls, "the retry")


async def test_dropping_takes_the_entry_out_of_the_list(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "x")
        await press(pilot, "j", "d", "y")
        await until(pilot, lambda: ("drop", "5f21c0aa02") in desk.calls, "the drop")
        await until(pilot, lambda: "CS0043188" not in picture(app), "the list")
        await press(pilot, "escape")
        await until(pilot, lambda: "outbox 1" in lines(app)[1], "the strip")


async def test_dropping_what_got_no_answer_says_that_it_may_have_been_done(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "x")
        await press(pilot, "d")
        assert "It may have been done already." in cast("ConfirmScreen", app.screen).question


@pytest.mark.parametrize(("text", "warned"), [("Seen", True), ("Something else", False)])
async def test_sending_again_warns_where_the_same_was_done_since(desk: ScriptedDesk, text: str, warned: bool) -> None:
    first = desk.outbox_entries[0]
    first = replace(first, state="rejected", write=replace(first.write, values={"comment": "Seen"}))
    later = desk.clock.now()
    second = replace(first, state="done", needs_engineer=False, created_at=later, updated_at=later, sent_at=later)
    second = replace(second, write=replace(first.write, id="5f21c0aa09", values={"comment": text}))
    desk.outbox_entries[:] = [first, second]
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "x")
        await press(pilot, "r")
        assert "is sent to ensono once more" in picture(app)
        assert ("this would be the second" in cast("ConfirmScreen", app.screen).question) == warned


async def test_an_entry_written_just_now_says_so(desk: ScriptedDesk) -> None:
    now = desk.clock.now()
    desk.outbox_entries[:] = [replace(desk.outbox_entries[1], created_at=now, updated_at=now)]
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "x")
        assert ", just now" in picture(app)
        assert "now ago" not in picture(app)


async def test_read_only_sends_and_drops_nothing_from_the_outbox(desk: ScriptedDesk) -> None:
    desk.read_only = True
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "x")
        await press(pilot, "r")
        assert "Nothing is written" in bottom(app)


async def test_an_empty_outbox_says_so(desk: ScriptedDesk) -> None:
    desk.outbox_entries.clear()
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "x")
        assert "Nothing waits." in picture(app)


async def test_providers_show_the_worst_first_with_cause_and_cure(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "H")
        text = picture(app)
        assert text.index("tangoe") < text.index("kpn-incident") < text.index("ensono")
        assert "no connection: the host name is not known (Unreachable)" in text
        assert "Check the network, the proxy" in text
        assert "31 in a row failed" in text
        assert "+1 555 0100" in text, "after half an hour the vendor's support is named"
        desk.healths["tangoe"] = replace(desk.healths["tangoe"], state="ok", error="")
        desk.tell("health")
        await until(pilot, lambda: "no connection" not in picture(app), "the change")


async def test_a_note_is_asked_for_and_kept(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "i", "enter")
        assert "Write something" in picture(app)
        await type_text(pilot, "call at six")
        await press(pilot, "enter")
        await until(pilot, lambda: ("note", TUNNEL, "call at six") in desk.calls, "the note")


async def test_a_note_that_is_left_is_there_again_and_ctrl_s_keeps_it(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "i")
        await type_text(pilot, "call at six")
        await press(pilot, "escape")
        name, kept = f"note:{TUNNEL.provider}:{TUNNEL.number}", {"text": "call at six"}
        await until(pilot, lambda: ("save_draft", name, kept) in desk.calls, "the draft")
        desk.drafts[name] = kept
        await press(pilot, "i")
        assert "call at six" in picture(app)
        await press(pilot, "ctrl+s")
        await until(pilot, lambda: ("note", TUNNEL, "call at six") in desk.calls, "the note")
        await until(pilot, lambda: ("save_draft", name, None) in desk.calls, "no draft")


@pytest.mark.parametrize(
    ("keys", "name", "words"),
    [
        (("w",), f"snooze:{TUNNEL.provider}:{TUNNEL.number}", "36h"),
        (("space", "space", "w"), "snooze:several", "36h"),
        (("t",), "track", "smartops 12"),
    ],
)
async def test_a_box_that_is_left_keeps_what_was_typed_until_it_is_done(
    desk: ScriptedDesk, keys: tuple[str, ...], name: str, words: str
) -> None:
    app = dashboard(desk)
    async with running(app, NARROW) as pilot:
        await press(pilot, *keys)
        assert "leave, draft kept" in picture(app)
        await type_text(pilot, words)
        await press(pilot, "escape")
        await until(pilot, lambda: ("save_draft", name, {"text": words}) in desk.calls, "the draft")
        assert "is kept as a draft" in bottom(app)
        desk.drafts[name] = {"text": words}
        await press(pilot, keys[-1])
        assert words in picture(app)
        await press(pilot, "enter" if keys != ("t",) else "backspace")
        if keys == ("t",):
            await press(pilot, *["backspace"] * len(words), "escape")
        await until(pilot, lambda: ("save_draft", name, None) in desk.calls, "no draft any more")


async def test_what_is_typed_in_a_box_outlives_a_lost_line(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app, NARROW) as pilot:
        await press(pilot, "w")
        await type_text(pilot, "4h")
        kept = ("save_draft", f"snooze:{TUNNEL.provider}:{TUNNEL.number}", {"text": "4h"})
        await until(pilot, lambda: kept in desk.calls, "what is saved as one types")


async def test_putting_aside_takes_a_time_to_come(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "w")
        await type_text(pilot, "whenever")
        await press(pilot, "enter")
        assert "no time to come" in picture(app)
        for typed, hours in ((["2", "h"], 2), ([], 4)):  # of an empty line, what stands there in grey
            desk.calls.clear()
            await press(pilot, *["backspace"] * 8, *typed, "enter")
            await until(pilot, lambda: [call for call in desk.calls if call[0] == "mark"], "the mark")
            _, keys, mark, when = next(call for call in desk.calls if call[0] == "mark")
            assert (keys, mark) == ((TUNNEL,), "snooze")
            assert (when - desk.clock.now()).total_seconds() == hours * 3600
            await press(pilot, "w")


async def test_following_by_number_wants_a_provider_there_is(desk: ScriptedDesk) -> None:
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "t")
        await type_text(pilot, "smartop 1")
        await press(pilot, "enter")
        assert "There is no provider" in picture(app)
        await press(pilot, "escape", "t")
        await type_text(pilot, "smartops 1")
        await press(pilot, "enter")
        await until(pilot, lambda: ("track", "smartops", "1") in desk.calls, "the call")
        await until(pilot, lambda: "not offered" in bottom(app), "the vendor's words")


@pytest.mark.parametrize("keys", [("question_mark",), ("x",), ("x", "r"), ("colon",), ("i",), ("H",), ("f",), ()])
@pytest.mark.parametrize("own", ["", "f9", "Z"])
async def test_the_key_that_stops_it_does_so_on_every_screen(
    desk: ScriptedDesk, keys: tuple[str, ...], own: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-Z, or what stands for it; a letter does so in the panes alone, since elsewhere one types, or answers."""
    stopped: list[str] = []
    monkeypatch.setattr(App, "action_suspend_process", lambda app: stopped.append(type(app.screen).__name__))
    app = dashboard(desk, keys={"app.suspend": own} if own else {})
    async with running(app) as pilot:
        await press(pilot, *keys)
        before = type(app.screen).__name__
        await press(pilot, own or "ctrl+z")
        stopping = [worker for worker in app.workers if worker.group == "stop"]
        await until(pilot, lambda: all(worker.is_finished for worker in stopping), "the drafts to be kept")
        assert stopped == ([before] if own != "Z" or not keys else [])
