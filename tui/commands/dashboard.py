"""No command: the dashboard."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tui import exits
from tui.session import Session

NO_TERMINALS = ("", "dumb", "unknown")


def open_dashboard(session: Session) -> int:
    """The dashboard over the configured vendors. Exit code 2 without a terminal, 78 without a config.

    Where no config was named and there is none, the way to begin is shown first.
    """
    require_terminal("the dashboard")
    if session.config_file is None:
        from tui.config import config_path

        path = config_path(None, os.environ)
        try:
            path.lstat()
        except FileNotFoundError:
            return begin(session, path)
        except OSError:
            pass  # something is there: what is wrong with it is said when it is read
    return run_dashboard(None if session.config_file is None else Path(session.config_file), session.read_only)


def begin(session: Session, config: Path) -> int:
    """The first run: say what this is, and do what is chosen. Who only leaves is told as a script would be: 78."""
    from providers import registry
    from tui.commands import configuring, demo
    from tui.screens import first_run

    missing = demo.missing_for_sandbox()
    refusal = first_run.NO_DEMO.format(missing=" and ".join(missing), install=demo.INSTALL) if missing else ""
    vendors = [registry.declaration(kind).title for kind in registry.kinds()]
    answer = first_run.ask(config, vendors, refusal)
    if answer == "demo":
        return demo.open_demo()
    if answer == "init":
        return configuring.write_config(session)
    return run_dashboard(None, session.read_only)


def require_terminal(what: str) -> None:
    """Failure with exit code 2 where a full screen cannot be drawn."""
    term = os.environ.get("TERM", "")
    if term in NO_TERMINALS:
        why = f"TERM is {term!r}" if term else "TERM is not set"
    elif not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        why = "standard input, output or error is none"
    else:
        return
    raise exits.usage(
        f"{what} needs a terminal, and {why}",
        "Without one use the commands: `vendorq list`, `vendorq --help`. New here? `vendorq init`, `vendorq demo`.",
    )


def run_dashboard(config_file: Path | None, read_only: bool = False, *, consume: bool = False) -> int:
    """Open the desk and the dashboard on one event loop; the app looks after signals itself.

    Nothing made while starting is garbage, so nobody looks for any before the first picture: the app then freezes what
    there is and has the collector go on.
    """
    import asyncio
    import gc

    gc.disable()

    from tui import logfile
    from tui.app import VendorqApp
    from tui.compose import WholeConfig, open_desk, open_desk_at_a_glance
    from tui.glance import glance

    whole = WholeConfig(config_file, os.environ)
    seen = glance(config_file, os.environ)

    async def run() -> int:
        if seen is None:
            desk = open_desk(whole.get(), read_only=read_only, consume=consume)
        else:
            desk = open_desk_at_a_glance(seen, whole, read_only=read_only, consume=consume)
        try:
            app = VendorqApp(desk, whole.get() if seen is None else seen, whole=whole)
            await app.run_async()
            if app.fault is not None:
                raise app.fault
            return app.return_code or exits.OK
        finally:
            await desk.aclose()
            logfile.stop()

    try:
        return asyncio.run(run())
    finally:
        gc.enable()
