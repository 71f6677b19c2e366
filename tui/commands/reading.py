"""list, show, messages, track: what is known, and asking for one ticket."""

from __future__ import annotations

import gc
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

import click

from tui import documents, exits, words
from tui.commands.options import complete_filter, json_option, pass_session, provider_argument, ticket_arguments
from tui.output import print_data, print_json, say, table, terminal_width
from tui.session import Session, check_provider, find_ticket

if TYPE_CHECKING:
    from providers.model import TicketKey, TicketRow
    from tui.config import Config
    from tui.desk.desk import Desk


FILTER_SETTINGS: Final = {"ignore_unknown_options": True}
"""Lets `-is:snoozed` stand as a term, though it begins as an option does."""


@click.command("list", context_settings=FILTER_SETTINGS)
@click.argument("filter_words", metavar="[FILTER]...", nargs=-1, shell_complete=complete_filter)
@click.option("--all", "with_ended", is_flag=True, help="Closed and cancelled tickets too.")
@json_option
@pass_session
def list_tickets(session: Session, *, filter_words: Sequence[str], with_ended: bool, as_json: bool) -> int:
    """List tickets, the most urgent first.

    FILTER is as on the dashboard's filter line; all terms must hold.

    \b
    vendorq list
    vendorq list vendor:ensono 'p:<=2' 'due:<4h'
    vendorq list state:pending -is:snoozed
    vendorq list --all 'updated:<1d' --json
    """
    selection = join_filter(filter_words)

    async def work(desk: Desk, config: Config) -> int:
        # A process that prints and ends has nothing to collect; with thousands of tickets the looking costs a fifth.
        gc.disable()
        rows, hidden = select(desk, selection, with_ended)
        shown = tickets(desk, rows) if as_json else []
        if selection and not rows:
            hint = f"{hidden} closed or cancelled would match; --all shows them." if hidden else ""
            raise exits.nothing_found(f"no ticket matches {selection}", hint, tickets=[])
        if as_json:
            print_json({"tickets": shown})
        else:
            _print_rows(rows, hidden, desk.clock.now())
        _remark(desk, {row.provider for row in rows})
        return exits.OK

    return session.run(work)


def join_filter(words_given: Sequence[str]) -> str:
    """The words of a command line as one filter. Failure with exit code 2 for what was meant as an option."""
    for word in words_given:
        if word.startswith("--"):
            raise exits.usage(f"there is no option {word}", "`--help` lists them; quote it to look for such a text.")
    return " ".join(quoted(word) for word in words_given)


def quoted(word: str) -> str:
    """A word of the command line as the filter line has it: what the shell kept together stays together."""
    if not any(letter.isspace() for letter in word) or '"' in word:
        return word
    key, colon, value = word.partition(":")
    return f'{key}:"{value}"' if colon and key.lstrip("-").isidentifier() else f'"{word}"'


def select(desk: Desk, selection: str, with_ended: bool) -> tuple[list[TicketRow], int]:
    """The rows a filter leaves, in order, and how many more there were but for being closed or cancelled.

    Failure with exit code 2 where the filter means nothing.
    """
    from providers.model import ENDED_STATES
    from tui import filters

    try:
        holds = filters.compile(selection, desk.clock.now().astimezone())
    except filters.FilterError as error:
        raise exits.usage(f"{error}: {selection}", "`vendorq list --help` shows examples.") from None
    matching = [row for row in as_known(desk, desk.rows()) if holds(row)]
    rows = [row for row in matching if with_ended or row.state not in ENDED_STATES]
    return sorted(rows, key=words.urgency), len(matching) - len(rows)


def as_known(desk: Desk, rows: Sequence[TicketRow]) -> Sequence[TicketRow]:
    """Rows as the outbox has their writes: what a process was sending that is gone is unconfirmed before a poll
    notes it."""
    faulty = {(entry.write.provider, entry.write.number) for entry in desk.outbox() if entry.state == "unconfirmed"}
    if not faulty:
        return rows
    return [
        replace(row, faulty_write=True) if (row.provider, row.number) in faulty and not row.faulty_write else row
        for row in rows
    ]


def tickets(desk: Desk, rows: Sequence[TicketRow]) -> list[dict[str, object]]:
    """The rows' tickets as JSON documents, straight from the store."""
    from tui.desk.ports import Table, key_of

    found = ((row, desk.store.get(Table.TICKETS, key_of(row.provider, row.number))) for row in rows)
    return [documents.stored_ticket(document, row.unread) for row, document in found if document is not None]


def _print_rows(rows: Sequence[TicketRow], hidden: int, now: datetime) -> None:
    if not rows:
        say("No open tickets are known." + (f" {hidden} closed or cancelled: --all." if hidden else ""))
        return
    headings = ("VENDOR", "NUMBER", "OURS", "P", "STATE", "DUE", "MARKS", "SUMMARY")
    lines = (
        (
            row.provider,
            row.number,
            row.client_number,
            row.priority or "-",
            row.state,
            words.due(row.due_at, now),
            words.marks(row, now),
            row.summary,
        )
        for row in rows
    )
    print_data(table(headings, lines, terminal_width()))


def _remark(desk: Desk, shown: Collection[str]) -> None:
    """Say of each provider among those shown that its rows may be old; nothing where all is well."""
    for item in desk.health():
        if item.name in shown and (line := words.doubt(item, desk.clock.now())):
            say(line)


def _say_writes(desk: Desk, key: TicketKey) -> None:
    """Say of each write to a ticket that is not over how it stands, as the outbox does."""
    from tui.desk.waits import why

    entries = desk.waiting_writes(key)
    waits_for = desk.waits_for(entries)
    for entry in entries:
        told = why(entry, waits_for.get(entry.id, ""))
        say(f"{entry.write.action} {entry.id} is {entry.state}{': ' if told else ''}{told}")


@click.command("show")
@ticket_arguments
@click.option("--refresh", is_flag=True, help="Ask the vendor for the ticket's own page first.")
@json_option
@pass_session
def show_ticket(session: Session, *, provider: str, number: str, refresh: bool, as_json: bool) -> int:
    """Show one ticket: facts, comments, files, approvals. NUMBER is the vendor's or our own.

    \b
    vendorq show ensono e-CS0204070
    vendorq show kpn-connect 'INC#11252603' --refresh --json
    """

    async def work(desk: Desk, config: Config) -> int:
        from tui.page import ticket_page
        from tui.views import reasons

        key = find_ticket(desk, config, provider, number)
        if refresh:
            await desk.refresh(key)
        record = desk.ticket(key)
        assert record is not None
        if as_json:
            print_json({"ticket": documents.ticket_of(desk, key)})
        else:
            zone, now, row = desk.declaration(provider).time_zone, desk.clock.now(), desk.row(key)
            needs = reasons(as_known(desk, [row])[0], now) if row is not None else []
            print_data(ticket_page(record, desk.timeline(key), now, zone, needs=needs))
            _say_writes(desk, key)
        _remark(desk, {key.provider})
        return exits.OK

    return session.run(work)


@click.command("messages")
@click.option("--all", "with_handled", is_flag=True, help="Also those that have been handled.")
@json_option
@pass_session
def list_messages(session: Session, *, with_handled: bool, as_json: bool) -> int:
    """List what came in and is not handled yet, newest first. Reads what is stored; asks no vendor.

    \b
    vendorq messages
    vendorq messages --all --json
    """

    async def work(desk: Desk, config: Config) -> int:
        entries = desk.messages(settled=with_handled)
        if as_json:
            print_json({"messages": [documents.message(entry) for entry in entries]})
        elif entries:
            headings = ("RECEIVED", "VENDOR", "NUMBER", "KIND", "STATUS", "ID", "SUMMARY")
            rows = [documents.message(entry) for entry in entries]
            lines = (
                (
                    words.local(entry.received_at),
                    *(row[name] for name in ("provider", "number", "kind", "status", "id", "summary")),
                )
                for entry, row in zip(entries, rows, strict=True)
            )
            print_data(table(headings, lines, terminal_width()))
        else:
            say("Nothing waits to be handled." if not with_handled else "No messages have come in.")
        return exits.OK

    return session.run(work)


@click.command("track")
@provider_argument
@click.argument("number")
@json_option
@pass_session
def track_ticket(session: Session, *, provider: str, number: str, as_json: bool) -> int:
    """Follow a ticket by the vendor's number, where the vendor has no list of tickets or does not list this one.

    \b
    vendorq track smartops INC0012345
    """

    async def work(desk: Desk, config: Config) -> int:
        check_provider(config, provider)
        record = await desk.track(provider, number)
        if as_json:
            print_json({"ticket": documents.ticket_of(desk, record.key)})
        else:
            say(f"{record.key} is followed: {record.state}, {record.summary or 'nothing is known of it yet'}")
        return exits.OK

    return session.run(work)


COMMANDS = (list_tickets, show_ticket, list_messages, track_ticket)
