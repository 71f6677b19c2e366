"""A machine that stops at any operation, on a disk that keeps, drops or tears whatever was not synced.

The oracle is a dict of what was confirmed. After each start the store must hold exactly that, or that and the one
transaction whose commit was under way.
"""

from __future__ import annotations

from random import Random

import pytest

from tests.support.files import Crash, Disk
from tests.tui.desk.store.driving import Changes, Model, applied, commit, compact, contents, follow, open_engine
from tui.desk.ports import Table
from tui.desk.store.engine import Engine

LIVES = 12
STEPS = 25


class Machine:
    """Some processes on one disk, and what they have been told is kept."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.disk = Disk()
        self.confirmed: Model = {}
        self.under_way: Changes = {}

    def run(self) -> None:
        for _ in range(LIVES):
            self.disk.crash_at = self.disk.steps + self.random.randrange(5, 500)
            engines: list[Engine] = []
            try:
                engines += [open_engine(self.disk.folder()) for _ in range(self.random.choice((1, 2)))]
                for _ in range(STEPS):
                    self.step(self.random.choice(engines), engines)
                if self.random.random() < 0.3:
                    engines[0].close()
            except Crash:
                pass
            self.disk.power_loss(self.random)
            self.settle()

    def step(self, engine: Engine, engines: list[Engine]) -> None:
        chance = self.random.random()
        if chance < 0.06:
            compact(engine)
        elif chance < 0.1:
            self.kill(engine, engines)
        elif chance < 0.2:
            follow(engine)
            assert contents(engine) == self.confirmed
        else:
            self.under_way = self.changes()
            commit(engine, self.under_way)
            self.confirmed, self.under_way = applied(self.confirmed, self.under_way), {}

    def kill(self, engine: Engine, engines: list[Engine]) -> None:
        """End one process in the middle of a commit or a compaction, not the machine; start another in its place."""
        crash_at = self.disk.crash_at
        self.disk.crash_at = min(crash_at or 0, self.disk.steps + self.random.randrange(1, 30))
        try:
            if self.random.random() < 0.5:
                compact(engine)
            else:
                self.under_way = self.changes()
                commit(engine, self.under_way)
                self.confirmed, self.under_way = applied(self.confirmed, self.under_way), {}
        except Crash:
            if self.disk.steps >= (crash_at or 0):
                raise
        self.disk.crash_at = crash_at
        engine.files.die()  # type: ignore[attr-defined]  # the disk of these tests has it
        engines[engines.index(engine)] = open_engine(self.disk.folder())
        self.judge(self.random.choice(engines))
        if self.random.random() < 0.4:
            raise Crash  # what a survivor has seen may not be lost, though it was not the survivor who wrote it

    def changes(self) -> Changes:
        keys = [(self.random.choice((Table.TICKETS, Table.INBOX)), f"k{self.random.randrange(12)}") for _ in range(3)]
        return {
            (table.value, key): None
            if self.random.random() < 0.2
            else {"number": key, "state": "open", "body": "x" * self.random.choice((0, 10, 700, 3000))}
            for table, key in keys
        }

    def settle(self) -> None:
        engine = open_engine(self.disk.folder())
        assert engine.condition.sentence == ""
        self.judge(engine)
        engine.close()

    def judge(self, engine: Engine) -> None:
        follow(engine)
        found = contents(engine)
        assert found in (self.confirmed, applied(self.confirmed, self.under_way))
        self.confirmed, self.under_way = found, {}


@pytest.mark.parametrize("seed", range(50))
def test_what_was_confirmed_is_there_after_the_power_failed(seed: int) -> None:
    Machine(seed).run()


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(1000, 1500))
def test_what_was_confirmed_is_there_after_the_power_failed_at_length(seed: int) -> None:
    Machine(seed).run()


FIRST: Changes = {("tickets", "a"): {"state": "open"}}
SECOND: Changes = {("tickets", "a"): {"state": "closed"}, ("tickets", "b"): {"body": "x" * 2000}}


@pytest.mark.parametrize("seed", range(5))
def test_what_was_seen_of_a_killed_process_is_there_after_the_power_failed(seed: int) -> None:
    """It was killed between its write and its sync; another process has read it, and may have told somebody."""
    seen: list[Model] = []
    for after in range(1, 20):
        disk = Disk()
        dying, living = open_engine(disk.folder()), open_engine(disk.folder())
        commit(dying, dict(FIRST))
        disk.crash_at = disk.steps + after
        try:
            commit(dying, dict(SECOND))
        except Crash:
            dying.files.die()  # type: ignore[attr-defined]  # the disk of these tests has it
        disk.crash_at = None
        follow(living)
        seen.append(contents(living))
        disk.power_loss(Random(seed))
        assert contents(open_engine(disk.folder())) == seen[-1]
    assert FIRST in seen
    assert SECOND in seen
