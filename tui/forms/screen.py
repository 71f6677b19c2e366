"""The form itself: fields from a plan, checked while one types, kept as a draft, sent once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final, cast

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import Screen
from textual.widgets import Input

from providers.base import Kind, Operation
from providers.errors import VendorError
from providers.model import Write
from providers.text import safe_line
from tui.desk.entries import OutboxEntry
from tui.desk.ports import StoreFault
from tui.forms.confirm import ConfirmScreen, Lines, preview_paragraphs
from tui.forms.editor import EditorFault, edit
from tui.forms.files import FilesLine
from tui.forms.head import FieldHelp, Heading, Hints
from tui.forms.picker import FilePicker
from tui.forms.plan import FILES, FormPlan, changed_values, issues, sent_values
from tui.forms.row import SEVERAL_LINES, FieldRow
from tui.forms.send_line import HELP as SEND_HELP
from tui.forms.send_line import SendLine
from tui.forms.sending import changes_since, latest_on, outcome_sentence

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo

    from textual.timer import Timer

    from tui.app import VendorqApp
    from tui.desk.desk import Desk

AUTOSAVE_SECONDS: Final = 1.0
LOW: Final = 30


class FormScreen(Screen[OutboxEntry | None]):
    """Ends with the outbox entry of what was sent, or None. What is typed outlives it as a draft."""

    CSS = """
    FormScreen { background: $vq-background; }
    FormScreen > Heading { margin: 0 1; }
    FormScreen #latest { height: 9; padding: 0 2; }
    FormScreen #latest Lines { background: $vq-background; }
    FormScreen.low #latest { display: none; }
    FormScreen VerticalScroll { height: 1fr; padding: 1 2 0 1; scrollbar-size: 0 0; }
    FormScreen.low VerticalScroll { padding: 0 1; }
    FormScreen.low FieldRow { margin: 0; }
    FormScreen.low TextArea { height: 4; }
    FormScreen.low .tall TextArea { height: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "send", "Send", priority=True),
        Binding("ctrl+o", "preview", "Preview", priority=True),
        Binding("ctrl+g", "edit", "Editor", priority=True),
        Binding("ctrl+f", "add_file", "File", priority=True),
        Binding("ctrl+r", "remove_file", "Remove file", priority=True),
        Binding("ctrl+x", "discard", "Discard", priority=True),
        Binding("escape", "leave", "Leave"),
    ]

    def __init__(
        self,
        desk: Desk,
        plan: FormPlan,
        values: Mapping[str, str],
        *,
        before: Mapping[str, str],
        files: list[Path],
        remark: str = "",
    ) -> None:
        super().__init__()
        self.desk = desk
        self.plan = plan
        self.before = dict(before) if plan.operation is Operation.UPDATE else {}
        tall = sum(field.kind in SEVERAL_LINES for field in plan.fields) == 1 and len(plan.fields) <= 3
        self.rows = {
            field.name: FieldRow(field, values.get(field.name, ""), tall=tall and field.kind in SEVERAL_LINES)
            for field in plan.fields
        }
        self.files = FilesLine(plan.limits, files)
        self.heading = Heading(f"{plan.title} · {plan.subject}", remark)
        self.help = FieldHelp()
        self.hints = Hints(self._hints())
        self.dirty = False
        self.sending = False
        self._asked = False
        self._rejected = ""
        self._autosave: Timer | None = None

    def _hints(self) -> list[tuple[str, str]]:
        hints = [("ctrl+s", "send"), ("tab", "next field"), ("ctrl+o", "preview")]
        if any(field.kind in SEVERAL_LINES for field in self.plan.fields):
            hints.append(("ctrl+g", "editor"))
        if self.plan.limits is not None:
            hints.append(("ctrl+f", "add file"))
        return [*hints, ("ctrl+x", "discard"), ("esc", "leave, draft kept")]

    def compose(self) -> ComposeResult:
        """What it is about, the fields, the keys."""
        yield self.heading
        with VerticalScroll(can_focus=False):
            yield from self.rows.values()
            if self.plan.limits is not None:
                yield self.files
            yield SendLine()
        if self.plan.key is not None:
            with Vertical(id="latest"):
                yield Heading("Latest on the ticket")
                yield Lines(latest_on(self.desk, self.plan.key, zone=self.zone), surface="background")
        yield self.help
        yield self.hints

    def on_mount(self) -> None:
        """Begin in the first field that has nothing yet."""
        self._autosave = self.set_interval(AUTOSAVE_SECONDS, self._save_if_dirty)
        self._show_issues()
        first = next((row for row in self.rows.values() if not row.text), None) or next(iter(self.rows.values()), None)
        (first.input if first is not None else self.query_one(SendLine)).focus()

    @property
    def zone(self) -> tzinfo | None:
        """The engineer's own time zone."""
        return cast("VendorqApp", self.app).board.zone

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Light the field that has the keys, tell what it wants, and have all of it in sight."""
        inside = set(event.widget.ancestors_with_self)
        for row in self.rows.values():
            row.head.light(row in inside)
            if row in inside:
                self.call_after_refresh(row.scroll_visible, animate=False)
        self.show_help()

    def show_help(self) -> None:
        """What the field that has the keys wants."""
        rows = list(self.rows.values())
        place = next((place for place, row in enumerate(rows) if row.head.lit), None)
        if place is None:
            self.help.say(SEND_HELP if isinstance(self.focused, SendLine) else "", "")
            return
        words, role = rows[place].help
        self.help.say(words, f"{place + 1} of {len(rows)}", role)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in a line goes on to the next field."""
        event.stop()
        self.focus_next()

    def on_send_line_pressed(self) -> None:
        """Enter on the line at the end."""
        self.action_send()

    def on_resize(self, event: events.Resize) -> None:
        """Where lines are few, all of them are for typing."""
        self.set_class(event.size.height < LOW, "low")

    # Typing.

    @property
    def values(self) -> dict[str, str]:
        """What is typed, by field."""
        return {name: row.text for name, row in self.rows.items()}

    @property
    def changed(self) -> dict[str, str]:
        """What would be sent of it: for an update only what is no longer as it was."""
        return changed_values(self.values, self.before) if self.before else self.values

    def on_field_row_changed(self, event: FieldRow.Changed) -> None:
        """Check as one types. A field that nobody has touched yet does not complain of being empty."""
        event.row.touched = True
        self.dirty = True
        self._show_issues()

    def _show_issues(self, *, everywhere: bool = False) -> dict[str, str]:
        found = issues(self.plan, self.changed)
        for name, row in self.rows.items():
            row.show(found.get(name, "") if everywhere or row.touched else "")
        self.show_help()
        return found

    # Drafts.

    def draft(self) -> dict[str, object]:
        """What is kept of it: all but secrets."""
        kept: dict[str, object] = {
            name: row.text for name, row in self.rows.items() if row.field.kind is not Kind.SECRET and row.text
        }
        if self.files.paths:
            kept[FILES] = [str(path) for path in self.files.paths]
        return kept

    async def save_draft(self) -> None:
        """Keep what is typed now. Also called when the terminal is lost."""
        self.dirty = False
        try:
            await self.desk.save_draft(self.plan.draft_key, self.draft() or None)
        except StoreFault as fault:
            self.hints.say(safe_line(f"Draft not kept: {fault}"), "bad")

    async def _save_if_dirty(self) -> None:
        if self.dirty and not self.sending:
            await self.save_draft()
            # What is wrong stays in sight until something is done about it.
            if self.hints.status[1] not in ("bad", "warning"):
                self.hints.say("saved")

    @work(group="form", exit_on_error=False)
    async def action_leave(self) -> None:
        """Back to the panes; the draft stays."""
        if self.dirty:
            await self.save_draft()
        self.dismiss(None)

    @work(group="form", exit_on_error=False)
    async def action_discard(self) -> None:
        """Forget what is typed, after asking."""
        if self.draft() and not await self._ask(
            ConfirmScreen(
                "Discard the draft?", self.plan.subject, [("What is typed here is forgotten.", "text")], yes="discard"
            )
        ):
            return
        self.dirty = False
        await self.desk.save_draft(self.plan.draft_key, None)
        self.dismiss(None)

    # Long text and files.

    def action_edit(self) -> None:
        """The focused text in $EDITOR."""
        row = next((row for row in self.rows.values() if row.input.has_focus and row.field.kind in SEVERAL_LINES), None)
        row = row or next((row for row in self.rows.values() if row.field.kind in SEVERAL_LINES), None)
        if row is None:
            self.hints.say("no text of several lines here")
            return
        try:
            row.text = edit(self.app, row.text, self.desk.store.path / "edit")
        except (EditorFault, OSError) as fault:
            self.hints.say(safe_line(fault), "bad")

    @work(group="form", exit_on_error=False)
    async def action_add_file(self) -> None:
        """Choose a file to go along."""
        if self.plan.limits is None:
            self.hints.say("no files go with this")
            return
        path = await self.app.push_screen_wait(FilePicker(self.plan.limits, Path.cwd()))
        if path is not None:
            self.files.add(path)
            self.dirty = True

    def action_remove_file(self) -> None:
        """Take the last file out again."""
        self.files.remove_last()
        self.dirty = True

    # Sending.

    async def _ask(self, question: ConfirmScreen) -> bool:
        answer: bool | None = await self.app.push_screen_wait(question)
        return bool(answer)

    def _write(self) -> Write | None:
        """What would be sent; None, with the reasons shown, where it cannot be."""
        found = self._show_issues(everywhere=True)
        if found:
            name = next((name for name in self.rows if name in found), "")
            if name:
                self.rows[name].input.focus()
            self.hints.say(safe_line(next(iter(found.values()))), "bad")
            return None
        values = sent_values(self.plan, self.changed)
        if self.before and not values:
            self.hints.say("nothing has been changed", "warning")
            return None
        if self.plan.operation is Operation.ATTACH and not self.files.paths:
            self.hints.say("choose a file with ctrl+f", "warning")
            return None
        return self.desk.write(
            self.plan.operation.value,
            self.plan.provider,
            self.plan.key.number if self.plan.key else "",
            ticket_type=self.plan.ticket_type,
            values=values,
            files=self.files.paths,
        )

    def _say_refused(self, error: VendorError) -> None:
        row = self.rows.get(error.field)
        if row is not None:
            row.show(safe_line(error.message))
            row.input.focus()
        self.hints.say(safe_line(f"{error.message} {error.next_step}"), "bad")

    def action_preview(self) -> None:
        """Exactly what would be sent."""
        self._begin(preview=True)

    def action_send(self) -> None:
        """Send it: once, after a preview where it cannot be undone, after a question where the ticket has changed."""
        self._begin(preview=self.plan.irreversible)

    def _begin(self, *, preview: bool) -> None:
        # Set before anything is awaited: a key pressed twice over a slow line must not send twice.
        if self.sending:
            return
        self.sending = True
        # The application's worker, not the screen's: leaving the form must not cut a write in two.
        self.app.run_worker(self._send(preview=preview), group="send", exit_on_error=False)

    async def _send(self, *, preview: bool) -> None:
        try:
            write = self._write()
            if write is None or not await self._still_meant():
                return
            if preview and not await self._confirm(write):
                return
            await self._submit(write)
        finally:
            self.sending = False

    async def _confirm(self, write: Write) -> bool:
        try:
            preview = self.desk.preview(write)
        except VendorError as error:
            self._say_refused(error)
            return False
        engineer = self.desk.engineer
        who = safe_line(f"{engineer.name} {engineer.email}")
        remark = "this cannot be undone" if self.plan.irreversible else "exactly this is sent"
        title = f"{self.plan.title} · {self.plan.subject}"
        return await self._ask(ConfirmScreen(title, remark, preview_paragraphs(preview, who), yes="send"))

    async def _still_meant(self) -> bool:
        """Ask once where the ticket has changed since the form was opened, or another write waits for it."""
        if self.plan.key is None or self._asked:
            return True
        paragraphs = changes_since(self.desk, self.plan.key, self.plan.revision, self.zone)
        if not paragraphs:
            return True
        self._asked = True
        question = ConfirmScreen("The ticket has changed", self.plan.subject, paragraphs, yes="send all the same")
        return await self._ask(question)

    async def _submit(self, write: Write) -> None:
        try:
            if self._rejected:
                await self.desk.drop(self._rejected)
                self._rejected = ""
            entry = await self.desk.submit(write, revision=self.plan.revision)
        except VendorError as error:
            self._say_refused(error)
            return
        except StoreFault as fault:
            self.hints.say(safe_line(fault), "bad")
            return
        await self._deliver(entry)

    async def _deliver(self, entry: OutboxEntry) -> None:
        self.hints.say("sending …")
        delivered = await self.desk.deliver(entry.id, self.files.show_progress)
        sentence, role = outcome_sentence(self.plan, delivered)
        if delivered.state == "rejected" and self.is_attached:
            self._rejected = delivered.id
            row = self.rows.get(delivered.field)
            if row is not None:
                row.show(safe_line(delivered.error))
                row.input.focus()
            self.hints.say(sentence, role)
            return
        if delivered.state != "rejected":
            await self.desk.save_draft(self.plan.draft_key, None)
        app = cast("VendorqApp", self.app)
        if self.is_attached:
            self.dismiss(delivered)
        # After the form is gone: what is said under it is not seen.
        app.call_later(app.main.say, sentence, role)
