"""What KPN's two ServiceNow interfaces have in common: their token, their stamps, their words.

The two keep separate tickets under separate base URLs; nothing here knows either's field names.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from providers.lenient import text_of
from providers.model import Comment, Origin
from providers.text import safe_line

TIME_ZONE: Final = "Europe/Amsterdam"
TOKEN_PATH: Final = "/oauth/client_credential/accesstoken"
OWN_USER: Final = "via integration"
"""The name KPN gives to what came in over the interface: our own comments."""
SUPPORT: Final = (
    "KPN's documents name no telephone line for the interface: call your KPN Service Delivery Manager,"
    " with the ticket number and the time"
)

_STATES: Final = {
    "": "",
    "new": "new",
    "in progress": "open",
    "on hold": "pending",
    "pending": "pending",
    "resolved": "resolved",
    "finished": "resolved",
}
_CHANGE_STATES: Final = frozenset({"new", "draft", "assess", "authorize", "scheduled", "implement", "review"})
_OURS_TO_ANSWER: Final = re.compile(r"\b(user|customer|caller)\b", re.IGNORECASE)
_PRIORITY: Final = re.compile(r"\s*(?:p|priority)?\s*([1-5])\b(?!\s*,)", re.IGNORECASE)


def token_url(url: str) -> str:
    """Where KPN hands out tokens: on the origin of its base URL (KPN Store API Authentication Standard)."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{TOKEN_PATH}"


def read_time(value: object, zone: ZoneInfo, *, fold: int = 0) -> datetime | None:
    """A stamp as UTC. One without a zone is `zone`'s local time; "UNKNOWN", "" and what is no stamp give None.

    In the hour that the clock shows twice in autumn, `fold` 0 reads the first, summer time, and 1 the second.
    """
    text = text_of(value).strip()
    if not text[:4].isdecimal():
        return None
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is None:
            at = at.replace(tzinfo=zone, fold=fold)
        return at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def local_stamp(at: datetime, zone: ZoneInfo) -> str:
    """A time as KPN writes it: YYYY-MM-DD HH:MM in its own zone."""
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def exists(local: datetime, zone: ZoneInfo) -> bool:
    """Whether the zone's clock ever shows this time: it skips an hour in spring."""
    aware = local.replace(tzinfo=zone)
    return aware.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None)


def priority_of(value: object) -> int | None:
    """1 to 5 from "3 - Moderate", "3" or 3; None for any other word."""
    found = _PRIORITY.match(text_of(value))
    return int(found[1]) if found else None


def state_of(word: str, ticket_type: str) -> str:
    """Our state for KPN's word. "" for none; a word we do not know is on an active list, so open.

    Changes keep their own words in lower case.
    """
    lower = word.casefold()
    if ticket_type == "change" and lower in _CHANGE_STATES:
        return lower
    known = _STATES.get(lower)
    if known is not None:
        return known
    if "cancel" in lower:
        return "cancelled"
    return "closed" if lower.startswith("closed") else "open"


def names_us(reason: str) -> bool:
    """Whether an on-hold reason waits for our side: it names the user, customer or caller."""
    return bool(_OURS_TO_ANSWER.search(reason))


def same_text(one: str, other: str) -> bool:
    """Whether two texts are the same but for white space, which KPN changes on the way."""
    return folded(one) == folded(other)


def folded(text: str) -> str:
    """A text as one safe line, for comparing."""
    return safe_line(text)


def comment_id(origin: Origin, body: str, occurrence: int = 1) -> str:
    """An id for a comment, since KPN gives none.

    The digest takes the side that wrote it, its text, and which of several equal ones it is (oldest first). The
    stamp stays out: the queue gives it to the millisecond in UTC, the ticket's page to the minute in local time,
    and the same comment must not stand there twice.
    """
    text = f"{origin}\x1f{folded(body)}\x1f{occurrence}"
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:24]


def numbered(comments: Iterable[Comment], known: Sequence[Comment] = ()) -> tuple[Comment, ...]:
    """Comments, oldest first, each with its id. `known` are earlier ones that count as occurrences."""
    seen = Counter((comment.origin, folded(comment.body)) for comment in known)
    earliest = datetime.min.replace(tzinfo=UTC)
    result = []
    for comment in sorted(comments, key=lambda comment: comment.at or earliest):
        key = (comment.origin, folded(comment.body))
        seen[key] += 1
        result.append(replace(comment, id=comment_id(comment.origin, comment.body, seen[key])))
    return tuple(result)
