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


def token_url(url: str) -> str:
    """Where KPN hands out tokens: on the origin of its base URL (KPN Store API Authentication Standard)."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{TOKEN_PATH}"


def local_stamp(at: datetime, zone: ZoneInfo) -> str:
    """A time as KPN writes it: YYYY-MM-DD HH:MM in its own zone."""
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def exists(local: datetime, zone: ZoneInfo) -> bool:
    """Whether the zone's clock ever shows this time: it skips an hour in spring."""
    aware = local.replace(tzinfo=zone)
    return aware.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None)


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
