"""How commands end: each exit code, where it comes from, and what is not sent then."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.tui.commands.conftest import Bench, acknowledged, linked, written

TICKET = {
    "type": "incident",
    "client_number": "INC0000100",
    "summary": "Line down in Breda",
    "description": "No light on the fibre since 02:10.",
    "priority": 2,
}


def create(bench: Bench, *words: str, **changed: Any) -> tuple[str, ...]:
    """A create command over a file with these fields."""
    file = bench.folder / "ticket.json"
    file.write_text(json.dumps({**TICKET, **changed}))
    return ("create", "ensono", "--from", str(file), *words)


# 0: nothing new, an empty list


def test_an_empty_list_is_no_failure(bench: Bench) -> None:
    assert bench.done("list") == {"schema": 1, "tickets": []}
    assert bench.done("messages") == {"schema": 1, "messages": []}
    assert bench.done("outbox") == {"schema": 1, "outbox": []}


# 1: nothing matched


def test_a_filter_that_matches_nothing_ends_with_1_and_an_empty_list(bench: Bench) -> None:
    linked(bench)
    document = bench.failed(1, "list", "vendor:kpn")
    assert list(document) == ["schema", "tickets", "error"]
    assert document["tickets"] == []
    assert bench.done("list", "vendor:ensono", "-is:snoozed")["tickets"]


def test_a_number_may_be_the_vendors_or_ours_and_an_unknown_one_ends_with_1(bench: Bench) -> None:
    number = linked(bench)
    assert bench.done("show", "ensono", "INC1")["ticket"]["number"] == number
    for words in (["show"], ["comment"], ["approve"], ["link"], ["mark"], ["download"], ["update"]):
        rest = {"comment": ["x"], "link": ["X"], "mark": ["handled"], "update": ["priority=1"]}.get(words[0], [])
        document = bench.failed(1, *words, "ensono", "e-CS9999999", *rest)
        assert "vendorq track" in document["error"]["next_step"]
    assert bench.failed(1, "ack", "ensono", "no-such-message")["error"]["type"] == "NothingFound"
    assert written(bench) == []


def test_closed_tickets_are_left_out_and_counted(bench: Bench) -> None:
    number = linked(bench)
    bench.box.ensono.resolve(number)
    bench.box.ensono.close(number)
    bench.done("sync", "--once")
    assert bench.done("list")["tickets"] == []
    assert "1 closed or cancelled: --all" in bench.call("list").err
    assert "--all shows them" in bench.call("list", "state:closed").err
    assert [ticket["state"] for ticket in bench.done("list", "--all", "state:closed")["tickets"]] == ["closed"]


# 65: refused, and nothing was sent


@pytest.mark.parametrize("level", ["command", "config", "provider"])
def test_read_only_refuses_writes_at_each_level(bench: Bench, level: str) -> None:
    number = linked(bench)
    before = [] if level != "command" else ["--read-only"]
    if level == "config":
        bench.write_config("read_only = true\n")
    elif level == "provider":
        bench.write_config(**{'kind = "ensono"\n': 'kind = "ensono"\nread_only = true\n'})
    for words in (("comment", "ensono", number, "x"), ("take", "ensono", number), create(bench)):
        document = bench.failed(65, *before, *words)
        assert "read-only" in document["error"]["message"]
    assert bench.done(*before, "list")["tickets"]
    bench.box.ensono.comment(number, "Another.")
    bench.call(*before, "sync", "--once")
    assert written(bench) == []
    assert acknowledged(bench) == 1


@pytest.mark.parametrize(
    "words",
    [
        ("update", "summary=x"),
        ("resolve",),
        ("close",),
        ("reopen",),
        ("cancel", "--code", "1"),
        ("take",),
        ("approve",),
        ("reject", "--comment", "no"),
    ],
)
def test_what_a_vendor_does_not_offer_is_refused_with_these_words(bench: Bench, words: tuple[str, ...]) -> None:
    number = bench.box.kpn_connect.create(reference="INC7")
    bench.done("sync", "--once")
    action, *rest = words
    document = bench.failed(65, action, "kpn-connect", number, *rest)
    assert "not offered" in document["error"]["message"]
    assert document["error"]["type"] == "NotOffered"


def test_a_field_that_no_form_has_is_refused_by_name(bench: Bench) -> None:
    number = linked(bench)
    assert bench.failed(65, "update", "ensono", number, "colour=red")["error"]["field"] == "colour"
    assert bench.failed(65, "cancel", "ensono", number, "--code", "9")["error"]["field"] == "code"
    assert written(bench) == []


def test_a_decision_is_given_once(bench: Bench) -> None:
    change = bench.box.ensono.create_change(client_number="CHG1")
    bench.done("sync", "--once")
    words = ("reject", "ensono", change, "--decided-by", "Ada Night <ada@example.net>")
    assert bench.failed(65, *words)["error"]["field"] == "comment"
    bench.done(*words, "--comment", "Not in the freeze.")
    document = bench.failed(65, "approve", "ensono", change)
    assert "already answered" in document["error"]["message"]
    (entry,) = [entry for entry in bench.box.ledger if entry.operation == "reject"]
    assert "Ada Night" in json.dumps(entry.body)
    assert "Not in the freeze." in json.dumps(entry.body)


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"colour": "red"}, "colour", "--append-unknown"),
        ({"type": "change"}, "type", "incident, request"),
        ({"priority": 5}, "priority", "priority"),
        ({"summary": "x" * 161}, "shortDescription", "160"),
        ({"summary": None}, "shortDescription", "required"),
    ],
)
def test_a_create_file_that_the_vendor_would_refuse(
    bench: Bench, changed: dict[str, Any], field: str, said: str
) -> None:
    error = bench.failed(65, *create(bench, **changed))["error"]
    assert error["field"] == field
    assert said in f"{error['message']} {error['next_step']}"
    assert written(bench) == []


def test_a_create_file_that_is_no_json_is_refused_with_its_place(bench: Bench) -> None:
    document = bench.failed(65, "create", "ensono", "--from", "-", stdin='{"type": "incident",\n "summary" "x"}')
    assert "standard input: this is no JSON" in document["error"]["message"]
    assert "line 2" in document["error"]["message"]


def test_unknown_fields_go_to_the_end_of_the_description_when_asked(bench: Bench) -> None:
    bench.done(*create(bench, "--append-unknown", floor=3))
    (entry,) = [entry for entry in bench.box.ledger if entry.operation == "create"]
    assert entry.body["description"].startswith(TICKET["description"])
    assert "floor: 3" in entry.body["description"]


def test_a_template_is_filled_in_by_the_file(bench: Bench) -> None:
    bench.write_config(
        '[[template]]\nname = "Line"\nprovider = "ensono"\ntype = "incident"\n'
        'fields = { summary = "Line down", description = "See the summary.", priority = 3 }\n'
    )
    bench.done("create", "ensono", "--template", "Line", "--from", "-", stdin='client_number = "INC9"\npriority = 1')
    (entry,) = [entry for entry in bench.box.ledger if entry.operation == "create"]
    assert (entry.body["clientTicketNumber"], entry.body["priority"]) == ("INC9", "1")
    assert entry.body["shortDescription"] == "Line down"
    assert bench.failed(1, "create", "ensono", "--template", "Lines")["error"]["type"] == "NothingFound"


def test_the_vendors_own_refusal_is_65_with_the_entry(bench: Bench) -> None:
    body = ("create", "kpn-connect", "--from", "-")
    ticket = {**TICKET, "service": "IP VPN"}
    assert bench.box.kpn_connect.create(reference="INC0000100", announce=False)
    document = bench.failed(65, *body, stdin=json.dumps(ticket))
    assert document["write"]["state"] == "rejected"
    assert document["ticket"] is None
    assert bench.failed(65, *body, stdin=json.dumps({**ticket, "service": ""}))["error"]["field"] == "service"


# 69: a provider failed; the others were done


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("html", "BadAnswer"),
        ("half_json", "BadAnswer"),
        ("empty", "BadAnswer"),
        ("status_500", "BadAnswer"),
        ("status_429", "Throttled"),
    ],
)
def test_one_vendor_that_fails_leaves_the_others_their_turn(bench: Bench, fault: str, kind: str) -> None:
    number = bench.box.kpn_connect.create()
    bench.box.fault("ensono", fault, count=20)
    document = bench.failed(69, "sync", "--once")
    assert document["error"]["provider"] == "ensono"
    assert document["error"]["type"] == kind
    assert [ticket["number"] for ticket in bench.done("list")["tickets"]] == [number]
    status = bench.call("status", "--json")
    assert status.code in (1, 2, 3)


def test_patience_that_a_vendor_asked_for_is_kept_by_the_next_process(bench: Bench) -> None:
    bench.box.fault("ensono", "status_429", seconds=600)
    bench.failed(69, "sync", "--once")
    seen = len([request for request in bench.box.requests if request.vendor == "ensono"])
    document = bench.failed(69, "sync", "--once")
    assert "patience" in document["error"]["message"]
    assert len([request for request in bench.box.requests if request.vendor == "ensono"]) == seen


# 77 and 78, and which of several holds


def test_a_refused_key_is_77_and_outranks_a_vendor_that_is_down(bench: Bench) -> None:
    bench.box.fault("ensono", "unauthorised", count=20)
    bench.box.fault("kpn-connect", "html", count=20)
    assert bench.failed(77, "sync", "--once")["error"]["provider"] == "ensono"
    bench.box.clear_faults()
    for vendor in ("ensono", "kpn-connect"):
        bench.box.ensono.create(client_number=vendor)
        bench.call("sync", "--once")
        bench.box.fault(vendor, "unauthorised", count=None)
        error = bench.failed(77, "check")["error"]
        assert (error["type"], error["provider"]) == ("NotAuthorised", vendor)
        bench.box.clear_faults()


def test_a_missing_secret_fails_what_needs_it_with_78_file_line_and_key(bench: Bench) -> None:
    number = linked(bench)
    key = bench.box.settings("ensono")["api_key"]["value"]
    bench.write_config(**{f'{{ value = "{key}" }}': '{ env = "VENDORQ_NO_SUCH_KEY" }'})
    assert bench.done("list")["tickets"]
    assert bench.done("show", "ensono", number)["ticket"]
    for words in (("sync", "--once"), ("check",), ("comment", "ensono", number, "x")):
        error = bench.failed(78, *words)["error"]
        assert str(bench.config) in error["message"]
        assert "api_key" in error["message"]
        assert "VENDORQ_NO_SUCH_KEY is not set" in error["message"]
        assert "export it" in error["next_step"]
    assert written(bench) == []


def test_a_store_that_cannot_be_opened_is_78(bench: Bench) -> None:
    (bench.folder / "store").write_text("a file in its place")
    for words in (("list",), ("sync", "--once"), ("outbox",)):
        assert bench.failed(78, *words)["error"]["type"] == "StoreFault"
    assert bench.call("status").code == 3


def test_a_damaged_store_is_read_and_not_written(bench: Bench) -> None:
    number = linked(bench)
    for place in range(5):
        bench.done("comment", "ensono", number, f"Comment {place}.")
    (journal,) = (bench.folder / "store").glob("journal-*")
    content = bytearray(journal.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 64] = b"\xff" * 64
    journal.write_bytes(content)
    listed = bench.call("list")
    assert (listed.code, number in listed.out) == (0, True)
    assert "read-only" in listed.err
    for words in (("sync", "--once"), ("comment", "ensono", number, "x"), ("note", "ensono", number, "x")):
        assert bench.failed(78, *words)["error"]["type"] == "StoreFault"
    assert bench.call("status").code == 2
    assert bench.failed(78, "store", "check")["store"]["problems"]
    assert bench.call("store", "compact").code == 0
    assert bench.done("list")["tickets"]
    assert len(written(bench)) == 5
