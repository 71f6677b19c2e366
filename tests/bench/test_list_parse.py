"""A list of 5,000 open tickets (5 MB): the time it takes against json.loads, and how long it holds the event loop.

Times are this thread's on the processor, so that what else runs on the machine does not count.
"""

from __future__ import annotations

import asyncio
import gc
import json
import statistics
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any

import pytest
from pydantic import SecretStr

from providers.answer import Answer
from providers.base import Provider
from providers.clock import SystemClock
from providers.http import HttpClient
from providers.kpn_connect.connector import Connector as KpnConnect
from providers.kpn_connect.settings import Settings as KpnConnectSettings
from providers.kpn_incident.connector import Connector as KpnIncident
from providers.kpn_incident.settings import Settings as KpnIncidentSettings
from providers.model import Snapshot
from providers.secrets import SecretSource
from providers.settings import ProviderSettings
from providers.tangoe.connector import Connector as Tangoe
from providers.tangoe.settings import Settings as TangoeSettings
from tests.support.kpn import CREDENTIALS

pytestmark = pytest.mark.bench

TICKETS = 5_000
ROUNDS = 15
STORY = (
    "De lijn van filiaal {n} viel om 03:{m:02d} weg.\nModem herstart, kabel gewisseld, geen verschil.\n"
    'Lampje "DSL" knippert; de winkel opent om 08:00.\n'
)


def kpn_rows() -> Iterator[dict[str, Any]]:
    """Rows as both KPN lists have them, with a story and the fields of a ticket's page, so that one is about 1 kB."""
    for n in range(TICKETS):
        number = f"INC#{20_000_000 + n}"
        yield {
            "kpn_ticket_number": number,
            "ticket_number": number,
            "customer_reference_number": f"ZB-{n:06d}",
            "reference_number": f"ZB-{n:06d}",
            "ticket_type": "Incident",
            "state": ("New", "In Progress", "On Hold", "Resolved")[n % 4],
            "short_description": f"Filiaal {n}: geen verbinding met het kassanetwerk sinds 03:{n % 60:02d}",
            "description": STORY.format(n=n, m=n % 60) * 2,
            "company": "Zeebries B.V.",
            "service": "Winkelnetwerk",
            "ci": f"GX-{n % 700:05d}",
            "priority": "3 - Moderate",
            "impact": "2 - Medium",
            "urgency": "3 - Low",
            "contact": "nacht@zeebries.example",
            "user": None,
            "on_hold_reason": "",
            "link": f" https://kpn.example/network/kpn/servicenow/Ticket?kpn_ticket_number=INC%23{20_000_000 + n}",
        }


def tangoe_rows() -> Iterator[dict[str, Any]]:
    """Cases as Tangoe's list has them, with the story that makes one about 1 kB."""
    for n in range(TICKETS):
        yield {
            "number": f"CS{7_000_000 + n}",
            "id": f"{n:032x}",
            "state": ("1", "5", "10", "-5", "-10")[n % 5],
            "priority": str(1 + n % 5),
            "short_description": f"Rekening {n}: toestel staat er twee keer op",
            "description": STORY.format(n=n, m=n % 60) * 3,
            "correlation_id": f"ZB-{n:06d}",
            "correlation_display": f"ZB-{n:06d} telefonie",
            "contact_email": "telefonie@zeebries.example",
            "created_on": f"2026-03-{1 + n % 28:02d} 10:{n % 60:02d}:55",
            "updated_on": f"2026-03-{1 + n % 28:02d} 16:{n % 60:02d}:31",
            "close_code": "",
            "close_notes": "",
            "completion_date_time": "",
            "resolved_at": "",
        }


KPN_BODY = json.dumps({"result": list(kpn_rows())}).encode()
TANGOE_BODY = json.dumps({"result": list(tangoe_rows())}).encode()


class Canned(HttpClient):
    """Answers with a list at once; what is asked for behind it is empty."""

    def __init__(self, settings: ProviderSettings, body: bytes) -> None:
        super().__init__(settings, SystemClock())
        self._body = body

    async def request(self, *args: Any, params: Mapping[str, str] | None = None, **more: Any) -> Answer:
        behind = params is not None and params.get("offset", "0") != "0"
        return Answer("acme", 200, {}, b'{"result": []}' if behind else self._body, (1, 0))


def kpn_connect() -> Provider:
    settings = KpnConnectSettings(name="kpn", url="https://kpn.example", **CREDENTIALS)
    return KpnConnect(settings, SystemClock(), Canned(settings, KPN_BODY))


def kpn_incident() -> Provider:
    settings = KpnIncidentSettings(name="kpn", url="https://kpn.example", **CREDENTIALS)
    return KpnIncident(settings, SystemClock(), Canned(settings, KPN_BODY))


def tangoe() -> Provider:
    password = SecretSource(value=SecretStr("not-a-real-password"))
    settings = TangoeSettings(name="tangoe", url="https://tangoe.example", username="zeebries", password=password)
    return Tangoe(settings, SystemClock(), Canned(settings, TANGOE_BODY))


LISTS = {kpn_connect: KPN_BODY, kpn_incident: KPN_BODY, tangoe: TANGOE_BODY}


async def count(snapshots: AsyncIterator[Snapshot]) -> int:
    found = 0
    async for _ in snapshots:
        found += 1
    return found


def seconds(work: Callable[[], object]) -> float:
    started = time.thread_time()
    work()
    return time.thread_time() - started


async def longest_hold(work: Callable[[], AsyncIterator[Snapshot]]) -> float:
    """The longest time between two turns of the event loop while the list is read."""
    longest = 0.0

    async def watch() -> None:
        nonlocal longest
        last = time.thread_time()
        while True:
            await asyncio.sleep(0)
            now = time.thread_time()
            longest, last = max(longest, now - last), now

    watching = asyncio.create_task(watch())
    await asyncio.sleep(0)
    assert await count(work()) == TICKETS
    watching.cancel()
    return longest


@pytest.fixture(autouse=True)
def _settled_heap() -> Iterator[None]:
    """As in the program, which freezes what it has loaded so that collections do not walk through it."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.parametrize("connect", LISTS)
async def test_list_takes_less_than_four_times_json_loads(connect: Callable[[], Provider]) -> None:
    body = LISTS[connect]
    assert 4_500_000 < len(body) < 6_000_000
    provider = connect()
    plain, ours = [], []
    for _ in range(ROUNDS):
        plain.append(seconds(lambda: json.loads(body)))
        started = time.thread_time()
        assert await count(provider.list_open()) == TICKETS
        ours.append(time.thread_time() - started)
    ratio = statistics.median(ours) / statistics.median(plain)
    print(f"{connect.__name__}: json.loads {statistics.median(plain) * 1e3:.1f} ms, ratio {ratio:.2f}")
    assert ratio < 4


@pytest.mark.parametrize("connect", LISTS)
async def test_list_never_holds_the_event_loop_for_10_ms(connect: Callable[[], Provider]) -> None:
    provider = connect()
    holds = [await longest_hold(provider.list_open) for _ in range(ROUNDS)]
    print(f"{connect.__name__}: longest hold {statistics.median(holds) * 1e3:.2f} ms (median of {ROUNDS})")
    assert statistics.median(holds) < 0.010
