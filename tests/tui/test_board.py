"""What the dashboard knows: few tickets at once, very many in slices."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from providers.model import Patch
from tests.support.fake_provider import message
from tests.support.memory_desk import MemoryDesk
from tui.board import Board
from tui.config import Config

NUMBERS = 1_200


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[MemoryDesk]:
    """A desk with many tickets, a few of which wait for us."""
    desk = MemoryDesk(tmp_path)
    for number in range(NUMBERS):
        patch = Patch(number=f"T{number}", set={"state": "open", "awaiting_us": number % 100 == 0})
        desk.fake.put(message(patch.number, number + 1, patch=patch))
    while len(desk.rows()) < NUMBERS:  # a poll has its time; on a busy host so many take more than one
        await desk.sync("fake")
    yield desk
    await desk.aclose()


async def test_of_very_many_tickets_those_that_need_someone_come_first(desk: MemoryDesk, tmp_path: Path) -> None:
    later = MemoryDesk(tmp_path, store=desk.memory)
    config = cast("Config", SimpleNamespace(views=(), provider=lambda name: None))
    board: Any = Board(later, config)
    board.load()
    assert len(board.listing.rows) == 12 == len(board.listing.all)
    counts = dict(board.listing.counts)
    assert counts["all-open"] == NUMBERS
    assert await board.grow()
    assert board.listing.counts == counts
    assert len(board.listing.all) == NUMBERS
    assert len(board.listing.rows) == 12
    assert not await board.grow()
