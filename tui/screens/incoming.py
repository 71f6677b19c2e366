"""Incoming: what came in, and how much of it has come in above what is in sight."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING

from tui.actions import BY_ID
from tui.keymap import first_label
from tui.widgets import message_row
from tui.widgets.lines import Piece

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.board import Board
    from tui.desk.entries import InboxEntry
    from tui.widgets.table import Table


class Incoming:
    """Fills the lower list. New messages come in at its top, and never move what one looks at."""

    def __init__(self, board: Board, table: Table[InboxEntry], keys: Mapping[str, tuple[str, ...]]) -> None:
        self._board = board
        self._table = table
        self._first = first_label(BY_ID["move.first"], keys)
        self._newest_seen: datetime | None = None

    def show(self) -> None:
        """The messages, and what the top line says of them."""
        messages = self._board.messages
        vendor = max((len(name) for name in self._board.vendors.values()), default=6)
        self._table.set_columns(message_row.columns_for(messages[:200], vendor))
        self._table.set_rows(messages)
        self.show_title()

    def to_top(self) -> None:
        """The newest is in sight again, and stays in sight until somebody moves here."""
        if self._table.touched:
            self._table.start_again()
            self.show()

    def show_title(self) -> None:
        """How many there are, how many are stuck, and how many newer ones stand above, with the key to get there."""
        messages = self._board.messages
        stuck: Counter[str] = Counter(entry.status for entry in messages)
        pressing = [f"{stuck[status]} {words}" for status, (words, _) in message_row.PRESSING.items() if stuck[status]]
        above = self._newer_above()
        summary: list[Piece] = []
        if above:
            summary.append((f"{above} newer above, {self._first}  ", "accent"))
        if pressing:
            summary.append((f"{', '.join(pressing)}  ", "warning"))
        summary.append((f"{len(messages)} not handled" if messages else "none", "muted"))
        self._table.set_title("Incoming", summary)

    def _newer_above(self) -> int:
        """Messages out of sight above that have come in since the newest one was last in sight."""
        messages = self._board.messages
        if self._table.top == 0:
            self._newest_seen = messages[0].received_at if messages else None
            return 0
        seen = self._newest_seen
        return sum(seen is None or entry.received_at > seen for entry in messages[: self._table.top])
