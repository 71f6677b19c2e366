"""What `vendorq check` tries of a KPN provider: one list read, and how far it came."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

from providers.base import CheckStep
from providers.checking import check_by_reading
from providers.model import Snapshot


async def check_by_list(read: Callable[[], AsyncIterator[Snapshot]], what: str) -> tuple[CheckStep, ...]:
    """Read the list once and say how far that came. The first step that failed is the last one named."""

    async def counted() -> str:
        count = 0
        async for _ in read():
            count += 1
        return f"{count} open tickets"

    return await check_by_reading("KPN", what, counted, "client_id and client_secret can be had")
