"""Vendors' stamps are read as the time they mean, over both changes of the clock."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from providers.base import Operation
from providers.sandbox import Sandbox
from tests.providers.conformance.answering import answering, ask
from tests.providers.conformance.case import Case, Stamp
from tests.providers.conformance.case import Path as Way
from tests.providers.conformance.cases import CASES
from tests.providers.conformance.drive import WORDS, connected, read
from tests.support.still_clock import StillClock

STAMPS = [
    pytest.param(case, stamp, id=f"{case}-{stamp.look}-{stamp.text}-{number}")
    for case in CASES
    for number, stamp in enumerate(case.stamps)
]
TURNS = [
    datetime(2026, 3, 29, 0, 59, 30, tzinfo=UTC),
    datetime(2026, 3, 29, 1, 0, tzinfo=UTC),
    datetime(2026, 10, 25, 0, 59, 30, tzinfo=UTC),
    datetime(2026, 10, 25, 2, 0, tzinfo=UTC),
    datetime(2026, 12, 31, 23, 59, 30, tzinfo=UTC),
]


def put(document: Any, way: Way, value: object) -> Any:
    """A copy of a document with another value at one place."""
    changed = copy.deepcopy(document)
    here = changed
    for step in way[:-1]:
        here = here[step]
    here[way[-1]] = value
    return changed


@pytest.mark.parametrize(("case", "stamp"), STAMPS)
async def test_a_stamp_is_read_as_the_time_it_means(case: Case, stamp: Stamp, tmp_path: Path) -> None:
    zone = {"time_zone": stamp.zone} if stamp.zone else {}
    async with answering() as (vendor, url), connected(case, url, StillClock(), **zone) as provider:
        vendor.says(put(case.look(stamp.look).answer, stamp.path, stamp.text))
        found = await ask(provider, case, stamp.look, url, tmp_path)
    assert stamp.shown(found) == stamp.at


@pytest.mark.parametrize("now", TURNS, ids=str)
@pytest.mark.parametrize("case", [case for case in CASES if case.talks and case.looks], ids=str)
async def test_a_vendors_comment_keeps_its_time_on_the_way_to_us(case: Case, now: datetime) -> None:
    with Sandbox(seed=1, clock=StillClock(now)) as box:
        box.ensono.environment = case.environment
        number = case.opens(box, WORDS)
        assert case.talks is not None
        case.talks(box, number, "We look.")
        async with connected(case, box.url, box.clock) as provider:
            detailed = Operation.DETAIL in case.offered
            found = await read(provider, Operation.DETAIL if detailed else Operation.QUEUE, number)
    patches = [found.patch] if detailed else [message.patch for message in found.messages]
    times = [comment.at for patch in patches for comment in patch.comments]
    assert len(times) == 1
    assert abs(times[0] - now) < timedelta(minutes=1)
