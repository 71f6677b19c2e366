"""The manual page in roff, made from the commands, so that it says what they say."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import click

from tui import exits
from tui.cli import COMMANDS

FILES = (
    ("$VENDORQ_CONFIG, else ~/.config/vendorq/config.toml", "The config; see `vendorq init`."),
    ("~/.local/state/vendorq", "The store, the log and downloads; `path` in [store] moves it."),
)
ENVIRONMENT = (
    ("VENDORQ_CONFIG", "The config file."),
    ("VENDORQ_ENGINEER", "Who acts, as 'Name <mail> phone'; for shared accounts. Overrides [engineer]."),
    ("XDG_CONFIG_HOME, XDG_STATE_HOME", "Where config and state live."),
    ("NO_COLOR, TERM", "Heeded by the dashboard, which needs a terminal; TERM=dumb is none."),
)


def manual_page(root: click.Context) -> str:
    """vendorq(1), whole."""
    return "\n".join(_page(root)) + "\n"


def _page(root: click.Context) -> Iterator[str]:
    yield '.TH VENDORQ 1 "" "vendorq" "User Commands"'
    yield from (".SH NAME", "vendorq \\- one terminal for every vendor's tickets", ".SH SYNOPSIS")
    yield ".B vendorq\n[\\-\\-config FILE] [\\-\\-read\\-only] [COMMAND]"
    yield from (".SH DESCRIPTION", "Without a command the dashboard opens. Data goes to standard output, words to")
    yield "standard error. With \\-\\-json every command prints one document, whose schema is 1; a failure prints"
    yield "{error: {type, provider, message, field, next_step}}."
    yield ".SH OPTIONS"
    yield from _options(root.command, root)
    group = root.command
    assert isinstance(group, click.Group)
    yield ".SH COMMANDS"
    for family, commands in COMMANDS.items():
        yield f".SS {family}"
        for name in commands:
            command = group.get_command(root, name)
            assert command is not None
            yield from _command(command, click.Context(command, info_name=name, parent=root))
    sections = (("EXIT STATUS", exits.MEANINGS.items()), ("FILES", FILES), ("ENVIRONMENT", ENVIRONMENT))
    for title, entries in sections:
        yield f".SH {title}"
        for name, words in entries:
            yield from (".TP", f".B {_escape(name)}", _escape(words))
        if title == "EXIT STATUS":
            yield from (".PP", "Of several the first of 78, 77, 75, 69, 65, 1 holds. Of")
            yield from (".B vendorq status", "the codes are 0 OK, 1 WARNING, 2 CRITICAL and 3 UNKNOWN.")


def _command(command: click.Command, ctx: click.Context) -> Iterator[str]:
    usage = " ".join(command.collect_usage_pieces(ctx))
    yield from (".TP", f".B {_escape(f'{command.name} {usage}')}")
    for number, paragraph in enumerate(re.split(r"\n\s*\n", inspect.cleandoc(command.help or ""))):
        if number:
            yield ".IP"
        if paragraph.startswith("\b"):
            yield from (".nf", *(_escape(line) for line in paragraph.splitlines()[1:]), ".fi")
        else:
            yield _escape(" ".join(paragraph.split()))
    yield from (".RS", *_options(command, ctx), ".RE")
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from _command(inner, click.Context(inner, info_name=name, parent=ctx))


def _options(command: click.Command, ctx: click.Context) -> Iterator[str]:
    for parameter in command.get_params(ctx):
        record = parameter.get_help_record(ctx)
        if record is not None and parameter.name != "help":
            yield from (".TP", f".B {_escape(record[0])}", _escape(record[1]))


def _escape(text: str) -> str:
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped
