"""Writes that would say something a second time, or of the wrong ticket: refused where they are recorded. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from providers.errors import Rejected, WrongState
from providers.model import Ticket, TicketKey, Write
from tui.desk import index, records, replay
from tui.desk.ports import View

_ON_ITS_WAY: Final = frozenset({"queued", "sending", "unconfirmed"})


def refuse_foreign_number(view: View, write: Write) -> None:
    """Rejected where a link's number of ours belongs to another ticket of the vendor, or is about to."""
    own = write.client_number
    if not own:
        return
    step = "Use another number of ours, or look at that ticket and the outbox."
    for ticket in index.tickets(view).values():
        if ticket.provider == write.provider and ticket.client_number == own and ticket.number != write.number:
            words = f"our number {own} already belongs to {ticket.number}"
            raise Rejected(write.provider, words, field="client_number", next_step=step)
    for key, item in index.outbox(view).items():
        same = item.provider == write.provider and item.client_number == own and item.action == "link"
        if same and item.number != write.number and item.state in _ON_ITS_WAY:
            words = f"our number {own} is being linked to {item.number} (outbox entry {key})"
            raise Rejected(write.provider, words, field="client_number", next_step=step)


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
        if item.provider != write.provider or item.action != "acknowledge" or item.state not in (*_ON_ITS_WAY, "done"):
            continue
        entry = records.write(view, key)
        if entry is not None and entry.write.values.get("message_id") == message_id:
            words = f"an answer to the message {message_id} is already {item.state} (outbox entry {key})"
            raise WrongState(write.provider, words, next_step="A message takes one answer; see the outbox.")


def refuse_replaced_number(view: View, write: Write, ticket: Ticket | None, entries: Iterable[str]) -> None:
    """WrongState where a link would replace a number of ours that the vendor was told in an answer.

    Only for vendors that take it once, with the answers to their messages. `entries` are the keys of what came in
    for the ticket.
    """
    if ticket is None or not ticket.client_number or ticket.client_number == write.client_number:
        return
    if not _was_told(view, ticket, entries):
        return
    words = f"{ticket.number} is already linked as {ticket.client_number}, and the vendor has been told so"
    raise WrongState(write.provider, words, field="client_number", next_step="Ask the vendor to change it.")


def _was_told(view: View, ticket: Ticket, entries: Iterable[str]) -> bool:
    """Whether the vendor knows the ticket's number of ours, said it itself, or has it on its way."""
    for item in index.outbox(view).values():
        same = item.provider == ticket.provider and item.client_number == ticket.client_number
        if same and item.action in ("acknowledge", "create") and item.state in _ON_ITS_WAY:
            return True
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
