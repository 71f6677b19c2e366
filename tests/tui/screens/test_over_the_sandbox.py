"""The dashboard on the real way: keys in, a desk on a real store, the sandbox's vendors and their ledger as judges."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from providers.model import TicketKey
from providers.sandbox import Sandbox
from tests.support.dashboard import WIDE, bottom, lines, picture, press, running, until
from tests.support.sandbox_desk import desk_over
from tui.app import VendorqApp
from tui.config import Config
from tui.desk.desk import Desk
from tui.forms.confirm import ConfirmScreen
from tui.forms.screen import FormScreen
from tui.screens.consume import ConsumeScreen


@pytest.fixture
async def box() -> AsyncIterator[Sandbox]:
    """The vendors."""
    async with Sandbox(seed=1) as box:
        yield box


@asynccontextmanager
async def app_over(
    box: Sandbox, folder: Path, kinds: tuple[str, ...] = ("ensono", "kpn-connect"), **options: Any
) -> AsyncIterator[tuple[VendorqApp, Pilot[Any], Desk]]:
    """The app over a desk on these vendors, after the first good poll of each that answers."""
    async with desk_over(box, folder / "store", kinds, **options) as desk:
        app = VendorqApp(desk, Config(path=folder / "config.toml", providers=(), store_path=folder / "store"))
        async with running(app, WIDE) as pilot:
            await until(pilot, lambda: all(health.last_try for health in desk.health()), "the first polls")
            yield app, pilot, desk


async def test_what_comes_in_stands_in_both_lists_and_is_read_from_there(box: Sandbox, tmp_path: Path) -> None:
    number = box.ensono.create(client_number="INC0001", shortDescription="Order entry stands still")
    async with app_over(box, tmp_path) as (app, pilot, _):
        await until(pilot, lambda: app.main.incoming.rows, "the message")
        box.ensono.comment(number, "The node is back")
        await press(pilot, "2", "p")
        await until(pilot, lambda: "The node is back" in picture(app), "the comment")
        await press(pilot, "enter")
        assert "Order entry stands still" in picture(app)
        assert app.main.detail.key == TicketKey("ensono", number)


async def test_an_approval_is_given_with_keys_alone_and_once(box: Sandbox, tmp_path: Path) -> None:
    number = box.ensono.create_change(client_number="CHG0001")
    async with app_over(box, tmp_path) as (app, pilot, desk):
        key = TicketKey("ensono", number)
        await until(pilot, lambda: (row := desk.row(key)) is not None and row.approval_asked, "the request")
        await until(pilot, lambda: any(row.key == key for row in app.main.tickets.rows), "the row")
        app.main.tickets.move_to(key)
        await until(pilot, lambda: "A Approve" in bottom(app), "the hint")
        await press(pilot, "A")
        await until(pilot, lambda: isinstance(app.screen, FormScreen), "the form")
        await press(pilot, "ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen), "the preview")
        await press(pilot, "y")
        await until(pilot, lambda: [entry for entry in box.ledger if entry.operation == "approve"], "the approval")
        await until(pilot, lambda: app.screen is app.main, "the way back")
        await press(pilot, "A")
        await until(pilot, lambda: "no approval is asked" in bottom(app), "the refusal")
        assert len([entry for entry in box.ledger if entry.operation == "approve"]) == 1


async def test_a_vendor_that_breaks_shows_its_age_and_reason_and_keeps_its_rows(box: Sandbox, tmp_path: Path) -> None:
    number = box.kpn_connect.create(reference="INC0077")
    async with app_over(box, tmp_path, ("kpn-connect",), hurry=True) as (app, pilot, _):
        await press(pilot, "2")
        await until(pilot, lambda: number in picture(app), "the row")
        box.fault("kpn-connect", "html", count=50)
        await press(pilot, "p")
        await until(pilot, lambda: "kpn-connect" in lines(app)[1], "the reason")
        assert number in picture(app), "the last good rows stay"
        await press(pilot, "H")
        assert "What to do" in picture(app)


async def test_a_stalled_vendor_holds_up_neither_keys_nor_its_neighbour(box: Sandbox, tmp_path: Path) -> None:
    box.fault("kpn-connect", "stall", count=50, seconds=30)
    number = box.ensono.create(client_number="INC0001")
    async with desk_over(box, tmp_path / "store", ("ensono", "kpn-connect")) as desk:
        app = VendorqApp(desk, Config(path=tmp_path / "c.toml", providers=(), store_path=tmp_path / "store"))
        async with running(app, WIDE) as pilot:
            await until(pilot, lambda: desk.ticket(TicketKey("ensono", number)), "the neighbour's ticket")
            await press(pilot, "2")
            await until(pilot, lambda: number in picture(app), "the row")
            await press(pilot, "question_mark")
            assert "Help" in lines(app)[0]


async def test_no_queue_is_read_before_the_engineer_said_so(box: Sandbox, tmp_path: Path) -> None:
    box.ensono.create(client_number="INC0001")

    def reads() -> int:
        return sum("queue" in request.path for request in box.requests)

    async with desk_over(box, tmp_path / "store", ("ensono",), consume=False) as desk:
        app = VendorqApp(desk, Config(path=tmp_path / "c.toml", providers=(), store_path=tmp_path / "store"))
        async with running(app, WIDE) as pilot:
            await until(pilot, lambda: isinstance(app.screen, ConsumeScreen), "the question")
            assert reads() == 0
            await press(pilot, "y")
            await until(pilot, lambda: app.screen is app.main, "the way back")
            await press(pilot, "p")
            await until(pilot, lambda: reads() > 0, "the queue to be read")
            await until(pilot, lambda: app.main.incoming.rows, "its message")


async def test_handled_leaves_needs_me_and_a_new_message_brings_it_back(box: Sandbox, tmp_path: Path) -> None:
    number = box.ensono.create(client_number="INC0001")
    key = TicketKey("ensono", number)
    async with app_over(box, tmp_path, ("ensono",)) as (app, pilot, desk):
        await until(pilot, lambda: desk.row(key), "the ticket")
        row = desk.row(key)
        assert row is not None
        if not row.awaiting_us:
            await press(pilot, "2")
        await until(pilot, lambda: app.main.tickets.cursor_key == key, "the row")
        await press(pilot, "h")
        await until(pilot, lambda: (row := desk.row(key)) is not None and row.handled, "the mark")
        box.ensono.comment(number, "And now?")
        await press(pilot, "p")
        await until(pilot, lambda: (row := desk.row(key)) is not None and row.unread and not row.handled, "the news")


async def test_files_of_the_vendor_are_fetched_with_a_key(box: Sandbox, tmp_path: Path) -> None:
    number = box.ensono.create(client_number="INC0001")
    box.ensono.attach(number, "trace.log", b"line\n" * 100)
    key = TicketKey("ensono", number)
    async with app_over(box, tmp_path, ("ensono",)) as (app, pilot, desk):
        await until(pilot, lambda: (ticket := desk.ticket(key)) is not None and ticket.attachments, "the file")
        await press(pilot, "2")
        app.main.tickets.move_to(key)
        await press(pilot, "d")
        await until(pilot, lambda: "1 file in" in picture(app), "the file here")
