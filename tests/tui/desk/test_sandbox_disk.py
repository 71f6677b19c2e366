"""A disk that refuses under a desk at work: nothing is acknowledged or sent that is not kept, and it is said aloud."""

from __future__ import annotations

import errno
from pathlib import Path
from random import Random

import pytest

from providers.model import TicketKey
from providers.sandbox import Sandbox
from tests.support.files import Disk
from tests.support.sandbox_desk import desk_over
from tui.desk.desk import Desk
from tui.desk.ports import StoreFault

REFUSALS = [
    ("sync", errno.EIO),
    ("write", errno.EIO),
    ("sync", errno.ENOSPC),
    ("write", errno.ENOSPC),
    ("sync", errno.EDQUOT),
    ("sync", errno.EROFS),
    ("write", errno.EROFS),
]
FOR_EVER = 1_000
COMMITS = 10
"""More than a poll of one message makes."""
DRAFT = {"comment": "The node is"}


def refuse(disk: Disk, operation: str, code: int, *, skip: int = 0) -> None:
    """From now on, or after so many times that go well."""
    disk.fail(operation, code, skip=skip)
    for _ in range(FOR_EVER):
        disk.fail(operation, code)


def words_of(desk: Desk, number: str) -> list[str]:
    """What the vendor's people said on a ticket, as the desk knows it."""
    ticket = desk.ticket(TicketKey("ensono", number))
    assert ticket is not None
    return [comment.body for comment in ticket.comments if comment.origin == "vendor"]


@pytest.mark.parametrize(("operation", "code"), REFUSALS)
async def test_nothing_is_acknowledged_or_sent_and_the_draft_is_kept(tmp_path: Path, operation: str, code: int) -> None:
    disk = Disk()
    async with Sandbox(seed=3, world=False) as box:
        number = box.ensono.create(client_number="OWN1")
        async with desk_over(box, tmp_path, clock=box.clock, files=disk.folder()) as desk:
            await desk.sync("ensono")
            await desk.save_draft("a form", DRAFT)
            queued = await desk.submit(desk.write("comment", "ensono", number, values={"comment": "sent later"}))
            before = len(box.ledger)
            box.ensono.comment(number, "not on our disk")
            refuse(disk, operation, code)
            with pytest.raises(StoreFault):
                await desk.sync("ensono")
            with pytest.raises(StoreFault):
                await desk.deliver(queued.id)
            with pytest.raises(StoreFault):
                await desk.submit(desk.write("comment", "ensono", number, values={"comment": "not kept"}))
            with pytest.raises(StoreFault):
                await desk.save_draft("a form", {"comment": "The node is back"})
            assert "read-only" in desk.store.read_only
            assert (len(box.ledger), desk.draft("a form")) == (before, DRAFT)
            assert words_of(desk, number) == []
        disk.heal()
        async with desk_over(box, tmp_path, clock=box.clock, files=disk.folder()) as desk:
            assert (desk.store.read_only, desk.draft("a form")) == ("", DRAFT)
            box.advance(61)
            await desk.sync("ensono")
            assert words_of(desk, number) == ["not on our disk"]
        assert [entry.operation for entry in box.ledger[before:]] == ["comment", "acknowledge"]


@pytest.mark.parametrize("skipped", range(COMMITS))
@pytest.mark.parametrize(("operation", "code"), [("sync", errno.EIO), ("write", errno.ENOSPC)])
async def test_wherever_the_disk_refuses_what_was_acknowledged_outlives_a_power_cut(
    tmp_path: Path, operation: str, code: int, skipped: int
) -> None:
    """The disk fails at one of the poll's commits, then the machine stops: the vendor's books are the judge."""
    disk = Disk()
    async with Sandbox(seed=3, world=False) as box:
        number = box.ensono.create(client_number="OWN1")
        async with desk_over(box, tmp_path, clock=box.clock, files=disk.folder()) as desk:
            await desk.sync("ensono")
            for words in ("one", "two", "three"):
                box.ensono.comment(number, words)
            await desk.submit(desk.write("comment", "ensono", number, values={"comment": "ours"}))
            refuse(disk, operation, code, skip=skipped)
            with pytest.raises(StoreFault):
                for _ in range(COMMITS):
                    await desk.sync("ensono")
        disk.heal()
        disk.power_loss(Random(skipped))
        async with desk_over(box, tmp_path, clock=box.clock, files=disk.folder()) as desk:
            acknowledged = [entry.body["message_id"] for entry in box.ledger.of("ensono", "acknowledge")]
            assert set(acknowledged) <= {entry.id for entry in desk.messages(settled=True)}
            for _ in range(12):
                box.advance(61)
                await desk.sync("ensono")
            assert words_of(desk, number) == ["one", "two", "three"]
            (write,) = desk.outbox(settled=True)
            there = len(box.ledger.of("ensono", "comment"))
            assert there <= 1
            assert (write.state, there) in {("done", 1), ("unconfirmed", 0), ("unconfirmed", 1)}
        acknowledged = [entry.body["message_id"] for entry in box.ledger.of("ensono", "acknowledge")]
        assert sorted(acknowledged) == sorted(message.message_id for message in box.ensono.queue.sent)
