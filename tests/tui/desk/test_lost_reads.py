"""Another reader is suspected only for deliveries that our own unanswered reads do not account for."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from providers.errors import BadAnswer, TimedOut, Unreachable, VendorError
from providers.model import Batch
from tests.support.fake_provider import FakeProvider, message
from tests.support.memory_desk import NOON, MemoryDesk
from tui.desk.context import Policy


@pytest.mark.parametrize(
    ("failure", "count", "suspected"),
    [
        (TimedOut("fake", "no answer"), 2, False),
        (BadAnswer("fake", "cut"), 2, False),
        (TimedOut("fake", "no answer"), 3, True),
        (Unreachable("fake", "no route"), 2, True),
    ],
)
async def test_our_own_unanswered_read_counts_as_a_delivery(
    tmp_path: Path, failure: VendorError, count: int, suspected: bool
) -> None:
    desk = MemoryDesk(tmp_path)
    desk.fake.receive_fails.append(failure)
    await desk.sync("fake")
    desk.fake.batches.append(Batch(messages=(message(receive_count=count, sent_at=NOON),)))
    await desk.sync("fake")
    assert ("another reader" in desk.entry("m1000").warning) is suspected
    await desk.aclose()


async def test_a_read_lost_before_the_message_was_sent_does_not_count(tmp_path: Path) -> None:
    desk = MemoryDesk(tmp_path)
    desk.fake.receive_fails.append(TimedOut("fake", "no answer"))
    await desk.sync("fake")
    desk.time.move(3600)
    sent = NOON + timedelta(seconds=3590)
    desk.fake.batches.append(Batch(messages=(message(receive_count=2, sent_at=sent),)))
    await desk.sync("fake")
    assert "another reader" in desk.entry("m1000").warning
    await desk.aclose()


class Stalling(FakeProvider):
    """A vendor whose queue does not answer its first reads."""

    stalls = True

    async def receive(self) -> Batch:
        """Wait for ever, as long as it stalls."""
        if self.stalls:
            await asyncio.Event().wait()
        return await super().receive()


async def test_a_read_that_was_not_waited_for_counts(tmp_path: Path) -> None:
    vendor = Stalling()
    desk = MemoryDesk(tmp_path, vendor, policies={"fake": Policy(timeout_seconds=0.02)})
    assert (await desk.sync("fake")).error_type == "TimedOut"
    vendor.stalls = False
    vendor.batches.append(Batch(messages=(message(receive_count=2, sent_at=NOON),)))
    await desk.sync("fake")
    assert desk.entry("m1000").warning == ""
    await desk.aclose()
