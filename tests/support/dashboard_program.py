"""The dashboard over a scripted desk with many tickets, as a program: for measuring what it writes and how fast.

`python -m tests.support.dashboard_program TICKETS`. SIGUSR1 changes one ticket in sight, SIGUSR2 is a minute going by.
"""

from __future__ import annotations

import asyncio
import gc
import signal
import sys
from dataclasses import replace
from datetime import timedelta

from providers.model import Ticket
from tests.support.dashboard import dashboard
from tests.support.night import night
from tests.support.scripted_desk import NOW, ScriptedDesk

STATES = ("new", "open", "pending", "resolved")


def many(count: int) -> ScriptedDesk:
    """The night's desk with so many tickets, all open, no two alike."""
    desk = night()
    providers = list(desk.declarations)
    desk.tickets.clear()
    for number in range(count):
        desk.add(
            Ticket(
                provider=providers[number % 5],
                number=f"INC{number:07}",
                client_number=f"OWN{number:07}",
                state=STATES[number % 4],
                vendor_state="Work in progress",
                priority=number % 5 + 1,
                summary=f"Disk of web-{number} is {number % 100} % full since the backup",
                description="The night's backup was cut off. Logs of the last hour are attached.\n" * 4,
                opened_at=NOW - timedelta(hours=number % 900 + 1),
                updated_at=NOW - timedelta(hours=number % 90 + 1),
                due_at=NOW + timedelta(hours=number % 70 + 6) if number % 3 else None,
                awaiting_us=number % 7 == 0,
            )
        )
    return desk


async def main(count: int) -> None:
    """Run it until q."""
    desk = many(count)
    app = dashboard(desk)
    loop = asyncio.get_running_loop()
    changes = iter(range(10**6))

    def change() -> None:
        row = app.main.tickets.rows[app.main.tickets.top + 3]
        desk.change(row.key, summary=f"Changed {next(changes):03} times since the backup of tonight")

    def minute() -> None:
        desk.clock.go_on(60)
        desk.healths = {
            name: replace(health, last_good=desk.clock.now() - timedelta(seconds=30))
            if health.state == "ok"
            else health
            for name, health in desk.healths.items()
        }
        app.board.take_health()
        app.tick()

    loop.add_signal_handler(signal.SIGUSR1, change)
    loop.add_signal_handler(signal.SIGUSR2, minute)
    await app.run_async()


if __name__ == "__main__":
    gc.disable()  # as the real program starts; the app has it go on after the first picture
    asyncio.run(main(int(sys.argv[1])))
