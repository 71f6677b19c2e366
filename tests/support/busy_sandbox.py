"""A sandbox with long lists, as a program: `python -m tests.support.busy_sandbox CONFIG ROWS SECONDS`.

Three vendors have so many open tickets each; every so many seconds some of them move. It writes a config that polls
each second, says its address, and ends with its standard input.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import Final

from providers.sandbox import Sandbox
from providers.sandbox import config as sandbox_config

MOVES: Final = 5
STORY: Final = "Branch {n} lost its line at 03:{m:02d}; modem restarted, cable changed, no difference.\n"


def populate(box: Sandbox, rows: int) -> list[str]:
    """Open tickets at the three vendors that have lists; KPN Connect's numbers."""
    numbers = []
    for number in range(rows):
        words = f"Branch {number}: no connection to the tills since 03:{number % 60:02d}"
        story = STORY.format(n=number, m=number % 60) * 4
        numbers.append(
            box.kpn_connect.create(reference=f"REF{number}", short_description=words, description=story, announce=False)
        )
        box.kpn_incident.create(reference=f"REF{number}", short_description=words, description=story)
        box.tangoe.create(correlation_id=f"REF{number}", short_description=words, description=story)
    return numbers


def main(config: Path, rows: int, seconds: float) -> None:
    """Serve until standard input ends."""
    stopped = threading.Event()

    def wait_for_the_end() -> None:
        sys.stdin.read()
        stopped.set()

    threading.Thread(target=wait_for_the_end, daemon=True).start()
    with Sandbox(seed=1) as box:
        numbers = populate(box, rows)
        config.touch(mode=0o600)
        config.write_text(sandbox_config.toml(box.url, config.parent / "store", box.ensono.environment, poll_seconds=1))
        print(box.url, flush=True)
        turn = 0
        while not stopped.wait(seconds):
            for _ in range(MOVES):
                turn += 1
                number = numbers[turn * 7 % len(numbers)]
                box.kpn_connect.comment(number, f"The line is measured for the {turn}th time")
                box.ensono.create(shortDescription=f"Order entry {turn} stands still", client_number=f"INC{turn:05d}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
