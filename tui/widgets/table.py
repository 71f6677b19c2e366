"""A table for long lists over thin lines: it paints only the rows in sight, and only those that changed.

Textual's DataTable builds every cell and lays itself out anew with each change. This one asks for a row when it
paints it, so that fifty thousand rows cost what forty do; it keeps its cursor by key, not by row; and no change
of its rows ever causes a layout.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, ClassVar, Final, Generic, TypeVar, cast

from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView

from tui.widgets.columns import Column, fit_columns
from tui.widgets.lines import Piece, fit, spread, strip_of, width_of_all, wrap

if TYPE_CHECKING:
    from textual import events
    from textual.strip import Strip
    from textual.widget import Widget

    from themes import Palette

Row = TypeVar("Row")
Cells = Mapping[str, Piece]
"""A row's cells by column id; `flag` is one character in the gutter, where a mark stands when there is one."""

_GUTTER: Final = 3  # the cursor's bar, the mark, a blank
_RIGHT: Final = 2  # a blank, and where the rows in sight stand among all


class Table(ScrollView, Generic[Row], can_focus=True):
    """Rows under a title. What they are, and in which order, is for the one who fills it.

    `key_of` names a row, `paint` gives its cells. `title` stands at the left of the top line, `summary` at its right,
    and behind it, where `counted`, the cursor's place among how many. `lit` shows it as having the keys, whoever has.
    """

    DEFAULT_CSS = """
    Table { height: 1fr; width: 1fr; overflow: hidden hidden; scrollbar-size: 0 0; background: $vq-background; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "step(1)", "Down", show=False, id="move.down"),
        Binding("up,k", "step(-1)", "Up", show=False, id="move.up"),
        Binding("pagedown,ctrl+f,ctrl+d", "page(1)", "Page down", show=False, id="move.page_down"),
        Binding("pageup,ctrl+b,ctrl+u", "page(-1)", "Page up", show=False, id="move.page_up"),
        Binding("home,g", "end(-1)", "First", show=False, id="move.first"),
        Binding("end,G", "end(1)", "Last", show=False, id="move.last"),
        Binding("enter", "choose", "Open", show=False, id="move.open"),
    ]

    class Moved(Message):
        """The cursor stands on another row: by a key, or, `refreshed`, because the rows are others now."""

        def __init__(self, table: Table[Row], row: Row | None, *, refreshed: bool = False) -> None:
            super().__init__()
            self.table = table
            self.row = row
            self.refreshed = refreshed

        @property
        def control(self) -> Widget:
            """The table it happened in."""
            return self.table

    class Chosen(Moved):
        """Enter, or a click, on a row."""

    def __init__(
        self,
        columns: Sequence[Column],
        paint: Callable[[Row], Cells],
        *,
        key_of: Callable[[Row], Hashable],
        title: str,
        empty: str = "Nothing here.",
        show_header: bool = True,
        counted: bool = False,
        lit: bool = False,
        id: str | None = None,  # noqa: A002 - Textual's own name for it
    ) -> None:
        super().__init__(id=id)
        self.columns = tuple(columns)
        self.paint = paint
        self.title = title
        self.summary: list[Piece] = []
        self.empty = empty
        self.show_header = show_header
        self._counted, self._apart = counted, 0
        self._always_lit = lit
        self.key_of = key_of
        self.rows: Sequence[Row] = ()
        self.marked: set[Hashable] = set()
        self.touched = False
        self.cursor = 0
        self.top = 0
        self._fitted: tuple[Column, ...] = ()
        self._fitted_for: tuple[object, int] | None = None
        self._shown: dict[int, object] = {}
        self._area = Size(0, 0)  # Textual works a widget's size out anew each time it is asked

    # What it holds.

    @property
    def palette(self) -> Palette:
        """The theme's colours."""
        return cast("Palette", self.app.palette)  # type: ignore[attr-defined]

    @property
    def cursor_row(self) -> Row | None:
        """The row the cursor stands on; None where there are no rows."""
        return self.rows[self.cursor] if 0 <= self.cursor < len(self.rows) else None

    @property
    def cursor_key(self) -> Hashable | None:
        """That row's key."""
        row = self.cursor_row
        return None if row is None else self.key_of(row)

    @property
    def _lit(self) -> bool:
        return self._always_lit or self.has_focus

    @property
    def _said(self) -> list[Piece]:
        if not self._counted:
            return self.summary
        here = "–" if self._apart else f"{self.cursor + 1}"
        return [*self.summary, (f"{here} of {len(self.rows) - self._apart}" if self.rows else "none", "muted")]

    @property
    def page_size(self) -> int:
        """How many rows are in sight."""
        return max(1, self._area.height - self._body)

    @property
    def _body(self) -> int:
        return 2 if self.show_header and self._area.height >= 8 else 1

    def start_again(self) -> None:
        """The next rows are another list: the cursor begins at their top."""
        self.touched, self.cursor, self.top, self.rows = False, 0, 0, ()

    def set_rows(self, rows: Sequence[Row], *, empty: str | None = None) -> None:
        """Show these rows in this order. The cursor stays on its key, and that row on its line of the screen.

        Where the key is gone, the cursor goes to the row that followed it. Until somebody has moved in the list it
        stays on the first row. The sequence is kept, not copied.
        """
        before = self.cursor_key
        line = self.cursor - self.top
        old = self.rows
        self.rows = rows
        if empty is not None:
            self.empty = empty
        self.cursor = self._position_after(old, before) if rows and self.touched else 0
        self._set_top(self.cursor - line if before is not None else 0)
        self.repaint_changed()
        if self.cursor_key != before:
            self.post_message(self.Moved(self, self.cursor_row, refreshed=True))

    def _position_after(self, old: Sequence[Row], before: Hashable | None) -> int:
        """Where the key, or the first that followed it and is still there, now stands."""
        if before is None:
            return 0
        here = self._find(before, old[self.cursor])
        if here is not None:
            return here
        # The very same rows first: naming every row of a long list takes much longer.
        for name in (id, self.key_of):
            places = {name(row): place for place, row in enumerate(self.rows)}
            for row in chain(islice(old, self.cursor, None), reversed(old[: self.cursor])):
                if (place := places.get(name(row))) is not None:
                    return place
        return 0

    def _find(self, key: Hashable, known: Row | None = None) -> int | None:
        """A key's position, looked for first around the cursor, where it nearly always is; then the very same row."""
        rows, key_of = self.rows, self.key_of
        for place in range(max(0, self.cursor - 50), min(len(rows), self.cursor + 50)):
            if key_of(rows[place]) == key:
                return place
        same = next((place for place, row in enumerate(rows) if row is known), None) if known is not None else None
        return same if same is not None else next((at for at, row in enumerate(rows) if key_of(row) == key), None)

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Other columns, or other widths."""
        if tuple(columns) != self.columns:
            self.columns = tuple(columns)
            self.refresh()

    def set_title(self, title: str, summary: Sequence[Piece] = (), apart: int = 0) -> None:
        """What the top line says. So many rows `apart`, the cursor's own, are shown and not counted."""
        if (title, list(summary), apart) != (self.title, self.summary, self._apart):
            self.title, self.summary, self._apart = title, list(summary), apart
            self.refresh(self._line(0))

    def repaint_changed(self) -> None:
        """Paint again the lines that would now look different, and no others."""
        for y in range(self._area.height):
            if self._shown.get(y) != self._token(y):
                self.refresh(self._line(y))

    # Moving.

    def move_to(self, key: Hashable) -> bool:
        """Put the cursor on a row by its key; whether there is such a row."""
        place = self._find(key)
        if place is None:
            return False
        self._go(place)
        return True

    def action_step(self, rows: int) -> None:
        """Move the cursor by some rows."""
        self._go(self.cursor + rows)

    def action_page(self, pages: int) -> None:
        """Move by what is in sight, less one row to hold on to."""
        rows = max(1, self.page_size - 1) * pages
        self._set_top(self.top + rows)
        self._go(self.cursor + rows)

    def action_end(self, direction: int) -> None:
        """Go to the first or the last row."""
        self._go(0 if direction < 0 else len(self.rows) - 1)

    def action_choose(self) -> None:
        """Say that this row was chosen."""
        self.touched = True
        if self.cursor_row is not None:
            self.post_message(self.Chosen(self, self.cursor_row))

    def toggle_mark(self) -> None:
        """Mark the cursor's row, or take its mark away, and go on to the next."""
        key = self.cursor_key
        if key is not None:
            self.marked ^= {key}
            self._go(self.cursor + 1)
            self.repaint_changed()

    def mark_all(self) -> None:
        """Mark every row there is, beside what is marked already."""
        self.marked.update(self.key_of(row) for row in self.rows)
        self.repaint_changed()

    def clear_marks(self) -> None:
        """Take all marks away."""
        self.marked.clear()
        self.repaint_changed()

    def _go(self, place: int) -> None:
        self.touched = True
        if not self.rows:
            return
        place = min(max(place, 0), len(self.rows) - 1)
        moved = place != self.cursor
        self.cursor = place
        page = self.page_size
        if not self.top <= place < self.top + page:
            # Half a page at once: scrolling line by line would repaint every row for each step.
            self._set_top(place - page // 2)
        self.repaint_changed()
        if moved:
            self.post_message(self.Moved(self, self.cursor_row))

    def _set_top(self, top: int) -> None:
        page = self.page_size
        top = min(max(top, self.cursor - page + 1), self.cursor)
        self.top = min(max(top, 0), max(0, len(self.rows) - page))

    # Painting.

    def _line(self, y: int) -> Region:
        return Region(0, y, self._area.width, 1)

    def _token(self, y: int) -> object:
        """What a line's look depends on: equal tokens look the same."""
        if y == 0:
            return (self.title, tuple(self._said), self._lit)
        place = self.top + y - self._body
        if y < self._body or place >= len(self.rows):
            return (self._words_when_empty(y), self._thumb(y))
        row = self.rows[place]
        here = (2 if self._lit else 1) if place == self.cursor else 0
        return (tuple(self.paint(row).items()), here, self.key_of(row) in self.marked, self._thumb(y))

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        self._shown[y] = self._token(y)
        width = self._area.width
        return strip_of(self._pieces(y, width), width, self.palette)

    def _pieces(self, y: int, width: int) -> list[Piece]:
        if y == 0:
            return self._title_line(width)
        if y < self._body:
            cells = {column.id: (column.title, "muted") for column in self.columns}
            return [(" " * _GUTTER, "muted"), *self._row(cells, width)]
        place = self.top + y - self._body
        if place >= len(self.rows):
            return [(" " * _GUTTER + self._words_when_empty(y), "muted")]
        return self._body_line(self.rows[place], place, y, width)

    def _words_when_empty(self, y: int) -> str:
        words = [] if self.rows else wrap(self.empty, max(10, self._area.width - _GUTTER - _RIGHT))
        return words[y - self._body] if self._body <= y < self._body + len(words) else ""

    def _body_line(self, item: Row, place: int, y: int, width: int) -> list[Piece]:
        cells = self.paint(item)
        row = self._row(cells, width)
        mark, mark_role = cells.get("flag", (" ", "text"))
        if self.marked and self.key_of(item) in self.marked:
            mark, mark_role = "◆", "accent"
        thumb = (" " + ("┃" if self._thumb(y) else " "), "faint")
        if place != self.cursor:
            return [(f" {mark} ", mark_role), *row, thumb]
        role = "cursor" if self._lit else "cursor_idle"
        return [(f"▌{mark} ", role), *((text, role) for text, _ in row), (" ", role), (thumb[0][1], "faint")]

    def _title_line(self, width: int) -> list[Piece]:
        role = "accent" if self._lit else "muted"
        left: list[Piece] = [("──", "faint"), (f" {self.title} ", role)]
        said = self._said
        right: list[Piece] = [(" ", "faint"), *said, (" ──", "faint")] if said else [("──", "faint")]
        rule = width - width_of_all(left) - width_of_all(right)
        return [*left, ("─" * rule, "faint"), *right] if rule >= 0 else spread(left, right, width, gap=0)

    def _row(self, cells: Cells, width: int) -> list[Piece]:
        fitted = self._columns_for(width - _GUTTER - _RIGHT)
        pieces: list[Piece] = []
        for column in fitted:
            text, role = cells.get(column.id, ("", "text"))
            gap = "" if column is fitted[-1] else " " * column.gap
            pieces.append((fit(text, column.width, column.align) + gap, role))
        return pieces

    def _columns_for(self, width: int) -> tuple[Column, ...]:
        asked = (self.columns, width)
        if self._fitted_for != asked:
            self._fitted_for, self._fitted = asked, fit_columns(self.columns, width)
        return self._fitted

    def _thumb(self, y: int) -> bool:
        """Whether the mark of where we are among all rows stands on this line."""
        page, count = self.page_size, len(self.rows)
        if count <= page or y < self._body:
            return False
        size = max(1, page * page // count)
        start = round(self.top * (page - size) / max(1, count - page))
        return start <= y - self._body < start + size

    # What happens to it.

    def measure(self) -> None:
        """Take the size that the layout gave it, and keep the cursor in sight."""
        if self.size != self._area:
            self._area = self.size
            self._set_top(self.top)
            self.refresh()

    def on_resize(self) -> None:
        """Another size."""
        self.measure()

    def on_focus(self) -> None:
        """The title and the cursor's row look different now."""
        self.repaint_changed()

    def on_blur(self) -> None:
        """The title and the cursor's row look different now."""
        self.repaint_changed()

    def on_click(self, event: events.Click) -> None:
        """A click chooses a row."""
        place = self.top + event.y - self._body
        if event.y >= self._body and place < len(self.rows):
            again = place == self.cursor
            self._go(place)
            if again:
                self.action_choose()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel moves the cursor."""
        event.stop()
        self.action_step(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel moves the cursor."""
        event.stop()
        self.action_step(-3)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as there are rows, where a layout asks."""
        return len(self.rows) + self._body
