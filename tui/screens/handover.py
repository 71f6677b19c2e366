"""The handover: what waits, what came in and what was answered since a time; copied or saved as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import Binding, BindingType

from providers.text import safe_line
from tui import moments
from tui.board import Board
from tui.handover import SHIFT, Arrival, Handover, handover, markdown
from tui.messages import DeskChanged, Notice
from tui.new_file import write_new
from tui.screens.ask import AskScreen
from tui.screens.reading import ReadingScreen
from tui.views import reasons
from tui.widgets.footer import Footer, Hint
from tui.widgets.health_strip import LOOKS
from tui.widgets.lines import Piece, fit, spread, width_of, wrap
from tui.widgets.message_row import KINDS
from tui.widgets.story import Line, heading
from tui.widgets.times import age, local, moment

if TYPE_CHECKING:
    from providers.model import TicketRow
    from tui.app import VendorqApp
    from tui.desk.entries import OutboxEntry
    from tui.desk.reports import ProviderHealth

NUMBER = 14
"""Cells for a ticket's number."""


def handover_lines(shift: Handover, board: Board, width: int) -> list[Line]:
    """The whole of it: the most pressing first."""
    lines: list[Line] = []
    sections: tuple[tuple[str, Iterable[Line]], ...] = (
        (f"Waits ({len(shift.waiting)})", (_waiting(row, shift, board, width) for row in shift.waiting)),
        (f"Writes without an end ({len(shift.undecided)})", (_write(item, board, width) for item in shift.undecided)),
        (shift.came_in_title, (_arrival(item, board, width) for item in shift.arrivals)),
        (f"Answered ({len(shift.answered)})", (_write(item, board, width) for item in shift.answered)),
        (f"Providers ({len(shift.health)})", (line for item in shift.health for line in _provider(item, board, width))),
    )
    for title, found in sections:
        lines += heading(title, width)
        lines += list(found) or [[("Nothing.", "muted")]]
    return lines[1:]


def _waiting(row: TicketRow, shift: Handover, board: Board, width: int) -> Line:
    left: Line = [(f"P{row.priority} " if row.priority else "   ", "strong"), *_ticket(row.number, row.provider, board)]
    why = ", ".join(reasons(row, shift.until))
    return spread([*left, (row.summary, "text")], [(why, "warning")], width)


def _write(entry: OutboxEntry, board: Board, width: int) -> Line:
    write = entry.write
    words: Piece = (write.action, "text")
    if entry.state != "done":
        words = (f"{write.action}, {entry.state}: {entry.error}".rstrip(": "), "warning")
    number = write.number or write.client_number or "new"
    return spread([_when(entry.updated_at, board), *_ticket(number, write.provider, board), words], [], width)


def _arrival(arrival: Arrival, board: Board, width: int) -> Line:
    entry, message = arrival.newest, arrival.newest.message
    kind, summary = (KINDS[message.kind], message.summary) if message is not None else ("", "")
    left: Line = [_when(entry.received_at, board), *_ticket(entry.number or "no number", entry.provider, board)]
    told = [f"newest of {arrival.count}"] if arrival.count > 1 else []
    told += [] if arrival.handled else ["not handled"]
    right: Line = [(", ".join(told), "muted")] if told else []
    return spread([*left, (f"{kind:<12}", "muted"), (summary, "text")], right, width)


def _provider(item: ProviderHealth, board: Board, width: int) -> Iterable[Line]:
    glyph, word, role = LOOKS[item.state]
    read = f"last read {age(item.last_good, board.now)} ago" if item.last_good is not None else "never read"
    yield [(f"{glyph} {item.name} {word}", role), (f"  {read}".replace("now ago", "just now"), "muted")]
    for remark, role in ((item.error, "text"), (item.gap, "warning"), (item.warning, "warning")):
        yield from ([(f"  {text}", role)] for text in wrap(remark, width - 2))


def _when(at: datetime, board: Board) -> Piece:
    return f"{local(at, board.zone, board.now):<10}", "muted"


def _ticket(number: str, provider: str, board: Board) -> Line:
    vendor = board.vendors.get(provider, provider)
    column = max((width_of(name) for name in board.vendors.values()), default=6)
    return [(fit(number, NUMBER) + "  ", "strong"), (fit(vendor, column) + "  ", "muted")]


class HandoverScreen(ReadingScreen):
    """One shift, from `since` to now."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", "Copy", show=False),
        Binding("w", "save", "Save", show=False),
        Binding("s", "since", "Since", show=False),
    ]
    heading = "Handover"
    hints = (
        Hint("y", "Copy as Markdown"),
        Hint("w", "Save to a file"),
        Hint("s", "Since another time"),
        Hint("Esc", "Back", always=True),
    )

    def __init__(self, board: Board, since: datetime | None = None) -> None:
        super().__init__()
        self.board = board
        self.since = since or board.desk.clock.now() - SHIFT

    @property
    def shift(self) -> Handover:
        """What the desk knows of it now."""
        desk = self.board.desk
        return handover(
            desk.rows(),
            desk.messages(settled=True, since=self.since),
            desk.outbox(settled=True, since=self.since),
            desk.health(),
            engineer=desk.engineer,
            since=self.since,
            now=desk.clock.now(),
        )

    def lines(self, width: int) -> Sequence[list[Piece]]:
        """All of it; the title says from when."""
        self.heading = f"Handover since {moment(self.since, self.board.zone)}"
        return handover_lines(self.shift, self.board, width)

    def on_desk_changed(self, event: DeskChanged) -> None:
        """Shown as it is now."""
        self.renew()

    def on_notice(self, event: Notice) -> None:
        """A sentence."""
        self.say(event.words, event.role)

    def say(self, words: str, role: str = "text") -> None:
        """A sentence in the bottom line."""
        self.query_one(Footer).say(words, role)

    def action_copy(self) -> None:
        """To the engineer's own clipboard, through the terminal."""
        text = markdown(self.shift)
        try:
            self.app.copy_to_clipboard(text)
        except ValueError as error:
            self.say(f"Not copied: {error}. w saves it to a file.", "warning")
            return
        self.say(f"{len(text.splitlines())} lines of Markdown were sent to the terminal's clipboard.")

    def action_save(self) -> None:
        """Into a new file, asked for by name."""
        here = self.board.desk.clock.now().astimezone(self.board.zone)
        text = markdown(self.shift)

        def check(name: str) -> str:
            path = _path(name)
            if not name.strip() or path.is_dir():
                return "Name a file."
            if path.exists() or path.is_symlink():
                return "That file is there already; nothing is overwritten."
            return "" if path.parent.is_dir() else f"There is no folder {safe_line(path.parent)}."

        def save(name: str | None) -> None:
            if not name:
                return
            path = _path(name)
            try:
                write_new(path, text)
            except OSError as error:
                self.say(f"{path} cannot be written: {error.strerror}.", "bad")
                return
            self.say(f"Saved: {path}", "good")

        words = "A new file, for you alone; a path from here, or from ~."
        proposed = f"handover-{here:%Y%m%d-%H%M}.md"
        self.app.push_screen(AskScreen("Save the handover to which file?", words, check, value=proposed), save)

    def action_since(self) -> None:
        """From another time on."""
        app = cast("VendorqApp", self.app)

        def start(text: str) -> datetime | None:
            return moments.earlier(text, app.desk.clock.now(), self.board.zone)

        def check(text: str) -> str:
            found = start(text)
            if found is None:
                return "Write a time: 30m, 8h, 22:00, 2025-03-30 or 2025-03-30 14:00."
            return "" if found <= app.desk.clock.now() else "That is still to come."

        def take(text: str | None) -> None:
            found = start(text) if text else None
            if found is not None:
                self.since = found
                self.renew()

        words = "8h means eight hours ago; 22:00 is when it last struck ten; a date will do."
        app.push_screen(AskScreen("Hand over since when?", words, check, placeholder="8h"), take)


def _path(name: str) -> Path:
    return Path(name.strip()).expanduser().absolute()
