"""The dashboard's main screen: strip, views, two lists and the detail pane. It lays out and passes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical

from providers.model import TicketKey, TicketRow
from tui.actions import ACTIONS, BY_ID, Situation, refusal
from tui.board import Board, message_key, ticket_key
from tui.desk.entries import InboxEntry
from tui.keymap import first_label
from tui.messages import DeskChanged, FormRequested, Notice
from tui.screens.at_once import AtOnce
from tui.screens.hints import hints_for
from tui.screens.incoming import Incoming
from tui.screens.list_commands import ListCommands
from tui.screens.ticket_commands import TicketCommands
from tui.views import NEEDS_ME
from tui.widgets import message_row, ticket_row
from tui.widgets.detail import Detail
from tui.widgets.footer import Footer
from tui.widgets.health_strip import HealthStrip
from tui.widgets.lines import Piece, fit, width_of
from tui.widgets.table import Table
from tui.widgets.view_tabs import ViewTabs

if TYPE_CHECKING:
    from textual.timer import Timer

    from tui.app import VendorqApp
    from tui.widgets.filter_line import FilterLine

WIDE = 100
"""From this many columns on, three panes stand side by side."""
REST = 0.15
"""Seconds the cursor must rest before the detail follows it."""
NOTHING_CHOSEN = "Choose a ticket in the list. ? shows all keys."


class MainScreen(AtOnce):
    """Three panes; under WIDE columns, or zoomed, one of them at a time."""

    DEFAULT_CSS = """
    MainScreen { background: $vq-background; color: $vq-text; }
    MainScreen #panes { height: 1fr; }
    MainScreen #left { width: 8fr; }
    MainScreen #tickets { height: 2fr; }
    MainScreen #incoming { height: 1fr; }
    MainScreen #detail { width: 5fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(action.keys, f"do('{action.id}')", action.title, show=False, id=action.id)
        for action in ACTIONS
        if action.where == "screen"
    ]

    def __init__(self, board: Board) -> None:
        super().__init__()
        self.board = board
        self.pane = "tickets"
        self.zoomed = False
        self.lists = ListCommands(self)
        self.inbox: Incoming
        self._handlers: dict[str, Callable[[], None]] = {}
        self._rest: Timer | None = None

    def compose(self) -> ComposeResult:
        """The strip, the views, the panes, the footer."""
        yield HealthStrip(self.board.strip())
        yield ViewTabs(self.board.listing.views)
        with Horizontal(id="panes"):
            with Vertical(id="left"):
                yield Table[TicketRow](
                    ticket_row.columns_for((), 6, needs=True),
                    self._ticket_cells,
                    key_of=ticket_key,
                    title="Open tickets",
                    counted=True,
                    id="tickets",
                )
                yield Table[InboxEntry](
                    message_row.columns_for((), 6),
                    self._message_cells,
                    key_of=message_key,
                    title="Incoming",
                    empty="Nothing has come in that you have not handled.",
                    show_header=False,
                    id="incoming",
                )
            yield Detail(id="detail")
        yield Footer()

    # The parts.

    @property
    def vendorq(self) -> VendorqApp:
        """The app, by its own type."""
        return cast("VendorqApp", self.app)

    @property
    def tickets(self) -> Table[TicketRow]:
        """The upper list."""
        return cast("Table[TicketRow]", self.query_one("#tickets"))

    @property
    def incoming(self) -> Table[InboxEntry]:
        """The lower list."""
        return cast("Table[InboxEntry]", self.query_one("#incoming"))

    @property
    def detail(self) -> Detail:
        """The right pane."""
        return self.query_one(Detail)

    @property
    def filter_line(self) -> FilterLine | None:
        """The filter line, once it has been asked for."""
        return cast("FilterLine | None", next(iter(self.query("FilterLine")), None))

    def _ticket_cells(self, row: TicketRow) -> dict[str, Piece]:
        left = self.board.listing.left_behind(row)
        return ticket_row.cells(row, self.board.now, self.board.vendors, left_behind=left)

    def _message_cells(self, entry: InboxEntry) -> dict[str, Piece]:
        return message_row.cells(entry, self.board.now, self.board.zone, self.board.vendors)

    # What is shown.

    def on_mount(self) -> None:
        """Fill the panes from what the store knows."""
        self.inbox = Incoming(self.board, self.incoming, self.keys)
        self._handlers = {**self.lists.handlers(), **TicketCommands(self).handlers()}
        self.place_panes()
        self.tickets.focus()

    def fill(self) -> None:
        """The first picture, once every pane has its size."""
        for table in (self.tickets, self.incoming):
            table.measure()
        self.show_all()

    def on_screen_suspend(self) -> None:
        """Another screen opens: no toast stands beside it or over it."""
        self.vendorq.ringing.hold()
        self.query("ToastHolder").remove()

    def on_screen_resume(self) -> None:
        """Back again: what rang meanwhile is told."""
        self.vendorq.ringing.show()

    def show_all(self) -> None:
        """Bring every part up to date; each repaints only what differs."""
        if not self.is_running:
            return
        self.show_tickets()
        self.show_messages()
        self.show_strip()
        self.show_detail()

    def show_tickets(self) -> None:
        """The list, its title and the views' counts."""
        listing = self.board.listing
        vendor = max((len(name) for name in self.board.vendors.values()), default=6)
        self.tickets.set_columns(ticket_row.columns_for(listing.rows[:200], vendor, needs=listing.view.id == NEEDS_ME))
        hides = listing.hidden
        empty = (
            f"Nothing in this view matches; the filter hides {hides}. Esc shows all." if hides else listing.view.empty
        )
        self.tickets.set_rows(listing.rows, empty=empty)
        row = self.tickets.cursor_row
        listing.pin(row.key if row is not None else None)
        self.query_one(ViewTabs).show(listing.view, listing.counts)
        self.show_title()

    def show_title(self) -> None:
        """What is shown, what is marked, and how many the filter hides."""
        listing, table = self.board.listing, self.tickets
        summary: list[Piece] = []
        if listing.matches is not None:
            text = self.lists.text if width_of(self.lists.text) <= 24 else fit(self.lists.text, 24)
            summary = [(f"/{text}  ", "accent"), (f"{listing.hidden} hidden  ", "warning")]
        if table.marked:
            hidden = listing.hidden_of(key for key in table.marked if isinstance(key, TicketKey))
            unseen = f", {hidden} not in sight" if hidden else ""
            summary.insert(0, (f"{len(table.marked)} marked{unseen}  ", "accent"))
        apart = table.cursor_row is not None and listing.left_behind(table.cursor_row)
        order = "" if listing.order == "urgency" else f", by {listing.order}"
        table.set_title(f"{listing.view.title}{order}", summary, int(apart))

    def show_messages(self) -> None:
        """Incoming."""
        self.inbox.show()

    def show_strip(self) -> None:
        """The strip and the footer."""
        if not self.is_running:
            return
        self.query_one(HealthStrip).show(self.board.strip())
        self.show_hints()

    def show_hints(self) -> None:
        """The keys that matter for what is chosen."""
        self.query_one(Footer).show(hints_for(self.situation(), self.pane, self.keys))

    def show_detail(self) -> None:
        """What the active list's cursor stands on, or the same ticket again."""
        detail, desk = self.detail, self.board.desk
        key, message = self.chosen()
        ticket = desk.ticket(key) if key is not None else None
        if key is not None and ticket is not None and detail.raw and key == detail.key:
            detail.tell_raw(key, desk.raw(key), ticket.vendor, self.board.zone)
        elif key is not None and (reading := self.board.reading(key, self._approval_hints())) is not None:
            detail.tell(reading)
        elif message is not None:
            detail.tell_message(message, self.board.zone)
        else:
            detail.tell_nothing(NOTHING_CHOSEN if self.board.listing.all else "No ticket is known yet.")

    def _approval_hints(self) -> list[tuple[str, str]]:
        situation = self.situation()
        asked = [BY_ID["ticket.approve"], BY_ID["ticket.reject"]]
        if situation.wants_number:
            asked = [BY_ID["ticket.link"]]
        return [(first_label(action, self.keys), action.title) for action in asked if not refusal(action, situation)]

    # What is chosen.

    @property
    def keys(self) -> dict[str, tuple[str, ...]]:
        """Each action's keys."""
        return self.vendorq.keys

    def chosen(self) -> tuple[TicketKey | None, InboxEntry | None]:
        """The ticket, and in Incoming the message, that a key would act on."""
        if self.pane == "detail":
            return self.detail.key, self.detail.message
        if self.pane == "incoming":
            entry = self.incoming.cursor_row
            if entry is None:
                return None, None
            key = TicketKey(entry.provider, entry.number)
            return (key if self.board.desk.ticket(key) is not None else None), entry
        row = self.tickets.cursor_row
        return (row.key if row is not None else None), None

    def chosen_rows(self) -> tuple[TicketKey, ...]:
        """The marked tickets where the list has the keys and there are any, else the chosen one."""
        marked = tuple(key for key in self.tickets.marked if isinstance(key, TicketKey))
        key, _ = self.chosen()
        return (marked if self.pane == "tickets" else ()) or ((key,) if key is not None else ())

    def situation(self) -> Situation:
        """What decides what can be done now."""
        return self.board.situation(*self.chosen(), marked=len(self.tickets.marked) if self.pane == "tickets" else 0)

    def action_do(self, name: str) -> None:
        """Do an action of the registry, or say why not."""
        self.say("")
        self.hold()
        action = BY_ID[name]
        key, message = self.chosen()
        words = refusal(action, self.situation())
        if words:
            self.say(words, "warning")
        elif action.form:
            keys = self.chosen_rows() if action.needs == "rows" else (key,) if key is not None else ()
            self.vendorq.typed.wait_for(FormRequested)
            self.post_message(FormRequested(action.form, keys, message.id if message is not None else ""))
        else:
            self._handlers[name]()

    def hold(self) -> None:
        """From now on a refresh must not put another row under the cursor of what one works in."""
        self.tickets.touched = self.tickets.touched or self.pane != "incoming"
        self.incoming.touched = self.incoming.touched or self._is_in_incoming

    @property
    def _is_in_incoming(self) -> bool:
        """Whether one works with a message, in the list or as it is read."""
        return self.pane == "incoming" or (self.pane == "detail" and self.detail.message is not None)

    def say(self, words: str, role: str = "text") -> None:
        """A sentence in the bottom line; the next key takes it away."""
        if not self.is_running:
            return
        self.query_one(Footer).say(words, role)

    # Panes.

    def go_to(self, pane: str) -> None:
        """Give the keys to a pane (tickets, incoming or detail)."""
        self.pane = pane
        self.hold()
        if pane == "tickets":
            self.inbox.to_top()
        self.place_panes()
        # At once: a focus that is asked for, and comes later, may come after that of the next key.
        self.set_focus(self.query_one(f"#{pane}"))
        self.show_hints()

    def place_panes(self) -> None:
        """Show all panes, or the active one alone where there is no room or it is zoomed."""
        single = self.zoomed or self.app.size.width < WIDE
        self.tickets.display = not single or self.pane == "tickets"
        self.incoming.display = not single or self.pane == "incoming"
        self.query_one("#left").display = not single or self.pane != "detail"
        self.detail.display = not single or self.pane == "detail"
        self.detail.divided = not single

    def on_resize(self) -> None:
        """Other panes may fit now; the story's lines are of another width."""
        self.place_panes()
        self.call_after_refresh(self.show_detail)

    def on_descendant_focus(self) -> None:
        """A click may have moved the focus."""
        focused = self.focused.id if self.focused is not None else None
        if focused in ("tickets", "incoming", "detail") and focused != self.pane:
            self.pane = focused
            if focused == "tickets":
                self.inbox.to_top()
            self.show_hints()
            self.follow()

    def on_table_moved(self, event: Table.Moved) -> None:
        """The cursor moved: the detail follows when it rests, so that a held key costs two lines a step."""
        if event.table is self.tickets:
            row = self.tickets.cursor_row
            if self.board.listing.pin(row.key if row is not None else None):
                self.show_tickets()
            self.show_title()
        else:
            self.inbox.show_title()
        if not event.refreshed:
            self.say("")
        if event.table.id == self.pane:
            self.follow()

    def follow(self) -> None:
        """Let the detail follow, once the cursor has rested."""
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(REST, self._rested)

    def _rested(self) -> None:
        if self.pane != "detail":
            self.detail.raw = False
        self.show_detail()
        self.show_hints()

    def on_table_chosen(self, event: Table.Chosen) -> None:
        """Enter reads the ticket of the row."""
        event.stop()
        self.detail.raw = False
        self.show_detail()
        self.lists.go_to("detail")

    def on_filter_line_changed(self, event: FilterLine.Changed) -> None:
        """Another filter, as it is typed."""
        self.lists.filter(event.text)

    def on_filter_line_left(self, event: FilterLine.Left) -> None:
        """The filter line gives the keys back."""
        if self.filter_line is not None:
            self.lists.leave_filter(self.filter_line, kept=event.kept)

    def on_view_tabs_chosen(self, event: ViewTabs.Chosen) -> None:
        """A click on a view."""
        self.lists.show_view(event.place)

    # What happens meanwhile.

    def on_desk_changed(self, event: DeskChanged) -> None:
        """The board has taken a change in: bring up to date what it touches."""
        if event.touches("messages"):
            self.show_messages()
        if event.touches("tickets"):
            self.show_tickets()
        self.show_strip()
        self.show_detail()

    def on_notice(self, event: Notice) -> None:
        """A sentence from elsewhere."""
        self.say(event.words, event.role)
