"""store: looking after the store, for ourselves and for support."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from tui import exits
from tui.commands.options import json_option, pass_session
from tui.output import print_data, print_json, say
from tui.session import Session
from tui.words import counted

if TYPE_CHECKING:
    from tui.desk.rebuild import Rebuilt
    from tui.desk.store.check import StoreReport
    from tui.desk.store.views import Change


@click.group("store", no_args_is_help=False)
def store() -> None:
    """Check, compact or export the store."""


@store.command("check")
@json_option
@pass_session
def check(session: Session, *, as_json: bool) -> int:
    """Read every byte of the store and say what is there, changing nothing. Exit code 78 where it is damaged.

    What was lost before, and left behind, is named until the files that it was set aside in are moved away.

    \b
    vendorq store check
    """
    from dataclasses import asdict

    from providers.clock import SystemClock
    from tui.desk.store.check import check_store

    found = check_store(session.config().store_path, SystemClock())
    parts = {"store": {**asdict(found), "path": str(found.path)}}
    if found.kept:
        say(f"Set aside in {found.path}: {', '.join(found.kept)}.")
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
        say(" ".join([_verdict(found), *found.notes]))
    return exits.OK


def _verdict(found: StoreReport) -> str:
    if not found.lost:
        return f"{found.path} is sound."
    return (
        f"What is in {found.path} can be read, but part of it was damaged before and is missing: "
        f"{', '.join(found.lost)} held it. When you have seen to it, move what is named so to another folder."
    )


def _told(key: str) -> str:
    return " ".join(key.split("\x1f"))


@store.command("compact")
@json_option
@pass_session
def compact(session: Session, *, as_json: bool) -> int:
    """Write the store anew without what has been replaced. Of a damaged one, what can be read.

    Tickets that were lost, but for the messages that made them, are made again; said is what was lost and what made.

    \b
    vendorq store compact
    """
    from dataclasses import asdict

    from providers.clock import SystemClock
    from tui.desk.rebuild import Rebuilt, rebuild
    from tui.desk.store.check import compact_store

    rebuilt = Rebuilt()

    def mend(change: Change) -> None:
        nonlocal rebuilt
        rebuilt = rebuild(change)

    done = compact_store(session.config().store_path, SystemClock(), mend)
    if as_json:
        made = {
            name: [[key.provider, key.number] for key in keys]
            for name, keys in (("whole", rebuilt.whole), ("partly", rebuilt.partly))
        }
        print_json({"store": {**asdict(done), "path": str(done.path), "rebuilt": made}})
        return exits.OK
    say(f"{done.path}: {done.before} bytes before, {done.after} now.")
    for words in done.lost:
        say(f"Lost: {words}")
    for table, key in done.left_out:
        say(f"Left out, since it cannot be read: {table} {_told(key)}")
    _tell_rebuilt(rebuilt)
    if done.repaired:
        say(
            f"The damaged bytes are kept in {', '.join(done.kept)}. When you have seen to what is missing, move them "
            "to another folder. The next `vendorq sync --once` reads what the vendors still have."
        )
    return exits.OK


def _tell_rebuilt(rebuilt: Rebuilt) -> None:
    for how, keys in (("", rebuilt.whole), (", without what lost messages said", rebuilt.partly)):
        if keys:
            names = ", ".join(f"{key.provider} {key.number}" for key in keys)
            say(f"{counted(len(keys), 'ticket')} made again from what came in{how}: {names}.")


@store.command("export")
@click.option("--json", "as_json", is_flag=True, help="The same; it is JSON in any case.")
@pass_session
def export(session: Session, *, as_json: bool) -> int:
    """Print every document as one line of JSON, for support. Secrets and links that carry a signature are left out.

    Exit code 78 where the store is damaged, after all that can be read.

    \b
    vendorq store export > store.jsonl
    """
    from providers.clock import SystemClock
    from tui.desk.ports import SEPARATOR
    from tui.desk.store.check import check_store, export_store

    path = session.config().store_path
    for table, key, document in export_store(path, SystemClock()):
        print_data(json.dumps({"table": table, "key": key.split(SEPARATOR), "document": document}))
    found = check_store(path, SystemClock())
    if found.lost:
        say(f"vendorq: {_verdict(found)}")
    if found.ok:
        return exits.OK
    say(f"vendorq: What was printed is not all that was stored. {path}: {' '.join(found.problems)}")
    return exits.CONFIG


COMMANDS = (store,)
