"""Every action of the registry, in every situation: its key and the palette do it, or say in a sentence why not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.support.dashboard import bottom, dashboard, press, running, until
from tests.support.night import TUNNEL, message, night
from tests.support.scripted_desk import ScriptedDesk
from tui.actions import ACTIONS, Action, refusal
from tui.app import VendorqApp
from tui.messages import FormRequested
from tui.screens.help import help_lines
from tui.screens.palette import matching
from tui.widgets.lines import fit

KEYED = [action for action in ACTIONS if action.where == "screen"]


def nothing(desk: ScriptedDesk) -> tuple[str, ...]:
    """No ticket is known and nothing came in."""
    desk.tickets.clear()
    desk.inbox_entries.clear()
    return ()


def a_ticket(desk: ScriptedDesk) -> tuple[str, ...]:
    """A ticket of a vendor that offers much."""
    return ()


def a_ticket_of_little(desk: ScriptedDesk) -> tuple[str, ...]:
    """A ticket of a vendor that offers little."""
    for key in [key for key in desk.tickets if key.provider != "smartops"]:
        del desk.tickets[key]
    return ("2",)


def an_ended_ticket(desk: ScriptedDesk) -> tuple[str, ...]:
    """A ticket that is closed, as far as the vendor goes."""
    for key in [key for key in desk.tickets if key != TUNNEL]:
        del desk.tickets[key]
    desk.tickets[TUNNEL] = replace(desk.tickets[TUNNEL], state="resolved")
    return ("2",)


def a_change(desk: ScriptedDesk) -> tuple[str, ...]:
    """A change that an approval is asked for."""
    return ("3",)


def a_held_message(desk: ScriptedDesk) -> tuple[str, ...]:
    """A message that waits for our number, in Incoming."""
    desk.inbox_entries.insert(0, message("kpn-connect", "INC#11252714", "create", "New", 0, "held"))
    return ("tab",)


def a_message_of_no_ticket(desk: ScriptedDesk) -> tuple[str, ...]:
    """What could not be read, in Incoming."""
    desk.inbox_entries.insert(0, message("ensono", "", "unknown", "x", 0, "parked"))
    return ("tab",)


def reading(desk: ScriptedDesk) -> tuple[str, ...]:
    """In the detail pane."""
    return ("enter",)


def read_only(desk: ScriptedDesk) -> tuple[str, ...]:
    """The store may not be written to."""
    desk.store.read_only = "the store is damaged."  # type: ignore[misc]  # the scripted one is a plain object
    return ()


def marked(desk: ScriptedDesk) -> tuple[str, ...]:
    """Three rows are marked."""
    return ("space", "space", "space")


def filtered(desk: ScriptedDesk) -> tuple[str, ...]:
    """A filter hides everything."""
    return ("slash", "z", "z", "z", "enter")


SITUATIONS: tuple[Callable[[ScriptedDesk], tuple[str, ...]], ...] = (
    nothing,
    a_ticket,
    a_ticket_of_little,
    an_ended_ticket,
    a_change,
    a_held_message,
    a_message_of_no_ticket,
    reading,
    read_only,
    marked,
    filtered,
)


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What was done, by the id of its action; nothing of it really happens."""
    found: list[str] = []

    def form(app: VendorqApp, event: FormRequested) -> None:
        found.append(next(action.id for action in ACTIONS if action.form == event.action))
        app.typed.done(FormRequested)

    monkeypatch.setattr(VendorqApp, "on_form_requested", form)
    yield found


async def stand_in(app: VendorqApp, done: list[str]) -> None:
    """Write down what would be done, but for what brings the situation about."""
    app.main._handlers = {action.id: lambda name=action.id: done.append(name) for action in ACTIONS}  # type: ignore[misc]


async def by_key(pilot: Pilot[Any], action: Action) -> None:
    """Press its first key."""
    await pilot.press(pilot.app.keys[action.id][0])  # type: ignore[attr-defined]


async def by_name(pilot: Pilot[Any], action: Action) -> None:
    """Choose it in the palette, as far as that is not the palette's own matter."""
    pilot.app.main.action_do(action.id)  # type: ignore[attr-defined]
    await pilot.pause()


@pytest.mark.parametrize("situation", [a_ticket, a_held_message, reading], ids=lambda situation: situation.__name__)
async def test_each_key_does_its_action_or_says_why_not(
    situation: Callable[[ScriptedDesk], tuple[str, ...]], done: list[str]
) -> None:
    """In each of the panes, which have keys of their own."""
    await audit(situation, done, by_key, KEYED)


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda situation: situation.__name__)
async def test_each_action_is_done_or_says_why_not(
    situation: Callable[[ScriptedDesk], tuple[str, ...]], done: list[str]
) -> None:
    await audit(situation, done, by_name, list(ACTIONS))


async def audit(
    situation: Callable[[ScriptedDesk], tuple[str, ...]], done: list[str], way: Any, actions: list[Action]
) -> None:
    """Each action in this situation, one after the other."""
    desk = night()
    keys = situation(desk)
    app = dashboard(desk)
    async with running(app, (160, 40)) as pilot:
        await press(pilot, *keys)
        await until(pilot, lambda: not app.main.tickets.rows or app.main.chosen()[0] or app.main.chosen()[1], "rest")
        await stand_in(app, done)
        for action in actions:
            done.clear()
            why = refusal(action, app.main.situation())
            await way(pilot, action)
            if why:
                assert done == [], action.id
                assert bottom(app).startswith(fit(why, 158).rstrip("… ")), action.id
                assert why[0].isupper(), why
                assert why.endswith("."), why
            else:
                assert done == [action.id]


def test_every_action_stands_in_the_help_with_its_key() -> None:
    app = dashboard(night())
    text = "\n".join("".join(piece for piece, _ in line) for line in help_lines(app.keys, 300))
    for action in ACTIONS:
        if not (action.id.startswith("view.") and action.id[5:].isdigit()):
            assert f"{action.title} " in text, action.id
            assert action.help in text, action.id
    assert "1 … 9" in text


def test_every_action_is_found_by_its_title_in_the_palette() -> None:
    for action in ACTIONS:
        found = [each.id for each in matching(action.title)]
        assert (action.id in found) == (action.id != "app.palette")


def test_no_two_actions_have_one_key() -> None:
    keys = [key for action in KEYED for key in dashboard(night()).keys[action.id]]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(("action", "row"), [("move.last", -1), ("move.page_down", 1), ("move.down", 1)])
async def test_moves_are_done_from_the_palette_too(action: str, row: int) -> None:
    app = dashboard(night())
    async with running(app, (120, 24)) as pilot:
        app.main.action_do(action)
        await until(pilot, lambda: app.main.tickets.cursor > 0, "the move")
        if row < 0:
            assert app.main.tickets.cursor == len(app.main.tickets.rows) - 1


async def test_every_action_has_a_handler_or_a_form() -> None:
    app = dashboard(night())
    async with running(app):
        assert {action.id for action in ACTIONS if not action.form} <= set(app.main._handlers)
