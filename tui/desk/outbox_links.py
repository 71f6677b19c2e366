"""Links whose number of ours travels with the answers to a ticket's messages: which answers one stands for. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from providers.model import Write
from tui.desk import index, outbox_entries, records, waiting
from tui.desk.context import Context
from tui.desk.entries import OutboxEntry
from tui.desk.ports import Transaction, View


def under_way(view: View, write: Write) -> OutboxEntry | None:
    """The link of the same ticket to the same number of ours that is not finished yet."""
    for key, item in index.outbox(view).items():
        same = (item.provider, item.number, item.client_number) == (write.provider, write.number, write.client_number)
        if same and item.action == "link" and item.state in waiting.ON_ITS_WAY:
            return records.write(view, key)
    return None


def answers(transaction: Transaction, context: Context, write: Write, keys: Sequence[str], now: datetime) -> list[str]:
    """Answer Success to the held messages of a link's ticket, with its number, in their order.

    `keys` are of messages that are not settled; one whose answer the engineer gave up is answered anew. Returns the
    ids of these answers, and of those with the same number that are on their way already.
    """
    found: list[str] = []
    for place, key in enumerate(keys):
        message = records.entry_at(transaction, key)
        if message is None or message.number != write.number:
            continue
        if _says_number(transaction, message.answer, write.client_number):
            found.append(message.answer)
        given_up = records.was_dropped(transaction, message.answer)
        if not given_up and (message.answer or message.status != "held"):
            continue
        answer = outbox_entries.acknowledgement(context, message, write.client_number, now, place)
        records.put_write(transaction, answer)
        records.put_entry(transaction, replace(message, status="new", answer=answer.id, withheld=False))
        found.append(answer.id)
    return found


def answered(count: int) -> str:
    """What a link's note says of the messages that were answered with its number."""
    return "1 message answered." if count == 1 else f"{count} messages answered."


def settle_message(transaction: Transaction, entry: OutboxEntry) -> None:
    """A message whose answer the vendor has is acknowledged, or failed where we answered so."""
    write = entry.write
    message = records.entry(transaction, write.provider, str(write.values.get("message_id", "")))
    if write.action != "acknowledge" or message is None:
        return
    failed = write.values.get("status") == "Failure"
    settled = replace(message, status="failed" if failed else "acknowledged", answer=entry.id)
    records.put_entry(transaction, replace(settled, handled=settled.handled or failed))


def _says_number(view: View, answer_id: str, client_number: str) -> bool:
    """Whether an answer to a message, that is on its way, gives the vendor this number of ours."""
    answer = records.write(view, answer_id) if answer_id else None
    if answer is None or answer.state not in waiting.ON_ITS_WAY:
        return False
    return answer.write.client_number == client_number and answer.write.values.get("status") == "Success"
