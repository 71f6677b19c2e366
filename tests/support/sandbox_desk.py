"""A desk over the sandbox: the real connectors on real sockets, the real store on a real disk."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from providers import registry
from providers.base import Provider
from providers.clock import Clock, SystemClock
from providers.model import Engineer
from providers.sandbox import Sandbox
from tui.desk.context import Policy
from tui.desk.desk import Desk
from tui.desk.retention import Retention
from tui.desk.store import open_store
from tui.desk.store.files import Files

ENGINEER = Engineer(name="Ada Byron", email="ada@client.example", phone="+31 20 555 0100")


async def _at_once(seconds: float) -> None:
    """Stands in for the wait between retries."""


def connect(kind: str, values: Mapping[str, Any], clock: Clock, folder: Path) -> Provider:
    """A vendor's connector, named as its kind, whose state lies in the store's folder."""
    named = {"name": kind, "kind": kind, "timeout_seconds": 5.0, **values}
    model = registry.settings_model(kind)(**named).model_copy(update={"engineer": ENGINEER, "state_dir": folder})
    return registry.connect(model, clock)


def desk_of(
    folder: Path, providers: Mapping[str, Provider], clock: Clock, *, files: Files | None = None, **more: Any
) -> Desk:
    """A desk that reads queues; `more` is the desk's."""
    policies = {name: Policy(timeout_seconds=5.0) for name in providers}
    given = {"policies": policies, "consume": True, **more}
    return Desk(open_store(folder, clock, files=files), providers, clock, ENGINEER, **given)


def plain_settings(box: Sandbox, kind: str) -> dict[str, Any]:
    """A provider's settings as JSON can carry them to another process, secrets and all."""
    return json.loads(json.dumps(box.settings(kind), default=_plain))  # type: ignore[no-any-return]  # it is a dict


def _plain(value: Any) -> Any:
    return value.get_secret_value() if hasattr(value, "get_secret_value") else value.model_dump(exclude_none=True)


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
    files: Files | None = None,
) -> AsyncIterator[Desk]:
    """A desk on the sandbox's vendors, by kind, each provider named as its kind. `settings` go to all of them.

    With `hurry` nothing waits between the retries of a read. `files` is the disk under its store, where not a real one.
    """
    clock = clock or SystemClock()
    providers = {}
    for kind in kinds:
        values = {"timeout_seconds": timeout_seconds, **box.settings(kind), **(settings or {})}
        providers[kind] = connect(kind, values, clock, folder)
        if hurry:
            providers[kind]._http._sleep = _at_once  # type: ignore[attr-defined]  # every connector's own door
    policies = {name: Policy(timeout_seconds=timeout_seconds) for name in providers}
    desk = desk_of(
        folder, providers, clock, policies=policies, consume=consume, retention=retention or Retention(), files=files
    )
    try:
        yield desk
    finally:
        await desk.aclose()
