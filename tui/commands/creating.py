"""create: a new ticket from a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from tui import exits
from tui.commands.options import json_option, pass_session, provider_argument
from tui.commands.sending import send
from tui.commands.writing import FILE, file_text, text_of
from tui.session import Session, check_provider

if TYPE_CHECKING:
    from pathlib import Path

    from providers.model import Write
    from tui.config import Config
    from tui.desk.desk import Desk


@click.command("create")
@provider_argument
@click.option(
    "--from", "source", metavar="FILE|-", help="A JSON or TOML file with the ticket's fields; - reads standard input."
)
@click.option("--template", metavar="NAME", help="Start with a [[template]] of the config.")
@click.option(
    "--attach", "files", metavar="FILE", type=FILE, multiple=True, help="Send this file too; may be repeated."
)
@click.option(
    "--append-unknown", is_flag=True, help="Add fields the vendor does not know to the end of the description."
)
@json_option
@pass_session
def create(
    session: Session,
    *,
    provider: str,
    source: str | None,
    template: str | None,
    files: Sequence[Path],
    append_unknown: bool,
    as_json: bool,
) -> int:
    """Open a new ticket at a vendor. Its number is printed.

    The file holds: type (incident, request, change, service_request, rfi, case), client_number, summary,
    description, priority (1-5), and the vendor's own fields by the names of its document. What the vendor would
    refuse is refused here, and nothing is sent.

    \b
    vendorq create ensono --from ticket.json
    vendorq create kpn-connect --template 'Line down' --from - <<'EOF'
    {"client_number": "INC0010299", "summary": "Line down in Breda"}
    EOF
    """
    if source is None and template is None:
        raise exits.usage("there is nothing to create from", "Give --from FILE, --from - or --template NAME.")
    given = _document(provider, source) if source is not None else {}

    def build(desk: Desk, config: Config) -> Sequence[Write]:
        from tui import create_file

        check_provider(config, provider)
        document = {**_template(config, provider, template), **given}
        declaration = desk.declaration(provider)
        if files and not declaration.files_with_create:
            message = f"sending files along with a create is not offered by {declaration.title}"
            raise exits.refused("NotOffered", provider, message, next_step="Use `vendorq attach` after the create.")
        ticket = create_file.new_ticket(provider, declaration, document, append_unknown=append_unknown)
        return [
            desk.write(
                "create",
                provider,
                client_number=ticket.client_number,
                ticket_type=ticket.type,
                values=ticket.values,
                files=files,
            )
        ]

    return send(session, build, as_json)


def _document(provider: str, source: str) -> dict[str, Any]:
    from tui import create_file

    text = text_of("-") if source == "-" else file_text(source)
    try:
        return create_file.parse(text, as_toml=source.endswith(".toml"))
    except create_file.Unreadable as error:
        place = "standard input" if source == "-" else source
        raise exits.refused("Rejected", provider, f"nothing was sent: {place}: {error}") from None


def _template(config: Config, provider: str, name: str | None) -> dict[str, Any]:
    if name is None:
        return {}
    names = [item.name for item in config.templates if item.provider == provider]
    for item in config.templates:
        if (item.provider, item.name) == (provider, name):
            return {**({"type": item.type} if item.type else {}), **item.fields}
    known = f"There are: {', '.join(names)}." if names else "The config has none for it."
    raise exits.nothing_found(f"{provider} has no template {name!r}", known)


COMMANDS = (create,)
