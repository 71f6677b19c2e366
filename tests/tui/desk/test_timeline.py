"""What a ticket's story says of our own writes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from providers.errors import Unconfirmed
from providers.model import Ticket, Write
from tests.support.scripted_desk import NOW
from tui.desk import outbox_entries, timeline
from tui.desk.entries import OutboxEntry
from tui.desk.reports import TimelineItem

TICKET = Ticket(provider="ensono", number="INC1")


def written(action: str, **values: Any) -> OutboxEntry:
    write = Write(id="aa01", action=action, provider="ensono", number="INC1", values=values, created_at=NOW)
    return outbox_entries.sending(outbox_entries.new(write, NOW), NOW)


def told(entry: OutboxEntry) -> TimelineItem:
    (item,) = timeline.tell(TICKET, [], [entry], [])
    return item


def test_what_was_given_up_without_an_answer_is_not_told_as_refused() -> None:
    lost = outbox_entries.failed(written("comment", comment="Seen"), Unconfirmed("ensono", "no answer"), NOW)
    dropped = outbox_entries.dropped(lost, "Dropped by Ann.", NOW)
    assert told(dropped).status == "given up, may have been done"
    assert dropped.note == "Dropped by Ann. It may have been done already."


def test_what_was_given_up_before_it_left_is_told_as_that() -> None:
    entry = replace(written("comment", comment="Seen"), state="queued")
    dropped = outbox_entries.dropped(entry, "Dropped by Ann.", NOW)
    assert (told(dropped).status, dropped.note) == ("given up", "Dropped by Ann.")


@pytest.mark.parametrize(
    ("action", "values", "body"),
    [
        ("comment", {"comment": "Seen"}, "comment: Seen"),
        (
            "update",
            {"impact": "2", "short_description": "x" * 200},
            f"update: impact: 2\nshort description: {'x' * 79}…",
        ),
        ("resolve", {"close_code": "Solved", "notes": "Fan replaced"}, "resolve: Fan replaced\nclose code: Solved"),
        ("cancel", {"reason": "Not\nours"}, "cancel: reason: Not ours"),
        ("update", {"vars": {"site": "AMS", "rack": 4}, "empty": ""}, "update: vars: site AMS, rack 4"),
        ("approve", {"approval_id": "77"}, "approve"),
    ],
)
def test_our_own_write_says_shortly_what_was_in_it(action: str, values: dict[str, object], body: str) -> None:
    assert told(written(action, **values)).body == body
