"""Flows of a night that no other test walks, by keys alone, over the sandbox; its ledger is the judge."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from providers.clock import SystemClock
from providers.model import TicketKey
from providers.sandbox import Sandbox
from tests.support.dashboard import NARROW, bottom, lines, picture, press, type_text
from tests.support.sandbox_app import Night, night_over
from tui.config_model import TemplateSettings
from tui.forms.picker import FilePicker
from tui.forms.screen import FormScreen
from tui.screens.outbox import OutboxScreen
from tui.widgets.times import local


@pytest.fixture
async def box() -> AsyncIterator[Sandbox]:
    """The vendors."""
    async with Sandbox(seed=1) as box:
        yield box


async def at(night: Night, key: TicketKey) -> None:
    """All that is open, with the cursor on this ticket."""
    await night.until(lambda: night.desk.ticket(key), "the ticket")
    await night.press("2")
    await night.to(key)


@pytest.mark.parametrize(
    ("key", "state", "after", "words"),
    [
        ("S", "open", "resolved", "Restarted the node"),
        ("C", "resolved", "closed", "Seen to work"),
        ("O", "resolved", "open", "It is back"),
        ("X", "open", "cancelled", "Not needed"),
        ("T", "open", "", ""),
    ],
)
async def test_a_ticket_is_taken_and_ended_and_opened_again(
    key: str, state: str, after: str, words: str, box: Sandbox, tmp_path: Path
) -> None:
    number = box.ensono.create(client_number="INC0001")
    if state == "resolved":
        box.ensono.resolve(number)
    async with night_over(box, tmp_path, "ensono") as night:
        await at(night, TicketKey("ensono", number))
        before = str(box.ensono.ticket(number))
        form = await night.form(key)
        for row in form.rows.values():
            if row.field.required or row.field.name in ("closeNotes", "comment"):
                row.text = row.field.choices[0].value if row.field.choices else words
        await finish(night)
        written = [entry for entry in box.ledger if entry.operation != "acknowledge"]
        assert written
        assert {entry.number for entry in written} == {number}
        assert words in str([entry.body for entry in written])
        assert str(box.ensono.ticket(number)) != before
        if after:
            assert str(box.ensono.ticket(number).status) == after


async def finish(night: Night) -> None:
    """Send, whatever is asked on the way."""
    await press(night.pilot, "ctrl+s")
    await night.until(lambda: not isinstance(night.app.screen, FormScreen), "an answer")
    if night.app.screen is not night.app.main:
        await press(night.pilot, "y")
    await night.until(lambda: night.app.screen is night.app.main, "the way back")


async def test_a_field_is_changed_and_nothing_else_is_sent(box: Sandbox, tmp_path: Path) -> None:
    number = box.ensono.create(client_number="INC0001", shortDescription="Disk full")
    async with night_over(box, tmp_path, "ensono") as night:
        await at(night, TicketKey("ensono", number))
        form = await night.form("e")
        name = next(name for name, row in form.rows.items() if row.text == "Disk full")
        form.rows[name].text = "Disk full again"
        await finish(night)
        (sent,) = night.committed("update")
        assert "Disk full again" in sent
        assert "description" not in sent.replace("shortDescription", "")


async def test_a_rejection_is_sent_with_its_reason(box: Sandbox, tmp_path: Path) -> None:
    number = box.ensono.create_change(client_number="CHG0001")
    async with night_over(box, tmp_path, "ensono") as night:
        await night.to(TicketKey("ensono", number))
        await night.form("R")
        await type_text(night.pilot, "Not tonight")
        await night.send(previewed=True)
        (sent,) = night.committed("reject")
        assert "Not tonight" in sent
        assert night.committed("approve") == []


async def test_a_template_fills_a_new_ticket(box: Sandbox, tmp_path: Path) -> None:
    fields = {"shortDescription": "Disk full on ams-erp-02", "description": "Since noon.", "priority": "3"}
    template = TemplateSettings(name="Disk full", provider="ensono", type="incident", fields=fields)
    async with night_over(box, tmp_path, "ensono", templates=(template,)) as night:
        await press(night.pilot, "n")
        await night.until(lambda: "Disk full (template)" in picture(night.app), "the template")
        await night.form("1")
        await type_text(night.pilot, "INC0042")
        await night.send()
        (sent,) = night.committed("create")
        assert all(word in sent for word in ("INC0042", "Disk full on ams-erp-02", "Since noon."))


async def test_a_refused_write_is_corrected_in_the_outbox_and_sent_once(box: Sandbox, tmp_path: Path) -> None:
    number = box.ensono.create(client_number="INC0001")
    async with night_over(box, tmp_path, "ensono") as night:
        await at(night, TicketKey("ensono", number))
        await night.form("c")
        await type_text(night.pilot, "We lok at it")
        box.fault("ensono", "unauthorised", match="PUT", count=None)
        await press(night.pilot, "ctrl+s")
        await night.until(night.desk.outbox, "the entry")
        box.clear_faults()
        if night.app.screen is not night.app.main:
            await night.press("escape")
        await night.press("x")
        assert isinstance(night.app.screen, OutboxScreen)
        state = night.desk.outbox()[0].state
        assert state in ("rejected", "queued"), state
        await press(night.pilot, "e")
        await night.until(lambda: isinstance(night.app.screen, FormScreen), "its form")
        form: Any = night.app.screen
        assert form.rows["comment"].text == "We lok at it"
        assert "takes the other one's place" in picture(night.app)
        form.rows["comment"].text = "We look at it"
        await press(night.pilot, "ctrl+s")
        await night.until(lambda: isinstance(night.app.screen, OutboxScreen), "the outbox")
        assert ["We look at it" in body for body in night.committed("comment")] == [True]
        await night.until(lambda: not night.desk.outbox(), "an empty outbox")


@pytest.mark.parametrize("other", ["other.log", "boot.log", ""], ids=["another", "same-name", "without"])
async def test_a_refused_write_goes_with_another_file_or_with_none(other: str, box: Sandbox, tmp_path: Path) -> None:
    number = box.ensono.create(client_number="INC0001")
    first, second = tmp_path / "boot.log", tmp_path / "later" / (other or "x")
    second.parent.mkdir()
    first.write_bytes(b"the wrong one\n")
    second.write_bytes(b"the right one\n")
    async with night_over(box, tmp_path, "ensono") as night:
        await at(night, TicketKey("ensono", number))
        form = await night.form("c")
        form.rows["comment"].text = "Here is the log"
        form.files.add(first)
        box.fault("ensono", "unauthorised", match="PUT", count=None)
        await press(night.pilot, "ctrl+s")
        await night.until(lambda: night.desk.outbox() and night.desk.outbox()[0].state == "rejected", "the refusal")
        box.clear_faults()
        await night.press("escape", "x", "e")
        await night.until(lambda: isinstance(night.app.screen, FormScreen), "its form")
        await night.pilot.pause()
        assert "boot.log  14" in picture(night.app)
        await night.press("ctrl+r")
        assert "boot.log  14" not in picture(night.app)
        if other:
            await night.press("ctrl+f")
            await night.until(lambda: isinstance(night.app.screen, FilePicker), "the picker")
            picker: Any = night.app.screen
            picker.line.value = str(second)
            await night.press("enter")
        await press(night.pilot, "ctrl+s")
        await night.until(lambda: isinstance(night.app.screen, OutboxScreen), "the outbox")
        await night.until(lambda: not night.desk.outbox(), "an empty outbox")
    assert len([entry for entry in box.ledger if entry.operation == "comment"]) == 1
    sent = [str(entry) for entry in box.ledger if entry.operation == "attach"]
    assert [digest_of(second) in each and second.name in each for each in sent] == [True] * bool(other)


async def test_what_the_vendor_has_of_a_refused_write_is_said_and_not_sent_again(box: Sandbox, tmp_path: Path) -> None:
    number = box.ensono.create(client_number="INC0001")
    first, second = tmp_path / "boot.log", tmp_path / "dump.log"
    first.write_bytes(b"the wrong one\n")
    second.write_bytes(b"the right one\n")
    async with night_over(box, tmp_path, "ensono", size=NARROW) as night:
        await at(night, TicketKey("ensono", number))
        write = night.desk.write("comment", "ensono", number, values={"comment": "Here it is"}, files=[first])
        await night.desk.submit(write)
        box.fault("ensono", "unauthorised", match="boot.log", count=None)
        await night.desk.deliver(write.id)
        box.clear_faults()
        await night.press("x", "e")
        await night.until(lambda: "The vendor has this already: comment" in picture(night.app), "what it has")
        form: Any = night.app.screen
        form.files.remove_last()
        form.files.add(second)
        await night.press("ctrl+s")
        await night.until(lambda: not night.desk.outbox(), "an empty outbox")
    done = [entry.operation for entry in box.ledger if entry.operation != "acknowledge"]
    assert done == ["comment", "attach"], "the comment once"
    assert digest_of(second) in str(box.ledger[-1])


async def test_a_file_that_was_refused_alone_gives_way_to_another(box: Sandbox, tmp_path: Path) -> None:
    number = box.ensono.create(client_number="INC0001")
    first, second = tmp_path / "boot.log", tmp_path / "dump.log"
    first.write_bytes(b"the wrong one\n")
    second.write_bytes(b"the right one\n")
    async with night_over(box, tmp_path, "ensono") as night:
        await at(night, TicketKey("ensono", number))
        write = night.desk.write("attach", "ensono", number, files=[first])
        await night.desk.submit(write)
        box.fault("ensono", "unauthorised", count=None)
        await night.desk.deliver(write.id)
        box.clear_faults()
        first.unlink()
        await night.press("x", "e")
        await night.until(lambda: isinstance(night.app.screen, FilePicker), "the picker, as its file is gone")
        picker: Any = night.app.screen
        picker.line.value = str(second)
        await night.press("enter")
        await night.until(lambda: "No longer on this host: boot.log." in picture(night.app), "the form")
        await night.press("ctrl+s")
        await night.until(lambda: isinstance(night.app.screen, OutboxScreen), "the outbox")
        await night.until(lambda: not night.desk.outbox(), "an empty outbox")
    (sent,) = [str(entry) for entry in box.ledger if entry.operation == "attach"]
    assert digest_of(second) in sent


def digest_of(path: Path) -> str:
    """A file's digest, as the ledger has it."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


async def test_what_got_no_answer_is_dropped_or_sent_again_after_a_question(box: Sandbox, tmp_path: Path) -> None:
    number = box.ensono.create(client_number="INC0001")
    async with night_over(box, tmp_path, "ensono") as night:
        await at(night, TicketKey("ensono", number))
        for words, lost in (("first", "reset_before"), ("second", "reset_after")):
            await night.form("c")
            await type_text(night.pilot, words)
            box.fault("ensono", lost, match="PUT")
            await press(night.pilot, "ctrl+s")
            if words == "second":
                await night.until(lambda: "Another write waits" in picture(night.app), "the question")
                await press(night.pilot, "y")
            await night.until(lambda: night.app.screen is night.app.main, "the way back")
        assert [entry.state for entry in night.desk.outbox()] == ["unconfirmed", "queued"]
        await night.press("x", "e")
        assert "It may have been done already" in picture(night.app)
        await night.press("r")
        await night.until(lambda: "Send it again?" in picture(night.app), "the question")
        await night.press("n")
        await night.press("d", "y")
        await night.until(lambda: len(night.desk.outbox()) == 1, "the drop")
        assert "first" not in str(night.committed("comment"))


async def test_putting_aside_notes_and_saved_views_tell_no_vendor_anything(box: Sandbox, tmp_path: Path) -> None:
    number = box.ensono.create(client_number="INC0001")
    box.ensono.update(number, status="pending", statusNextAction="pending-client")
    key = TicketKey("ensono", number)
    async with night_over(box, tmp_path, "ensono", views=(("Aside", "is:snoozed"),)) as night:
        await night.to(key)
        before = [entry.operation for entry in box.ledger if entry.operation != "acknowledge"]
        await press(night.pilot, "i")
        await type_text(night.pilot, "Called them")
        await press(night.pilot, "enter")
        await night.until(lambda: "Called them" in picture(night.app), "the note in the story")
        await press(night.pilot, "w")
        await type_text(night.pilot, "2h")
        await press(night.pilot, "enter")
        await night.until(lambda: "put aside until" in bottom(night.app), "the sentence")
        row = night.desk.row(key)
        assert row is not None
        assert row.snoozed_until is not None
        assert row.snoozed_until - night.desk.clock.now() > timedelta(minutes=110)
        assert night.app.board.listing.counts["needs-me"] == 0
        place = [view.title for view in night.app.board.listing.views].index("Aside") + 1
        await night.press(str(place))
        assert night.needs_me() == [number]
        assert [entry.operation for entry in box.ledger if entry.operation != "acknowledge"] == before


async def test_many_are_handled_at_once_and_what_the_filter_hides_is_asked_about(box: Sandbox, tmp_path: Path) -> None:
    numbers = [box.ensono.create(client_number=f"INC000{each}", priority=str(each + 1)) for each in range(3)]
    async with night_over(box, tmp_path, "ensono") as night:
        await at(night, TicketKey("ensono", numbers[0]))
        await night.until(lambda: len(night.app.main.tickets.rows) == 3, "the rows")
        await press(night.pilot, "asterisk", "slash")
        await type_text(night.pilot, numbers[0].lower())
        await press(night.pilot, "enter", "h")
        await night.until(lambda: "2 of them are not in the list" in picture(night.app), "the question")
        assert not any(row.handled for row in night.desk.rows())
        await press(night.pilot, "y")
        await night.until(lambda: all(row.handled for row in night.desk.rows()), "the marks")


def saved(folder: Path) -> list[str]:
    """What was saved."""
    return [file.read_text() for file in folder.rglob("*.md")]


async def test_the_handover_names_what_was_answered_and_is_saved(
    box: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    number = box.ensono.create(client_number="INC0001")
    async with night_over(box, tmp_path, "ensono") as night:
        await at(night, TicketKey("ensono", number))
        await night.form("c")
        await type_text(night.pilot, "We look at it")
        await night.send()
        await press(night.pilot, "s")
        await night.until(lambda: "Answered (1)" in picture(night.app), "the answer")
        assert "Came in (0 tickets, " in picture(night.app)
        await press(night.pilot, "w")
        await night.until(lambda: "handover" in picture(night.app).lower() and ".md" in picture(night.app), "the name")
        await press(night.pilot, "enter")
        await night.until(lambda: saved(tmp_path), "the file")
        assert [number in text for text in saved(tmp_path)] == [True]


async def test_our_own_number_is_the_ticket_s_last_change(box: Sandbox, tmp_path: Path) -> None:
    number = box.ensono.create()
    clock = Ahead()
    async with night_over(box, tmp_path, "ensono", clock=clock) as night:
        key = TicketKey("ensono", number)
        await at(night, key)
        ticket = night.desk.ticket(key)
        assert ticket is not None
        before = ticket.updated_at
        clock.ahead = timedelta(hours=3)
        form = await night.form("L")
        form.rows["clientTicketNumber"].text = "INC0777"
        await finish(night)
        assert [entry.operation for entry in box.ledger if entry.operation != "acknowledge"] == ["link"]
        ticket = night.desk.ticket(key)
        assert ticket is not None
        assert ticket.updated_at is not None
        assert before is None or ticket.updated_at - before > timedelta(hours=2)
        told = local(ticket.updated_at, night.app.board.zone, night.app.board.now)
        (line,) = [line for line in lines(night.app) if "Last change" in line]
        assert told in line


class Ahead(SystemClock):
    """A clock that can be put ahead."""

    ahead = timedelta()

    def now(self) -> datetime:
        """The system's time and what it is ahead of it."""
        return super().now() + self.ahead


async def test_a_comment_on_a_held_case_is_told_once_and_says_that_it_waits(box: Sandbox, tmp_path: Path) -> None:
    number = box.tangoe.create(state="-5")
    async with night_over(box, tmp_path, "tangoe") as night:
        key = TicketKey("tangoe", number)
        await night.until(lambda: night.desk.ticket(key), "the case")
        for text in ("We look into it.", "Which SIM is it?"):
            box.tangoe.comment(number, text)
        await night.sync("tangoe")
        await night.until(lambda: len(night.app.main.incoming.rows) == 2, "what the screen tells")
        told = sorted(entry.message.summary for entry in night.desk.messages() if entry.message is not None)
        assert [each.startswith("Waits for us. ") for each in told] == [True, False], told
        assert ("Which SIM" in told[0], "look into it" in told[1]) == (True, True)
        assert "Waits for us. " in picture(night.app)
        assert number in night.needs_me()
