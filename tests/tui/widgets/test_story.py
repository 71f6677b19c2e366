"""A ticket's story in lines."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from providers.model import Ticket, TicketKey
from tests.support.dashboard import ZONE
from tests.support.night import CHANGE, TUNNEL, ago, night, within
from tests.support.scripted_desk import NOW
from tui.desk.desk import TimelineItem
from tui.widgets.lines import width_of_all
from tui.widgets.story import Reading, story
from tui.widgets.times import minute


def read(key: TicketKey, **given: Any) -> Reading:
    """A ticket of the night."""
    desk = night()
    return replace(
        Reading(
            ticket=desk.tickets[key],
            row=desk.row(key),
            timeline=desk.timelines[key],
            declaration=desk.declarations[key.provider],
            now=minute(NOW),
            zone=ZONE,
        ),
        **given,
    )


def told(reading: Reading, width: int = 60) -> str:
    """The story as text."""
    return "\n".join("".join(text for text, _ in line).rstrip() for line in story(reading, width))


@pytest.mark.parametrize("width", [30, 46, 76, 120])
@pytest.mark.parametrize("key", [TUNNEL, CHANGE])
def test_no_line_is_wider_than_the_pane(key: TicketKey, width: int) -> None:
    assert all(width_of_all(line) <= width for line in story(read(key), width))


def test_it_begins_with_the_summary_and_why_it_needs_someone() -> None:
    lines = told(read(TUNNEL)).splitlines()
    assert lines[0] == "VPN tunnel to Rotterdam drops every few minutes"
    assert lines[1] == "▲ The vendor waits for us"
    assert lines[2] == "▲ Due soon"


def test_due_counts_down_and_then_says_overdue() -> None:
    assert "in 38m, 14:40" in told(read(TUNNEL))
    late = replace(read(TUNNEL).ticket, due_at=ago(20))
    assert "19m overdue, 13:42" in told(read(TUNNEL, ticket=late))


def test_an_ended_ticket_counts_nothing_down() -> None:
    over = replace(read(TUNNEL).ticket, state="closed", due_at=within(20))
    assert "in 20m" not in told(read(TUNNEL, ticket=over))


def test_the_timeline_has_the_newest_first_and_our_writes_with_their_state() -> None:
    text = told(read(TUNNEL))
    assert text.index("Please watch the") < text.index("Lifetimes here are") < text.index("Opened by us")
    assert "┃ 13:44  Ann de Vries" in text
    assert "✓ sent" in text
    assert "○ 12:58  new → open (workingprogress)" in text


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("queued", "· queued"),
        ("rejected", "✕ rejected"),
        ("unconfirmed", "▲ unconfirmed"),
        ("given up", "✕ given up"),
        ("given up, may have been done", "▲ given up, may have been done"),
    ],
)
def test_a_write_that_is_not_done_says_so(status: str, words: str) -> None:
    item = TimelineItem(ago(1), "write", "Ann", "Words", "us", status)
    assert words in told(read(TUNNEL, timeline=[item]))


def test_at_the_smallest_screen_how_a_write_ended_has_a_line_of_its_own() -> None:
    item = TimelineItem(ago(1), "write", "Ann de Vries", "Words", "us", "given up, may have been done")
    text = told(read(TUNNEL, timeline=[item]), 36)
    assert "Ann de Vries" in text
    assert "given up, may have been done" in text


def test_a_note_of_our_own_says_that_it_is_not_sent() -> None:
    item = TimelineItem(ago(1), "note", "Ann", "Call them at six", "us")
    assert "our note, not sent" in told(read(TUNNEL, timeline=[item]))


def test_days_stand_over_their_lines() -> None:
    text = told(read(CHANGE))
    assert text.index("Today") < text.index("Yesterday")


def test_a_change_shows_its_card_window_risk_and_plans() -> None:
    text = told(read(CHANGE, hints=[("A", "Approve"), ("R", "Reject")]), 76)
    assert "┃ Your approval is asked" in text
    assert "Ann de Vries <ann@client.example>" in text
    assert "Fri 17 Nov 23:00 – Sat 18 Nov 02:30 CET" in text
    assert "A Approve   R Reject" in text
    assert text.index("Implementation plan") < text.index("Test plan") < text.index("Backout plan")
    assert text.count("Moderate") == 1, "what the card says is not said twice"


def test_without_an_open_approval_there_is_no_card() -> None:
    decided = replace(read(CHANGE).ticket, approvals=())
    assert "approval is asked" not in told(read(CHANGE, ticket=decided))


def test_what_is_known_from_messages_alone_says_so() -> None:
    assert "Known from messages only" in told(read(TUNNEL, ticket=replace(read(TUNNEL).ticket, partial=True)), 100)


def test_a_vendor_that_does_not_answer_is_named_with_age_and_reason() -> None:
    assert "As last read 8m ago: no connection." in told(read(TUNNEL, stale="As last read 8m ago: no connection."))


def test_a_ticket_of_which_hardly_anything_is_known_can_be_read() -> None:
    bare = Ticket(provider="gone", number="X1")
    text = told(Reading(ticket=bare, row=None, timeline=(), declaration=None, now=NOW, zone=ZONE))
    assert "(no summary)" in text
    assert "none yet" in text
