"""What one entry does to a ticket: a pure function, and the only way a ticket changes.

Each field remembers when its statement was made (its stamp), so that an older statement never overwrites a newer
one, in whatever order they arrive. Comments, attachments and approvals are added by id, whatever their age.

A queue's stamps are its vendor's clock's, those of polled rows and of our own writes are ours. Ours may have been wrong
for a while: what it stamped with a time that had not come yet when something newer was received wins over nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from providers.clock import milliseconds
from providers.codec import to_document
from providers.model import CycleMark, Order, Patch, Ticket
from tui.desk import conversation, cycles
from tui.desk.entries import InboxEntry

FIELDS: Final = frozenset(
    {
        "client_number",
        "internal_id",
        "type",
        "state",
        "vendor_state",
        "priority",
        "summary",
        "description",
        "opened_at",
        "updated_at",
        "due_at",
        "awaiting_us",
    }
)
"""The fields of a ticket that a patch may set or fill."""
NEVER_EMPTIED: Final = frozenset({"client_number", "internal_id", "type", "state"})
"""Fields whose empty statement says "not known" and never takes away what is known."""
VENDOR: Final = "vendor"
CLIENT_NUMBER: Final = "client_number:"
COMPLETE: Final = "complete"
QUEUE: Final = "queue"
"""Stamp of the newest statement of the vendor's queue: no later stamp can be that queue's."""
CLOCK_TOLERANCE: Final = 5 * 60 * 1000
"""Milliseconds that a stamp of our own clock may lie ahead before it counts as a wrong clock's."""
_OURS: Final = frozenset({"snapshot", "derived"})
_EMPTY: Final = ("", None)


def apply(ticket: Ticket | None, entry: InboxEntry) -> Ticket:
    """The ticket after this entry. Applying the same entry again changes nothing.

    `revision` goes up by one where anything changed. The entry must have a patch (ValueError).
    """
    patch = entry.patch
    if patch is None:
        raise ValueError("an entry without a patch says nothing of a ticket")
    known = ticket or Ticket(provider=entry.provider, number=patch.number or entry.number)
    order, stamps = _order(entry), _stamps(known, entry)
    changes: dict[str, Any] = _fields(known, patch, order, stamps)
    _take_back(known, patch, changes, stamps)
    changes["vendor"] = _vendor(known.vendor, patch, order, stamps)
    changes["former_client_numbers"] = _former(known, patch, changes, order, stamps)
    shown = "" if entry.source == "write" else entry.own_write
    changes["comments"] = conversation.add_comments(known.comments, patch.comments, own_write=shown)
    changes["attachments"] = conversation.add_attachments(known.attachments, patch.attachments)
    changes.update(_approvals(known, patch, order, stamps))
    if patch.complete:
        stamps[COMPLETE] = max(order, stamps.get(COMPLETE, order))
    if COMPLETE in stamps:
        changes["partial"] = False
    elif ticket is None:
        changes["partial"] = patch.partial
    changes["stamps"] = dict(sorted(stamps.items()))
    after = replace(known, **changes)
    if ticket is not None and after == ticket:
        return ticket
    return replace(after, revision=known.revision + 1)


def _order(entry: InboxEntry) -> Order:
    """When an entry's statement was made. What our own clock stamped was made no later than it was received."""
    received = milliseconds(entry.received_at)
    if entry.source in _OURS and entry.order[0] > received + CLOCK_TOLERANCE:
        return received, 0
    return entry.order


def _stamps(known: Ticket, entry: InboxEntry) -> dict[str, Order]:
    """The ticket's stamps as this entry meets them, the newest of the queue among them.

    A field's stamp that lies ahead of when the entry was received is a wrong clock's, unless the queue had come as
    far. When its statement was made nobody knows: what was made since a little before the receipt counts as newer.
    """
    stamps = dict(known.stamps)
    if entry.source == "message":
        stamps[QUEUE] = max(entry.order, stamps.get(QUEUE, entry.order))
    received = milliseconds(entry.received_at)
    latest = max((received + CLOCK_TOLERANCE, 0), stamps.get(QUEUE, (0, 0)))
    for name, at in stamps.items():
        if at > latest and (name in FIELDS or name == VENDOR or name.startswith(f"{VENDOR}:")):
            stamps[name] = (received - CLOCK_TOLERANCE, 0)
    return stamps


def _fields(known: Ticket, patch: Patch, order: Order, stamps: dict[str, Order]) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for name, value in patch.set.items():
        if name not in FIELDS or (name in NEVER_EMPTIED and value in _EMPTY):
            continue
        if name not in stamps or order >= stamps[name]:
            changes[name] = value
            stamps[name] = order
    for name, value in patch.fill.items():
        if name not in FIELDS or value in _EMPTY:
            continue
        nothing_yet = name not in stamps or changes.get(name, getattr(known, name)) in _EMPTY
        if nothing_yet and order >= stamps.get(name, order):
            changes[name] = value
            stamps[name] = order
    return changes


def _take_back(known: Ticket, patch: Patch, changes: dict[str, Any], stamps: dict[str, Order]) -> None:
    """A number of ours that is taken back leaves no trace: whatever is said of it from now on counts."""
    if not patch.taken_back:
        return
    stamps.pop(f"{CLIENT_NUMBER}{patch.taken_back}", None)
    if changes.get("client_number", known.client_number) == patch.taken_back:
        changes["client_number"] = ""
        stamps.pop("client_number", None)


def _vendor(known: Mapping[str, object], patch: Patch, order: Order, stamps: dict[str, Order]) -> Mapping[str, object]:
    """The vendor's own fields. Their stamps are kept as one for all, and one more for each that is newer."""
    if not patch.vendor and not patch.vendor_fill:
        return known
    base = stamps.get(VENDOR, order)
    made = {name: stamps.get(f"{VENDOR}:{name}", base) for name in known}
    values = dict(known)
    said = to_document(patch)
    for name, value in said["vendor"].items():
        if name not in made or order >= made[name]:
            values[name], made[name] = value, order
    for name, value in said["vendor_fill"].items():
        if value in _EMPTY:
            continue
        if (name not in made or values[name] in _EMPTY) and order >= made.get(name, order):
            values[name], made[name] = value, order
    for name in [stamp for stamp in stamps if stamp.startswith(f"{VENDOR}:")]:
        del stamps[name]
    if made:
        stamps[VENDOR] = min(made.values())
        stamps.update({f"{VENDOR}:{name}": at for name, at in made.items() if at > stamps[VENDOR]})
    return dict(sorted(values.items()))


def _former(
    known: Ticket, patch: Patch, changes: Mapping[str, Any], order: Order, stamps: dict[str, Order]
) -> tuple[str, ...]:
    """Own numbers this ticket had before its present one, oldest first: the history of the link."""
    said = patch.set.get("client_number") or patch.fill.get("client_number")
    if said:
        name = f"{CLIENT_NUMBER}{said}"
        stamps[name] = min(order, stamps.get(name, order))
    now = changes.get("client_number", known.client_number)
    seen = [(at, name.removeprefix(CLIENT_NUMBER)) for name, at in stamps.items() if name.startswith(CLIENT_NUMBER)]
    return tuple(number for _, number in sorted(seen) if number != now)


def _approvals(known: Ticket, patch: Patch, order: Order, stamps: dict[str, Order]) -> dict[str, Any]:
    if not patch.approvals and patch.cycle is None:
        return {}
    approvals = {item.id: item for item in known.approvals}
    marks = set(known.cycle_marks)
    for item in patch.approvals:
        stamp = cycles.STAMP + item.id
        approvals.setdefault(item.id, item)
        if item.state == "requested":
            stamps[stamp] = max(order, stamps.get(stamp, order))
        else:
            # An approval that comes answered is an answer to its cycle.
            stamps.setdefault(stamp, order)
            marks.add(CycleMark(step=item.state, order=order))
    # A request carries its change's state; that is no second assessment, since a request opens what is not open.
    if patch.cycle is not None and not (patch.cycle == "opened" and patch.approvals):
        marks.add(CycleMark(step=patch.cycle, order=order))
    ordered = tuple(sorted(marks, key=lambda mark: (mark.order, mark.step)))
    listed = sorted(approvals.values(), key=lambda item: (stamps[cycles.STAMP + item.id], item.id))
    counted, number = cycles.count(listed, ordered, stamps)
    return {"approvals": counted, "cycle": number, "cycle_marks": ordered}
