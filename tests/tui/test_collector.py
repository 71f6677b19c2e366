"""The garbage collector leaves out what it has looked through, and looks again when nobody is there."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from tui.collector import OFTEN, QUIET, Collector


class Clock:
    """Seconds that a test moves."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class Knot:
    """What only the collector can free."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def collector(clock: Clock) -> Iterator[Collector]:
    gc.disable()
    collector = Collector(clock)
    collector.start()
    yield collector
    collector.stop()
    gc.enable()


def test_what_has_been_looked_through_is_left_out(collector: Collector) -> None:
    before = gc.get_freeze_count()
    kept = [Knot() for _ in range(1000)]
    gc.collect()
    assert gc.get_freeze_count() >= before + len(kept)


def test_what_was_left_out_and_is_kept_no_more_is_freed_by_a_sweep(collector: Collector, clock: Clock) -> None:
    knot = Knot()
    seen = weakref.ref(knot)
    gc.collect()
    del knot
    gc.collect()
    assert seen() is not None
    clock.seconds = OFTEN
    assert collector.sweep()
    assert seen() is None


def test_a_sweep_waits_for_its_time_and_for_quiet(collector: Collector, clock: Clock) -> None:
    clock.seconds = OFTEN - 1
    assert not collector.sweep()
    clock.seconds = OFTEN + 1
    collector.touched()
    assert not collector.sweep()
    clock.seconds += QUIET
    assert collector.sweep()
    assert not collector.sweep()


def test_it_leaves_a_collector_alone_that_runs_already(clock: Clock) -> None:
    callbacks, frozen = list(gc.callbacks), gc.get_freeze_count()
    collector = Collector(clock)
    collector.start()
    clock.seconds = OFTEN + QUIET
    assert not collector.sweep()
    assert gc.callbacks == callbacks
    assert gc.get_freeze_count() == frozen
