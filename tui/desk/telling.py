"""Messages derived from differences: kept in the inbox, and told unless they show a write of our own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from providers.base import Provider
from providers.model import Message
from tui.desk import audit, confirming, intake, records
from tui.desk.context import Context
from tui.desk.entries import InboxEntry
from tui.desk.ports import Transaction


def tell(
    transaction: Transaction, context: Context, provider: Provider, messages: Iterable[Message], shown: list[str]
) -> int:
    """Keep derived messages; what shows one of these writes of ours settles it and is no news. Returns the news."""
    now = context.now()
    count = 0
    for message in messages:
        entry = InboxEntry(
            provider=provider.name,
            id=message.id,
            number=message.number,
            source="derived",
            order=message.order,
            received_at=now,
            status="acknowledged",
            message=message,
            applied=True,
            released=True,
        )
        own = confirming.find_own(transaction, provider, shown, message, now)
        if own is not None:
            if own.state != "done":
                audit.note_outcome(transaction, context, own, "done", "seen at the vendor")
            confirming.confirm(transaction, provider, own, message, now)
            entry = replace(entry, own_write=own.id, handled=True)
        records.put_entry(transaction, entry)
        if intake.is_news(entry):
            intake.tell(transaction, entry)
            count += 1
    return count
