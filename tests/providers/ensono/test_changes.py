"""Approval of changes, after the guide's scenarios: messages through the desk's own apply, our answer at the end."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from providers.ensono.changes import approval_to_answer, cycle_step, local_stamp
from providers.errors import NotFound, Rejected, WrongState
from providers.model import Approval, CycleStep, MessageKind, Ticket
from tests.providers.ensono.support import NOW, change_body, message, ticket
from tui.desk.apply import apply
from tui.desk.entries import InboxEntry

NUMBER = "e-CHG0051000"


def told(*messages: tuple[str, dict[str, object]]) -> Ticket:
    """The change after these messages, in their order."""
    known: Ticket | None = None
    for place, (transaction_type, changes) in enumerate(messages):
        read = message(
            transaction_type,
            change_body(**changes),
            MessageId=f"m{place}",
            SentTimestamp=str(1772541000000 + place),
            MessageGroupId=NUMBER,
        )
        assert read.patch is not None, read.problem
        entry = InboxEntry(
            provider="ensono",
            id=f"m{place}",
            number=read.number,
            source="message",
            order=read.order,
            received_at=NOW,
            patch=read.patch,
        )
        known = apply(known, entry)
    assert known is not None
    return known


def asked(identity: str) -> tuple[str, dict[str, object]]:
    return (
        "Approval Request",
        {"approvalId": identity, "approverName": identity.title(), "approverEmail": f"{identity}@client.example"},
    )


ASSESS: tuple[str, dict[str, object]] = ("Create", {"state": "Assess", "approval": "requested"})
AGAIN: tuple[str, dict[str, object]] = ("Update", {"state": "Assess", "approval": "requested"})
REDRAFT: tuple[str, dict[str, object]] = ("Redraft", {"state": "New", "approval": "not requested"})
APPROVED: tuple[str, dict[str, object]] = ("Update", {"state": "Authorize", "approval": "approved"})
REJECTED: tuple[str, dict[str, object]] = ("Update", {"state": "Assess", "approval": "rejected"})


@pytest.mark.parametrize(
    ("kind", "state", "approval", "change_type", "step"),
    [
        ("create", "Assess", "requested", "Normal", "opened"),
        ("update", "Assess", "requested", "Normal", "opened"),
        ("create", "Scheduled", "not requested", "Standard", None),
        ("create", "Authorize", "not requested", "Emergency", None),
        ("update", "Authorize", "requested", "Normal", None),
        ("update", "Authorize", "Approved", "Normal", "approved"),
        ("update", "Implement", "rejected", "Normal", "rejected"),
        ("update", "New", "requested", "Normal", "cancelled"),
        ("update", "Cancelled", "approved", "Normal", "cancelled"),
        ("update", "Cancelled", "", "Standard", "cancelled"),
        ("redraft", "New", "not requested", "Normal", "cancelled"),
        ("closure", "Closed", "approved", "Normal", "approved"),
        ("closure", "Closed", "requested", "Normal", "cancelled"),
    ],
)
def test_a_message_moves_the_cycle(
    kind: MessageKind, state: str, approval: str, change_type: str, step: CycleStep | None
) -> None:
    assert cycle_step(kind, state, approval, change_type) == step


def test_one_request_for_each_approver_is_kept_and_the_newest_open_one_is_answered() -> None:
    change = told(ASSESS, asked("cab"), asked("owner"))
    assert [(item.id, item.state) for item in change.approvals] == [("cab", "requested"), ("owner", "requested")]
    assert approval_to_answer("ensono", change).id == "owner"
    assert approval_to_answer("ensono", change, "cab").approver == "cab@client.example"


@pytest.mark.parametrize(
    ("end", "word"), [(APPROVED, "already answered"), (REJECTED, "already answered"), (REDRAFT, "withdrawn")]
)
def test_an_end_from_the_queue_leaves_nothing_to_answer(end: tuple[str, dict[str, object]], word: str) -> None:
    change = told(ASSESS, asked("cab"), asked("owner"), end)
    for wanted in ("", "cab"):
        with pytest.raises(WrongState, match=word):
            approval_to_answer("ensono", change, wanted)


def test_after_a_redraft_the_next_assessment_opens_another_cycle() -> None:
    change = told(ASSESS, asked("cab"), REDRAFT, AGAIN, asked("owner"))
    assert change.cycle == 2
    assert approval_to_answer("ensono", change).id == "owner"
    with pytest.raises(WrongState):
        approval_to_answer("ensono", change, "cab")


def test_an_approved_change_that_is_redrafted_and_assessed_asks_again() -> None:
    change = told(ASSESS, asked("cab"), APPROVED, REDRAFT, AGAIN, asked("cab2"))
    assert [(item.id, item.state, item.cycle) for item in change.approvals] == [
        ("cab", "approved", 1),
        ("cab2", "requested", 2),
    ]


def test_a_cancelled_change_asks_for_nothing() -> None:
    change = told(ASSESS, asked("cab"), ("Update", {"state": "Cancelled"}))
    assert (change.state, change.approvals[0].state) == ("cancelled", "cancelled")


@pytest.mark.parametrize("change_type", ["Standard", "Emergency"])
def test_standard_and_emergency_changes_need_no_approval(change_type: str) -> None:
    change = told(("Create", {"state": "Scheduled", "type": change_type, "approval": "not requested"}))
    assert (change.cycle, change.approvals) == (0, ())
    with pytest.raises(WrongState, match="needs no approval"):
        approval_to_answer("ensono", change)


def test_without_a_request_there_is_nothing_to_answer() -> None:
    with pytest.raises(WrongState, match="no approval has been asked for"):
        approval_to_answer("ensono", told(ASSESS))
    with pytest.raises(NotFound):
        approval_to_answer("ensono", None)


def test_an_unknown_approval_is_not_found() -> None:
    with pytest.raises(NotFound) as caught:
        approval_to_answer("ensono", told(ASSESS, asked("cab")), "elsewhere")
    assert caught.value.field == "approval_id"


def test_an_approval_without_an_address_cannot_be_answered() -> None:
    known = ticket(type="change", approvals=(Approval(id="a1"),))
    with pytest.raises(Rejected, match="names no approver"):
        approval_to_answer("ensono", known)


def test_approvals_asked_at_different_times_are_told_apart_by_them() -> None:
    first = Approval(id="a1", approver="a@client.example", at=NOW)
    later = replace(first, id="a2", at=NOW + timedelta(minutes=5))
    known = ticket(type="change", approvals=(later, first))
    assert approval_to_answer("ensono", known).id == "a2"


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Europe/Amsterdam", "2026-03-29 03:30:00 CEST (UTC+02:00)"),
        ("America/Chicago", "2026-03-28 20:30:00 CDT (UTC-05:00)"),
        ("UTC", "2026-03-29 01:30:00 UTC"),
    ],
)
def test_a_decisions_time_is_local_and_names_its_zone(zone: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert local_stamp(datetime(2026, 3, 29, 1, 30, tzinfo=UTC)) == words
    finally:
        monkeypatch.undo()
        time.tzset()
