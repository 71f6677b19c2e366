"""The list's model against the plain way: look at every row, sort, filter."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.model import TicketKey, TicketRow
from tests.support.rows import ticket_row
from tui.listing import SLICE, Listing
from tui.views import DUE_SOON, ORDERS, View, built_in, needs_me, place_of

NOW = datetime(2023, 11, 14, 13, 2, tzinfo=UTC)
STATES = ("new", "open", "pending", "resolved", "closed", "assess")


def row(number: int, **given_fields: object) -> TicketRow:
    """A row by number."""
    return ticket_row(number=f"n{number:04}", **given_fields)


def listing(rows: list[TicketRow]) -> Listing:
    """A listing of these rows that shows all that is open."""
    found = Listing(built_in(["ensono", "tangoe"]), NOW)
    found.load(rows, NOW)
    found.show(found.views[1])
    return found


rows = st.builds(
    lambda number, provider, state, priority, due, unread: row(
        number,
        provider=provider,
        state=state,
        priority=priority,
        due_at=None if due is None else NOW + timedelta(minutes=due),
        updated_at=NOW,
        unread=unread,
        type="change" if state == "assess" else "incident",
    ),
    st.integers(0, 30),
    st.sampled_from(["ensono", "tangoe"]),
    st.sampled_from(STATES),
    st.sampled_from([None, 1, 2, 5]),
    st.none() | st.integers(-500, 500),
    st.booleans(),
)
changes = st.lists(st.tuples(rows, st.booleans()), max_size=30)


@given(st.lists(rows, max_size=40), changes, st.sampled_from(ORDERS), st.integers(0, 4), st.booleans())
def test_after_any_changes_it_shows_what_looking_at_every_row_would_show(
    start: list[TicketRow], later: list[tuple[TicketRow, bool]], order: str, view: int, filtered: bool
) -> None:
    found = listing(start)
    found.sort(order)
    found.show(found.views[view])
    matches = (lambda one: one.unread) if filtered else None
    found.filter(matches)
    truth = {one.key: one for one in start}
    for changed, gone in later:
        if gone:
            truth.pop(changed.key, None)
        else:
            truth[changed.key] = changed
        found.change([(changed.key, None if gone else changed)])
    test = found.views[view].includes(NOW)
    in_view = [one for one in truth.values() if test(one)]
    wanted = [one for one in in_view if matches is None or matches(one)]
    assert sorted(found.rows, key=lambda one: one.key) == sorted(wanted, key=lambda one: one.key)
    keys = [place_of(order)(one) for one in found.rows]
    assert keys == sorted(keys)
    assert found.hidden == len(in_view) - len(wanted)
    for one in found.views:
        assert found.counts[one.id] == sum(one.includes(NOW)(each) for each in truth.values()), one.id


def test_nothing_changed_is_said_so() -> None:
    found = listing([row(1)])
    assert not found.change([(row(1).key, row(1))])
    assert not found.change([(TicketKey("ensono", "unknown"), None)])


def test_the_list_that_was_handed_out_is_never_changed_in_place() -> None:
    found = listing([row(1), row(2)])
    before = found.rows
    found.change([(row(3).key, row(3))])
    assert len(before) == 2
    assert len(found.rows) == 3


def test_the_pinned_ticket_stays_until_the_cursor_leaves_it() -> None:
    found = listing([row(1), row(2)])
    found.pin(row(1).key)
    found.change([(row(1).key, row(1, state="closed"))])
    assert [one.number for one in found.rows] == ["n0001", "n0002"]
    assert found.left_behind(found.rows[0])
    assert not found.pin(row(1).key)
    assert found.pin(row(2).key)
    assert [one.number for one in found.rows] == ["n0002"]


def test_filtering_shows_the_first_matches_before_it_has_seen_all() -> None:
    found = listing([row(number) for number in range(3 * SLICE)])
    slices = found.filtering(lambda one: int(one.number[1:]) % 2 == 0)
    next(slices)
    assert 0 < len(found.rows) < 1.5 * SLICE
    assert list(slices)
    assert len(found.rows) == 1.5 * SLICE


def test_what_changes_while_the_views_are_counted_is_counted_as_it_is() -> None:
    found = listing([row(number) for number in range(2 * SLICE)])
    slices = found.recounting(NOW)
    next(slices)
    found.change([(row(0).key, row(0, state="closed")), (row(9999).key, row(9999))])
    list(slices)
    assert found.counts["all-open"] == 2 * SLICE
    assert len(found.rows) == 2 * SLICE


def test_time_brings_tickets_into_needs_me() -> None:
    found = listing([row(1, due_at=NOW + timedelta(hours=5))])
    assert found.counts["needs-me"] == 0
    list(found.recounting(NOW + timedelta(hours=2)))
    assert found.counts["needs-me"] == 1


@given(st.lists(rows, max_size=40, unique_by=lambda one: one.key))
def test_what_begins_with_those_that_need_someone_counts_all_and_ends_with_all(everything: list[TicketRow]) -> None:
    whole = listing(everything)
    mine = [one for one in everything if needs_me(one, NOW, NOW + DUE_SOON)]
    found = Listing(built_in(["ensono", "tangoe"]), NOW)
    found.begin(mine, Counter((one.provider, one.type, one.state) for one in everything), NOW)
    assert found.counts == whole.counts
    assert {one.key for one in found.rows} == {one.key for one in mine}
    list(found.growing([everything[:7], everything[7:]]))
    found.show(found.views[1])
    assert (found.counts, found.rows, found.all) == (whole.counts, whole.rows, whole.all)


def test_a_saved_view_is_a_predicate_of_its_own() -> None:
    saved = View("saved:x", "x", lambda _: lambda one: one.number == "n0002")
    found = Listing([*built_in(["ensono"]), saved], NOW)
    found.load([row(1), row(2)], NOW)
    found.show(saved)
    assert [one.number for one in found.rows] == ["n0002"]


def test_marked_tickets_that_are_not_shown_are_counted() -> None:
    found = listing([row(1), row(2), row(3, state="closed")])
    found.filter(lambda one: one.number == "n0001")
    assert found.hidden_of([row(1).key, row(2).key, row(3).key, TicketKey("x", "gone")]) == 3


@pytest.mark.parametrize("order", ORDERS)
def test_the_orders_go_round(order: str) -> None:
    found = listing([])
    found.sort(order)
    assert found.next_order() == ORDERS[(ORDERS.index(order) + 1) % len(ORDERS)]
