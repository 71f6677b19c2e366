"""store: looking after the store, for ourselves and for support."""

from __future__ import annotations

import json

import click

from tui import exits
from tui.commands.options import json_option, pass_session
from tui.output import print_data, print_json, say
from tui.session import Session


@click.group("store", no_args_is_help=False)
def store() -> None:
    """Check, compact or export the store."""


@store.command("check")
@json_option
@pass_session
def check(session: Session, *, as_json: bool) -> int:
    """Read every byte of the store and say what is there, changing nothing. Exit code 78 where something is lost.

    \b
    vendorq store check
    """
    from dataclasses import asdict

    from providers.clock import SystemClock
    from tui.desk.store.check import check_store

    found = check_store(session.config().store_path, SystemClock())
    parts = {"store": {**asdict(found), "path": str(found.path)}}
    if not found.ok:
        raise exits.Failure(
            exits.CONFIG,
            "StoreFault",
            f"{found.path}: {' '.join(found.problems)}",
            next_step="`vendorq store compact` goes on with what can be read, and keeps the damaged files.",
            parts=parts,
        )
    if as_json:
        print_json(parts)
    else:
        print_data("\n".join(f"{name:<10} {count}" for name, count in found.documents.items()))
        say(" ".join([f"{found.path} is sound.", *found.notes]))
    return exits.OK


@store.command("compact")
@json_option
@pass_session
def compact(session: Session, *, as_json: bool) -> int:
    """Write the store anew without what has been replaced. Of a damaged one, what can be read.

    \b
    vendorq store compact
    """
    from dataclasses import asdict

    from providers.clock import SystemClock
    from tui.desk.store.check import compact_store

    done = compact_store(session.config().store_path, SystemClock())
    if as_json:
        print_json({"store": {**asdict(done), "path": str(done.path)}})
    else:
        say(f"{done.path}: {done.before} bytes before, {done.after} now.")
        for table, key in done.left_out:
            say(f"Left out, since it cannot be read: {table} {key}")
    return exits.OK


@store.command("export")
@click.option("--json", "as_json", is_flag=True, help="The same; it is JSON in any case.")
@pass_session
def export(session: Session, *, as_json: bool) -> int:
    """Print every document as one line of JSON, for support. Secrets and links that carry a signature are left out.

    \b
    vendorq store export > store.jsonl
    """
    from providers.clock import SystemClock
    from tui.desk.ports import SEPARATOR
    from tui.desk.store.check import export_store

    for table, key, document in export_store(session.config().store_path, SystemClock()):
        print_data(json.dumps({"table": table, "key": key.split(SEPARATOR), "document": document}))
    return exits.OK


COMMANDS = (store,)
