"""One ticket's own page at its vendor, read when somebody asks for it."""

from __future__ import annotations

from providers.base import Operation
from providers.errors import NotFound
from providers.exchange import referring
from providers.model import Patch, Snapshot, Ticket, TicketKey
from tui.desk import records
from tui.desk.context import Context
from tui.desk.snapshots import Snapshots


async def refresh(context: Context, key: TicketKey) -> Ticket:
    """Read the page now. Raises the vendor's error; what was known stays."""
    known = records.ticket(context.store, key)
    internal_id = known.internal_id if known is not None else ""
    with referring(key.number):
        page = await context.providers[key.provider].detail(key.number, internal_id)
    return await _take_in(context, page, key.provider)


async def track(context: Context, provider: str, number: str, known: TicketKey | None) -> Ticket:
    """Follow a ticket from now on, `known` where it is already.

    Where the vendor has no page to read, an unknown ticket is there from now on, partial, and filled by what the
    queue tells of it.
    """
    if context.offers(provider, Operation.DETAIL):
        return await refresh(context, known or TicketKey(provider, number))
    ticket = None if known is None else records.ticket(context.store, known)
    if ticket is not None:
        return ticket
    return await _take_in(context, Snapshot(patch=Patch(number=number, partial=True), order=(0, 0)), provider)


async def _take_in(context: Context, page: Snapshot, provider: str) -> Ticket:
    snapshots = Snapshots(context, context.providers[provider])
    try:
        await snapshots.take([page], tell=not context.offers(provider, Operation.QUEUE), baseline=True)
    finally:
        snapshots.close()
    ticket = records.ticket(context.store, TicketKey(provider, page.patch.number))
    if ticket is None:
        raise NotFound(provider, f"{page.patch.number} is not known to the vendor")
    return ticket
