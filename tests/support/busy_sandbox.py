"""A sandbox with long lists, as a program: `python -m tests.support.busy_sandbox CONFIG ROWS SECONDS`.

Three vendors have so many open tickets each; every so many seconds some of them move. It writes a config that polls
each second, says its address, and ends with its standard input.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from providers.sandbox import Sandbox
from providers.sandbox import config as sandbox_config
from tests.support.command_line import environment

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


@contextmanager
def busy_vendors(folder: Path, rows: int) -> Iterator[Path]:
    """A config for such a sandbox, while it runs as another process; something moves each second."""
    file = folder / "config.toml"
    words = [sys.executable, "-m", "tests.support.busy_sandbox", str(file), str(rows), "1"]
    given, pipe = environment(folder), subprocess.PIPE
    with subprocess.Popen(words, env=given, cwd=folder, stdin=pipe, stdout=pipe) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b"http://")
        yield file
        process.stdin.close()
        process.wait(20)


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
