"""Values against declared fields."""

from __future__ import annotations

import pytest

from providers.base import Choice, Field, Kind
from providers.errors import Rejected
from providers.fields import check, require

SUMMARY = Field(name="short_description", title="Summary", common="summary", required=True, max_length=12)
STORY = Field(name="description", title="Description", kind=Kind.TEXT, max_length=40)
PRIORITY = Field(
    name="priority",
    title="Priority",
    kind=Kind.CHOICE,
    common="priority",
    choices=(Choice(value="1 - Critical"), Choice(value="2 - High", label="Second")),
    only_for=frozenset({"incident"}),
)
WHEN = Field(name="wanted_at", title="Wanted", kind=Kind.LOCAL_TIME, only_for=frozenset({"change"}))
ITEMS = Field(
    name="items",
    title="Items",
    kind=Kind.TABLE,
    columns=(
        Field(name="item", title="Item", required=True, max_length=5),
        Field(name="extras", title="Extras", kind=Kind.PAIRS, max_length=10),
    ),
)
FIELDS = (SUMMARY, STORY, PRIORITY, WHEN, ITEMS)


def sentences(**values: object) -> list[str]:
    return [issue.sentence for issue in check(FIELDS, values, "incident").issues]


def test_common_name_stands_for_the_declared_one() -> None:
    assert check(FIELDS, {"summary": " no light "}, "incident").values == {"short_description": "no light"}


def test_missing_required_field_is_named() -> None:
    assert sentences() == ["short_description (Summary) is required"]


def test_blank_required_field_counts_as_missing() -> None:
    assert sentences(summary="  ") == ["short_description (Summary) is required"]


def test_over_long_text_names_length_and_limit() -> None:
    assert sentences(summary="x" * 13) == ["short_description has 13 characters; the limit is 12"]


def test_line_break_in_a_line_is_refused() -> None:
    assert sentences(summary="a\nb") == ["short_description is one line"]


def test_text_keeps_its_line_breaks_and_spaces() -> None:
    values = check(FIELDS, {"summary": "x", "description": " a\n b "}, "incident").values
    assert values["description"] == " a\n b "


def test_lone_surrogate_is_refused() -> None:
    assert sentences(summary="\udc80") == ["short_description holds characters that cannot be sent"]


@pytest.mark.parametrize("given", ["1 - Critical", "1 - critical", "1", 1])
def test_choice_is_taken_by_value_and_by_number(given: object) -> None:
    assert check(FIELDS, {"summary": "x", "priority": given}, "incident").values["priority"] == "1 - Critical"


def test_choice_is_taken_by_label() -> None:
    assert check(FIELDS, {"summary": "x", "priority": "second"}, "incident").values["priority"] == "2 - High"


def test_value_outside_the_vocabulary_names_the_allowed_ones() -> None:
    assert sentences(summary="x", priority="7") == ["priority is one of: 1 - Critical, 2 - High"]


def test_field_of_another_type_is_refused() -> None:
    issues = check(FIELDS, {"summary": "x", "priority": 1}, "change").issues
    assert [(issue.field, issue.sentence) for issue in issues] == [
        ("priority", "priority is not for a ticket of type change")
    ]


def test_unknown_field_names_the_known_ones() -> None:
    assert sentences(summary="x", sumary="y") == [
        "there is no field 'sumary' here; there are: short_description, description, priority, items"
    ]


def test_local_time_has_one_form() -> None:
    assert check((WHEN,), {"wanted_at": "2031-04-05 06:07"}).values == {"wanted_at": "2031-04-05 06:07"}
    assert check((WHEN,), {"wanted_at": "5 April"}).issues[0].sentence == "wanted_at is written YYYY-MM-DD HH:MM"


def test_several_values_for_a_single_field_are_refused() -> None:
    assert sentences(summary=["a", "b"]) == ["short_description takes one value, not several"]


@pytest.mark.parametrize(
    "extras", [{"vlan": "12"}, [["vlan", "12"]], [{"name": "vlan", "value": 12}], [("vlan", 12), ("", "")]]
)
def test_pairs_come_as_mapping_or_list(extras: object) -> None:
    values = check((ITEMS,), {"items": [{"item": "fibre", "extras": extras}]}).values
    assert values == {"items": [{"item": "fibre", "extras": {"vlan": "12"}}]}


def test_table_issue_names_row_and_column() -> None:
    issues = check((ITEMS,), {"items": [{"item": "ok"}, {"item": "too long"}]}).issues
    assert [issue.field for issue in issues] == ["items[2].item"]
    assert issues[0].sentence == "items, row 2: item has 8 characters; the limit is 5"


@pytest.mark.parametrize("table", ["fibre", [1], 3])
def test_table_of_another_shape_is_refused(table: object) -> None:
    assert check((ITEMS,), {"items": table}).issues[0].sentence == "items is a list of rows with named values"


@pytest.mark.parametrize("extras", ["a", [1], [["a", {}]], {"": "x"}, {"a": "x" * 11}])
def test_pairs_of_another_shape_are_refused(extras: object) -> None:
    assert check((ITEMS,), {"items": [{"item": "x", "extras": extras}]}).issues


def test_rejected_carries_the_first_field_and_every_sentence() -> None:
    with pytest.raises(Rejected) as refused:
        require("lab", FIELDS, {"description": "x" * 41}, "incident")
    assert refused.value.field == "description"
    assert "41 characters" in refused.value.message
    assert "short_description (Summary) is required" in refused.value.message
