"""Comments and attachments of a ticket: added by id, whatever their age, and each shown once.

What we wrote ourselves comes back from the vendor under an id of the vendor's. The vendor's copy then takes the
place of ours and remembers our id, so that neither is added again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from providers.model import Attachment, Comment

OWN: Final = "own:"
"""Prefix of the ids of comments and attachments that we sent and the vendor has not shown us yet."""
ECHO_WITHIN: Final = timedelta(hours=3)
"""How far a vendor's stamp of our own comment may be from ours: some vendors' times have no zone."""
_NEVER: Final = datetime.min.replace(tzinfo=UTC)


def own_id(write: str, number: int = 0) -> str:
    """The id of what a write of ours put on a ticket."""
    return f"{OWN}{write}:{number}"


def same_words(one: str, other: str) -> bool:
    """Whether two bodies say the same, but for white space."""
    return one.split() == other.split()


def add_comments(known: tuple[Comment, ...], said: Sequence[Comment], *, own_write: str = "") -> tuple[Comment, ...]:
    """The ticket's comments with those of one entry, oldest first.

    Those of a confirmed write carry an id of ours. `own_write` names the write that a vendor's message shows.
    """
    comments = list(known)
    for comment in said:
        if comment.id.startswith(OWN):
            _add_own(comments, comment)
        else:
            _add_vendors(comments, comment, own_write)
    if comments == list(known):
        return known
    return tuple(sorted(comments, key=lambda comment: comment.at or _NEVER))


def is_echo(own: Comment, vendors: Comment) -> bool:
    """Whether a vendor's comment is its copy of one of ours: the same words at about the same time."""
    if not same_words(own.body, vendors.body):
        return False
    return own.at is None or vendors.at is None or abs(own.at - vendors.at) <= ECHO_WITHIN


def _add_own(comments: list[Comment], comment: Comment) -> None:
    if any(comment.id in (known.id, known.own_write) for known in comments):
        return
    for place, known in enumerate(comments):
        if not known.own_write and not known.id.startswith(OWN) and is_echo(comment, known):
            comments[place] = replace(known, origin="us", own_write=comment.id)
            return
    comments.append(comment)


def _add_vendors(comments: list[Comment], comment: Comment, own_write: str) -> None:
    if any(comment.id == known.id for known in comments):
        return
    for place, known in enumerate(comments):
        waiting = known.id.startswith(OWN)
        if waiting and (known.id == own_id(own_write) or is_echo(known, comment)):
            comments[place] = replace(comment, origin="us", own_write=known.id)
            return
    if own_write:
        taken = {known.own_write for known in comments}
        alias = own_id(own_write) if own_id(own_write) not in taken else ""
        comment = replace(comment, origin="us", own_write=alias)
    comments.append(comment)


def add_attachments(known: tuple[Attachment, ...], said: Sequence[Attachment]) -> tuple[Attachment, ...]:
    """The ticket's attachments with those of one entry. One that is known takes a newer URL, and our copy's path.

    A link that ends carries a signature, which is a secret: once our copy is here, it is forgotten.
    """
    attachments = {item.id: item for item in known}
    for item in said:
        before = attachments.get(item.id)
        attachments[item.id] = item if before is None else _merged(before, item)
    result = tuple(attachments.values())
    if result == known:
        return known
    return tuple(sorted(result, key=lambda item: item.at or _NEVER))


def _merged(before: Attachment, now: Attachment) -> Attachment:
    path = now.path or before.path
    ends = now.expires_at or before.expires_at
    return replace(
        before,
        size=before.size if before.size is not None else now.size,
        content_type=before.content_type or now.content_type,
        url="" if path and ends else now.url or before.url,
        path=path,
        expires_at=ends,
    )
