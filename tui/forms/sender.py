"""Sending a form: once, after a preview where it cannot be undone, after a question where the ticket has changed."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, cast

from providers.base import Operation
from providers.errors import VendorError
from providers.model import Write
from providers.text import safe_line
from tui.desk.entries import OutboxEntry
from tui.desk.ports import StoreFault
from tui.forms.confirm import ConfirmScreen, preview_paragraphs
from tui.forms.plan import sent_values
from tui.forms.sending import changes_since, outcome_sentence, sent_since
from tui.messages import Notice
from tui.words import sentences

if TYPE_CHECKING:
    from textual.widget import Widget

    from tui.app import VendorqApp
    from tui.forms.screen import FormScreen


class Sender:
    """What one form sends. `busy` while it does, questions included; `holds` while the write is on its way.

    `refused` is the outbox entry of the same text that the vendor refused, also before the form was left and opened
    again: what is sent next takes its place, so that the text is never sent from both.
    """

    def __init__(self, form: FormScreen, refused: str = "") -> None:
        self._form = form
        self._desk = form.desk
        self._plan = form.plan
        self.busy = False
        self.holds = False
        self._asked = False
        self.refused = refused
        self._had_keys: Widget | None = None
        self._corrects = form.plan.corrects

    def begin(self, *, preview: bool) -> None:
        """Send what is typed, after a look at it where `preview` says so."""
        # Set before anything is awaited: a key pressed twice over a slow line must not send twice.
        if self.busy or self._form.leaving:
            return
        self.busy = True
        # The application's worker, not the screen's: leaving the form must not cut a write in two.
        self._form.app.run_worker(self._send(preview=preview), group="send", exit_on_error=False)

    async def _send(self, *, preview: bool) -> None:
        try:
            write = self._write()
            if write is None or not await self._still_meant():
                return
            # A form that is being left opens nothing more, and sends nothing that was not asked about.
            if preview and (self._form.leaving or not await self._confirm(write)):
                return
            await self._submit(write)
        finally:
            self.busy = False

    def _say(self, sentence: object, role: str) -> None:
        self._form.say(safe_line(sentence), role)

    def _write(self) -> Write | None:
        """What would be sent; None, with the reasons shown, where it cannot be."""
        form, plan = self._form, self._plan
        found = form.show_issues(everywhere=True)
        if found:
            name = next((name for name in form.rows if name in found), "")
            if name:
                form.rows[name].input.focus()
            form.say_missing(len(found))
            return None
        values = sent_values(plan, form.changed)
        if form.before and not values:
            self._say("nothing has been changed", "warning")
            return None
        if plan.operation is Operation.ATTACH and not form.files.paths:
            self._say("choose a file with Ctrl-F", "warning")
            return None
        form.say("")
        return self._desk.write(
            plan.operation.value,
            plan.provider,
            plan.key.number if plan.key else "",
            ticket_type=plan.ticket_type,
            values=values,
            files=form.files.paths,
        )

    async def _still_meant(self) -> bool:
        """Ask once where the ticket has changed since the form was opened, or another write waits for it."""
        plan = self._plan
        if self._asked or self._corrects:
            return True
        replaced = self._replaced()
        title, paragraphs = (
            "It may have been sent already",
            sent_since(self._desk, self.refused if not replaced else ""),
        )
        if plan.key is not None and not paragraphs:
            title = "The ticket has changed"
            paragraphs = changes_since(self._desk, plan.key, plan.revision, self._form.zone, besides=replaced)
        if not paragraphs:
            return True
        if self._form.leaving:
            return False
        self._asked = True
        question = ConfirmScreen(title, plan.subject, paragraphs, yes="send all the same")
        return await self._form.ask(question)

    async def _confirm(self, write: Write) -> bool:
        try:
            preview = self._desk.preview(write)
        except VendorError as error:
            self._say_refused(error)
            return False
        engineer = self._desk.engineer
        who = safe_line(f"{engineer.name} {engineer.email}")
        remark = "this cannot be undone" if self._plan.irreversible else "exactly this is sent"
        title = f"{self._plan.title} · {self._plan.subject}"
        return await self._form.ask(ConfirmScreen(title, remark, preview_paragraphs(preview, who), yes="send"))

    async def _submit(self, write: Write) -> None:
        try:
            entry = await self._queue(write)
        except VendorError as error:
            self._say_refused(error)
            return
        except StoreFault as fault:
            self._say(fault, "bad")
            return
        await self._deliver(entry)

    async def _queue(self, write: Write) -> OutboxEntry:
        if self._corrects:
            # What was emptied must not stay as it was in the write that this one takes the place of.
            emptied = {row.field.name: "" for row in self._form.rows.values() if not row.text.strip()}
            old = next((each.write.values for each in self._desk.outbox() if each.id == self._corrects), {})
            gone = {name: text for name, text in emptied.items() if name in old}
            files = self._form.files.paths if self._plan.limits is not None else None
            entry = await self._desk.edit(self._corrects, {**gone, **write.values}, files)
            self._corrects = entry.id
            return entry
        replaced = self._replaced()
        if replaced:
            self._desk.preview(write)  # what cannot be sent takes nobody's place
            await self._desk.drop(replaced)
        self.refused = ""
        return await self._desk.submit(write, revision=self._plan.revision)

    def _replaced(self) -> str:
        """The refused entry, where it still waits for a decision; empty where there is none any more."""
        waiting = {entry.id for entry in self._desk.outbox() if entry.state in ("rejected", "queued")}
        return self.refused if self.refused in waiting else ""

    async def _deliver(self, entry: OutboxEntry) -> None:
        form = self._form
        form.say("sending …")
        self._hold(True)
        try:
            delivered = await self._desk.deliver(entry.id, form.files.show_progress)
        except StoreFault as fault:
            # What is typed stays in sight; the outbox knows the write, and asks before another is sent beside it.
            self._say(f"It may have been sent: look in the outbox before you send it again. {fault}", "bad")
            return
        finally:
            self._hold(False)
        sentence, role = outcome_sentence(self._plan, delivered)
        if delivered.state == "rejected":
            self.refused = delivered.id
            # Also in the draft of a form that was left meanwhile, but not in one that was discarded.
            if form.is_attached or self._desk.draft(self._plan.draft_key) is not None:
                await form.save_draft()
        if delivered.state == "rejected" and form.is_attached:
            self._show_at(delivered.field, delivered.error)
            form.say(sentence, role)
            return
        if delivered.state != "rejected":
            with suppress(StoreFault):  # it was sent all the same, and the strip says what is wrong with the store
                await self._desk.save_draft(self._plan.draft_key, None)
        app = cast("VendorqApp", form.app)
        if form.is_attached:
            form.end(delivered)
        # After the form is gone: what is said under it is not seen.
        app.call_later(_tell, app, sentence, role)

    def _hold(self, held: bool) -> None:
        """Have the form take no more words and files, or take them again: typed now, they would be in no write."""
        self.holds = held
        form = self._form
        if not form.is_attached:
            return
        if held:
            self._had_keys = form.focused
        for row in form.rows.values():
            row.input.disabled = held
        if not held and self._had_keys is not None and self._had_keys.is_attached:
            self._had_keys.focus()

    def _say_refused(self, error: VendorError) -> None:
        self._show_at(error.field, error.message)
        self._say(sentences(error.message, error.next_step), "bad")

    def _show_at(self, field: str, words: str) -> None:
        row = self._form.rows.get(field)
        if row is not None:
            row.show(safe_line(words))
            row.input.focus()


def _tell(app: VendorqApp, sentence: str, role: str) -> None:
    """Say it on the screen that the form was opened from."""
    app.main.say(sentence, role)
    if app.screen is not app.main:
        app.screen.post_message(Notice(sentence, role))
