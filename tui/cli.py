"""The command line: which commands there are, and how each of them ends. A command's module is imported when called."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module
from typing import Final

import click

from tui import endings, exits
from tui.session import Session

COMMANDS: Final[dict[str, dict[str, tuple[str, str]]]] = {
    "Start": {
        "demo": ("demo", "Open the dashboard over the built-in sandbox, with a store that is thrown away."),
        "sandbox": ("demo", "Run the vendors on loopback and print a config for them."),
        "init": ("configuring", "Write a commented config."),
        "check": ("checking", "Test each provider: config, secrets, reach, credentials. Never reads a queue."),
        "config": ("configuring", "Show the config without its secrets, or its JSON Schema."),
    },
    "Read": {
        "sync": ("syncing", "Poll, store, apply, acknowledge and send what waits."),
        "list": ("reading", "List tickets."),
        "show": ("reading", "Show one ticket."),
        "messages": ("reading", "List what came in and is not handled yet."),
        "download": ("files", "Fetch a ticket's files."),
        "track": ("reading", "Follow a ticket by its number, where the vendor has no list."),
        "export": ("exporting", "Export tickets as CSV, JSON or Markdown."),
        "handover": ("exporting", "What came in, what was answered and what waits, as Markdown."),
        "log": ("logs", "Show the log of requests and answers."),
        "status": ("checking", "How the providers are doing, for monitoring (Nagios exit codes)."),
    },
    "Write": {
        "create": ("creating", "Open a new ticket at a vendor."),
        "comment": ("writing", "Add a comment."),
        "attach": ("files", "Send files to a ticket."),
        "update": ("writing", "Change fields of a ticket."),
        "resolve": ("writing", "Resolve a ticket."),
        "close": ("writing", "Close a ticket."),
        "reopen": ("writing", "Reopen a resolved ticket."),
        "cancel": ("writing", "Cancel a ticket."),
        "approve": ("writing", "Approve a change."),
        "reject": ("writing", "Reject a change."),
        "take": ("writing", "Tell the vendor that we work on a ticket ourselves."),
        "link": ("writing", "Give the vendor our own number for its ticket."),
        "ack": ("acknowledging", "Mark a message as handled, or answer Failure to it."),
        "outbox": ("outbox", "List the writes that wait or failed; retry or drop one."),
    },
    "Keep": {
        "mark": ("marking", "Mark a ticket handled, unread or snoozed."),
        "note": ("marking", "Keep a note of our own with a ticket; it is not sent."),
        "store": ("storing", "Check, compact or export the store."),
        "man": ("manual", "Print the manual page."),
        "completion": ("manual", "Print the completion script for a shell."),
    },
}
_PLACES: Final = {name: place for family in COMMANDS.values() for name, place in family.items()}


class LazyGroup(click.Group):
    """A group that knows its commands' names and one line about each, and imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order of the help page."""
        return list(_PLACES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now."""
        if cmd_name not in _PLACES:
            return None
        module = import_module(f"tui.commands.{_PLACES[cmd_name][0]}")
        commands: Sequence[click.Command] = module.COMMANDS
        return next(command for command in commands if command.name == cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does; an unknown command is told with the nearest one."""
        if args[0] not in _PLACES and not args[0].startswith("-"):
            nearest = get_close_matches(args[0], list(_PLACES), n=1)
            advice = f" Did you mean {nearest[0]!r}?" if nearest else " `vendorq --help` lists them."
            raise click.UsageError(f"There is no command {args[0]!r}.{advice}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The help page's list, without importing a command."""
        for family, commands in COMMANDS.items():
            with formatter.section(family):
                formatter.write_dl([(name, summary) for name, (_, summary) in commands.items()])


def _print_version(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"vendorq {version('vendorq')}")
        ctx.exit()


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Without a command the dashboard opens. Each command has examples: vendorq COMMAND --help. "
    "Exit codes and files: vendorq man.",
)
@click.option("--config", "config_file", metavar="FILE", help="Use this config instead of $VENDORQ_CONFIG or XDG's.")
@click.option("--read-only", is_flag=True, help="Write nothing to any vendor, and read no queue.")
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version, help="Print the version."
)
@click.pass_context
def vendorq(ctx: click.Context, config_file: str | None, read_only: bool) -> int:
    """One terminal for every vendor's tickets."""
    ctx.obj = Session(config_file=config_file, read_only=read_only)
    if ctx.invoked_subcommand is not None:
        return exits.OK
    from tui.commands.dashboard import open_dashboard

    return open_dashboard(ctx.obj)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code. What failed is told, in words or as JSON."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    as_json = "--json" in (words[: words.index("--")] if "--" in words else words)
    return endings.run(lambda: _run(words), as_json=as_json)


def _run(words: list[str]) -> int:
    try:
        code = vendorq.main(words, prog_name="vendorq", standalone_mode=False)
    except click.ClickException as error:
        raise _from_click(error) from None
    except click.exceptions.Abort:
        raise KeyboardInterrupt from None
    return code if isinstance(code, int) else exits.OK


def _from_click(error: click.ClickException) -> exits.Failure:
    command = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "vendorq"
    return exits.usage(error.format_message(), f"See `{command} --help`.")


if __name__ == "__main__":
    sys.exit(main())
