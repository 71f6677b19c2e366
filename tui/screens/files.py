"""A ticket's files: which there are, which are here and where; fetch one, copy its path or its folder's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from providers.base import Operation
from providers.errors import VendorError
from providers.model import Attachment, TicketKey
from tui.board import Board
from tui.messages import DeskChanged
from tui.screens.boxed import Boxed
from tui.sizes import human_size
from tui.widgets.columns import Column
from tui.widgets.footer import HintLine
from tui.widgets.lines import Piece
from tui.widgets.says import Says
from tui.widgets.story import file_state
from tui.widgets.table import Table
from tui.widgets.times import local

if TYPE_CHECKING:
    from tui.app import VendorqApp

COLUMNS: Final = (
    Column(id="name", title="File", width=16, flexible=True),
    Column(id="size", title="Size", width=7, align="right"),
    Column(id="from", title="From", width=6),
    Column(id="when", title="When", width=12, spare=1),
    Column(id="state", title="", width=14),
)
FETCHING: Final = "fetching"


class FilesScreen(Boxed[None]):
    """The files of one ticket, those of the vendor first."""

    DEFAULT_CSS = """
    FilesScreen > #box { width: 96; height: 18; padding: 0 1; }
    FilesScreen HintLine { margin-top: 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "fetch", "Fetch", show=False),
        Binding("y", "copy(False)", "Copy path", show=False),
        Binding("o", "copy(True)", "Copy folder", show=False),
        Binding("q", "dismiss", "Back", show=False),
    ]

    def __init__(self, board: Board, key: TicketKey) -> None:
        super().__init__()
        self.board = board
        self.key = key
        self._under_way: dict[str, str] = {}

    def compose(self) -> ComposeResult:
        """The list, what is to say of the chosen one, the keys."""
        with Vertical(id="box"):
            yield Table[Attachment](
                COLUMNS,
                self._cells,
                key_of=lambda item: item.id,
                title=f"Files of {self.key.number}",
                empty="There are no files on this ticket.",
                lit=True,
            )
            yield Says()
            yield HintLine(("Enter", "fetch it"), ("y", "copy its path"), ("o", "copy its folder"), ("Esc", "back"))

    @property
    def table(self) -> Table[Attachment]:
        """The list."""
        return cast("Table[Attachment]", self.query_one(Table))

    @property
    def vendorq(self) -> VendorqApp:
        """The app, by its own type."""
        return cast("VendorqApp", self.app)

    def _cells(self, item: Attachment) -> dict[str, Piece]:
        state, role = file_state(item)
        if item.id in self._under_way:
            state, role = self._under_way[item.id], "text"
        vendor = self.board.vendors.get(self.key.provider, self.key.provider)
        return {
            "name": (item.name, "text"),
            "size": (human_size(item.size), "muted"),
            "from": ("us", "us") if item.direction == "out" else (vendor, "muted"),
            "when": (local(item.at, self.board.zone, self.board.now) if item.at is not None else "", "muted"),
            "state": (state, role),
        }

    def on_mount(self) -> None:
        """Fill it."""
        self.table.focus()
        self.renew()
        self.call_after_refresh(self.say_path)

    def renew(self) -> None:
        """The files as they are now."""
        ticket = self.board.desk.ticket(self.key)
        files = ticket.attachments if ticket is not None else ()
        self.table.set_rows(sorted(files, key=lambda item: item.direction != "in"))

    def say_path(self) -> None:
        """Where the chosen file is."""
        item = self.table.cursor_row
        says = self.query_one(Says)
        if item is None:
            says.say("")
        elif item.path:
            says.say(item.path, "text")
        elif item.direction == "out":
            says.say("Sent by us; the vendor has it.", "muted")
        else:
            says.say("Not here yet. Enter fetches it into a folder of ours and shows where.", "muted")

    def on_table_moved(self, event: Table.Moved) -> None:
        """Another file."""
        event.stop()
        if not event.refreshed:
            self.say_path()

    def on_table_chosen(self, event: Table.Chosen) -> None:
        """Enter fetches it."""
        event.stop()
        self.action_fetch()

    def on_desk_changed(self, event: DeskChanged) -> None:
        """Shown as it is now."""
        if event.touches("tickets"):
            self.renew()
            self.say_path()

    def action_fetch(self) -> None:
        """Fetch the chosen file, unless it is here already."""
        item, says = self.table.cursor_row, self.query_one(Says)
        if item is None or item.id in self._under_way:
            return
        declared = self.board.declaration(self.key.provider)
        refusal = declared.refusal(Operation.DOWNLOAD, self.board.desk.ticket(self.key)) if declared is not None else ""
        if item.direction == "out":
            says.say("This file is ours; there is nothing to fetch.", "warning")
        elif refusal:
            says.say(f"{refusal[0].upper()}{refusal[1:].rstrip('.')}.", "warning")
        else:
            self._under_way[item.id] = FETCHING
            self.table.repaint_changed()
            self.vendorq.run_worker(self._fetch(item), name=f"download {item.name}", group="desk", exit_on_error=False)

    async def _fetch(self, item: Attachment) -> None:
        def progress(received: int, whole: int) -> None:
            share = f"{FETCHING} {100 * received // whole} %" if whole else FETCHING
            # By tens: each percent of a large file would be bytes on the line.
            if share.removesuffix(" %")[-1] == "0" and share != self._under_way.get(item.id) and self.is_attached:
                self._under_way[item.id] = share
                self.table.repaint_changed()

        words, role = "", "text"
        try:
            paths = await self.board.desk.download(self.key, item.name, None, progress)
            words, role = f"Here: {', '.join(str(path) for path in paths)}", "good"
        except VendorError as error:
            words, role = f"{error} {error.next_step}", "bad"
        finally:
            self._under_way.pop(item.id, None)
        if self.is_attached:
            self.renew()
            self.table.repaint_changed()
            self.query_one(Says).say(words, role)
        else:
            self.vendorq.main.say(words, role)

    def action_copy(self, folder: bool) -> None:
        """The path of the chosen file, or of its folder, to the engineer's own clipboard."""
        item, says = self.table.cursor_row, self.query_one(Says)
        if item is None or not item.path:
            says.say("It is not here yet, so there is no path. Enter fetches it.", "warning")
            return
        path = str(Path(item.path).parent if folder else item.path)
        self.app.copy_to_clipboard(path)
        says.say(f"{path} was sent to the terminal's clipboard.")
