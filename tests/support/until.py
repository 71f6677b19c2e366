"""Waiting for what a desk will do: woken by its events, looking now and then for what makes none."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import ExitStack, suppress

from tui.desk.desk import Desk

PATIENCE = 30.0
LOOK_EVERY = 0.1


async def until(holds: Callable[[], bool], *desks: Desk) -> None:
    """Return as soon as something is so. TimeoutError after half a minute."""
    changed = asyncio.Event()
    with ExitStack() as stack:
        for desk in desks:
            stack.callback(desk.subscribe(lambda event: changed.set()))
        async with asyncio.timeout(PATIENCE):
            while not holds():
                changed.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), LOOK_EVERY)
