"""What one entry does to a ticket."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.clock import milliseconds
from providers.codec import from_document, to_document
from providers.model import Attachment, Comment, Order, Patch, Ticket
from tui.desk import conversation
from tui.desk.apply import FIELDS, apply
from tui.desk.entries import InboxEntry, Source

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def entry(order: int, source: Source = "message", own_write: str = "", **patch: Any) -> InboxEntry:
    """An entry of ticket T1 at this order."""
    return InboxEntry(
        provider="fake",
        id=f"e{order}",
        number="T1",
        source=source,
        order=(order, 0),
        received_at=NOON,
        own_write=own_write,
        patch=Patch(number="T1", **patch),
    )


def after(*entries: InboxEntry) -> Ticket:
    """The ticket that these entries make, in this order."""
    ticket = None
    for item in entries:
        ticket = apply(ticket, item)
    assert ticket is not None
    return ticket


def comment(number: int, body: str = "", origin: str = "vendor", minutes: int = 0, **more: Any) -> Comment:
    """A comment of the vendor's."""
    at = NOON + timedelta(minutes=minutes or number)
    return Comment(id=f"c{number}", body=body or f"words {number}", at=at, origin=origin, **more)  # type: ignore[arg-type]


def test_an_older_statement_never_overwrites_a_newer_one() -> None:
    ticket = after(entry(2, set={"state": "pending"}), entry(1, set={"state": "open", "priority": 2}))
    assert (ticket.state, ticket.priority) == ("pending", 2)


def test_a_newer_statement_overwrites_field_by_field() -> None:
    ticket = after(entry(1, set={"state": "open", "summary": "old"}), entry(2, set={"state": "resolved"}))
    assert (ticket.state, ticket.summary) == ("resolved", "old")


def test_of_equal_stamps_the_later_to_arrive_counts() -> None:
    assert after(entry(1, set={"state": "open"}), entry(1, set={"state": "pending"})).state == "pending"


def at(minutes: float, source: Source = "snapshot", received: float | None = None, **patch: Any) -> InboxEntry:
    """An entry stamped so many minutes after noon by the clock of its source, and received then, or at `received`."""
    moment = NOON + timedelta(minutes=minutes)
    came = moment if received is None else NOON + timedelta(minutes=received)
    order = (milliseconds(moment), 0)
    return replace(entry(1, source, **patch), id=f"{source}{minutes}", order=order, received_at=came)


def test_a_row_that_a_wrong_clock_stamped_wins_over_no_later_row() -> None:
    wrong = at(60, set={"state": "open"}, vendor={"queue": "one"})
    right = at(1, set={"state": "pending"}, vendor={"queue": "two"})
    ticket = after(wrong, right)
    assert (ticket.state, dict(ticket.vendor)) == ("pending", {"queue": "two"})
    assert apply(ticket, right) is ticket
    assert after(wrong, right, at(2, set={"state": "resolved"})).state == "resolved"


def test_a_row_that_a_wrong_clock_stamped_wins_over_no_new_message_but_over_an_old_one() -> None:
    wrong = at(60, set={"state": "open"})
    assert after(wrong, at(1, "message", set={"state": "pending"})).state == "pending"
    assert after(wrong, at(-30, "message", received=1, set={"state": "pending"})).state == "open"


def test_a_row_that_was_asked_for_by_a_wrong_clock_and_received_by_a_right_one_has_the_right_stamp() -> None:
    ticket = after(at(60, received=1, set={"state": "open"}))
    assert ticket.stamps["state"] == (milliseconds(NOON + timedelta(minutes=1)), 0)


def test_messages_of_a_queue_whose_clock_is_ahead_of_ours_keep_their_order() -> None:
    newer = at(90, "message", received=1, set={"state": "resolved"})
    older = at(60, "message", received=2, set={"state": "open"})
    assert after(newer, older).state == after(older, newer).state == "resolved"
    assert after(newer, at(3, set={"state": "open"})).state == "resolved"


def test_a_clock_that_is_a_little_ahead_is_believed() -> None:
    assert after(at(4, set={"state": "open"}), at(0, set={"state": "pending"})).state == "open"


def test_fill_is_taken_only_where_there_is_nothing_yet() -> None:
    ticket = after(entry(1, set={"summary": "known"}), entry(2, fill={"summary": "other", "description": "new"}))
    assert (ticket.summary, ticket.description) == ("known", "new")


def test_what_was_filled_is_overwritten_by_a_newer_statement_only() -> None:
    filled = entry(5, fill={"state": "pending"}, partial=True)
    assert after(filled, entry(3, set={"state": "open"})).state == "pending"
    assert after(filled, entry(7, set={"state": "open"})).state == "open"


def test_fill_takes_the_place_of_what_is_empty_but_not_of_what_was_emptied_later() -> None:
    assert after(entry(1, set={"description": ""}), entry(2, fill={"description": "x"})).description == "x"
    assert after(entry(3, set={"description": ""}), entry(2, fill={"description": "x"})).description == ""


def test_an_empty_number_never_takes_a_known_one_away() -> None:
    ticket = after(entry(1, set={"client_number": "OWN1"}), entry(2, set={"client_number": "", "internal_id": ""}))
    assert ticket.client_number == "OWN1"


def test_former_own_numbers_are_kept_in_their_order() -> None:
    numbers = [entry(order, set={"client_number": f"OWN{order}"}) for order in (1, 2, 3)]
    assert after(*numbers).former_client_numbers == ("OWN1", "OWN2")
    assert after(*reversed(numbers)).former_client_numbers == ("OWN1", "OWN2")


def test_vendor_fields_have_stamps_of_their_own() -> None:
    ticket = after(
        entry(1, vendor={"group": "a", "risk": "low"}),
        entry(5, vendor={"group": "b"}),
        entry(3, vendor={"group": "c", "risk": "high"}, vendor_fill={"impact": "1", "group": "d"}),
    )
    assert dict(ticket.vendor) == {"group": "b", "impact": "1", "risk": "high"}


def test_a_partial_ticket_becomes_whole_and_stays_so() -> None:
    partial = entry(5, fill={"summary": "x"}, partial=True)
    assert after(partial).partial
    assert not after(partial, entry(1, complete=True)).partial
    assert not after(partial, entry(1, complete=True), entry(6, partial=True)).partial
    assert not after(entry(1), entry(6, partial=True)).partial


def test_comments_are_added_whatever_their_age_oldest_first_and_once() -> None:
    ticket = after(
        entry(5, comments=(comment(3),)), entry(1, comments=(comment(1), comment(3))), entry(2, comments=(comment(2),))
    )
    assert [item.id for item in ticket.comments] == ["c1", "c2", "c3"]


def own(minutes: int = 1, body: str = "please check") -> Comment:
    """A comment of ours, as a confirmed write adds it."""
    at = NOON + timedelta(minutes=minutes)
    return Comment(id=conversation.own_id("w1"), body=body, at=at, origin="us")


@pytest.mark.parametrize("own_first", [True, False])
def test_the_vendors_copy_of_our_comment_takes_its_place(own_first: bool) -> None:
    ours = entry(1, "write", comments=(own(),))
    theirs = entry(2, "snapshot", comments=(comment(7, "please  check\n", minutes=2),))
    ticket = after(*((ours, theirs) if own_first else (theirs, ours)))
    assert [(item.id, item.origin) for item in ticket.comments] == [("c7", "us")]
    assert apply(apply(ticket, ours), theirs) == ticket


def test_the_same_words_long_before_ours_are_somebody_elses() -> None:
    theirs = entry(1, "snapshot", comments=(comment(7, "please check", minutes=-600),))
    ticket = after(theirs, entry(2, "write", comments=(own(),)))
    assert [item.origin for item in ticket.comments] == ["vendor", "us"]


def test_each_of_ours_has_one_echo() -> None:
    theirs = entry(
        2, "snapshot", comments=(comment(7, "please check", minutes=2), comment(8, "please check", minutes=3))
    )
    ticket = after(entry(1, "write", comments=(own(),)), theirs)
    assert [(item.id, item.origin) for item in ticket.comments] == [("c7", "us"), ("c8", "vendor")]


def test_a_message_that_shows_our_write_shows_our_comment_whatever_its_words() -> None:
    shown = entry(2, own_write="w1", comments=(comment(7, "please check (Ada, by mail)"),))
    for entries in ((entry(1, "write", comments=(own(),)), shown), (shown, entry(1, "write", comments=(own(),)))):
        ticket = after(*entries)
        assert [(item.id, item.origin) for item in ticket.comments] == [("c7", "us")]


def test_an_attachment_takes_a_newer_link_and_keeps_our_copy() -> None:
    here = Attachment(id="a", name="x.log", url="https://old", path="")
    ticket = after(
        entry(1, attachments=(here,)),
        entry(2, attachments=(replace(here, url="", path="/state/x.log"),)),
        entry(3, attachments=(replace(here, url="https://new", size=4),)),
    )
    assert [(item.url, item.path, item.size) for item in ticket.attachments] == [("https://new", "/state/x.log", 4)]


def test_the_revision_counts_what_changed_the_ticket() -> None:
    first = entry(1, set={"state": "open"})
    ticket = after(first, entry(2, set={"state": "pending"}))
    assert ticket.revision == 2
    assert apply(ticket, first) is ticket


def test_an_entry_without_a_patch_is_no_statement() -> None:
    with pytest.raises(ValueError, match="says nothing"):
        apply(None, replace(entry(1), patch=None))


WORDS = st.sampled_from(["", "a", "b"])
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "client_number": WORDS,
    "internal_id": WORDS,
    "type": st.sampled_from(["incident", "change"]),
    "state": st.sampled_from(["open", "pending", "resolved"]),
    "vendor_state": WORDS,
    "priority": st.none() | st.integers(1, 5),
    "summary": WORDS,
    "description": WORDS,
    "opened_at": st.none() | st.just(NOON),
    "updated_at": st.none() | st.datetimes(timezones=st.just(UTC)),
    "due_at": st.none() | st.just(NOON),
    "awaiting_us": st.booleans(),
}
assert VALUES.keys() == FIELDS


def statements() -> st.SearchStrategy[dict[str, object]]:
    """Some fields with values."""
    return st.fixed_dictionaries({}, optional=VALUES)


@st.composite
def histories(draw: st.DrawFn, fills: bool = False) -> list[InboxEntry]:
    """Entries of one ticket with orders of their own, as queues give them."""
    orders: list[Order] = draw(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 2**70)), unique=True, max_size=6))
    return [
        replace(
            entry(place),
            id=f"e{place}",
            order=order,
            patch=Patch(
                number="T1",
                set=draw(statements()),
                fill=draw(statements()) if fills else {},
                vendor=draw(st.dictionaries(st.sampled_from("xyz"), WORDS | st.lists(WORDS))),
                vendor_fill=draw(st.dictionaries(st.sampled_from("xyz"), WORDS)) if fills else {},
                comments=tuple(comment(n) for n in draw(st.lists(st.integers(1, 5), max_size=3, unique=True))),
                cycle=draw(st.sampled_from([None, "opened", "approved", "rejected", "cancelled"])),
                complete=draw(st.booleans()),
            ),
        )
        for place, order in enumerate(orders, start=1)
    ]


@given(histories(), st.randoms(use_true_random=False))
def test_any_order_of_arrival_makes_the_same_ticket(entries: list[InboxEntry], lot: Any) -> None:
    """But for fills, which are by their nature taken by whoever comes first, and for the count of changes."""
    if not entries:
        return
    shuffled = list(entries)
    lot.shuffle(shuffled)
    assert replace(after(*entries), revision=0) == replace(after(*shuffled), revision=0)


@given(histories(fills=True))
def test_applying_an_entry_again_changes_nothing(entries: list[InboxEntry]) -> None:
    ticket = None
    for item in entries:
        ticket = apply(ticket, item)
        assert apply(ticket, item) is ticket


@given(histories(fills=True))
def test_a_ticket_goes_through_its_document_unchanged(entries: list[InboxEntry]) -> None:
    for item in entries:
        made = apply(None, item)
        stored = from_document(Ticket, to_document(made))
        assert stored == made
        assert apply(stored, item) is stored
        again = from_document(InboxEntry, to_document(item))
        assert apply(None, again) == made
