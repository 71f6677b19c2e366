"""Create files: JSON and TOML in; types and names checked against what a vendor declares."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers import registry
from providers.errors import Rejected
from tui import create_file
from tui.create_file import Unreadable, new_ticket, parse

ENSONO = registry.declaration("ensono")
KPN = registry.declaration("kpn-connect")


def test_json_and_toml_say_the_same() -> None:
    fields = {"type": "incident", "summary": "Line down", "priority": 2}
    toml = 'type = "incident"\nsummary = "Line down"\npriority = 2\n'
    assert parse(json.dumps(fields)) == parse(toml) == parse(toml, as_toml=True) == fields


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "this is no JSON"),
        ('{"a": 1,\n "b" 2}', "line 2, column 6"),
        ("[1, 2]", "one table of fields"),
        ('"text"', "one table of fields"),
        ('{"a": 1, "a": 2}', "'a' stands twice"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_place(text: str, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        parse(text)


@given(st.text())
def test_any_text_is_a_table_or_unreadable(text: str) -> None:
    with contextlib.suppress(Unreadable):
        assert isinstance(parse(text), dict)


def test_our_names_and_the_vendors_names_are_both_taken() -> None:
    ours = new_ticket("e", ENSONO, {"type": "incident", "client_number": "INC1", "summary": "x"})
    theirs = new_ticket("e", ENSONO, {"ticketType": "Incident", "clientTicketNumber": "INC1", "shortDescription": "x"})
    assert (ours.type, ours.client_number) == (theirs.type, theirs.client_number) == ("incident", "INC1")
    assert theirs.values == {"clientTicketNumber": "INC1", "shortDescription": "x"}


def test_a_number_given_as_a_number_is_text() -> None:
    assert new_ticket("k", KPN, {"type": "incident", "customer_reference_number": 77}).client_number == "77"


@pytest.mark.parametrize(
    ("fields", "words", "field"),
    [
        ({"summary": "x"}, "the type is missing", "type"),
        ({"type": "incidnet"}, "did you mean 'incident'", "type"),
        ({"type": "change"}, "a new change is not offered by Ensono", "type"),
        ({"type": "incident", "colour": "red"}, "has no field 'colour'", "colour"),
    ],
)
def test_a_wrong_type_or_field_is_refused_by_name(fields: dict[str, object], words: str, field: str) -> None:
    with pytest.raises(Rejected, match=words) as caught:
        new_ticket("ensono", ENSONO, fields)
    assert caught.value.field == field


def test_an_unknown_field_comes_with_the_offer_to_append_it() -> None:
    with pytest.raises(Rejected) as caught:
        new_ticket("ensono", ENSONO, {"type": "incident", "shortdescription": "x"})
    assert "Did you mean 'shortDescription'?" in caught.value.next_step
    assert "--append-unknown" in caught.value.next_step


def test_unknown_fields_are_handed_to_the_vendors_own_place_for_them() -> None:
    fields = {"type": "incident", "description": "Down.", "colour": "red", "floor": 3}
    ticket = new_ticket("ensono", ENSONO, fields, append_unknown=True)
    assert ticket.values == {"description": "Down.", create_file.APPENDED: {"colour": "red", "floor": "3"}}


def test_unknown_fields_become_lines_of_the_description_elsewhere() -> None:
    fields = {"type": "incident", "description": "Down.\n", "colour": "red", "floor": 3}
    assert new_ticket("kpn", KPN, fields, append_unknown=True).values["description"] == "Down.\n\ncolour: red\nfloor: 3"


def test_a_field_of_another_type_is_left_for_the_connector_to_refuse() -> None:
    ticket = new_ticket("kpn", KPN, {"type": "service_request", "ci": "X1"})
    assert ticket.values == {"ci": "X1"}
