"""Presigned URLs: uploads and downloads, against the guide, and their form against botocore's."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import boto3  # type: ignore[import-untyped]  # ships no types
import pytest
from botocore.config import Config  # type: ignore[import-untyped]  # ships no types

from providers.sandbox import Sandbox
from tests.providers.sandbox.callers import EnsonoCaller

PDF = b"%PDF-1.7 " + b"x" * 5000


@pytest.fixture
def number(box: Sandbox) -> str:
    return box.ensono.create()


def test_upload_is_committed_with_digest_and_size(box: Sandbox, ensono: EnsonoCaller, number: str) -> None:
    url = ensono.upload_url(number, "report.pdf")
    answer = ensono.web.put(url, content=PDF, headers={"Content-Type": "application/pdf"})
    assert (answer.status_code, answer.content) == (200, b"")
    (entry,) = box.ledger
    assert (entry.operation, entry.name, entry.size) == ("attach", "report.pdf", len(PDF))
    assert entry.sha256 == hashlib.sha256(PDF).hexdigest()


def test_base64_upload_is_decoded(box: Sandbox, ensono: EnsonoCaller, number: str) -> None:
    url = ensono.upload_url(number, "report.pdf.base64")
    answer = ensono.web.put(url, content=base64.encodebytes(PDF), headers={"Content-Type": "text/plain"})
    assert answer.status_code == 200
    assert (box.ledger[0].name, box.ledger[0].sha256) == ("report.pdf", hashlib.sha256(PDF).hexdigest())


def test_url_is_good_once(box: Sandbox, ensono: EnsonoCaller, number: str) -> None:
    url = ensono.upload_url(number, "a.txt")
    statuses = [ensono.web.put(url, content=b"x", headers={"Content-Type": "text/plain"}).status_code for _ in range(2)]
    assert statuses == [200, 403]
    assert len(box.ledger) == 1


def test_url_expires_with_the_documented_xml(box: Sandbox, ensono: EnsonoCaller, number: str) -> None:
    url = ensono.upload_url(number, "a.txt")
    box.advance(121)
    answer = ensono.web.put(url, content=b"x", headers={"Content-Type": "text/plain"})
    assert answer.status_code == 403
    assert answer.text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code>')
    assert "<Message>Request has expired</Message><X-Amz-Expires>120</X-Amz-Expires><Expires>" in answer.text
    assert box.ledger == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "application/pdf"},
        {"Content-Type": ""},
        {"Content-Type": "text/plain", "x-api-key": "not-a-real-key"},
    ],
)
def test_wrong_headers_break_the_signature(ensono: EnsonoCaller, number: str, headers: dict[str, str]) -> None:
    url = ensono.upload_url(number, "a.txt")
    answer = ensono.web.put(url, content=b"x", headers=headers)
    assert answer.status_code == 403
    assert "<Code>SignatureDoesNotMatch</Code>" in answer.text


def test_changed_query_breaks_the_signature(ensono: EnsonoCaller, number: str) -> None:
    url = ensono.upload_url(number, "a.txt")
    for changed in (url + "&added=1", url.replace("X-Amz-Expires=120", "X-Amz-Expires=9999"), url + "0"):
        answer = ensono.web.put(changed, content=b"x", headers={"Content-Type": "text/plain"})
        assert "<Code>SignatureDoesNotMatch</Code>" in answer.text
    assert ensono.web.put(url.partition("?")[0], content=b"x").status_code == 403


def test_chunked_upload_is_not_implemented(box: Sandbox, ensono: EnsonoCaller, number: str) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"x"

    url = ensono.upload_url(number, "a.txt")
    answer = ensono.web.put(url, content=pieces(), headers={"Content-Type": "text/plain"})
    assert answer.status_code == 501
    assert "<Code>NotImplemented</Code>" in answer.text
    assert box.ledger == []


def test_renamed_file_is_taken_and_dropped(box: Sandbox, ensono: EnsonoCaller, number: str) -> None:
    url = ensono.upload_url(number, "sheet.csv")
    answer = ensono.web.put(url, content=b"PK\x03\x04 a spreadsheet", headers={"Content-Type": "text/csv"})
    assert answer.status_code == 200
    assert box.ledger == []


@pytest.mark.parametrize("name", ["setup.exe", "-a.txt", "boot%20log.txt", "a_b.txt", "setup.EXE.base64"])
def test_forbidden_names_get_no_url(ensono: EnsonoCaller, number: str, name: str) -> None:
    answer = ensono.call("GET", f"/tickets/{number}/attachments/{name}")
    assert answer.json()["Response"]["code"] == 400


def test_download_gives_the_bytes_until_it_expires(box: Sandbox, ensono: EnsonoCaller, number: str) -> None:
    box.ensono.attach(number, "boot log.txt", PDF, "text/plain", lifetime=7200)
    url = ensono.receive()[-1]["Body"]["attachment"].strip()
    for _ in range(2):
        assert ensono.web.get(url).content == PDF
    box.advance(7201)
    answer = ensono.web.get(url)
    assert (answer.status_code, "Request has expired" in answer.text) == (403, True)


def test_urls_are_made_like_botocores(ensono: EnsonoCaller, number: str) -> None:
    s3 = boto3.client(
        "s3",
        region_name="us-east-2",
        aws_access_key_id="ASIANOTREAL",
        aws_secret_access_key="not-a-real-key",
        aws_session_token="not-a-real-token",
        config=Config(signature_version="s3v4"),
    )
    theirs = s3.generate_presigned_url("put_object", {"Bucket": "files", "Key": "a.txt"}, ExpiresIn=120)
    ours = ensono.upload_url(number, "a.txt")
    query, model = (parse_qs(urlsplit(url).query) for url in (ours, theirs))
    assert set(query) == set(model)
    for name in ("X-Amz-Algorithm", "X-Amz-Expires", "X-Amz-SignedHeaders"):
        assert query[name] == model[name]
    for name in ("X-Amz-Date", "X-Amz-Signature"):
        assert len(query[name][0]) == len(model[name][0])
