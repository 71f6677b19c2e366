"""A process of its own for tests: `python -m tests.tui.desk.store.child FOLDER TASK [ARGUMENT]`.

It prints a line when it is ready and one for each thing that was confirmed, so that a parent needs no clock.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path
from typing import Any

from providers.clock import SystemClock
from tests.support.files import DeadlyFiles
from tui.desk.ports import Table, Transaction
from tui.desk.store import EmbeddedStore, open_store


def say(text: object) -> None:
    print(text, flush=True)


def increment(transaction: Transaction) -> int:
    """One more in the counter, and a document of its own."""
    count = int((transaction.get(Table.META, "counter") or {"count": 0})["count"]) + 1
    transaction.put(Table.META, "counter", {"count": count})
    return count


async def count(store: EmbeddedStore, times: str) -> None:
    for _ in range(int(times)):
        await store.transact(increment)


def numbered(number: int) -> Any:
    return lambda transaction: transaction.put(Table.TICKETS, f"k{number}", {"number": number, "body": "x" * 300})


async def die(store: EmbeddedStore, files: DeadlyFiles, point: str) -> None:
    """Confirm some documents aloud, then pass the point at which this process ends."""
    for number in range(30):
        await store.transact(numbered(number))
        say(number)
    files.arm(point)
    if not point.startswith("append"):
        await store.compact()
    await store.transact(numbered(30))
    say(30)


async def write(store: EmbeddedStore) -> None:
    """Confirm documents aloud, with compactions between them, until killed."""
    number = 0
    while True:
        await store.transact(numbered(number))
        say(number)
        number += 1
        if number % 40 == 0:
            await store.compact()


def hold(store: EmbeddedStore) -> None:
    """Hold the lease until killed."""
    assert store.lease.acquire()
    store.lease.beat(7)
    say("held")
    signal.pause()


def main(folder: str, task: str, argument: str = "") -> None:
    files = DeadlyFiles(Path(folder))
    store = open_store(Path(folder), SystemClock(), files=files)
    assert store.read_only == "", store.read_only
    if task == "count":
        asyncio.run(count(store, argument))
    elif task == "die":
        asyncio.run(die(store, files, argument))
    elif task == "write":
        asyncio.run(write(store))
    elif task == "hold":
        hold(store)
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
