"""A process killed at each step between the vendor and the ticket: the next one loses nothing and doubles nothing."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from providers.model import TicketKey
from providers.sandbox import Sandbox
from tests.support.sandbox_desk import desk_over


def settings(box: Sandbox) -> dict[str, Any]:
    """The settings of the Ensono provider, as JSON can carry them."""
    known = {"name": "ensono", "kind": "ensono", "timeout_seconds": 5, **box.settings("ensono")}
    return json.loads(json.dumps(known, default=_plain))  # type: ignore[no-any-return]  # it is a dict


def _plain(value: Any) -> Any:
    return value.get_secret_value() if hasattr(value, "get_secret_value") else value.model_dump(exclude_none=True)


def run(box: Sandbox, folder: Path, point: str, count: int = 1, comment_on: str = "") -> None:
    """A process of its own that dies at this point."""
    arguments = [str(folder), json.dumps(settings(box)), point, str(count), comment_on]
    command = [sys.executable, "-m", "tests.support.crashing_desk", *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr


async def judge(box: Sandbox, folder: Path, said: dict[str, list[str]]) -> None:
    """After the next process has polled: every message deleted, every comment on its ticket once."""
    async with desk_over(box, folder, clock=box.clock) as desk:
        for _ in range(4):
            box.advance(61)
            await desk.sync("ensono")
        entries = {entry.id: entry for entry in desk.messages(settled=True)}
        assert entries.keys() == {message.message_id for message in box.ensono.queue.sent}
        assert {entry.status for entry in entries.values()} == {"acknowledged"}
        assert (len(box.ensono.queue), box.ensono.queue.failed) == (0, [])
        for number, words in said.items():
            ticket = desk.ticket(TicketKey("ensono", number))
            assert ticket is not None
            assert [comment.body for comment in ticket.comments if comment.origin == "vendor"] == words
            assert ticket.revision == len([entry for entry in entries.values() if entry.number == number])


@pytest.mark.parametrize(
    ("point", "count"),
    [("receive", 1), ("store", 1), ("apply", 1), ("apply", 2), ("acknowledge", 1), ("acknowledge", 3)],
)
async def test_a_process_killed_on_the_way_loses_nothing_and_doubles_nothing(
    tmp_path: Path, point: str, count: int
) -> None:
    async with Sandbox(seed=3, world=False) as box:
        said: dict[str, list[str]] = {}
        for _ in range(2):
            number = box.ensono.create()
            said[number] = ["first words", "second words"]
            for words in said[number]:
                box.ensono.comment(number, words)
        run(box, tmp_path, point, count)
        await judge(box, tmp_path, said)


@pytest.mark.parametrize(("point", "state"), [("send", "unconfirmed"), ("confirm", "done")])
async def test_a_write_whose_process_is_killed_is_sent_once(tmp_path: Path, point: str, state: str) -> None:
    async with Sandbox(seed=3, world=False) as box:
        number = box.ensono.create(client_number="OWN1")
        async with desk_over(box, tmp_path, clock=box.clock) as desk:
            await desk.sync("ensono")
        run(box, tmp_path, point, comment_on=number)
        async with desk_over(box, tmp_path, clock=box.clock) as desk:
            for _ in range(4):
                box.advance(61)
                await desk.sync("ensono")
            (entry,) = desk.outbox(settled=True)
            assert (entry.state, entry.needs_engineer) == (state, state == "unconfirmed")
        assert len(box.ledger.of("ensono", "comment")) == 1


@pytest.mark.soak
@pytest.mark.parametrize("seed", [random.SystemRandom().randrange(10**9) for _ in range(30)])
async def test_a_process_killed_anywhere_loses_nothing_and_doubles_nothing(tmp_path: Path, seed: int) -> None:
    lot = random.Random(seed)
    async with Sandbox(seed=seed, world=False) as box:
        said: dict[str, list[str]] = {}
        for _ in range(5):
            number = box.ensono.create()
            said[number] = []
        for _ in range(4):
            for _ in range(lot.randint(3, 12)):
                number = lot.choice(sorted(said))
                said[number].append(f"words {lot.randrange(10**9)}")
                box.ensono.comment(number, said[number][-1])
            run(box, tmp_path, lot.choice(["receive", "store", "apply", "acknowledge"]), 1)
            box.advance(31)
        await judge(box, tmp_path, said)
