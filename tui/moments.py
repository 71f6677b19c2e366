"""Times as a person types them, on the command line and in forms. Pure."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta, tzinfo
from typing import Final

from tui.filter_terms import parse_duration

_CLOCK: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)", re.ASCII)
EXAMPLES: Final = "30m, 4h, 2d, 08:00, tomorrow 08:00, 2025-03-30, '2025-03-30 14:00' or 2025-03-30T12:00:00Z"


def later(text: str, now: datetime, zone: tzinfo | None = None) -> datetime | None:
    """A time to come: `4h` from now, `08:00` next time it strikes, `tomorrow 08:00`, or a date. None for anything
    else. Local times are in `zone`, the machine's own where none is given."""
    duration = parse_duration(text.strip())
    if duration is not None:
        return _shifted(now, duration)
    here = now.astimezone(zone)
    clock = _CLOCK.fullmatch(text.strip())
    if clock is not None:
        at = _at(here, int(clock[1]), int(clock[2]))
        return at if at > now else _at(here + timedelta(days=1), int(clock[1]), int(clock[2]))
    word, _, rest = text.strip().partition(" ")
    if word.lower() == "tomorrow":
        clock = _CLOCK.fullmatch(rest.strip() or "08:00")
        return None if clock is None else _at(here + timedelta(days=1), int(clock[1]), int(clock[2]))
    return _stamp(text, zone)


def earlier(text: str, now: datetime, zone: tzinfo | None = None) -> datetime | None:
    """A time gone by: `4h` ago, `22:00` when it last struck, or a date. None for anything else."""
    duration = parse_duration(text.strip())
    if duration is not None:
        return _shifted(now, -duration)
    here = now.astimezone(zone)
    clock = _CLOCK.fullmatch(text.strip())
    if clock is not None:
        at = _at(here, int(clock[1]), int(clock[2]))
        return at if at <= now else _at(here - timedelta(days=1), int(clock[1]), int(clock[2]))
    return _stamp(text, zone)


def _at(day: datetime, hour: int, minute: int) -> datetime:
    """A time of day where `day` is; the zone's rules of that very day hold."""
    moment = datetime.combine(day.date(), time(hour, minute))
    # A fixed offset, such as astimezone() gives, would be wrong on the other side of a change of the clocks.
    return (
        moment.astimezone()
        if day.tzinfo is None or not hasattr(day.tzinfo, "key")
        else moment.replace(tzinfo=day.tzinfo)
    )


def _shifted(now: datetime, length: timedelta) -> datetime | None:
    try:
        return now + length
    except OverflowError:
        return None


def _stamp(text: str, zone: tzinfo | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=zone) if zone is not None else moment.astimezone()
