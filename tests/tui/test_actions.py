"""The registry: every action has a key, help and a handler, and says why when it cannot be done."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.binding import Binding

from providers.base import Operation
from providers.model import Approval, Attachment, Ticket
from tests.support.night import CHANGE, TUNNEL, message, night
from tests.support.scripted_desk import declaration
from tui.actions import ACTIONS, BY_ID, GROUPS, Action, Situation, refusal
from tui.screens.main import MainScreen
from tui.widgets.reader import Reader
from tui.widgets.table import Table

EVERYTHING = declaration("all", *Operation, title="All")
NOTHING = declaration("none", title="None")
TICKET = Ticket(provider="all", number="T1")


def situation(**given: object) -> Situation:
    """A chosen ticket of a vendor that offers everything, but for what is given."""
    fields = {"ticket": TICKET, "declaration": EVERYTHING, "declarations": (EVERYTHING,)} | given
    return Situation(**fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_every_action_has_a_key_a_title_a_group_and_help(action: Action) -> None:
    assert action.keys
    assert action.title
    assert action.group in GROUPS
    assert action.help.endswith(".")


def test_ids_are_unique() -> None:
    assert len(BY_ID) == len(ACTIONS)


def test_every_operation_that_an_engineer_starts_has_an_action() -> None:
    offered = {action.operation for action in ACTIONS if action.operation is not None}
    assert offered == set(Operation) - {Operation.LIST, Operation.QUEUE}


def test_keys_of_the_screen_and_of_the_lists_are_the_registrys() -> None:
    for owner, where in ((MainScreen, ("screen",)), (Table, ("table",)), (Reader, ("table",))):
        bindings = [binding for binding in owner.BINDINGS if isinstance(binding, Binding)]
        wanted = {action.id: action.keys for action in ACTIONS if action.where in where}
        given = {binding.id: binding.key for binding in bindings}
        assert given.items() <= wanted.items(), owner
    assert {binding.id for binding in Table.BINDINGS if isinstance(binding, Binding)} == {
        action.id for action in ACTIONS if action.where == "table"
    }


@pytest.mark.parametrize(
    "action", [action for action in ACTIONS if action.needs in ("ticket", "rows")], ids=lambda action: action.id
)
def test_without_a_ticket_it_says_so(action: Action) -> None:
    assert "no ticket is chosen" in refusal(action, situation(ticket=None))


@pytest.mark.parametrize(
    "action",
    [action for action in ACTIONS if action.operation is not None and action.needs == "ticket"],
    ids=lambda action: action.id,
)
def test_what_a_vendor_does_not_offer_says_so_in_a_sentence(action: Action) -> None:
    words = refusal(action, situation(declaration=NOTHING))
    assert "not offered by None" in words
    assert words[0].isupper()
    assert words.endswith(".")


def test_read_only_says_why() -> None:
    words = refusal(BY_ID["ticket.comment"], situation(read_only="the store is damaged."))
    assert words == "Comment: nothing is written, the store is damaged."
    assert refusal(BY_ID["ticket.refresh"], situation(read_only="the store is damaged.")) == ""


def test_a_new_ticket_needs_a_provider_that_takes_one() -> None:
    assert refusal(BY_ID["ticket.create"], situation(ticket=None)) == ""
    assert "no configured provider" in refusal(BY_ID["ticket.create"], situation(declarations=(NOTHING,)))


def test_approve_needs_an_open_approval() -> None:
    change = replace(TICKET, type="change")
    assert "no approval is asked on T1" in refusal(BY_ID["ticket.approve"], situation(ticket=change))
    asked = replace(change, approvals=(Approval(id="a"),))
    assert refusal(BY_ID["ticket.approve"], situation(ticket=asked)) == ""


def test_download_needs_files_of_the_vendors() -> None:
    assert "no attachments" in refusal(BY_ID["ticket.download"], situation())
    with_file = replace(TICKET, attachments=(Attachment(id="a", name="x.log"),))
    assert refusal(BY_ID["ticket.download"], situation(ticket=with_file)) == ""


@pytest.mark.parametrize("name", ["ticket.resolve", "ticket.close", "ticket.cancel"])
def test_what_is_over_is_not_ended_again(name: str) -> None:
    assert "closed already" in refusal(BY_ID[name], situation(ticket=replace(TICKET, state="closed")))


def test_only_a_held_message_can_be_answered_with_failure() -> None:
    fail = BY_ID["message.fail"]
    assert "no message is chosen" in refusal(fail, situation())
    assert "not held" in refusal(fail, situation(message=message("all", "T1", "comment", "x", 1)))
    assert refusal(fail, situation(message=message("all", "T1", "comment", "x", 1, "held"))) == ""


def test_a_change_takes_only_what_its_vendor_takes_for_changes() -> None:
    desk = night()
    declared = desk.declarations["ensono"]
    change, incident = desk.tickets[CHANGE], desk.tickets[TUNNEL]
    attach = BY_ID["ticket.attach"]
    assert "for a change" in refusal(attach, situation(ticket=change, declaration=declared))
    assert refusal(attach, situation(ticket=incident, declaration=declared)) == ""


def test_what_is_for_one_ticket_is_not_done_while_several_are_marked() -> None:
    assert "is for one ticket, and 3 are marked" in refusal(BY_ID["ticket.comment"], situation(marked=3))
    assert refusal(BY_ID["ticket.comment"], situation(marked=1)) == ""
    assert refusal(BY_ID["ticket.handled"], situation(marked=3)) == ""


def test_a_message_of_no_ticket_can_be_seen_to() -> None:
    parked = message("all", "", "unknown", "x", 1, "parked")
    assert refusal(BY_ID["ticket.handled"], situation(ticket=None, message=parked)) == ""
    assert "no ticket is chosen" in refusal(BY_ID["ticket.unread"], situation(ticket=None, message=parked))


def test_files_need_a_ticket_that_has_some() -> None:
    assert "T1 has no files" in refusal(BY_ID["ticket.files"], situation())
    sent = replace(TICKET, attachments=(Attachment(id="a", name="x.log", direction="out"),))
    assert refusal(BY_ID["ticket.files"], situation(ticket=sent)) == ""


def test_what_a_vendor_takes_only_with_our_number_says_so_before_a_form_opens() -> None:
    wants = replace(EVERYTHING, needs_own_number=frozenset({Operation.COMMENT}))
    words = refusal(BY_ID["ticket.comment"], situation(declaration=wants))
    assert words == "Comment: All wants our number on T1 first; link it."
    linked = replace(TICKET, client_number="REQ1")
    assert refusal(BY_ID["ticket.comment"], situation(declaration=wants, ticket=linked)) == ""
    assert refusal(BY_ID["ticket.link"], situation(declaration=wants)) == ""
