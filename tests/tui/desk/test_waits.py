"""What a write waits for is said in words, whatever it is; and once that has come, the vendor has the write."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from providers.base import Operation, Settling
from providers.errors import Rejected, SecretMissing, Throttled, Unconfirmed, Unreachable
from providers.model import Batch
from tests.support.fake_provider import ANSWERED, FakeProvider, declare, message
from tests.support.memory_desk import NOON, T1, MemoryDesk, desk_with_a_ticket
from tui.desk.context import Policy
from tui.desk.entries import OutboxEntry
from tui.desk.ports import LeaseHolder, Table
from tui.desk.waits import why


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[MemoryDesk]:
    """A desk that polls, with one ticket of one vendor."""
    async with desk_with_a_ticket(tmp_path) as desk:
        yield desk


async def queue(desk: MemoryDesk, text: str = "hello", number: str = "T1") -> OutboxEntry:
    """A comment that nobody has tried to send."""
    return await desk.submit(desk.write("comment", "fake", number, values={"comment": text}))


def said(desk: MemoryDesk, entry: OutboxEntry | None = None) -> str:
    """What a write waits for, the newest where none is named."""
    entries = desk.outbox()
    waits_for = desk.waits_for(entries)
    return waits_for[(entry or entries[-1]).id]


def committed(desk: MemoryDesk) -> list[str]:
    """The words that the vendor has, in order."""
    return [words for _, _, words in desk.fake.ledger]


async def test_what_was_never_tried_waits_for_the_next_poll(desk: MemoryDesk) -> None:
    await queue(desk)
    assert said(desk) == "the next poll of fake sends it"
    await desk.sync("fake")
    assert (committed(desk), desk.waits_for(desk.outbox(settled=True))) == (["hello"], {})


async def test_where_nobody_polls_it_says_so_and_what_to_do(desk: MemoryDesk) -> None:
    desk.release_lease()
    await queue(desk)
    assert said(desk) == "nothing polls now: `vendorq sync --once` sends it"
    desk.memory.lease.other = LeaseHolder(4711, "pts/3", "here", NOON, 60)
    assert said(desk) == "the next poll of fake sends it"


@pytest.mark.parametrize("error", [Unreachable("fake", "no route"), SecretMissing("fake", "no such variable")])
async def test_what_found_no_way_out_says_why_and_when_it_was_tried(desk: MemoryDesk, error: Unreachable) -> None:
    desk.fake.before.append(error)
    entry = await queue(desk)
    await desk.deliver(entry.id)
    assert said(desk) == f"{error.message} (tried at 12:00:00 UTC); the next poll of fake sends it"
    await desk.sync("fake")
    assert committed(desk) == ["hello"]


async def test_what_could_not_be_tried_for_a_poll_that_failed_says_how_that_failed(desk: MemoryDesk) -> None:
    desk.fake.receive_fails += [Unreachable("fake", "no route")]
    await desk.sync("fake")
    await queue(desk)
    assert said(desk) == "the next poll of fake that reaches it sends it (the last: no route)"
    await desk.sync("fake")
    assert committed(desk) == ["hello"]


async def test_patience_that_was_asked_of_another_write_is_named_with_its_end(desk: MemoryDesk) -> None:
    desk.fake.before.append(Throttled("fake", "too many", retry_after=300))
    first = await queue(desk)
    await desk.deliver(first.id)
    desk.fake.put(message("T2", 2000, message_id="other"))
    other = await queue(desk, "later", number="T2")
    assert said(desk, first) == said(desk, other) == "the vendor asked for patience until 12:05:00 UTC"
    desk.time.move(301)
    await desk.sync("fake")
    assert sorted(committed(desk)) == ["hello", "later"]


async def test_a_later_write_says_which_earlier_one_goes_first_and_what_that_waits_for(desk: MemoryDesk) -> None:
    desk.fake.before.append(Unreachable("fake", "no route"))
    first = await queue(desk, "first")
    second, third = await queue(desk, "second"), await queue(desk, "third")
    await desk.deliver(first.id)
    for later in (second, third):
        assert said(desk, later) == (
            f"an earlier comment goes first, {first.id}, which is queued: "
            "no route (tried at 12:00:00 UTC); the next poll of fake sends it"
        )
    await desk.sync("fake")
    assert committed(desk) == ["first", "second", "third"]


async def test_what_is_being_sent_says_since_when(desk: MemoryDesk) -> None:
    desk.fake.hold = asyncio.Event()
    first = await queue(desk, "first")
    changed = asyncio.Event()
    stop = desk.subscribe(lambda event: changed.set())
    sending = asyncio.create_task(desk.deliver(first.id))
    while desk.outbox()[0].state != "sending":
        await changed.wait()
        changed.clear()
    stop()
    second = await queue(desk, "second")
    words = "it is being sent since 12:00:00 UTC: the vendor's answer is awaited"
    assert said(desk, first) == words
    assert said(desk, second) == f"an earlier comment goes first, {first.id}, which is sending: {words}"
    desk.fake.hold.set()
    await sending


async def test_what_is_looked_up_says_so_and_when_it_is_decided(desk: MemoryDesk) -> None:
    desk.fake.after.append(Unconfirmed("fake", "no answer"))
    entry = await desk.send(comment="hello")
    words = "it is looked up at the vendor; if nothing has shown it, it is put to you at the"
    assert said(desk) == f"{words} first poll after 12:02:00 UTC"
    assert why(entry, said(desk)) == f"no answer; {said(desk)}"
    desk.time.move(121)
    assert said(desk) == f"{words} next poll"
    await desk.sync("fake")
    assert said(desk) == "your decision: send it again or drop it"


async def test_what_the_vendor_cannot_be_asked_about_promises_no_look_up(tmp_path: Path) -> None:
    settling = {"comment": Settling(by="nothing", fallback="send_again")}
    desk = MemoryDesk(tmp_path, FakeProvider(declaration=declare(settling=settling)))
    desk.fake.put(message())
    await desk.sync("fake")
    desk.fake.after.append(Unconfirmed("fake", "no answer"))
    await desk.send(comment="hello")
    assert said(desk) == "the vendor cannot be asked about it; it is sent again at the first poll after 12:02:00 UTC"
    await desk.aclose()


async def test_what_a_queue_may_show_waits_for_that_to_be_read(desk: MemoryDesk) -> None:
    desk.fake.after.append(Unconfirmed("fake", "no answer"))
    await desk.send("update", summary="x")
    assert said(desk) == (
        "a message of the vendor may show it; if nothing has shown it, it is sent once more "
        "once its queue has been read to the end after 12:02:00 UTC"
    )
    desk.time.move(121)
    await desk.sync("fake")
    assert len(committed(desk)) == 1, "its queue has been read to the end only just now"
    await desk.sync("fake")
    assert len(committed(desk)) == 2


async def test_what_was_refused_waits_for_the_engineer_until_it_is_dropped(desk: MemoryDesk) -> None:
    desk.fake.before.append(Rejected("fake", "too long"))
    entry = await desk.send(comment="hello")
    assert said(desk) == "your decision: correct it, send it again or drop it"
    assert why(entry, said(desk)) == "too long"
    await desk.drop(entry.id)
    assert desk.waits_for(desk.outbox(settled=True)) == {}


async def test_a_provider_that_is_read_only_or_gone_from_the_config_is_named(desk: MemoryDesk, tmp_path: Path) -> None:
    await queue(desk)
    shut = MemoryDesk(
        tmp_path, desk.fake, store=desk.memory, clock=desk.time, policies={"fake": Policy(read_only=True)}
    )
    await shut.sync("fake")
    assert (said(shut), committed(desk)) == ("the config says read_only for fake, so that nothing is sent to it", [])
    renamed = FakeProvider(name="other")
    without = MemoryDesk(tmp_path, renamed, store=desk.memory, clock=desk.time)
    assert said(without) == "the config names no provider fake: name it again, or drop the write"
    for other in (shut, without):
        other.store.close = lambda: None  # type: ignore[method-assign]  # it is the first desk's
        await other.aclose()


async def test_a_store_that_cannot_be_written_holds_everything_up(desk: MemoryDesk) -> None:
    await queue(desk)
    desk.memory.fault = "there is no room left"
    assert said(desk) == "the store cannot be written, so that nothing is sent: see `vendorq status`"
    desk.memory.fault = ""


async def test_a_paused_provider_is_named(desk: MemoryDesk) -> None:
    await queue(desk)
    desk.pause("fake")
    assert said(desk) == "fake is paused here: resume it, or drop the write"
    desk.resume("fake")
    assert said(desk) == "the next poll of fake sends it"


async def test_a_link_that_goes_with_answers_says_which_answer_holds_it_up(tmp_path: Path) -> None:
    declaration = declare(ANSWERED - {Operation.LIST}, link_by_acknowledging=True)
    desk = MemoryDesk(tmp_path, FakeProvider(declaration=declaration))
    desk.fake.batches.append(Batch(messages=(message("T1", 1000, awaits_number=True),)))
    await desk.sync("fake")
    desk.fake.before += [Unreachable("fake", "no route")] * 2
    link = await desk.submit(desk.write("link", "fake", "T1", client_number="OWN1"))
    await desk.deliver(link.id)
    [answer] = [entry for entry in desk.outbox() if entry.id != link.id]
    assert said(desk, link) == f"an answer to a message goes with it, {answer.id}, which is queued: " + said(
        desk, answer
    )
    assert "no route" in said(desk, link)
    await desk.sync("fake")
    assert (committed(desk), desk.outbox()) == (["m1000"], [])
    await desk.aclose()


async def test_whatever_stands_in_the_outbox_says_what_it_waits_for_without_a_commit(desk: MemoryDesk) -> None:
    entries = [await queue(desk, str(each)) for each in range(3)]
    before = desk.memory.commits
    assert set(desk.waits_for(desk.outbox())) == {entry.id for entry in entries}
    foreign = replace(entries[0], write=replace(entries[0].write, provider="gone"))
    assert "names no provider gone" in desk.waits_for([foreign])[foreign.id]
    assert desk.memory.commits == before


async def dead(desk: MemoryDesk) -> OutboxEntry:
    """A comment that a process was sending which is gone."""
    entry = await queue(desk)
    document = {**(desk.memory.get(Table.OUTBOX, entry.id) or {}), "state": "sending", "attempts": 1}
    await desk.memory.transact(lambda transaction: transaction.put(Table.OUTBOX, entry.id, document))
    return entry


async def test_what_a_process_was_sending_that_is_gone_is_told_as_unconfirmed_without_a_commit(
    desk: MemoryDesk,
) -> None:
    entry = await dead(desk)
    before = desk.memory.commits
    [told], [in_story] = desk.outbox(), desk.writes_to(T1)
    assert told.state == in_story.state == "unconfirmed"
    assert why(told, said(desk)).startswith("the process that sent it is gone, and nobody knows whether it was done; ")
    second = await queue(desk, "second")
    assert f"{entry.id}, which is unconfirmed: the process that sent it is gone" in said(desk, second)
    assert desk.memory.commits == before + 1, "only the second write was kept"
    desk.release_lease()
    assert said(desk, entry).endswith("; nothing polls now: `vendorq sync --once` settles it")


async def test_what_a_process_was_sending_that_is_gone_can_be_dropped(desk: MemoryDesk) -> None:
    dropped = await desk.drop((await dead(desk)).id)
    assert (dropped.dropped, dropped.note) == (True, "Dropped by Ada Byron. It may have been done already.")
    assert desk.outbox() == []


async def test_what_a_process_was_sending_that_is_gone_can_be_sent_again(desk: MemoryDesk) -> None:
    again = await desk.retry((await dead(desk)).id)
    assert (again.state, (await desk.deliver(again.id)).state, committed(desk)) == ("queued", "done", ["hello"])
