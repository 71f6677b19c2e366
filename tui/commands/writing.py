"""comment, update, resolve, close, reopen, cancel, approve, reject, take, link: one write to one ticket."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui import exits
from tui.commands.options import json_option, pass_session, ticket_arguments
from tui.commands.sending import send, send_to_ticket
from tui.session import Session, find_ticket

if TYPE_CHECKING:
    from providers.model import TicketKey, Write
    from tui.config import Config
    from tui.desk.desk import Desk

FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


def text_of(word: str | None) -> str:
    """A text from the command line; `-` reads it from standard input."""
    if word != "-":
        return word or ""
    try:
        return sys.stdin.buffer.read().decode().rstrip("\n")
    except UnicodeDecodeError:
        raise exits.usage("standard input is not UTF-8 text") from None


def given(**values: str | None) -> dict[str, object]:
    """The values that were given at all."""
    return {name: value for name, value in values.items() if value is not None}


@click.command("comment")
@ticket_arguments
@click.argument("text", metavar="[TEXT|-]", required=False)
@click.option(
    "--attach", "files", metavar="FILE", type=FILE, multiple=True, help="Send this file too; may be repeated."
)
@json_option
@pass_session
def comment(
    session: Session, *, provider: str, number: str, text: str | None, files: Sequence[Path], as_json: bool
) -> int:
    """Add a comment. With - the text is read from standard input.

    A file goes as a write of its own after the comment, under the name that the vendor allows.

    \b
    vendorq comment ensono e-CS0204070 'Line is down since 02:10.'
    dmesg | tail -40 | vendorq comment ensono e-CS0204070 -
    vendorq comment kpn-connect 'INC#11252603' 'Log attached.' --attach boot.log
    """
    body = text_of(text)
    if not body.strip() and not files:
        raise exits.usage("there is nothing to send", "Give the text, - to read it from standard input, or --attach.")

    def build(desk: Desk, config: Config) -> Sequence[Write]:
        key = find_ticket(desk, config, provider, number)
        writes = [desk.write("comment", *_place(key), values={"comment": body})] if body.strip() else []
        return [*writes, *(desk.write("attach", *_place(key), files=[file]) for file in files)]

    return send(session, build, as_json)


def _place(key: TicketKey) -> tuple[str, str]:
    return key.provider, key.number


@click.command("update")
@ticket_arguments
@click.argument("fields", metavar="FIELD=VALUE...", nargs=-1, required=True)
@json_option
@pass_session
def update(session: Session, *, provider: str, number: str, fields: Sequence[str], as_json: bool) -> int:
    """Change fields of a ticket, by the vendor's names or ours (summary, description, priority).

    FIELD=- reads the value from standard input; FIELD=@FILE reads it from a file.

    \b
    vendorq update ensono e-CS0204070 priority=2 group='Network Support'
    vendorq update tangoe CS0001234 description=@notes.txt
    """
    values: dict[str, object] = {}
    for word in fields:
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise exits.usage(f"{word!r} is no change", "Write field=value.")
        if name in values:
            raise exits.usage(f"{name!r} is given twice")
        values[name] = file_text(value[1:]) if value.startswith("@") else text_of(value)
    return send_to_ticket(session, "update", provider=provider, number=number, values=values, as_json=as_json)


def file_text(name: str) -> str:
    """The text of a file that the command line names. Failure with exit code 2 where it cannot be read."""
    try:
        return Path(name).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise exits.usage(f"{name} is not UTF-8 text", "Save it as UTF-8, or name another file.") from None
    except FileNotFoundError:
        raise exits.usage(f"there is no file {name}") from None
    except IsADirectoryError:
        raise exits.usage(f"{name} is a folder", "Name a file in it.") from None
    except PermissionError:
        raise exits.usage(f"{name} may not be read", "Its owner can allow it.") from None
    except OSError as error:
        raise exits.usage(f"{name} cannot be read: {error.strerror or type(error).__name__}") from None


notes_option = click.option("--notes", metavar="TEXT", help="Why, or what was done; - reads it from standard input.")
code_option = click.option("--code", metavar="CODE", help="The vendor's code for it, where it has any.")
comment_option = click.option("--comment", "comment_text", metavar="TEXT", help="A comment; - reads standard input.")


def _transition(action: str, summary: str, example: str) -> click.Command:
    """One of resolve, close, reopen, cancel."""

    def run(session: Session, /, *, provider: str, number: str, as_json: bool, **options: str | None) -> int:
        values = given(
            notes=None if options["notes"] is None else text_of(options["notes"]),
            code=options["code"],
            comment=None if options["comment_text"] is None else text_of(options["comment_text"]),
        )
        return send_to_ticket(session, action, provider=provider, number=number, values=values, as_json=as_json)

    decorated = ticket_arguments(notes_option(code_option(comment_option(json_option(pass_session(run))))))
    return click.command(action, help=f"{summary}\n\n\b\n{example}")(decorated)


resolve = _transition("resolve", "Resolve a ticket.", "vendorq resolve ensono e-CS0204070 --notes 'Replaced the card.'")
close = _transition(
    "close",
    "Close a ticket. Most vendors take this for a resolved one only.",
    "vendorq close kpn-incident INC1234 --comment 'Works again, thank you.'",
)
reopen = _transition(
    "reopen", "Reopen a resolved ticket.", "vendorq reopen kpn-incident INC1234 --comment 'It is down again.'"
)
cancel = _transition(
    "cancel",
    "Cancel a ticket. --code is the vendor's: Tangoe's 1 is cancelled, 2 is closed out of scope.",
    "vendorq cancel tangoe CS0001234 --code 1 --notes 'Opened twice.'",
)


def _decision(action: str, summary: str, example: str) -> click.Command:
    """approve or reject."""

    def run(session: Session, /, *, provider: str, number: str, as_json: bool, **options: str | None) -> int:
        values = given(
            comment=None if options["comment_text"] is None else text_of(options["comment_text"]),
            approval_id=options["approval"],
            decided_by=options["decided_by"],
        )
        return send_to_ticket(session, action, provider=provider, number=number, values=values, as_json=as_json)

    approval_option = click.option(
        "--approval", metavar="ID", help="Which request to answer; the newest open one where not given."
    )
    decided_option = click.option(
        "--decided-by", metavar="'Name <mail>'", help="Who decided, where it was not the engineer who sends it."
    )
    decorated = ticket_arguments(comment_option(approval_option(decided_option(json_option(pass_session(run))))))
    return click.command(action, help=f"{summary}\n\n\b\n{example}")(decorated)


approve = _decision(
    "approve",
    "Approve a change. One answer decides for all approvers, and cannot be taken back.",
    "vendorq approve ensono CHG0012345 --comment 'Agreed in the CAB of 1 June.'",
)
reject = _decision(
    "reject",
    "Reject a change, with the reason. One answer decides for all approvers, and cannot be taken back.",
    "vendorq reject ensono CHG0012345 --comment 'Not in the freeze.' --decided-by 'Ada Night <ada@example.net>'",
)


@click.command("take")
@ticket_arguments
@comment_option
@json_option
@pass_session
def take(session: Session, *, provider: str, number: str, comment_text: str | None, as_json: bool) -> int:
    """Tell the vendor that we work on a ticket ourselves, so that its people stop.

    \b
    vendorq take ensono e-CS0204070
    """
    values = given(comment=None if comment_text is None else text_of(comment_text))
    return send_to_ticket(session, "take", provider=provider, number=number, values=values, as_json=as_json)


@click.command("link")
@ticket_arguments
@click.argument("client_number")
@json_option
@pass_session
def link(session: Session, *, provider: str, number: str, client_number: str, as_json: bool) -> int:
    """Give the vendor our own number for its ticket. Messages that were held for it are answered with Success.

    \b
    vendorq link ensono e-CS0204070 INC0010299
    """

    def build(desk: Desk, config: Config) -> Sequence[Write]:
        key = find_ticket(desk, config, provider, number)
        values = {"client_number": client_number}
        return [desk.write("link", key.provider, key.number, client_number=client_number, values=values)]

    return send(session, build, as_json)


COMMANDS = (comment, update, resolve, close, reopen, cancel, approve, reject, take, link)
