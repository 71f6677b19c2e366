"""What is waiting: messages to apply, to release or to answer; writes to send, and those in their way."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import takewhile
from typing import Final

from tui.desk import records
from tui.desk.catalogue import UNSETTLED, Catalogue
from tui.desk.entries import OutboxEntry
from tui.desk.index import InboxSummary, OutboxSummary
from tui.desk.ports import View

UNFINISHED: Final = frozenset({"queued", "sending"})
ON_ITS_WAY: Final = UNFINISHED | {"unconfirmed"}
_NEVER: Final = datetime.min.replace(tzinfo=UTC)


def to_apply(catalogue: Catalogue, provider: str) -> list[str]:
    """Keys of messages that are stored and not yet in their tickets, in their order."""
    items = catalogue.open_messages(provider)
    return _in_order((key, item) for key, item in items if not item.applied and item.status != "parked")


def to_release(catalogue: Catalogue, provider: str, only: Collection[str] | None = None) -> dict[str, list[str]]:
    """Keys of messages whose queue has not been told, by group, in their order within it; `only` these ids.

    Parked ones are among them: our copy is the safe one, and a message that stays would block its group.
    """
    groups: dict[str, list[tuple[str, InboxSummary]]] = {}
    for key, item in catalogue.open_messages(provider) if only is None else catalogue.open_among(provider, only):
        if not item.released and (item.applied or item.status == "parked"):
            # Without a group nothing is ordered: such a message stands alone.
            groups.setdefault(item.group or item.number or key, []).append((key, item))
    return {group: _in_order(items) for group, items in groups.items()}


def to_answer(catalogue: Catalogue, provider: str) -> list[str]:
    """Keys of applied messages that are not settled with their vendor, in their order."""
    items = catalogue.open_messages(provider)
    return _in_order((key, item) for key, item in items if item.applied and item.status in UNSETTLED)


def unsettled(catalogue: Catalogue, provider: str) -> list[InboxSummary]:
    """Messages of a provider that are not settled with it."""
    return [item for _, item in catalogue.open_messages(provider) if item.status in UNSETTLED]


def in_state(catalogue: Catalogue, state: str, provider: str = "") -> list[str]:
    """Ids of open writes in a state, oldest first; of one provider where given."""
    return [key for key, item in _by_age(catalogue, provider) if item.state == state]


def queued_by_ticket(catalogue: Catalogue, provider: str) -> list[list[str]]:
    """Ids of writes that wait to be sent, by ticket, oldest first."""
    tickets: dict[str, list[str]] = {}
    for key, item in _by_age(catalogue, provider):
        if item.state == "queued":
            tickets.setdefault(item.number or item.client_number or key, []).append(key)
    return list(tickets.values())


def before(catalogue: Catalogue, entry_id: str) -> list[str]:
    """Ids of open writes of the same ticket that are older than this one, oldest first."""
    items = _by_age(catalogue)
    own = dict(items).get(entry_id)
    if own is None:
        return []
    older = takewhile(lambda pair: pair[0] != entry_id, items)
    return [key for key, item in older if same_ticket(item, own)]


def behind_which(catalogue: Catalogue) -> dict[str, str]:
    """Of all open writes those that wait behind another to their ticket, each with its id. One look at all."""
    first: dict[tuple[str, str, str], str] = {}
    found: dict[str, str] = {}
    for key, item in _by_age(catalogue):
        if not (item.number or item.client_number):
            continue
        ticket = item.provider, item.number, "" if item.number else item.client_number
        if ticket in first:
            found[key] = first[ticket]
        elif _in_the_way(item.state, item.needs_engineer):
            first[ticket] = key
    return found


def obstacle(view: View, entry_ids: Iterable[str]) -> OutboxEntry | None:
    """The first of these writes that must be finished before another is sent; None where nothing is in the way."""
    entries = (records.write(view, entry_id) for entry_id in entry_ids)
    return next((entry for entry in entries if entry is not None and is_in_the_way(entry)), None)


def is_in_the_way(entry: OutboxEntry) -> bool:
    """Whether a write must be finished before another one to its ticket is sent.

    One that got no answer is in the way while it can settle itself, and no longer when it waits for the engineer.
    """
    return _in_the_way(entry.state, entry.needs_engineer)


def _in_the_way(state: str, needs_engineer: bool) -> bool:
    return state in UNFINISHED or (state == "unconfirmed" and not needs_engineer)


def behind(entry: OutboxEntry, obstacle: OutboxEntry) -> OutboxEntry:
    """A queued write that says which other one it waits behind, and why that is not done."""
    why = f": {obstacle.error}" if obstacle.error else ""
    words = f"it waits behind an earlier {obstacle.write.action}, {obstacle.id}, which is {obstacle.state}{why}"
    return replace(entry, error=words, error_type="", next_step="`vendorq sync --once` settles and sends what waits.")


def for_turn(entry: OutboxEntry) -> OutboxEntry:
    """A write whose turn did not come in time says so; another process may have sent it."""
    if entry.state != "queued":
        return entry
    words = "another process was sending to the same ticket all the while"
    return replace(entry, error=words, error_type="", next_step="`vendorq sync --once` sends it.")


def same_ticket(item: OutboxSummary, other: OutboxSummary) -> bool:
    """Whether two writes concern one ticket: by its number, or for creates by our own number."""
    if item.provider != other.provider:
        return False
    if item.number or other.number:
        return item.number == other.number
    return bool(item.client_number) and item.client_number == other.client_number


def _in_order(items: Iterable[tuple[str, InboxSummary]]) -> list[str]:
    """By their order, then as they were received."""
    chosen = [(item.order_time, item.order_sequence, _parsed(item.received_at), key) for key, item in items]
    return [key for *_, key in sorted(chosen)]


def _by_age(catalogue: Catalogue, provider: str = "") -> list[tuple[str, OutboxSummary]]:
    """Open writes, oldest first; of equal stamps in the order they were kept."""
    return sorted(catalogue.open_writes(provider), key=lambda pair: _parsed(pair[1].created_at))


def _parsed(text: str | None) -> datetime:
    return _NEVER if text is None else datetime.fromisoformat(text)
