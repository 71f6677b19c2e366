"""Approval cycles of a change, counted from everything that was said of them, whatever the order of arrival.

A cycle opens when the change is assessed and closes with the first answer, for every approver it asked; a redraft,
a return to New or a cancellation closes it as cancelled; the next assessment opens another (Ensono guide, "External
approvals" and "Normal Change Scenarios").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from providers.model import Approval, ApprovalState, CycleMark, Order

STAMP: Final = "approval:"
"""Prefix of the stamp that holds when an approval was asked for."""
_FIRST: Final[Order] = (0, 0)
_STEP, _REQUEST = 0, 1


def count(
    approvals: Sequence[Approval], marks: Sequence[CycleMark], asked: Mapping[str, Order]
) -> tuple[tuple[Approval, ...], int]:
    """Every approval with its cycle and state, and the number of the latest cycle.

    `asked` holds each approval's order by STAMP + id. A request without an assessment before it opens a cycle
    itself, since the vendor's assessment may have been missed; one that comes after the answer, with nothing in
    between, belongs to the cycle that was answered.
    """
    events: list[tuple[Order, int, str]] = [(mark.order, _STEP, mark.step) for mark in marks]
    events += [(asked.get(STAMP + approval.id, _FIRST), _REQUEST, approval.id) for approval in approvals]
    cycles = _Cycles()
    of_request: dict[str, int] = {}
    for _, kind, what in sorted(events):
        if kind == _REQUEST:
            of_request[what] = cycles.request()
        else:
            cycles.step(what)
    return tuple(_in_cycle(item, of_request[item.id], cycles.outcomes) for item in approvals), cycles.number


def is_open(approvals: Sequence[Approval], cycle: int) -> bool:
    """Whether somebody is still asked to decide in the latest cycle."""
    return any(item.state == "requested" and item.cycle == cycle for item in approvals)


def answered(approvals: Sequence[Approval], cycle: int) -> ApprovalState | None:
    """How the latest cycle ended; None where it has not."""
    states = [item.state for item in approvals if item.cycle == cycle and item.state != "requested"]
    return states[0] if states else None


def latest(marks: Sequence[CycleMark], asked: Mapping[str, Order]) -> Order:
    """The newest thing said about approval: an answer of ours is given after it, whatever our clock says."""
    orders = [mark.order for mark in marks]
    orders += [order for name, order in asked.items() if name.startswith(STAMP)]
    return max(orders, default=_FIRST)


class _Cycles:
    def __init__(self) -> None:
        self.number = 0
        self.outcomes: dict[int, ApprovalState] = {}
        self._open = False
        self._ended = True

    def step(self, step: str) -> None:
        if step == "opened":
            if not self._open:
                self._begin()
        elif step == "cancelled":
            self._close("cancelled")
            self._ended = True
        elif step == "approved":
            self._close("approved")
        elif step == "rejected":
            self._close("rejected")

    def request(self) -> int:
        if not self._open and self._ended:
            self._begin()
        return self.number

    def _begin(self) -> None:
        self.number += 1
        self._open, self._ended = True, False

    def _close(self, outcome: ApprovalState) -> None:
        if not self._open and not self.number and outcome != "cancelled":
            self._begin()
        if self._open:
            self.outcomes[self.number] = outcome
        self._open = False


def _in_cycle(approval: Approval, cycle: int, outcomes: Mapping[int, ApprovalState]) -> Approval:
    state = outcomes.get(cycle, "requested")
    if approval.cycle == cycle and approval.state == state:
        return approval
    return replace(approval, cycle=cycle, state=state)
