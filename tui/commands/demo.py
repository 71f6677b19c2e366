"""demo and sandbox: the vendors on loopback, to look at, to learn with and to test against."""

from __future__ import annotations

import importlib.util
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from tui import exits
from tui.commands.dashboard import require_terminal, run_dashboard
from tui.output import print_data, print_json, say

INSTALL = "pip install 'vendorq[sandbox]'"


@click.command("demo")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="The same seed, the same night.")
def demo(*, seed: int) -> int:
    """Open the dashboard over the built-in sandbox. Nothing leaves this machine; its store is removed at the end.

    \b
    vendorq demo
    """
    return open_demo(seed)


def open_demo(seed: int = 1) -> int:
    """The dashboard over vendors of its own. Exit code 2 without a terminal, 78 without the sandbox's extra."""
    require_terminal("demo")
    require_sandbox()
    from providers.sandbox import Sandbox

    with _temporary_folder() as folder, Sandbox(seed, world=True) as box:
        file = folder / "config.toml"
        file.touch(mode=0o600)
        file.write_text(box.config(folder / "store"), encoding="utf-8")
        return run_dashboard(file, consume=True)


@contextmanager
def _temporary_folder() -> Iterator[Path]:
    """A folder for us alone, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="vendorq-demo-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def missing_for_sandbox() -> list[str]:
    """What the sandbox needs and this installation has not; empty where it has all."""
    return [name for name in ("starlette", "uvicorn") if importlib.util.find_spec(name) is None]


def require_sandbox() -> None:
    """Failure, with the command that installs it, where the sandbox's extra is missing."""
    missing = missing_for_sandbox()
    if missing:
        raise exits.Failure(
            exits.CONFIG,
            "MissingExtra",
            f"the sandbox needs {' and '.join(missing)}, which this installation leaves out",
            next_step=f"Run: {INSTALL}",
        )


@click.command("sandbox")
@click.option("--port", type=click.IntRange(0, 65_535), default=0, help="Listen here; a free port where not given.")
@click.option(
    "--config-out",
    metavar="FILE",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write the config there (0600) instead of printing it.",
)
@click.option(
    "--fault",
    "faults",
    metavar="VENDOR:FAULT[=SECONDS][*COUNT][@MATCH]",
    multiple=True,
    help="Switch a fault on, such as ensono:stall=30; may be repeated. `--fault help` lists them.",
)
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="The same seed, the same night.")
@click.option("--still", is_flag=True, help="Nothing happens by itself.")
@click.option("--json", "as_json", is_flag=True, help="Announce it as JSON.")
def sandbox(*, port: int, config_out: Path | None, faults: Sequence[str], seed: int, still: bool, as_json: bool) -> int:
    """Run the vendors on loopback until a signal ends it, and print a config for them.

    Printed is the config, with the address in its first line; with --config-out the address and the file's name.

    \b
    vendorq sandbox --config-out sandbox.toml &
    vendorq --config sandbox.toml sync --once
    vendorq sandbox --port 8700 --fault 'ensono:status_500*3'
    """
    require_sandbox()
    from providers.sandbox import FAULTS, FaultUnknown, parse_fault
    from providers.sandbox.serve import serve

    if "help" in faults:
        print_data("\n".join(f"{name:<14} {what}" for name, what in FAULTS.items()))
        return exits.OK

    def announce(url: str, config: str) -> None:
        if as_json:
            print_json({"url": url, "config": str(config_out) if config_out else config})
        elif config_out is not None:
            print_data(f"{url}\n{config_out}")
        else:
            print_data(f"# {url}\n{config}".rstrip())
        say(f"The sandbox answers at {url}; Ctrl+C ends it.")

    try:
        wanted = [parse_fault(text) for text in faults]
        caught = serve(port=port, config_out=config_out, faults=wanted, seed=seed, world=not still, announce=announce)
    except FaultUnknown as error:
        raise exits.usage(str(error), "`vendorq sandbox --fault help` lists them.") from None
    except OSError as error:
        raise exits.usage(f"the sandbox cannot start: {error}", "Choose another --port or --config-out.") from None
    return 128 + caught if caught else exits.OK


COMMANDS = (demo, sandbox)
