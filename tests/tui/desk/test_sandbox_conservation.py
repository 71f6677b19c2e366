"""Nothing lost, nothing doubled: a thousand seeded steps, judged by the vendor's own books."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from providers.model import TicketKey
from providers.sandbox import Sandbox
from tests.support.sandbox_desk import desk_over
from tests.support.storm import Storm
from tui.desk.desk import Desk

STEPS = 1_000
RESTART_EVERY = 250


async def run(seed: int, folder: Path) -> None:
    """A storm with some restarts, then calm, then judgement."""
    print(f"seed {seed}")
    async with Sandbox(seed=seed, world=False) as box:
        storm = Storm(box, seed)
        # The failure queue takes what was read 20 times; the storm reads far more often than any poller would.
        box.ensono.queue.max_receives = 10_000
        for part in range(STEPS // RESTART_EVERY):
            async with desk_over(box, folder, clock=box.clock, hurry=True) as desk:
                for _ in range(RESTART_EVERY):
                    await storm.step(desk)
                if part == STEPS // RESTART_EVERY - 1:
                    await storm.calm(desk)
                    judge(storm, desk)
        print(dict(storm.did))
        assert storm.did.keys() >= {work.__name__ for _, work in storm.steps} | {"reordered", "twice"}


def judge(storm: Storm, desk: Desk) -> None:
    """What the vendor sent is here once; what we sent is there once, or is accounted for."""
    queue = storm.box.ensono.queue
    assert (len(queue), queue.failed, queue.expired) == (0, [], [])
    entries = {entry.id: entry for entry in desk.messages(settled=True)}
    assert entries.keys() == {message.message_id for message in queue.sent}
    assert all(entry.released for entry in entries.values())
    parked = [entry for entry in entries.values() if entry.status == "parked"]
    assert len(parked) == storm.poison
    assert all(entry.applied and entry.status == "acknowledged" for entry in entries.values() if entry not in parked)
    for number, said in storm.said.items():
        judge_ticket(storm, desk, number, said)
    judge_writes(storm, desk)


def judge_ticket(storm: Storm, desk: Desk, number: str, said: list[str]) -> None:
    """Each comment once and in order; each field as the vendor has it."""
    ticket = desk.ticket(TicketKey("ensono", number))
    theirs = storm.box.ensono.ticket(number)
    assert ticket is not None
    assert [comment.body for comment in ticket.comments if comment.origin == "vendor"] == said
    assert (str(ticket.priority), ticket.vendor_state) == (theirs.priority, theirs.status)


def judge_writes(storm: Storm, desk: Desk) -> None:
    """The ledger holds a write at most once, and exactly once where we believe that it was done."""
    ledger = storm.box.ledger.of("ensono", "comment")
    there = Counter(str(entry.body["body"]) for entry in ledger)
    assert set(there.values()) <= {1}
    entries = {entry.id: entry for entry in desk.outbox(settled=True)}
    assert entries.keys() >= set(storm.wrote.values())
    for words, entry_id in storm.wrote.items():
        entry = entries[entry_id]
        expected = {"done": {1}, "rejected": {0}, "unconfirmed": {0, 1}}[entry.state]
        assert there[words] in expected, (words, entry)
        if entry.state == "unconfirmed":
            assert entry.needs_engineer


async def test_a_thousand_steps_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    await run(20_260_302, tmp_path)


@pytest.mark.soak
@pytest.mark.parametrize("seed", [random.SystemRandom().randrange(10**9) for _ in range(20)])
async def test_any_thousand_steps_lose_nothing_and_double_nothing(tmp_path: Path, seed: int) -> None:
    await run(seed, tmp_path)
