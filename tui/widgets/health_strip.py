"""The strip on top: how each provider is doing, what waits to be sent, who is at the keys, and the time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Final

from tui.widgets.fixed import FixedLines
from tui.widgets.lines import Piece, spread, width_of_all
from tui.widgets.times import age, clock, duration, local

if TYPE_CHECKING:
    from tui.desk.desk import ProviderHealth


LOOKS: Final[dict[str, tuple[str, str, str]]] = {
    "ok": ("●", "ok", "good"),
    "late": ("◐", "late", "warning"),
    "down": ("✕", "down", "bad"),
    "paused": ("‖", "paused", "muted"),
    "unknown": ("○", "not yet read", "muted"),
}
"""A provider's state: glyph, word, role."""

LEVELS: Final = 4
"""How much a provider's part may say: 0 everything, 3 glyph, short name and word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StripState:
    """All that the strip shows. `followed` says in words who polls, where that is another process."""

    health: tuple[ProviderHealth, ...] = ()
    outbox: int = 0
    deciding: int = 0
    engineer: str = ""
    read_only: str = ""
    fault: str = ""
    followed: str = ""
    now: datetime
    zone: tzinfo | None = field(default=None)


def short_names(names: Sequence[str], least: int = 6) -> dict[str, str]:
    """Each name cut to the shortest length at which all still differ, at least `least`."""
    longest = max((len(name) for name in names), default=0)
    for size in range(least, longest):
        if len({name[:size] for name in names}) == len(set(names)):
            return {name: name[:size] for name in names}
    return {name: name for name in names}


def is_fresh(health: ProviderHealth, now: datetime) -> bool:
    """Whether the last good poll is no older than two intervals."""
    return health.last_good is not None and (now - health.last_good).total_seconds() <= 2 * health.poll_seconds + 60


def provider_part(health: ProviderHealth, name: str, now: datetime, level: int) -> list[Piece]:
    """What the strip says of one provider."""
    glyph, word, role = LOOKS[health.state]
    pieces: list[Piece] = [(f"{glyph} ", role), (name, "text"), (f" {word}", role if health.state != "ok" else "muted")]
    since = age(health.last_good, now).replace("now", "<1m")
    if since and (level < 2 or not is_fresh(health, now)):
        pieces.append((f" {since}", "muted"))
    if health.queue_depth and level < 3:
        oldest = "" if health.queue_age is None or level else f", {duration(health.queue_age)}"
        pieces.append((f" queue {health.queue_depth}{oldest}" if level < 2 else f" q{health.queue_depth}", "muted"))
    return pieces


def providers_line(state: StripState, width: int) -> list[Piece]:
    """All providers, with as much of each as fits beside the others."""
    short = short_names([health.name for health in state.health])
    line: list[Piece] = []
    for level in range(LEVELS):
        line = [(" ", "text")]
        for place, health in enumerate(state.health):
            name = health.name if level < 2 else short[health.name]
            gap = 3 if level < 2 else 2
            line += [(" " * gap if place else "", "text"), *provider_part(health, name, state.now, level)]
        if width_of_all(line) < width:
            break
    return line


def news(state: StripState) -> list[Piece]:
    """The one thing about the line to the vendors that matters most now."""
    waiting = [health for health in state.health if health.state == "down"]
    if state.fault:
        return [(" FAULT ", "badge_bad"), (f" {state.fault}", "bad")]
    if state.read_only:
        return [(" READ-ONLY ", "badge"), (f" {state.read_only}", "text")]
    if waiting and len(waiting) == len(state.health):
        last = max((health.last_good for health in waiting if health.last_good is not None), default=None)
        since = f" since {local(last, state.zone, state.now)}" if last else ""
        return [
            (" OFFLINE ", "badge_bad"),
            (f" No provider answers{since}. What is shown is what was last known.", "text"),
        ]
    for health in sorted(state.health, key=lambda health: health.state != "down"):
        if health.error and health.state in ("down", "late"):
            role = "bad" if health.state == "down" else "warning"
            again = f" Next try {local(health.retry_at, state.zone, state.now)}." if health.retry_at else ""
            return [(f" {health.name}", role), (f"  {health.error.rstrip('.')}.", "text"), (again, "muted")]
    return _notes(state)


def _notes(state: StripState) -> list[Piece]:
    for health in state.health:
        if health.gap or health.warning:
            return [(f" {health.name}: {health.gap or health.warning}", "warning")]
    if state.followed:
        return [(f" {state.followed}", "muted")]
    unread = [health.name for health in state.health if not health.consumes and not health.asks_consume]
    if unread:
        return [(f" {', '.join(unread)}: queue not read here", "muted")]
    if state.health and all(health.state == "ok" for health in state.health):
        return [(" All providers answer.", "muted")]
    return [(" ", "muted")]


def status_part(state: StripState, *, short: bool = False) -> list[Piece]:
    """What stands at the right: the outbox, the engineer (`short`: initials), the clock."""
    pieces: list[Piece] = []
    if state.outbox:
        decide = f", {state.deciding} to decide" if not short else ""
        words = f"outbox {state.outbox}"
        pieces.append((f"▲ {words}{decide}", "warning") if state.deciding else (words, "text"))
        pieces.append(("   ", "text"))
    if state.engineer:
        name = "".join(word[0] for word in state.engineer.split()) if short else state.engineer
        pieces += [(name, "text"), ("   ", "text")]
    return [*pieces, (clock(state.now, state.zone), "strong"), (" ", "text")]


class HealthStrip(FixedLines):
    """Two lines: the providers; what matters most about them, and who, what waits and the time."""

    DEFAULT_CSS = "HealthStrip { height: 2; dock: top; background: $vq-panel; }"

    def __init__(self, state: StripState, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name for it
        super().__init__(id=id)
        self.state = state

    def show(self, state: StripState) -> None:
        """Show another state."""
        self.state = state
        self.renew()

    def compose_lines(self, width: int) -> list[list[Piece]]:
        """Both lines."""
        right = status_part(self.state, short=width < 100)
        return [providers_line(self.state, width), spread(news(self.state), right, width)]
