"""A process with the sandbox at the other end of a long line: `python -m tests.support.far_vendor SECONDS ORDER`.

It fills Ensono's queue, prints one line of JSON (url, settings, what was said by ticket), and ends when its standard
input does, with another line: how many requests the queue has seen.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from providers.sandbox import Sandbox
from tests.support.long_line import LongLine

GROUPS = 100
MESSAGES = 1_000


def fill(box: Sandbox, order: str) -> dict[str, list[str]]:
    """A thousand messages of a hundred tickets, `apart` (one ticket's after the other) or `mixed` (in turn)."""
    numbers = [box.ensono.create() for _ in range(GROUPS)]
    said: dict[str, list[str]] = {number: [] for number in numbers}
    turns = [(number, place) for place in range(MESSAGES // GROUPS - 1) for number in numbers]
    for number, place in turns if order == "mixed" else sorted(turns):
        words = f"words {place}"
        box.ensono.comment(number, words)
        said[number].append(words)
    return said


async def main(seconds: str, order: str) -> None:
    """Serve until standard input ends."""
    async with Sandbox(seed=1, world=False) as box, LongLine(box.url, float(seconds)) as line:
        said = fill(box, order)
        settings: dict[str, Any] = {**box.settings("ensono")}
        settings["url"] = settings["url"].replace(box.url, line.url)
        print(json.dumps({"settings": settings, "said": said}, default=_plain), flush=True)
        await asyncio.to_thread(sys.stdin.read)
        print(sum("/queue" in request.path for request in box.requests), flush=True)


def _plain(value: Any) -> Any:
    return value.get_secret_value() if hasattr(value, "get_secret_value") else value.model_dump(exclude_none=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
