"""What may have been done stays in doubt until something clears it. Judged by the vendor's ledger."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from providers.errors import NotAuthorised, Rejected, Unconfirmed, Unreachable, VendorError
from providers.model import Receipt
from tests.support.memory_desk import NOON, MemoryDesk, desk_with_a_ticket
from tui.desk.entries import OutboxEntry

MAY_BE_DONE = "an earlier try got no answer and may have been done"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[MemoryDesk]:
    """A desk whose vendor has one ticket."""
    async with desk_with_a_ticket(tmp_path) as desk:
        yield desk


async def unanswered(desk: MemoryDesk, *files: Path) -> OutboxEntry:
    """A comment that the vendor has and did not answer."""
    desk.fake.after.append(Unconfirmed("fake", "no answer"))
    entry = await desk.submit(desk.write("comment", "fake", "T1", values={"comment": "hello"}, files=files))
    return await desk.deliver(entry.id)


async def tried_again(desk: MemoryDesk, entry: OutboxEntry) -> OutboxEntry:
    """The entry after the engineer's retry, a minute later."""
    desk.time.move(60)
    await desk.retry(entry.id)
    return await desk.deliver(entry.id)


@pytest.mark.parametrize("refusal", [NotAuthorised("fake", "the key is not accepted"), Rejected("fake", "too late")])
async def test_a_retry_that_is_refused_leaves_the_first_try_in_doubt(desk: MemoryDesk, refusal: VendorError) -> None:
    entry = await unanswered(desk)
    desk.fake.before.append(refusal)
    again = await tried_again(desk, entry)
    assert (again.state, again.error_type, again.needs_engineer) == ("unconfirmed", "Unconfirmed", True)
    assert refusal.message in again.error and MAY_BE_DONE in again.error
    assert desk.fake.ledger == [("comment", "T1", "hello")], "the first try was done"


async def test_what_is_in_doubt_is_looked_for_by_when_it_was_sent(desk: MemoryDesk) -> None:
    entry = await unanswered(desk)
    desk.fake.before.append(Rejected("fake", "too late"))
    again = await tried_again(desk, entry)
    assert (again.sent_at, again.write.sent_at) == (NOON, NOON)
    desk.fake.found = lambda write: Receipt(number="T1") if write.sent_at == NOON else None
    await desk.sync("fake")
    assert [item.state for item in desk.outbox(settled=True)] == ["done"]
    assert len(desk.fake.ledger) == 1


async def test_what_is_in_doubt_is_not_sent_again_by_itself(desk: MemoryDesk) -> None:
    entry = await unanswered(desk)
    desk.fake.before.append(Rejected("fake", "too late"))
    await tried_again(desk, entry)
    for _ in range(3):
        desk.time.move(timedelta(minutes=5).total_seconds())
        await desk.sync("fake")
    assert [item.state for item in desk.outbox()] == ["unconfirmed"]
    assert len(desk.fake.ledger) == 1


async def test_a_retry_whose_file_is_gone_is_no_attempt(desk: MemoryDesk, tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    log.write_text("hello")
    entry = await unanswered(desk, log)
    log.unlink()
    again = await tried_again(desk, entry)
    assert (again.state, again.attempts, again.sent_at) == ("unconfirmed", len(desk.fake.ledger), NOON)
    assert "cannot be read" in again.error and MAY_BE_DONE in again.error


async def test_a_first_try_whose_file_is_gone_is_rejected_and_no_attempt(desk: MemoryDesk, tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    log.write_text("hello")
    write = desk.write("comment", "fake", "T1", values={"comment": "hello"}, files=[log])
    entry = await desk.submit(write)
    log.unlink()
    refused = await desk.deliver(entry.id)
    assert (refused.state, refused.attempts, refused.sent_at) == ("rejected", 0, None)
    assert desk.fake.ledger == []


async def test_what_waits_to_be_sent_again_and_is_dropped_may_have_been_done(desk: MemoryDesk) -> None:
    entry = await unanswered(desk)
    desk.fake.before.append(Unreachable("fake", "no route"))
    assert (await tried_again(desk, entry)).state == "queued"
    assert "may have been done" in (await desk.drop(entry.id)).note


async def test_a_write_of_a_provider_that_is_no_longer_configured_says_so(desk: MemoryDesk, tmp_path: Path) -> None:
    entry = await unanswered(desk)
    other = MemoryDesk(tmp_path, store=desk.memory, clock=desk.time)
    del other._context.providers["fake"]  # type: ignore[attr-defined]  # the mapping is a dict
    with pytest.raises(Rejected, match="the config names no such provider"):
        await other.retry(entry.id)
    with pytest.raises(Rejected, match="the config names no such provider"):
        await other.edit(entry.id, {"comment": "other"})
    assert [item.state for item in other.outbox()] == ["unconfirmed"]
    assert (await other.drop(entry.id)).dropped
