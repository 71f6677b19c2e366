"""The sandbox as a whole: config, requests, control over HTTP, repeatability."""

from __future__ import annotations

import tomllib
from pathlib import Path

import httpx
import pytest

from providers import registry
from providers.sandbox import Sandbox
from providers.sandbox.config import KINDS
from tests.providers.sandbox.callers import EnsonoCaller, KpnCaller


@pytest.mark.parametrize("kind", KINDS)
def test_settings_are_taken_by_each_kind(box: Sandbox, kind: str) -> None:
    settings = registry.settings_model(kind)(**box.settings(kind))
    assert settings.name == kind


def test_config_is_complete_toml(box: Sandbox) -> None:
    document = tomllib.loads(box.config(Path('/tmp/a "quoted" place')))
    assert document["store"]["path"] == '/tmp/a "quoted" place'
    assert [provider["kind"] for provider in document["provider"]] == list(KINDS)
    assert all(box.url in str(provider) for provider in document["provider"])


def test_requests_are_noted_with_path_and_status(box: Sandbox, ensono: EnsonoCaller) -> None:
    ensono.create(clientName="nobody")
    (seen,) = box.requests
    assert (seen.vendor, seen.method, seen.path, seen.status) == (
        "ensono",
        "POST",
        "/ensono/testclient/prod/tickets",
        400,
    )
    assert b"nobody" in seen.body
    assert "not-real" not in repr(seen)


async def test_sandbox_serves_beside_a_running_loop() -> None:
    async with Sandbox() as box, httpx.AsyncClient(trust_env=False) as web:
        answer = await web.get(f"{box.url}/ensono/testclient/prod/queue")
        assert answer.json() == {"message": "Forbidden"}


def test_same_seed_gives_the_same_ids() -> None:
    def ids(seed: int) -> list[str]:
        with Sandbox(seed) as box:
            number = box.ensono.create()
            box.kpn_connect.create()
            return [number, box.ensono.messages()[0].message_id, box.kpn_connect.waiting()[0].transaction_id]

    assert ids(3) == ids(3)
    assert ids(3)[1:] != ids(4)[1:]


def test_stopping_ends_every_connection(box: Sandbox, ensono: EnsonoCaller) -> None:
    ensono.receive()
    box.stop()
    with pytest.raises(httpx.TransportError):
        ensono.receive()


def test_time_only_moves_forward(box: Sandbox) -> None:
    with pytest.raises(ValueError, match="forward"):
        box.advance(-1)


def test_control_over_http(box: Sandbox, ensono: EnsonoCaller, web: httpx.Client) -> None:
    call = {"vendor": "ensono", "method": "create", "arguments": {"shortDescription": "from outside"}}
    number = web.post(f"{box.url}/_sandbox/call", json=call).json()["result"]
    assert box.ensono.ticket(number).short_description == "from outside"
    (message,) = ensono.receive()
    web.post(f"{box.url}/_sandbox/advance", json={"seconds": 31})
    assert "Error" in ensono.delete(message["ReceiptHandle"]).json()
    ensono.put(number, "/returnptn")
    (entry,) = web.get(f"{box.url}/_sandbox/ledger", params={"operation": "link"}).json()["ledger"]
    assert (entry["number"], entry["client_number"], entry["vendor"]) == (number, "INC1", "ensono")
    requests = web.get(f"{box.url}/_sandbox/requests").json()["requests"]
    assert [request["method"] for request in requests] == ["GET", "DELETE", "PUT"]
    assert "headers" not in requests[0]


def test_faults_over_http(box: Sandbox, kpn: KpnCaller, web: httpx.Client) -> None:
    fault = {"vendor": "kpn-connect", "fault": "status_500", "count": 1}
    listed = web.post(f"{box.url}/_sandbox/faults", json=fault).json()["faults"]
    assert listed == [{"vendor": "kpn-connect", "fault": "status_500", "match": "", "left": 1, "seconds": 0.0}]
    assert kpn.call("GET", "/TicketUpdates").status_code == 500
    web.post(f"{box.url}/_sandbox/faults", json={**fault, "count": None})
    assert web.delete(f"{box.url}/_sandbox/faults").json() == {"faults": []}
    assert kpn.call("GET", "/TicketUpdates").status_code == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("faults", {"vendor": "nobody", "fault": "stall"}),
        ("faults", {"nonsense": 1}),
        ("advance", {"seconds": -1}),
        ("call", {"vendor": "ensono", "method": "__init__"}),
        ("call", {"vendor": "ensono", "method": "comment", "arguments": {"number": "e-CS0", "body": "x"}}),
        ("call", []),
    ],
)
def test_control_refuses_nonsense(box: Sandbox, web: httpx.Client, path: str, body: object) -> None:
    assert web.post(f"{box.url}/_sandbox/{path}", json=body).status_code == 400


def test_path_outside_is_nobodys(box: Sandbox, web: httpx.Client) -> None:
    assert web.get(f"{box.url}/nothing").status_code == 404
    assert web.get(f"{box.url}/_sandbox/nothing").status_code == 404
    assert box.requests == []
