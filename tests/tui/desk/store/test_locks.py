"""The lock of commits: one at a time, and nobody waits for ever."""

from __future__ import annotations

import asyncio
import os
import threading
from pathlib import Path

import pytest

from providers.clock import SystemClock
from tests.tui.desk.store.conftest import Opener
from tui.desk.ports import StoreFault, Table
from tui.desk.store.files import RealFiles
from tui.desk.store.locks import CommitLock


def test_who_keeps_the_lock_too_long_is_named(tmp_path: Path) -> None:
    files = RealFiles(tmp_path)
    one = CommitLock(files, SystemClock())
    other = CommitLock(files, SystemClock(), patience=0.01)
    with one.held(), pytest.raises(StoreFault, match=rf"kept the store locked.*process {os.getpid()}\)"), other.held():
        pass
    with other.held():
        pass
    one.close()
    other.close()
    files.shut()


def test_a_lock_file_that_was_replaced_is_no_lock(tmp_path: Path) -> None:
    files = RealFiles(tmp_path)
    lock = CommitLock(files, SystemClock())
    (tmp_path / "lock").unlink()
    (tmp_path / "lock").touch()
    with pytest.raises(StoreFault, match="removed while in use"), lock.held():
        pass
    lock.close()
    files.shut()


async def test_a_commit_waits_for_the_one_before_it(opened: Opener, tmp_path: Path) -> None:
    store = opened()
    files = RealFiles(tmp_path / "store")
    lock = CommitLock(files, SystemClock())
    taken, release = threading.Event(), threading.Event()

    def hold() -> None:
        with lock.held():
            taken.set()
            release.wait(10)

    holder = threading.Thread(target=hold)
    holder.start()
    taken.wait(10)
    waiting = asyncio.create_task(store.transact(lambda transaction: transaction.put(Table.META, "a", {})))
    for _ in range(50):
        await asyncio.sleep(0)
    assert not waiting.done()
    release.set()
    await waiting
    holder.join()
    lock.close()
    files.shut()
