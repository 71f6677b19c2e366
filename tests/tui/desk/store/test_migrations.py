"""An older version's store is brought up to date once, whole, or left as it was."""

from __future__ import annotations

import pytest

from tests.support.files import Crash, Disk
from tests.tui.desk.store.driving import Changes, commit, contents, open_engine
from tui.desk.ports import Document, StoreFault
from tui.desk.store import frames, image
from tui.desk.store.migrations import migrate

OLD: Changes = {("tickets", "a"): {"status": "open"}, ("tickets", "b"): {"status": "gone"}, ("meta", "m"): {"x": 1}}
NEW = {("tickets", "a"): {"state": "open"}, ("meta", "m"): {"x": 1}}


def rename(table: str, key: str, document: Document) -> Document | None:
    """A step: tickets call it state now, and those that are gone are left out."""
    if table != "tickets":
        return document
    return None if document["status"] == "gone" else {"state": document["status"]}


def touch(table: str, key: str, document: Document) -> Document | None:
    return document


STEPS = {1: rename, 2: touch}


def older(disk: Disk) -> None:
    engine = open_engine(disk.folder())
    commit(engine, dict(OLD))
    engine.close()


def become_version(monkeypatch: pytest.MonkeyPatch, version: int) -> None:
    for module in (image, "tui.desk.store.snapshot", "tui.desk.store.compaction", "tui.desk.store.migrations"):
        name = module if isinstance(module, str) else module.__name__
        monkeypatch.setattr(f"{name}.VERSION", version)


def test_documents_go_through_each_step_once(monkeypatch: pytest.MonkeyPatch) -> None:
    disk = Disk()
    older(disk)
    become_version(monkeypatch, 3)
    engine = open_engine(disk.folder())
    assert engine.image.version == frames.VERSION
    migrate(engine, STEPS)
    assert contents(engine) == NEW
    engine.close()
    again = open_engine(disk.folder())
    assert again.image.version == 3
    migrate(again, STEPS)
    assert contents(again) == NEW
    assert again.image.generation == 2


def test_an_older_store_that_cannot_be_written_is_refused_with_words(monkeypatch: pytest.MonkeyPatch) -> None:
    disk = Disk()
    older(disk)
    become_version(monkeypatch, 2)
    engine = open_engine(disk.folder(), read_only=True)
    with pytest.raises(StoreFault, match="older vendorq"):
        migrate(engine, STEPS)


def test_a_migration_killed_anywhere_leaves_the_old_store_or_the_new(monkeypatch: pytest.MonkeyPatch) -> None:
    become_version(monkeypatch, 1)
    for killed_at in range(1, 80):
        disk = Disk()
        become_version(monkeypatch, 1)
        older(disk)
        become_version(monkeypatch, 2)
        engine = open_engine(disk.folder())
        disk.crash_at = disk.steps + killed_at
        try:
            migrate(engine, STEPS)
            return
        except Crash:
            disk.crash_at = None
            engine.files.die()  # type: ignore[attr-defined]  # the disk of these tests has it
        engine = open_engine(disk.folder())
        assert contents(engine) == (OLD if engine.image.version == 1 else NEW)
        migrate(engine, STEPS)
        assert contents(engine) == NEW
    pytest.fail("the migration never ended")


def test_a_running_older_process_stops_writing_when_a_newer_one_takes_over(monkeypatch: pytest.MonkeyPatch) -> None:
    disk = Disk()
    older(disk)
    running = open_engine(disk.folder())
    become_version(monkeypatch, 2)
    migrate(open_engine(disk.folder()), STEPS)
    become_version(monkeypatch, 1)
    with pytest.raises(StoreFault, match="newer vendorq"):
        commit(running, {("tickets", "c"): {}})
    assert "newer vendorq" in running.condition.sentence
    assert contents(running) == OLD
