"""How long the dashboard's event loop is held while five vendors poll each second and the store commits.

Three of the lists have 5,000 rows, and every second some of them move. The vendors are another process.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support import processes
from tests.support.busy_sandbox import busy_vendors
from tests.support.command_line import environment
from tests.support.terminal import Terminal, on_terminal

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]

ROWS = 5_000
SECONDS = 40.0
GAP = 0.050
SHARE = 0.999


def gaps(terminal: Terminal, file: Path, seconds: float) -> list[float]:
    """The gaps of so many seconds, sorted, while keys are pressed."""
    os.kill(terminal.process, signal.SIGUSR1)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        terminal.press(b"j")
        terminal.settle(0.2)
    os.kill(terminal.process, signal.SIGUSR2)
    terminal.until(file.exists, "the gaps")
    found: list[float] = sorted(json.loads(file.read_text()))
    file.unlink()
    return found


def test_the_loop_is_held_at_most_50_milliseconds(tmp_path: Path) -> None:
    file = tmp_path / "gaps.json"
    variables = environment(tmp_path, VENDORQ_ENGINEER="Ada")
    with ExitStack() as stack:
        config = stack.enter_context(busy_vendors(tmp_path, ROWS))
        words = [sys.executable, "-m", "tests.support.gap_program", str(file), "--config", str(config)]
        terminal = stack.enter_context(on_terminal(words, variables, folder=tmp_path))
        terminal.until_shown("Needs me")
        started = gaps(terminal, file, 20)
        terminal.press(b"2")
        terminal.until_shown("All open 15")
        found = gaps(terminal, file, SECONDS)
        megabytes = processes.memory(terminal.process) / 1e6
    for name, each in (("while it starts", started), ("later", found)):
        told = " ".join(f"p{share:g} {1000 * each[int(len(each) * share / 100)]:.1f}" for share in (50, 99, 99.9))
        print(f"{name}: {told} max {1000 * each[-1]:.1f} ms of {len(each)} gaps")
    print(f"{megabytes:.0f} MB resident with {3 * ROWS} tickets")
    assert found[int(len(found) * SHARE)] <= GAP
    assert started[int(len(started) * SHARE)] <= GAP
