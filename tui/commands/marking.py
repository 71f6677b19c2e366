"""mark and note: what we keep of a ticket for ourselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tui import documents, exits, moments, words
from tui.commands.options import json_option, pass_session, ticket_arguments
from tui.commands.writing import text_of
from tui.output import print_json, say
from tui.session import Session, find_ticket

if TYPE_CHECKING:
    from datetime import datetime

    from tui.config import Config
    from tui.desk.desk import Desk


@click.command("mark")
@ticket_arguments
@click.argument("mark", type=click.Choice(["handled", "unread", "snooze"]))
@click.argument("until", required=False)
@json_option
@pass_session
def mark_ticket(session: Session, *, provider: str, number: str, mark: str, until: str | None, as_json: bool) -> int:
    """Mark a ticket handled or unread, or put it aside until a time.

    UNTIL is a length of time (30m, 4h, 2d), a time of day (08:00), tomorrow, or a date; four hours where not given.

    \b
    vendorq mark ensono e-CS0204070 handled
    vendorq mark ensono e-CS0204070 snooze 'tomorrow 08:00'
    """
    if until is not None and mark != "snooze":
        raise exits.usage(f"a time goes with snooze, not with {mark}")

    async def work(desk: Desk, config: Config) -> int:
        end = _end(until or "4h", desk.clock.now()) if mark == "snooze" else None
        key = find_ticket(desk, config, provider, number)
        await desk.mark([key], mark, end)
        if as_json:
            print_json({"ticket": documents.ticket_of(desk, key)})
        else:
            say(f"{key} is marked: {mark}" + (f" until {words.local(end)}." if end else "."))
        return exits.OK

    return session.run(work)


def _end(until: str, now: datetime) -> datetime:
    end = moments.later(until, now)
    if end is None:
        raise exits.usage(f"{until!r} is no time", f"Write {moments.EXAMPLES}.")
    if end <= now:
        raise exits.usage(f"{until!r} is in the past")
    return end


@click.command("note")
@ticket_arguments
@click.argument("text", metavar="TEXT|-")
@json_option
@pass_session
def note(session: Session, *, provider: str, number: str, text: str, as_json: bool) -> int:
    """Keep a note of our own with a ticket. It is shown in the timeline and never sent.

    \b
    vendorq note ensono e-CS0204070 'Called site; spare card on its way.'
    """
    body = text_of(text)
    if not body.strip():
        raise exits.usage("the note is empty")

    async def work(desk: Desk, config: Config) -> int:
        key = find_ticket(desk, config, provider, number)
        await desk.note(key, body)
        if as_json:
            print_json({"ticket": documents.ticket_of(desk, key)})
        else:
            say(f"{key}: the note is kept.")
        return exits.OK

    return session.run(work)


COMMANDS = (mark_ticket, note)
