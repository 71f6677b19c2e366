"""Each attempt leaves one record in the log: whole enough to find a fault by, and without a secret."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from providers.auth import ApiKey
from providers.errors import VendorError
from providers.exchange import BODY_CAP, referring
from providers.model import FileRef
from providers.secrets import SecretSource
from providers.transfer import Upload
from tests.support.clients import http_client
from tests.support.upstream import Reply, Upstream, reply_html, reply_json

KEY = "not-a-real-key-at-all"


def exchanges(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    found = [vars(record)["exchange"] for record in caplog.records if record.name == "vendorq.http"]
    assert json.loads(json.dumps(found)) == json.loads(json.dumps(found))
    return found


async def test_a_request_and_its_answer_are_recorded(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with Upstream(reply_json({"number": "e-CS1"})) as vendor, http_client(vendor.url) as client:
        with referring("e-CS1", "", "outbox-7"):
            await client.request(
                "POST", f"{vendor.url}/t", treatment="write", json_body={"a": 1}, references=("INC1", "e-CS1")
            )
    (exchange,) = exchanges(caplog)
    assert exchange["seconds"] >= 0
    assert {name: exchange[name] for name in exchange if name not in ("seconds", "url")} == {
        "provider": "acme",
        "method": "POST",
        "number": 1,
        "started": 1_772_334_000_000,
        "status": 200,
        "error": "",
        "sent_bytes": 8,
        "received_bytes": 19,
        "request_body": '{"a": 1}',
        "answer_body": '{"number": "e-CS1"}',
        "references": ("e-CS1", "outbox-7", "INC1"),
    }


async def test_each_attempt_is_recorded_and_failures_are_warnings(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with Upstream(Reply(raw=b""), reply_html(502), reply_json({})) as vendor, http_client(vendor.url) as client:
        await client.request("GET", vendor.url, treatment="read")
    assert [(each["number"], each["status"]) for each in exchanges(caplog)] == [(1, None), (2, 502), (3, 200)]
    assert "broke" in exchanges(caplog)[0]["error"]
    assert caplog.records[0].levelname == "WARNING"


async def test_bodies_are_capped_and_files_only_named(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    caplog.set_level(logging.INFO)
    (tmp_path / "a.bin").write_bytes(b"")
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    ref = FileRef(path=str(tmp_path / "a.bin"), name="a.bin", size=0, content_type="text/plain", sha256=empty)
    async with Upstream(Reply(body=b"x" * 100_000)) as vendor, http_client(vendor.url) as client:
        await client.request("POST", vendor.url, treatment="write", content=Upload.json("acme", {"content": ref}))
    (exchange,) = exchanges(caplog)
    assert exchange["request_body"] == '{"content": "<a.bin, 0 bytes>"}'
    assert exchange["answer_body"] == "x" * BODY_CAP + "…"
    assert exchange["received_bytes"] == 100_000


async def test_no_secret_is_written_by_anybody_at_any_level(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore", "httpcore.http11", "httpcore.connection"):
        assert not logging.getLogger(name).isEnabledFor(logging.INFO)
    signed = "X-Amz-Signature=0badc0de0badc0de&X-Amz-Security-Token=notarealtoken"
    auth = ApiKey("x-api-key", SecretSource.model_validate({"value": KEY}))
    answer = reply_json({"url": f"https://b.s3.amazonaws.com/a?{signed}", "echo": KEY}, location=f"/x?{signed}")
    async with Upstream(answer) as vendor, http_client(vendor.url, auth) as client:
        await client.request(
            "POST",
            f"{vendor.url}/{KEY}?{signed}",
            treatment="write",
            json_body={"callback": {"password": "hunter-two-hunter"}, "text": "x" * (BODY_CAP - 60) + KEY},
        )
        assert vendor.seen[0].headers["x-api-key"] == KEY
    written = caplog.text + repr([vars(record) for record in caplog.records])
    for secret in (KEY, "not-a-real", "0badc0de", "notarealtoken", "hunter-two"):
        assert secret not in written


async def test_errors_do_not_carry_a_secret(caplog: pytest.LogCaptureFixture) -> None:
    auth = ApiKey("x-api-key", SecretSource.model_validate({"value": KEY}))
    replies = [Reply(500, f"<p>{KEY}</p>".encode()), Reply(302, headers={"Location": KEY}), Reply(body=KEY.encode())]
    for reply in replies:
        async with Upstream(reply) as vendor, http_client(vendor.url, auth) as client:
            with pytest.raises(VendorError) as caught:
                (await client.request("POST", f"{vendor.url}/{KEY}", treatment="write", json_body={})).json()
            for text in (str(caught.value), caught.value.vendor_words, caught.value.next_step):
                assert KEY not in text


async def test_control_bytes_of_an_answer_do_not_reach_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with Upstream(Reply(body=b"\x1b]52;c;eA==\x07\x9b2J")) as vendor, http_client(vendor.url) as client:
        await client.request("GET", f"{vendor.url}/%1b[2J", treatment="read")
    assert "\x1b" not in json.dumps(exchanges(caplog), ensure_ascii=False)
