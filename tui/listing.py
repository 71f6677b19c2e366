"""What the list of tickets shows: rows, a view, a filter and an order come in, an ordered list of rows goes out.

Pure of the screen, and incremental: a changed row costs what a row costs, whatever the number of rows; what must
look at every row (`filtering`, `recounting`) goes in slices, so that a key is never kept waiting.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from providers.model import TicketKey, TicketRow
from tui.views import ORDERS, Sorter, View, number_of, order_of, place_of

Predicate = Callable[[TicketRow], bool]
SLICE: Final = 2000
_FEW: Final = 200  # changed rows that are put in their places one by one; more are sorted anew


class Listing:
    """All rows, and of these the ones in the current view that pass the filter, in order.

    `rows` is what the list shows: a new list after each change, never changed in place. `pinned` is the ticket
    under the cursor: while it is pinned it stays in the list although a refresh has taken it out of the view, so
    that a key never hits another ticket than the one that was read.
    """

    def __init__(self, views: Sequence[View], now: datetime) -> None:
        self.views = list(views)
        self.view = self.views[0]
        self.order = ORDERS[0]
        self.matches: Predicate | None = None
        self.pinned: TicketKey | None = None
        self.counts: dict[str, int] = {view.id: 0 for view in self.views}
        self.all: dict[TicketKey, TicketRow] = {}
        self.rows: list[TicketRow] = []
        self._in_view: list[TicketRow] = []
        self._by_number: list[TicketRow] | None = None
        self._place = place_of(self.order)
        self._sorter = Sorter(self.views, now)
        self._members: dict[TicketKey, tuple[str, ...]] = {}

    @property
    def hidden(self) -> int:
        """How many tickets of the view the filter hides."""
        return max(0, len(self._in_view) - len(self.rows)) if self.matches is not None else 0

    # Rows.

    def load(self, rows: Iterable[TicketRow], now: datetime) -> None:
        """Take all rows anew, and count the views."""
        self.all = {row.key: row for row in rows}
        self._sorter = sorter = Sorter(self.views, now)
        self._members = {key: sorter(row) for key, row in self.all.items()}
        self._count()

    def begin(self, rows: Iterable[TicketRow], tally: Mapping[tuple[str, str, str], int], now: datetime) -> None:
        """Take the rows of the view that is shown first; the others follow by `growing`.

        `tally` says how many there are of each provider, type and state, for the counts of the other views.
        """
        self.load(rows, now)
        self.counts.update({view.id: 0 for view in self.views if view.plain})
        for kind, count in tally.items():
            for view in self._sorter.plain(*kind):
                self.counts[view] += count

    def growing(self, slices: Iterable[Iterable[TicketRow]]) -> Iterator[None]:
        """Take the other rows, slice by slice, and count the views anew at the end."""
        for rows in slices:
            for row in rows:
                key = row.key
                self.all[key] = row
                self._members[key] = self._sorter(row)
            yield
        self._count()

    def recounting(self, now: datetime) -> Iterator[None]:
        """Sort every row into the views as of `now`, in slices: what is due soon changes with time."""
        sorter = Sorter(self.views, now)
        seen: dict[TicketKey, tuple[TicketRow, tuple[str, ...]]] = {}
        for place, (key, row) in enumerate(list(self.all.items()), 1):
            seen[key] = (row, sorter(row))
            if place % SLICE == 0:
                yield
        self._sorter = sorter
        self._members = {}
        for key, row in self.all.items():
            known, members = seen.get(key, (None, ()))
            # What changed while the slices ran is as it is now.
            self._members[key] = members if known is row else sorter(row)
        self._count()

    def _count(self) -> None:
        self.counts = {view.id: 0 for view in self.views}
        for members, rows in Counter(self._members.values()).items():
            for view in members:
                self.counts[view] += rows
        self.arrange()

    def change(self, changed: Iterable[tuple[TicketKey, TicketRow | None]]) -> bool:
        """Take changed rows (None where it is gone). Whether any differed from what was known."""
        pairs = [(key, self.all.get(key), row) for key, row in changed]
        pairs = [pair for pair in pairs if pair[1] != pair[2]]
        if not pairs:
            return False
        if len(pairs) <= _FEW:
            self._in_view, self.rows, self._by_number = self._in_view.copy(), self.rows.copy(), None
        for key, old, new in pairs:
            if len(pairs) <= _FEW and old is not None:
                self._take_out(old)
            for view in self._members.pop(key, ()):
                self.counts[view] -= 1
            if new is None:
                self.all.pop(key, None)
                continue
            self.all[key] = new
            self._members[key] = members = self._sorter(new)
            for view in members:
                self.counts[view] += 1
            if len(pairs) <= _FEW:
                self._put_in(new)
        if len(pairs) > _FEW:
            self.arrange()
        return True

    def _take_out(self, row: TicketRow) -> None:
        for rows in (self._in_view, self.rows):
            place = bisect_left(rows, self._place(row), key=self._place)
            while place < len(rows) and rows[place] is not row and self._place(rows[place]) == self._place(row):
                place += 1
            if place < len(rows) and rows[place] is row:
                del rows[place]

    def _put_in(self, row: TicketRow) -> None:
        in_view = self.view.id in self._members[row.key]
        shown = in_view and (self.matches is None or self.matches(row))
        for rows, wanted in ((self._in_view, in_view), (self.rows, shown or row.key == self.pinned)):
            if wanted:
                rows.insert(bisect_right(rows, self._place(row), key=self._place), row)

    # What is shown of them.

    def show(self, view: View) -> None:
        """Another view."""
        self.view, self.pinned = view, None
        self.arrange()

    def filter(self, matches: Predicate | None) -> None:
        """Another filter; None shows the whole view."""
        for _ in self.filtering(matches):
            pass

    def filtering(self, matches: Predicate | None) -> Iterator[bool]:
        """Another filter, in slices: `rows` grows from the top with each. Yields until all rows have been seen."""
        self.matches, self.pinned = matches, None
        found: list[TicketRow] = []
        if matches is None:
            self.rows = self._in_view
            return
        for start in range(0, len(self._in_view), SLICE):
            found += [row for row in self._in_view[start : start + SLICE] if matches(row)]
            self.rows = found.copy()
            yield True
        self.rows = found

    def sort(self, order: str) -> None:
        """Another order (one of ORDERS)."""
        self.order, self._place = order, place_of(order)
        everything = self.matches is None and len(self.rows) == len(self._in_view)
        if self._by_number is None:
            self._by_number = sorted(self._in_view, key=number_of)
        self._in_view = self._in_order(self._by_number)
        self.rows = self._in_view if everything else self._in_order(sorted(self.rows, key=number_of))

    def _in_order(self, by_number: list[TicketRow]) -> list[TicketRow]:
        """A copy in order. Sorting twice by plain keys is several times faster than once by pairs."""
        return by_number.copy() if self.order == "number" else sorted(by_number, key=order_of(self.order))

    def next_order(self) -> str:
        """The order after the present one."""
        return ORDERS[(ORDERS.index(self.order) + 1) % len(ORDERS)]

    def arrange(self) -> None:
        """Work out anew which rows are shown, in which order."""
        view, members = self.view.id, self._members
        self._by_number = sorted([row for key, row in self.all.items() if view in members[key]], key=number_of)
        self._in_view = self._in_order(self._by_number)
        matches = self.matches
        self.rows = self._in_view if matches is None else [row for row in self._in_view if matches(row)]
        pinned = self.all.get(self.pinned) if self.pinned is not None else None
        if pinned is not None and not self._belongs(pinned):
            self.rows = self.rows.copy()
            self.rows.insert(bisect_right(self.rows, self._place(pinned), key=self._place), pinned)

    def _belongs(self, row: TicketRow) -> bool:
        return self.view.id in self._members[row.key] and (self.matches is None or self.matches(row))

    def pin(self, key: TicketKey | None) -> bool:
        """Another ticket is under the cursor. Whether the one before goes from the list with that."""
        before, self.pinned = self.pinned, key
        row = self.all.get(before) if before is not None and before != key else None
        if row is None or self._belongs(row):
            return False
        self.rows = [other for other in self.rows if other is not row]
        return True

    def left_behind(self, row: TicketRow) -> bool:
        """Whether a row is only still here because the cursor stands on it."""
        return row.key == self.pinned and not self._belongs(row)

    def hidden_of(self, keys: Iterable[TicketKey]) -> int:
        """How many of these are not in the list at the moment."""
        return sum(key not in self.all or not self._belongs(self.all[key]) for key in keys)
