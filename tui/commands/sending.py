"""How a command's write goes out: previewed, durable, sent in this process, and told by its answer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from providers.model import TicketKey
from tui import documents, exits
from tui.output import print_data, print_json, say
from tui.session import Session, find_ticket

if TYPE_CHECKING:
    from datetime import datetime

    from providers.model import Write
    from tui.config import Config
    from tui.desk.desk import Desk
    from tui.desk.entries import OutboxEntry

Build = Callable[["Desk", "Config"], Sequence["Write"]]


def send(session: Session, build: Build, as_json: bool) -> int:
    """Build the writes, check each before any leaves, then send one after the other. Ends by the answers.

    A write that is not done stops those behind it; they are not kept.
    """

    async def work(desk: Desk, config: Config) -> int:
        writes = build(desk, config)
        for write in writes:
            for warning in desk.preview(write).warnings:
                say(f"{write.provider}: {warning}")
        entries: list[OutboxEntry] = []
        for write in writes:
            async with told_if_stopped(desk, write):
                queued = await desk.submit(write)
                entries.append(await delivered(desk, queued.id))
            if entries[-1].state != "done":
                break
        return finish(desk, entries, as_json, unsent=len(writes) - len(entries))

    return session.run(work)


async def delivered(desk: Desk, entry_id: str) -> OutboxEntry:
    """Send a write now; it as it then stands, also where the store cannot note what became of it.

    StoreFault where that says nothing of this write.
    """
    from tui.desk import records
    from tui.desk.ports import StoreFault

    try:
        return await desk.deliver(entry_id)
    except StoreFault as fault:
        kept = records.write(desk.store, entry_id)
        if kept is None or kept.state not in ("queued", "sending"):
            raise
        return unnoted(kept, str(fault), desk.clock.now())


def unnoted(entry: OutboxEntry, fault: str, now: datetime) -> OutboxEntry:
    """An entry over which the store could not be written: one that may have left is unconfirmed, though it says
    `sending` there until it is settled; one that was not sent waits."""
    from tui.desk import outbox_entries

    if entry.state == "queued":
        return replace(entry, error=fault, error_type="StoreFault", next_step="")
    words = f"it may have been sent, and the store could not note what became of it: {fault}"
    lost = outbox_entries.lost(entry, words, now)
    return replace(lost, next_step="Once the store can be written, the next poll settles it.")


@asynccontextmanager
async def told_if_stopped(desk: Desk, write: Write) -> AsyncIterator[None]:
    """Where a signal ends the command, say first what became of its write."""
    import asyncio

    from tui.desk import records
    from tui.desk.ports import StoreFault

    try:
        yield
    except asyncio.CancelledError:
        with suppress(StoreFault):
            await desk.store.follow()  # what was being stored just then is there after that
        say(f"vendorq: {stopped_sentence(write, records.write(desk.store, write.id))}")
        raise


def stopped_sentence(write: Write, entry: OutboxEntry | None) -> str:
    """What became of a write whose command was stopped; `entry` is as the outbox has it, None where it does not."""
    what = f"the {write.action} for {write.provider} {write.number or write.client_number}".rstrip()
    if entry is None:
        return f"stopped before {what} was kept: nothing was sent."
    if entry.state == "done":
        return f"stopped after {what} was done."
    if entry.state == "rejected":
        return f"stopped; {what} was rejected: {entry.error} It is in the outbox as {entry.id}: `vendorq outbox`."
    if entry.state == "queued":
        return (
            f"stopped before {what} was sent: it is in the outbox as {entry.id} (queued), see `vendorq outbox`; "
            "`vendorq sync --once` sends it."
        )
    return (
        f"stopped before the vendor's answer came: {what} may have been done. It is in the outbox as {entry.id} "
        f"({entry.state}), see `vendorq outbox`; `vendorq sync --once` settles it."
    )


def send_to_ticket(
    session: Session, action: str, *, provider: str, number: str, values: Mapping[str, object], as_json: bool
) -> int:
    """One write to one known ticket."""

    def build(desk: Desk, config: Config) -> Sequence[Write]:
        key = find_ticket(desk, config, provider, number)
        return [desk.write(action, key.provider, key.number, values=values)]

    return send(session, build, as_json)


def finish(desk: Desk, entries: Sequence[OutboxEntry], as_json: bool, unsent: int = 0) -> int:
    """Tell how writes ended. Failure, with the entries in its JSON, where the last is not done."""
    last = entries[-1]
    parts = envelope(desk, entries)
    if last.state != "done":
        # Over a store that cannot be written the entry itself says all there is to say.
        waits_for = "" if desk.store.read_only else desk.waits_for([last]).get(last.id, "")
        raise failure_of(last, parts, waits_for, unsent)
    if as_json:
        print_json(parts)
        return exits.OK
    for entry in entries:
        note = f" {last.note}" if entry is last and last.note else ""
        say(f"{_named(entry)}: {entry.write.action} is done.{note}")
    if last.write.action == "create":
        print_data(parts["write"]["number"] or parts["write"]["id"])
    return exits.OK


def envelope(desk: Desk, entries: Sequence[OutboxEntry]) -> dict[str, Any]:
    """`write` is the last entry, `ticket` the ticket as it now is; `writes` are all entries where there are several."""
    shown = [documents.outbox_entry(entry) for entry in entries]
    parts: dict[str, Any] = {"write": shown[-1], "ticket": documents.ticket_of(desk, ticket_key(desk, entries[-1]))}
    return {**parts, "writes": shown} if len(shown) > 1 else parts


def ticket_key(desk: Desk, entry: OutboxEntry) -> TicketKey | None:
    """The ticket an entry is about; None for a create that has none yet."""
    number = entry.write.number or entry.write.client_number
    return desk.find(entry.write.provider, number) if number else None


def failure_of(entry: OutboxEntry, parts: Mapping[str, Any], waits_for: str = "", unsent: int = 0) -> exits.Failure:
    """What an entry that is not done ends the command with; `waits_for` is what the outbox says that it waits for."""
    codes = [exits.code_of(entry.error_type)] if entry.error_type else []
    codes.append(exits.REJECTED if entry.state == "rejected" else exits.PENDING)
    kind = entry.error_type or {"rejected": "Rejected", "unconfirmed": "Unconfirmed"}.get(entry.state, "Queued")
    message = entry.error or f"the {entry.write.action} is {entry.state}" + (f": {waits_for}" if waits_for else "")
    next_step = entry.next_step
    if entry.state == "unconfirmed" and not entry.needs_engineer and waits_for:
        next_step = f"{waits_for[0].upper()}{waits_for[1:]}."
    if entry.state != "rejected":
        next_step = f"{next_step} It stays in the outbox as {entry.id} ({entry.state}): `vendorq outbox`.".strip()
    if unsent:
        next_step = f"{next_step} {unsent} more {'was' if unsent == 1 else 'were'} not sent.".strip()
    return exits.Failure(
        exits.worst(codes),
        kind,
        message,
        provider=entry.write.provider,
        field=entry.field,
        next_step=next_step,
        parts=parts,
    )


def _named(entry: OutboxEntry) -> str:
    number = entry.write.number or entry.write.client_number
    return f"{entry.write.provider} {number}".strip()
