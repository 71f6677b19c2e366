"""What the keys of the lists and panes do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from math import inf
from time import monotonic
from typing import TYPE_CHECKING

from textual.binding import Binding

from providers.model import TicketKey
from tui.actions import ACTIONS, Action
from tui.views import ALL_OPEN
from tui.widgets.footer import Footer

if TYPE_CHECKING:
    from tui.filters import FilterError
    from tui.screens.main import MainScreen
    from tui.widgets.filter_line import FilterLine

PANES = ("tickets", "incoming", "detail")
LEAVE = "Enter keep  Esc drop"
MOMENT = 0.006
"""Seconds of filtering between two paints."""


class ListCommands:
    """Moving between panes and views, filtering, ordering, marking."""

    def __init__(self, screen: MainScreen) -> None:
        self.screen = screen
        self._came_from = "tickets"
        self.text = ""
        self._filtering: Iterator[bool] | None = None
        self._wrong: FilterError | None = None

    def handlers(self) -> dict[str, Callable[[], None]]:
        """What does each action, by its id."""
        return {
            "pane.next": lambda: self.next_pane(1),
            "pane.previous": lambda: self.next_pane(-1),
            "pane.back": self.back,
            "pane.zoom": self.zoom,
            "list.next_unread": self.next_unread,
            "list.filter": self.open_filter,
            "list.order": self.next_order,
            "list.mark": self.mark,
            "list.mark_all": self.mark_all,
            "list.unmark": self.unmark,
            "view.next": lambda: self.next_view(1),
            "view.previous": lambda: self.next_view(-1),
            **{action.id: partial(self.move, action) for action in ACTIONS if action.where == "table"},
            **{f"view.{place}": partial(self.show_view, place - 1) for place in range(1, 10)},
        }

    def move(self, action: Action) -> None:
        """What a list's own key does, in the pane that has the keys."""
        pane = self.screen.query_one(f"#{self.screen.pane}")
        found = next((one for one in pane.BINDINGS if isinstance(one, Binding) and one.id == action.id), None)
        if found is None:
            self.screen.say(f"{action.title} is for the lists.", "warning")
        else:
            self.screen.call_later(pane.run_action, found.action)

    # Panes.

    def next_pane(self, step: int) -> None:
        """The pane after or before this one, going round."""
        place = PANES.index(self.screen.pane)
        self.go_to(PANES[(place + step) % len(PANES)])

    def go_to(self, pane: str) -> None:
        """To a pane, remembering the list one came from."""
        if self.screen.pane != "detail":
            self._came_from = self.screen.pane
        self.screen.go_to(pane)
        self.screen.follow()

    def back(self) -> None:
        """One step back: end a zoom, leave the detail or Incoming, drop marks, then the filter."""
        screen = self.screen
        if screen.zoomed:
            self.zoom()
        elif screen.pane == "detail":
            screen.go_to(self._came_from)
            screen.follow()
        elif screen.pane == "incoming":
            self.go_to("tickets")
        elif screen.tickets.marked:
            self.unmark()
        elif screen.board.listing.matches is not None:
            self.drop_filter()

    def zoom(self) -> None:
        """One pane over all, or all again."""
        self.screen.zoomed = not self.screen.zoomed
        self.screen.place_panes()
        self.screen.call_after_refresh(self.screen.show_detail)

    def next_unread(self) -> None:
        """To the next ticket with news, in this view or else among all that is open."""
        screen, board = self.screen, self.screen.board
        key = board.next_unread(screen.tickets.cursor_key if isinstance(screen.tickets.cursor_key, TicketKey) else None)
        if key is None and any(row.unread for row in board.listing.all.values()):
            self.show_view_by_id(ALL_OPEN)
            key = board.next_unread(None)
        if key is None:
            screen.say("Nothing unread. Well done.", "good")
            return
        reading = screen.pane == "detail"
        screen.tickets.move_to(key)
        if not reading:
            self.go_to("tickets")
            return
        screen.pane = "tickets"
        screen.show_detail()
        screen.pane = "detail"

    def show_ticket(self, key: TicketKey) -> None:
        """Put the cursor on a ticket, in a view that has it."""
        if not self.screen.tickets.move_to(key):
            self.drop_filter()
            if not self.screen.tickets.move_to(key):
                self.show_view_by_id(ALL_OPEN)
                self.screen.tickets.move_to(key)

    # Views, order, filter.

    def show_view(self, place: int) -> None:
        """Another view, by its place."""
        listing = self.screen.board.listing
        if not 0 <= place < len(listing.views):
            self.screen.say(f"There is no view {place + 1}; [[view]] in the config saves one.", "warning")
            return
        listing.show(listing.views[place])
        self.screen.tickets.start_again()
        self.screen.show_tickets()
        if self.screen.pane != "tickets":
            self.go_to("tickets")
        self.screen.hold()
        self.screen.follow()

    def show_view_by_id(self, identity: str) -> None:
        """Another view, by its id."""
        views = self.screen.board.listing.views
        self.show_view(next(place for place, view in enumerate(views) if view.id == identity))

    def next_view(self, step: int) -> None:
        """The view after or before this one, going round."""
        listing = self.screen.board.listing
        self.show_view((listing.views.index(listing.view) + step) % len(listing.views))

    def next_order(self) -> None:
        """Another order."""
        listing = self.screen.board.listing
        listing.sort(listing.next_order())
        self.screen.show_tickets()
        self.screen.say(f"Ordered by {listing.order}.")

    def open_filter(self) -> None:
        """The filter line takes the keys."""
        screen = self.screen
        if screen.pane == "incoming" or (screen.pane == "detail" and not screen.tickets.display):
            self.go_to("tickets")
        screen.query_one(Footer).display = False
        line = screen.filter_line
        if line is not None:
            line.open()
            return
        from tui.widgets.filter_line import FilterLine

        line = FilterLine(list(screen.board.desk.providers), id="filter")
        screen.vendorq.typed.wait_for(FilterLine)
        screen.mount(line)
        screen.call_after_refresh(self._give_keys_to, line)

    def _give_keys_to(self, line: FilterLine) -> None:
        line.open()
        self.screen.vendorq.typed.done(type(line))

    def filter(self, text: str) -> None:
        """Show what matches this text; a term that means nothing, or not yet, hides nothing, and says why."""
        screen = self.screen
        line = screen.filter_line
        if line is None:
            return
        from tui import filters

        understood, self._wrong = filters.understood(text, screen.board.now)
        if self._wrong is not None:
            line.say(str(self._wrong), *self._wrong.shorter())
            if understood.strip() == self.text and self._filtering is None:
                return
        self.text = understood.strip()
        matches = filters.compile(understood, screen.board.now) if self.text else None
        screen.tickets.start_again()
        self._filtering = screen.board.listing.filtering(matches)
        self._filter_on(self._filtering, screen.tickets.page_size)

    def _filter_on(self, slices: Iterator[bool], enough: float = inf) -> None:
        """Filter for a moment, or until `enough` matches; paint, and go on behind that.

        What is in sight comes first, and typing never waits.
        """
        if slices is not self._filtering:
            return
        screen = self.screen
        listing = screen.board.listing
        ends = monotonic() + MOMENT
        unfinished = next(slices, False)
        while unfinished and len(listing.rows) < enough and monotonic() < ends:
            unfinished = next(slices, False)
        screen.show_tickets()
        if unfinished:
            screen.call_after_refresh(self._filter_on, slices)
            return
        self._filtering = None
        line = screen.filter_line
        if line is not None and self._wrong is None:
            shown = f"{len(listing.rows)} shown, {listing.hidden} hidden" if listing.matches is not None else ""
            line.say(f"{shown}   {LEAVE}" if shown else LEAVE, shown)
        screen.follow()

    def leave_filter(self, line: FilterLine, *, kept: bool) -> None:
        """The keys go back to the list, before the line goes: what is hidden with the focus gives it to a neighbour."""
        self.go_to("tickets")
        line.close()
        self.screen.query_one(Footer).display = True
        if not kept or not line.text.strip():
            self.drop_filter()
        if kept and self._wrong is not None:
            self.screen.say(f"Filter: {self._wrong.shorter()[0].rstrip('?')}. The rest holds.", "warning")
        self.screen.vendorq.typed.done(line.Left)

    def drop_filter(self) -> None:
        """Show the whole view again."""
        line = self.screen.filter_line
        if line is not None:
            line.clear()
        self.text = ""
        self._filtering = self._wrong = None
        self.screen.board.listing.filter(None)
        self.screen.show_tickets()
        self.screen.follow()

    # Marks.

    def mark(self) -> None:
        """Mark the row under the cursor, and go on."""
        if self.screen.pane != "tickets":
            self.screen.say("Marks are for the list of tickets.", "warning")
            return
        self.screen.tickets.toggle_mark()
        self.screen.show_title()
        self.screen.show_hints()

    def mark_all(self) -> None:
        """Mark every row that the list shows."""
        if self.screen.pane != "tickets":
            self.screen.say("Marks are for the list of tickets.", "warning")
            return
        self.screen.tickets.mark_all()
        self.screen.show_title()
        self.screen.show_hints()

    def unmark(self) -> None:
        """Take all marks away."""
        if not self.screen.tickets.marked:
            self.screen.say("No ticket is marked.", "warning")
        self.screen.tickets.clear_marks()
        self.screen.show_title()
        self.screen.show_hints()
