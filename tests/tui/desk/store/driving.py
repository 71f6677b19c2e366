"""Driving a store's engine step by step, beside a dict that says what must be in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from providers.clock import SystemClock
from tui.desk.index import summarise
from tui.desk.ports import Table
from tui.desk.store.compaction import Compaction
from tui.desk.store.engine import Engine, Outcome
from tui.desk.store.files import Files
from tui.desk.store.views import Change

Model = dict[tuple[str, str], dict[str, Any]]
Changes = dict[tuple[str, str], dict[str, Any] | None]
"""What one transaction does: documents to put, None to delete."""

FOLDER = Path("/store")


def open_engine(files: Files, *, read_only: bool = False) -> Engine:
    """A process opens the store."""
    return Engine(files, FOLDER, SystemClock(), read_only=read_only)


def commit(engine: Engine, changes: Changes) -> Outcome:
    """One transaction, published. Raises what it failed with."""

    def work(change: Change) -> None:
        for (table, key), document in changes.items():
            if document is None:
                change.delete(table, key)
            else:
                change.put(table, key, document)

    outcome = engine.attempt([work])
    engine.publish(outcome)
    if outcome.results[0].error is not None:
        raise outcome.results[0].error
    return outcome


def follow(engine: Engine) -> None:
    """Take in what other processes wrote."""
    if engine.behind():
        engine.publish(engine.attempt([]))


def compact(engine: Engine, *, repair: bool = False) -> None:
    """A whole compaction."""
    compaction = Compaction(engine, repair=repair)
    while not compaction.ended:
        compaction.step()
    engine.publish(compaction.outcome)
    if compaction.error is not None:
        raise compaction.error


def contents(engine: Engine) -> Model:
    """Every document, decoded, after checking that its summary is the document's own."""
    found: Model = {}
    for table, places in engine.image.memory.places.items():
        summaries = engine.summaries(table)
        assert list(summaries) == list(places)
        for key in places:
            document = engine.get(table, key)
            assert document is not None
            assert summaries[key] == summarise(Table(table), document)
            found[table, key] = document
    return found


def applied(model: Model, changes: Changes) -> Model:
    """What the model is after a transaction."""
    after = dict(model)
    for key, document in changes.items():
        if document is None:
            after.pop(key, None)
        else:
            after[key] = document
    return after
