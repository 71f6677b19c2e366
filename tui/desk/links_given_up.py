"""A link that is given up: what of it has not left stays here, and its number goes where nobody was told it.

Only of links whose number of ours travels with the answers to a ticket's messages.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from providers.clock import milliseconds
from providers.errors import WrongState
from providers.model import Patch, Ticket, TicketKey
from tui.desk import audit, index, intake, outbox_entries, records, refusals, waiting
from tui.desk.context import Context
from tui.desk.entries import InboxEntry, OutboxEntry
from tui.desk.outbox_entries import LINK_GIVEN_UP
from tui.desk.ports import Table, Transaction, View

_MAY_HAVE_LEFT: Final = frozenset({"sending", "unconfirmed", "done"})


def refuse_given_up(entry: OutboxEntry) -> None:
    """WrongState where this is a link that was given up: its messages are held again, and wait for another."""
    if entry.dropped and entry.answers:
        words = f"the link {entry.id} was given up, and its messages wait for another"
        raise WrongState(entry.write.provider, words, next_step="Link the ticket again.")


def give_up(transaction: Transaction, context: Context, link: OutboxEntry, came: Iterable[str]) -> str:
    """Take back what has not left of a link. `came` are the keys of its ticket's entries. Returns what to tell of it.

    The messages whose answers had not left are held again. Where nobody was told the number, the ticket no longer
    has it. Where the vendor may have been told, it stays, the messages are held until they are linked again, and an
    answer that may have left is put to the engineer. Nothing changes where another link says the same.
    """
    came, own = list(came), link.write.client_number
    other = _another(transaction, link)
    if other:
        return f"Another link to {own}, {other}, is on its way."
    ticket = records.ticket(transaction, TicketKey(link.write.provider, link.write.number))
    told = ticket is not None and refusals.was_told(transaction, ticket, came)
    answers = [item for item in _answers(transaction, link) if not told or item.id in link.answers]
    in_doubt = [item for item in answers if item.state in _MAY_HAVE_LEFT or item.write.doubtful]
    stays = told or bool(in_doubt) or ticket is None or _is_of_others(transaction, ticket, link, came)
    unsent = [item for item in answers if item not in in_doubt]
    held = [item for item in unsent if outbox_entries.is_automatic(item)]
    stays = stays or len(held) < len(unsent)
    for answer in held:
        _hold_again(transaction, context, answer, withheld=stays)
    for answer in in_doubt:
        _put_in_doubt(transaction, context, answer, link)
    if ticket is not None and not stays:
        _take_back(transaction, context, ticket, link, came)
    return _words(own, len(held), in_doubt, stays=stays)


def refuse_correction(entry: OutboxEntry) -> None:
    """WrongState where this is a link whose answers are on their way: they would go with what it said before."""
    if entry.answers:
        words = f"the link {entry.id} goes with answers to messages and cannot be changed"
        raise WrongState(entry.write.provider, words, next_step="Drop it in the outbox, then link the ticket anew.")


def let_go(transaction: Transaction, context: Context, answer: OutboxEntry, came: Iterable[str]) -> None:
    """An answer that was under way when its link was given up, and of which nothing was done: it is not sent again."""
    link = records.write(transaction, str(answer.evidence.get(LINK_GIVEN_UP, "")))
    if link is not None and answer.state in ("queued", "rejected"):
        give_up(transaction, context, link, came)


def _another(view: View, link: OutboxEntry) -> str:
    """The id of another link of the same ticket to the same number that is not over; empty where there is none."""
    said = (link.write.provider, link.write.number, link.write.client_number)
    for key, item in index.outbox(view).items():
        same = (item.provider, item.number, item.client_number) == said and item.action == "link"
        if same and key != link.id and item.state in waiting.ON_ITS_WAY:
            return key
    return ""


def _answers(view: View, link: OutboxEntry) -> list[OutboxEntry]:
    """Answers to the ticket's messages that give the vendor the link's number and are not over."""
    write, found = link.write, []
    for key, item in index.outbox(view).items():
        same = (item.provider, item.number, item.client_number) == (write.provider, write.number, write.client_number)
        entry = records.write(view, key) if same and item.action == "acknowledge" else None
        if entry is not None and not (entry.dropped and not entry.write.doubtful):
            found.append(entry)
    return found


def _is_of_others(view: View, ticket: Ticket, link: OutboxEntry, came: Iterable[str]) -> bool:
    """Whether the ticket has the number not from this link alone, or another write carries it to the vendor."""
    own = link.write.client_number
    if ticket.client_number != own or records.entry(view, ticket.provider, f"write:{link.id}") is None:
        return True
    for key, item in index.outbox(view).items():
        same = (item.provider, item.number, item.client_number) == (ticket.provider, ticket.number, own)
        if same and key != link.id and item.action != "acknowledge" and item.state != "rejected":
            return True
    for key in came:
        entry = records.entry_at(view, key)
        if entry is None or entry.patch is None or entry.own_write == link.id:
            continue
        if entry.patch.set.get("client_number") == own and not records.was_dropped(view, entry.own_write):
            return True
    return False


def _hold_again(transaction: Transaction, context: Context, answer: OutboxEntry, *, withheld: bool) -> None:
    transaction.delete(Table.OUTBOX, answer.id)
    audit.note_outcome(transaction, context, answer, "dropped", "The link it went with was given up.")
    message = records.entry(transaction, answer.write.provider, str(answer.write.values.get("message_id", "")))
    if message is None or message.answer != answer.id:
        return
    waits = withheld or (message.message is not None and message.message.awaits_number)
    records.put_entry(transaction, replace(message, status="held" if waits else "new", answer="", withheld=withheld))


def _put_in_doubt(transaction: Transaction, context: Context, answer: OutboxEntry, link: OutboxEntry) -> None:
    """One that is being sent learns of it when its answer comes, or does not."""
    if LINK_GIVEN_UP in answer.evidence or answer.state == "done" or answer.dropped:
        return
    after = replace(answer, evidence={**answer.evidence, LINK_GIVEN_UP: link.id})
    if answer.state != "sending":
        after = outbox_entries.link_given_up(
            replace(after, state="unconfirmed", error_type="Unconfirmed"), context.now()
        )
        audit.note_outcome(transaction, context, after, "asks", after.error)
    records.put_write(transaction, after)


def _take_back(
    transaction: Transaction, context: Context, ticket: Ticket, link: OutboxEntry, came: Iterable[str]
) -> None:
    """The ticket has the number it had before the link, if any; its held messages wait for one again."""
    now, before = context.now(), ticket.former_client_numbers[-1:]
    patch = Patch(
        number=ticket.number,
        set={"client_number": before[0]} if before else {},
        taken_back=link.write.client_number,
    )
    entry = InboxEntry(
        provider=ticket.provider,
        id=f"unlink:{link.id}",
        number=ticket.number,
        source="write",
        order=(milliseconds(now), 0),
        received_at=now,
        status="acknowledged",
        patch=patch,
        released=True,
        handled=True,
        own_write=link.id,
    )
    intake.take_in(transaction, entry)
    for key in came:
        message = records.entry_at(transaction, key)
        if message is not None and message.withheld:
            records.put_entry(transaction, replace(message, withheld=False))


def _words(own: str, held: int, in_doubt: list[OutboxEntry], *, stays: bool) -> str:
    parts = []
    if held:
        parts.append("1 message is held again." if held == 1 else f"{held} messages are held again.")
    if in_doubt:
        parts.append(f"The vendor may have been told {own}: see {', '.join(item.id for item in in_doubt)}.")
    parts.append(f"The ticket keeps {own}." if stays else f"{own} is taken back from the ticket.")
    return " ".join(parts)
