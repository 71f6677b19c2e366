"""A write before it is in the outbox: put together from what is known, and checked against what is declared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from providers.base import Operation
from providers.errors import NotFound, NotOffered, Rejected
from providers.model import Preview, Ticket, TicketKey, Write
from tui.desk import confirmed, outgoing, records, refusals, waiting
from tui.desk.context import Context, new_id


def compose(
    context: Context,
    action: str,
    ticket: Ticket | None,
    *,
    provider: str,
    number: str,
    client_number: str,
    ticket_type: str,
    values: Mapping[str, object],
    files: Sequence[Path],
) -> Write:
    """An intent with the ticket's own number and type filled in, and what has a plain default."""
    if provider not in context.providers:
        raise NotFound(provider, f"no provider is called {provider!r}")
    said = dict(values)
    limits = context.providers[provider].declaration.attachments
    known = ticket.client_number if ticket is not None else ""
    stated = _own_number(context, provider, said)
    # A link may give a ticket another number than it has; every other write goes by the one it has.
    own = client_number or ((stated or known) if action == Operation.LINK else (known or stated))
    if action in confirmed.DECISIONS and ticket is not None and not said.get("approval_id"):
        asked = _newest_request(ticket)
        if asked:
            said["approval_id"] = asked
    if action == Operation.ACKNOWLEDGE:
        said.setdefault("status", "Failure" if said.get("reason") else "Success")
    return Write(
        id=new_id(),
        action=action,
        provider=provider,
        number=ticket.number if ticket is not None else number,
        client_number=own,
        ticket_type=ticket_type or (ticket.type if ticket is not None else ""),
        values=said,
        files=tuple(outgoing.describe(provider, path, limits) for path in files),
        engineer=context.engineer,
        created_at=context.now(),
    )


def corrected(
    context: Context, write: Write, values: Mapping[str, object], files: Sequence[Path] | None = None
) -> Write:
    """A write with other values, and other files where `files` says which, in the name of who corrects it.

    What the vendor has confirmed of it is not sent again, unless it says something else now.
    """
    refuse_unnamed(context, write.provider)
    limits = context.providers[write.provider].declaration.attachments
    sent = write.files
    if files is not None:
        sent = tuple(outgoing.describe(write.provider, path, limits) for path in files)
    others = {item.part for item in sent if item not in write.files}
    said = {**write.values, **values}
    others |= {name for name, value in said.items() if value != write.values.get(name)}
    done = tuple(part for part in write.done if part not in others)
    return replace(write, values=said, files=sent, done=done, engineer=context.engineer, sent_at=None)


def _own_number(context: Context, provider: str, values: Mapping[str, object]) -> str:
    """Our own number as a create's or a link's fields state it, under the document's name or ours."""
    forms = context.providers[provider].declaration.forms
    names = [item.name for form in forms.values() for item in form if item.common == "client_number"]
    for name in (*names, "client_number"):
        if values.get(name):
            return str(values[name])
    return ""


def _newest_request(ticket: Ticket) -> str:
    """The newest open request of the latest cycle; empty where none is open."""
    open_ = [item for item in ticket.approvals if item.state == "requested" and item.cycle == ticket.cycle]
    return open_[-1].id if open_ else ""


def check(context: Context, write: Write, ticket: Ticket | None) -> Preview:
    """Exactly what would be sent. NotOffered, Rejected, WrongState or TooLarge where it must not be."""
    refuse_read_only(context, write.provider)
    provider = context.providers[write.provider]
    operation = _operation(write)
    refusal = provider.declaration.unoffered(operation, ticket)
    if refusal:
        raise NotOffered(write.provider, refusal)
    if write.action in confirmed.DECISIONS and ticket is not None:
        refusals.refuse_closed_cycle(write, ticket)
    if operation is Operation.LINK:
        refusals.refuse_foreign_number(context.store, write)
    if operation is Operation.ACKNOWLEDGE:
        refusals.refuse_second_response(context.store, write)
    if answers_link(context, write):
        return _preview_of_link(context, write, ticket)
    return provider.prepare(write, ticket)


def refuse_unnamed(context: Context, provider: str) -> None:
    """Rejected where the config names no such provider: what is kept for it stays as it is."""
    if provider not in context.providers:
        raise Rejected(
            provider,
            "nothing is sent to it: the config names no such provider",
            next_step="Name it in the config again, or drop the write in the outbox.",
        )


def refuse_read_only(context: Context, provider: str) -> None:
    """Rejected where nothing is sent to this provider from here."""
    refuse_unnamed(context, provider)
    if context.read_only or context.policy(provider).read_only:
        raise Rejected(
            provider,
            "nothing is sent to it: it is read-only here",
            next_step="Start without --read-only, or take read_only out of its config.",
        )


def _operation(write: Write) -> Operation:
    try:
        return Operation(write.action)
    except ValueError:
        raise Rejected(write.provider, f"{write.action} is not offered: there is no such action") from None


def answers_link(context: Context, write: Write) -> bool:
    """Whether this links our number where it travels with the answers to held messages."""
    return write.action == Operation.LINK and context.providers[write.provider].declaration.link_by_acknowledging


def _preview_of_link(context: Context, write: Write, ticket: Ticket | None) -> Preview:
    if ticket is None:
        raise NotFound(write.provider, f"no ticket {write.number} of {write.provider} is known here")
    if not write.client_number:
        raise Rejected(write.provider, "a link needs our own number", field="client_number")
    came = context.catalogue.entries_of(write.provider, write.number)
    refusals.refuse_replaced_number(context.store, write, ticket, came)
    held = [
        item.id
        for _, item in context.catalogue.open_messages(write.provider)
        if item.number == write.number and item.status == "held"
    ]
    if not held:
        linked = ticket.client_number == write.client_number
        later = "No message waits for it: the number goes along later."
        warning = _of_linked(context, write) if linked else later
        return Preview(method="", path="", body="", warnings=(warning,))
    provider = context.providers[write.provider]
    # The messages are answered with the number as if it were linked already.
    as_linked = replace(ticket, client_number=write.client_number)
    previews = [provider.prepare(_answer(write, message), as_linked) for message in held]
    first = previews[0]
    return replace(first, body="\n".join(item.body for item in previews))


def _of_linked(context: Context, write: Write) -> str:
    """What to say before a ticket is linked again as it is linked here."""
    open_ = context.catalogue.open_writes(write.provider)
    on_its_way = any(
        (item.number, item.client_number) == (write.number, write.client_number)
        and item.action in (Operation.LINK, Operation.ACKNOWLEDGE)
        and item.state in waiting.ON_ITS_WAY
        for _, item in open_
    )
    if on_its_way:
        return f"It is linked as {write.client_number} here; whether the vendor knows is not known yet: see the outbox."
    return f"It is linked already as {write.client_number}: nothing is sent."


def _answer(write: Write, message_id: str) -> Write:
    values: dict[str, Any] = {"message_id": message_id, "status": "Success"}
    return replace(write, action=Operation.ACKNOWLEDGE.value, values=values)


def known_ticket(context: Context, provider: str, number: str) -> Ticket | None:
    """A ticket by the vendor's number."""
    return records.ticket(context.store, TicketKey(provider, number)) if number else None
