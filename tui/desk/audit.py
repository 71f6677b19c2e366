"""The audit line of each write: who, from where, what, when, with what outcome. Kept in the store, never changed."""

from __future__ import annotations

from typing import Any

from providers.clock import milliseconds
from providers.codec import format_time
from tui.desk.context import Context
from tui.desk.entries import OutboxEntry
from tui.desk.ports import Table, Transaction


def note_outcome(transaction: Transaction, context: Context, entry: OutboxEntry, outcome: str, words: str = "") -> None:
    """Add a line on a write."""
    write = entry.write
    add(
        transaction,
        context,
        provider=write.provider,
        number=write.number,
        action=write.action,
        outcome=outcome,
        client_number=write.client_number,
        entry=entry.id,
        attempts=entry.attempts,
        engineer=write.engineer.name,
        email=write.engineer.email,
        words=words,
    )


def add(
    transaction: Transaction, context: Context, *, provider: str, number: str, action: str, outcome: str, **more: Any
) -> None:
    """Add a line under a key that sorts by time."""
    now, seat = context.now(), context.seat
    line: dict[str, Any] = {
        "at": format_time(now),
        "provider": provider,
        "number": number,
        "action": action,
        "outcome": outcome,
        "user": seat.user,
        "tty": seat.tty,
        "ssh": seat.ssh,
        **more,
    }
    line.setdefault("engineer", context.engineer.name)
    stamp = f"{milliseconds(now):015d}"
    count = 0
    while transaction.get(Table.AUDIT, f"{stamp}-{count:04d}") is not None:
        count += 1
    transaction.put(Table.AUDIT, f"{stamp}-{count:04d}", line)
