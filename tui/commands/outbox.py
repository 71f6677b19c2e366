"""outbox: the writes that wait, failed or need a decision; retry and drop."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tui import documents, exits, words
from tui.commands.options import complete_entry, json_option, pass_session
from tui.commands.sending import delivered, envelope, finish, told_if_stopped
from tui.output import print_data, print_json, say, table, terminal_width
from tui.session import Session

if TYPE_CHECKING:
    from tui.config import Config
    from tui.desk.desk import Desk
    from tui.desk.entries import OutboxEntry


@click.group("outbox", invoke_without_command=True)
@click.option("--all", "with_settled", is_flag=True, help="Also those that are done or dropped.")
@json_option
@click.pass_context
def outbox(ctx: click.Context, *, with_settled: bool, as_json: bool) -> int:
    """List the writes that wait, failed or need a decision, oldest first.

    A write without an answer is unconfirmed: it is looked up at the vendor by `vendorq sync`, and where nothing can
    be looked up, you decide: retry sends it again, drop gives it up. WHY says what went wrong and what a write waits
    for now; with --json, `waits_for` says the latter.

    \b
    vendorq outbox
    vendorq outbox retry 3f2a9c01d4
    vendorq outbox drop 3f2a9c01d4
    """
    if ctx.invoked_subcommand is not None:
        return exits.OK
    session = ctx.find_object(Session)
    assert session is not None

    async def work(desk: Desk, config: Config) -> int:
        from tui.desk import waits

        entries = desk.outbox(settled=with_settled)
        waits_for = desk.waits_for(entries)
        if as_json:
            print_json({"outbox": [documents.waiting_entry(entry, waits_for.get(entry.id, "")) for entry in entries]})
        elif entries:
            in_rows = waits.in_rows(waits_for)
            headings = ("ID", "SINCE", "VENDOR", "NUMBER", "ACTION", "STATE", "TRIES", "WHY")
            print_data(
                table(headings, (_line(entry, in_rows.get(entry.id, "")) for entry in entries), terminal_width())
            )
        else:
            say("The outbox is empty.")
        return exits.OK

    return session.run(work)


def _line(entry: OutboxEntry, waits_for: str) -> tuple[object, ...]:
    from tui.desk.waits import why

    write, told = entry.write, why(entry, waits_for)
    number = write.number or write.client_number
    since = words.local(entry.created_at)
    return entry.id, since, write.provider, number, write.action, entry.state, entry.attempts, told


@outbox.command("retry")
@click.argument("entry_id", metavar="ID", shell_complete=complete_entry)
@json_option
@pass_session
def retry(session: Session, *, entry_id: str, as_json: bool) -> int:
    """Send an unconfirmed or rejected write again, now.

    \b
    vendorq outbox retry 3f2a9c01d4
    """

    async def work(desk: Desk, config: Config) -> int:
        async with told_if_stopped(desk, _known(desk, entry_id).write):
            queued = await desk.retry(entry_id)
            sent = queued if queued.state == "done" else await delivered(desk, queued.id)
        return finish(desk, [sent], as_json)

    return session.run(work)


@outbox.command("drop")
@click.argument("entry_id", metavar="ID", shell_complete=complete_entry)
@json_option
@pass_session
def drop(session: Session, *, entry_id: str, as_json: bool) -> int:
    """Give a write up; it is not sent, or not sent again.

    \b
    vendorq outbox drop 3f2a9c01d4
    """

    async def work(desk: Desk, config: Config) -> int:
        _known(desk, entry_id)
        dropped = await desk.drop(entry_id)
        if as_json:
            print_json(envelope(desk, [dropped]))
        else:
            told = f"{dropped.write.action} for {dropped.write.provider} {dropped.write.number} is given up."
            say(words.sentences(told, dropped.note))
        return exits.OK

    return session.run(work)


def _known(desk: Desk, entry_id: str) -> OutboxEntry:
    for entry in desk.outbox(settled=True):
        if entry.id == entry_id:
            return entry
    raise exits.nothing_found(f"there is no write {entry_id}", "`vendorq outbox --all` lists them.")


COMMANDS = (outbox,)
