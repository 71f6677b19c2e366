"""What is dropped with time, and that nothing else is; tickets made again from what is kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from providers.codec import to_document
from providers.model import Comment, Patch, TicketKey
from tests.support.fake_provider import FakeProvider, declare, message
from tests.support.memory_desk import T1, MemoryDesk
from tui.desk import replay, retention
from tui.desk.ports import Table, key_of
from tui.desk.retention import Retention

DAY = 86_400


async def run(desk: MemoryDesk, closed: int | None = 90, settled: int | None = 30) -> retention.Dropped:
    """One run with these limits."""
    return await retention.run(desk._context, Retention(closed_days=closed, settled_days=settled))


async def receive(desk: MemoryDesk, order: int, **patch: Any) -> None:
    """A message comes and is handled."""
    desk.fake.put(message(order=order, patch=Patch(number="T1", **patch)))
    await desk.sync("fake")
    await desk.mark([T1], "handled")


def replayed(desk: MemoryDesk, key: TicketKey = T1) -> bool:
    """Whether a ticket made again from its checkpoint and entries is the stored one, byte for byte."""
    keys = desk._context.catalogue.entries_of(key.provider, key.number)
    made = replay.replay(desk.memory, key, keys)
    stored = desk.memory.get(Table.TICKETS, key_of(key.provider, key.number))
    return made is not None and json.dumps(to_document(made)) == json.dumps(stored)


async def test_settled_entries_are_folded_and_their_ids_kept(tmp_path: Path) -> None:
    desk = MemoryDesk(tmp_path)
    await receive(desk, 1000, set={"state": "open"})
    desk.time.move(31 * DAY)
    await receive(desk, 2000, set={"state": "pending"})
    before = desk.ticket(T1)
    assert (await run(desk)).entries == 1
    assert desk.ticket(T1) == before and replayed(desk)
    assert [entry.id for entry in desk.messages(settled=True)] == ["m2000"]
    desk.fake.put(message(order=1000, patch=Patch(number="T1", set={"state": "open"})))
    await desk.sync("fake")
    assert desk.ticket(T1) == before and desk.fake.released == ["m1000", "m2000", "m1000"]
    assert desk.rows()[0].unread is False
    await desk.aclose()


async def test_a_message_nobody_has_seen_to_is_kept(tmp_path: Path) -> None:
    desk = MemoryDesk(tmp_path)
    desk.fake.put(message())
    await desk.sync("fake")
    desk.time.move(400 * DAY)
    assert (await run(desk)).entries == 0
    assert [entry.id for entry in desk.messages()] == ["m1000"]
    await desk.aclose()


async def test_closed_tickets_go_with_all_that_is_theirs(tmp_path: Path) -> None:
    desk = MemoryDesk(tmp_path)
    await receive(desk, 1000, set={"state": "closed", "client_number": "OWN1"})
    await desk.send(comment="thanks")
    await desk.note(T1, "ours")
    desk.time.move(91 * DAY)
    dropped = await run(desk)
    assert (dropped.tickets, desk.rows(), desk.outbox(settled=True)) == (1, [], [])
    left = desk.memory.get_all(but=(Table.HEALTH, Table.AUDIT))
    assert {table: list(documents) for table, documents in left.items() if documents} == {
        Table.SEEN: [key_of("fake", "m1000")],
        Table.META: ["retention"],
    }
    await desk.aclose()


async def test_open_tickets_and_open_writes_are_kept(tmp_path: Path) -> None:
    desk = MemoryDesk(tmp_path)
    await receive(desk, 1000, set={"state": "open"})
    await desk.submit(desk.write("comment", "fake", "T1", values={"comment": "waits"}))
    desk.time.move(400 * DAY)
    await run(desk)
    assert len(desk.rows()) == len(desk.outbox()) == 1
    await receive(desk, 2000, set={"state": "closed"})
    desk.fake.before.clear()
    await desk.submit(desk.write("comment", "fake", "T1", values={"comment": "waits too"}))
    desk.time.move(400 * DAY)
    assert (await run(desk)).tickets == 0
    await desk.aclose()


async def test_ids_are_kept_ninety_days(tmp_path: Path) -> None:
    desk = MemoryDesk(tmp_path)
    await receive(desk, 1000, set={"state": "open"})
    desk.time.move(31 * DAY)
    await run(desk)
    desk.time.move(89 * DAY)
    assert (await run(desk)).ids == 0
    desk.time.move(2 * DAY)
    assert (await run(desk)).ids == 1
    await desk.aclose()


async def test_nothing_goes_where_everything_is_kept(tmp_path: Path) -> None:
    desk = MemoryDesk(tmp_path)
    await receive(desk, 1000, set={"state": "closed"})
    desk.time.move(4000 * DAY)
    dropped = await run(desk, closed=None, settled=None)
    assert (dropped.tickets, dropped.entries, dropped.writes) == (0, 0, 0)
    await desk.aclose()


async def test_it_runs_once_a_day_by_itself(tmp_path: Path) -> None:
    desk = MemoryDesk(tmp_path)
    await desk.sync("fake")
    first = desk.memory.get(Table.META, "retention")
    desk.time.move(DAY - 1)
    await desk.sync("fake")
    assert desk.memory.get(Table.META, "retention") == first
    desk.time.move(1)
    await desk.sync("fake")
    assert desk.memory.get(Table.META, "retention") != first
    await desk.aclose()


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("message"), st.integers(1, 60), st.sampled_from(["open", "pending", "resolved"])),
        st.tuples(st.just("fill"), st.integers(1, 60), st.sampled_from(["a", "b"])),
        st.tuples(st.just("comment"), st.integers(1, 60), st.sampled_from(["x", "y"])),
        st.tuples(st.just("write"), st.just(0), st.sampled_from(["x", "y"])),
        st.tuples(st.just("days"), st.integers(1, 40), st.just("")),
        st.tuples(st.just("fold"), st.just(0), st.just("")),
    ),
    max_size=14,
)


@given(STEPS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
async def test_replay_over_checkpoints_gives_the_same_bytes(tmp_path: Path, steps: list[tuple[str, int, str]]) -> None:
    desk = MemoryDesk(tmp_path, FakeProvider(declaration=declare()))
    for place, (what, number, value) in enumerate(steps):
        if what == "days":
            desk.time.move(number * DAY)
        elif what == "fold":
            await run(desk, closed=None)
        elif what == "write":
            await desk.send(comment=value)
        else:
            patch = {
                "message": Patch(number="T1", set={"state": value}, vendor={"word": value}),
                "fill": Patch(number="T1", fill={"summary": value}, partial=True),
                "comment": Patch(number="T1", comments=(Comment(id=f"c{number}", body=value, at=desk.time.now()),)),
            }[what]
            desk.fake.put(message(order=number * 1000, message_id=f"m{place}", patch=patch))
            await desk.sync("fake")
            await desk.mark([T1], "handled")
    assert desk.ticket(T1) is None or replayed(desk)
    await desk.aclose()
