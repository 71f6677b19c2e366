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
from textual.worker import Worker, WorkerState

from providers.base import Kind, Operation
from providers.text import safe_line, safe_text
from tui.desk.entries import OutboxEntry
from tui.desk.ports import StoreFault
from tui.forms.confirm import ConfirmScreen, Lines
from tui.forms.editor import Editing, EditorFault
from tui.forms.files import FilesLine
from tui.forms.head import LOUD, FieldHelp, Heading, Hints
from tui.forms.picker import FilePicker
from tui.forms.plan import FILES, REFUSED, FormPlan, changed_values, issues
from tui.forms.row import SEVERAL_LINES, FieldRow
from tui.forms.send_line import HELP as SEND_HELP
from tui.forms.send_line import SendLine
from tui.forms.sender import Sender
from tui.forms.sending import latest_on
from tui.messages import Notice

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo

    from textual.timer import Timer

    from tui.app import VendorqApp
    from tui.desk.desk import Desk
    from tui.widgets.lines import Piece

AUTOSAVE_SECONDS: Final = 1.0
LOW: Final = 30


class FormScreen(Screen[OutboxEntry | None]):
    """Ends with the outbox entry of what was sent, or None. What is typed outlives it as a draft.

    `warning` is said at first, until something is typed.
    """

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
        refused: str = "",
        remark: str = "",
        warning: str = "",
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
        self.warning = warning
        self.dirty = False
        self._loud: Piece = ("", "")
        self._missing = False
        self.sender = Sender(self, refused)
        self.leaving = False
        self._end: tuple[OutboxEntry | None] | None = None
        self._edited: tuple[FieldRow, Editing] | None = None
        self._autosave: Timer | None = None

    def _hints(self) -> list[tuple[str, str]]:
        hints = [("Ctrl-S", "send"), ("Tab", "next field"), ("Ctrl-O", "preview")]
        if any(field.kind in SEVERAL_LINES for field in self.plan.fields):
            hints.append(("Ctrl-G", "editor"))
        if self.plan.limits is not None:
            hints.append(("Ctrl-F", "add file"))
        return [*hints, ("Ctrl-X", "discard"), ("Esc", "leave, draft kept")]

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
        self.show_issues()
        first = next((row for row in self.rows.values() if not row.text), None) or next(iter(self.rows.values()), None)
        (first.input if first is not None else self.query_one(SendLine)).focus()
        if self.warning:
            self.call_after_refresh(self.say, self.warning, "warning")
        if self._is_bare_attach:
            self.action_add_file()

    @property
    def _is_bare_attach(self) -> bool:
        """Whether this form is for files, has none, and nothing is typed."""
        return self.plan.operation is Operation.ATTACH and not self.files.paths and not self.draft()

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

    def say(self, sentence: str, role: str = "muted") -> None:
        """Say what is going on. What must be read stands whole: over the keys where it is too long for their line."""
        long = role in LOUD and not self.hints.holds(sentence)
        self._loud = (sentence, role) if long else ("", "")
        self._missing = False
        self.hints.say("" if long else sentence, role)
        self.show_help()

    def show_help(self) -> None:
        """What the field that has the keys wants."""
        rows = list(self.rows.values())
        if self._loud[0]:
            self.help.say(self._loud[0], "", self._loud[1])
            return
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
        found = self.show_issues()
        if self._loud[0] or (self._missing and not found):
            self.say("")

    def say_missing(self, fields: int) -> None:
        """Say that so many fields keep it from being sent, until none does."""
        several = f"{fields} fields want" if fields > 1 else "one field wants"
        self.say(f"not sent: {several} something first", "bad")
        self._missing = True

    def show_issues(self, *, everywhere: bool = False) -> dict[str, str]:
        """Show and return what is wrong, by field; `everywhere` in fields that nobody has touched too."""
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
        if kept and self.sender.refused:
            kept[REFUSED] = self.sender.refused
        return kept

    async def save_draft(self) -> None:
        """Keep what is typed now, in an editor too. Also called when the terminal is lost."""
        self._take_from_editor()
        self.dirty = False
        try:
            await self.desk.save_draft(self.plan.draft_key, self.draft() or None)
        except StoreFault as fault:
            self.say(safe_line(f"Draft not kept: {fault}"), "bad")

    async def _save_if_dirty(self) -> None:
        self._take_from_editor()
        if self.dirty and not self.sender.busy:
            await self.save_draft()
            # What is wrong stays in sight until something is done about it.
            if self.hints.status[1] not in LOUD and not self._loud[0]:
                self.say("saved")

    # The way out.

    def end(self, result: OutboxEntry | None) -> None:
        """Close the form: now, or when what stands over it is gone. What is dismissed is always the screen on top."""
        if self._end is None:
            self._end = (result,)
            if self.app.screen is self:
                self.dismiss(result)

    def on_screen_resume(self) -> None:
        """What stood over it is gone."""
        if self._end is not None and self.is_attached:
            self.dismiss(self._end[0])

    def action_leave(self) -> None:
        """Back to the panes; the draft stays."""
        # Set before anything is awaited: nothing opens over a form that is about to go.
        if not self.leaving:
            self.leaving = True
            self._leave()

    @work(name="leaving the form", group="form", exit_on_error=False)
    async def _leave(self) -> None:
        if self.dirty:
            await self.save_draft()
        self.end(None)

    def action_discard(self) -> None:
        """Forget what is typed, after asking."""
        if not self.leaving:
            self.leaving = True
            self._discard()

    @work(name="discarding the draft", group="form", exit_on_error=False)
    async def _discard(self) -> None:
        question = ConfirmScreen(
            "Discard the draft?", self.plan.subject, [("What is typed here is forgotten.", "text")], yes="discard"
        )
        if self.draft() and not await self.ask(question):
            self.leaving = False
            return
        self.dirty = False
        await self.desk.save_draft(self.plan.draft_key, None)
        self.end(None)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A failure of the form's own work is told as the app's are, and leaves the form open to be left again."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            self.leaving = False
            cast("VendorqApp", self.app).report(event.worker.error, event.worker.name)

    def on_notice(self, event: Notice) -> None:
        """A sentence."""
        self.say(event.words, event.role)

    # Long text and files.

    @work(name="the editor", group="form", exit_on_error=False)
    async def action_edit(self) -> None:
        """The focused text in $EDITOR; the desk goes on meanwhile."""
        if self.leaving:
            return
        long = [row for row in self.rows.values() if row.field.kind in SEVERAL_LINES]
        row = next((row for row in long if row.input.has_focus), long[0] if long else None)
        if row is None or self._edited is not None:
            self.say("no text of several lines here" if row is None else "the editor has it already")
            return
        editing = None
        try:
            editing = Editing(row.text, self.desk.store.path / "edit")
            self._edited = row, editing
            text = await editing.run(cast("VendorqApp", self.app))
            row.text = safe_text(text)
            if row.text != text:
                self.say("control characters were taken out", "warning")
        except (EditorFault, OSError) as fault:
            if editing is not None:
                row.text = editing.before
            self.say(safe_line(fault), "bad")
        finally:
            self._edited = None
            if editing is not None:
                editing.forget()

    def _take_from_editor(self) -> None:
        """What an editor that is still open has saved is typed as well."""
        if self._edited is not None:
            row, editing = self._edited
            text = safe_text(editing.text)
            if row.text != text:
                row.text = text
                self.dirty = True

    @work(name="choosing a file", group="form", exit_on_error=False)
    async def action_add_file(self) -> None:
        """Choose a file to go along."""
        if self.leaving:
            return
        if self.plan.limits is None:
            self.say("no files go with this")
            return
        path = await self.app.push_screen_wait(FilePicker(self.plan.limits, Path.cwd()))
        if path is not None:
            self.files.add(path)
            self.dirty = True
        elif self._is_bare_attach:
            self.end(None)

    def action_remove_file(self) -> None:
        """Take the last file out again."""
        self.files.remove_last()
        self.dirty = True

    # Sending.

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What changes the write waits while it is being sent."""
        return not (self.sender.holds and action in ("edit", "add_file", "remove_file"))

    async def ask(self, question: ConfirmScreen) -> bool:
        """Put a question; whether the answer is yes."""
        answer: bool | None = await self.app.push_screen_wait(question)
        return bool(answer)

    def action_preview(self) -> None:
        """Exactly what would be sent."""
        self.sender.begin(preview=True)

    def action_send(self) -> None:
        """Send it."""
        self.sender.begin(preview=self.plan.irreversible)
