"""export and handover: what is known, for other programs and for the next on call."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui import documents, exits, moments
from tui.commands.options import complete_filter, json_option, pass_session
from tui.commands.reading import FILTER_SETTINGS, join_filter, select, tickets
from tui.new_file import write_new
from tui.output import print_json, say
from tui.session import Session

if TYPE_CHECKING:
    from tui.config import Config
    from tui.desk.desk import Desk

HEADINGS = (*(name for name in documents.TICKET_FIELDS if name != "description"), "unread")
output_option = click.option(
    "--to",
    "file",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to this new file (0600) instead of standard output.",
)


@click.command("export", context_settings=FILTER_SETTINGS)
@click.argument("filter_words", metavar="[FILTER]...", nargs=-1, shell_complete=complete_filter)
@click.option("--format", "form", type=click.Choice(["csv", "json", "md"]), default="csv", show_default=True)
@click.option("--all", "with_ended", is_flag=True, help="Closed and cancelled tickets too.")
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@output_option
@pass_session
def export(
    session: Session, *, filter_words: Sequence[str], form: str, with_ended: bool, as_json: bool, file: Path | None
) -> int:
    """Export tickets: CSV for spreadsheets (formulas defused), JSON with everything, or a Markdown table.

    \b
    vendorq export > open.csv
    vendorq export --format json --all 'updated:<1w' --to week.json
    """
    selection = join_filter(filter_words)

    async def work(desk: Desk, config: Config) -> int:
        from tui import csv_text

        rows, _ = select(desk, selection, with_ended)
        if selection and not rows:
            raise exits.nothing_found(f"no ticket matches {selection}", tickets=[])
        found = tickets(desk, rows)
        if as_json or form == "json":
            _put_json({"tickets": found}, file)
        else:
            lines = [[ticket[name] for name in HEADINGS] for ticket in found]
            make = csv_text.as_csv if form == "csv" else csv_text.as_markdown
            _put(make(HEADINGS, lines), file)
        return exits.OK

    return session.run(work)


@click.command("handover")
@click.option("--since", metavar="TIME", default="12h", show_default=True, help="30m, 8h, 22:00, 2025-03-30 …")
@output_option
@json_option
@pass_session
def hand_over(session: Session, *, since: str, file: Path | None, as_json: bool) -> int:
    """What waits, what came in and what was answered since a time, as Markdown.

    \b
    vendorq handover --since 22:00
    """

    async def work(desk: Desk, config: Config) -> int:
        from tui import handover

        now = desk.clock.now()
        start = moments.earlier(since, now)
        if start is None:
            raise exits.usage(f"{since!r} is no time", f"Write {moments.EXAMPLES}.")
        shift = handover.handover(
            desk.rows(),
            desk.messages(settled=True, since=start),
            desk.outbox(settled=True, since=start),
            desk.health(),
            engineer=desk.engineer,
            since=start,
            now=now,
        )
        if as_json:
            _put_json({"handover": handover.document(shift)}, file)
        else:
            _put(handover.markdown(shift), file)
        return exits.OK

    return session.run(work)


def _put(text: str, file: Path | None) -> None:
    from tui.output import print_data

    if file is None:
        print_data(text.rstrip("\n"))
        return
    try:
        write_new(file, text)
    except OSError as error:
        raise exits.usage(
            f"{file} cannot be written ({error.strerror})", "Name a file that is not there yet."
        ) from None
    say(f"Written: {file}")


def _put_json(parts: dict[str, object], file: Path | None) -> None:
    import json

    from tui.output import SCHEMA

    if file is None:
        print_json(parts)
    else:
        _put(json.dumps({"schema": SCHEMA, **parts}), file)


COMMANDS = (export, hand_over)
