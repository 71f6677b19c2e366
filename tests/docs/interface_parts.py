"""What keys, filters, views, themes, commands, exit codes and errors there are, as Markdown."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import click
from textual.binding import Binding
from textual.screen import Screen

import themes
from providers import errors
from tests.docs.tables import code, sentence, table
from tui import documents, exits, filters, views
from tui.actions import ACTIONS, GROUPS
from tui.cli import COMMANDS, vendorq
from tui.forms.screen import FormScreen
from tui.keymap import keys_of, label
from tui.screens.files import FilesScreen
from tui.screens.handover import HandoverScreen
from tui.screens.log import LogScreen
from tui.screens.outbox import OutboxScreen


def keys() -> str:
    """Every action of the dashboard."""
    parts = []
    for group in GROUPS:
        rows = (
            (
                " ".join(code(label(key)) for key in keys_of(action.keys)),
                action.title,
                action.help,
                code(action.command),
                code(action.id),
            )
            for action in ACTIONS
            if action.group == group
        )
        parts.append(f"### {group}\n\n{table(('Key', 'Action', '', 'On the command line', 'Id for `[keys]`'), rows)}")
    return "\n\n".join(parts)


def screen_keys() -> str:
    """The keys of the screens that have some of their own."""
    parts = []
    for title, screen in SCREENS.items():
        bindings = [binding for binding in screen.BINDINGS if isinstance(binding, Binding)]
        rows = ((" ".join(code(label(key)) for key in one.key.split(",")), one.description) for one in bindings)
        parts.append(f"### {title}\n\n{table(('Key', ''), rows)}")
    return "\n\n".join(parts)


def filter_words() -> str:
    """The words of a filter."""
    short = {long: f" (also `{other}:`)" for other, long in filters.ALIASES.items()}
    rows = ((code(f"{name}:") + short.get(name, ""), what) for name, what in filters.KEYS.items() if name != "is")
    return table(("Word", "What it looks at"), rows)


def filter_flags() -> str:
    """What `is:` knows."""
    return table(
        ("Word", "Holds for a ticket that"), ((code(f"is:{name}"), what) for name, what in filters.FLAGS.items())
    )


def built_in_views() -> str:
    """The views that everyone has."""
    found = views.built_in(["…"])
    return "\n".join(
        f"{place}. {view.title.replace('…', 'one for each provider, by its name')}"
        for place, view in enumerate(found, 1)
    )


def orders() -> str:
    """The orders of a list."""
    return ", ".join(code(order) for order in views.ORDERS)


def theme_list() -> str:
    """The themes that come with it."""
    rows = []
    for name in themes.names():
        palette = themes.load(name)
        ground = "the terminal's own colours" if palette.ansi else "dark" if palette.dark else "light"
        rows.append((code(name), palette.title, ground))
    return table(("Name", "Title", "Ground"), rows)


def theme_names() -> str:
    """What a theme file names."""
    styles = table(("Style", "If left out"), ((code(name), code(words)) for name, words in themes.STYLES.items()))
    return f"Colours, all of them: {', '.join(code(name) for name in themes.COLOURS)}.\n\n{styles}"


def exit_codes() -> str:
    """What each exit code means."""
    return table(("Code", "Means"), ((code(number), sentence(words)) for number, words in exits.MEANINGS.items()))


def json_fields() -> str:
    """The fields of the records in JSON."""
    rows = [
        ("ticket", (*documents.TICKET_FIELDS, "unread", "comments", "attachments", "approvals", "vendor")),
        ("comment", documents.COMMENT_FIELDS),
        ("attachment", documents.ATTACHMENT_FIELDS),
        ("approval", documents.APPROVAL_FIELDS),
        ("error", tuple(exits.Failure(0, "", "").document())),
    ]
    return table(("Record", "Fields"), ((name, ", ".join(code(field) for field in fields)) for name, fields in rows))


def error_types() -> str:
    """Every type of error: what it means, what it ends with, what to do."""
    rows = []
    for name, number in exits.BY_ERROR.items():
        kind = getattr(errors, name, None)
        meaning = inspect.cleandoc(kind.__doc__).split("\n\n")[0] if kind is not None else OWN[name]
        rows.append(
            (
                code(name),
                sentence(meaning.replace("`retry_after` is seconds from now, already capped.", "")),
                number,
                kind.default_next_step if kind else "",
            )
        )
    return table(("Type", "Means", "Exit code", "What to do"), rows)


SCREENS: Final[Mapping[str, type[Screen[Any]]]] = {
    "In a form": FormScreen,
    "In the outbox": OutboxScreen,
    "Among a ticket's files": FilesScreen,
    "In the handover": HandoverScreen,
    "In the log": LogScreen,
}
OWN: Final = {
    "ConfigFault": "The config cannot be used: file, line and key are named, with the cure.",
    "SecretUnavailable": "A secret that the config names could not be had.",
    "StoreFault": "The store cannot be used, or only read; it says why and what to do.",
}


def commands() -> str:
    """Every command with its arguments, options and examples."""
    root = click.Context(vendorq, info_name="vendorq", **vendorq.context_settings)
    parts = []
    for family, names in COMMANDS.items():
        parts.append(f"## {family}")
        for name in names:
            command = vendorq.get_command(root, name)
            assert command is not None
            parts += _command(command, click.Context(command, info_name=name, parent=root))
    return "\n\n".join(parts)


def _command(command: click.Command, ctx: click.Context) -> Iterator[str]:
    yield f"### {ctx.command_path.replace('vendorq ', '')}"
    yield f"```text\n{' '.join([ctx.command_path, *command.collect_usage_pieces(ctx)])}\n```"
    for paragraph in re.split(r"\n\s*\n", inspect.cleandoc(command.help or "")):
        if paragraph.startswith("\b"):
            yield f"```console\n{inspect.cleandoc(paragraph[1:])}\n```"
        else:
            yield " ".join(paragraph.split()).replace("<", "\\<")
    records = [parameter.get_help_record(ctx) for parameter in command.get_params(ctx) if parameter.name != "help"]
    if options := table(("Option", ""), ((code(record[0]), record[1]) for record in records if record)):
        yield options
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            yield from _command(inner, click.Context(inner, info_name=inner.name, parent=ctx))


PARTS: Final[Mapping[str, Callable[[], str]]] = {
    "keys": keys,
    "screen keys": screen_keys,
    "filter words": filter_words,
    "filter flags": filter_flags,
    "views": built_in_views,
    "orders": orders,
    "themes": theme_list,
    "theme names": theme_names,
    "exit codes": exit_codes,
    "json fields": json_fields,
    "errors": error_types,
    "commands": commands,
}
