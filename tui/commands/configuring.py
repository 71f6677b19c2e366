"""init and config: writing, showing and describing the config."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tui import exits
from tui.commands.options import json_option, pass_session
from tui.new_file import write_new
from tui.output import print_data, print_json, say
from tui.session import Session

if TYPE_CHECKING:
    from pydantic import BaseModel

    from tui.config_errors import Complaint


@click.command("init")
@click.option("--print", "to_stdout", is_flag=True, help="Print the commented template; write nothing.")
@json_option
@pass_session
def init(session: Session, *, to_stdout: bool, as_json: bool) -> int:
    """Write a commented config (0600). On a terminal it asks for what cannot be left out. Overwrites nothing.

    \b
    vendorq init
    vendorq --config ./night.toml init
    """
    from tui import config_text

    if to_stdout:
        print_data(config_text.template())
        return exits.OK
    return write_config(session, as_json=as_json)


def write_config(session: Session, *, as_json: bool = False) -> int:
    """Write the config, asking for what cannot be left out where there is somebody to ask."""
    from tui import config_text
    from tui.config import config_path

    path = config_path(None if session.config_file is None else Path(session.config_file), os.environ)
    _refuse_existing(path)
    text = _ask() if sys.stdin.isatty() and sys.stdout.isatty() else config_text.template()
    _write(path, text)
    if as_json:
        print_json({"config": str(path)})
    else:
        print_data(str(path))
    say(f"The config is written. Go through it with your editor, then run: vendorq check  ({path})")
    return exits.OK


def _refuse_existing(path: Path) -> None:
    if path.exists() or path.is_symlink():
        raise exits.Failure(
            exits.CONFIG,
            "ConfigFault",
            f"{path}: there is a config already, and it is not overwritten",
            next_step="Edit it, or name another file: vendorq --config FILE init",
        )


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_new(path, text)
    except OSError as error:
        message = f"{path}: cannot be written ({error.strerror})"
        raise exits.Failure(
            exits.CONFIG, "ConfigFault", message, next_step="Name another file with --config."
        ) from None


def _ask() -> str:
    """A config from a few questions: who you are, which vendors, and what each cannot do without."""
    from providers import registry
    from tui import config_text

    say("What you leave empty can be filled in later. Secrets stay out of the file: name where each is kept.")
    engineer = {
        "name": click.prompt("Your name, as vendors shall see it", default="", show_default=False, err=True),
        "email": click.prompt("Your e-mail address", default="", show_default=False, err=True),
        "phone": click.prompt("Your telephone number", default="", show_default=False, err=True),
    }
    providers: dict[str, dict[str, object]] = {}
    for kind in registry.kinds():
        if click.confirm(f"Do you use {registry.declaration(kind).title}?", default=False, err=True):
            providers[kind] = _ask_provider(kind)
    return config_text.written(providers, engineer) if providers else config_text.template()


def _ask_provider(kind: str) -> dict[str, object]:
    from pydantic import ValidationError

    from providers import registry
    from tui import config_text
    from tui.config_docs import key_docs
    from tui.config_errors import complaint

    model = registry.settings_model(kind)
    docs = key_docs(model)
    answers: dict[str, object] = {"name": click.prompt("  name, shown everywhere", default=kind, err=True)}
    asked = list(config_text.required(kind))
    while asked:
        for name in asked:
            answers[name] = _ask_value(kind, name, docs.get(name, ""))
        try:
            model.model_validate({"kind": kind, **answers})
        except ValidationError as error:
            found = complaint(error, model)
            say("  " + ": ".join(part for part in (found.key, found.sentence, found.cure) if part))
            asked = _about(found, model)
        else:
            asked = []
    return answers


def _about(found: Complaint, model: type[BaseModel]) -> list[str]:
    """The keys to ask for again: the one that is wrong, or those that a sentence about several of them names."""
    if found.location:
        return [str(found.location[0])]
    return [name for name in model.model_fields if re.search(rf"\b{name}\b", found.sentence)]


def _ask_value(kind: str, name: str, doc: str) -> Any:
    from tui import config_text

    proposed = config_text.example(kind, name)
    words = f"  {name}{': ' if doc else ''}{doc.rstrip('.')}"
    if isinstance(proposed, dict) and "env" in proposed:
        variable = click.prompt(f"{words} (which environment variable holds it?)", default=proposed["env"], err=True)
        return {"env": variable}
    if isinstance(proposed, dict):
        return proposed
    return click.prompt(words, err=True)


@click.group("config", no_args_is_help=False)
def config() -> None:
    """Show the config in effect, or describe what a config may say."""


@config.command("show")
@json_option
@pass_session
def show(session: Session, *, as_json: bool) -> int:
    """Print the config in effect, defaults included. Secrets are shown by where they come from.

    \b
    vendorq config show
    """
    from tui import config_text

    document = config_text.shown(session.config())
    if as_json:
        print_json({"config": document})
    else:
        print_data(config_text.shown_as_toml(document))
    return exits.OK


@config.command("schema")
@json_option
def schema(*, as_json: bool) -> int:
    """Print the config's JSON Schema, for editors that check as you type.

    \b
    vendorq config schema > vendorq.schema.json
    """
    from tui import config_text

    if as_json:
        print_json({"json_schema": config_text.json_schema()})
    else:
        print_data(json.dumps(config_text.json_schema(), indent=2))
    return exits.OK


COMMANDS = (init, config)
