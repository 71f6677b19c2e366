"""The log: what was asked of the vendors and what they answered, of one ticket or message or of all."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast
from urllib.parse import urlsplit

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from providers.codec import parse_time
from providers.model import TicketKey
from providers.text import safe_line, safe_text
from tui import log_scope, logfile
from tui.board import Board
from tui.desk.entries import InboxEntry
from tui.log_scope import EVERYTHING, Scope
from tui.messages import Notice
from tui.screens.reading import HELP
from tui.widgets.columns import Column
from tui.widgets.footer import Footer, Hint
from tui.widgets.lines import Piece, wrap
from tui.widgets.reader import Reader
from tui.widgets.story import Line, heading
from tui.widgets.table import Table
from tui.widgets.times import moment

if TYPE_CHECKING:
    from tui.app import VendorqApp

MOST: Final = 500
"""Lines that are shown: more than a night's work on one ticket; the command line has the rest."""
COLUMNS: Final = (
    Column(id="when", title="When", width=13),
    Column(id="vendor", title="Vendor", width=6),
    Column(id="method", title="", width=6),
    Column(id="path", title="Asked", width=20, flexible=True),
    Column(id="outcome", title="Answer", width=8),
    Column(id="seconds", title="Took", width=7, align="right", spare=1),
)
LABEL: Final = 12


def scope_of(board: Board, key: TicketKey | None, message: InboxEntry | None) -> Scope:
    """The chosen message, else the chosen ticket with all that was written to it; else everything."""
    if message is not None:
        return log_scope.of_message(message)
    if key is None:
        return EVERYTHING
    ticket = board.desk.ticket(key)
    own = ticket.client_number if ticket is not None else ""
    return log_scope.of_ticket(key, own, (entry.id for entry in board.desk.writes_to(key)))


class LogLine:
    """One line of the log, as the screen asks for it. `place` tells it from others of the same time."""

    def __init__(self, document: dict[str, Any], place: int) -> None:
        self.document = document
        self.key = (str(document.get("at", "")), place)
        self.at = parse_time(document.get("at")) or datetime.fromtimestamp(0, UTC)

    def text(self, name: str) -> str:
        """A field as one safe line; empty where it is not there."""
        return safe_line(self.document.get(name, ""))

    @property
    def is_exchange(self) -> bool:
        """Whether it is about a request; else it is a fault or a remark."""
        return "method" in self.document

    @property
    def outcome(self) -> Piece:
        """How it ended, in a word, and its role."""
        status = self.document.get("status")
        if not self.is_exchange:
            level = self.text("level")
            return level, {"warning": "warning", "error": "bad", "critical": "bad"}.get(level, "muted")
        if not isinstance(status, int):
            return "none", "bad"
        return str(status), "good" if 200 <= status < 300 and not self.document.get("error") else "bad"


def cells(line: LogLine, board: Board) -> dict[str, Piece]:
    """A line's cells by column id."""
    at = line.at.astimezone(board.zone)
    when = f"{at:%H:%M:%S}" if at.date() == board.now.astimezone(board.zone).date() else f"{at.day} {at:%b %H:%M}"
    provider = line.text("provider")
    found: dict[str, Piece] = {
        "when": (when, "muted"),
        "vendor": (board.vendors.get(provider, provider), "muted"),
        "outcome": line.outcome,
    }
    if not line.is_exchange:
        return {**found, "path": (line.text("message"), "text")}
    number = line.document.get("number", 1)
    again = f"  (attempt {number})" if isinstance(number, int) and number > 1 else ""
    seconds = line.document.get("seconds", 0)
    return {
        **found,
        "method": (line.text("method"), "text"),
        "path": (_path(line.text("url")) + again, "text"),
        "seconds": (f"{seconds:.2f} s" if isinstance(seconds, int | float) else "", "muted"),
    }


def _path(url: str) -> str:
    """An address without what all of a vendor's have in common."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return f"{parts.path}?{parts.query}" if parts.query else parts.path or url


def exchange_lines(line: LogLine, zone: tzinfo | None, width: int) -> list[Line]:
    """One line in full: who was asked what, how it ended, both bodies as far as they were kept."""
    lines: list[Line] = []

    def fact(label: str, value: str, role: str = "text") -> None:
        for place, text in enumerate(wrap(value, max(10, width - LABEL))):
            lines.append([(f"{label if not place else '':<{LABEL}}", "muted"), (text, role)])

    fact("When", moment(line.at, zone) + f":{line.at:%S}")
    if not line.is_exchange:
        fact("What", line.text("message"))
        if line.document.get("traceback"):
            lines += heading("Where", width) + _body(line.document["traceback"], width)
        return lines
    fact("Asked", f"{line.text('method')} {line.text('url')}", "strong")
    word, role = line.outcome
    fact("Answer", {"none": "none came"}.get(word, word), role)
    fact("Error", line.text("error"), "bad")
    fact("Size", f"{line.text('sent_bytes')} bytes sent, {line.text('received_bytes')} received")
    references = line.document.get("references")
    if isinstance(references, list):
        fact("About", ", ".join(safe_line(name) for name in references))
    for title, name in (("Sent", "request_body"), ("Received", "answer_body")):
        if line.document.get(name):
            lines += heading(title, width) + _body(line.document[name], width)
    return lines


def _body(value: object, width: int) -> list[Line]:
    text = safe_text(value)
    # What is no JSON, or cut where the log cuts, is shown as it is.
    with suppress(ValueError):
        text = safe_text(json.dumps(json.loads(text), indent=2, ensure_ascii=False))
    return [[(part, "text")] for part in wrap(text, width)]


class LogScreen(Screen[None]):
    """The lines, newest first, over the one the cursor stands on."""

    DEFAULT_CSS = """
    LogScreen { background: $vq-background; }
    LogScreen Table { height: 2fr; }
    LogScreen Reader { height: 3fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,l", "dismiss", "Back", show=False),
        Binding("r", "read", "Read again", show=False),
        Binding("a", "widen", "All", show=False),
        HELP,
    ]

    def __init__(self, board: Board, scope: Scope) -> None:
        super().__init__()
        self.board = board
        self.narrow = scope
        self.scope = scope
        self.found: list[LogLine] | None = None

    def compose(self) -> ComposeResult:
        """The list, the line, the footer."""
        yield Table[LogLine](
            COLUMNS,
            lambda line: cells(line, self.board),
            key_of=lambda line: line.key,
            title="Log",
            empty="Reading the log …",
        )
        yield Reader("Request")
        yield Footer()

    @property
    def table(self) -> Table[LogLine]:
        """The list."""
        return cast("Table[LogLine]", self.query_one(Table))

    def on_mount(self) -> None:
        """Read it."""
        self.table.focus()
        self.show_line()
        self.action_read()

    def on_resize(self) -> None:
        """Another width: other lines."""
        self.call_after_refresh(self.show_line)

    def action_read(self) -> None:
        """Read what the log holds by now."""
        app = cast("VendorqApp", self.app)
        app.run_worker(self._read(self.scope), name="reading the log", group="desk", exit_on_error=False)

    async def _read(self, scope: Scope) -> None:
        folder = self.board.desk.store.path / "log"
        lines = await asyncio.to_thread(logfile.last, folder, MOST, (scope,))
        if scope is self.scope and self.is_attached:
            self.show(lines)

    def show(self, documents: Sequence[dict[str, Any]]) -> None:
        """Show these lines, newest first."""
        self.found = [LogLine(document, place - len(documents)) for place, document in enumerate(documents)]
        counted = f"the last {MOST}" if len(self.found) == MOST else str(len(self.found))
        self.table.set_rows(self.found, empty=self._words_when_empty())
        self.table.set_title(f"Log of {self.scope.title}", [(counted, "muted")] if self.found else [])
        self.show_line()

    def _words_when_empty(self) -> str:
        if self.scope.names:
            return f"The log has nothing about {self.scope.title}. a shows all requests."
        return "The log is empty: nothing has been asked of any vendor yet."

    def show_line(self) -> None:
        """The line under the cursor, and the keys."""
        line, reader = self.table.cursor_row, self.query_one(Reader)
        lines = exchange_lines(line, self.board.zone, reader.text_width) if line is not None else []
        reader.show(lines, title="Request" if line is None or line.is_exchange else "Remark", top=0)
        self.query_one(Footer).show(self._hints())

    def _hints(self) -> Sequence[Hint]:
        hints = [Hint("r", "Read again"), Hint("Tab", "Read the request")]
        if self.narrow.names:
            hints.insert(0, Hint("a", "All requests" if self.scope.names else f"Only {self.narrow.title}"))
        return (*hints, Hint("Esc", "Back", always=True))

    def action_widen(self) -> None:
        """Everything, or again only what it was opened for."""
        if self.narrow.names:
            self.scope = EVERYTHING if self.scope.names else self.narrow
            self.table.touched = False
            self.action_read()

    def on_table_moved(self, event: Table.Moved) -> None:
        """Another line."""
        self.query_one(Footer).say("")
        self.show_line()

    def on_table_chosen(self, event: Table.Chosen) -> None:
        """Enter goes into the request."""
        self.query_one(Reader).focus()

    def on_notice(self, event: Notice) -> None:
        """A sentence."""
        self.query_one(Footer).say(event.words, event.role)
