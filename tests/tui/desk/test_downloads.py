"""Files that came: fetched on receipt, under safe names, whole, never over another."""

from __future__ import annotations

import string
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.base import Operation
from providers.errors import BadAnswer, NotFound, NotOffered, TimedOut, TooLarge
from providers.model import Attachment, Patch
from tests.support.fake_provider import QUEUED, FakeProvider, declare, message
from tests.support.memory_desk import NOON, T1, MemoryDesk
from tui.desk import received_files
from tui.desk.received_files import safe_name


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[MemoryDesk]:
    """A desk over one vendor with a queue."""
    desk = MemoryDesk(tmp_path)
    yield desk
    await desk.aclose()


def file(name: str = "boot.log", url: str = "https://files/1", size: int | None = 4, file_id: str = "a1") -> Attachment:
    """An attachment with a link that expires."""
    return Attachment(id=file_id, name=name, url=url, size=size, expires_at=NOON + timedelta(hours=2))


async def attach(desk: MemoryDesk, attachment: Attachment, order: int = 1000, content: bytes = b"text") -> None:
    """A message brings a file; poll."""
    if content:
        desk.fake.files[attachment.url] = content
    desk.fake.put(message(order=order, kind="attachment", patch=Patch(number="T1", attachments=(attachment,))))
    await desk.sync("fake")


def paths(desk: MemoryDesk) -> list[Path]:
    """Where the ticket's files are here."""
    ticket = desk.ticket(T1)
    assert ticket is not None
    return [Path(item.path) for item in ticket.attachments if item.path]


async def test_a_file_is_fetched_on_receipt_into_a_folder_of_ours(desk: MemoryDesk, tmp_path: Path) -> None:
    await attach(desk, file())
    (path,) = paths(desk)
    assert (path.read_bytes(), path.parent) == (b"text", tmp_path / "attachments" / "fake" / "T1")
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


async def test_a_file_of_another_size_than_said_does_not_make_its_vendor_look_down(desk: MemoryDesk) -> None:
    await attach(desk, file(size=9))
    assert paths(desk) == []
    for report in (await desk.sync("fake"), await desk.sync("fake")):
        assert report.error == ""


async def test_files_of_one_name_stand_side_by_side(desk: MemoryDesk) -> None:
    await attach(desk, file())
    await attach(desk, file(url="https://files/2", file_id="a2"), order=2000, content=b"more")
    assert sorted(path.name for path in paths(desk)) == ["boot-2.log", "boot.log"]
    assert sorted(path.read_bytes() for path in paths(desk)) == [b"more", b"text"]


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "..", "-rf", ".bashrc", "a\x1b[31mb", "", "x\\y\\z"]
)
async def test_no_name_leads_out_of_the_folder(desk: MemoryDesk, tmp_path: Path, name: str) -> None:
    await attach(desk, file(name))
    (path,) = paths(desk)
    assert path.parent == tmp_path / "attachments" / "fake" / "T1"


@given(st.text())
def test_a_safe_name_is_only_a_name(name: str) -> None:
    safe = safe_name(name)
    assert 0 < len(safe) <= 120
    assert set(safe) <= set(string.ascii_letters + string.digits + "._-")
    assert safe[0] not in ".-"
    assert safe_name(safe) == safe


async def test_a_file_of_another_size_is_not_kept(desk: MemoryDesk, tmp_path: Path) -> None:
    await attach(desk, file(size=5))
    assert paths(desk) == []
    assert list((tmp_path / "attachments").rglob("*.*")) == []
    desk.fake.files["https://files/1"] = b"whole"
    await desk.sync("fake")
    assert [path.read_bytes() for path in paths(desk)] == [b"whole"]


async def test_a_link_that_is_gone_is_said_once_and_not_tried_for_ever(desk: MemoryDesk) -> None:
    await attach(desk, file(), content=b"")
    assert "not fetched" in desk.entry("m1000").warning
    desk.fake.files["https://files/1"] = b"text"
    await desk.sync("fake")
    assert paths(desk) == []
    assert await desk.download(T1) == paths(desk)
    assert len(paths(desk)) == 1


async def test_a_file_that_failed_for_now_is_fetched_at_the_next_poll(tmp_path: Path) -> None:
    desk = MemoryDesk(tmp_path, Flaky())
    await attach(desk, file())
    assert (paths(desk), desk.health()[0].error_type) == ([], "TimedOut")
    await desk.sync("fake")
    assert len(paths(desk)) == 1
    await desk.aclose()


class Flaky(FakeProvider):
    """A vendor whose first download breaks in the middle."""

    broken = False

    async def download(self, attachment: Attachment, progress: object = None) -> AsyncIterator[bytes]:
        """Half a file and a failure, then the file."""
        yield b"te"
        if not self.broken:
            self.broken = True
            raise TimedOut(self.name, "no answer")
        yield b"xt"


async def test_what_is_too_large_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(received_files, "LARGEST", 3)

    async def pieces() -> AsyncIterator[bytes]:
        yield b"te"
        yield b"xt"

    with pytest.raises(TooLarge):
        await received_files.keep("fake", file(), pieces(), tmp_path / "files")
    assert list((tmp_path / "files").iterdir()) == []


async def test_a_download_copies_what_is_here_and_names_what_is_not(desk: MemoryDesk, tmp_path: Path) -> None:
    await attach(desk, file())
    desk.fake.files.clear()
    target = tmp_path / "mine"
    first, second = await desk.download(T1, "boot.log", target), await desk.download(T1, "", target)
    assert [path.name for path in first + second] == ["boot.log", "boot-2.log"]
    with pytest.raises(NotFound, match=r"it has: boot\.log"):
        await desk.download(T1, "other.log")


async def test_a_vendor_without_downloads_says_so(tmp_path: Path) -> None:
    desk = MemoryDesk(tmp_path, FakeProvider(declaration=declare(QUEUED - {Operation.DOWNLOAD})))
    await attach(desk, file())
    with pytest.raises(NotOffered, match="not offered"):
        await desk.download(T1)
    await desk.aclose()


async def test_a_disk_that_is_full_is_said_so(desk: MemoryDesk, tmp_path: Path) -> None:
    (tmp_path / "attachments").write_text("in the way")
    await attach(desk, file())
    assert desk.health()[0].error_type == BadAnswer.__name__
    assert "could not be written" in desk.health()[0].error


@pytest.mark.parametrize("place", ["attachments", "attachments/fake", "attachments/fake/T1"])
async def test_no_file_is_written_through_a_link(desk: MemoryDesk, tmp_path: Path, place: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    link = tmp_path / place
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(elsewhere)
    await attach(desk, file())
    assert (paths(desk), list(elsewhere.rglob("*"))) == ([], [])
    health = desk.health()[0]
    assert f"{link} is a link, and none is followed there" in health.error
    assert health.next_step == "Put a folder of that name in its place."
    link.unlink()
    await desk.sync("fake")
    assert [path.read_bytes() for path in paths(desk)] == [b"text"]


async def test_a_copy_goes_where_the_engineer_says_links_and_all(desk: MemoryDesk, tmp_path: Path) -> None:
    await attach(desk, file())
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "mine").symlink_to(tmp_path / "elsewhere")
    [path] = await desk.download(T1, "", tmp_path / "mine")
    assert path == tmp_path / "mine" / "boot.log"
    assert (tmp_path / "elsewhere" / "boot.log").read_bytes() == b"text"
