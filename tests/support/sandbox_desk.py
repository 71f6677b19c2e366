"""A desk over the sandbox: the real connectors on real sockets, the real store on a real disk."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from providers import registry
from providers.clock import Clock, SystemClock
from providers.model import Engineer
from providers.sandbox import Sandbox
from tui.desk.context import Policy
from tui.desk.desk import Desk
from tui.desk.retention import Retention
from tui.desk.store import open_store

ENGINEER = Engineer(name="Ada Byron", email="ada@client.example", phone="+31 20 555 0100")


async def _at_once(seconds: float) -> None:
    """Stands in for the wait between retries."""


@asynccontextmanager
async def desk_over(
    box: Sandbox,
    folder: Path,
    kinds: Iterable[str] = ("ensono",),
    *,
    clock: Clock | None = None,
    settings: dict[str, Any] | None = None,
    timeout_seconds: float = 5.0,
    consume: bool = True,
    hurry: bool = False,
    retention: Retention | None = None,
) -> AsyncIterator[Desk]:
    """A desk on the sandbox's vendors, by kind, each provider named as its kind. `settings` go to all of them.

    With `hurry` nothing waits between the retries of a read.
    """
    clock = clock or SystemClock()
    providers = {}
    for kind in kinds:
        values = {
            "name": kind,
            "kind": kind,
            "timeout_seconds": timeout_seconds,
            **box.settings(kind),
            **(settings or {}),
        }
        model = registry.settings_model(kind)(**values).model_copy(update={"engineer": ENGINEER, "state_dir": folder})
        providers[kind] = registry.connect(model, clock)
        if hurry:
            providers[kind]._http._sleep = _at_once  # type: ignore[attr-defined]  # every connector's own door
    desk = Desk(
        open_store(folder, clock),
        providers,
        clock,
        ENGINEER,
        policies={name: Policy(timeout_seconds=timeout_seconds) for name in providers},
        consume=consume,
        retention=retention or Retention(),
    )
    try:
        yield desk
    finally:
        await desk.aclose()
