"""How long the dashboard takes to its first whole picture, beside the least that Textual can do.

5,000 open tickets of 10,000 stored; the picture is whole when every pane shows what is really in the store. Both
programs run in turn, over a real pty, so that the machine's other users count for both; ratios are of medians.
"""

from __future__ import annotations

import statistics
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.support.big_night import fill
from tests.support.command_line import command, environment
from tests.support.silent_vendors import silent_config
from tests.support.terminal import on_terminal

pytestmark = [pytest.mark.bench, pytest.mark.timeout(300)]

EMPTY = """
from textual.app import App
from textual.widgets import Footer, Header, Static


class Empty(App):
    def compose(self):
        yield Header()
        yield Static("the whole of it")
        yield Footer()


Empty().run()
"""
TICKETS = 10_000
ROUNDS = 11
BOUND = 2.0
WHOLE = ("Needs me", "the tills lost", "Incoming", "Branch 0: the line", "The shop opens at eight", "Ada", "Filter")
"""Words of the views, the list, Incoming, the detail, the strip and the footer."""


@dataclass
class Starts:
    """A program's starts: seconds to its first whole picture."""

    words: list[str]
    shown: tuple[str, ...]
    wall: list[float] = field(default_factory=list)

    def once(self, folder: Path) -> None:
        """Start it once more, and end it."""
        begun = time.monotonic()
        with on_terminal(self.words, environment(folder, PYTHONWARNINGS="ignore"), folder=folder) as terminal:
            terminal.until_shown(*self.shown)
            self.wall.append(terminal.first_time(lambda text: all(each in text for each in self.shown)) - begun)


def test_the_first_whole_picture_takes_at_most_twice_an_empty_app(tmp_path: Path) -> None:
    empty = tmp_path / "empty.py"
    empty.write_text(EMPTY)
    ours = Starts(command("--config", str(silent_config(tmp_path, fill(tmp_path / "store", TICKETS)))), WHOLE)
    theirs = Starts([sys.executable, str(empty)], ("the whole of it",))
    for _ in range(ROUNDS):
        theirs.once(tmp_path)
        ours.once(tmp_path)
    ratio = statistics.median(ours.wall) / statistics.median(theirs.wall)
    print(
        f"first whole picture {statistics.median(ours.wall) * 1e3:.0f} ms ({min(ours.wall) * 1e3:.0f} at best), "
        f"an empty app {statistics.median(theirs.wall) * 1e3:.0f} ms ({min(theirs.wall) * 1e3:.0f}), "
        f"ratio {ratio:.2f} ({min(ours.wall) / min(theirs.wall):.2f})"
    )
    assert ratio <= BOUND
