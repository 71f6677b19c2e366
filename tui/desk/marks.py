"""What the engineer puts on tickets and messages: handled, unread, snoozed, notes; and drafts of forms. Ours alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from providers.codec import format_time
from providers.model import TicketKey
from tui.desk import audit, intake, records
from tui.desk.context import Context
from tui.desk.entries import InboxEntry
from tui.desk.ports import Table, Transaction, key_of

MARKS: Final = ("handled", "unread", "snooze")


def mark(
    transaction: Transaction,
    context: Context,
    entries: Mapping[TicketKey, Iterable[str]],
    what: str,
    until: datetime | None,
) -> None:
    """Mark tickets, given with the keys of their inbox entries.

    `handled` also sees to their messages; `snooze` without a time wakes them. ValueError for any other mark.
    """
    if what not in MARKS:
        raise ValueError(f"a ticket is marked {', '.join(MARKS)}, not {what!r}")
    for key, keys in entries.items():
        place = key_of(key.provider, key.number)
        if what == "handled":
            records.amend(transaction, Table.MARKS, place, handled=True, unread=False, reopened=False)
            for entry in _unhandled(transaction, keys):
                records.put_entry(transaction, replace(entry, handled=True))
        elif what == "unread":
            records.amend(transaction, Table.MARKS, place, handled=False, unread=True)
        else:
            records.amend(transaction, Table.MARKS, place, snoozed_until=format_time(until))
        more: dict[str, Any] = {"until": format_time(until)} if until is not None else {}
        audit.add(transaction, context, provider=key.provider, number=key.number, action="mark", outcome=what, **more)


def handle(transaction: Transaction, entry: InboxEntry, keys: Iterable[str]) -> InboxEntry:
    """The engineer has seen to one message, given with the keys of its ticket's entries. With the last, it is read."""
    handled = replace(records.entry(transaction, entry.provider, entry.id) or entry, handled=True)
    records.put_entry(transaction, handled)
    if entry.number and not _unhandled(transaction, keys):
        records.amend(transaction, Table.MARKS, key_of(entry.provider, entry.number), unread=False)
    return handled


def _unhandled(transaction: Transaction, keys: Iterable[str]) -> list[InboxEntry]:
    entries = (records.entry_at(transaction, key) for key in keys)
    return [entry for entry in entries if entry is not None and not entry.handled and entry.source in intake.NEWS]


def add_note(transaction: Transaction, context: Context, key: TicketKey, text: str) -> None:
    """Add a note of our own, with who and when."""
    place = key_of(key.provider, key.number)
    notes = list(records.document(transaction, Table.MARKS, place).get("notes", ()))
    author = context.engineer.name or context.seat.user
    notes.append({"at": format_time(context.now()), "author": author, "text": text})
    records.amend(transaction, Table.MARKS, place, notes=notes)


def save_draft(transaction: Transaction, form: str, values: Mapping[str, object] | None, at: datetime) -> None:
    """Keep what was typed into a form; None forgets it."""
    if values is None:
        transaction.delete(Table.DRAFTS, form)
    else:
        transaction.put(Table.DRAFTS, form, {"values": dict(values), "at": format_time(at)})
