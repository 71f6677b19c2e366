"""store: looking after the store, for ourselves and for support."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from tui import exits
from tui.commands.options import json_option, pass_session
from tui.output import print_data, print_json, say
from tui.session import Session

if TYPE_CHECKING:
    from tui.config import Config
    from tui.desk.desk import Desk


@click.group("store")
def store() -> None:
    """Check, compact or export the store."""


@store.command("check")
@json_option
@pass_session
def check(session: Session, *, as_json: bool) -> int:
    """Open the store, read every document and say what is there. Exit code 78 where it cannot be written.

    \b
    vendorq store check
    """

    async def work(desk: Desk, config: Config) -> int:
        from tui.desk.ports import Table

        counts = {}
        for table in Table:
            keys = list(desk.store.keys(table))
            counts[table.value] = sum(desk.store.get(table, key) is not None for key in keys)
        warnings = list(desk.store.warnings)
        found = {"path": str(desk.store.path), "read_only": desk.store.read_only or None, "warnings": warnings}
        parts = {"store": {**found, "documents": counts}}
        if desk.store.read_only:
            raise exits.Failure(exits.CONFIG, "StoreFault", desk.store.read_only, parts=parts)
        if as_json:
            print_json(parts)
        else:
            print_data("\n".join(f"{name:<10} {count}" for name, count in counts.items()))
            say(f"{desk.store.path} is sound." if not warnings else " ".join(warnings))
        return exits.OK

    return session.run(work)


@store.command("compact")
@json_option
@pass_session
def compact(session: Session, *, as_json: bool) -> int:
    """Write the store anew without what has been replaced. Others may go on using it meanwhile.

    \b
    vendorq store compact
    """

    async def work(desk: Desk, config: Config) -> int:
        before = _size(desk)
        await desk.store.compact()
        if as_json:
            print_json({"store": {"path": str(desk.store.path), "bytes_before": before, "bytes_after": _size(desk)}})
        else:
            say(f"{desk.store.path}: {before} bytes before, {_size(desk)} now.")
        return exits.OK

    return session.run(work)


def _size(desk: Desk) -> int:
    return sum(path.stat().st_size for path in desk.store.path.iterdir() if path.is_file())


@store.command("export")
@click.option("--json", "as_json", is_flag=True, help="The same; it is JSON in any case.")
@pass_session
def export(session: Session, *, as_json: bool) -> int:
    """Print every document as a line of JSON, for support. Secrets and links that carry a signature are left out.

    \b
    vendorq store export > store.jsonl
    """

    async def work(desk: Desk, config: Config) -> int:
        from tui.desk.ports import SEPARATOR, Table

        print_json({"store": str(desk.store.path)})
        for table in Table:
            for key in desk.store.keys(table):
                document = desk.store.get(table, key)
                line = {"table": table.value, "key": key.split(SEPARATOR), "document": _clean(document)}
                print_data(json.dumps(line))
        return exits.OK

    return session.run(work)


def _clean(value: Any, name: str = "") -> Any:
    from providers.redaction import HIDDEN, redact

    if isinstance(value, dict):
        return {key: _clean(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if not isinstance(value, str):
        return value
    return HIDDEN if name == "url" and value else redact(value)


COMMANDS = (store,)
