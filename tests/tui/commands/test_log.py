"""`vendorq log NUMBER`: every request about a ticket, the one that created it among them."""

from __future__ import annotations

import json
from typing import Any

from tests.tui.commands.conftest import Bench


def created(bench: Bench, own: str) -> str:
    """A ticket that we opened at Tangoe; the number the vendor's ledger gives it."""
    file = bench.folder / "new.json"
    values = {"type": "case", "client_number": own, "summary": "Line down", "description": "No dial tone."}
    file.write_text(json.dumps(values))
    bench.done("create", "tangoe", "--from", str(file))
    (committed,) = [entry for entry in bench.box.ledger.of("tangoe", "create") if own in json.dumps(entry.body)]
    return committed.number


def asked(bench: Bench, *words: str) -> list[tuple[str, str]]:
    """Provider and method of what the log shows."""
    lines: list[dict[str, Any]] = bench.done("log", *words)["log"]
    return [(line["provider"], line["method"]) for line in lines]


def test_a_ticket_s_create_is_found_by_the_number_it_got(bench: Bench) -> None:
    number = created(bench, "INC0000301")
    other = created(bench, "INC0000302")
    (create,) = [line for line in bench.done("log", number)["log"] if line["method"] == "POST"]
    assert number not in create["references"], "it had no number when it left"
    assert "INC0000301" in create["request_body"]
    assert asked(bench, number)[0] == ("tangoe", "POST")
    assert asked(bench, "INC0000301") == asked(bench, number)
    assert [method for _, method in asked(bench, other)].count("POST") == 1


def test_another_vendor_s_ticket_with_our_number_is_another(bench: Bench) -> None:
    number = created(bench, "INC0000301")
    same = bench.box.ensono.create(client_number="INC0000301")
    bench.done("sync", "--once")
    assert {provider for provider, _ in asked(bench, number)} == {"tangoe"}
    assert {provider for provider, _ in asked(bench, same)} == {"ensono"}
    assert {provider for provider, _ in asked(bench, "INC0000301")} == {"tangoe", "ensono"}


def test_the_newest_lines_are_shown_oldest_first(bench: Bench) -> None:
    number = created(bench, "INC0000301")
    bench.done("show", "tangoe", number, "--refresh")
    every = bench.done("log", number)["log"]
    assert [line["at"] for line in every] == sorted(line["at"] for line in every)
    assert bench.done("log", number, "--last", "1")["log"] == every[-1:]


def test_the_log_is_read_though_the_store_cannot_be(bench: Bench) -> None:
    created(bench, "INC0000301")
    entry = bench.done("outbox", "--all")["outbox"][0]["id"]
    for path in [path for path in (bench.folder / "store").iterdir() if path.is_file()]:
        path.rename(bench.folder / path.name)
        path.symlink_to(bench.folder / path.name)
    assert bench.call("outbox").code == 78, "a link is not followed"
    ended = bench.call("log", entry, "--json")
    assert ended.code == 0
    assert "POST" in [line["method"] for line in ended.json["log"]]
    assert "vendorq:" in ended.err
