"""Faults: what each does to the wire, and whether the vendor has committed by then."""

from __future__ import annotations

import asyncio
import socket

import httpx
import pytest

from providers.sandbox import Fault, FaultUnknown, Sandbox, parse_fault
from tests.providers.sandbox.callers import EnsonoCaller


def committed(box: Sandbox) -> bool:
    return bool(box.ledger.of(operation="create"))


@pytest.mark.parametrize("kind", ["reset_before", "reset_after"])
def test_reset_ends_without_an_answer(box: Sandbox, ensono: EnsonoCaller, kind: str) -> None:
    box.fault("ensono", kind)
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        ensono.create()
    assert committed(box) == (kind == "reset_after")
    assert box.requests[-1].status == 0
    assert ensono.create().status_code == 200


def test_reset_is_a_reset_on_the_wire(box: Sandbox) -> None:
    box.fault("ensono", "reset_before")
    port = int(box.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(b"GET /ensono/testclient/prod/queue HTTP/1.1\r\nHost: x\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            connection.recv(1)


def test_lost_create_is_followed_by_its_number(box: Sandbox, ensono: EnsonoCaller) -> None:
    box.fault("ensono", "reset_after", match="POST")
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        ensono.create(clientTicketNumber="INC42")
    (message,) = ensono.receive()
    assert message["Attributes"]["TransactionType"] == "ReturnEnsonoNum"
    assert message["Body"] == {
        "clientName": "testClient ",
        "ticketNumber": box.ledger[0].number,
        "clientTicketNumber": "INC42",
        "ticketType": "Incident",
    }


def test_lost_create_may_stay_without_a_word(box: Sandbox, ensono: EnsonoCaller) -> None:
    box.ensono.returns_number = False
    box.fault("ensono", "reset_after")
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        ensono.create()
    assert committed(box)
    assert ensono.receive() == []


@pytest.mark.parametrize(("kind", "done"), [("stall", False), ("stall_after", True)])
def test_stall_keeps_silent_until_the_client_leaves(box: Sandbox, ensono: EnsonoCaller, kind: str, done: bool) -> None:
    box.fault("ensono", kind)
    ensono.web.timeout = httpx.Timeout(0.2)
    with pytest.raises(httpx.ReadTimeout):
        ensono.create()
    assert committed(box) == done


def test_short_stall_ends_in_the_ordinary_answer(box: Sandbox, ensono: EnsonoCaller) -> None:
    for kind in ("stall", "stall_after"):
        box.fault("ensono", kind, seconds=0.05)
        assert ensono.create().status_code == 200
    assert len(box.ledger) == 2
    assert ensono.receive() == []


def test_drip_arrives_whole_in_the_end(box: Sandbox, ensono: EnsonoCaller) -> None:
    box.fault("ensono", "drip", seconds=0.05)
    assert ensono.create().json()["Response"] == box.ledger[0].number


def test_half_json_is_well_framed_and_cut(box: Sandbox, ensono: EnsonoCaller) -> None:
    box.fault("ensono", "half_json")
    answer = ensono.create()
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        answer.json()
    assert committed(box)


def test_cut_ends_halfway(box: Sandbox, ensono: EnsonoCaller) -> None:
    box.fault("ensono", "cut")
    with pytest.raises(httpx.RemoteProtocolError, match=r"incomplete|without sending"):
        ensono.create()
    assert committed(box)


@pytest.mark.parametrize(
    ("kind", "status", "part"),
    [
        ("html", 200, b"<!DOCTYPE html>"),
        ("foreign_json", 200, b"hello"),
        ("status_429", 429, b"Too Many"),
        ("status_500", 500, b"Internal"),
        ("status_502", 502, b"<html>"),
        ("status_503", 503, b"Unavailable"),
        ("unauthorised", 401, b"Unauthorized"),
        ("redirect", 302, b""),
    ],
)
def test_answer_in_the_vendors_stead_commits_nothing(
    box: Sandbox, ensono: EnsonoCaller, kind: str, status: int, part: bytes
) -> None:
    box.fault("ensono", kind, seconds=7)
    answer = ensono.create()
    assert answer.status_code == status
    assert part in answer.content
    assert ("Retry-After" in answer.headers) == (kind in ("status_429", "status_503"))
    assert not committed(box)


def test_empty_answer_is_sent_after_the_commit(box: Sandbox, ensono: EnsonoCaller) -> None:
    box.fault("ensono", "empty")
    answer = ensono.create()
    assert (answer.status_code, answer.content) == (200, b"")
    assert committed(box)


@pytest.mark.parametrize("kind", ["huge", "gzip_bomb"])
def test_too_much_is_a_hundred_megabytes(box: Sandbox, ensono: EnsonoCaller, kind: str) -> None:
    box.fault("ensono", kind)
    url = f"{box.url}/ensono/testclient/prod/queue"
    received = 0
    with ensono.web.stream("GET", url, headers=ensono.headers) as answer:
        for piece in answer.iter_bytes():
            received += len(piece)
            if received > 32 * 1024 * 1024:
                break
    assert received > 32 * 1024 * 1024


def test_fault_strikes_as_often_as_asked_and_where_it_matches(box: Sandbox, ensono: EnsonoCaller) -> None:
    box.fault("ensono", "status_500", match="GET /ensono/testclient/prod/queue", count=2)
    assert ensono.create().status_code == 200
    assert [ensono.call("GET", "/queue").status_code for _ in range(3)] == [500, 500, 200]
    box.fault("*", "status_502", count=None)
    assert [ensono.call("GET", "/queue").status_code for _ in range(3)] == [502, 502, 502]
    box.clear_faults()
    assert ensono.call("GET", "/queue").status_code == 200


async def test_other_vendors_go_on_while_one_stalls() -> None:
    async with Sandbox() as box, httpx.AsyncClient(trust_env=False, timeout=30) as web:
        box.fault("tangoe", "stall")
        stalled = asyncio.create_task(web.get(f"{box.url}/api/tango/v1/integrations/cases"))
        await asyncio.sleep(0)
        answer = await web.get(f"{box.url}/ensono/testclient/prod/queue")
        assert answer.status_code == 403
        assert not stalled.done()
        box.stop()
        with pytest.raises(httpx.TransportError):
            await stalled


def test_file_store_is_struck_only_by_name(box: Sandbox, ensono: EnsonoCaller) -> None:
    url = ensono.upload_url(box.ensono.create(), "a.txt")
    box.fault("ensono", "status_500", match="/s3/")
    answer = ensono.web.put(url, content=b"x", headers={"Content-Type": "text/plain"})
    assert answer.status_code == 500


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("ensono:stall=30", Fault(vendor="ensono", fault="stall", seconds=30, count=None)),
        ("kpn_connect:html", Fault(vendor="kpn-connect", fault="html", count=None)),
        ("tangoe:status_429=2.5*3", Fault(vendor="tangoe", fault="status_429", seconds=2.5, count=3)),
        ("*:reset_after*1@POST /", Fault(vendor="*", fault="reset_after", count=1, match="POST /")),
    ],
)
def test_fault_is_parsed(text: str, fault: Fault) -> None:
    assert parse_fault(text) == fault


@pytest.mark.parametrize("text", ["", "ensono", "ensono:melt", "nobody:stall", "ensono:stall=soon"])
def test_unknown_fault_says_what_there_is(text: str) -> None:
    with pytest.raises(FaultUnknown, match=r"there are|write it as"):
        parse_fault(text)
