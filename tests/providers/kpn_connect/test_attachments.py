"""Files to and from KPN Connect over real HTTP: judged by what the sandbox's KPN committed."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from providers.errors import (
    NotFound,
)
from providers.kpn_connect.connector import Connector
from providers.sandbox import Sandbox
from tests.providers.kpn_connect.support import NEW, committed, received, ticket
from tests.support.kpn import file_on, write


async def test_file_goes_up_byte_for_byte(box: Sandbox, kpn: Connector, tmp_path: Path) -> None:
    number = box.kpn_connect.create("Incident", reference="ZB-1")
    content = bytes(range(256)) * 3000 + b"x"
    file = file_on(tmp_path, "boot log 1.bin", content, "application/octet-stream")
    progress: list[tuple[int, int]] = []
    await kpn.send(
        write("attach", number, files=(file,)), ticket(number), lambda done, total: progress.append((done, total))
    )
    [entry] = committed(box, "attach")
    assert entry.sha256 == hashlib.sha256(content).hexdigest()
    assert entry.name == "boot log 1.bin"
    assert progress[-1] == (len(content), len(content))
    assert not committed(box, "comment")


async def test_file_alone_goes_again_with_a_comment_where_kpn_insists(
    box: Sandbox, kpn: Connector, tmp_path: Path
) -> None:
    number = box.kpn_connect.create("Incident", reference="ZB-1")
    box.kpn_connect.comment_required = True
    receipt = await kpn.send(write("attach", number, files=(file_on(tmp_path, "a.txt", b"a"),)), ticket(number))
    assert [entry.body["comment"] for entry in committed(box, "comment")] == ["Attached: a.txt"]
    assert len(committed(box, "attach")) == 1
    assert receipt.patch is not None
    [comment] = receipt.patch.comments
    assert comment.body == "Attached: a.txt"
    assert [seen.id for seen in (await kpn.detail(number)).patch.comments] == [comment.id]


async def test_create_and_comment_take_files_along(box: Sandbox, kpn: Connector, tmp_path: Path) -> None:
    files = (file_on(tmp_path, "a.txt", b"a"), file_on(tmp_path, "b.txt", b""))
    receipt = await kpn.send(write("create", kind="incident", client_number="ZB-1", files=files, **NEW), None)
    await kpn.send(write("comment", receipt.number, comment="Zie c", files=files[:1]), ticket(receipt.number))
    assert [entry.name for entry in committed(box, "attach")] == ["a.txt", "b.txt", "a.txt"]


async def test_attachment_of_a_message_is_fetched_by_its_id(box: Sandbox, kpn: Connector) -> None:
    number = box.kpn_connect.create("Incident", reference="ZB-1")
    content = bytes(range(256)) * 4000
    box.kpn_connect.attach(number, "foto 1.jpg", content)
    message = (await received(kpn))[-1]
    assert message.kind == "attachment"
    assert message.patch is not None
    [attachment] = message.patch.attachments
    assert (attachment.name, attachment.content_type) == ("foto 1.jpg", "image/jpeg")
    assert b"".join([piece async for piece in kpn.download(attachment)]) == content


async def test_attachment_that_is_gone_is_not_found(box: Sandbox, kpn: Connector) -> None:
    number = box.kpn_connect.create("Incident", reference="ZB-1")
    box.kpn_connect.attach(number, "a.txt", b"a")
    message = (await received(kpn))[-1]
    assert message.patch is not None
    box.kpn_connect.files.clear()
    with pytest.raises(NotFound) as gone:
        [piece async for piece in kpn.download(message.patch.attachments[0])]
    assert gone.value.code == "6010"


async def test_preview_shows_the_message_without_the_file(kpn: Connector, tmp_path: Path) -> None:
    file = file_on(tmp_path, "a.txt", b"secret words")
    preview = kpn.prepare(write("comment", "INC#1", comment="Zie é", files=(file,)), ticket("INC#1"))
    assert (preview.method, preview.path) == ("PATCH", "/Ticket")
    assert '"comment": "Zie é"' in preview.body
    assert "<a.txt, 12 bytes, in base64>" in preview.body
    assert "secret" not in preview.body


async def test_preview_of_a_file_alone_tells_of_the_second_try(kpn: Connector, tmp_path: Path) -> None:
    file = file_on(tmp_path, "a.txt", b"a")
    [warning] = kpn.prepare(write("attach", "INC#1", files=(file,)), ticket("INC#1")).warnings
    assert "Attached: a.txt" in warning
