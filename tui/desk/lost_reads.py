"""Our own reads of a queue that ended without an answer: what they were handed counts as delivered, to us.

A process that dies while it reads can note nothing. So reading leaves a mark, which goes once every read of it is
accounted for; a mark that is found is that of reads nobody knows the answer of.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from providers.codec import format_time, parse_time
from tui.desk import records
from tui.desk.ports import Table, Transaction, View

MOST: Final = 40
"""Times kept: past some twenty deliveries a message leaves the queue anyway."""
CLOCKS_DIFFER: Final = timedelta(minutes=5)
_FIELD: Final = "lost_reads"
_MARK: Final = "reading_queue"


def note(transaction: Transaction, provider: str, now: datetime, count: int = 1) -> None:
    """So many reads have just ended without an answer of theirs."""
    known = list(records.document(transaction, Table.HEALTH, provider).get(_FIELD, ()))
    stamp = format_time(now)
    records.amend(transaction, Table.HEALTH, provider, **{_FIELD: [*known, *([stamp] * count)][-MOST:]})


def times(view: View, provider: str) -> list[datetime]:
    """When those reads ended that are still remembered."""
    known = records.document(view, Table.HEALTH, provider).get(_FIELD, ())
    return [at for stamp in known if (at := parse_time(stamp)) is not None]


def count(ended: Iterable[datetime], sent_at: datetime | None) -> int:
    """How many such reads may have been handed a message that was sent then; all where it says not."""
    return sum(sent_at is None or at >= sent_at - CLOCKS_DIFFER for at in ended)


def is_marked(view: View, provider: str) -> bool:
    """Whether a queue was being read and that never came to its end."""
    return bool(records.document(view, Table.HEALTH, provider).get(_MARK))


def begin(transaction: Transaction, provider: str, now: datetime, *, at_once: int, longest: timedelta) -> None:
    """Leave a mark: from now on, for as long as `longest`, so many reads `at_once` may be under way.

    So many may have been when an earlier mark was left, and they are noted, as late as they can have been answered.
    """
    earlier = records.document(transaction, Table.HEALTH, provider).get(_MARK)
    if earlier:
        began = parse_time(earlier) or now
        note(transaction, provider, min(now, began + longest), at_once)
    records.amend(transaction, Table.HEALTH, provider, **{_MARK: format_time(now)})


def end(transaction: Transaction, provider: str) -> None:
    """Every read is accounted for."""
    records.amend(transaction, Table.HEALTH, provider, **{_MARK: ""})
