"""The store's folder: whose it is, who may look into it, what is no store."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from providers.clock import SystemClock
from tests.tui.desk.store.conftest import Opener
from tui.desk.ports import StoreFault, Table, Transaction
from tui.desk.store import open_store
from tui.desk.store.files import RealFiles
from tui.desk.store.frames import VERSION, Header, encode_header
from tui.desk.store.mounts import network_kind, network_warning


def put(transaction: Transaction) -> None:
    transaction.put(Table.TICKETS, "a", {"n": 1})


@pytest.fixture(params=[0o000, 0o022, 0o077, 0o777], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


async def test_folders_and_files_are_the_user_s_alone_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    store = open_store(tmp_path / "state" / "vendorq", SystemClock())
    assert store.lease.acquire()
    store.lease.beat(60)
    await store.transact(put)
    await store.compact()
    await store.transact(lambda transaction: transaction.put(Table.TICKETS, "b", {}))
    for folder in (tmp_path / "state", tmp_path / "state" / "vendorq"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    files = list((tmp_path / "state" / "vendorq").iterdir())
    assert {path.name for path in files} >= {"lock", "journal-2", "snapshot", "consumer", "consumer.beat"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    store.close()


async def test_a_lax_folder_and_lax_files_are_closed_to_others(opened: Opener, tmp_path: Path) -> None:
    store = opened()
    await store.transact(put)
    store.close()
    folder = tmp_path / "store"
    folder.chmod(0o755)
    (folder / "journal-1").chmod(0o644)
    opened()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "journal-1").stat().st_mode) == 0o600


def test_a_link_in_the_folder_s_place_is_refused_with_its_target(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(StoreFault, match=f"is a link.*{tmp_path / 'real'}"):
        open_store(tmp_path / "link", SystemClock())
    assert list((tmp_path / "real").iterdir()) == []


@pytest.mark.parametrize("name", ["lock", "journal-1", "snapshot", "compacting", "consumer", "snapshot.new"])
async def test_a_link_in_a_file_s_place_is_not_followed(opened: Opener, tmp_path: Path, name: str) -> None:
    target = tmp_path / "precious"
    target.write_text("mine")
    (tmp_path / "store").mkdir(mode=0o700)
    (tmp_path / "store" / name).symlink_to(target)
    try:
        store = opened()
        store.lease.acquire()
        await store.transact(put)
        await store.compact()
    except StoreFault:
        pass
    assert target.read_text() == "mine"


@pytest.mark.parametrize("name", ["lock", "journal-1", "snapshot", "log", "locks", "tokens", "attachments", "edit"])
def test_a_link_where_none_is_followed_is_named(opened: Opener, tmp_path: Path, name: str) -> None:
    opened().close()
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "store" / name
    link.unlink(missing_ok=True)
    link.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreFault, match=rf"\b{name}: it is a link|{name} is a link"):
        opened()


@pytest.mark.parametrize("name", ["lock", "journal-1"])
def test_a_pipe_or_folder_in_a_file_s_place_is_refused_at_once(opened: Opener, tmp_path: Path, name: str) -> None:
    (tmp_path / "store").mkdir(mode=0o700)
    os.mkfifo(tmp_path / "store" / name)
    with pytest.raises(StoreFault, match="cannot be opened"):
        opened()
    (tmp_path / "store" / name).unlink()
    (tmp_path / "store" / name).mkdir()
    with pytest.raises(StoreFault, match="cannot be opened"):
        opened()


def test_a_file_in_the_folder_s_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("")
    with pytest.raises(StoreFault, match=r"cannot be opened.*\[store\] path"):
        open_store(tmp_path / "store", SystemClock())


async def test_asked_for_read_only_nothing_is_made_or_changed(opened: Opener, tmp_path: Path) -> None:
    with pytest.raises(StoreFault):
        opened(read_only=True)
    assert not (tmp_path / "store").exists()
    writer = opened()
    await writer.transact(put)
    with (tmp_path / "store" / "journal-1").open("ab") as journal:
        journal.write(b"a torn end")
    before = {path.name: path.read_bytes() for path in (tmp_path / "store").iterdir()}
    reader = opened(read_only=True)
    assert "--read-only" in reader.read_only
    assert reader.get(Table.TICKETS, "a") == {"n": 1}
    assert not reader.lease.acquire()
    for asked in (reader.transact(put), reader.compact()):
        with pytest.raises(StoreFault, match="read-only"):
            await asked
    assert {path.name: path.read_bytes() for path in (tmp_path / "store").iterdir()} == before
    await writer.transact(lambda transaction: transaction.put(Table.TICKETS, "b", {}))
    assert await reader.follow()
    assert list(reader.keys(Table.TICKETS)) == ["a", "b"]


async def test_a_read_only_look_at_an_empty_folder_makes_no_store(opened: Opener, tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    reader = opened(read_only=True)
    assert list(reader.keys(Table.TICKETS)) == []
    assert list((tmp_path / "store").iterdir()) == []


class NoWriting(RealFiles):
    """A folder on a file system that is mounted read-only."""

    def open(self, name: str, *, create: bool = False, exclusive: bool = False, write: bool = True) -> int:
        if write or create:
            raise OSError(30, "Read-only file system")
        return super().open(name, write=False)


async def test_a_folder_that_cannot_be_written_is_shown_read_only(opened: Opener, tmp_path: Path) -> None:
    writer = opened()
    await writer.transact(put)
    writer.close()
    store = opened(files=NoWriting(tmp_path / "store"))
    assert "cannot be written (Read-only file system)" in store.read_only
    assert store.get(Table.TICKETS, "a") == {"n": 1}
    assert not store.lease.acquire()
    assert not await store.follow()
    with pytest.raises(StoreFault, match="cannot be written"):
        await store.transact(put)


async def test_a_newer_version_s_store_is_refused_with_words(opened: Opener, tmp_path: Path) -> None:
    opened().close()
    (tmp_path / "store" / "journal-1").write_bytes(encode_header(Header("journal", VERSION + 1, 1, 0)))
    with pytest.raises(StoreFault, match="newer vendorq"):
        opened()


MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
filer:/home /home nfs4 rw,vers=4.2 0 0
/dev/sdb1 /home/local xfs rw 0 0
me@host: /mnt/with\\040space fuse.sshfs rw 0 0
"""


def test_a_network_folder_is_named_by_the_longest_mount_that_holds_it() -> None:
    assert network_kind(Path("/var/lib/vendorq"), MOUNTS) == ""
    assert network_kind(Path("/home/me/.local/state/vendorq"), MOUNTS) == "nfs4"
    assert network_kind(Path("/home/local/me"), MOUNTS) == ""
    assert network_kind(Path("/homestead"), MOUNTS) == ""
    assert network_kind(Path("/mnt/with space/x"), MOUNTS) == "fuse.sshfs"
    assert network_kind(Path("/x"), "") == ""
    assert "network file system (nfs4)" in network_warning(Path("/home/me"), MOUNTS)
    assert network_warning(Path("/var"), MOUNTS) == ""


async def test_a_network_folder_is_told_among_the_warnings(opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.desk.store.storage.network_warning", lambda folder: f"{folder} is far away")
    assert opened().warnings[0].endswith("is far away")
