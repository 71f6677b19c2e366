"""ack: a message has been seen to, or cannot be processed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tui import documents, exits
from tui.commands.options import complete_message, json_option, pass_session, provider_argument
from tui.commands.sending import delivered, finish, told_if_stopped
from tui.output import print_json, say
from tui.session import Session, check_provider

if TYPE_CHECKING:
    from tui.config import Config
    from tui.desk.desk import Desk
    from tui.desk.entries import InboxEntry


@click.command("ack")
@provider_argument
@click.argument("message_id", shell_complete=complete_message)
@click.option("--fail", "reason", metavar="REASON", help="Answer Failure to the vendor, with this reason.")
@json_option
@pass_session
def acknowledge(session: Session, *, provider: str, message_id: str, reason: str | None, as_json: bool) -> int:
    """Mark a message as handled here. With --fail, tell the vendor that it could not be processed.

    To the vendor a message is acknowledged by itself, as soon as it is safely stored. Only a message that waits for
    our own number (held) needs an answer: `vendorq link` gives Success, `ack --fail` gives Failure.

    \b
    vendorq ack ensono 3f1c2a50
    vendorq ack kpn-connect e1d7f2bc-8906 --fail 'No such service here.'
    """

    async def work(desk: Desk, config: Config) -> int:
        entry = _message(desk, config, provider, message_id)
        if reason is None:
            return await _handle(desk, entry, as_json)
        values = {"message_id": message_id, "status": "Failure", "reason": reason}
        write = desk.write("acknowledge", provider, entry.number, values=values)
        desk.preview(write)
        async with told_if_stopped(desk, write):
            queued = await desk.submit(write)
            sent = await delivered(desk, queued.id)
        return finish(desk, [sent], as_json)

    return session.run(work)


def _message(desk: Desk, config: Config, provider: str, message_id: str) -> InboxEntry:
    check_provider(config, provider)
    for entry in desk.messages(settled=True):
        if (entry.provider, entry.id) == (provider, message_id):
            return entry
    raise exits.nothing_found(f"{provider} has sent no message {message_id}", "`vendorq messages` lists them.")


async def _handle(desk: Desk, entry: InboxEntry, as_json: bool) -> int:
    if entry.status == "held":
        raise exits.refused(
            "WrongState",
            entry.provider,
            f"message {entry.id} is held: it waits for our number for {entry.number}",
            next_step="`vendorq link` answers Success, `vendorq ack --fail REASON` answers Failure.",
        )
    handled = await desk.handle_message(entry.provider, entry.id)
    if as_json:
        key = desk.find(handled.provider, handled.number)
        print_json({"write": None, "ticket": documents.ticket_of(desk, key), "message": documents.message(handled)})
    else:
        say(f"{handled.provider} {handled.number}: message {handled.id} is handled.")
    return exits.OK


COMMANDS = (acknowledge,)
