"""The first good poll's rows, and their tickets' first pages, are what there was before we looked: no news."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from providers.model import Comment, Patch
from tests.support.fake_provider import LISTED, FakeProvider, declare, stamped
from tests.support.memory_desk import MemoryDesk


def show(desk: MemoryDesk, number: str, *, detailed: bool = False, **patch: Any) -> None:
    """The list, or a ticket's page, says this from now on."""
    desk.fake.show(Patch(number=number, **patch), stamped(desk.time), detailed=detailed)


async def poll(desk: MemoryDesk) -> list[tuple[str, str]]:
    """Poll once a minute; number and summary of all the news there is by then, oldest first."""
    await desk.sync("fake")
    desk.time.move(60)
    entries = reversed(desk.messages())
    return [(entry.number, entry.message.summary) for entry in entries if entry.message is not None]


@pytest.mark.parametrize("pages_a_poll", [20, 1])
async def test_the_first_pages_of_the_baseline_are_no_news(tmp_path: Path, pages_a_poll: int) -> None:
    desk = MemoryDesk(tmp_path, FakeProvider(declaration=declare(LISTED, details_per_poll=pages_a_poll)))
    for number in ("T1", "T2", "T3"):
        show(desk, number, set={"state": "open", "priority": 3})
        show(desk, number, detailed=True, set={"state": "open", "awaiting_us": True})
    for _ in range(4):
        assert await poll(desk) == []
    rows = desk.rows()
    assert ([row.awaiting_us for row in rows], [row.unread for row in rows]) == ([True] * 3, [False] * 3)
    await desk.aclose()


async def test_what_a_later_page_says_is_news(tmp_path: Path) -> None:
    desk = MemoryDesk(tmp_path, FakeProvider(declaration=declare(LISTED, details_per_poll=20)))
    show(desk, "T1", set={"state": "open"})
    show(desk, "T1", detailed=True, set={"state": "open", "awaiting_us": False})
    assert await poll(desk) == []
    show(desk, "T1", set={"state": "open", "summary": "changed"})
    show(desk, "T1", detailed=True, set={"awaiting_us": True})
    assert await poll(desk) == [("T1", "Waits for us")]
    await desk.aclose()


async def test_the_page_of_a_ticket_that_came_later_is_news(tmp_path: Path) -> None:
    desk = MemoryDesk(tmp_path, FakeProvider(declaration=declare(LISTED, details_per_poll=20)))
    await poll(desk)
    show(desk, "T9", set={"state": "open", "summary": "Line down"})
    show(desk, "T9", detailed=True, set={"awaiting_us": True})
    assert await poll(desk) == [("T9", "Line down"), ("T9", "Waits for us")]
    await desk.aclose()


async def test_a_comment_made_since_the_baseline_is_news_on_the_first_page(tmp_path: Path) -> None:
    desk = MemoryDesk(tmp_path, FakeProvider(declaration=declare(LISTED, details_per_poll=1)))
    at = desk.time.now()
    old = Comment(id="c1", author="Vendor", body="long ago", at=at - timedelta(hours=1))
    new = Comment(id="c2", author="Vendor", body="just now", at=at + timedelta(seconds=30))
    for number in ("T1", "T2"):
        show(desk, number, set={"state": "open"})
        show(desk, number, detailed=True, set={"awaiting_us": True})
    assert await poll(desk) == []
    show(desk, "T2", detailed=True, set={"awaiting_us": True}, comments=(old, new))
    assert await poll(desk) == [("T2", "Vendor: just now")]
    await desk.aclose()
