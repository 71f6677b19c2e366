"""What came in, told for the next on call: a line for each ticket, and nothing that was answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from providers.model import Engineer, MessageKind, Write
from tests.support.night import ago, message
from tests.support.scripted_desk import NOW
from tui.desk.entries import InboxEntry, OutboxEntry
from tui.handover import Handover, document, handover, markdown


def shift(messages: Sequence[InboxEntry], *outbox: OutboxEntry) -> Handover:
    since = NOW - timedelta(hours=12)
    return handover([], messages, outbox, [], engineer=Engineer(name="Ann"), since=since, now=NOW)


def done(action: str, number: str, minutes: int) -> OutboxEntry:
    write = Write(id="w1", action=action, provider="ensono", number=number, created_at=ago(minutes))
    return OutboxEntry(write=write, state="done", created_at=ago(minutes), updated_at=ago(minutes))


def test_a_ticket_has_one_line_with_its_newest_and_how_many() -> None:
    told = shift(
        [
            message("ensono", "INC1", "create", "Line down", 50),
            message("ensono", "INC1", "comment", "Digging", 30),
            message("ensono", "INC1", "comment", "Splicing", 10),
            message("ensono", "INC2", "create", "Disk full", 20),
        ]
    )
    text = markdown(told)
    assert "## Came in (2 tickets, 4 messages not handled)" in text
    assert "ensono INC1: comment, the newest of 3, not handled. Splicing" in text
    assert "ensono INC2: create, not handled. Disk full" in text
    assert "Digging" not in text
    assert text.index("INC2") < text.index("INC1"), "oldest first"
    assert len(document(told)["came_in"]) == 4, "the JSON keeps every message"


@pytest.mark.parametrize(
    ("kind", "action", "minutes", "count"),
    [
        ("approval", "approve", 10, 0),
        ("approval", "reject", 10, 0),
        ("approval", "comment", 10, 1),
        ("approval", "approve", 40, 1),
        ("comment", "comment", 10, 0),
        ("comment", "link", 10, 1),
        ("comment", "comment", 40, 1),
    ],
)
def test_what_was_answered_since_is_left_out(kind: MessageKind, action: str, minutes: int, count: int) -> None:
    told = shift([message("ensono", "CHG1", kind, "asked", 30)], done(action, "CHG1", minutes))
    assert len(told.arrivals) == count


def test_an_answer_to_another_ticket_answers_nothing() -> None:
    assert len(shift([message("ensono", "CHG1", "approval", "asked", 30)], done("approve", "CHG2", 10)).arrivals) == 1
