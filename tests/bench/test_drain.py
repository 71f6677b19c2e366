"""Draining a queue over a long line, beside one request at a time over the same line."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from providers import registry
from providers.clock import SystemClock
from providers.model import TicketKey
from tests.support.far_vendor import MESSAGES
from tests.support.sandbox_desk import ENGINEER
from tui.desk.context import Policy
from tui.desk.desk import Desk
from tui.desk.store import open_store

pytestmark = pytest.mark.bench

ROUND_TRIP = 0.08
ONE_AT_A_TIME = (MESSAGES + MESSAGES / 10) * ROUND_TRIP
"""Ten messages a read and a delete each, were nothing but the line to take time."""


@pytest.mark.parametrize("order", ["mixed", "apart"])
def test_draining_is_at_least_twenty_times_faster_than_one_request_at_a_time(tmp_path: Path, order: str) -> None:
    command = [sys.executable, "-m", "tests.support.far_vendor", str(ROUND_TRIP), order]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as vendor:
        assert vendor.stdin is not None and vendor.stdout is not None
        far = json.loads(vendor.stdout.readline())
        took = asyncio.run(drain(far, tmp_path))
        vendor.stdin.close()
        requests = int(vendor.stdout.readline())
    print(f"{ONE_AT_A_TIME / took:.1f}x in {took:.2f} s, {requests / MESSAGES:.3f} requests a message")
    assert requests <= 1.15 * MESSAGES
    assert ONE_AT_A_TIME / took >= 20


async def drain(far: dict[str, Any], folder: Path) -> float:
    """One poll of the far vendor; what it said must be there. Returns the seconds it took."""
    values = {"name": "ensono", "kind": "ensono", "timeout_seconds": 30, **far["settings"]}
    model = registry.settings_model("ensono")(**values).model_copy(update={"engineer": ENGINEER})
    clock = SystemClock()
    providers = {"ensono": registry.connect(model, clock)}
    policies = {"ensono": Policy(timeout_seconds=30)}
    store = open_store(folder, clock)
    desk = Desk(store, providers, clock, ENGINEER, policies=policies, consume=True)
    begun = time.perf_counter()
    report = await desk.sync("ensono")
    took = time.perf_counter() - begun
    assert (report.received, report.acknowledged, report.error) == (MESSAGES, MESSAGES, "")
    for number, words in far["said"].items():
        ticket = desk.ticket(TicketKey("ensono", number))
        assert ticket is not None and [comment.body for comment in ticket.comments] == words
    await desk.aclose()
    return took
