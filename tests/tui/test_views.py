"""What needs someone, and why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.rows import ticket_row
from tui import views

NOW = datetime(2023, 11, 14, 13, 2, tzinfo=UTC)
SOON = NOW + views.DUE_SOON


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"faulty_write": True, "undecided_write": True}, views.DECIDE),
        ({"faulty_write": True}, views.LOOK_UP),
        ({"approval_asked": True}, views.APPROVE),
        ({"held": True}, views.LINK),
        ({"awaiting_us": True}, views.ANSWER),
        ({"due_at": NOW - timedelta(minutes=1)}, views.OVERDUE),
        ({"due_at": NOW + timedelta(hours=3)}, views.DUE),
    ],
)
def test_what_needs_me_says_why(fields: dict[str, object], reason: str) -> None:
    row = ticket_row(**fields)
    assert views.needs_me(row, NOW, SOON)
    assert views.reasons(row, NOW)[0] == reason


def test_an_ordinary_ticket_needs_nobody() -> None:
    row = ticket_row(due_at=NOW + timedelta(days=2))
    assert not views.needs_me(row, NOW, SOON)
    assert views.reasons(row, NOW) == []


def test_handled_and_put_aside_tickets_need_nobody_until_later() -> None:
    assert not views.needs_me(ticket_row(awaiting_us=True, handled=True), NOW, SOON)
    aside = ticket_row(awaiting_us=True, snoozed_until=NOW + timedelta(hours=1))
    assert not views.needs_me(aside, NOW, SOON)
    assert views.needs_me(aside, NOW + timedelta(hours=2), SOON)


def test_a_write_that_needs_a_decision_is_never_put_aside() -> None:
    row = ticket_row(faulty_write=True, handled=True, snoozed_until=NOW + timedelta(hours=1))
    assert views.needs_me(row, NOW, SOON)


@pytest.mark.parametrize("state", ["closed", "cancelled", "resolved"])
def test_what_is_over_is_no_longer_due(state: str) -> None:
    assert not views.needs_me(ticket_row(state=state, due_at=NOW), NOW, SOON)


def test_everyone_has_the_same_views_and_one_for_each_provider() -> None:
    titles = [view.title for view in views.built_in(["ensono", "tangoe"])]
    assert titles == ["Needs me", "All open", "Changes", "ensono", "tangoe"]


def test_by_due_time_what_is_not_due_comes_after_by_its_urgency() -> None:
    rows = [
        ticket_row(number="a", priority=4),
        ticket_row(number="b", priority=None),
        ticket_row(number="c", priority=1),
        ticket_row(number="d", priority=5, due_at=NOW + timedelta(days=9)),
        ticket_row(number="e", priority=5, due_at=NOW),
    ]
    assert [row.number for row in sorted(rows, key=views.place_of("due"))] == ["e", "d", "c", "a", "b"]
