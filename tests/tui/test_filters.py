"""The filter line: what terms mean, where errors point, and what may follow a half-typed word."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.model import CHANGE_STATES, TICKET_STATES, TICKET_TYPES, TicketRow
from tests.support.rows import NOW, ticket_row
from tui import filters

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def holds(text: str, **given: Any) -> bool:
    return filters.compile(text, NOW)(ticket_row(**given))


@pytest.mark.parametrize(
    ("text", "given", "expected"),
    [
        ("", {}, True),
        ("printer", {}, True),
        ("PRINTER offline", {}, True),
        ("printer -offline", {}, False),
        ('"floor 3"', {}, True),
        ('"3 floor"', {}, False),
        ("0204070", {}, True),
        ("REQ7", {"client_number": "req77"}, True),
        ("-", {"summary": "a - b"}, True),
        ("vendor:ensono", {}, True),
        ("vendor:kpn", {"provider": "kpn-connect"}, True),
        ("provider:tangoe", {}, False),
        ("vendor:ensono,kpn", {"provider": "kpn-incident"}, True),
        ("state:pending", {"state": "pending"}, True),
        ("state:new,open", {"state": "open"}, True),
        ("-state:new,open", {"state": "open"}, False),
        ("state:authorize", {"state": "authorize", "type": "change"}, True),
        ("type:change", {"type": "change"}, True),
        ("vendor_state:hold", {"vendor_state": "On Hold"}, True),
        ("number:cs02", {}, True),
        ("client:none", {}, True),
        ("client:none", {"client_number": "REQ1"}, False),
        ('"p:1"', {"summary": "text p:1 here"}, True),
        ('summary:"x"', {}, None),
    ],
)
def test_words_keys_alternatives_and_negation(text: str, given: dict[str, Any], expected: bool | None) -> None:
    if expected is None:
        with pytest.raises(filters.FilterError):
            holds(text, **given)
    else:
        assert holds(text, **given) is expected


@pytest.mark.parametrize(
    ("text", "matching"),
    [
        ("p:1", {1}),
        ("p:<=2", {1, 2}),
        ("p:<2", {1}),
        ("p:>3", {4, 5}),
        ("p:>=3", {3, 4, 5}),
        ("p:=4", {4}),
        ("p:2-4", {2, 3, 4}),
        ("p:1,5", {1, 5}),
        ("priority:none", {None}),
        ("-p:none", {1, 2, 3, 4, 5}),
    ],
)
def test_priorities_are_compared(text: str, matching: set[int | None]) -> None:
    assert {value for value in (None, 1, 2, 3, 4, 5) if holds(text, priority=value)} == matching


@pytest.mark.parametrize(
    ("text", "given", "expected"),
    [
        ("due:<4h", {"due_at": NOW + 3 * HOUR}, True),
        ("due:<4h", {"due_at": NOW + 5 * HOUR}, False),
        ("due:<4h", {"due_at": NOW - 5 * HOUR}, True),
        ("due:4h", {"due_at": NOW + 4 * HOUR}, True),
        ("due:<4h", {"due_at": None}, False),
        ("due:none", {"due_at": None}, True),
        ("due:overdue", {"due_at": NOW - HOUR}, True),
        ("due:overdue", {"due_at": NOW + HOUR}, False),
        ("due:>1d12h", {"due_at": NOW + 37 * HOUR}, True),
        ("due:<2025-06-02", {"due_at": NOW + 11 * HOUR}, True),
        ("due:<2025-06-02", {"due_at": NOW + 13 * HOUR}, False),
        ("due:2025-06-01", {"due_at": NOW}, True),
        ("opened:<2d", {"opened_at": NOW - DAY}, True),
        ("opened:<2d", {"opened_at": NOW - 3 * DAY}, False),
        ("opened:>2d", {"opened_at": NOW - 3 * DAY}, True),
        ("opened:>2025-05-30", {"opened_at": NOW - DAY}, True),
        ("opened:>2025-05-31", {"opened_at": NOW - DAY}, False),
        ("opened:>=2025-05-31", {"opened_at": NOW - DAY}, True),
        ("opened:<=2025-05-31", {"opened_at": NOW - DAY}, True),
        ("updated:none", {"updated_at": None}, True),
        ("updated:>1w", {"updated_at": NOW - 8 * DAY}, True),
    ],
)
def test_times_are_compared_with_now(text: str, given: dict[str, Any], expected: bool) -> None:
    assert holds(text, **given) is expected


@pytest.mark.parametrize(
    ("flag", "given"),
    [
        ("unread", {"unread": True}),
        ("handled", {"handled": True}),
        ("awaiting", {"awaiting_us": True}),
        ("approval", {"approval_asked": True}),
        ("held", {"held": True}),
        ("partial", {"partial": True}),
        ("faulty", {"faulty_write": True}),
        ("snoozed", {"snoozed_until": NOW + HOUR}),
        ("overdue", {"due_at": NOW - HOUR}),
        ("linked", {"client_number": "REQ1"}),
        ("ended", {"state": "cancelled"}),
        ("mine", {"awaiting_us": True}),
        ("mine", {"approval_asked": True}),
        ("mine", {"held": True}),
        ("mine", {"faulty_write": True}),
        ("mine", {"due_at": NOW + HOUR}),
    ],
)
def test_each_flag_holds_for_its_rows_alone(flag: str, given: dict[str, Any]) -> None:
    assert holds(f"is:{flag}", **given)
    assert not holds(f"is:{flag}")
    assert holds(f"-is:{flag}")


def test_what_was_handled_no_longer_waits_for_us() -> None:
    assert not holds("is:mine", awaiting_us=True, handled=True)


def test_a_snooze_that_is_over_no_longer_counts() -> None:
    assert not holds("is:snoozed", snoozed_until=NOW - HOUR)


@pytest.mark.parametrize(
    ("text", "position", "suggestion", "words"),
    [
        ("printer stat:open", 8, "state", "there is no filter word 'stat'"),
        ("state:opne", 6, "open", "knows no 'opne'"),
        ("state:open,pendign", 11, "pending", "knows no 'pendign'"),
        ("is:unraed", 3, "unread", "knows no 'unraed'"),
        ("http://host", 0, "", "quotation marks"),
        ("p:9", 2, "", "takes 1 to 5"),
        ("due:soon", 4, "", "is no time"),
        ("due:<2025-13-01", 4, "", "no day of the calendar"),
        ("vendor:", 7, "", "needs a value"),
        ('floor "3', 6, "", "not closed"),
    ],
)
def test_an_error_names_the_place_and_the_nearest_word(text: str, position: int, suggestion: str, words: str) -> None:
    with pytest.raises(filters.FilterError, match=words) as caught:
        filters.compile(text, NOW)
    assert (caught.value.position, caught.value.suggestion) == (position, suggestion)
    assert f"(at character {position + 1})" in str(caught.value)


def test_completion_offers_keys_then_their_values() -> None:
    assert [offer.value for offer in filters.completions("st", 2)] == ["state:"]
    assert [offer.value for offer in filters.completions("x -is:un", 8)] == ["unread"]
    assert [offer.value for offer in filters.completions("vendor:kpn", 10, ["ensono", "kpn-a", "kpn-b"])] == [
        "kpn-a",
        "kpn-b",
    ]


def test_a_completion_replaces_only_the_word_under_the_cursor() -> None:
    text = "state:open,pen due:<4h"
    (offer,) = filters.completions(text, 14)
    assert text[: offer.start] + offer.value + text[offer.end :] == "state:open,pending due:<4h"


rows = st.builds(
    ticket_row,
    summary=st.text(),
    number=st.text(min_size=1),
    client_number=st.sampled_from(["", "REQ1"]),
    state=st.sampled_from([*TICKET_STATES, *CHANGE_STATES]),
    type=st.sampled_from(TICKET_TYPES),
    priority=st.sampled_from([None, 1, 2, 3, 4, 5]),
    due_at=st.none() | st.datetimes().map(lambda at: at.replace(tzinfo=NOW.tzinfo)),
    opened_at=st.none() | st.datetimes().map(lambda at: at.replace(tzinfo=NOW.tzinfo)),
    unread=st.booleans(),
    awaiting_us=st.booleans(),
)
values = st.sampled_from(
    ["none", "1", "<=2", "open", "unread", "<4h", "overdue", "<0001-01-01", ">9999-12-31", "99999w"]
)
terms = st.builds(lambda key, value: f"{key}:{value}", st.sampled_from(list(filters.KEYS)), values)
texts = st.lists(terms | st.text(max_size=8), max_size=4).map(" ".join)


@given(text=texts, row=rows)
def test_any_text_is_a_predicate_or_a_filter_error(text: str, row: TicketRow) -> None:
    try:
        predicate = filters.compile(text, NOW)
    except filters.FilterError as error:
        assert 0 <= error.position <= len(text)
    else:
        assert predicate(row) in (True, False)


@given(text=terms, row=rows)
def test_negation_turns_every_term_round(text: str, row: TicketRow) -> None:
    try:
        predicate = filters.compile(text, NOW)
    except filters.FilterError:
        return
    assert filters.compile(f"-{text}", NOW)(row) is not predicate(row)


@given(first=texts, second=texts, row=rows)
def test_terms_side_by_side_must_all_hold(first: str, second: str, row: TicketRow) -> None:
    try:
        both = filters.compile(f"{first} {second}", NOW)
        each = [filters.compile(first, NOW), filters.compile(second, NOW)]
    except filters.FilterError:
        return
    assert both(row) == all(predicate(row) for predicate in each)


@given(needle=st.text(min_size=1).filter(lambda text: '"' not in text), row=rows)
def test_quoted_text_is_looked_for_as_it_stands(needle: str, row: TicketRow) -> None:
    found = filters.compile(f'"{needle}"', NOW)(row)
    assert found == (needle.lower() in f"{row.summary}\n{row.number}\n{row.client_number}".lower())


@given(text=texts, cursor=st.integers(0, 40))
def test_a_completed_word_stays_within_the_text(text: str, cursor: int) -> None:
    cursor = min(cursor, len(text))
    for offer in filters.completions(text, cursor, ["ensono"]):
        assert 0 <= offer.start <= cursor <= offer.end <= len(text)
        assert offer.value.startswith(text[offer.start : cursor])


def test_dates_begin_at_midnight_where_now_is() -> None:
    east = datetime.fromisoformat("2025-06-01T12:00:00+02:00")
    row = ticket_row(opened_at=datetime.fromisoformat("2025-05-31T23:00:00+00:00"))
    assert filters.compile("opened:2025-06-01", east)(row)
    assert not filters.compile("opened:2025-06-01", NOW)(row)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("p:1 is:", "p:1"),
        ("is:", ""),
        ("vendro:kpn p:1", " p:1"),
        ("p:1 vendro:kpn state:open is:foo", "p:1 state:open"),
        ('p:1 "not closed state:open', "p:1"),
        ("p:1 -state:", "p:1"),
        ("p:1", "p:1"),
    ],
)
def test_a_term_that_means_nothing_is_left_out(text: str, left: str) -> None:
    understood, wrong = filters.understood(text, NOW)
    assert understood == left
    assert (wrong is None) == (text == left)


@given(text=texts)
def test_of_every_text_something_is_understood(text: str) -> None:
    understood, _ = filters.understood(text, NOW)
    filters.compile(understood, NOW)


def test_the_first_thing_wrong_is_said_in_ever_fewer_words() -> None:
    _, wrong = filters.understood("vendro:kpn is:foo", NOW)
    assert wrong is not None
    assert wrong.shorter() == ("there is no filter word 'vendro'; did you mean vendor?", "did you mean vendor?")
