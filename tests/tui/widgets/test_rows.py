"""How a ticket and a message look in their lists."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.support.dashboard import ZONE
from tests.support.night import message
from tests.support.rows import ticket_row
from tests.support.scripted_desk import NOW
from tui.widgets import message_row
from tui.widgets import ticket_row as looks

VENDORS = {"ensono": "ensono"}


def test_urgent_tickets_and_passed_due_times_stand_out() -> None:
    cells = looks.cells(ticket_row(priority=1, due_at=NOW - timedelta(minutes=5)), NOW, VENDORS)
    assert cells["priority"] == ("1", "bad")
    assert cells["due"] == ("-5m", "bad")
    assert cells["flag"] == ("▲", "warning")
    assert cells["needs"][0] == "overdue"


def test_unread_tickets_have_a_sign_and_not_only_weight() -> None:
    cells = looks.cells(ticket_row(unread=True), NOW, VENDORS)
    assert cells["flag"] == ("•", "accent")
    assert cells["summary"][1] == "strong"


def test_ended_tickets_are_quiet() -> None:
    cells = looks.cells(ticket_row(state="closed", priority=1, awaiting_us=True, unread=True), NOW, VENDORS)
    assert cells["priority"][1] == cells["summary"][1] == "muted"
    assert cells["needs"][0] == ""


def test_a_ticket_that_has_left_the_view_says_so() -> None:
    assert looks.cells(ticket_row(), NOW, VENDORS, left_behind=True)["state"] == ("left view", "muted")


def test_a_ticket_without_priority_or_summary_still_has_cells() -> None:
    cells = looks.cells(ticket_row(priority=None, summary=""), NOW, VENDORS)
    assert cells["priority"][0] == "·"
    assert cells["summary"][0] == "(no summary)"


def test_the_number_column_is_as_wide_as_the_numbers_within_bounds() -> None:
    def width(*numbers: str) -> int:
        columns = looks.columns_for([ticket_row(number=number) for number in numbers], 6, needs=True)
        return next(column.width for column in columns if column.id == "number")

    assert width("X1") == 9
    assert width("INC#11252603", "X1") == 12
    assert width("a-number-that-never-ends") == 14


@pytest.mark.parametrize("status", ["held", "blocked", "parked", "failed"])
def test_messages_that_need_someone_have_a_sign_and_a_word(status: str) -> None:
    entry = message("ensono", "T1", "comment", "Words", 5, status)  # type: ignore[arg-type]
    text, role = message_row.cells(entry, NOW, ZONE, VENDORS)["summary"]
    assert text.startswith("▲ ")
    assert role in ("warning", "bad")


def test_a_handled_message_is_quiet() -> None:
    entry = replace(message("ensono", "T1", "approval", "Words", 5, "held"), handled=True)
    cells = message_row.cells(entry, NOW, ZONE, VENDORS)
    assert cells["summary"] == ("Words", "muted")
    assert cells["kind"] == ("approval", "muted")


def test_a_message_without_a_number_says_so() -> None:
    cells = message_row.cells(message("ensono", "", "unknown", "Words", 5), NOW, ZONE, VENDORS)
    assert cells["number"] == ("no number", "muted")


def test_a_ticket_put_aside_has_a_sign_and_a_word_until_its_time() -> None:
    aside = ticket_row(awaiting_us=True, unread=True, snoozed_until=NOW + timedelta(hours=1))
    cells = looks.cells(aside, NOW, VENDORS)
    assert (cells["flag"][0], cells["needs"][0]) == ("‖", "aside")
    later = looks.cells(aside, NOW + timedelta(hours=2), VENDORS)
    assert (later["flag"][0], later["needs"][0]) == ("▲", "answer")
    failed = replace(aside, faulty_write=True, undecided_write=True)
    assert looks.cells(failed, NOW, VENDORS)["needs"][0] == "decide", "a write without an end is not put aside"


def test_a_write_is_looked_up_until_it_is_ones_own_to_decide() -> None:
    assert looks.cells(ticket_row(faulty_write=True), NOW, VENDORS)["needs"][0] == "look-up"
