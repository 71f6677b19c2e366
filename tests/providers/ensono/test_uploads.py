"""Files up and down, judged by what the storage took."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from providers.ensono.connector import Connector
from providers.errors import BadAnswer, NotFound, Rejected, TooLarge, Unconfirmed, Unreachable, VendorError
from providers.model import Attachment, Ticket
from providers.sandbox import Sandbox
from tests.providers.ensono.support import file_ref, overwrite, patch_of, remove, requests_of, ticket, to, write

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 40


def linked(box: Sandbox) -> Ticket:
    return ticket(number=box.ensono.create(client_number="INC0042", announce=False))


def before_put(connector: Connector, act: Callable[[], None]) -> None:
    """Have something happen between the request for a URL and the first PUT to it."""
    asked = connector._http.request
    acted = False

    async def request(method: str, url: str, **changes: Any) -> Any:
        nonlocal acted
        if method == "PUT" and not acted:
            acted = True
            act()
        return await asked(method, url, **changes)

    connector._http.request = request  # type: ignore[method-assign]  # a moment that no fault can name


async def test_a_file_goes_up_whole_under_a_legal_name(box: Sandbox, ensono: Connector, tmp_path: Path) -> None:
    known = linked(box)
    ref = file_ref(tmp_path / "boot log 1.txt", b"boot ok\n", "application/octet-stream")
    seen: list[tuple[int, int]] = []
    receipt = await ensono.send(write("attach", known.number, files=(ref,)), known, lambda *done: seen.append(done))
    (entry,) = box.ledger.of("ensono", "attach")
    assert (entry.name, entry.size, entry.sha256) == ("boot-log-1.txt", ref.size, ref.sha256)
    assert entry.body["content_type"] == "text/plain"
    assert seen[-1] == (ref.size, ref.size)
    assert receipt.patch is not None
    assert [(item.name, item.direction) for item in receipt.patch.attachments] == [("boot-log-1.txt", "out")]
    asked, put = await requests_of(box, 2)
    assert (asked.method, put.method) == ("GET", "PUT")
    assert "x-api-key" in asked.headers
    assert "x-api-key" not in put.headers
    assert put.headers["content-length"] == str(ref.size)


async def test_several_files_go_up_one_after_the_other(box: Sandbox, ensono: Connector, tmp_path: Path) -> None:
    known = linked(box)
    files = (file_ref(tmp_path / "a.pdf", PDF), file_ref(tmp_path / "b.log", b"x" * 300_000))
    await ensono.send(write("comment", known.number, comment="Both logs.", files=files), known)
    assert [(entry.operation, entry.name) for entry in box.ledger.of(number=known.number)] == [
        ("comment", ""),
        ("attach", "a.pdf"),
        ("attach", "b.log"),
    ]


async def test_base64_goes_up_as_text_where_the_config_says_so(box: Sandbox, tmp_path: Path) -> None:
    connector = to(box, upload_base64=True)
    known = linked(box)
    ref = file_ref(tmp_path / "a.pdf", PDF)
    intent = write("attach", known.number, files=(ref,))
    assert connector.prepare(intent, known).path.endswith("/a.pdf.base64")
    await connector.send(intent, known)
    (entry,) = box.ledger.of("ensono", "attach")
    assert (entry.name, entry.sha256, entry.body["content_type"]) == ("a.pdf", ref.sha256, "text/plain")
    assert (await requests_of(box, 2))[-1].headers["content-length"] == str(len(base64.b64encode(PDF)))
    await connector.aclose()


async def test_a_link_that_expired_is_asked_for_once_more(box: Sandbox, ensono: Connector, tmp_path: Path) -> None:
    known = linked(box)
    before_put(ensono, lambda: box.advance(121))
    ref = file_ref(tmp_path / "a.log", b"ok")
    await ensono.send(write("attach", known.number, files=(ref,)), known)
    assert [(request.method, request.status) for request in await requests_of(box, 4)] == [
        ("GET", 200),
        ("PUT", 403),
        ("GET", 200),
        ("PUT", 200),
    ]
    assert len(box.ledger.of("ensono", "attach")) == 1


async def test_a_file_that_changed_is_not_sent_whole(box: Sandbox, ensono: Connector, tmp_path: Path) -> None:
    known = linked(box)
    ref = file_ref(tmp_path / "a.log", b"first")
    overwrite(ref, b"other")
    with pytest.raises(VendorError, match="changed"):
        await ensono.send(write("attach", known.number, files=(ref,)), known)
    assert not box.ledger.of("ensono", "attach")


@pytest.mark.parametrize(("name", "content"), [("sheet.csv", b"PK\x03\x04"), ("tool.exe", b"MZ"), ("a.pdf", b"text")])
async def test_what_ensono_would_drop_is_refused_before_anything_is_sent(
    box: Sandbox, ensono: Connector, tmp_path: Path, name: str, content: bytes
) -> None:
    known = linked(box)
    with pytest.raises(Rejected):
        await ensono.send(write("attach", known.number, files=(file_ref(tmp_path / name, content),)), known)
    assert box.requests == []


async def test_a_file_that_is_gone_is_refused_before_anything_is_sent(
    box: Sandbox, ensono: Connector, tmp_path: Path
) -> None:
    known = linked(box)
    ref = file_ref(tmp_path / "a.log", b"ok")
    remove(ref)
    with pytest.raises(Rejected, match="cannot be read"):
        await ensono.send(write("attach", known.number, files=(ref,)), known)
    assert box.requests == []


async def test_an_upload_to_a_foreign_host_is_refused(box: Sandbox, tmp_path: Path) -> None:
    connector = to(box)
    known = linked(box)
    original = box.context.url
    before_put(connector, lambda: pytest.fail("nothing may be put"))
    box.context.url = "https://elsewhere.example"
    with pytest.raises(Rejected, match=r"elsewhere\.example"):
        await connector.send(write("attach", known.number, files=(file_ref(tmp_path / "a.log", b"ok"),)), known)
    box.context.url = original
    await connector.aclose()


@pytest.mark.parametrize(("fault", "kind"), [("stall", Unreachable), ("html", Rejected), ("half_json", Rejected)])
async def test_without_a_link_nothing_of_the_file_is_sent(
    box: Sandbox, tmp_path: Path, fault: str, kind: type[VendorError]
) -> None:
    connector = to(box, timeout_seconds=0.3)
    known = linked(box)
    box.fault("ensono", fault, match="/attachments/", count=None, seconds=5)
    with pytest.raises(kind):
        await connector.send(write("attach", known.number, files=(file_ref(tmp_path / "a.log", b"ok"),)), known)
    assert {request.method for request in await requests_of(box, 1)} == {"GET"}
    await connector.aclose()


async def test_an_unanswered_upload_is_unconfirmed(box: Sandbox, ensono: Connector, tmp_path: Path) -> None:
    known = linked(box)
    box.fault("s3", "reset_after")
    with pytest.raises(Unconfirmed):
        await ensono.send(write("attach", known.number, files=(file_ref(tmp_path / "a.log", b"ok"),)), known)
    assert len(box.ledger.of("ensono", "attach")) == 1


async def test_what_was_done_before_a_failure_is_told_and_not_done_again(
    box: Sandbox, ensono: Connector, tmp_path: Path
) -> None:
    known = linked(box)
    files = (file_ref(tmp_path / "a.log", b"one"), file_ref(tmp_path / "b.log", b"two"))
    box.fault("s3", "reset_before", match="b.log")
    intent = write("comment", known.number, comment="Both logs.", files=files)
    with pytest.raises(Unconfirmed) as caught:
        await ensono.send(intent, known)
    assert caught.value.done == ("comment", "file a.log")
    assert "done before: comment, file a.log" in caught.value.message
    again = write("comment", known.number, comment="Both logs.", files=files, done=caught.value.done, doubtful=True)
    await ensono.send(again, known)
    assert [(entry.operation, entry.name) for entry in box.ledger.of(number=known.number)] == [
        ("comment", ""),
        ("attach", "a.log"),
        ("attach", "b.log"),
    ]


async def received(box: Sandbox, connector: Connector, content: bytes, **changes: Any) -> Attachment:
    """What Ensono attached, as its message tells."""
    number = box.ensono.create(client_number="INC0042", announce=False)
    box.ensono.attach(number, "trace 1.bin", content, **changes)
    (message,) = (await connector.receive()).messages
    return patch_of(message).attachments[0]


async def fetched(connector: Connector, attachment: Attachment) -> bytes:
    return b"".join([piece async for piece in connector.download(attachment)])


async def test_a_received_file_comes_down_whole(box: Sandbox, ensono: Connector) -> None:
    content = hashlib.sha256(b"seed").digest() * 40_000
    attachment = await received(box, ensono, content)
    assert (attachment.name, attachment.size) == ("trace 1.bin", len(content))
    assert attachment.expires_at is not None
    seen: list[int] = []
    pieces = [piece async for piece in ensono.download(attachment, lambda done, _: seen.append(done))]
    assert b"".join(pieces) == content
    assert seen[-1] == len(content)
    assert "x-api-key" not in (await requests_of(box, 2))[-1].headers


@pytest.mark.parametrize("stated", [9, 11])
async def test_a_file_of_another_size_than_announced_is_told(box: Sandbox, ensono: Connector, stated: int) -> None:
    attachment = await received(box, ensono, b"0123456789", stated_size=stated)
    with pytest.raises(BadAnswer, match=f"10 bytes instead of {stated}"):
        await fetched(ensono, attachment)


async def test_an_expired_link_is_not_found(box: Sandbox, ensono: Connector) -> None:
    attachment = await received(box, ensono, b"ok", lifetime=60)
    box.advance(61)
    with pytest.raises(NotFound) as caught:
        await fetched(ensono, attachment)
    assert caught.value.next_step


@pytest.mark.parametrize(
    ("url", "size", "kind"),
    [
        ("", 1, NotFound),
        ("https://elsewhere.example/a", 1, BadAnswer),
        ("http://bucket.s3.amazonaws.com/a", 1, BadAnswer),
        ("https://amazonaws.com.elsewhere.example/a", 1, BadAnswer),
        ("file:///etc/passwd", 1, BadAnswer),
        ("https://bucket.s3.amazonaws.com/a", 10**12, TooLarge),
    ],
)
async def test_what_may_not_be_fetched_is_not(ensono: Connector, url: str, size: int, kind: type[VendorError]) -> None:
    with pytest.raises(kind):
        await fetched(ensono, Attachment(id="a", name="a.bin", size=size, url=url))
