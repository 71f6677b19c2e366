"""The JSON of every command, frozen: which keys there are, in which order, and what they hold."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from tests.tui.commands.conftest import Bench

TICKET = [
    "provider",
    "number",
    "client_number",
    "type",
    "state",
    "vendor_state",
    "priority",
    "summary",
    "description",
    "opened_at",
    "updated_at",
    "due_at",
    "unread",
    "comments",
    "attachments",
    "approvals",
    "vendor",
]
MESSAGE = ["provider", "id", "number", "kind", "sent_at", "received_at", "receive_count", "status", "summary"]
ENTRY = [
    "id",
    "provider",
    "number",
    "client_number",
    "action",
    "state",
    "attempts",
    "created_at",
    "updated_at",
    "error",
]
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def is_stamp(value: object) -> bool:
    return isinstance(value, str) and STAMP.fullmatch(value) is not None


def incident(bench: Bench, own: str = "INC0000101") -> str:
    """A linked incident with a comment from each side and a file."""
    number: str = bench.box.ensono.create(shortDescription="Backup failed", client_number=own)
    bench.box.ensono.comment(number, "From the vendor.")
    bench.done("sync", "--once")
    return number


def test_list_and_show(bench: Bench) -> None:
    number = incident(bench)
    bench.done("comment", "ensono", number, "From us.")
    listed = bench.done("list")
    shown = bench.done("show", "ensono", number)
    assert list(listed) == ["schema", "tickets"]
    assert list(shown) == ["schema", "ticket"]
    assert listed["tickets"] == [shown["ticket"]]
    ticket = shown["ticket"]
    assert list(ticket) == TICKET
    assert (
        ticket
        | {
            "provider": "ensono",
            "number": number,
            "client_number": "INC0000101",
            "type": "incident",
            "state": "open",
            "priority": 3,
            "summary": "Backup failed",
            "due_at": None,
            "unread": True,
        }
        == ticket
    )
    assert is_stamp(ticket["opened_at"])
    assert [list(comment) for comment in ticket["comments"]] == [["author", "at", "body", "origin"]] * 2
    assert [(comment["body"], comment["origin"]) for comment in ticket["comments"]] == [
        ("From the vendor.", "vendor"),
        ("From us.", "us"),
    ]


def test_attachments_and_download(bench: Bench, tmp_path: Path) -> None:
    number = incident(bench)
    bench.box.ensono.attach(number, "trace.txt", b"hop 1\nhop 2\n")
    bench.done("sync", "--once")
    (attachment,) = bench.done("show", "ensono", number)["ticket"]["attachments"]
    assert list(attachment) == ["name", "size", "content_type", "direction"]
    assert (attachment["name"], attachment["size"], attachment["direction"]) == ("trace.txt", 12, "in")
    target = tmp_path / "here"
    target.mkdir()
    fetched = bench.done("download", "ensono", number, "--to", str(target))
    (file,) = fetched["files"]
    assert list(file) == ["name", "path", "size"]
    assert Path(file["path"]).read_bytes() == b"hop 1\nhop 2\n"
    assert Path(file["path"]).parent == target
    again = bench.done("download", "ensono", number, "trace.txt", "--to", str(target))
    assert again["files"][0]["path"] != file["path"]
    assert bench.failed(1, "download", "ensono", number, "other.txt")["files"] == []


def test_approvals(bench: Bench) -> None:
    change = bench.box.ensono.create_change(client_number="CHG1")
    bench.done("sync", "--once")
    ticket = bench.done("show", "ensono", change)["ticket"]
    assert ticket["type"] == "change"
    assert {tuple(approval) for approval in ticket["approvals"]} == {
        ("id", "approver", "approver_name", "state", "cycle")
    }
    assert {approval["state"] for approval in ticket["approvals"]} == {"requested"}


def test_messages(bench: Bench) -> None:
    number = incident(bench)
    document = bench.done("messages")
    assert list(document) == ["schema", "messages"]
    assert [list(message) for message in document["messages"]] == [MESSAGE] * 2
    comment, create = document["messages"]
    assert (comment["kind"], create["kind"]) == ("comment", "create")
    assert create | {"provider": "ensono", "number": number, "receive_count": 1, "status": "acknowledged"} == create
    assert is_stamp(create["sent_at"])
    assert is_stamp(create["received_at"])


def test_what_cannot_be_read_is_parked_and_shown(bench: Bench) -> None:
    bench.box.ensono.send_raw("{not json")
    number = incident(bench)
    parked = [message for message in bench.done("messages")["messages"] if message["status"] == "parked"]
    assert [list(message) for message in parked] == [MESSAGE]
    assert [ticket["number"] for ticket in bench.done("list")["tickets"]] == [number]


def test_a_write_that_is_done(bench: Bench) -> None:
    number = incident(bench)
    document = bench.done("comment", "ensono", number, "Hello.")
    assert list(document) == ["schema", "write", "ticket"]
    assert list(document["write"]) == ENTRY
    assert list(document["ticket"]) == TICKET
    entry = document["write"]
    assert (
        entry
        | {
            "provider": "ensono",
            "number": number,
            "client_number": "INC0000101",
            "action": "comment",
            "state": "done",
            "attempts": 1,
            "error": None,
        }
        == entry
    )
    assert is_stamp(entry["created_at"])
    assert is_stamp(entry["updated_at"])


def test_a_write_with_several_parts_names_them_all(bench: Bench, tmp_path: Path) -> None:
    number = incident(bench)
    file = tmp_path / "a.txt"
    file.write_text("a")
    document = bench.done("comment", "ensono", number, "With a file.", "--attach", str(file))
    assert list(document) == ["schema", "write", "ticket", "writes"]
    assert [entry["action"] for entry in document["writes"]] == ["comment", "attach"]
    assert document["write"] == document["writes"][-1]


def test_a_write_without_an_answer(bench: Bench) -> None:
    number = incident(bench)
    bench.box.fault("ensono", "reset_after", match="/notes")
    document = bench.failed(75, "comment", "ensono", number, "Hello.")
    assert list(document) == ["schema", "write", "ticket", "error"]
    assert (document["write"]["state"], document["write"]["attempts"]) == ("unconfirmed", 1)
    assert document["write"]["error"]
    assert document["error"]["type"] == "Unconfirmed"
    (entry,) = bench.done("outbox")["outbox"]
    assert list(entry) == [*ENTRY, "waits_for"]
    assert entry["waits_for"]
    assert entry["id"] == document["write"]["id"]


def test_a_write_that_is_refused_before_it_leaves(bench: Bench) -> None:
    number = incident(bench)
    document = bench.failed(65, "comment", "ensono", number, "x" * 4001)
    assert list(document) == ["schema", "error"]
    assert document["error"]["type"] == "Rejected"
    assert document["error"]["field"] == "comment"
    assert "4000" in document["error"]["message"]
    assert bench.done("outbox") == {"schema": 1, "outbox": []}


def test_sync(bench: Bench) -> None:
    incident(bench)
    document = bench.done("sync", "--once")
    assert list(document) == ["schema", "providers"]
    assert list(document["providers"][0]) == [
        "provider",
        "received",
        "applied",
        "acknowledged",
        "held",
        "parked",
        "rows",
        "sent",
        "error",
        "error_type",
        "skipped",
    ]


def test_check(bench: Bench) -> None:
    document = bench.done("check")
    assert list(document) == ["schema", "providers"]
    for provider in document["providers"]:
        assert list(provider) == ["name", "kind", "ok", "steps"]
        assert provider["ok"] is True
        for step in provider["steps"]:
            assert list(step) == ["name", "ok", "detail", "next_step", "error_type"]
    assert not [request for request in bench.box.requests if "queue" in request.path or "TicketUpdates" in request.path]


def test_check_tries_ensonos_key_on_a_known_ticket_and_writes_nothing(bench: Bench) -> None:
    number = incident(bench)
    before = len(bench.box.ledger)
    steps = bench.done("check")["providers"][0]["steps"]
    assert [step["name"] for step in steps] == ["config", "secret", "reach", "key"]
    assert "not tried" not in steps[-1]["detail"]
    assert [request for request in bench.box.requests if number in request.path and request.method == "GET"]
    assert len(bench.box.ledger) == before


def test_status(bench: Bench) -> None:
    unread = bench.call("status", "--json")
    assert (unread.code, unread.json["status"]) == (3, "UNKNOWN")
    bench.done("sync", "--once")
    document = bench.done("status")
    assert list(document) == ["schema", "status", "providers", "outbox"]
    assert document["outbox"] == {"queued": 0, "sending": 0, "unconfirmed": 0, "rejected": 0}
    assert {"name", "kind", "state", "last_good", "last_good_age", "queue_depth", "queue_age"} <= set(
        document["providers"][0]
    )
    line = bench.call("status")
    assert (line.code, line.out.startswith("VENDORQ OK: ")) == (0, True)


def test_status_says_unknown_where_there_is_no_config(bench: Bench) -> None:
    bench.config.unlink()
    ended = bench.call("status")
    assert (ended.code, ended.out.startswith("VENDORQ UNKNOWN: ")) == (3, True)
    assert bench.failed(3, "status")["error"]["type"] == "ConfigFault"


def test_ack(bench: Bench) -> None:
    number = incident(bench)
    message = bench.done("messages")["messages"][-1]
    document = bench.done("ack", "ensono", message["id"])
    assert list(document) == ["schema", "write", "ticket", "message"]
    assert document["write"] is None
    assert document["ticket"]["number"] == number
    assert message["id"] not in [left["id"] for left in bench.done("messages")["messages"]]
    assert message["id"] in [left["id"] for left in bench.done("messages", "--all")["messages"]]


def test_marks_notes_and_tracking_answer_with_the_ticket(bench: Bench) -> None:
    number = incident(bench)
    assert bench.done("mark", "ensono", number, "handled")["ticket"]["unread"] is False
    assert bench.done("mark", "ensono", number, "unread")["ticket"]["unread"] is True
    assert list(bench.done("mark", "ensono", number, "snooze", "2h")) == ["schema", "ticket"]
    assert bench.done("note", "ensono", number, "Called site.")["ticket"]["number"] == number
    assert "Called site." in bench.call("show", "ensono", number).out
    theirs = bench.box.kpn_connect.create(announce=False)
    assert bench.done("track", "kpn-connect", theirs)["ticket"]["number"] == theirs


def test_export(bench: Bench, tmp_path: Path) -> None:
    bench.box.ensono.create(shortDescription="=cmd()|' /C calc'!A0", client_number="INC1")
    bench.done("sync", "--once")
    assert bench.done("export") == bench.done("list")
    table = bench.call("export").out.splitlines()
    assert table[0].startswith("provider,number,client_number,type,state")
    assert "'=cmd()" in table[1]
    file = tmp_path / "open.md"
    assert bench.call("export", "--format", "md", "--to", str(file)).code == 0
    assert file.read_text().startswith("| provider |")
    assert file.stat().st_mode & 0o777 == 0o600
    assert bench.call("export", "--to", str(file)).code == 2


def test_handover(bench: Bench) -> None:
    number = incident(bench)
    bench.done("comment", "ensono", number, "Done *so* far.")
    document = bench.done("handover", "--since", "1h")["handover"]
    assert list(document) == [
        "since",
        "until",
        "engineer",
        "came_in",
        "answered",
        "undecided",
        "waiting",
        "providers",
    ]
    assert [message["kind"] for message in document["came_in"]] == ["create", "comment"]
    assert [entry["action"] for entry in document["answered"]] == ["comment"]
    text = bench.call("handover").out
    assert text.startswith("# Handover by Sam Sandbox")
    assert "## Answered (1)" in text
    assert bench.call("handover", "--since", "soon").code == 2


def test_log(bench: Bench) -> None:
    number = incident(bench)
    bench.done("comment", "ensono", number, "Hello.")
    lines: list[dict[str, Any]] = bench.done("log", number)["log"]
    assert lines
    assert {"at", "level", "message", "provider", "method", "url", "status", "seconds", "references"} <= set(lines[0])
    assert bench.failed(1, "log", "no-such-ticket")["log"] == []
    assert "PUT" in bench.call("log", number, "--bodies").out


def test_store(bench: Bench) -> None:
    incident(bench)
    checked = bench.done("store", "check")["store"]
    assert checked["documents"]["tickets"] == 1
    assert bench.done("store", "compact")["store"]["left_out"] == []
    lines = [json.loads(line) for line in bench.call("store", "export").out.splitlines()]
    assert {tuple(line) for line in lines} == {("table", "key", "document")}


def test_config_show_and_schema(bench: Bench) -> None:
    shown = bench.done("config", "show")["config"]
    assert shown["provider"][0]["api_key"] == {"value": "[redacted]"}
    assert "[redacted]" in bench.call("config", "show").out
    schema = json.loads(bench.call("config", "schema").out)
    assert schema["properties"]["provider"]["items"]["oneOf"]
    assert bench.done("config", "schema")["json_schema"] == schema


def test_outbox_retry_and_drop(bench: Bench) -> None:
    number = incident(bench)
    bench.box.fault("ensono", "reset_after", match="/notes")
    entry = bench.failed(75, "comment", "ensono", number, "Once.")["write"]
    dropped = bench.done("outbox", "drop", entry["id"])
    assert list(dropped) == ["schema", "write", "ticket"]
    assert bench.done("outbox")["outbox"] == []

    bench.box.fault("ensono", "status_500", match="/notes")
    refused = bench.call("comment", "ensono", number, "Twice.", "--json").json["write"]
    retried = bench.done("outbox", "retry", refused["id"])
    assert retried["write"]["state"] == "done"
    assert bench.failed(1, "outbox", "retry", "nothing")["error"]["type"] == "NothingFound"
