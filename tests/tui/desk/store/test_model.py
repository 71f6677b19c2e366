"""The store beside a dict: whatever is done, by whichever process, it holds what the dict holds, in its order."""

from __future__ import annotations

from random import Random
from typing import Any

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.support.files import Crash, Disk, DiskFiles
from tests.tui.desk.store.driving import Model, compact, contents, follow, open_engine
from tui.desk.ports import Table
from tui.desk.store.compaction import Compaction
from tui.desk.store.engine import Engine
from tui.desk.store.views import Change

TABLES = st.sampled_from([Table.TICKETS, Table.MARKS, Table.INBOX])
KEYS = st.sampled_from([f"ensono\x1fINC{number}" for number in range(6)] + ["", "\ud800", "é\x00"])
VALUES = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just({"deep": [1.5, {"\ud800": "x" * 900}]})
)
DOCUMENTS = st.dictionaries(st.sampled_from(["state", "number", "priority", "vendor", "body"]), VALUES, max_size=4)
STEPS = st.lists(st.tuples(TABLES, KEYS, st.none() | DOCUMENTS), min_size=1, max_size=5)
WHICH = st.integers(0, 1)
Steps = list[tuple[Table, str, dict[str, Any] | None]]


class Refused(Exception):
    """What a transaction of these tests raises when it changes its mind."""


class StoreMachine(RuleBasedStateMachine):
    """Two processes on one disk."""

    def __init__(self) -> None:
        super().__init__()
        self.disk = Disk()
        self.model: Model = {}

    @initialize()
    def begin(self) -> None:
        self.engines = [self.start(), self.start()]

    def start(self) -> Engine:
        engine = open_engine(self.disk.folder())
        assert engine.condition.sentence == ""
        return engine

    def transact(self, which: int, steps: Steps, *, refuse: bool = False) -> None:
        def work(change: Change) -> None:
            local = dict(self.model)
            for table, key, document in steps:
                assert change.get(table, key) == local.get((table, key))
                if document is None:
                    change.delete(table, key)
                    local.pop((table, key), None)
                else:
                    change.put(table, key, document)
                    local[table, key] = document
                assert list(change.keys(table)) == [key for name, key in local if name == table]
                assert len(change.summaries(table)) == len(list(change.keys(table)))
            if refuse:
                raise Refused
            self.after = local

        engine = self.engines[which]
        outcome = engine.attempt([work])
        engine.publish(outcome)
        if refuse:
            assert isinstance(outcome.results[0].error, Refused)
            return
        assert outcome.results[0].error is None
        self.model = self.after

    @rule(which=WHICH, steps=STEPS)
    def change(self, which: int, steps: Steps) -> None:
        self.transact(which, steps)

    @rule(which=WHICH, table=TABLES, key=KEYS, document=DOCUMENTS)
    def put(self, which: int, table: Table, key: str, document: dict[str, Any]) -> None:
        self.transact(which, [(table, key, document)])

    @precondition(lambda self: self.model)
    @rule(which=WHICH, data=st.data(), again=st.booleans())
    def delete(self, which: int, data: st.DataObject, again: bool) -> None:
        table, key = data.draw(st.sampled_from(list(self.model)))
        document = self.model[table, key]
        self.transact(which, [(Table(table), key, None)] + ([(Table(table), key, document)] if again else []))

    @rule(which=WHICH, steps=STEPS)
    def refuse(self, which: int, steps: Steps) -> None:
        self.transact(which, steps, refuse=True)

    @rule(which=WHICH)
    def follow(self, which: int) -> None:
        follow(self.engines[which])
        self.same(self.engines[which])

    @rule(which=WHICH)
    def compact(self, which: int) -> None:
        compact(self.engines[which])

    @rule(which=WHICH, between=st.lists(st.tuples(WHICH, STEPS), max_size=6))
    def compact_meanwhile(self, which: int, between: list[tuple[int, Steps]]) -> None:
        """Commits, ours and the other process's, between the steps of a compaction."""
        engine = self.engines[which]
        compaction = Compaction(engine)
        while not compaction.ended:
            compaction.step()
            if compaction.ended:
                break
            for other, steps in between[:1]:
                self.transact(other, steps)
            between = between[1:]
        assert compaction.error is None
        engine.publish(compaction.outcome)
        self.same(engine)

    @rule(which=WHICH)
    def reopen(self, which: int) -> None:
        self.engines[which].close()
        self.engines[which] = self.start()
        self.same(self.engines[which])

    @rule(which=WHICH, after=st.integers(1, 25), steps=STEPS, compacting=st.booleans())
    def crash(self, which: int, after: int, steps: Steps, compacting: bool) -> None:
        """Kill one process within a commit or a compaction: the transaction is there whole, or not at all."""
        self.disk.crash_at = self.disk.steps + after
        before = self.model
        self.after = before
        try:
            if compacting:
                compact(self.engines[which])
            else:
                self.transact(which, steps)
        except Crash:
            pass
        self.disk.crash_at = None
        files = self.engines[which].files
        assert isinstance(files, DiskFiles)
        files.die()
        self.engines[which] = self.start()
        found = contents(self.engines[which])
        assert found in (before, self.after)
        self.model = self.after if found == self.after else before
        self.same(self.engines[which])

    @rule(seed=st.integers(0, 1000))
    def power_loss(self, seed: int) -> None:
        self.disk.power_loss(Random(seed))
        self.engines = [self.start(), self.start()]
        self.same(self.engines[0])

    def same(self, engine: Engine) -> None:
        found = contents(engine)
        assert found == self.model
        for table in Table:
            assert list(engine.summaries(table)) == [key for name, key in self.model if name == table]

    @invariant()
    def writable(self) -> None:
        for engine in getattr(self, "engines", []):
            assert engine.condition.sentence == ""


TestStoreMachine = StoreMachine.TestCase
TestStoreMachine.settings = settings(max_examples=80, stateful_step_count=30, deadline=None)
