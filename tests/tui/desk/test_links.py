"""A link that ends carries a signature: it is kept until its file is here, and then nowhere in the store."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from providers.errors import NotFound
from providers.model import Attachment, Patch, TicketKey
from tests.support.fake_provider import message
from tests.support.memory_desk import NOON, T1, MemoryDesk
from tui.desk import replay
from tui.desk.ports import Table

SIGNED = Attachment(
    id="a1", name="boot.log", url="https://files/1?sig=not-a-real-signature", size=4, expires_at=NOON + timedelta(2)
)
LASTING = replace(SIGNED, id="a2", url="GetAttachment/2", expires_at=None)


async def received(tmp_path: Path, attachment: Attachment, *, fetched: bool = True) -> MemoryDesk:
    """A desk to which a message has brought a file."""
    desk = MemoryDesk(tmp_path)
    if fetched:
        desk.fake.files[attachment.url] = b"text"
    desk.fake.put(message(order=1000, kind="attachment", patch=Patch(number="T1", attachments=(attachment,))))
    await desk.sync("fake")
    return desk


def copy_in(desk: MemoryDesk) -> Path:
    """Where our copy is."""
    ticket = desk.ticket(T1)
    assert ticket is not None
    return Path(ticket.attachments[0].path)


def whole(desk: MemoryDesk) -> str:
    """Every document of the store."""
    return json.dumps([desk.store.get(table, key) for table in Table for key in desk.store.keys(table)])


async def test_it_is_forgotten_with_the_file(tmp_path: Path) -> None:
    desk = await received(tmp_path, SIGNED)
    assert copy_in(desk).read_bytes() == b"text"
    assert "not-a-real-signature" not in whole(desk)
    await desk.aclose()


async def test_it_is_kept_while_the_file_is_not_here(tmp_path: Path) -> None:
    desk = await received(tmp_path, SIGNED, fetched=False)
    assert "not-a-real-signature" in whole(desk)
    await desk.aclose()


async def test_one_that_lasts_is_kept(tmp_path: Path) -> None:
    desk = await received(tmp_path, LASTING)
    assert "GetAttachment/2" in whole(desk)
    await desk.aclose()


async def test_the_ticket_is_still_what_its_entries_make_of_it(tmp_path: Path) -> None:
    desk = await received(tmp_path, SIGNED)
    key = TicketKey("fake", "T1")
    assert replay.replay(desk.store, key, list(desk.store.keys(Table.INBOX))) == desk.ticket(key)
    await desk.aclose()


async def test_a_copy_that_was_deleted_is_asked_of_the_vendor_again(tmp_path: Path) -> None:
    desk = await received(tmp_path, SIGNED)
    copy_in(desk).unlink()
    with pytest.raises(NotFound, match="its link is used up") as raised:
        await desk.download(T1, "boot.log")
    assert "attach it again" in raised.value.next_step
    await desk.aclose()
