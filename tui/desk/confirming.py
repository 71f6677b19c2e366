"""Which of our writes a vendor's message shows to be done, so that it settles the write and is no news."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from providers.base import Provider
from providers.model import Message, Write
from tui.desk import derive, index, records
from tui.desk.entries import OutboxEntry
from tui.desk.index import OutboxSummary
from tui.desk.ports import Transaction, View

ECHO_WITHIN: Final = timedelta(minutes=15)
"""How long after a confirmed write a message may still be its echo. Later the same words are news."""
_LOOKED_FOR: Final = frozenset({"sending", "unconfirmed", "done"})


def find_own(view: View, provider: Provider, message: Message, now: datetime) -> OutboxEntry | None:
    """The write of ours that this message shows, the oldest one waiting for that first; None where it is news."""
    done: OutboxEntry | None = None
    for key, item in index.outbox(view).items():
        if item.state not in _LOOKED_FOR or item.provider != provider.name or not _same_ticket(item, message):
            continue
        entry = records.write(view, key)
        if entry is None:
            continue
        told = provider.confirms(entry.write, message)
        if entry.state != "done":
            if told or derive.shows(entry.write, message):
                return entry
            continue
        fresh = entry.sent_at is not None and now - entry.sent_at <= ECHO_WITHIN
        if done is None and told and fresh and "echo" not in entry.evidence:
            done = entry
    return done


def confirm(transaction: Transaction, entry: OutboxEntry, message: Message, now: datetime) -> None:
    """Record that the message shows this write to be done. Each write has one echo."""
    evidence = {**entry.evidence, "echo": message.id}
    if entry.state == "done":
        records.put_write(transaction, replace(entry, evidence=evidence))
        return
    write: Write = replace(entry.write, number=entry.write.number or message.number)
    note = "Found in a message of the vendor."
    settled = replace(
        entry,
        write=write,
        state="done",
        evidence=evidence,
        note=note,
        error="",
        error_type="",
        next_step="",
        field="",
        needs_engineer=False,
        retry_at=None,
        updated_at=now,
    )
    records.put_write(transaction, settled)


def _same_ticket(item: OutboxSummary, message: Message) -> bool:
    if item.number:
        return item.number == message.number
    return bool(item.client_number) and item.client_number == message.client_number
