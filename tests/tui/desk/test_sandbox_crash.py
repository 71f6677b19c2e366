"""A process killed at each step between the vendor and the ticket: the next one loses nothing and doubles nothing."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from providers.model import TicketKey
from providers.sandbox import Sandbox
from tests.support.killed_desks import KINDS, STAGES, kill_and_judge
from tests.support.sandbox_desk import desk_over, plain_settings
from tui.desk.desk import Desk


def run(
    box: Sandbox,
    folder: Path,
    point: str,
    count: int = 1,
    *,
    kind: str = "ensono",
    comment_on: str = "",
    compact: bool = False,
) -> None:
    """A process of its own that dies at this point, and fails the test where it never comes there."""
    spec = {
        "folder": str(folder),
        "kind": kind,
        "settings": plain_settings(box, kind),
        "point": point,
        "count": count,
        "comment_on": comment_on,
        "comment": {"smartops": "comments"}.get(kind, "comment"),
        "compact": compact,
    }
    command = [sys.executable, "-m", "tests.support.crashing_desk", json.dumps(spec)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == -signal.SIGKILL, f"{point} was not reached {ended.stderr}"


async def judge(box: Sandbox, folder: Path, said: dict[str, list[str]]) -> None:
    """After the next process has polled: every message deleted, every comment on its ticket once.

    Where the vendor was told and we were killed before we knew, a whole group is settled after two empty reads.
    """
    async with desk_over(box, folder, clock=box.clock) as desk:
        acknowledged = [entry.body["message_id"] for entry in box.ledger.of("ensono", "acknowledge")]
        assert set(acknowledged) <= {entry.id for entry in desk.messages(settled=True)}
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


def talk(box: Sandbox) -> dict[str, list[str]]:
    """Two tickets are opened and spoken of; what is said, by ticket."""
    said: dict[str, list[str]] = {}
    for _ in range(2):
        number = box.ensono.create()
        said[number] = ["first words", "second words"]
        for words in said[number]:
            box.ensono.comment(number, words)
    return said


@pytest.mark.parametrize(
    ("point", "count"),
    [("receive", 1), ("store", 1), ("apply", 1), ("acknowledge", 1), ("acknowledge", 3), ("acknowledge", 6)],
)
async def test_a_process_killed_on_the_way_loses_nothing_and_doubles_nothing(
    tmp_path: Path, point: str, count: int
) -> None:
    async with Sandbox(seed=3, world=False) as box:
        said = talk(box)
        run(box, tmp_path, point, count)
        acknowledged = {"receive": 0, "store": 0, "apply": 0}.get(point, count)
        assert len(box.ledger.of("ensono", "acknowledge")) >= acknowledged
        assert acknowledged or not box.ledger.of("ensono", "acknowledge")
        await judge(box, tmp_path, said)


async def test_a_read_of_a_killed_process_is_counted_as_our_own(tmp_path: Path) -> None:
    async with Sandbox(seed=3, world=False) as box:
        talk(box)
        run(box, tmp_path, "receive")
        handed_out = {message.message_id for message in box.ensono.queue.sent if message.receives}
        assert handed_out, "the vendor gave messages to the process that died"
        async with desk_over(box, tmp_path, clock=box.clock) as desk:
            for _ in range(4):
                box.advance(61)
                await desk.sync("ensono")
            entries = {entry.id: entry for entry in desk.messages(settled=True)}
            told = [entries[name].message for name in handed_out]
            assert min(message.receive_count for message in told if message is not None) > 1
            assert [entry.warning for entry in entries.values() if "another reader" in entry.warning] == []
            assert "another reader" not in desk.health()[0].warning


@pytest.mark.parametrize(
    "point", ["compaction-begun", "compaction-half", "journal-made", "before-rename", "after-rename", "before-unlink"]
)
async def test_a_process_killed_in_a_compaction_loses_nothing_and_doubles_nothing(tmp_path: Path, point: str) -> None:
    async with Sandbox(seed=3, world=False) as box:
        said = talk(box)
        async with desk_over(box, tmp_path, clock=box.clock) as desk:
            await desk.sync("ensono")
        for number, words in said.items():
            words.append("third words")
            box.ensono.comment(number, "third words")
        run(box, tmp_path, point, compact=True)
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


@pytest.mark.parametrize(
    ("point", "survives"),
    [("token-issued", False), ("token-written", False), ("token-renamed", True), ("token-kept", True)],
)
async def test_a_process_killed_in_a_token_s_rotation_is_no_lost_and_no_doubled_write(
    tmp_path: Path, point: str, survives: bool
) -> None:
    """Where the new token never got its name nobody has it: that is said aloud, once, and a new login goes on."""
    async with Sandbox(seed=3, world=False) as box:
        box.keycloak.rotates = True
        number = box.smartops.create()
        async with desk_over(box, tmp_path, ["smartops"], clock=box.clock) as desk:
            await desk.track("smartops", number)
        issued = box.keycloak.issued
        run(box, tmp_path, point, kind="smartops", comment_on=number)
        assert (box.keycloak.issued, box.ledger.of("smartops", "comment")) == (issued + 1, [])
        if not survives:
            await log_in_again(box, tmp_path)
        login = None if survives else {"offline_token": {"value": box.keycloak.offline}}
        async with desk_over(box, tmp_path, ["smartops"], clock=box.clock, settings=login) as desk:
            await settle_by_hand(box, desk)
        (committed,) = box.ledger.of("smartops", "comment")
        assert (committed.number, committed.body["text"]) == (number, "only once")
        files = {path.name for path in (tmp_path / "tokens").iterdir()}
        assert files == {"smartops", ".smartops.lock"}


async def log_in_again(box: Sandbox, folder: Path) -> None:
    """The next process is refused once, sends nothing more, and says what to do."""
    async with desk_over(box, folder, ["smartops"], clock=box.clock) as desk:
        asked = len(token_requests(box))
        for _ in range(3):
            box.advance(61)
            await desk.sync("smartops")
        (health,) = desk.health()
        assert (health.error_type, "Log in again" in health.next_step) == ("NotAuthorised", True)
        assert len(token_requests(box)) == asked + 1
        assert [entry.state for entry in desk.outbox()] == ["unconfirmed"]


def token_requests(box: Sandbox) -> list[str]:
    """What was asked of the identity provider."""
    return [request.path for request in box.requests if "openid" in request.path]


async def settle_by_hand(box: Sandbox, desk: Desk) -> None:
    """The write is looked up and not found; the engineer is asked, and sends it again."""
    for _ in range(4):
        box.advance(61)
        assert (await desk.sync("smartops")).error == ""
    (entry,) = desk.outbox()
    assert (entry.state, entry.needs_engineer) == ("unconfirmed", True)
    await desk.retry(entry.id)
    await desk.sync("smartops")
    assert desk.outbox() == []


async def kills(folder: Path, seed: int, count: int) -> None:
    """So many kills at random times of a busy desk; all that was going on was really going on."""
    killed = await kill_and_judge(folder, seed, count)
    assert killed.kills == count
    assert all(killed.said[stage] for stage in STAGES), killed.said
    writes = {step for step in killed.said if step.split()[0] in ("create", "comment", "update", "link")}
    assert len({step.split()[0] for step in writes}) >= 3, writes
    assert {step.split()[1] for step in writes} == set(KINDS), writes


@pytest.mark.parametrize("seed", [20_260_303, 20_260_304, 20_260_305])
async def test_five_kills_of_a_busy_desk_lose_nothing_and_double_nothing(tmp_path: Path, seed: int) -> None:
    await kills(tmp_path, seed, 5)


@pytest.mark.soak
@pytest.mark.parametrize("seed", [random.SystemRandom().randrange(10**9) for _ in range(20)])
async def test_ten_kills_of_a_busy_desk_lose_nothing_and_double_nothing(tmp_path: Path, seed: int) -> None:
    await kills(tmp_path, seed, 10)
