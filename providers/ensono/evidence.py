"""Which message shows that a write of ours was done. Pure.

A message counts only where it says no more than what we wrote: one that says more is news as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from providers.clock import milliseconds
from providers.ensono.changes import DECISIONS, confirms_decision
from providers.model import Comment, Message, Patch, Write

SKEW: Final = timedelta(minutes=2)
"""How far the vendor's clock may be behind ours."""
_BESIDE: Final = frozenset({"updated_at", "awaiting_us", "vendor_state", "type", "client_number"})
_VENDOR_BESIDE: Final = frozenset({"statusNextAction", "offHoldDate", "closeCode", "closeNotes", "updatedOn"})


def confirms(write: Write, patch: Patch | None, message: Message) -> bool:
    """Whether `message` shows that `write` was done. `patch` is what the write says of the ticket once it is done."""
    if message.patch is None or not _is_later(write, message):
        return False
    if write.action == "create":
        return _is_created(write, message)
    if message.number != write.number:
        return False
    if write.action in DECISIONS:
        return _is_decided(write, message)
    if patch is None:
        return False
    match write.action:
        case "link":
            return False  # every later message carries our number, and is news all the same
        case "comment":
            return len(message.patch.comments) == 1 and _same(patch.comments, message.patch.comments[0])
        case "attach":
            found = [(item.name, item.size) for item in message.patch.attachments]
            return len(patch.attachments) == 1 and found == [(item.name, item.size) for item in patch.attachments]
    return message.kind in ("update", "closure") and _says_the_same(patch, message.patch)


def _is_later(write: Write, message: Message) -> bool:
    sent = write.sent_at or write.created_at
    return sent is None or message.order[0] >= milliseconds(sent - SKEW)


def _is_created(write: Write, message: Message) -> bool:
    """Ensono tells the number of a ticket whose create was never answered; echo sends the whole Create back."""
    ours = str(write.values.get("clientTicketNumber") or write.values.get("client_number") or write.client_number)
    return message.kind in ("number_returned", "create") and bool(ours) and message.client_number == ours.strip()


def _is_decided(write: Write, message: Message) -> bool:
    """The change's `approval` in an Update. A comment that happens to carry it is news."""
    patch = message.patch
    if patch is None or message.kind != "update":
        return False
    if patch.cycle != DECISIONS[write.action] and not write.doubtful:
        return False  # a change that is cancelled or new again is news, unless nothing else tells of our answer
    return confirms_decision(write.action, str(patch.vendor.get("approval", "")))


def _same(ours: tuple[Comment, ...], theirs: Comment) -> bool:
    """The same words; Ensono adds who commented at the end."""
    return bool(ours) and " ".join(theirs.body.split()).startswith(" ".join(ours[0].body.split()))


def _says_the_same(ours: Patch, theirs: Patch) -> bool:
    said = _said(theirs.set, _BESIDE) | _said(theirs.vendor, _VENDOR_BESIDE)
    return bool(said) and said == _said(ours.set, _BESIDE) | _said(ours.vendor, _VENDOR_BESIDE)


def _said(values: Mapping[str, object], beside: frozenset[str]) -> dict[str, object]:
    return {name: value for name, value in values.items() if name not in beside}
