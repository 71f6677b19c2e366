from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.ensono.mapping import awaits_us, escaped, priority, stamp, ticket_state, ticket_type, unescaped
from providers.ensono.queue import read_message
from providers.model import CHANGE_STATES, TICKET_STATES
from tests.providers.conformance.ensono_samples import raw_message
from tests.providers.ensono.support import READING, body, change_body, message, patch_of


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("open", "open"),
        ("workingprogress", "open"),
        ("workinprogress", "open"),
        ("Work In Progress", "open"),
        ("pending ", "pending"),
        ("Resolved", "resolved"),
        ("closed", "closed"),
        ("cancelled", "cancelled"),
        ("Canceled", "cancelled"),
        ("New", "new"),
        ("teleported", "open"),
    ],
)
def test_a_status_is_one_of_our_states(word: str, state: str) -> None:
    assert ticket_state(word, change=False) == state


@pytest.mark.parametrize(
    "word", ["Draft", "New", "Assess", "Authorize", "Scheduled", "Implement", "Review", "Closed", "Cancelled"]
)
def test_a_change_keeps_its_own_words_in_small_letters(word: str) -> None:
    assert ticket_state(word, change=True) == word.lower()


@given(st.text(), st.booleans())
def test_any_word_is_a_state(word: str, change: bool) -> None:
    assert ticket_state(word, change=change) in (*TICKET_STATES, *CHANGE_STATES)


@pytest.mark.parametrize(
    ("status", "next_action", "ours"),
    [
        ("pending", "pending-client", True),
        ("pending", "pending-caller", True),
        ("Pending", " Pending-Caller", True),
        ("pending", "pending-vendor", False),
        ("pending", "pending-change", False),
        ("pending", "", False),
        ("open", "pending-client", False),
        ("resolved", "pending-caller", False),
    ],
)
def test_pending_for_the_client_or_the_caller_awaits_us(status: str, next_action: str, ours: bool) -> None:
    assert awaits_us(status, next_action) is ours
    patch = patch_of(message("Create", body(status=status, statusNextAction=next_action)))
    assert patch.set["awaiting_us"] is ours


def test_a_changed_next_action_alone_is_read_beside_the_status_of_the_body() -> None:
    changed = {"statusNextAction": "pending-vendor"}
    patch = patch_of(message("Update", body(status="pending", **changed, changed=changed)))
    assert patch.set == {"awaiting_us": False}


def test_a_ticket_that_is_worked_on_again_waits_for_nobody() -> None:
    patch = patch_of(message("Update", body(status="open", changed={"status": "open"})))
    assert patch.set["awaiting_us"] is False
    assert patch.vendor == {"statusNextAction": "", "offHoldDate": ""}


def test_an_emptied_field_is_emptied() -> None:
    patch = patch_of(message("Update", body(group="", changed={"group": "", "description": None, "priority": ""})))
    assert patch.vendor == {"group": ""}
    assert patch.set == {"description": ""}


def test_an_update_without_changed_sets_the_whole_body_of_an_incident_too() -> None:
    patch = patch_of(message("Update", body(status="resolved")))
    assert (patch.set["state"], patch.vendor["group"]) == ("resolved", "Ensono Network Support")


@pytest.mark.parametrize(
    ("word", "number"), [("1", 1), ("4 - Low", 4), (" 2 ", 2), ("", None), ("high", None), ("10", None), ("0", None)]
)
def test_a_priority_is_a_digit_at_the_start(word: str, number: int | None) -> None:
    assert priority(word) == number


@pytest.mark.parametrize(
    ("word", "number", "kind"),
    [
        ("Incident", "e-CS1", "incident"),
        (" request", "e-CS1", "request"),
        ("CHANGE", "e-CHG1", "change"),
        ("", "e-CHG0001", "change"),
        ("", "e-CS0001", None),
        ("Problem", "e-CS0001", None),
        (None, "CHG0001", "change"),
    ],
)
def test_a_type_is_read_from_its_word_and_else_a_change_from_its_number(
    word: object, number: str, kind: str | None
) -> None:
    assert ticket_type(word, number) == kind


@pytest.mark.parametrize(
    "word",
    [
        "2026-03-29T01:30:00Z",
        " 2026-03-29T01:30:00Z ",
        "2026-03-29 01:30:00",
        "2026-03-29T03:30:00+02:00",
        "29-03-2026 01:30:00",
        "29-Mar-26 01:30:00",
    ],
)
def test_stamps_are_utc_over_a_change_of_clocks_too(word: str) -> None:
    assert stamp(word) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "word", ["", "soon", "2026", "yesterday at 5", "99-99-2026 01:00:00", "0001-01-01T00:00:00+14:00"]
)
def test_free_text_is_no_stamp(word: str) -> None:
    assert stamp(word) is None


def test_a_free_text_time_is_left_out_and_the_rest_is_read() -> None:
    patch = patch_of(message("Create", body(openedTime="last night")))
    assert "opened_at" not in patch.set
    assert patch.set["summary"] == "Uplink 3 down"


def test_escaping_twice_matches_the_guides_characters() -> None:
    assert escaped('a\r\n"b"\t\\') == "\\".join(["a", "r", "n", '"b', '"', "t", "", ""])


@given(st.text())
def test_unescaping_undoes_escaping(words: str) -> None:
    assert unescaped(escaped(words)) == words


@pytest.mark.parametrize("words", ["C:\\Users", 'say "hi"', "one\ntwo \\n", "ends with \\"])
def test_text_that_was_never_escaped_stays_as_it_is(words: str) -> None:
    assert unescaped(words) == words


def test_echoed_text_is_unescaped_for_display_where_the_config_escapes() -> None:
    sent = escaped('two\nlines and a "quote"')
    raw = raw_message("Create", body(description=sent))
    read = read_message(raw, replace(READING, plain=unescaped))
    assert patch_of(read).set["description"] == 'two\nlines and a "quote"'
    assert patch_of(read_message(raw, READING)).set["description"] == sent


def test_unknown_fields_are_kept_under_their_own_names() -> None:
    patch = patch_of(message("Create", body(rackUnit=7, extra={"a": [1]}, closureCategory="Hardware")))
    assert patch.vendor["rackUnit"] == "7"
    assert patch.vendor["extra"] == '{"a": [1]}'
    assert patch.vendor["closureCategory"] == "Hardware"


def test_configuration_items_may_come_as_a_list() -> None:
    assert patch_of(message("Create", change_body(cis=["a", "b"]))).vendor["cis"] == "a, b"
