"""A ticket's story in one line of time: comments, states, files, approvals, our own writes and notes. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from providers.codec import parse_time
from providers.model import Ticket
from providers.text import safe_line
from tui.desk import conversation
from tui.desk.entries import InboxEntry, OutboxEntry
from tui.desk.reports import TimelineItem

_LAST: Final = datetime.max.replace(tzinfo=UTC)
_WHOLE_TICKET: Final = frozenset({"create"})
"""Actions whose fields are the ticket itself, which stands beside its story."""
_SAID: Final = frozenset({"comment", "notes", "message_id", "approval_id"})
"""Values that are told first, or name what is answered."""
VALUE: Final = 80
"""Characters of a field's value that a story shows."""


def tell(
    ticket: Ticket,
    entries: Iterable[InboxEntry],
    writes: Sequence[OutboxEntry],
    notes: Iterable[Mapping[str, Any]],
) -> list[TimelineItem]:
    """Everything that is known to have happened, oldest first; what has no time comes last.

    `entries` are the ticket's, in the order they were applied. A comment of ours stands once, as the write that
    sent it.
    """
    items = [*_comments(ticket, writes), *_attachments(ticket, writes), *_approvals(ticket)]
    items += [*_states(entries), *_writes(writes), *_notes(notes)]
    return sorted(items, key=lambda item: item.at or _LAST)


def _sent_by(writes: Sequence[OutboxEntry]) -> set[str]:
    return {conversation.own_id(write.id) for write in writes if write.write.values.get("comment")}


def _comments(ticket: Ticket, writes: Sequence[OutboxEntry]) -> Iterable[TimelineItem]:
    ours = _sent_by(writes)
    for comment in ticket.comments:
        if comment.id not in ours and comment.own_write not in ours:
            yield TimelineItem(comment.at, "comment", comment.author, comment.body, comment.origin, "", comment.id)


def _attachments(ticket: Ticket, writes: Sequence[OutboxEntry]) -> Iterable[TimelineItem]:
    for item in ticket.attachments:
        if item.id.startswith(conversation.OWN) and writes:
            continue
        size = f", {item.size} bytes" if item.size is not None else ""
        status = "here" if item.path else ""
        origin = "us" if item.direction == "out" else "vendor"
        yield TimelineItem(item.at, "attachment", "", f"{item.name}{size}", origin, status, item.id)  # type: ignore[arg-type]  # one of the two


def _approvals(ticket: Ticket) -> Iterable[TimelineItem]:
    for item in ticket.approvals:
        who = item.approver_name or item.approver
        yield TimelineItem(item.at, "approval", who, f"Approval asked of {who}", "vendor", item.state, item.id)


def _states(entries: Iterable[InboxEntry]) -> Iterable[TimelineItem]:
    """Changes of state, by the statements that were newest when they came."""
    last, newest = "", (0, 0)
    for entry in entries:
        said = _state(entry)
        if not said or not entry.changed or entry.order < newest:
            continue
        newest = entry.order
        if said != last:
            at = datetime.fromtimestamp(entry.order[0] / 1000, UTC) if entry.order[0] else entry.received_at
            origin = "us" if entry.source == "write" or entry.own_write else "vendor"
            words = f"{last} → {said}" if last else said
            yield TimelineItem(at, "state", "", words, origin, said, entry.id)  # type: ignore[arg-type]  # one of the two
            last = said


def _state(entry: InboxEntry) -> str:
    patch = entry.patch
    return "" if patch is None else str(patch.set.get("state") or patch.fill.get("state") or "")


def _writes(writes: Sequence[OutboxEntry]) -> Iterable[TimelineItem]:
    for entry in writes:
        write = entry.write
        at = entry.sent_at or entry.created_at
        words = str(write.values.get("comment") or write.values.get("notes") or "")
        fields = _fields(write.values) if write.action not in _WHOLE_TICKET else []
        if not words and fields:
            words = "\n".join(fields)
        elif fields:
            words = "\n".join((words, *fields))
        files = ", ".join(item.name for item in write.files)
        body = ": ".join(part for part in (write.action, words or files) if part)
        if words and files:
            body += f"\nwith {files}"
        yield TimelineItem(at, "write", write.engineer.name, body, "us", _status(entry), entry.id)


def _fields(values: Mapping[str, object]) -> list[str]:
    """What else a write says, a short line a field."""
    return [
        f"{name.replace('_', ' ')}: {safe_line(_flat(value), VALUE)}"
        for name, value in values.items()
        if name not in _SAID and value not in (None, "")
    ]


def _flat(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_flat(part)}" for name, part in value.items())
    if isinstance(value, list | tuple):
        return "; ".join(_flat(part) for part in value)
    return str(value)


def _status(entry: OutboxEntry) -> str:
    """The entry's state; what was given up is not what the vendor refused, and may have been done where it got no
    answer."""
    if not entry.dropped:
        return entry.state
    return "given up, may have been done" if entry.write.doubtful else "given up"


def _notes(notes: Iterable[Mapping[str, Any]]) -> Iterable[TimelineItem]:
    for note in notes:
        at = parse_time(note.get("at"))
        yield TimelineItem(at, "note", str(note.get("author", "")), str(note.get("text", "")), "us")
