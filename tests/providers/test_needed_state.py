"""What a ticket's state forbids is known before anything is typed, and is refused as a state, not as a lack."""

from __future__ import annotations

import pytest

from providers.base import Declaration, Operation
from providers.ensono.declaration import DECLARATION as ENSONO
from providers.errors import WrongState
from providers.kpn_incident.declaration import DECLARATION as KPN_INCIDENT
from providers.kpn_incident.payload import outgoing
from providers.model import Ticket, Write
from tui.actions import BY_ID, Situation, refusal

TRANSITIONS = (Operation.CLOSE, Operation.REOPEN)
each_vendor = pytest.mark.parametrize("declared", [ENSONO, KPN_INCIDENT], ids=lambda item: item.kind)
each_transition = pytest.mark.parametrize("operation", TRANSITIONS)


def ticket(state: str) -> Ticket:
    return Ticket(provider="x", number="e-CS1", client_number="OUR-1", type="incident", state=state)


@each_vendor
@each_transition
@pytest.mark.parametrize("state", ["new", "open", "pending", "closed", "cancelled"])
def test_only_what_is_resolved_is_closed_or_reopened(declared: Declaration, operation: Operation, state: str) -> None:
    words = declared.refusal(operation, ticket(state))
    assert words == f"{operation.value} needs a ticket that is resolved; e-CS1 is {state}"
    assert declared.unoffered(operation, ticket(state)) == "", "the vendor has it; the ticket is not ready for it"


@each_vendor
@each_transition
def test_nothing_stands_in_the_way_of_a_resolved_ticket(declared: Declaration, operation: Operation) -> None:
    assert declared.refusal(operation, ticket("resolved")) == ""
    assert declared.refusal(operation) == ""


@each_vendor
@each_transition
def test_the_key_is_off_before_a_form_opens(declared: Declaration, operation: Operation) -> None:
    situation = Situation(ticket=ticket("open"), declaration=declared, declarations=(declared,))
    words = refusal(BY_ID[f"ticket.{operation.value}"], situation)
    assert words == f"{operation.value.capitalize()} needs a ticket that is resolved; e-CS1 is open."


@each_transition
def test_the_write_itself_is_refused_for_its_state(operation: Operation) -> None:
    write = Write(id="0a1b2c3d4e5f", action=operation.value, provider="x", number="e-CS1", values={"comment": "x"})
    with pytest.raises(WrongState):
        outgoing("x", write, ticket("open"))
