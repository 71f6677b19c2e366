"""Forms on the real way: keys into the app, the desk on a real store, the sandbox's ledger as judge."""

from __future__ import annotations

import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from textual.pilot import Pilot

from providers.model import TicketKey
from providers.sandbox import Sandbox
from tests.support.dashboard import WIDE, picture, press, running, type_text, until
from tests.support.sandbox_desk import desk_over
from tui.app import VendorqApp
from tui.config import Config
from tui.desk.desk import Desk
from tui.desk.entries import OutboxEntry
from tui.forms.choice import ChoiceLine
from tui.forms.confirm import ConfirmScreen
from tui.forms.picker import FilePicker
from tui.forms.screen import FormScreen
from tui.messages import FormRequested

POISON = "[/b]\x1b[31m[@click=app.quit]x[/] \u202eevil"


@pytest.fixture
async def box() -> AsyncIterator[Sandbox]:
    async with Sandbox(seed=1) as box:
        yield box


@asynccontextmanager
async def app_over(
    box: Sandbox, folder: Path, kinds: tuple[str, ...] = ("ensono",)
) -> AsyncIterator[tuple[VendorqApp, Pilot[Any], Desk]]:
    async with desk_over(box, folder / "store", kinds) as desk:
        app = VendorqApp(desk, Config(path=folder / "config.toml", providers=(), store_path=folder / "store"))
        async with running(app, WIDE) as pilot:
            await until(pilot, lambda: all(health.last_good for health in desk.health()), "the first polls")
            yield app, pilot, desk


async def open_form(app: VendorqApp, pilot: Pilot[Any], action: str, key: TicketKey) -> FormScreen:
    app.post_message(FormRequested(action, (key,)))
    await until(pilot, lambda: isinstance(app.screen, FormScreen), f"the form to {action}")
    await pilot.pause()
    return cast(FormScreen, app.screen)


def operations(box: Sandbox) -> list[str]:
    return [entry.operation for entry in box.ledger if entry.operation != "acknowledge"]


async def ticket(box: Sandbox, pilot: Pilot[Any], desk: Desk, **fields: Any) -> TicketKey:
    number = box.ensono.create(client_number="INC0001", **fields)
    await desk.sync("ensono")
    await until(pilot, lambda: desk.ticket(TicketKey("ensono", number)), "the ticket")
    return TicketKey("ensono", number)


async def test_a_comment_is_sent_once_however_often_the_key_is_pressed(box: Sandbox, tmp_path: Path) -> None:
    async with app_over(box, tmp_path) as (app, pilot, desk):
        key = await ticket(box, pilot, desk)
        await open_form(app, pilot, "comment", key)
        await type_text(pilot, "We look at it")
        await press(pilot, "ctrl+s", "ctrl+s", "ctrl+s")
        await until(pilot, lambda: not isinstance(app.screen, FormScreen), "the form to end")
        assert operations(box) == ["comment"]
        assert "We look at it" in str(box.ledger[-1].body)
        assert desk.draft(f"ensono:comment:{key.number}") is None


async def test_what_is_wrong_is_said_at_its_field_and_nothing_leaves(box: Sandbox, tmp_path: Path) -> None:
    async with app_over(box, tmp_path) as (app, pilot, desk):
        key = await ticket(box, pilot, desk)
        form = await open_form(app, pilot, "comment", key)
        await press(pilot, "ctrl+s")
        await until(pilot, lambda: "required" in picture(app), "the issue")
        form.rows["comment"].text = "x" * 4001
        await until(pilot, lambda: "4001/4000" in picture(app), "the counter")
        assert "limit is 4000" in picture(app)
        assert operations(box) == []


async def test_a_half_typed_form_is_a_draft_that_is_offered_again(box: Sandbox, tmp_path: Path) -> None:
    async with app_over(box, tmp_path) as (app, pilot, desk):
        key = await ticket(box, pilot, desk)
        await open_form(app, pilot, "comment", key)
        await type_text(pilot, "half a")
        await press(pilot, "escape")
        await until(pilot, lambda: not isinstance(app.screen, FormScreen), "the form to end")
        form = await open_form(app, pilot, "comment", key)
        assert form.rows["comment"].text == "half a"
        assert "your draft" in picture(app)
        await press(pilot, "ctrl+x")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen), "the question")
        await press(pilot, "y")
        await until(pilot, lambda: desk.draft(f"ensono:comment:{key.number}") is None, "the draft to go")


async def test_a_create_chooses_vendor_and_type_and_is_committed_once(box: Sandbox, tmp_path: Path) -> None:
    async with app_over(box, tmp_path) as (app, pilot, desk):
        app.post_message(FormRequested("create", ()))
        await until(pilot, lambda: "New ticket for which vendor" in picture(app), "the choice")
        await press(pilot, "1")
        await until(pilot, lambda: isinstance(app.screen, FormScreen), "the form")
        form = cast(FormScreen, app.screen)
        await type_text(pilot, "INC0042")
        await press(pilot, "tab")
        await type_text(pilot, "Disk full")
        await press(pilot, "tab")
        await type_text(pilot, "On ams-erp-02")
        await press(pilot, "tab", "2")
        assert isinstance(form.rows["priority"].input, ChoiceLine)
        assert form.rows["priority"].text == "2"
        await press(pilot, "ctrl+s")
        await until(pilot, lambda: operations(box) == ["create"], "the create")
        body = str(box.ledger[-1].body)
        assert all(word in body for word in ("INC0042", "Disk full", "On ams-erp-02"))
        await until(pilot, lambda: desk.find("ensono", "INC0042"), "the new ticket")


async def test_a_file_is_chosen_and_arrives_whole(
    box: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "boot.log"
    file.write_bytes(b"line\n" * 1000)
    (tmp_path / "setup.exe").write_bytes(b"MZ")
    os.mkfifo(tmp_path / "waiting.pipe")
    monkeypatch.chdir(tmp_path)
    async with app_over(box, tmp_path) as (app, pilot, desk):
        key = await ticket(box, pilot, desk)
        app.post_message(FormRequested("attach", (key,)))
        await until(pilot, lambda: isinstance(app.screen, FilePicker), "the picker, without asking for it")
        await press(pilot, "escape")
        await until(pilot, lambda: app.screen is app.main, "the way back, since nothing was chosen")
        app.post_message(FormRequested("attach", (key,)))
        await until(pilot, lambda: isinstance(app.screen, FilePicker), "the picker")
        await type_text(pilot, "setup.exe")
        await press(pilot, "enter")
        await until(pilot, lambda: "not taken" in picture(app), "the refusal")
        picker = cast(FilePicker, app.screen)
        picker.line.value = ""
        await type_text(pilot, "waiting")
        await press(pilot, "enter")
        await until(pilot, lambda: "waiting.pipe is no ordinary file" in picture(app), "the other refusal")
        picker.line.value = ""
        await type_text(pilot, "boo")
        await press(pilot, "enter")  # nothing else begins so
        await until(pilot, lambda: isinstance(app.screen, FormScreen), "the form again")
        await press(pilot, "ctrl+s")
        await until(pilot, lambda: operations(box) == ["attach"], "the upload")
        assert hashlib.sha256(file.read_bytes()).hexdigest() in str(box.ledger[-1])


async def test_an_approval_is_previewed_before_it_is_sent(box: Sandbox, tmp_path: Path) -> None:
    async with app_over(box, tmp_path) as (app, pilot, desk):
        number = box.ensono.create_change(client_number="CHG0007")
        await desk.sync("ensono")
        key = TicketKey("ensono", number)
        await until(pilot, lambda: (found := desk.ticket(key)) and found.approvals, "the change")
        await open_form(app, pilot, "approve", key)
        await type_text(pilot, "CAB agreed")
        await press(pilot, "ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen), "the preview")
        assert "approve" in picture(app)
        assert operations(box) == []
        await press(pilot, "enter")
        assert operations(box) == [], "enter alone sends nothing that cannot be undone"
        await press(pilot, "y")
        await until(pilot, lambda: operations(box) == ["approve"], "the approval")
        assert "CAB agreed" in str(box.ledger[-1].body)


async def test_a_ticket_that_changed_meanwhile_is_asked_about_once(box: Sandbox, tmp_path: Path) -> None:
    async with app_over(box, tmp_path) as (app, pilot, desk):
        key = await ticket(box, pilot, desk)
        await open_form(app, pilot, "comment", key)
        await type_text(pilot, "Still down?")
        box.ensono.comment(key.number, POISON)
        await desk.sync("ensono")
        await press(pilot, "ctrl+s")
        await until(pilot, lambda: "The ticket has changed" in picture(app), "the question")
        assert "[/b]" in picture(app)
        assert "\x1b" not in picture(app)
        assert operations(box) == []
        await press(pilot, "y")
        await until(pilot, lambda: operations(box) == ["comment"], "the comment")


async def test_a_vendor_s_refusal_stays_in_the_form_and_can_be_mended(box: Sandbox, tmp_path: Path) -> None:
    async with app_over(box, tmp_path, ("kpn-connect",)) as (app, pilot, desk):
        box.kpn_connect.create(reference="TAKEN")
        app.post_message(FormRequested("create", ()))
        await until(pilot, lambda: "New ticket for which vendor" in picture(app), "the choice")
        await press(pilot, "1")
        await until(pilot, lambda: isinstance(app.screen, FormScreen), "the form")
        form = cast(FormScreen, app.screen)
        for name, text in (
            ("customer_reference_number", "TAKEN"),
            ("short_description", "No dial tone"),
            ("description", "Since noon."),
            ("service", "Azure Managed Cloud"),
        ):
            form.rows[name].text = text
        await press(pilot, "ctrl+s")
        await until(pilot, lambda: "already has a ticket" in picture(app), "the refusal")
        assert app.screen is form
        form.rows["customer_reference_number"].text = "FREE"
        await press(pilot, "ctrl+s")
        await until(pilot, lambda: operations(box) == ["create"], "the create")
        await until(pilot, lambda: not desk.outbox(), "an outbox without the refused one")


async def test_a_write_without_an_answer_is_said_to_be_unconfirmed(box: Sandbox, tmp_path: Path) -> None:
    async with app_over(box, tmp_path) as (app, pilot, desk):
        key = await ticket(box, pilot, desk)
        await open_form(app, pilot, "comment", key)
        await type_text(pilot, "Lost?")
        box.fault("ensono", "reset_after", match="PUT")
        await press(pilot, "ctrl+s")
        await until(pilot, lambda: "no answer" in picture(app), "the sentence")
        assert operations(box) == ["comment"]
        assert [entry.state for entry in desk.outbox()] == ["unconfirmed"]
        await open_form(app, pilot, "update", key)
        assert "(unconfirmed)" in picture(app), "the next form must not tell it as done"


async def test_what_is_typed_while_it_is_sent_is_in_no_field_and_no_draft(box: Sandbox, tmp_path: Path) -> None:
    async with app_over(box, tmp_path) as (app, pilot, desk):
        key = await ticket(box, pilot, desk)
        form = await open_form(app, pilot, "comment", key)
        await type_text(pilot, "All of it")
        box.fault("ensono", "stall_after", seconds=1.5)
        await press(pilot, "ctrl+s")
        await until(pilot, lambda: [each.state for each in desk.outbox()] == ["sending"], "the sending")
        await press(pilot, "ctrl+f", "x", "y")
        assert app.screen is form
        assert "sending" in picture(app)
        assert form.values["comment"] == "All of it"
        await until(pilot, lambda: app.screen is app.main, "the end")
        assert desk.draft(form.plan.draft_key) is None
        assert operations(box) == ["comment"]


async def test_an_operation_that_is_not_offered_says_why_before_anything_is_typed(box: Sandbox, tmp_path: Path) -> None:
    async with app_over(box, tmp_path) as (app, pilot, desk):
        key = await ticket(box, pilot, desk)
        app.post_message(FormRequested("approve", (key,)))
        await until(pilot, lambda: "not offered" in picture(app), "the reason")
        assert not isinstance(app.screen, FormScreen)


async def test_the_key_for_failure_answers_failure(box: Sandbox, tmp_path: Path) -> None:
    async with app_over(box, tmp_path, ("kpn-connect",)) as (app, pilot, desk):
        box.kpn_connect.create(short_description="Not ours")
        await desk.sync("kpn-connect")
        await until(pilot, lambda: [entry for entry in desk.messages() if entry.status == "held"], "the message")
        await until(pilot, lambda: app.main.incoming.rows, "its row")
        await press(pilot, "tab", "F")
        await until(pilot, lambda: isinstance(app.screen, FormScreen), "the form")
        form = cast(FormScreen, app.screen)
        assert form.rows["status"].text == "Failure"
        await type_text(pilot, "Not our site")
        await press(pilot, "ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen), "the preview")
        await press(pilot, "y")
        await until(pilot, lambda: [entry for entry in box.ledger if entry.operation == "acknowledge"], "the answer")
        (answer,) = [entry for entry in box.ledger if entry.operation == "acknowledge"]
        assert "Failure" in str(answer.body)
        assert "Not our site" in str(answer.body)


async def refuse_and_leave(box: Sandbox, app: VendorqApp, pilot: Pilot[Any], desk: Desk, key: TicketKey) -> OutboxEntry:
    """A comment that the vendor refused, its form left; the refused entry."""
    await open_form(app, pilot, "comment", key)
    await type_text(pilot, "The node is back")
    box.fault("ensono", "unauthorised", match="PUT", count=None)
    await press(pilot, "ctrl+s")
    await until(pilot, lambda: "Not done" in picture(app), "the refusal")
    box.clear_faults()
    await press(pilot, "escape")
    await until(pilot, lambda: not isinstance(app.screen, FormScreen), "the form to end")
    (refused,) = desk.outbox()
    return refused


async def test_a_refused_text_that_was_left_and_opened_again_is_sent_once(box: Sandbox, tmp_path: Path) -> None:
    async with app_over(box, tmp_path) as (app, pilot, desk):
        key = await ticket(box, pilot, desk)
        refused = await refuse_and_leave(box, app, pilot, desk, key)
        form = await open_form(app, pilot, "comment", key)
        assert form.rows["comment"].text == "The node is back"
        await press(pilot, "ctrl+s")
        await until(pilot, lambda: not isinstance(app.screen, FormScreen), "the form to end")
        assert operations(box) == ["comment"]
        assert desk.outbox() == []
        kept = next(entry for entry in desk.outbox(settled=True) if entry.id == refused.id)
        assert kept.dropped, "nobody can send it a second time"


async def test_a_refused_text_that_the_outbox_sent_since_is_asked_about(box: Sandbox, tmp_path: Path) -> None:
    async with app_over(box, tmp_path) as (app, pilot, desk):
        key = await ticket(box, pilot, desk)
        refused = await refuse_and_leave(box, app, pilot, desk, key)
        await desk.retry(refused.id)
        await desk.deliver(refused.id)
        await open_form(app, pilot, "comment", key)
        await press(pilot, "ctrl+s")
        await until(pilot, lambda: "may have been sent already" in picture(app), "the question")
        await press(pilot, "n")
        assert operations(box) == ["comment"]
