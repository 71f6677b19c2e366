"""What single terms of a filter mean: flags, priorities, times."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from typing import Any, Final

from providers.model import ENDED_STATES, TicketRow
from tui.views import DUE_SOON, needs_me

Predicate = Callable[[TicketRow], bool]
TimeOf = Callable[[TicketRow], datetime | None]

_COMPARED: Final = re.compile(r"(<=|>=|<|>|=|)(.*)", re.DOTALL)
_COMPARISONS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
}
_DURATION: Final = re.compile(r"(\d{1,6})([mhdw])", re.ASCII)
_UNITS: Final = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class FilterError(ValueError):
    """A filter that means nothing: what is wrong, at which character (from 0), and the nearest word there is."""

    def __init__(self, message: str, position: int, suggestion: str = "") -> None:
        advice = f"; did you mean {suggestion}?" if suggestion else ""
        super().__init__(f"{message}{advice} (at character {position + 1})")
        self.message = message
        self.position = position
        self.suggestion = suggestion

    def shorter(self) -> tuple[str, ...]:
        """The same in ever fewer words, for a narrow line, where the cursor shows the place."""
        if not self.suggestion:
            return (self.message,)
        advice = f"did you mean {self.suggestion}?"
        return f"{self.message}; {advice}", advice


def one_of(word: str, allowed: Sequence[str], key: str, position: int) -> str:
    """The word, if it is allowed. FilterError with the nearest one where it is not."""
    if word in allowed:
        return word
    nearest = get_close_matches(word, allowed, n=1)
    message = f"{key}: knows no {word!r}" + ("" if nearest else f", only {', '.join(allowed)}")
    raise FilterError(message, position, nearest[0] if nearest else "")


def parse_duration(text: str) -> timedelta | None:
    """30m, 4h, 2d, 1w, or several together (1d12h). None for anything else."""
    if not text or _DURATION.sub("", text):
        return None
    return sum((int(count) * _UNITS[unit] for count, unit in _DURATION.findall(text)), timedelta())


def flag(name: str, now: datetime) -> Predicate:
    """What `is:name` means."""
    match name:
        case "unread":
            return lambda row: row.unread
        case "handled":
            return lambda row: row.handled
        case "awaiting":
            return lambda row: row.awaiting_us
        case "approval":
            return lambda row: row.approval_asked
        case "held":
            return lambda row: row.held
        case "partial":
            return lambda row: row.partial
        case "faulty":
            return lambda row: row.faulty_write
        case "snoozed":
            return lambda row: row.snoozed_until is not None and row.snoozed_until > now
        case "overdue":
            return lambda row: row.due_at is not None and row.due_at <= now
        case "linked":
            return lambda row: bool(row.client_number)
        case "ended":
            return lambda row: row.state in ENDED_STATES
        case _:
            return lambda row: needs_me(row, now, now + DUE_SOON)


def priority(word: str, position: int) -> Predicate:
    """`p:1`, `p:<=2`, `p:2-3`, `p:none`. A ticket without a priority meets no comparison."""
    if word == "none":
        return lambda row: row.priority is None
    sign, number = _split(word)
    first, dash, last = number.partition("-")
    if dash and not sign:
        low, high = _digit(first, position), _digit(last, position)
        return lambda row: row.priority is not None and low <= row.priority <= high
    compare, value = _COMPARISONS[sign or "="], _digit(number, position)
    return lambda row: row.priority is not None and compare(row.priority, value)


def due(word: str, position: int, now: datetime) -> Predicate:
    """`due:<4h` (time left; what is overdue has less than none), `due:overdue`, `due:none`, `due:<2025-03-30`."""
    if word == "none":
        return lambda row: row.due_at is None
    if word == "overdue":
        return lambda row: row.due_at is not None and row.due_at <= now
    sign, rest = _split(word)
    if _DATE.fullmatch(rest):
        return _by_date(lambda row: row.due_at, sign, _midnight(rest, position, now))
    compare, at = _COMPARISONS[sign or "<="], _shifted(rest, position, now, 1)
    return lambda row: row.due_at is not None and compare(row.due_at, at)


def age(time_of: TimeOf, word: str, position: int, now: datetime) -> Predicate:
    """`opened:<2d` (younger than two days), `updated:>1w`, or a date, where > is later."""
    if word == "none":
        return lambda row: time_of(row) is None
    sign, rest = _split(word)
    if _DATE.fullmatch(rest):
        return _by_date(time_of, sign, _midnight(rest, position, now))
    compare, at = _COMPARISONS[sign or "<="], _shifted(rest, position, now, -1)
    # The younger, the later: the comparison of ages is the comparison of times with its sides changed.
    return lambda row: (moment := time_of(row)) is not None and compare(at, moment)


def _by_date(time_of: TimeOf, sign: str, midnight: datetime) -> Predicate:
    """Without a sign the whole day; `>` and `<=` count to its end, `<` and `>=` to its beginning."""
    try:
        next_midnight = midnight + timedelta(days=1)
    except OverflowError:
        next_midnight = midnight
    match sign:
        case "<":
            return lambda row: (moment := time_of(row)) is not None and moment < midnight
        case "<=":
            return lambda row: (moment := time_of(row)) is not None and moment < next_midnight
        case ">":
            return lambda row: (moment := time_of(row)) is not None and moment >= next_midnight
        case ">=":
            return lambda row: (moment := time_of(row)) is not None and moment >= midnight
        case _:
            return lambda row: (moment := time_of(row)) is not None and midnight <= moment < next_midnight


def _split(word: str) -> tuple[str, str]:
    found = _COMPARED.fullmatch(word)
    assert found is not None
    return found[1], found[2]


def _digit(text: str, position: int) -> int:
    if not re.fullmatch("[1-5]", text):
        raise FilterError(f"p: takes 1 to 5, a range such as 2-3, or none; not {text!r}", position)
    return int(text)


def _midnight(text: str, position: int, now: datetime) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(text), time(), now.tzinfo)
    except ValueError as error:
        raise FilterError(f"{text!r} is no day of the calendar", position) from error


def _shifted(text: str, position: int, now: datetime, sign: int) -> datetime:
    duration = parse_duration(text)
    if duration is None:
        raise FilterError(f"{text!r} is no time; write 30m, 4h, 2d, 1w or 2025-03-30", position)
    try:
        return now + sign * duration
    except OverflowError as error:
        raise FilterError(f"{text!r} is longer than the calendar", position) from error
