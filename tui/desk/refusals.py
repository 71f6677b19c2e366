"""Writes that would say something a second time, or of the wrong ticket: refused where they are recorded. Pure.

A write that is in the outbox already, and is to be sent again, is never in its own way.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from providers.errors import Rejected, Unconfirmed, WrongState
from providers.model import Ticket, TicketKey, Write
from tui.desk import confirmed, cycles, index, records, replay
from tui.desk.ports import View
from tui.desk.waiting import ON_ITS_WAY

_ANOTHER: Final = "Use another number of ours, or look at that ticket and the outbox."


def refuse_duplicate(view: View, write: Write) -> None:
    """Rejected or WrongState where another write says the same already, or its number of ours is another ticket's.

    One create for each own number, one answer to each message and to each approval cycle.
    """
    if write.action == "create" and write.client_number:
        _refuse_second_create(view, write)
    if write.action == "link":
        refuse_foreign_number(view, write)
    if write.action == "acknowledge":
        refuse_second_response(view, write)
    if write.action in confirmed.DECISIONS:
        _refuse_second_decision(view, write)


def _refuse_second_create(view: View, write: Write) -> None:
    own = write.client_number
    for key, item in index.outbox(view).items():
        same = item.provider == write.provider and item.client_number == own and key != write.id
        if same and item.action == "create" and item.state in ON_ITS_WAY:
            words = f"a create with our number {own} is already {item.state} (outbox entry {key})"
            raise Rejected(write.provider, words, field="client_number", next_step=_ANOTHER)
    for ticket in index.tickets(view).values():
        if ticket.provider == write.provider and ticket.client_number == own:
            words = f"our number {own} already belongs to {ticket.number}"
            raise Rejected(write.provider, words, field="client_number", next_step=_ANOTHER)


def _refuse_second_decision(view: View, write: Write) -> None:
    ticket = records.ticket(view, TicketKey(write.provider, write.number))
    if ticket is None:
        return
    refuse_closed_cycle(write, ticket)
    answered = [item.cycle for item in ticket.approvals if item.id == write.values.get("approval_id")]
    if answered and ticket.cycle not in answered:
        words = f"{write.number} has been asked for anew since; this answers a request that is over"
        raise WrongState(write.provider, words, next_step="Look at the change as it is now, then answer anew.")
    for key, item in index.outbox(view).items():
        same = item.provider == write.provider and item.number == write.number and key != write.id
        if same and item.action in confirmed.DECISIONS and item.state in ON_ITS_WAY:
            words = f"an answer to the approval of {write.number} is already {item.state} (outbox entry {key})"
            raise WrongState(write.provider, words, next_step="See the outbox.")


def refuse_closed_cycle(write: Write, ticket: Ticket) -> None:
    """WrongState where no approval of the ticket's present cycle waits for an answer."""
    if cycles.is_open(ticket.approvals, ticket.cycle):
        return
    how = cycles.answered(ticket.approvals, ticket.cycle)
    words = f"the approval of {ticket.number} is already answered: {how}" if how else "no approval has been asked for"
    raise WrongState(write.provider, words, next_step="Only the first answer of a cycle counts; wait for the next.")


def refuse_foreign_number(view: View, write: Write) -> None:
    """Rejected where a link's number of ours belongs to another ticket of the vendor, or is about to."""
    own = write.client_number
    if not own:
        return
    for ticket in index.tickets(view).values():
        if ticket.provider == write.provider and ticket.client_number == own and ticket.number != write.number:
            words = f"our number {own} already belongs to {ticket.number}"
            raise Rejected(write.provider, words, field="client_number", next_step=_ANOTHER)
    for key, item in index.outbox(view).items():
        same = item.provider == write.provider and item.client_number == own and item.action == "link"
        if same and item.number != write.number and item.state in ON_ITS_WAY:
            words = f"our number {own} is being linked to {item.number} (outbox entry {key})"
            raise Rejected(write.provider, words, field="client_number", next_step=_ANOTHER)


def refuse_second_response(view: View, write: Write) -> None:
    """WrongState where a message of the vendor has its answer already, or one is on its way."""
    message_id = str(write.values.get("message_id", ""))
    if not message_id:
        return
    message = records.entry(view, write.provider, message_id)
    if message is not None and message.status in ("acknowledged", "failed"):
        said = "Failure" if message.status == "failed" else "Success"
        words = f"the message {message_id} is already answered: {said}"
        raise WrongState(write.provider, words, next_step="A message takes one answer; nothing was sent.")
    for key, item in index.outbox(view).items():
        if item.provider != write.provider or item.action != "acknowledge" or key == write.id:
            continue
        if item.state not in (*ON_ITS_WAY, "done"):
            continue
        entry = records.write(view, key)
        if entry is not None and entry.write.values.get("message_id") == message_id:
            words = f"an answer to the message {message_id} is already {item.state} (outbox entry {key})"
            raise WrongState(write.provider, words, next_step="A message takes one answer; see the outbox.")


def refuse_replaced_number(view: View, write: Write, ticket: Ticket | None, entries: Iterable[str]) -> None:
    """WrongState where a link would replace a number of ours that the vendor was told in an answer, Unconfirmed where
    it is not known yet whether it was.

    Only for vendors that take it once, with the answers to their messages. `entries` are the keys of what came in
    for the ticket.
    """
    if ticket is None or not ticket.client_number or ticket.client_number == write.client_number:
        return
    if not was_told(view, ticket, entries):
        _refuse_while_told(view, ticket)
        return
    words = f"{ticket.number} is already linked as {ticket.client_number}, and the vendor has been told so"
    raise WrongState(write.provider, words, field="client_number", next_step="Ask the vendor to change it.")


def _refuse_while_told(view: View, ticket: Ticket) -> None:
    for key, item in index.outbox(view).items():
        same = item.provider == ticket.provider and item.client_number == ticket.client_number
        if same and item.action in ("acknowledge", "create") and item.state in ON_ITS_WAY:
            words = (
                f"{ticket.number} is linked as {ticket.client_number} here, and it is not known yet whether the vendor "
                f"has been told so: its {item.action}, {key}, is {item.state}; nothing was sent"
            )
            how = "retry or drop it in the outbox" if item.needs_engineer else "`vendorq sync --once`"
            raise Unconfirmed(ticket.provider, words, next_step=f"Settle that first: {how}.")


def was_told(view: View, ticket: Ticket, entries: Iterable[str]) -> bool:
    """Whether the vendor knows the ticket's number of ours, or said it itself."""
    folded = replay.checkpoint(view, TicketKey(ticket.provider, ticket.number))
    if folded is not None and folded.client_number == ticket.client_number:
        return True
    for key in entries:
        entry = records.entry_at(view, key)
        if entry is None or entry.source == "write":
            continue
        if entry.patch is not None and entry.patch.set.get("client_number") == ticket.client_number:
            return True
        answered = entry.message is not None and not entry.message.ignored
        if answered and entry.status == "acknowledged" and entry.source == "message":
            return True
    return False
