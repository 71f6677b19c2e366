"""What the store's index says is waiting: messages to apply, to release or to answer, writes that stand in the way.

Pure reading of summaries; no document is decoded here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tui.desk import index
from tui.desk.index import InboxSummary, OutboxSummary
from tui.desk.ports import View

UNFINISHED: Final = frozenset({"queued", "sending"})
UNSETTLED: Final = frozenset({"new", "held", "blocked"})


def to_apply(view: View, provider: str) -> list[str]:
    """Keys of messages that are stored and not yet in their tickets, by group and in their order within it."""
    waiting = [
        (item.group or item.number, item.order_time, item.order_sequence, place, key)
        for place, (key, item) in enumerate(index.inbox(view).items())
        if item.provider == provider and item.source == "message" and not item.applied and item.status != "parked"
    ]
    return [key for *_, key in sorted(waiting)]


def to_release(view: View, provider: str) -> dict[str, list[str]]:
    """Keys of messages whose queue has not been told, by group, in their order within it.

    Parked ones are among them: our copy is the safe one, and a message that stays would block its group.
    """
    groups: dict[str, list[tuple[int, int, int, str]]] = {}
    for place, (key, item) in enumerate(index.inbox(view).items()):
        if item.provider != provider or item.source != "message" or item.released:
            continue
        if item.applied or item.status == "parked":
            # Without a group nothing is ordered: such a message stands alone.
            group = item.group or item.number or key
            groups.setdefault(group, []).append((item.order_time, item.order_sequence, place, key))
    return {group: [key for *_, key in sorted(items)] for group, items in groups.items()}


def to_answer(view: View, provider: str) -> list[str]:
    """Keys of applied messages that wait for a business answer of ours, in their order."""
    waiting = [
        (item.order_time, item.order_sequence, place, key)
        for place, (key, item) in enumerate(index.inbox(view).items())
        if item.provider == provider and item.source == "message" and item.applied and item.status in UNSETTLED
    ]
    return [key for *_, key in sorted(waiting)]


def unsettled(view: View, provider: str) -> Iterator[InboxSummary]:
    """Messages of a provider that are not settled with it."""
    for item in index.inbox(view).values():
        if item.provider == provider and item.source == "message" and item.status in UNSETTLED:
            yield item


def same_ticket(item: OutboxSummary, other: OutboxSummary) -> bool:
    """Whether two writes concern one ticket: by its number, or for creates by our own number."""
    if item.provider != other.provider:
        return False
    if item.number or other.number:
        return item.number == other.number
    return bool(item.client_number) and item.client_number == other.client_number


def ahead_of(view: View, entry_id: str) -> str:
    """The id of an earlier write of the same ticket that is not finished; empty where the way is free.

    One that got no answer is in the way while it can settle itself, and no longer when it waits for the engineer.
    """
    writes = index.outbox(view)
    own = writes[entry_id]
    for key, item in writes.items():
        if key == entry_id:
            return ""
        in_the_way = item.state in UNFINISHED or (item.state == "unconfirmed" and not item.needs_engineer)
        if in_the_way and same_ticket(item, own):
            return key
    return ""


def writes_of(view: View, provider: str, number: str) -> list[str]:
    """Ids of all writes to one ticket, oldest first."""
    return [
        key
        for key, item in index.outbox(view).items()
        if item.provider == provider and number and item.number == number
    ]


def in_state(view: View, *states: str, provider: str = "") -> list[str]:
    """Ids of writes in these states, oldest first; of one provider where given."""
    return [
        key
        for key, item in index.outbox(view).items()
        if item.state in states and (not provider or item.provider == provider)
    ]
