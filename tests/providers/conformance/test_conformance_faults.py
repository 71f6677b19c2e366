"""Each fault of a line, a proxy or a vendor ends in the right error, and a write is never done twice or lost."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from providers.base import Operation, Provider
from providers.errors import NotAuthorised, Throttled, Unconfirmed, Unreachable, VendorError
from providers.model import Batch, Receipt, Write
from providers.retry import retry_delay
from providers.sandbox import Sandbox
from providers.sandbox.faults import FAULTS
from tests.providers.conformance.case import Arranged, Case, Deed, Look
from tests.providers.conformance.cases import CASES, each_case, each_deed, each_look
from tests.providers.conformance.drive import committed, connected, look_at, read, received, sandbox, send, write_of
from tests.providers.conformance.faults import AFTER, QUICK, READS, SLOW, WRITES

SHORT = 1.5
"""Seconds of the deadline where the answer is not to come."""
GUARD = 20.0
"""Seconds after which something hangs."""
NOWHERE = "http://127.0.0.1:9"
CREATING = [case for case in CASES if Operation.CREATE in {deed.operation for deed in case.deeds}]


@pytest.fixture(autouse=True)
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reads are repeated as often as the policy says, and at once."""

    def at_once(*args: Any) -> float | None:
        return None if retry_delay(*args) is None else 0.0

    monkeypatch.setattr("providers.http.retry_delay", at_once)


@pytest.fixture
def one_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reads are not repeated: three deadlines would show no more than one."""
    monkeypatch.setattr("providers.http.retry_delay", lambda *args: None)


def requests_for(box: Sandbox, request: str) -> int:
    return sum(request in f"{seen.method} {seen.path}" for seen in box.requests)


async def failure_of(work: Any) -> VendorError | None:
    """How something ends: its error, or None where it went well. Hanging or another exception fails the test."""
    try:
        async with asyncio.timeout(GUARD):
            await work
    except VendorError as error:
        assert error.message
        assert error.next_step
        return error
    return None


def test_every_fault_of_the_sandbox_is_tried() -> None:
    assert set(WRITES) == set(READS) == set(FAULTS)


@each_deed
@pytest.mark.parametrize("fault", QUICK)
async def test_a_write_that_meets_a_fault_is_done_once_or_not_at_all(
    case: Case, deed: Deed, fault: str, box: Sandbox, tmp_path: Path
) -> None:
    async with connected(case, box.url, box.clock) as provider:
        box.fault(deed.at or case.kind, fault, match=deed.request, count=None)
        failure = await failure_of(send(provider, case, box, deed, tmp_path))
        expected = deed.ends.get(fault, WRITES[fault])
        assert (type(failure) if failure else None) is expected
        assert committed(box, case) == (list(deed.committed) if fault in AFTER else [])
        assert requests_for(box, deed.request) == (2 if fault == "unauthorised" and case.renews else 1)


@each_case
@pytest.mark.parametrize("fault", sorted(SLOW))
async def test_writes_without_an_answer_end_by_their_deadline(case: Case, fault: str, tmp_path: Path) -> None:
    async def one(deed: Deed) -> None:
        with sandbox(case) as box:
            async with connected(case, box.url, box.clock, timeout_seconds=SHORT) as provider:
                await provider.check()  # token and connection are had, so that the short deadline is the fault's alone
                box.fault(deed.at or case.kind, fault, match=deed.request, count=None)
                failure = await failure_of(send(provider, case, box, deed, tmp_path))
                expected = deed.ends.get(fault, WRITES[fault])
                assert (type(failure) if failure else None) is expected, deed.operation
                assert committed(box, case) == (list(deed.committed) if fault in AFTER else []), deed.operation

    await asyncio.gather(*(one(deed) for deed in case.deeds))


@each_look
@pytest.mark.parametrize("fault", QUICK)
async def test_a_read_that_meets_a_fault_ends_in_its_error_and_works_again(
    case: Case, look: Look, fault: str, box: Sandbox
) -> None:
    async with connected(case, box.url, box.clock) as provider:
        do, number = await look_at(provider, case, box, look)
        box.fault(look.at or case.kind, fault, match=look.request, count=None)
        await expect(do(), look, fault)
        box.clear_faults()
        box.advance(60)
        if look.operation is not Operation.QUEUE:
            assert await do()
        elif case.kind == "ensono":
            assert [message.number for message in await received(provider)] == [number]


async def expect(work: Any, look: Look, fault: str) -> None:
    """A read ends in its error. Of a queue's answer, what came whole may be kept, and what did not is told."""
    kept: list[Batch] = []

    async def keep() -> None:
        found = await work
        if isinstance(found, Batch):
            kept.append(found)

    failure = await failure_of(keep())
    if kept:
        assert fault in {*AFTER, "html", "foreign_json", "huge", "gzip_bomb"}
        assert kept[0].gap or kept[0].messages
        return
    expected = look.ends.get(fault, READS[fault])
    queue = look.operation is Operation.QUEUE and fault in ("huge", "gzip_bomb", "drip")
    allowed = (expected, READS["html"]) if queue else (expected,)
    assert (type(failure) if failure else None) in allowed


@pytest.mark.usefixtures("one_attempt")
@each_case
@pytest.mark.parametrize("fault", sorted(SLOW))
async def test_reads_without_an_answer_end_by_their_deadline(case: Case, fault: str) -> None:
    async def one(look: Look) -> None:
        with sandbox(case) as box:
            async with connected(case, box.url, box.clock, timeout_seconds=SHORT) as provider:
                do, _ = await look_at(provider, case, box, look)
                await provider.check()
                box.fault(look.at or case.kind, fault, match=look.request, count=None)
                await expect(do(), look, fault)

    await asyncio.gather(*(one(look) for look in case.looks))


@each_look
async def test_a_read_is_repeated_but_a_queue_is_not(case: Case, look: Look, box: Sandbox) -> None:
    async with connected(case, box.url, box.clock) as provider:
        do, _ = await look_at(provider, case, box, look)
        box.fault(look.at or case.kind, "reset_before", match=look.request, count=1)
        failure = await failure_of(do())
        repeated = look.operation not in (Operation.QUEUE, Operation.DOWNLOAD)
        assert (failure is None) == repeated


@each_deed
async def test_what_cannot_be_reached_is_sent_nothing(case: Case, deed: Deed, box: Sandbox, tmp_path: Path) -> None:
    tokens = box.settings(case.kind).get("token_url")
    async with connected(case, NOWHERE, box.clock, token_url=tokens) as provider:
        failure = await failure_of(send(provider, case, box, deed, tmp_path))
    assert type(failure) is Unreachable
    assert committed(box, case) == []


@each_look
async def test_what_cannot_be_reached_cannot_be_read(case: Case, look: Look, box: Sandbox) -> None:
    async with connected(case, NOWHERE, box.clock) as provider:
        if look.operation is not Operation.DOWNLOAD:
            failure = await failure_of(read(provider, look.operation, "X1"))
            assert type(failure) is Unreachable


@pytest.mark.parametrize("case", [case for case in CASES if case.renews], ids=str)
@pytest.mark.parametrize("place", range(7))
async def test_a_token_that_ends_mid_flight_is_renewed_once_and_the_write_done_once(
    case: Case, place: int, box: Sandbox, tmp_path: Path
) -> None:
    if place >= len(case.deeds):
        return
    deed = case.deeds[place]
    async with connected(case, box.url, box.clock) as provider:
        box.fault(case.kind, "unauthorised", match=deed.request, count=1)
        receipt = await send(provider, case, box, deed, tmp_path)
    assert receipt.number == box.ledger.of(case.kind)[-1].number
    assert committed(box, case) == list(deed.committed)
    assert requests_for(box, deed.request) == 2


@each_case
async def test_a_refused_token_endpoint_means_that_nothing_was_sent(case: Case, box: Sandbox, tmp_path: Path) -> None:
    if not case.renews:
        return
    deed = case.deeds[0]
    vendor = "smartops" if case.kind == "smartops" else "kpn-oauth"
    for fault, expected in (("unauthorised", NotAuthorised), ("html", Unreachable), ("status_502", Unreachable)):
        box.clear_faults()
        async with connected(case, box.url, box.clock) as provider:
            box.fault(vendor, fault, match="token", count=None)
            failure = await failure_of(send(provider, case, box, deed, tmp_path))
        assert type(failure) is expected
    assert list(box.ledger) == []


@each_deed
async def test_an_unanswered_write_is_found_where_the_table_says_that_it_can_be(
    case: Case, deed: Deed, box: Sandbox, tmp_path: Path
) -> None:
    async with connected(case, box.url, box.clock) as provider:
        settling = provider.declaration.settling[deed.operation.value]
        arranged = deed.arrange(box)
        write = write_of(case, deed, arranged, box.clock, tmp_path)
        if settling.by == "lookup":
            assert await provider.find(write, arranged.ticket) is None
        box.fault(deed.at or case.kind, "reset_after", match=deed.request)
        with pytest.raises(Unconfirmed):
            await provider.send(write, arranged.ticket)
        found = await provider.find(write, arranged.ticket)
        if settling.by == "lookup":
            assert found is not None
            assert found.number == box.ledger.of(case.kind)[-1].number
        else:
            assert found is None
        if settling.by == "queue":
            await assert_told(provider, box, replace(write, doubtful=True), arranged)
        assert committed(box, case) == list(deed.committed)


async def assert_told(provider: Provider, box: Sandbox, write: Write, arranged: Arranged) -> None:
    """The vendor's queue shows that a write was done, once it tells of it."""
    if arranged.ticket is not None and arranged.ticket.type == "change":
        box.ensono.change_state(write.number, "Authorize" if write.action == "approve" else "New")
    assert [message for message in await received(provider) if provider.confirms(write, message)]


@each_deed
async def test_a_write_that_the_vendor_never_saw_is_not_found(
    case: Case, deed: Deed, box: Sandbox, tmp_path: Path
) -> None:
    async with connected(case, box.url, box.clock) as provider:
        arranged = deed.arrange(box)
        write = write_of(case, deed, arranged, box.clock, tmp_path)
        box.fault(deed.at or case.kind, "reset_before", match=deed.request)
        with pytest.raises(Unconfirmed):
            await provider.send(write, arranged.ticket)
        assert await provider.find(write, arranged.ticket) is None
    assert committed(box, case) == []


@pytest.mark.parametrize("case", CREATING, ids=str)
async def test_a_doubtful_create_that_can_be_looked_up_is_not_made_twice(
    case: Case, box: Sandbox, tmp_path: Path
) -> None:
    deed = case.deed(Operation.CREATE)
    async with connected(case, box.url, box.clock) as provider:
        if provider.declaration.settling["create"].by != "lookup":
            return
        write = write_of(case, deed, Arranged(), box.clock, tmp_path)
        first: Receipt = await provider.send(write, None)
        again = await provider.send(replace(write, doubtful=True), None)
    assert again.number == first.number
    assert committed(box, case) == ["create"]


@each_case
async def test_a_throttled_write_says_for_how_long(case: Case, box: Sandbox, tmp_path: Path) -> None:
    deed = case.deeds[0]
    for fault in ("status_429", "status_503"):
        box.clear_faults()
        async with connected(case, box.url, box.clock) as provider:
            box.fault(deed.at or case.kind, fault, match=deed.request, count=None, seconds=90)
            failure = await failure_of(send(provider, case, box, deed, tmp_path))
        assert isinstance(failure, Throttled)
        assert failure.retry_after == 90
    assert committed(box, case) == []
