"""What waits to be sent, failed, or needs the engineer's decision."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from tui.board import Board
from tui.desk.entries import OutboxEntry
from tui.desk.waits import why
from tui.messages import DeskChanged, Notice
from tui.screens.reading import HELP
from tui.widgets.columns import Column
from tui.widgets.footer import Footer, Hint
from tui.widgets.lines import Piece, wrap
from tui.widgets.reader import Reader
from tui.widgets.story import Line
from tui.widgets.table import Table
from tui.widgets.times import ago, local

if TYPE_CHECKING:
    from tui.app import VendorqApp

COLUMNS = (
    Column(id="when", title="When", width=9),
    Column(id="action", title="What", width=11),
    Column(id="number", title="Ticket", width=14),
    Column(id="vendor", title="Vendor", width=6, spare=1),
    Column(id="state", title="State", width=13),
    Column(id="words", title="", width=12, flexible=True),
)
LOOKS = {
    "queued": ("· queued", "text"),
    "sending": ("· sending", "text"),
    "done": ("✓ done", "good"),
    "rejected": ("✕ rejected", "bad"),
    "unconfirmed": ("▲ unconfirmed", "warning"),
}


def entry_lines(entry: OutboxEntry, waits_for: str, board: Board, width: int) -> list[Line]:
    """One entry in full: what it would do, what happened, what the engineer can decide."""
    word, role = LOOKS[entry.state]
    write = entry.write
    lines: list[Line] = [[(f"{write.action} {write.number or write.client_number}, {write.provider}", "strong")], []]

    def fact(label: str, value: str, role: str = "text") -> None:
        for place, text in enumerate(wrap(value, max(10, width - 12))):
            lines.append([(f"{label if not place else '':<12}", "muted"), (text, role)])

    fact("State", word, role)
    fact("Written", f"{local(entry.created_at, board.zone, board.now)}, {ago(entry.created_at, board.now)}")
    fact("Sent", {0: "not yet", 1: "once"}.get(entry.attempts, f"{entry.attempts} times"))
    if entry.error and entry.state != "queued":
        fact("Why", entry.error, "bad" if entry.state == "rejected" else "warning")
    if waits_for:
        fact("Waits for", waits_for, "warning")
    if entry.next_step:
        fact("What to do", entry.next_step, "strong")
    for name, value in write.values.items():
        fact(name, str(value))
    for file in write.files:
        fact("File", f"{file.name}, {file.size} bytes")
    return lines


def same_sent_later(entry: OutboxEntry, board: Board) -> OutboxEntry | None:
    """A write that did the same as this one after it was written; None where there is none."""
    write = entry.write
    files = [file.name for file in write.files]
    for other in board.desk.outbox(settled=True, since=entry.created_at):
        said = other.write
        same = (said.provider, said.action, dict(said.values)) == (write.provider, write.action, dict(write.values))
        ticket = not write.number or said.number == write.number
        later = other.state == "done" and other.id != entry.id and other.created_at >= entry.created_at
        if same and ticket and later and [file.name for file in said.files] == files:
            return other
    return None


class OutboxScreen(Screen[None]):
    """The entries over the one the cursor stands on."""

    DEFAULT_CSS = "OutboxScreen { background: $vq-background; } OutboxScreen Table { height: 1fr; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,x", "dismiss", "Back", show=False),
        Binding("r", "retry", "Send again", show=False),
        Binding("d", "drop", "Drop", show=False),
        Binding("e", "correct", "Correct", show=False),
        HELP,
    ]

    def __init__(self, board: Board) -> None:
        super().__init__()
        self.board = board
        self._waits_for: Mapping[str, str] = {}

    def compose(self) -> ComposeResult:
        """The list, the entry, the footer."""
        yield Table[OutboxEntry](
            COLUMNS,
            self._cells,
            key_of=lambda entry: entry.id,
            title="Outbox",
            empty="Nothing waits. What is sent stands in the ticket's timeline.",
        )
        yield Reader("Entry")
        yield Footer()

    def _cells(self, entry: OutboxEntry) -> dict[str, Piece]:
        board, write = self.board, entry.write
        return {
            "when": (local(entry.created_at, board.zone, board.now), "muted"),
            "action": (write.action, "text"),
            "number": (write.number or write.client_number or "new", "text"),
            "vendor": (board.vendors.get(write.provider, write.provider), "muted"),
            "state": LOOKS[entry.state],
            "words": (why(entry, self._waits_for.get(entry.id, "")) or entry.note, "muted"),
        }

    @property
    def table(self) -> Table[OutboxEntry]:
        """The list."""
        return cast("Table[OutboxEntry]", self.query_one(Table))

    def on_mount(self) -> None:
        """Fill it."""
        self.table.focus()
        entries = self.board.desk.outbox()
        self._waits_for = self.board.desk.waits_for(entries)
        self.table.set_rows(entries)
        self.call_after_refresh(self.renew)

    def on_resize(self) -> None:
        """Another width: other lines."""
        self.call_after_refresh(self.renew)

    def renew(self) -> None:
        """Show the outbox as it is now."""
        entries = self.board.desk.outbox()
        self._waits_for = self.board.desk.waits_for(entries)
        deciding = sum(entry.needs_engineer or entry.state == "rejected" for entry in entries)
        self.table.set_rows(entries)
        self.table.set_title("Outbox", [(f"{deciding} to decide, {len(entries)} in all", "muted")] if entries else [])
        self.show_entry()

    def show_entry(self) -> None:
        """The entry under the cursor, and the keys it takes."""
        entry, reader = self.table.cursor_row, self.query_one(Reader)
        waits_for = self._waits_for.get(entry.id, "") if entry is not None else ""
        lines = entry_lines(entry, waits_for, self.board, reader.text_width) if entry is not None else []
        reader.show(lines, title="Entry", top=0)
        hints = [Hint("r", "Send again"), Hint("d", "Drop it")] if entry is not None else []
        if entry is not None and entry.state != "unconfirmed":
            hints.append(Hint("e", "Correct it"))
        self.query_one(Footer).show([*hints, Hint("Tab", "Read the entry"), Hint("Esc", "Back", always=True)])

    def on_table_moved(self, event: Table.Moved) -> None:
        """Another entry."""
        self.query_one(Footer).say("")
        self.show_entry()

    def on_desk_changed(self, event: DeskChanged) -> None:
        """Shown as it is now. A poll may change what a write waits for, and no write."""
        if event.touches("outbox") or (event.touches("health") and self._wait_differently()):
            self.renew()

    def _wait_differently(self) -> bool:
        desk = self.board.desk
        return desk.waits_for(desk.outbox()) != self._waits_for

    def on_notice(self, event: Notice) -> None:
        """A sentence."""
        self.query_one(Footer).say(event.words, event.role)

    def action_retry(self) -> None:
        """The engineer decided: send it again."""
        entry = self.table.cursor_row
        if entry is None or self._refused():
            return
        question = f"{entry.write.action} {entry.write.number} is sent to {entry.write.provider} once more."
        if entry.state == "unconfirmed":
            question += " It may have been done already: look at the ticket first."
        sent = same_sent_later(entry, self.board)
        if sent is not None:
            at = local(sent.sent_at or sent.created_at, self.board.zone, self.board.now)
            question += f" The same was sent at {at} by another write, and done: this would be the second."

        async def work() -> None:
            await self.board.desk.retry(entry.id)

        self._ask("Send it again?", question, work, f"retry {entry.write.action}")

    def action_drop(self) -> None:
        """The engineer decided: give it up."""
        entry = self.table.cursor_row
        if entry is None or self._refused():
            return

        async def work() -> None:
            await self.board.desk.drop(entry.id)

        question = f"{entry.write.action} {entry.write.number} is given up; the vendor is told nothing."
        if entry.state == "unconfirmed" or entry.write.doubtful:
            question += " It may have been done already."
        self._ask("Drop it?", question, work, f"drop {entry.write.action}")

    def action_correct(self) -> None:
        """The engineer writes it anew, in its own form."""
        entry = self.table.cursor_row
        if entry is None or self._refused():
            return
        if entry.state == "unconfirmed":
            words = "It may have been done already. Look at the ticket; then send it again or drop it."
            self.query_one(Footer).say(words, "warning")
            return
        from tui.forms import correct

        app = cast("VendorqApp", self.app)
        app.run_worker(correct(app, self.board.desk, entry), name="correct", group="forms", exit_on_error=False)

    def _refused(self) -> bool:
        words = self.board.read_only()
        if words:
            self.query_one(Footer).say(f"Nothing is written: {words}", "warning")
        return bool(words)

    def _ask(self, title: str, question: str, work: Any, name: str) -> None:
        app = cast("VendorqApp", self.app)

        def do() -> None:
            coroutine: Coroutine[Any, Any, None] = work()
            app.run_worker(coroutine, name=name, group="desk", exit_on_error=False)

        app.confirm(title, question, do)
