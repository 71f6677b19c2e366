"""A write that could not leave because a secret could not be had waits for the config to be mended."""

from __future__ import annotations

from pathlib import Path

from providers.errors import SecretMissing
from tests.support.fake_provider import message
from tests.support.memory_desk import MemoryDesk
from tui.desk.ports import Table


async def test_a_write_without_its_secret_never_left_and_goes_once_it_is_there(tmp_path: Path) -> None:
    desk = MemoryDesk(tmp_path)
    desk.fake.put(message())
    await desk.sync("fake")
    desk.fake.before.append(SecretMissing("fake", "the variable is not set"))
    entry = await desk.send(comment="hello")
    assert (entry.state, entry.attempts, entry.sent_at, entry.needs_engineer) == ("queued", 0, None, False)
    assert (entry.error_type, desk.fake.ledger) == ("SecretMissing", [])
    await desk.sync("fake")
    assert desk.fake.ledger == [("comment", "T1", "hello")]
    [settled] = desk.outbox(settled=True)
    assert (settled.state, settled.attempts, settled.error) == ("done", 1, "")
    await desk.aclose()


async def test_writes_of_one_ticket_keep_their_order_while_the_secret_is_missing(tmp_path: Path) -> None:
    desk = MemoryDesk(tmp_path)
    desk.fake.put(message())
    await desk.sync("fake")
    desk.fake.before += [SecretMissing("fake", "the variable is not set")] * 2
    await desk.send(comment="first")
    await desk.send(comment="second")
    assert desk.fake.ledger == []
    await desk.sync("fake")
    await desk.sync("fake")
    assert [words for _, _, words in desk.fake.ledger] == ["first", "second"]
    await desk.aclose()


async def test_waiting_for_a_secret_takes_one_audit_line_however_many_polls_try(tmp_path: Path) -> None:
    desk = MemoryDesk(tmp_path)
    desk.fake.put(message())
    await desk.sync("fake")
    desk.fake.before += [SecretMissing("fake", "the variable is not set")] * 4
    desk.fake.before.append(SecretMissing("fake", "the file is not there"))
    await desk.send(comment="hello")
    for _ in range(6):
        await desk.sync("fake")
        desk.time.move(60)
    lines = [desk.memory.get(Table.AUDIT, key) or {} for key in desk.memory.keys(Table.AUDIT)]
    said = [(line["outcome"], line["words"].partition(": ")[2] or line["words"]) for line in lines]
    assert said == [("queued", "the variable is not set"), ("queued", "the file is not there"), ("done", "done")]
    await desk.aclose()
