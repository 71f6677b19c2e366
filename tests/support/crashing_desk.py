"""A process that polls the sandbox and dies at a named point: `python -m tests.support.crashing_desk SPEC`.

It is killed the hard way (SIGKILL to itself), so that nothing is tidied up. A point counts as passed only where
something was done: a queue that answered nothing is not received from, an empty inbox is not applied.
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

from providers.base import Provider
from providers.clock import SystemClock
from providers.offline_token import OfflineToken
from tests.support.files import POINTS as STORE_POINTS
from tests.support.files import DeadlyFiles
from tests.support.sandbox_desk import connect, desk_of
from tui.desk.desk import Desk
from tui.desk.inbox import Inbox
from tui.desk.outbox import Outbox

DESK_POINTS = ("receive", "store", "apply", "acknowledge", "send", "confirm")
TOKEN_POINTS = ("token-issued", "token-written", "token-renamed", "token-kept")
"""A rotated token: the answer is here; it lies in a file beside; it has the file's name; it is about to be used."""


def die() -> None:
    """End now, as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


def anything(result: Any) -> bool:
    """Whether a step has done something."""
    return result != 0 and getattr(result, "messages", True) != ()


def after(owner: Any, name: str, count: int = 1) -> None:
    """Die when this coroutine function has done something so often."""
    original: Callable[..., Any] = getattr(owner, name)
    left = [count]

    async def dying(*args: Any, **more: Any) -> Any:
        result = await original(*args, **more)
        left[0] -= anything(result)
        if not left[0]:
            die()
        return result

    setattr(owner, name, dying)


def arm(point: str, provider: Provider, files: DeadlyFiles, count: int) -> None:
    """Have the process die after the named point is passed for the `count`th time."""
    owners: dict[str, tuple[Any, str]] = {
        "receive": (provider, "receive"),
        "store": (Inbox, "store"),
        "apply": (Inbox, "apply"),
        "acknowledge": (provider, "release"),
        "send": (provider, "send"),
        "confirm": (Outbox, "record_done"),
        "token-issued": (OfflineToken, "_exchange"),
        "token-kept": (OfflineToken, "_keep"),
    }
    if point in STORE_POINTS:
        files.arm(point)
    elif point in owners:
        after(*owners[point], count)
    else:
        arm_rename(point)


def arm_rename(point: str) -> None:
    """Die before or after a rotated token's file gets its name."""
    original = Path.replace

    def replace(path: Path, target: Path) -> Path:
        if target.parent.name != "tokens":
            return original(path, target)
        if point == "token-written":
            die()
        moved = original(path, target)
        die()
        return moved

    assert point in ("token-written", "token-renamed")
    Path.replace = replace  # type: ignore[assignment,method-assign]  # in this process, until it dies


async def work(desk: Desk, given: dict[str, Any]) -> None:
    """Write a comment where a number is given, poll, and compact once messages are in the tickets."""
    name = given["kind"]
    if given["comment_on"]:
        values = {given["comment"]: "only once"}
        entry = await desk.submit(desk.write("comment", name, given["comment_on"], values=values))
        await desk.deliver(entry.id)
    if given["compact"]:
        await asyncio.gather(desk.sync(name), desk.store.compact())
    await desk.sync(name)


async def main(spec: str) -> None:
    """Work until the point is reached. Ends like any program where it never is."""
    given = json.loads(spec)
    folder = Path(given["folder"])
    files = DeadlyFiles(folder)
    provider = connect(given["kind"], given["settings"], SystemClock(), folder)
    desk = desk_of(folder, {given["kind"]: provider}, SystemClock(), files=files)
    arm(given["point"], provider, files, given["count"])
    await work(desk, given)
    await desk.aclose()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
