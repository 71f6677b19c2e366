"""Arguments and options that several commands share, and what a shell may complete them with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import click

from tui.session import Session

pass_session: Final = click.make_pass_decorator(Session)
json_option: Final = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")


def provider_argument(command: Callable[..., Any]) -> Callable[..., Any]:
    """PROVIDER: a provider's name from the config."""
    return click.argument("provider", shell_complete=_complete_provider)(command)


def ticket_arguments(command: Callable[..., Any]) -> Callable[..., Any]:
    """PROVIDER NUMBER: a ticket by the vendor's number or our own."""
    return provider_argument(click.argument("number", shell_complete=_complete_number)(command))


def _complete_provider(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    from tui.completion import providers

    return providers(_session(ctx), incomplete)


def _complete_number(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    from tui.completion import numbers

    return numbers(_session(ctx), ctx.params.get("provider", ""), incomplete)


def complete_message(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Ids of messages that are not handled."""
    from tui.completion import messages

    return messages(_session(ctx), ctx.params.get("provider", ""), incomplete)


def complete_entry(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Ids of writes that wait or failed."""
    from tui.completion import entries

    return entries(_session(ctx), incomplete)


def complete_filter(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """How a term of a filter may go on."""
    from tui.completion import filter_terms

    return filter_terms(_session(ctx), incomplete)


def _session(ctx: click.Context) -> Session:
    # While a shell completes, the group itself has not run: its options are parsed and nothing more.
    options = ctx.find_root().params
    return Session(config_file=options.get("config_file"), read_only=True)
