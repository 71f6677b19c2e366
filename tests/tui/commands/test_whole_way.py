"""The whole way: the real program in its own processes, a real sandbox process, and the sandbox's ledger as judge."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import Ended, SandboxProcess, installed, run, sandbox_process

TICKET = {
    "type": "incident",
    "client_number": "INC0000100",
    "summary": "Line down in Breda",
    "description": "No light on the fibre since 02:10.",
    "priority": 2,
}


@pytest.fixture
def box(tmp_path: Path) -> Iterator[SandboxProcess]:
    with sandbox_process(tmp_path) as sandbox:
        sandbox.config.write_text(installed(sandbox.config.read_text()))
        yield sandbox


def vendorq(box: SandboxProcess, *words: str, stdin: str | None = None) -> Ended:
    return run("--config", str(box.config), *words, home=box.config.parent, stdin=stdin)


def done(box: SandboxProcess, *words: str, stdin: str | None = None) -> dict[str, Any]:
    """A command that must go well, and its JSON."""
    ended = vendorq(box, *words, "--json", stdin=stdin)
    assert ended.code == 0, ended.err
    assert ended.json["schema"] == 1
    return ended.json


def operations(entries: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(entry["vendor"], entry["operation"], entry["number"]) for entry in entries]


def check_bodies(bodies: list[dict[str, Any]]) -> None:
    """What the vendors were told in the eight writes, in their order."""
    assert (
        bodies[0]
        | {
            "clientTicketNumber": "INC0000100",
            "shortDescription": TICKET["summary"],
            "description": TICKET["description"],
            "priority": "2",
            "ticketType": "Incident",
            "contactName": "Sam Sandbox",
        }
        == bodies[0]
    )
    assert bodies[1]["clientTicketNumber"] == "INC0000101"
    assert bodies[2]["body"] == "We look at it."
    assert bodies[5]["clientTicketNumber"] == "CHG0000102"
    assert bodies[6]["status"] == "Success"
    assert bodies[6]["customer_reference_number"] == "INC0000103"
    assert bodies[7]["comment"] == "Two lines\nof text"


def test_each_write_is_in_the_ledger_exactly_once_with_the_right_body(box: SandboxProcess, tmp_path: Path) -> None:
    incident = box.call("ensono", "create", shortDescription="Backup failed")
    change = box.call("ensono", "create_change")
    theirs = box.call("kpn-connect", "create", short_description="Router restarts")
    before = len(box.ledger())

    first = done(box, "sync", "--once")
    assert {report["provider"]: report["received"] for report in first["providers"]}["ensono"] == 3
    acknowledged = box.ledger(operation="acknowledge")
    assert {(entry["vendor"], entry["number"]) for entry in acknowledged} == {("ensono", incident), ("ensono", change)}
    assert len(acknowledged) == 3

    log = tmp_path / "boot log 1.txt"
    log.write_text("kernel panic\n")
    created = done(box, "create", "ensono", "--from", "-", stdin=json.dumps(TICKET))
    number = created["write"]["number"]
    done(box, "link", "ensono", incident, "INC0000101")
    done(box, "comment", "ensono", "INC0000101", "We look at it.")
    attached = vendorq(box, "attach", "ensono", incident, str(log))
    assert (attached.code, "boot-log-1.txt" in attached.err) == (0, True)
    done(box, "link", "ensono", change, "CHG0000102")
    done(box, "approve", "ensono", change, "--comment", "Agreed in the CAB.")
    done(box, "link", "kpn-connect", theirs, "INC0000103")
    done(box, "comment", "kpn-connect", theirs, "-", stdin="Two lines\nof text\n")

    written = [entry for entry in box.ledger()[before:] if entry not in acknowledged]
    assert operations(written) == [
        ("ensono", "create", number),
        ("ensono", "link", incident),
        ("ensono", "comment", incident),
        ("ensono", "attach", incident),
        ("ensono", "link", change),
        ("ensono", "approve", change),
        ("kpn-connect", "acknowledge", theirs),
        ("kpn-connect", "comment", theirs),
    ]
    check_bodies([entry["body"] for entry in written])

    settled = len(box.ledger())
    second = done(box, "sync", "--once")
    assert [report["acknowledged"] + report["sent"] for report in second["providers"]] == [0] * len(first["providers"])
    assert len(box.ledger()) == settled
    shown = done(box, "show", "ensono", incident)["ticket"]
    assert [comment["body"] for comment in shown["comments"]] == ["We look at it."]
    assert [file["name"] for file in shown["attachments"]] == ["boot-log-1.txt"]


def test_a_held_message_is_failed_with_a_reason(box: SandboxProcess) -> None:
    number = box.call("kpn-connect", "create")
    done(box, "sync", "--once")
    (message,) = done(box, "messages")["messages"]
    assert (message["number"], message["status"]) == (number, "held")

    refused = vendorq(box, "ack", "kpn-connect", message["id"], "--json")
    assert (refused.code, refused.json["error"]["type"]) == (65, "WrongState")

    done(box, "ack", "kpn-connect", message["id"], "--fail", "No such service here.")
    (answer,) = box.ledger(vendor="kpn-connect", operation="acknowledge")
    assert (answer["body"]["status"], answer["body"]["error_details"]) == ("Failure", "No such service here.")


def test_a_create_without_an_answer_is_unconfirmed_and_never_sent_twice(box: SandboxProcess) -> None:
    box.fault(vendor="ensono", fault="reset_after", match="POST ", count=1)
    ended = vendorq(box, "create", "ensono", "--from", "-", "--json", stdin=json.dumps(TICKET))
    assert ended.code == 75
    assert ended.json["write"]["state"] == "unconfirmed"
    assert ended.json["error"]["type"] == "Unconfirmed"
    again = vendorq(box, "create", "ensono", "--from", "-", "--json", stdin=json.dumps(TICKET))
    assert again.code == 65
    vendorq(box, "sync", "--once")
    assert len(box.ledger(vendor="ensono", operation="create")) == 1


def test_the_sandbox_ends_with_the_signals_code(tmp_path: Path) -> None:
    sandbox = SandboxProcess(tmp_path)
    assert sandbox.config.stat().st_mode & 0o777 == 0o600
    assert sandbox.stop() == 128 + 15
