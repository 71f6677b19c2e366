"""Hostile text through every screen: it is shown as text, drives nothing, and no escape of its own reaches the wire."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

from providers.model import Approval, Attachment, Comment, Engineer, TicketKey, Write
from providers.text import safe_line, safe_text
from tests.support.dashboard import NARROW, WIDE, dashboard, picture, press, running, until
from tests.support.hostile import HOSTILE
from tests.support.night import ago, message, night
from tests.support.scripted_desk import ScriptedDesk
from tui.app import VendorqApp
from tui.desk.desk import TimelineItem
from tui.desk.entries import OutboxEntry
from tui.frame import Frame

OURS = re.compile(r"\x1b\[[\d;]*[HmGC]")
"""All that the frame writes beside text: moves and styles."""


def poisoned(text: str) -> ScriptedDesk:
    """A night in which every word of a vendor is this one."""
    desk = night()
    line = safe_line(text) or "empty"
    for key, ticket in list(desk.tickets.items()):
        desk.tickets[key] = replace(
            ticket,
            summary=line,
            description=safe_text(text),
            vendor_state=line,
            client_number=line,
            comments=(Comment(id="c", author=line, body=safe_text(text)),),
            attachments=(Attachment(id="a", name=line),),
            approvals=(Approval(id="a", approver=line, approver_name=line),) if ticket.type == "change" else (),
            vendor={text: text, "implementationPlan": text, "nested": {text: [text]}, "risk": text},
        )
        kinds: tuple[Any, ...] = ("comment", "state", "attachment", "write", "note", "approval")
        desk.timelines[key] = [TimelineItem(ago(5), kind, line, safe_text(text), "vendor", line) for kind in kinds]
        desk.texts[key] = [(ago(5), text)]
    for name, health in desk.healths.items():
        desk.healths[name] = replace(
            health, error=line, next_step=line, gap=line, warning=line, error_type=line, state="late"
        )
    hostile_message = message("ensono", "", "unknown", line, 1, "parked")
    assert hostile_message.message is not None
    desk.inbox_entries = [
        replace(hostile_message, message=replace(hostile_message.message, raw=text, problem=line)),
        *(message("ensono", "INC0712290", "comment", line, minutes) for minutes in range(2, 9)),
    ]
    write = Write(id="w", action="comment", provider="ensono", number="INC0712290", values={line: text})
    desk.outbox_entries = [
        OutboxEntry(write=write, state="rejected", created_at=ago(3), updated_at=ago(3), error=line, next_step=line)
    ]
    desk.engineer = Engineer(name=line[:40])
    return desk


def written(app: VendorqApp) -> str:
    """The bytes that would draw the whole screen."""
    update = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    console = Console(force_terminal=True, color_system="256", legacy_windows=False)
    return Frame().difference(update, console)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "size"),
    [*((text, WIDE) for text in HOSTILE), *((text, NARROW) for text in HOSTILE[::4])],
    ids=[*range(len(HOSTILE)), *(f"narrow-{number}" for number in range(0, len(HOSTILE), 4))],
)
async def test_hostile_text_is_text_on_every_screen(text: str, size: tuple[int, int]) -> None:
    desk = poisoned(text)
    app = dashboard(desk)
    seen: list[str] = []

    def look() -> None:
        drawn = written(app)
        assert "\x1b" not in OURS.sub("", drawn)
        assert not re.search("[\x00-\x1a\x1c-\x1f\x7f-\x9f]", drawn)
        seen.append(picture(app))

    async with running(app, size) as pilot:
        look()
        for keys in (
            ("2",),
            ("enter",),
            ("v",),
            ("v", "escape"),
            ("tab", "end"),
            ("enter", "escape"),
            ("tab", "tab", "z"),
            ("z", "x"),
            ("tab", "pagedown", "escape"),
            ("H",),
            ("escape", "colon"),
            ("escape", "a"),
        ):
            for key in keys:
                await press(pilot, key)
            look()
        app.report(RuntimeError(text), text)
        app.main.say(text, "warning")
        desk.inbox_entries.append(message("ensono", "INC0712290", "approval", safe_line(text), 0))
        desk.tell("messages")
        while app.screen is not app.main:
            await press(pilot, "escape")
        await until(pilot, lambda: app._notifications, "the toast")
        await pilot.pause()
        look()
        assert app.is_running
    plain = next((part for part in re.findall(r"[A-Za-z0-9 ]{4,}", safe_line(text)) if part.strip()), "")
    assert any(plain.strip()[:12] in screen for screen in seen)


async def test_what_looks_like_an_action_is_no_action() -> None:
    desk = poisoned("[@click=app.quit]press me[/]")
    app = dashboard(desk)
    async with running(app) as pilot:
        await pilot.click(offset=(24, 6))
        await pilot.click(offset=(90, 4))
        await pilot.hover(offset=(90, 4))
        await pilot.pause()
        assert app.is_running
        assert "[@click=app.quit]press me" in picture(app)


async def test_a_number_with_markup_is_copied_and_named_as_it_is() -> None:
    desk = night()
    ticket = replace(desk.tickets[TicketKey("tangoe", "CS0043188")], number="[b]CS1[/b]", priority=1)
    desk.add(ticket)
    app = dashboard(desk)
    async with running(app) as pilot:
        await press(pilot, "2")
        app.main.tickets.move_to(ticket.key)
        await press(pilot, "y")
        assert "[b]CS1[/b] was sent" in picture(app)
