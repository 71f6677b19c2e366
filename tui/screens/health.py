"""How each provider is doing: its last polls, its queue, its last error, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo

from tui.board import Board
from tui.desk.desk import ProviderHealth
from tui.messages import DeskChanged
from tui.screens.reading import ReadingScreen
from tui.widgets.footer import Hint
from tui.widgets.health_strip import LOOKS
from tui.widgets.lines import Piece, wrap
from tui.widgets.story import Line, heading
from tui.widgets.times import age, duration, local
from tui.words import counted

LABEL = 14
CALL_AFTER = 30 * 60
"""Seconds without an answer after which the vendor's own support is worth a call."""


def provider_lines(health: ProviderHealth, support: str, now: datetime, zone: tzinfo | None, width: int) -> list[Line]:
    """One provider."""
    glyph, word, role = LOOKS[health.state]
    lines = heading(health.name, width)
    lines += [[(f"{glyph} {word}", role), (f"   {health.kind}, asked every {health.poll_seconds} s", "muted")]]

    def fact(label: str, value: str, role: str = "text") -> None:
        first, *rest = wrap(value, max(10, width - LABEL)) or [""]
        lines.append([(f"{label:<{LABEL}}", "muted"), (first, role)])
        lines.extend([[(" " * LABEL, "muted"), (text, role)] for text in rest])

    def when(at: datetime | None) -> str:
        return "never" if at is None else f"{local(at, zone, now)}, {age(at, now)} ago".replace("now ago", "just now")

    fact("Last answer", when(health.last_good))
    if health.last_try is not None and health.last_try != health.last_good:
        fact("Last try", when(health.last_try) + (f", {health.failures} in a row failed" if health.failures else ""))
    if health.retry_at is not None and health.retry_at > now:
        fact("Next try", local(health.retry_at, zone, now))
    if not health.consumes:
        fact("Queue", "not read here")
    elif health.queue_depth:
        oldest = f", the oldest {duration(health.queue_age)} old" if health.queue_age is not None else ""
        fact("Queue", f"{counted(health.queue_depth, 'message')} not settled{oldest}")
    if health.error:
        fact("Last error", f"{health.error} ({health.error_type})" if health.error_type else health.error, "bad")
        fact("What to do", health.next_step or "Nothing: it is tried again by itself.", "strong")
        if health.state == "down" and health.last_good and (now - health.last_good).total_seconds() > CALL_AFTER:
            fact("Their support", support or "see the contract")
    for label, words in (("Gap", health.gap), ("Warning", health.warning)):
        if words:
            fact(label, words, "warning")
    return lines


def store_lines(told: Sequence[str], width: int) -> list[Line]:
    """What there is to say of the store; nothing where all is well."""
    lines: list[Line] = heading("Store", width) if told else []
    for text in told:
        lines += [[(line, "warning")] for line in wrap(text, width)]
    return lines


class HealthScreen(ReadingScreen):
    """All providers."""

    heading = "Providers"
    hints = (Hint("↑ ↓", "Scroll"), Hint("Esc", "Back", always=True))

    def __init__(self, board: Board) -> None:
        super().__init__()
        self.board = board

    def lines(self, width: int) -> Sequence[list[Piece]]:
        """One after the other, the worst first."""
        worst = {"down": 0, "late": 1}
        store = self.board.desk.store
        found = store_lines([text for text in (store.read_only, *store.alarms, *store.warnings) if text], width)
        for health in sorted(self.board.health.values(), key=lambda health: worst.get(health.state, 2)):
            declared = self.board.declaration(health.name)
            support = declared.support if declared is not None else ""
            found += provider_lines(health, support, self.board.now, self.board.zone, width)
        return found[1:]

    def on_desk_changed(self, event: DeskChanged) -> None:
        """Shown as it is now."""
        if event.touches("health"):
            self.renew()
