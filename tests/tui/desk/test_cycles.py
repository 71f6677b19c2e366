"""Approval cycles: several approvers, one answer, a new cycle with the next assessment."""

from __future__ import annotations

from itertools import permutations

from providers.model import Approval, CycleMark, CycleStep, Ticket
from tests.tui.desk.test_apply import after, entry
from tui.desk import cycles

CREATE = entry(1, set={"type": "change", "state": "assess"}, cycle="opened")
ASKS_ONE = entry(2, approvals=(Approval(id="a1", approver="one@client.example"),), cycle="opened")
ASKS_TWO = entry(3, approvals=(Approval(id="a2", approver="two@client.example"),), cycle="opened")
ANSWER = entry(10, "write", cycle="approved")
REDRAFT = entry(20, cycle="cancelled")
REASSESS = entry(30, cycle="opened")
ASKS_AGAIN = entry(31, approvals=(Approval(id="a3"),))


def states(ticket: Ticket) -> list[tuple[str, str, int]]:
    """Each approval's id, state and cycle."""
    return [(item.id, item.state, item.cycle) for item in ticket.approvals]


def test_every_approvers_request_is_kept() -> None:
    ticket = after(CREATE, ASKS_ONE, ASKS_TWO)
    assert states(ticket) == [("a1", "requested", 1), ("a2", "requested", 1)]
    assert cycles.is_open(ticket.approvals, ticket.cycle)


def test_one_answer_closes_the_cycle_for_all() -> None:
    ticket = after(CREATE, ASKS_ONE, ASKS_TWO, ANSWER)
    assert states(ticket) == [("a1", "approved", 1), ("a2", "approved", 1)]
    assert cycles.answered(ticket.approvals, ticket.cycle) == "approved"


def test_a_request_that_comes_late_was_answered_with_the_rest() -> None:
    assert states(after(CREATE, ASKS_ONE, ANSWER, ASKS_TWO)) == [("a1", "approved", 1), ("a2", "approved", 1)]
    late = entry(11, approvals=(Approval(id="a9"),), cycle="opened")
    assert states(after(CREATE, ASKS_ONE, ANSWER, late)) == [("a1", "approved", 1), ("a9", "approved", 1)]


def test_only_the_first_answer_counts() -> None:
    ticket = after(CREATE, ASKS_ONE, ANSWER, entry(11, cycle="rejected"))
    assert states(ticket) == [("a1", "approved", 1)]


def test_a_redraft_ends_the_cycle_cancelled() -> None:
    ticket = after(CREATE, ASKS_ONE, ASKS_TWO, REDRAFT)
    assert states(ticket) == [("a1", "cancelled", 1), ("a2", "cancelled", 1)]


def test_a_redraft_leaves_what_was_answered() -> None:
    assert states(after(CREATE, ASKS_ONE, ANSWER, REDRAFT)) == [("a1", "approved", 1)]


def test_the_next_assessment_opens_another_cycle() -> None:
    ticket = after(CREATE, ASKS_ONE, ANSWER, REDRAFT, REASSESS, ASKS_AGAIN)
    assert states(ticket) == [("a1", "approved", 1), ("a3", "requested", 2)]
    assert cycles.is_open(ticket.approvals, ticket.cycle)


def test_a_request_after_a_redraft_opens_a_cycle_though_its_assessment_was_missed() -> None:
    assert states(after(CREATE, ASKS_ONE, REDRAFT, ASKS_AGAIN)) == [("a1", "cancelled", 1), ("a3", "requested", 2)]


def test_being_assessed_still_is_no_other_cycle() -> None:
    ticket = after(CREATE, ASKS_ONE, entry(5, cycle="opened"), entry(6, cycle="opened"))
    assert (ticket.cycle, states(ticket)) == (1, [("a1", "requested", 1)])


def test_an_answer_from_the_queue_alone_closes_what_it_finds() -> None:
    assert states(after(ASKS_ONE, entry(4, cycle="rejected"))) == [("a1", "rejected", 1)]
    assert after(entry(4, cycle="approved")).cycle == 1


def test_an_approval_asked_for_again_is_open_again() -> None:
    again = entry(31, approvals=(Approval(id="a1"),))
    assert states(after(CREATE, ASKS_ONE, REDRAFT, REASSESS, again)) == [("a1", "requested", 2)]


def test_whatever_the_order_of_arrival_the_cycles_are_the_same() -> None:
    history = (CREATE, ASKS_ONE, ANSWER, REDRAFT, REASSESS, ASKS_AGAIN)
    expected = states(after(*history))
    for arrived in permutations(history):
        assert states(after(*arrived)) == expected


def test_an_answer_of_ours_is_given_after_all_that_was_asked() -> None:
    marks = [CycleMark(step=step, order=(order, 0)) for order, step in _steps((5, "opened"), (9, "cancelled"))]
    assert cycles.latest(marks, {"approval:a1": (12, 3), "summary": (99, 0)}) == (12, 3)
    assert cycles.latest([], {}) == (0, 0)


def _steps(*steps: tuple[int, CycleStep]) -> tuple[tuple[int, CycleStep], ...]:
    return steps
