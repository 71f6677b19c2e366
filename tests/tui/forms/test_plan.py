"""What a form asks, and what it says of the answers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from providers.base import AttachmentLimits, Choice, Declaration, Field, Kind, Operation
from providers.model import Ticket
from tui.forms.plan import (
    changed_values,
    counter,
    file_issue,
    issues,
    parse_pairs,
    parse_table,
    plan_form,
    sent_values,
    start_values,
)

SUMMARY = Field(name="short", title="Summary", common="summary", required=True, max_length=10, editable=True)
PRIORITY = Field(
    name="prio",
    title="Priority",
    kind=Kind.CHOICE,
    common="priority",
    choices=(Choice(value="1 - High"), Choice(value="2 - Low")),
    only_for=frozenset({"incident"}),
    editable=True,
)
ITEMS = Field(
    name="items",
    title="Items",
    kind=Kind.TABLE,
    columns=(
        Field(name="item", title="Item", required=True),
        Field(name="extra", title="Attributes", kind=Kind.PAIRS),
    ),
    only_for=frozenset({"service_request"}),
)
COMMENT = Field(name="comment", title="Comment", kind=Kind.TEXT, common="comment", required=True)
DECLARATION = Declaration(
    kind="toy",
    title="Toy",
    document="none",
    support="",
    offered=frozenset({Operation.CREATE, Operation.COMMENT, Operation.UPDATE, Operation.ATTACH, Operation.CLOSE}),
    forms={
        Operation.CREATE: (SUMMARY, PRIORITY, ITEMS),
        Operation.UPDATE: (SUMMARY, PRIORITY),
        Operation.COMMENT: (COMMENT,),
        Operation.ATTACH: (COMMENT,),
    },
    attachments=AttachmentLimits(file_bytes=1000, forbidden_extensions=frozenset({"exe"})),
    irreversible=frozenset({Operation.CLOSE}),
)
TICKET = Ticket(provider="toy", number="T1", summary="disk full", priority=2, revision=4, type="incident")


def test_a_form_asks_only_what_the_ticket_type_takes() -> None:
    incident = plan_form(DECLARATION, "toy", Operation.CREATE, ticket_type="incident")
    order = plan_form(DECLARATION, "toy", Operation.CREATE, ticket_type="service_request")
    assert [field.name for field in incident.fields] == ["short", "prio"]
    assert [field.name for field in order.fields] == ["short", "items"]


def test_a_form_holds_the_ticket_it_was_opened_for_and_its_revision() -> None:
    plan = plan_form(DECLARATION, "toy", Operation.COMMENT, TICKET)
    assert plan.key == TICKET.key
    assert plan.revision == 4
    assert plan.draft_key == "toy:comment:T1"


def test_files_go_only_where_the_vendor_takes_them() -> None:
    assert plan_form(DECLARATION, "toy", Operation.COMMENT, TICKET).limits is not None
    assert plan_form(DECLARATION, "toy", Operation.CREATE, ticket_type="incident").limits is None
    assert plan_form(DECLARATION, "toy", Operation.UPDATE, TICKET).limits is None


def test_attaching_asks_for_no_comment() -> None:
    assert plan_form(DECLARATION, "toy", Operation.ATTACH, TICKET).fields == ()


def test_an_update_begins_with_what_the_ticket_holds_and_sends_what_changed() -> None:
    plan = plan_form(DECLARATION, "toy", Operation.UPDATE, TICKET)
    before = start_values(plan, TICKET, None, {})
    assert before == {"short": "disk full", "prio": "2 - Low"}
    assert changed_values({**before, "prio": "1 - High"}, before) == {"prio": "1 - High"}


def test_a_draft_comes_before_a_template_and_both_know_common_names() -> None:
    plan = plan_form(DECLARATION, "toy", Operation.CREATE, ticket_type="incident")
    values = start_values(plan, None, {"short": "typed"}, {"summary": "from the template", "prio": "1 - High"})
    assert values == {"short": "typed", "prio": "1 - High"}


def test_issues_are_said_by_field() -> None:
    plan = plan_form(DECLARATION, "toy", Operation.CREATE, ticket_type="incident")
    found = issues(plan, {"short": "more than ten letters", "prio": ""})
    assert set(found) == {"short"}
    assert "limit is 10" in found["short"]
    assert "required" in issues(plan, {})["short"]


def test_issues_name_a_field_as_the_form_does() -> None:
    plan = plan_form(DECLARATION, "toy", Operation.CREATE, ticket_type="incident")
    assert issues(plan, {})["short"] == "Summary is required"
    assert issues(plan, {"short": "more than ten letters"})["short"].startswith("Summary has ")


def test_the_counter_counts_characters_against_the_limit() -> None:
    assert counter(SUMMARY, "äöü") == "3/10"
    assert counter(COMMENT, "anything") == ""
    assert counter(replace(PRIORITY, max_length=20), "2 - Low") == "", "nobody types a choice"


def test_pairs_and_rows_are_typed_as_lines() -> None:
    assert parse_pairs("name = Jan\nnote = one\ntwo\nlone") == {"name": "Jan", "note": "one\ntwo\nlone"}
    assert parse_table(ITEMS, "item = A\nsize = 3\n\nitem = B") == [
        {"item": "A", "extra": {"size": "3"}},
        {"item": "B", "extra": {}},
    ]
    plan = plan_form(DECLARATION, "toy", Operation.CREATE, ticket_type="service_request")
    assert sent_values(plan, {"short": "x", "items": "item = A"})["items"] == [{"item": "A", "extra": {}}]


@pytest.mark.parametrize(
    ("name", "size", "said"),
    [("a.txt", 10, ""), ("a.txt", 2000, "limit is 1.0 KB"), ("setup.EXE", 10, "not taken")],
)
def test_a_file_that_cannot_go_is_named_with_the_limit(name: str, size: int, said: str) -> None:
    assert DECLARATION.attachments is not None
    found = file_issue(DECLARATION.attachments, Path(name), size)
    assert said in found
    assert bool(found) == bool(said)


def test_the_encoded_size_counts_where_the_vendor_counts_it() -> None:
    limits = AttachmentLimits(encoded_bytes=1000)
    assert file_issue(limits, Path("a"), 700) == ""
    assert "as sent" in file_issue(limits, Path("a"), 760)
