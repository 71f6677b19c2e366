"""Which write an action names, where a number leads, and what shows that a write was done."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from providers.addressing import segment
from providers.base import Declaration, Operation
from providers.errors import NotFound, NotOffered
from providers.evidence import shows_comment
from providers.model import Comment, Ticket, Write
from providers.offering import offered_write

SENT = datetime(2026, 3, 1, 3, 0, 0, 700_000, tzinfo=UTC)
WRITE = Write(id="w1", action="comment", provider="acme", number="A-1", sent_at=SENT)
DECLARATION = Declaration(
    kind="acme",
    title="Acme",
    document="Acme, ticket interface",
    support="",
    offered=frozenset({Operation.LIST, Operation.COMMENT}),
)


def test_an_offered_write_is_its_operation() -> None:
    assert offered_write("acme", DECLARATION, "comment") is Operation.COMMENT


@pytest.mark.parametrize("action", ["list", "close", "dance", ""])
def test_a_read_and_what_is_not_offered_are_no_write(action: str) -> None:
    with pytest.raises(NotOffered, match="not offered"):
        offered_write("acme", DECLARATION, action)


@pytest.mark.parametrize(
    ("number", "path"),
    [("CS1", "CS1"), ("INC#1", "INC%231"), ("a/../b", "a%2F..%2Fb"), ("a b?", "a%20b%3F"), ("\ud800", "%3F")],
)
def test_a_number_is_one_segment_of_a_path(number: str, path: str) -> None:
    assert segment("acme", number) == path


@pytest.mark.parametrize("number", ["", ".", "..", " .. "])
def test_a_number_names_no_other_place(number: str) -> None:
    with pytest.raises(NotFound):
        segment("acme", number)


@pytest.mark.parametrize(
    ("body", "after", "shown"),
    [
        ("It  is back", timedelta(seconds=-0.7), True),
        ("It is back", timedelta(minutes=-2), True),
        ("It is back", timedelta(minutes=-4), False),
        ("It is back again", timedelta(), False),
    ],
)
def test_a_comment_shows_its_write_within_what_clocks_differ(body: str, after: timedelta, shown: bool) -> None:
    comment = Comment(id="c1", body=body, at=SENT + after)
    assert shows_comment(WRITE, "It is back", (comment,), None) is shown
    assert shows_comment(WRITE, "It is back", (Comment(id="c1", body=body),), None) is ("again" not in body)


def test_a_comment_of_another_write_shows_nothing() -> None:
    comment = Comment(id="c1", body="It is back", at=SENT, origin="us", own_write="own:w0:0")
    ticket = Ticket(provider="acme", number="A-1", comments=(comment,))
    assert not shows_comment(WRITE, "It is back", (comment,), ticket)
