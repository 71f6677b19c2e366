"""Which of our writes a vendor's message shows to be done, so that it settles the write and is no news."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from providers.base import Operation, Provider
from providers.model import Message, Order, Patch, Receipt, TicketKey, Write
from tui.desk import confirmed, derive, intake, records
from tui.desk.catalogue import ECHO_WITHIN
from tui.desk.entries import OutboxEntry
from tui.desk.ports import Transaction, View

CLOCKS_DIFFER: Final = timedelta(minutes=5)
_LOOKED_FOR: Final = frozenset({"sending", "unconfirmed", "done"})


def find_own(
    view: View, provider: Provider, entry_ids: Iterable[str], message: Message, now: datetime
) -> OutboxEntry | None:
    """The write of ours that this message shows, the oldest one waiting for that first; None where it is news.

    `entry_ids` are the writes that come into question (Catalogue.may_be_shown).
    """
    done: OutboxEntry | None = None
    for entry_id in entry_ids:
        entry = records.write(view, entry_id)
        if entry is None or not _may_show(entry, message):
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


def confirm(transaction: Transaction, provider: Provider, entry: OutboxEntry, message: Message, now: datetime) -> None:
    """Record that the message shows this write to be done. Each write has one echo.

    A create fills its ticket with what was sent, as one that is answered does: what shows it may name no more than
    its number.
    """
    evidence = {**entry.evidence, "echo": message.id}
    if entry.state == "done":
        records.put_write(transaction, replace(entry, evidence=evidence))
        return
    write: Write = replace(entry.write, number=entry.write.number or _number(message))
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
    if write.action == Operation.CREATE and write.number:
        _fill(transaction, provider, write, message, now)
    intake.answer(transaction, write, write.number)


def _fill(transaction: Transaction, provider: Provider, write: Write, message: Message, now: datetime) -> None:
    """Take a create's fields into its ticket, as stated before the message that shows it.

    The message was made after the create, whatever the two clocks say: what the vendor says stands.
    """
    number = write.number
    known = records.ticket(transaction, TicketKey(write.provider, number))
    said = provider.accepted(write) or Patch(number=number)
    # A ticket that other messages have shown in part is known from here on, as one whose create was answered.
    whole = replace(said, number=number, complete=known is not None and known.partial)
    sent = confirmed.entry_of(write, Receipt(number=number, patch=whole), provider.declaration, known, now)
    before: Order = (max(message.order[0] - 1, 0), 0)
    intake.take_in(transaction, replace(sent, order=min(sent.order, before)))


def _number(message: Message) -> str:
    """The ticket a message is about, as its entry has it."""
    return (message.patch.number if message.patch is not None else "") or message.number


def _may_show(entry: OutboxEntry, message: Message) -> bool:
    """Whether a message comes into question at all.

    Of what waits to be sent again, or was refused then, an earlier try may have been done. What the vendor said
    before a write was written does not show it, however alike: a queue may hold what is days old.
    """
    earlier_try = entry.state in ("queued", "rejected") and entry.write.doubtful and not entry.dropped
    if not (entry.state in _LOOKED_FOR or earlier_try) or not _same_ticket(entry.write, message):
        return False
    if entry.state == "done" or message.sent_at is None:
        return True
    return message.sent_at >= entry.created_at - CLOCKS_DIFFER


def _same_ticket(write: Write, message: Message) -> bool:
    if write.number:
        return write.number == message.number
    return bool(write.client_number) and write.client_number == message.client_number
