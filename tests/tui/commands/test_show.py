"""`show` as a page: it says what the dashboard says of a ticket, from the same store."""

from __future__ import annotations

from tests.tui.commands.conftest import Bench


def facts(bench: Bench, number: str) -> dict[str, str]:
    """The page's facts by their names."""
    ended = bench.call("show", "ensono", number)
    assert ended.code == 0, ended.err
    return {line[4:22].strip(): line[23:] for line in ended.out.splitlines()[1:12] if line.startswith("    ")}


def test_a_ticket_waits_for_us_until_our_answer_is_confirmed_and_again_when_it_asks_again(bench: Bench) -> None:
    number = bench.box.ensono.create(client_number="INC1")
    bench.box.ensono.update(number, status="pending", statusNextAction="pending-client")
    bench.done("sync", "--once")
    asked = facts(bench, number)
    assert asked["Needs you"] == "the vendor waits for us"
    bench.done("comment", "ensono", number, "Yes, restart it")
    assert bench.box.ensono.ticket(number).status == "pending", "Ensono's own state stays as it was"
    answered = facts(bench, number)
    assert "Needs you" not in answered
    assert answered["State"] == asked["State"]
    bench.box.ensono.comment(number, "And the second node?")
    bench.done("sync", "--once")
    assert facts(bench, number)["Needs you"] == "the vendor waits for us"


def test_what_is_asked_and_what_is_wrong_stands_there_too(bench: Bench) -> None:
    change = bench.box.ensono.create_change(client_number="CHG1")
    bench.done("sync", "--once")
    assert facts(bench, change)["Needs you"].startswith("approval asked")
    bench.box.fault("ensono", "reset_after", match="PUT")
    bench.call("comment", "ensono", change, "Seen")
    assert facts(bench, change)["Needs you"].startswith("a write is unconfirmed, approval asked")
