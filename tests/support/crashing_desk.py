"""A process that polls the sandbox and dies at a named point: `python -m tests.support.crashing_desk URL …`.

It is killed the hard way (SIGKILL to itself), so that nothing is tidied up.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from providers import registry
from providers.base import Provider
from providers.clock import SystemClock
from tests.support.sandbox_desk import ENGINEER
from tui.desk.context import Policy
from tui.desk.desk import Desk
from tui.desk.inbox import Inbox
from tui.desk.outbox import Outbox
from tui.desk.store import open_store

POINTS = ("receive", "store", "apply", "acknowledge", "send", "confirm")


def die() -> None:
    """End now, as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


def after(owner: Any, name: str, count: int = 1) -> None:
    """Die when this coroutine function has returned so often."""
    original: Callable[..., Any] = getattr(owner, name)
    left = [count]

    async def dying(*args: Any, **more: Any) -> Any:
        result = await original(*args, **more)
        left[0] -= 1
        if not left[0]:
            die()
        return result

    setattr(owner, name, dying)


def arm(point: str, provider: Provider, count: int) -> None:
    """Have the process die after the named point is passed for the `count`th time."""
    owners: dict[str, tuple[Any, str]] = {
        "receive": (provider, "receive"),
        "store": (Inbox, "store"),
        "apply": (Inbox, "apply"),
        "acknowledge": (provider, "release"),
        "send": (provider, "send"),
        "confirm": (Outbox, "record_done"),
    }
    after(*owners[point], count)


async def main(folder: str, settings: str, point: str, count: str, comment_on: str) -> None:
    """Write a comment where a number is given, and poll, until the point is reached."""
    values = json.loads(settings)
    model = registry.settings_model("ensono")(**values).model_copy(update={"engineer": ENGINEER})
    provider = registry.connect(model, SystemClock())
    clock = SystemClock()
    policies = {"ensono": Policy(timeout_seconds=5)}
    store = open_store(Path(folder), clock)
    desk = Desk(store, {"ensono": provider}, clock, ENGINEER, policies=policies, consume=True)
    if point in POINTS:
        arm(point, provider, int(count))
    if comment_on:
        entry = await desk.submit(desk.write("comment", "ensono", comment_on, values={"comment": "only once"}))
        await desk.deliver(entry.id)
    await desk.sync("ensono")
    await desk.aclose()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
