"""Gaps: a read of a queue that may have taken messages for good, and how what they said is found again.

The bytes that came are kept; the list and each open ticket's page are read again and compared; then the gap closes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from providers.codec import format_time, parse_time
from tui.desk import audit, kept, records
from tui.desk.context import Context
from tui.desk.ports import Table, Transaction, View, key_of

HEAD: Final = 65_536
"""Characters kept of what came. A vendor that answers nonsense at each poll must not fill the disk."""
MOST_KEPT: Final = 100
"""Different answers kept of one provider; the oldest go. Error pages often name a time or a request of their own."""


def is_open(view: View, provider: str) -> bool:
    """Whether messages of this provider may have been lost and what they said is not yet read again."""
    return bool(records.document(view, Table.HEALTH, provider).get("gap"))


def pending(view: View, provider: str) -> list[str]:
    """Tickets whose page has still to be read before the gap can close."""
    return list(records.document(view, Table.HEALTH, provider).get("gap_pending", ()))


def open_gap(
    transaction: Transaction, context: Context, provider: str, *, words: str, raw: str, numbers: Sequence[str]
) -> None:
    """Record a gap, with the head of what came, its size in bytes and SHA-256, and the tickets to read again.

    What came is kept once, however often the same comes again; the audit lines say how often.
    """
    now = context.now()
    records.amend(
        transaction,
        Table.HEALTH,
        provider,
        gap=f"{words} ({format_time(now)})",
        gap_at=format_time(now),
        gap_pending=list(numbers),
        gap_listed=False,
    )
    _keep_what_came(transaction, provider, words, raw, now)
    audit.add(transaction, context, provider=provider, number="", action="queue", outcome="gap", words=words)


def _keep_what_came(transaction: Transaction, provider: str, words: str, raw: str, now: datetime) -> None:
    came = kept.keep(raw, HEAD)
    key = key_of("gap", provider, kept.keep(f"{came.sha256} {words}", HEAD).sha256)
    if transaction.get(Table.META, key) is not None:
        return
    prefix = key_of("gap", provider, "")
    known = [other for other in transaction.keys(Table.META) if other.startswith(prefix)]
    for oldest in known[: max(0, len(known) + 1 - MOST_KEPT)]:
        transaction.delete(Table.META, oldest)
    document = {"at": format_time(now), "provider": provider, "words": words}
    transaction.put(Table.META, key, {**document, "raw": came.text, "size": came.size, "sha256": came.sha256})


def read_again(
    transaction: Transaction, context: Context, provider: str, numbers: Sequence[str], *, listed: datetime | None
) -> bool:
    """Note which tickets, and whether the list, were read again. True where that closes the gap."""
    document = records.document(transaction, Table.HEALTH, provider)
    if not document.get("gap"):
        return False
    left = [number for number in document.get("gap_pending", ()) if number not in set(numbers)]
    opened = parse_time(document.get("gap_at"))
    fresh = listed is not None and opened is not None and listed > opened
    seen_list = bool(document.get("gap_listed")) or fresh
    if left or not seen_list:
        records.amend(transaction, Table.HEALTH, provider, gap_pending=left, gap_listed=seen_list)
        return False
    records.amend(transaction, Table.HEALTH, provider, gap="", gap_pending=[], gap_listed=False)
    audit.add(transaction, context, provider=provider, number="", action="queue", outcome="gap closed")
    return True
