"""What the dashboard writes, in bytes over a real pty at 120×40 in 256 colours: over SSH these are the budget."""

from __future__ import annotations

import os
import signal
import statistics
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.command_line import environment
from tests.support.terminal import Terminal, on_terminal

pytestmark = pytest.mark.bench

IN_MOTION = 0.08
"""Seconds of quiet after a key that is held: the detail has not followed yet."""


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """The dashboard with 5,000 open tickets, at rest."""
    words = [sys.executable, "-m", "tests.support.dashboard_program", "5000"]
    with on_terminal(words, environment(tmp_path, PYTHONWARNINGS="ignore")) as terminal:
        terminal.until_shown("Needs me")
        terminal.press(b"2")
        terminal.settle(0.5)
        yield terminal


def measure(terminal: Terminal, act: Callable[[], None], times: int, quiet: float = IN_MOTION) -> list[int]:
    """How many bytes each of so many acts costs."""
    found = []
    for _ in range(times):
        before = len(terminal.written)
        act()
        if terminal.read(2.0):
            terminal.settle(quiet)
        found.append(len(terminal.written) - before)
    return found


def p99(values: list[int]) -> int:
    """The value that all but one in a hundred stay under."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]


def report(name: str, values: list[int]) -> None:
    """Print what was measured; seen with `pytest -s`, and when a bound is missed."""
    middle, mean = statistics.median(values), statistics.mean(values)
    print(f"{name}: median {middle:.0f} B, mean {mean:.0f} B, p99 {p99(values)} B, {len(values)} times")


def test_a_step_of_the_cursor_in_sight_writes_at_most_400_bytes(terminal: Terminal) -> None:
    down: list[int] = []
    for _ in range(8):
        terminal.press(b"g")
        terminal.settle(0.4)
        down += measure(terminal, lambda: terminal.press(b"j"), 18)
    report("cursor down", down)
    assert p99(down) <= 400


def test_a_held_key_writes_at_most_400_bytes_a_step_where_the_list_scrolls(terminal: Terminal) -> None:
    held = measure(terminal, lambda: terminal.press(b"j"), 120)
    report("cursor down through 120 rows", held)
    assert statistics.mean(held) <= 400
    assert max(held) <= 8_000


def test_a_page_writes_at_most_8_kilobytes(terminal: Terminal) -> None:
    pages = measure(terminal, lambda: terminal.press(b"\x1b[6~"), 40)
    report("page down", pages)
    assert p99(pages) <= 8_000


def test_one_changed_row_writes_at_most_200_bytes(terminal: Terminal) -> None:
    measure(terminal, lambda: os.kill(terminal.process, signal.SIGUSR1), 1, 0.3)
    rows = measure(terminal, lambda: os.kill(terminal.process, signal.SIGUSR1), 30, 0.3)
    report("one changed row", rows)
    assert p99(rows) <= 200


def test_a_minute_writes_at_most_200_bytes(terminal: Terminal) -> None:
    measure(terminal, lambda: os.kill(terminal.process, signal.SIGUSR2), 3, 0.4)
    minutes = measure(terminal, lambda: os.kill(terminal.process, signal.SIGUSR2), 15, 0.4)
    report("a minute", minutes)
    assert p99(minutes) <= 200


def test_between_minutes_it_writes_nothing_and_hardly_works(terminal: Terminal) -> None:
    def worked() -> float:
        fields = Path(f"/proc/{terminal.process}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    terminal.settle(1.0)
    before, written = worked(), len(terminal.written)
    terminal.settle(8.0)
    share = (worked() - before) / 8.0
    print(f"idle: {len(terminal.written) - written} B in 8 s, {share:.2%} of a core")
    assert len(terminal.written) == written
    assert share < 0.01
