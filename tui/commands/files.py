"""attach and download: files to and from a ticket."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui import exits
from tui.commands.options import json_option, pass_session, ticket_arguments
from tui.commands.sending import send
from tui.commands.writing import FILE
from tui.output import print_data, print_json
from tui.session import Session, find_ticket

if TYPE_CHECKING:
    from providers.model import Write
    from tui.config import Config
    from tui.desk.desk import Desk


@click.command("attach")
@ticket_arguments
@click.argument("files", metavar="FILE...", type=FILE, nargs=-1, required=True)
@json_option
@pass_session
def attach(session: Session, *, provider: str, number: str, files: Sequence[Path], as_json: bool) -> int:
    """Send files to a ticket, one after the other. The name a vendor allows is printed where it differs.

    \b
    vendorq attach ensono e-CS0204070 'boot log 1.txt' screen.png
    """

    def build(desk: Desk, config: Config) -> Sequence[Write]:
        key = find_ticket(desk, config, provider, number)
        return [desk.write("attach", key.provider, key.number, files=[file]) for file in files]

    return send(session, build, as_json)


@click.command("download")
@ticket_arguments
@click.argument("name", required=False, default="")
@click.option(
    "--to",
    "folder",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, writable=True, path_type=Path),
    help="Where to put them; the store's folder `attachments` where not given.",
)
@json_option
@pass_session
def download(session: Session, *, provider: str, number: str, name: str, folder: Path | None, as_json: bool) -> int:
    """Fetch a ticket's files, or the one called NAME. Nothing is overwritten; the paths are printed.

    \b
    vendorq download kpn-connect 'INC#11252603' --to .
    """

    async def work(desk: Desk, config: Config) -> int:
        key = find_ticket(desk, config, provider, number)
        record = desk.ticket(key)
        offered = [item.name for item in record.attachments if item.direction == "in"] if record is not None else []
        if not offered or (name and name not in offered):
            wanted = f"has no file {name!r}" if name else "has no files to fetch"
            raise exits.nothing_found(f"{key} {wanted}", f"It has: {', '.join(offered)}." if offered else "", files=[])
        paths = await desk.download(key, name, folder)
        if as_json:
            print_json({"files": [_file(path) for path in paths]})
        else:
            for path in paths:
                print_data(str(path))
        return exits.OK

    return session.run(work)


def _file(path: Path) -> dict[str, object]:
    return {"name": path.name, "path": str(path), "size": path.stat().st_size}


COMMANDS = (attach, download)
