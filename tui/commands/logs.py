"""log: what was asked of the vendors and what they answered."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from tui import exits, moments, words
from tui.commands.options import json_option, pass_session
from tui.output import print_data, print_json, say
from tui.session import Session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.config import Config
    from tui.log_scope import Scope


@click.command("log")
@click.argument("name", metavar="[NUMBER]", required=False)
@click.option("--since", metavar="TIME", help="From then on: 30m, 4h, 22:00, 2025-03-30.")
@click.option("--last", metavar="N", type=click.IntRange(min=1), default=50, show_default=True, help="At most so many.")
@click.option("--bodies", is_flag=True, help="With what was sent and answered, as far as it was kept.")
@json_option
@pass_session
def show_log(session: Session, *, name: str | None, since: str | None, last: int, bodies: bool, as_json: bool) -> int:
    """Show the log of requests and answers, oldest first. NUMBER is a ticket's (the vendor's or ours; with all that
    was written to it), a message's id or a write's.

    Secrets are never in it; bodies are capped.

    \b
    vendorq log e-CS0204070 --bodies
    vendorq log --since 2h --last 500 --json
    """
    from tui import log_scope, logfile

    start, config = _start(since), session.config()
    folder = config.store_path / "log"
    scopes = [log_scope.EVERYTHING] if name is None else _named(config, name)
    newest = logfile.last(folder, last, scopes)
    lines = [line for line in reversed(newest) if start is None or _time(line) >= start]
    if name is not None and not lines:
        raise exits.nothing_found(f"the log has nothing about {name}", log=[])
    if as_json:
        print_json({"log": lines})
    elif lines:
        print_data("\n".join(_text(lines, bodies)))
    else:
        say(f"The log is empty ({folder}).")
    return exits.OK


def _named(config: Config, name: str) -> list[Scope]:
    """What a name means. Where the store cannot be read, and the log may say why, it stands for itself alone."""
    from providers.clock import SystemClock
    from tui import log_scope
    from tui.desk.ports import StoreFault
    from tui.desk.store import open_store

    if not config.store_path.exists():
        return log_scope.of_name(None, name)
    try:
        store = open_store(config.store_path, SystemClock(), read_only=True)
    except StoreFault as fault:
        say(f"vendorq: {fault}")
        return log_scope.of_name(None, name)
    try:
        return log_scope.of_name(store, name)
    finally:
        store.close()


def _start(since: str | None) -> datetime | None:
    from providers.clock import SystemClock

    if since is None:
        return None
    start = moments.earlier(since, SystemClock().now())
    if start is None:
        raise exits.usage(f"{since!r} is no time", f"Write {moments.EXAMPLES}.")
    return start


def _time(line: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(str(line.get("at")))


def _text(lines: Sequence[dict[str, Any]], bodies: bool) -> list[str]:
    text: list[str] = []
    for line in lines:
        at = words.local(_time(line))
        outcome = line.get("error") or line.get("status")
        if "method" in line:
            again = f" (attempt {line['number']})" if line.get("number", 1) > 1 else ""
            request = f"{line.get('method')} {line.get('url')}"
            text.append(f"{at}  {line.get('provider')}  {request}  {outcome}  {line.get('seconds', 0):.2f} s{again}")
        else:
            text.append(f"{at}  {line.get('level')}  {line.get('message')}")
        text += [f"    {part}" for part in str(line.get("traceback", "")).splitlines()]
        if bodies:
            for mark, part in (("> ", "request_body"), ("< ", "answer_body")):
                text += [f"    {mark}{piece}" for piece in str(line.get(part) or "").splitlines()]
    return text


COMMANDS = (show_log,)
