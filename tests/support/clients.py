"""An HttpClient for tests: short deadlines, no real waiting between retries, a clock that stands."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from providers.clock import Clock
from providers.http import Auth, HttpClient
from providers.settings import UrlSettings
from tests.support.still_clock import StillClock


class Waits:
    """Stands in for asyncio.sleep between retries, and notes how long each wait would have been."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        """Note it."""
        self.seconds.append(seconds)


@asynccontextmanager
async def http_client(
    url: str, auth: Auth | None = None, *, clock: Clock | None = None, waits: Waits | None = None, **settings: Any
) -> AsyncIterator[HttpClient]:
    """A client of one vendor at `url`, closed at the end. Deadlines are generous, so that a slow machine passes."""
    model = UrlSettings(kind="test", name="acme", url=url, **{"timeout_seconds": 10, **settings})
    client = HttpClient(model, clock or StillClock(), auth, sleep=waits or Waits(), jitter=lambda: 0.5)
    try:
        yield client
    finally:
        await client.aclose()


async def until(happened: Callable[[], bool]) -> None:
    """Wait until something has happened, looking again each time the loop comes round."""
    async with asyncio.timeout(20):
        while not happened():  # noqa: ASYNC110 - what is waited for has no event of its own
            await asyncio.sleep(0.001)
