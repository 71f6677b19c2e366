"""What an answer, or the lack of one, becomes: over real sockets, judged by what the server saw."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from providers.answer import Treatment
from providers.errors import BadAnswer, Throttled, TimedOut, TooLarge, Unconfirmed, Unreachable
from providers.http import HttpClient
from tests.support.clients import Waits, http_client
from tests.support.faultproxy import Fault, FaultProxy, Kind
from tests.support.still_clock import StillClock
from tests.support.upstream import Reply, Upstream, reply_html, reply_json

OK = reply_json({"result": "fine"})
HALF = Reply(body=b'{"result": "fi', headers={"Content-Type": "application/json"})


async def send(client: HttpClient, url: str, treatment: Treatment, **more: Any) -> Any:
    method = "POST" if treatment == "write" else "GET"
    body = {"a": 1} if treatment == "write" else None
    return await client.request(method, url, treatment=treatment, json_body=body, **more)


async def test_a_request_arrives_as_described() -> None:
    async with Upstream(OK) as vendor, http_client(vendor.url) as client:
        answer = await client.request(
            "PATCH",
            f"{vendor.url}/queue/AQEB%2F%2B%3D",
            treatment="write",
            json_body={"text": 'ü "quoted" \ud800'},
            params={"number": "INC#1", "q": "a b^c"},
            headers={"X-Own": "1"},
        )
        seen = vendor.seen[0]
        assert (seen.method, seen.path) == ("PATCH", "/queue/AQEB%2F%2B%3D")
        assert seen.target.partition("?")[2] == "number=INC%231&q=a+b%5Ec"
        assert json.loads(seen.body) == {"text": 'ü "quoted" ?'}
        assert seen.headers["content-type"] == "application/json"
        assert seen.headers["x-own"] == "1"
        assert answer.ok
        assert answer.json() == {"result": "fine"}
        assert answer.order == (1_772_334_000_000, 0)


async def test_a_presigned_query_stays_byte_for_byte() -> None:
    query = "X-Amz-Credential=A%2F20260301%2Fs3&X-Amz-Signature=0ab&list=a+b%20c&empty=&tilde=~"
    async with Upstream(OK) as vendor, http_client(vendor.url) as client:
        await client.request("GET", f"{vendor.url}/f.txt?{query}", treatment="read", params=None)
        await client.request("GET", f"{vendor.url}/f.txt?{query}", treatment="read", params={})
        assert [seen.target for seen in vendor.seen] == [f"/f.txt?{query}"] * 2


async def test_params_are_added_to_a_query() -> None:
    async with Upstream(OK) as vendor, http_client(vendor.url) as client:
        await client.request("GET", f"{vendor.url}/x?a=1", treatment="read", params={"b": "2"})
        assert vendor.seen[0].target == "/x?a=1&b=2"


async def test_cookies_are_not_kept() -> None:
    async with Upstream(reply_json({}, set_cookie="session=1; Path=/")) as vendor, http_client(vendor.url) as client:
        for _ in range(2):
            await send(client, vendor.url, "read")
        assert "cookie" not in vendor.seen[1].headers


# What a status or body means, by treatment: the error, and how many requests arrived.
CASES: list[tuple[str, Reply, Treatment, type[Exception] | int, int]] = [
    ("not found", reply_json({}, 404), "read", 404, 1),
    ("not found", reply_json({}, 404), "write", 404, 1),
    ("refused without auth", reply_json({}, 401), "read", 401, 1),
    ("json 500", reply_json({"error": {"code": "9000"}}, 500), "read", 500, 1),
    ("json 500", reply_json({"error": {"code": "9000"}}, 500), "write", 500, 1),
    ("html 500", reply_html(500), "read", 500, 3),
    ("html 500", reply_html(500), "once", 500, 1),
    ("html 500", reply_html(500), "write", Unconfirmed, 1),
    ("empty 500", Reply(500), "write", Unconfirmed, 1),
    ("bad gateway", reply_json({"message": "bad"}, 502), "read", 502, 3),
    ("bad gateway", reply_json({"message": "bad"}, 502), "write", Unconfirmed, 1),
    ("gateway timeout", reply_json({"message": "slow"}, 504), "write", Unconfirmed, 1),
    ("unavailable in json", reply_json({"message": "no"}, 503), "write", 503, 1),
    ("unavailable in html", reply_html(503), "write", Unconfirmed, 1),
    ("not implemented", reply_html(501), "write", 501, 1),
    ("busy for a minute", reply_json({}, 503, retry_after="60"), "write", Throttled, 1),
    ("busy for a minute", reply_html(503, "busy"), "read", 503, 3),
    ("too many requests", reply_json({}, 429, retry_after="60"), "read", Throttled, 1),
    ("too many requests", reply_json({}, 429, retry_after="1"), "read", Throttled, 3),
    ("too many requests", reply_json({}, 429, retry_after="1"), "once", Throttled, 1),
    ("too many requests", reply_json({}, 429, retry_after="1"), "write", Throttled, 1),
    ("redirect", Reply(302, headers={"Location": "/login"}), "read", BadAnswer, 1),
    ("redirect", Reply(307, headers={"Location": "/login"}), "write", BadAnswer, 1),
    ("see other", Reply(303, headers={"Location": "/done"}), "write", Unconfirmed, 1),
    ("strange encoding", Reply(body=b"x", headers={"Content-Encoding": "br"}), "read", BadAnswer, 3),
    ("strange encoding", Reply(body=b"x", headers={"Content-Encoding": "br"}), "write", Unconfirmed, 1),
    ("no http", Reply(raw=b"SSH-2.0-OpenSSH\r\n\r\n"), "read", BadAnswer, 3),
    ("no http", Reply(raw=b"SSH-2.0-OpenSSH\r\n\r\n"), "write", Unconfirmed, 1),
]


@pytest.mark.parametrize(("reply", "treatment", "outcome", "requests"), [case[1:] for case in CASES])
async def test_statuses(reply: Reply, treatment: Treatment, outcome: type[Exception] | int, requests: int) -> None:
    async with Upstream(reply) as vendor, http_client(vendor.url) as client:
        if isinstance(outcome, int):
            assert (await send(client, vendor.url, treatment)).status == outcome
        else:
            with pytest.raises(outcome) as caught:
                await send(client, vendor.url, treatment)
            assert caught.type is outcome
        assert len(vendor.seen) == requests


@pytest.mark.parametrize(
    ("reply", "treatment", "error"),
    [
        (reply_html(200), "read", BadAnswer),
        (reply_html(200), "once", BadAnswer),
        (reply_html(200), "write", Unconfirmed),
        (reply_html(403), "write", BadAnswer),
        (HALF, "read", BadAnswer),
        (HALF, "write", Unconfirmed),
        (Reply(), "write", Unconfirmed),
        (Reply(body=b"\xff\xfe{}"), "read", BadAnswer),
        (Reply(body=b"[" * 200_000), "read", BadAnswer),
        (Reply(body=b'{"n": ' + b"9" * 10_000 + b"}"), "read", BadAnswer),
    ],
)
async def test_a_body_that_is_no_json(reply: Reply, treatment: Treatment, error: type[Exception]) -> None:
    async with Upstream(reply) as vendor, http_client(vendor.url) as client:
        answer = await send(client, vendor.url, treatment)
        with pytest.raises(error) as caught:
            answer.json()
        assert caught.type is error


async def test_a_page_is_told_by_its_title() -> None:
    async with Upstream(reply_html(200, "Zscaler \x1b[31msays no")) as vendor, http_client(vendor.url) as client:
        with pytest.raises(BadAnswer, match=r"a page .* \(Zscaler says no\)"):
            (await send(client, vendor.url, "read")).json()


async def test_a_read_that_failed_once_is_repeated_and_succeeds() -> None:
    waits = Waits()
    async with Upstream(reply_html(502), OK) as vendor, http_client(vendor.url, waits=waits) as client:
        assert (await send(client, vendor.url, "read")).ok
        assert len(vendor.seen) == 2
        assert waits.seconds == [0.375]


async def test_retry_after_is_waited_for_where_it_fits() -> None:
    waits = Waits()
    script = (reply_json({}, 429, retry_after="7"), OK)
    async with Upstream(*script) as vendor, http_client(vendor.url, waits=waits) as client:
        assert (await send(client, vendor.url, "read")).ok
    assert waits.seconds == [7.375]


@pytest.mark.parametrize(
    ("header", "patience"),
    [("120", 120), ("Sun, 01 Mar 2026 03:02:00 GMT", 120), ("999999999", 900), ("tomorrow", 60)],
)
async def test_a_longer_retry_after_is_handed_on_capped(header: str, patience: float) -> None:
    async with Upstream(reply_json({}, 429, retry_after=header)) as vendor, http_client(vendor.url) as client:
        with pytest.raises(Throttled) as caught:
            await send(client, vendor.url, "read")
        assert caught.value.retry_after == patience


@pytest.mark.parametrize("treatment", ["read", "once", "write"])
async def test_nobody_listening_is_unreachable_and_says_so(treatment: Treatment) -> None:
    async with Upstream() as vendor:
        url = vendor.url
    async with http_client(url) as client:
        with pytest.raises(Unreachable, match=r"127\.0\.0\.1: connection refused"):
            await send(client, url, treatment)


async def test_an_unknown_name_is_unreachable() -> None:
    async with http_client("https://no-such-host.invalid") as client:
        with pytest.raises(Unreachable, match=r"no-such-host\.invalid cannot be resolved"):
            await client.request("GET", "https://no-such-host.invalid/x", treatment="read")


@pytest.mark.parametrize(
    ("fault", "treatment", "error"),
    [
        (Fault("reset_request"), "read", BadAnswer),
        (Fault("reset_request"), "write", Unconfirmed),
        (Fault("reset_request", after=30), "write", Unconfirmed),
        (Fault("reset_answer"), "read", BadAnswer),
        (Fault("reset_answer"), "once", BadAnswer),
        (Fault("reset_answer"), "write", Unconfirmed),
        (Fault("truncate_answer"), "write", Unconfirmed),
        (Fault("truncate_answer", after=20), "read", BadAnswer),
        (Fault("truncate_answer", after=60), "write", Unconfirmed),
    ],
)
async def test_broken_connections(fault: Fault, treatment: Treatment, error: type[Exception]) -> None:
    async with Upstream(OK) as vendor, FaultProxy(vendor.url) as line, http_client(line.url) as client:
        line.queue(*[fault] * 3)
        with pytest.raises(error) as caught:
            await send(client, line.url, treatment)
        assert caught.type is error
        assert line.connections == (3 if treatment == "read" else 1)


@pytest.mark.parametrize(
    ("fault", "treatment", "error"),
    [
        (Fault("silence"), "read", TimedOut),
        (Fault("silence"), "once", TimedOut),
        (Fault("silence"), "write", Unconfirmed),
        (Fault("stall_answer"), "write", Unconfirmed),
        (Fault("stall_answer", after=70), "read", TimedOut),
        (Fault("drip_answer", seconds=0.02), "read", TimedOut),
        (Fault("drip_answer", after=70, seconds=0.02), "write", Unconfirmed),
    ],
)
async def test_answers_that_take_too_long(
    fault: Fault, treatment: Treatment, error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("providers.http.BUDGET_TIMES", 1)  # one deadline's worth of waiting is enough here
    slow = Reply(body=b"x" * 4000)
    async with (
        Upstream(slow) as vendor,
        FaultProxy(vendor.url) as line,
        http_client(line.url, timeout_seconds=1.5) as client,
    ):
        line.queue(*[fault] * 3)
        with pytest.raises(error) as caught:
            await send(client, line.url, treatment)
    assert caught.type is error


@pytest.mark.parametrize("kind", ["reset_answer", "stall_answer", "truncate_answer"])
async def test_a_cut_queue_answer_is_handed_over_as_far_as_it_came(kind: Kind) -> None:
    body = b'[{"id": 1}, {"id": 2}, {"id'
    async with (
        Upstream(Reply(body=body.ljust(4000))) as vendor,
        FaultProxy(vendor.url) as line,
        http_client(line.url, timeout_seconds=1.5) as client,
    ):
        line.queue(Fault(kind, after=120))
        answer = await send(client, line.url, "once")
        assert answer.cut
        assert answer.body.startswith(body)
        with pytest.raises(BadAnswer, match="incomplete"):
            answer.json()
        assert line.connections == 1


async def test_an_answer_over_the_cap_is_refused_before_it_is_read() -> None:
    big = Reply(body=bytes(300_000))
    async with Upstream(big) as vendor, http_client(vendor.url) as client:
        with pytest.raises(TooLarge):
            await send(client, vendor.url, "read", cap=200_000)
        with pytest.raises(Unconfirmed):
            await send(client, vendor.url, "write", cap=200_000)
        assert len(vendor.seen) == 2


async def test_a_gzip_bomb_stops_at_the_cap() -> None:
    bomb = Reply(body=gzip.compress(bytes(50_000_000)), headers={"Content-Encoding": "gzip"})
    async with Upstream(bomb) as vendor, http_client(vendor.url) as client:
        with pytest.raises(TooLarge):
            await send(client, vendor.url, "read", cap=1_000_000)
        answer = await send(client, vendor.url, "once", cap=1_000_000)
        assert answer.cut
        assert len(answer.body) <= 1_000_000


async def test_an_encoded_answer_is_decoded_and_asked_for() -> None:
    reply = Reply(body=gzip.compress(b'{"a": 1}'), headers={"Content-Encoding": "gzip"})
    async with Upstream(reply) as vendor, http_client(vendor.url) as client:
        assert (await send(client, vendor.url, "read")).json() == {"a": 1}
        assert vendor.seen[0].headers["accept-encoding"] == "gzip, deflate"


async def test_one_redirect_on_the_same_origin_is_followed_where_asked() -> None:
    moved = Reply(302, headers={"Location": "/incident/GetIncident/INC1"})
    async with Upstream(moved, OK) as vendor, http_client(vendor.url) as client:
        answer = await send(client, f"{vendor.url}//GetIncident/INC1", "read", follow=True, params={"a": "1"})
        assert answer.ok
        assert [seen.target for seen in vendor.seen] == ["//GetIncident/INC1?a=1", "/incident/GetIncident/INC1"]


async def test_a_second_redirect_or_another_origin_is_not_followed() -> None:
    async with Upstream(OK) as other, Upstream(Reply(302, headers={"Location": "/again"})) as vendor:
        async with http_client(vendor.url) as client:
            with pytest.raises(BadAnswer, match="redirect"):
                await send(client, vendor.url, "read", follow=True)
        assert len(vendor.seen) == 2
        for location in (f"{other.url}/x", "//evil.example/x", "https://evil.example", "http://[", ""):
            away = Reply(302, headers={"Location": location})
            async with Upstream(away) as moving, http_client(moving.url) as client:
                with pytest.raises(BadAnswer, match="redirect"):
                    await send(client, moving.url, "read", follow=True)
                assert len(moving.seen) == 1
        assert not other.seen


@pytest.mark.parametrize("url", ["http://vendor.example/x", "ftp://127.0.0.1/x", "//127.0.0.1/x", "not a url", ""])
async def test_only_https_or_loopback_is_talked_to(url: str) -> None:
    async with http_client("http://127.0.0.1:9") as client:
        with pytest.raises(BadAnswer):
            await client.request("GET", url, treatment="read")


async def test_a_vendor_that_keeps_failing_is_left_alone_and_tried_again() -> None:
    clock = StillClock()
    async with Upstream(reply_html(502)) as vendor, http_client(vendor.url, clock=clock) as client:
        for _ in range(5):
            await send(client, vendor.url, "once")
        with pytest.raises(Unreachable, match="left alone"):
            await send(client, vendor.url, "write")
        assert len(vendor.seen) == 5
        clock.advance(5)
        assert (await send(client, vendor.url, "once")).status == 502
        with pytest.raises(Unreachable, match="left alone"):
            await send(client, vendor.url, "read")
        clock.advance(10)
        vendor.answers(OK)
        assert (await send(client, vendor.url, "read")).ok
        assert (await send(client, vendor.url, "read")).ok


async def test_the_breaker_of_one_origin_leaves_the_others_alone() -> None:
    async with Upstream(reply_html(502)) as files, Upstream(OK) as vendor, http_client(vendor.url) as client:
        for _ in range(5):
            await send(client, files.url, "once")
        with pytest.raises(Unreachable, match="left alone"):
            await send(client, files.url, "once")
        assert (await send(client, vendor.url, "once")).ok


async def test_a_refusal_is_an_answer_and_opens_no_breaker() -> None:
    async with Upstream(reply_json({}, 404)) as vendor, http_client(vendor.url) as client:
        for _ in range(20):
            await send(client, vendor.url, "read")
        assert len(vendor.seen) == 20


async def test_a_header_that_cannot_be_sent_reaches_nobody_and_is_not_quoted() -> None:
    async with Upstream(OK) as vendor, http_client(vendor.url) as client:
        for value in ("not-a-real-key\r\nX: 1", "nøt-a-real-key", "not-a-real-key\x00"):
            with pytest.raises(Unreachable) as caught:
                await send(client, vendor.url, "write", headers={"X-Key": value})
            assert "a-real-key" not in str(caught.value)
        assert not vendor.seen
