"""What is sent for a ticket is found in the log by its number, by the message and by the write."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from providers.model import TicketKey
from providers.sandbox import Sandbox
from tests.support.sandbox_desk import desk_over
from tui import logfile
from tui.desk.desk import Desk
from tui.log_scope import Scope

KINDS = ("ensono", "kpn-connect", "kpn-incident", "tangoe", "smartops")


@pytest.fixture
async def desk(box: Sandbox, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk that logs, as the program does."""
    logfile.start(tmp_path / "log")
    async with desk_over(box, tmp_path / "state", KINDS, clock=box.clock) as desk:
        yield desk
    logfile.stop()


def logged(folder: Path, name: str) -> list[tuple[str, str]]:
    """Method and URL of what the log holds under a name."""
    lines: list[dict[str, Any]] = [
        line for line in logfile.read(folder / "log") if Scope(title=name, names=(name,)).holds(line)
    ]
    return [(line["method"], line["url"]) for line in lines]


async def test_a_write_is_found_by_its_ticket_and_by_its_entry(box: Sandbox, desk: Desk, tmp_path: Path) -> None:
    number = box.ensono.create(client_number="INC1")
    await desk.sync("ensono")
    entry = await desk.submit(desk.write("comment", "ensono", number, values={"comment": "Seen."}))
    assert (await desk.deliver(entry.id)).state == "done"
    by_entry = logged(tmp_path, entry.id)
    assert [method for method, _ in by_entry] == ["PUT"]
    assert by_entry[0] in logged(tmp_path, number)
    assert by_entry[0] in logged(tmp_path, "INC1")


async def test_every_request_of_an_upload_is_found_by_its_entry(box: Sandbox, desk: Desk, tmp_path: Path) -> None:
    number = box.ensono.create(client_number="INC1")
    await desk.sync("ensono")
    file = tmp_path / "boot.log"
    file.write_text("line\n")
    entry = await desk.submit(desk.write("attach", "ensono", number, files=[file]))
    assert (await desk.deliver(entry.id)).state == "done"
    assert [method for method, _ in logged(tmp_path, entry.id)] == ["GET", "PUT"]


async def test_a_release_and_a_file_are_found_by_their_message_and_ticket(
    box: Sandbox, desk: Desk, tmp_path: Path
) -> None:
    number = box.ensono.create(client_number="INC1")
    box.ensono.attach(number, "trace.log", b"line\n" * 10)
    await desk.sync("ensono")
    for entry in desk.messages(settled=True):
        assert logged(tmp_path, entry.id)[0][0] == "DELETE"
    assert any("trace" in url and method == "GET" for method, url in logged(tmp_path, number)), "the file itself"


async def test_an_answer_is_found_by_the_message_it_answers(box: Sandbox, desk: Desk, tmp_path: Path) -> None:
    box.kpn_connect.create(reference="REF1")
    await desk.sync("kpn-connect")
    (entry,) = desk.messages(settled=True)
    assert [method for method, _ in logged(tmp_path, entry.id)] == ["PATCH"]


async def test_a_reading_of_one_ticket_is_found_by_it(box: Sandbox, desk: Desk, tmp_path: Path) -> None:
    number = box.kpn_incident.create(reference="REF1")
    other = box.kpn_incident.create(reference="REF2")
    await desk.sync("kpn-incident")
    before = len(logged(tmp_path, number))
    assert before, "the page that a poll reads"
    await desk.refresh(TicketKey("kpn-incident", number))
    found = logged(tmp_path, number)
    assert len(found) == before + 1
    assert not set(found) & set(logged(tmp_path, other))
