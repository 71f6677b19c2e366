"""Files go up whole, with a length, and only as they were chosen; and come down only from where they may."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.errors import BadAnswer, NotFound, Rejected, TooLarge, Unconfirmed
from providers.model import FileRef
from providers.transfer import AllowedHosts, Upload, transfer_deadline
from tests.support.clients import http_client
from tests.support.faultproxy import Fault, FaultProxy
from tests.support.upstream import Reply, Upstream, reply_json

OK = reply_json({"result": "fine"})


def chosen(folder: Path, name: str, content: bytes, content_type: str = "text/plain") -> FileRef:
    path = folder / name
    path.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    return FileRef(path=str(path), name=name, size=len(content), content_type=content_type, sha256=digest)


async def whole(upload: Upload) -> bytes:
    return b"".join([piece async for piece in upload])


@pytest.mark.parametrize("size", [0, 1, 2, 3, 192 * 1024 - 1, 192 * 1024, 192 * 1024 + 1, 600_000])
async def test_every_encoding_has_exactly_the_length_it_says(tmp_path: Path, size: int) -> None:
    content = bytes(index % 251 for index in range(size))
    ref = chosen(tmp_path, "boot.log", content)
    document = {"comment": 'a "b" ü', "attachments": [{"name": ref.name, "content": ref}, {"content": ref}]}
    as_json, as_is, as_base64 = Upload.json("acme", document), Upload.file("acme", ref), Upload.base64_file("acme", ref)
    for upload in (as_json, as_is, as_base64):
        assert len(await whole(upload)) == upload.length
    encoded = base64.b64encode(content).decode()
    assert json.loads(await whole(as_json)) == {
        "comment": 'a "b" ü',
        "attachments": [{"name": "boot.log", "content": encoded}, {"content": encoded}],
    }
    assert await whole(as_is) == content
    assert await whole(as_base64) == encoded.encode()


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5))
def test_a_document_without_files_is_plain_json(document: Any) -> None:
    upload = Upload.json("acme", document)
    assert upload.file_bytes == 0
    assert upload.length == len(str(upload).encode())


async def test_it_goes_up_with_a_content_length_and_not_in_chunks(tmp_path: Path) -> None:
    content = bytes(range(256)) * 2000
    ref = chosen(tmp_path, "a.bin", content, "application/x-thing")
    told: list[tuple[int, int]] = []
    async with Upstream(OK) as store, http_client(store.url) as client:
        upload = Upload.file("acme", ref, lambda sent, total: told.append((sent, total)))
        await client.request("PUT", f"{store.url}/a.bin?X-Amz-Signature=0", treatment="write", content=upload)
        seen = store.seen[0]
        assert seen.body == content
        assert seen.headers["content-length"] == str(len(content))
        assert seen.headers["content-type"] == "application/x-thing"
        assert "transfer-encoding" not in seen.headers
    assert told == sorted(told)
    assert told[-1] == (len(content), len(content))


class OnceRefused:
    def __init__(self) -> None:
        self.token = "first"

    async def headers(self, client: object) -> dict[str, str]:
        return {"Authorization": self.token}

    async def renew(self, client: object) -> bool:
        self.token = "second"
        return True


async def test_an_upload_is_sent_again_whole_after_a_renewal(tmp_path: Path) -> None:
    ref = chosen(tmp_path, "a.bin", b"x" * 500_000)
    async with Upstream(reply_json({}, 401), OK) as vendor, http_client(vendor.url, OnceRefused()) as client:
        await client.request("POST", vendor.url, treatment="write", content=Upload.json("acme", {"content": ref}))
        first, second = vendor.seen
        assert first.body == second.body
        assert base64.b64decode(json.loads(second.body)["content"]) == b"x" * 500_000


def alter(path: Path, change: str, content: bytes) -> None:
    path.unlink()
    if change != "gone":
        changed = {"other bytes": b"y" + content[1:], "longer": content + b"z", "shorter": content[:-1]}
        path.write_bytes(changed[change])


@pytest.mark.parametrize("change", ["other bytes", "longer", "shorter", "gone"])
async def test_a_file_that_changed_never_arrives_whole(tmp_path: Path, change: str) -> None:
    content = b"x" * 500_000
    ref = chosen(tmp_path, "a.bin", content)
    alter(Path(ref.path), change, content)
    async with Upstream(OK) as store, http_client(store.url) as client:
        with pytest.raises(Rejected) as caught:
            await client.request("PUT", store.url, treatment="write", content=Upload.file("acme", ref))
        assert caught.value.field == "attachments"
        assert not store.seen


async def test_an_upload_cut_by_the_line_is_unconfirmed(tmp_path: Path) -> None:
    ref = chosen(tmp_path, "a.bin", b"x" * 3_000_000)
    async with Upstream(OK) as store, FaultProxy(store.url) as line, http_client(line.url) as client:
        line.queue(Fault("reset_request", after=1_000_000))
        with pytest.raises(Unconfirmed):
            await client.request("PUT", line.url, treatment="write", content=Upload.file("acme", ref))
        assert not store.seen


async def test_an_early_refusal_of_an_upload_is_heard(tmp_path: Path) -> None:
    ref = chosen(tmp_path, "a.bin", b"x" * 200_000)
    refusal = Reply(403, b"<Error><Message>Request has expired</Message></Error>", {"Connection": "close"})
    async with Upstream(refusal) as store, http_client(store.url) as client:
        answer = await client.request("PUT", store.url, treatment="write", content=Upload.file("acme", ref))
        assert answer.status == 403
        assert "Request has expired" in answer.text


def test_a_larger_file_gets_more_time() -> None:
    assert transfer_deadline(20, 0) == 20
    assert transfer_deadline(20, 60 * 2**20) == 20 + 480


OWN = AllowedHosts(("files.vendor.example", ".amazonaws.com"), "https://vendor.example/api")
LOCAL = AllowedHosts((".amazonaws.com",), "http://127.0.0.1:8080/ensono")


@pytest.mark.parametrize(
    "url",
    [
        "https://bucket.s3.eu-west-1.amazonaws.com/a.txt?X-Amz-Signature=0",
        " https://BUCKET.s3.amazonaws.com:443/a ",
        "https://files.vendor.example/x",
        "https://eu.files.vendor.example/x",
    ],
)
def test_allowed_links(url: str) -> None:
    assert OWN.check("acme", url) == url.strip()


@pytest.mark.parametrize(
    "url",
    [
        "http://bucket.s3.amazonaws.com/a",
        "https://evilamazonaws.com/a",
        "https://amazonaws.com.evil.example/a",
        "https://x.amazonaws.com@evil.example/a",
        "https://user:pw@bucket.s3.amazonaws.com/a",
        "https://evil.example\\@bucket.s3.amazonaws.com/",
        "https://evil.example#.amazonaws.com",
        "https://evil.example/.amazonaws.com",
        "https://evil.example?.amazonaws.com",
        "https://notfiles.vendor.example/x",
        "https://vendor.example/x",
        "http://127.0.0.1:9/x",
        "http://localhost/x",
        "https://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "//bucket.s3.amazonaws.com/x",
        "https://[::1/x",
        "https://bücket.amazonaws.com/x",
        "https://a b.amazonaws.com/x",
        "javascript:alert(1)",
        "",
    ],
)
def test_refused_links(url: str) -> None:
    with pytest.raises(BadAnswer):
        OWN.check("acme", url)


def test_a_refused_host_is_named_with_the_cure_and_the_link_is_not_repeated() -> None:
    with pytest.raises(BadAnswer, match=r"cdn\.example") as caught:
        OWN.check("acme", "https://cdn.example/a?sig=not-a-real-key")
    assert "attachment_hosts" in caught.value.next_step
    assert "not-a-real-key" not in str(caught.value)


def test_a_local_provider_may_use_any_local_port_and_a_remote_one_may_not() -> None:
    assert LOCAL.check("acme", "http://localhost:9/x") == "http://localhost:9/x"
    with pytest.raises(BadAnswer):
        OWN.check("acme", "http://127.0.0.1:8080/x")


def test_the_providers_own_host_is_the_default() -> None:
    assert AllowedHosts((), "https://vendor.example/api").check("acme", "https://vendor.example/f")
    with pytest.raises(BadAnswer):
        AllowedHosts((), "").check("acme", "https://vendor.example/f")


def local(url: str) -> AllowedHosts:
    return AllowedHosts((), url)


async def fetched(client: Any, url: str, **more: Any) -> bytes:
    return b"".join([piece async for piece in client.download(url, hosts=local(url), **{"cap": 10**6, **more})])


async def test_a_file_comes_down_without_credentials_and_with_its_query() -> None:
    told: list[tuple[int, int]] = []
    async with Upstream(Reply(body=b"x" * 300_000)) as store, http_client(store.url, OnceRefused()) as client:
        url = f"{store.url}/a%20b.txt?X-Amz-Signature=0%2F&b"
        got = await fetched(client, url, size=300_000, progress=lambda *step: told.append(step))
        assert got == b"x" * 300_000
        assert store.seen[0].target == "/a%20b.txt?X-Amz-Signature=0%2F&b"
        assert "authorization" not in store.seen[0].headers
        assert store.seen[0].headers["accept-encoding"] == "identity"
        await fetched(client, url, with_auth=True)
        assert store.seen[1].headers["authorization"] == "first"
    assert told[-1] == (300_000, 300_000)


async def test_a_file_over_the_cap_or_from_elsewhere_does_not_come() -> None:
    async with Upstream(Reply(body=b"x" * 300_000)) as store, http_client(store.url) as client:
        with pytest.raises(TooLarge):
            await fetched(client, store.url, cap=100_000)
        with pytest.raises(BadAnswer):
            [piece async for piece in client.download(store.url, hosts=OWN, cap=10**6)]


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(403, b"<Error><Message>Request has expired</Message></Error>"), NotFound),
        (Reply(404), NotFound),
        (Reply(302, headers={"Location": "https://evil.example"}), BadAnswer),
        (Reply(500, b"oops"), BadAnswer),
        (Reply(204), BadAnswer),
    ],
)
async def test_a_file_that_is_not_there(reply: Reply, error: type[Exception]) -> None:
    async with Upstream(reply) as store, http_client(store.url) as client:
        with pytest.raises(error):
            await fetched(client, store.url)


async def test_a_download_that_breaks_off_is_an_error_after_what_came() -> None:
    async with Upstream(Reply(body=b"x" * 300_000)) as store, FaultProxy(store.url) as line:
        line.queue(Fault("truncate_answer", after=100_000))
        got = 0
        async with http_client(line.url) as client:
            with pytest.raises(BadAnswer):
                async for piece in client.download(line.url, hosts=local(line.url), cap=10**6):
                    got += len(piece)
        assert 0 < got < 300_000
