"""The dashboard over a disk that refuses: a banner, nothing sent, and what was typed is still there."""

from __future__ import annotations

import errno
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from textual.pilot import Pilot

from providers.model import TicketKey
from providers.sandbox import Sandbox
from tests.support.dashboard import WIDE, lines, picture, press, running, type_text, until
from tests.support.files import Disk
from tests.support.sandbox_desk import desk_over
from tui.app import VendorqApp
from tui.config import Config
from tui.desk.desk import Desk
from tui.forms.screen import FormScreen
from tui.messages import FormRequested

FOR_EVER = 1_000
TYPED = "The node is"


@asynccontextmanager
async def form_over(box: Sandbox, folder: Path, disk: Disk) -> AsyncIterator[tuple[FormScreen, Pilot[Any], Desk]]:
    """A comment's form, half typed and kept as a draft, on a ticket of Ensono's."""
    number = box.ensono.create(client_number="OWN1", shortDescription="Order entry stands still")
    async with desk_over(box, folder, clock=box.clock, files=disk.folder()) as desk:
        app = VendorqApp(desk, Config(path=folder / "config.toml", providers=(), store_path=folder))
        async with running(app, WIDE) as pilot:
            await until(pilot, desk.rows, "the ticket")
            app.post_message(FormRequested("comment", (TicketKey("ensono", number),)))
            await until(pilot, lambda: isinstance(app.screen, FormScreen), "the form")
            form = cast(FormScreen, app.screen)
            await type_text(pilot, TYPED)
            await form.save_draft()
            yield form, pilot, desk


def refuse(disk: Disk, operation: str, code: int) -> None:
    """From now on; a full disk has no room either."""
    if code == errno.ENOSPC:
        disk.space = 0
    for _ in range(FOR_EVER):
        disk.fail(operation, code)


@pytest.mark.parametrize(
    ("operation", "code"), [("sync", errno.EIO), ("write", errno.ENOSPC), ("write", errno.EROFS)], ids=str
)
async def test_a_refusing_disk_is_a_banner_and_the_form_keeps_what_was_typed(
    tmp_path: Path, operation: str, code: int
) -> None:
    disk = Disk()
    async with Sandbox(seed=1) as box:
        async with form_over(box, tmp_path, disk) as (form, pilot, desk):
            before = len(box.ledger)
            box.ensono.comment(desk.rows()[0].number, "not on our disk")
            refuse(disk, operation, code)
            await press(pilot, "ctrl+s")
            await until(pilot, lambda: "read-only" in picture(form.app), "the reason")
            assert form.app.screen is form
            assert form.draft() == {"comment": TYPED}
            await press(pilot, "escape")
            await until(pilot, lambda: "READ-ONLY" in lines(form.app)[0] + lines(form.app)[1], "the banner")
            desk.resume("ensono")
            await press(pilot, "p")
            assert len(box.ledger) == before
            key = form.plan.draft_key
            assert desk.draft(key) == {"comment": TYPED}
        disk.heal()
        async with desk_over(box, tmp_path, clock=box.clock, files=disk.folder()) as desk:
            assert desk.draft(key) == {"comment": TYPED}
            assert desk.outbox(settled=True) == []


async def test_a_disk_that_refuses_once_the_write_has_left_leaves_the_draft_and_no_second_write(tmp_path: Path) -> None:
    disk = Disk()
    async with Sandbox(seed=1) as box:
        async with form_over(box, tmp_path, disk) as (form, pilot, desk):
            send = desk.providers["ensono"].send

            async def sent(*given: Any) -> Any:
                receipt = await send(*given)
                refuse(disk, "sync", errno.EIO)
                return receipt

            desk.providers["ensono"].send = sent  # type: ignore[method-assign,assignment]  # the disk fails just then
            await press(pilot, "ctrl+s")
            await until(pilot, lambda: "look in the outbox" in picture(form.app), "the reason")
            assert (form.app.screen is form, form.draft()) == (True, {"comment": TYPED})
            key = form.plan.draft_key
            assert desk.draft(key) == {"comment": TYPED}
        disk.heal()
        async with desk_over(box, tmp_path, clock=box.clock, files=disk.folder()) as desk:
            for _ in range(4):
                box.advance(61)
                await desk.sync("ensono")
            (entry,) = desk.outbox()
            assert (entry.state, entry.needs_engineer) == ("unconfirmed", True)
            assert len(box.ledger.of("ensono", "comment")) == 1
