"""A store as a long night at large vendors leaves it: thousands of tickets, half of them closed, and what came in."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from providers.clock import SystemClock
from providers.model import NOTHING, Comment, Message, Patch, Ticket
from tui.desk import records
from tui.desk.entries import InboxEntry
from tui.desk.ports import Table, Transaction, key_of
from tui.desk.store import open_store

PROVIDERS: Final = ("ensono", "kpn-connect", "kpn-incident", "tangoe", "smartops")
STATES: Final = ("new", "open", "pending", "resolved")
MESSAGES: Final = 60
BATCH: Final = 2000
SUMMARY: Final = "Branch {n}: the tills lost their line at 03:{m:02d}, modem restarted"
STORY: Final = (
    "Branch {n} lost its line at 03:{m:02d}. The modem was restarted and its cable changed, without a difference.\n"
    "The shop opens at eight; until then the tills work from their own memory. Logs of the last hour are kept.\n"
)


def ticket(number: int, *, is_open: bool, now: datetime) -> Ticket:
    """One ticket of about 2 kB, no two alike."""
    at = now - timedelta(minutes=number % 5000 + 10)
    story = STORY.format(n=number, m=number % 60)
    return Ticket(
        provider=PROVIDERS[number % 5],
        number=f"INC{number:08d}",
        client_number=f"OWN{number:07d}",
        internal_id=f"{number:032x}",
        type="change" if number % 9 == 0 else "incident",
        state=STATES[number // 2 % 4] if is_open else "closed",
        vendor_state="Work in progress" if is_open else "Closed complete",
        priority=number % 5 + 1,
        summary=SUMMARY.format(n=number, m=number % 60),
        description=story * 3,
        opened_at=at,
        updated_at=at + timedelta(minutes=5),
        due_at=now + timedelta(minutes=number % 6000) if number % 3 else None,
        awaiting_us=number % 14 == 0,
        comments=tuple(
            Comment(id=f"c{number}-{place}", author="Night desk", at=at + timedelta(minutes=place), body=story)
            for place in range(3)
        ),
        vendor={"group": f"Team {number % 40}", "configuration_item": f"modem-{number}", "site": "AMS-1"},
    )


def message(number: int, now: datetime) -> InboxEntry:
    """What came in for a ticket and is not handled yet."""
    at = now - timedelta(minutes=number + 1)
    key = f"m-{number:05d}"
    text = f"Branch {number}: the line is measured, wait for the engineer on site"
    patch = Patch(number=f"INC{number:08d}", set=NOTHING)
    sent = Message(
        provider=PROVIDERS[number % 5],
        id=key,
        number=patch.number,
        kind="comment",
        sent_at=at,
        received_at=at,
        summary=text,
        raw=f'{{"text": "{text}"}}',
        patch=patch,
    )
    return InboxEntry(
        provider=sent.provider,
        id=key,
        number=sent.number,
        source="message",
        order=(int(at.timestamp() * 1000), number),
        received_at=at,
        status="acknowledged",
        patch=patch,
        message=sent,
        applied=True,
        released=True,
    )


def fill(path: Path, tickets: int) -> Path:
    """A store of so many tickets, every second one open, in its snapshot."""

    async def work() -> None:
        now = datetime.now(UTC)
        store = open_store(path, SystemClock())
        for start in range(0, tickets, BATCH):

            def put(transaction: Transaction, start: int = start) -> None:
                for number in range(start, min(start + BATCH, tickets)):
                    record = ticket(number, is_open=number % 2 == 0, now=now)
                    records.put_ticket(transaction, record)
                    if number % 8 == 0:
                        transaction.put(Table.MARKS, key_of(record.provider, record.number), {"unread": True})

            await store.transact(put)

        def put_messages(transaction: Transaction) -> None:
            for number in range(0, 2 * MESSAGES, 2):
                records.put_entry(transaction, message(number, now))

        await store.transact(put_messages)
        await store.compact()
        store.close()

    asyncio.run(work())
    return path
