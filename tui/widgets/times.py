"""Times in words: ages, countdowns, local times. Pure; all by the minute, so that nothing moves more often."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
SOON = timedelta(hours=4)
"""A due time nearer than this needs someone."""


def duration(seconds: float) -> str:
    """A length of time in at most six characters: `now`, `12m`, `1h40m`, `5h`, `3d`, `6w`."""
    seconds = max(0.0, seconds)
    if seconds < MINUTE:
        return "now"
    if seconds < HOUR:
        return f"{int(seconds // MINUTE)}m"
    if seconds < 3 * HOUR:
        minutes = int(seconds % HOUR // MINUTE)
        return f"{int(seconds // HOUR)}h{minutes:02}m" if minutes else f"{int(seconds // HOUR)}h"
    if seconds < 2 * DAY:
        return f"{int(seconds // HOUR)}h"
    if seconds < 60 * DAY:
        return f"{int(seconds // DAY)}d"
    return f"{int(seconds // (7 * DAY))}w"


def age(then: datetime | None, now: datetime) -> str:
    """How long ago, empty where it is not known."""
    return "" if then is None else duration((now - then).total_seconds())


def ago(then: datetime, now: datetime) -> str:
    """The same as a phrase: `12m ago`, `just now`."""
    words = age(then, now)
    return "just now" if words == "now" else f"{words} ago"


def countdown(due: datetime | None, now: datetime) -> str:
    """How long until it is due: `1h40m`, or `-20m` where that has passed; empty where it is not known."""
    if due is None:
        return ""
    left = (due - now).total_seconds()
    if left >= 0:
        return "0m" if left < MINUTE else duration(left)
    return "-" + ("0m" if -left < MINUTE else duration(-left))


def due_in_words(due: datetime, now: datetime) -> str:
    """The same as a phrase: `in 1h40m`, `20m overdue`."""
    words = countdown(due, now)
    return f"{words[1:]} overdue" if words.startswith("-") else f"in {words}"


def local(at: datetime, zone: tzinfo | None, now: datetime) -> str:
    """A time of day here, with as much of the date as is needed: `14:02`, `Tue 14:02`, `3 Nov 14:02`, `2023-11-03`."""
    here, today = at.astimezone(zone), now.astimezone(zone)
    days = (here.date() - today.date()).days
    if days == 0:
        return f"{here:%H:%M}"
    if -6 <= days <= 6:
        return f"{here:%a %H:%M}"
    if abs(days) < 180:
        return f"{here.day} {here:%b %H:%M}"
    return f"{here:%Y-%m-%d}"


def moment(at: datetime, zone: tzinfo | None) -> str:
    """Date and time here, whole: `Fri 3 Nov 2023 14:02`."""
    here = at.astimezone(zone)
    return f"{here:%a} {here.day} {here:%b %Y %H:%M}"


def window(start: datetime, end: datetime, zone: tzinfo | None) -> str:
    """A change's window here: `Fri 3 Nov 22:00 – 23:30 CET`."""
    first, last = start.astimezone(zone), end.astimezone(zone)
    until = f"{last:%H:%M}" if first.date() == last.date() else f"{last:%a} {last.day} {last:%b %H:%M}"
    return f"{first:%a} {first.day} {first:%b %H:%M} – {until} {last:%Z}"


def day_heading(at: datetime, zone: tzinfo | None, now: datetime) -> str:
    """The heading over a day's lines: `Today`, `Yesterday`, `Friday 3 November`."""
    here, today = at.astimezone(zone).date(), now.astimezone(zone).date()
    days = (today - here).days
    if days in (0, 1):
        return ("Today", "Yesterday")[days]
    return f"{here:%A} {here.day} {here:%B}" + ("" if here.year == today.year else f" {here.year}")


def clock(now: datetime, zone: tzinfo | None) -> str:
    """The time with its zone: `14:02 CET`."""
    return f"{now.astimezone(zone):%H:%M %Z}"


def minute(now: datetime) -> datetime:
    """The minute that has begun."""
    return now.replace(second=0, microsecond=0)


def seconds_to_next_minute(now: datetime) -> float:
    """How long until the minute changes."""
    return 60.0 - now.second - now.microsecond / 1e6
