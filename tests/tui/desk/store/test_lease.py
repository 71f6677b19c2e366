"""The consumer lease: one holder, seen by all, free when it is given up or its holder is gone."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from tests.support.files import Disk
from tests.support.still_clock import StillClock
from tui.desk.ports import Lease, StoreFault
from tui.desk.store.files import RealFiles
from tui.desk.store.lease import KernelLease


def test_one_holds_the_lease_and_all_see_who(tmp_path: Path) -> None:
    clock = StillClock()
    files = RealFiles(tmp_path)
    one: Lease = KernelLease(files, clock)
    other: Lease = KernelLease(files, clock)
    assert one.holder() is None
    assert one.acquire()
    assert one.acquire()
    assert not other.acquire()
    assert (one.held, other.held) == (True, False)
    for lease in (one, other):
        holder = lease.holder()
        assert holder is not None
        assert (holder.pid, holder.host, holder.beat_at) == (os.getpid(), socket.gethostname(), None)
    one.beat(60)
    beaten = clock.now()
    clock.advance(90)
    holder = other.holder()
    assert holder is not None
    assert (holder.beat_at, holder.interval_seconds) == (beaten, 60)
    files.shut()


def test_a_released_lease_is_another_s_to_take(tmp_path: Path) -> None:
    files = RealFiles(tmp_path)
    one, other = KernelLease(files, StillClock()), KernelLease(files, StillClock())
    one.acquire()
    one.beat(60)
    one.release()
    one.release()
    assert one.holder() is None
    assert other.acquire()
    one.beat(60)
    holder = one.holder()
    assert holder is not None
    assert holder.beat_at is None, "a beat without the lease is not told"
    files.shut()


def test_the_lease_falls_with_its_holder_however_new_the_beat() -> None:
    disk = Disk()
    dying = disk.folder()
    one, other = KernelLease(dying, StillClock()), KernelLease(disk.folder(), StillClock())
    one.acquire()
    one.beat(60)
    dying.die()
    assert other.holder() is None
    assert other.acquire()


def test_a_beat_that_cannot_be_read_leaves_a_holder_without_a_name(tmp_path: Path) -> None:
    files = RealFiles(tmp_path)
    one, other = KernelLease(files, StillClock()), KernelLease(files, StillClock())
    one.acquire()
    for text in ("", "{", "[]", '{"pid": "x"}'):
        (tmp_path / "consumer.beat").write_text(text)
        holder = other.holder()
        assert holder is not None
        assert (holder.pid, holder.beat_at) == (0, None)
    (tmp_path / "consumer.beat").unlink()
    assert other.holder() is not None
    files.shut()


def test_looking_for_a_holder_takes_nothing_and_makes_nothing(tmp_path: Path) -> None:
    files = RealFiles(tmp_path)
    one, other = KernelLease(files, StillClock()), KernelLease(files, StillClock())
    assert other.holder() is None
    assert list(tmp_path.iterdir()) == []
    assert one.acquire()
    one.release()
    assert other.holder() is None
    assert one.acquire()
    files.shut()


def test_a_lease_whose_file_cannot_be_opened_is_a_fault_and_nobody_elses(tmp_path: Path) -> None:
    files = RealFiles(tmp_path)
    (tmp_path / "consumer").symlink_to(tmp_path / "nowhere")
    lease = KernelLease(files, StillClock(), tmp_path)
    with pytest.raises(StoreFault, match="consumer cannot be opened"):
        lease.acquire()
    assert not lease.held
    files.shut()
