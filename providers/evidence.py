"""What shows that a write without an answer was done: its words in what the vendor shows now. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from providers.model import Comment, Ticket, Write
from providers.text import safe_line

CLOCKS: Final = timedelta(minutes=3)
"""How far a vendor's clock may be behind ours; its stamps may show whole minutes only."""


def same_text(one: object, other: object) -> bool:
    """Whether two texts are the same but for white space, which vendors change on the way."""
    return safe_line(one) == safe_line(other)


def shows_comment(write: Write, text: object, comments: Iterable[Comment], ticket: Ticket | None) -> bool:
    """Whether one of these comments of the vendor's is what this write sent.

    It has the same words and is no older than the write, as far as it has a stamp. A comment that is known to come
    from another write of ours does not count.
    """
    sent = write.sent_at or write.created_at
    since = None if sent is None else sent - CLOCKS
    others = _of_other_writes(write, ticket)
    return any(
        comment.id not in others
        and same_text(comment.body, text)
        and (since is None or comment.at is None or comment.at >= since)
        for comment in comments
    )


def _of_other_writes(write: Write, ticket: Ticket | None) -> frozenset[str]:
    known = ticket.comments if ticket is not None else ()
    return frozenset(comment.id for comment in known if comment.own_write and f":{write.id}:" not in comment.own_write)
