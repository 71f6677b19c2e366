"""Stores of many tickets, for measuring."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from providers.clock import SystemClock
from tui.desk.ports import Table, Transaction, key_of
from tui.desk.store import open_store

BATCH = 2000
STORY = (
    "Host web-{n} reports its disk {m} % full; the night's backup was cut off. Logs of the last hour are attached.\n"
    "The team has moved the old logs away and asks whether the volume can be enlarged before the week's close.\n"
)


def ticket(number: int, *, changes: int = 0) -> dict[str, Any]:
    """A ticket's document of about 2 kB, no two alike."""
    at = f"2026-03-{number % 27 + 1:02d}T03:{number % 60:02d}:{number // 60 % 60:02d}Z"
    return {
        "provider": ("ensono", "kpn-connect", "kpn-incident", "tangoe", "smartops")[number % 5],
        "number": f"INC{number:08d}",
        "client_number": f"OWN-{number:07d}",
        "internal_id": f"{number:032x}",
        "type": ("incident", "request", "change")[number % 3],
        "state": ("new", "open", "pending", "resolved")[number % 4],
        "vendor_state": "Work in Progress",
        "priority": number % 5 + 1,
        "summary": f"Disk of web-{number} is {number % 100} % full since the backup of {at[:10]}",
        "description": STORY.format(n=number, m=number % 100) * 2,
        "opened_at": at,
        "updated_at": at,
        "due_at": at if number % 2 else None,
        "awaiting_us": number % 7 == 0,
        "partial": False,
        "comments": [
            {"id": f"c{number}-{count}", "author": "night shift", "at": at, "body": STORY.format(n=number, m=count)}
            for count in range(3)
        ],
        "attachments": [],
        "approvals": [],
        "cycle": 0,
        "former_client_numbers": [],
        "vendor": {"assignment_group": f"group-{number % 40}", "configuration_item": f"web-{number}", "site": "AMS-1"},
        "stamps": {name: [1_770_000_000_000 + number, 0] for name in ("state", "priority", "summary", "due_at")},
        "revision": changes,
    }


def key(number: int) -> str:
    """The ticket's key."""
    return key_of(("ensono", "kpn-connect", "kpn-incident", "tangoe", "smartops")[number % 5], f"INC{number:08d}")


def make_store(path: Path, tickets: int) -> Path:
    """A store of so many tickets, in its snapshot."""

    async def fill() -> None:
        store = open_store(path, SystemClock())
        for start in range(0, tickets, BATCH):

            def work(transaction: Transaction, start: int = start) -> None:
                for number in range(start, min(start + BATCH, tickets)):
                    transaction.put(Table.TICKETS, key(number), ticket(number))

            await store.transact(work)
        await store.compact()
        store.close()

    asyncio.run(fill())
    return path
