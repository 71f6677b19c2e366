"""What rings, and what does not."""

from __future__ import annotations

from dataclasses import replace

from providers.model import TicketKey, TicketRow
from tests.support.night import CHANGE, TUNNEL, message, night
from tui.alerts import Alert, of_health, of_messages, since_the_last_look, together

DESK = night()


def row_of(key: TicketKey) -> TicketRow | None:
    """A ticket of the night."""
    return DESK.row(key)


def test_approvals_and_urgent_tickets_ring() -> None:
    found = of_messages(
        [
            message("ensono", CHANGE.number, "approval", "asked", 1),
            message("ensono", TUNNEL.number, "comment", "Please watch", 1),
        ],
        row_of,
    )
    assert found == [
        Alert("Approval asked: e-CHG0032177", "Replace core switch in rack 14, Almere", kind="approval"),
        Alert("P1 INC0712290, ensono", "Please watch", kind="P1"),
    ]


def test_ordinary_handled_and_own_messages_do_not_ring() -> None:
    urgent = message("ensono", TUNNEL.number, "comment", "x", 1)
    quiet = [
        message("tangoe", "CS0043188", "comment", "x", 1),
        message("ensono", "unknown", "comment", "x", 1),
        replace(urgent, handled=True),
        replace(urgent, own_write="w1"),
        replace(urgent, message=None),
    ]
    assert of_messages(quiet, row_of) == []


def test_one_ticket_rings_once() -> None:
    several = [message("ensono", TUNNEL.number, "comment", f"{place}", place) for place in range(3)]
    assert len(of_messages(several, row_of)) == 1


def test_a_provider_rings_when_it_goes_down_and_not_again() -> None:
    before = DESK.healths
    down = before | {"ensono": replace(before["ensono"], state="down", error="no connection.")}
    assert of_health(before, down) == [
        Alert("ensono is down", "no connection. The last rows stay.", arrived=False, kind="provider")
    ]
    assert of_health(down, down) == []
    assert of_health({}, down) == [], "at the start nothing has gone down"


def test_several_alerts_become_one() -> None:
    alerts = [Alert(f"title {place}", "words") for place in range(5)]
    assert together(alerts[:1]) == alerts[0]
    assert together(alerts) == Alert("5 things came in", "title 0\ntitle 1\ntitle 2\nand 2 more")
    down = Alert("tangoe is down", "No answer.", arrived=False)
    assert together([*alerts[:1], down]).title == "2 things to know", "a provider that went down did not come in"


def test_the_newest_of_one_title_stands_for_all_of_them() -> None:
    assert together([Alert("P1 INC1, ensono", "old"), Alert("P1 INC1, ensono", "new")]).words == "new"


def test_what_a_start_finds_is_counted() -> None:
    found = [Alert(f"P2 INC{place}", "x", kind="P2") for place in range(3)]
    found += [Alert("P1 INC9", "x", kind="P1"), Alert("A", "x", kind="approval"), Alert("B", "x", kind="approval")]
    assert since_the_last_look(found).words == (
        "1 P1, 3 P2 and 2 approvals asked. Incoming lists what came in, Needs me only what waits for you."
    )
    found.append(Alert("tangoe is down", "x", arrived=False, kind="provider"))
    assert since_the_last_look(found).words.startswith("1 P1, 3 P2, 2 approvals asked and 1 provider down.")
    assert since_the_last_look(found[:1]) == found[0], "one thing is told itself"
    assert since_the_last_look(found[:3]).words.startswith("3 P2.")


def test_a_start_names_the_list_that_has_what_it_counts() -> None:
    approvals = [Alert(f"Approval asked: CHG{place}", "x", kind="approval") for place in range(2)]
    assert since_the_last_look(approvals).words == "2 approvals asked. Needs me lists them."
    down = [Alert(f"{name} is down", "x", arrived=False, kind="provider") for name in ("ensono", "tangoe")]
    assert since_the_last_look(down).words == "2 providers down. The screen Providers tells more."
    urgent = [Alert(f"P2 INC{place}", "x", kind="P2") for place in range(2)]
    assert since_the_last_look(urgent).words.startswith("2 P2. Incoming lists what came in"), "not all wait for us"
