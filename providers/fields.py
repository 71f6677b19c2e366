"""Values against a declaration's fields: names resolved, limits checked, in words for the engineer.

A form checks as one types, a connector before it sends; both ask here, so that they say the same. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from providers.base import Field, Kind
from providers.errors import Rejected

LOCAL_TIME: Final = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}")


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing wrong with one field: the field's declared name and a sentence."""

    field: str
    sentence: str


@dataclass(slots=True)
class Checked:
    """What a check found: the values by declared name, without the empty ones, and what is wrong with them."""

    values: dict[str, object] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)


def check(fields: Sequence[Field], values: Mapping[str, object], ticket_type: str = "") -> Checked:
    """Resolve and check values for a ticket type (empty: for an operation that knows no types).

    A field may be named as declared or by its common name (`summary`). A choice may be given by its value, its
    label, or the number its value begins with (4 for "4 - Low"). A table is a list of mappings; pairs are a
    mapping or a list of [name, value]. Unknown names, over-long text and values outside a vocabulary are issues.
    """
    checked = Checked()
    known = {item.name: item for item in fields} | {item.common: item for item in fields if item.common}
    for name, value in values.items():
        declared = known.get(name)
        if _empty(value):
            continue
        if declared is None:
            names = ", ".join(item.name for item in fields if not ticket_type or item.takes(ticket_type))
            checked.issues.append(Issue(name, f"there is no field {name!r} here; there are: {names or 'none'}"))
        elif ticket_type and not declared.takes(ticket_type):
            checked.issues.append(Issue(declared.name, f"{declared.name} is not for a ticket of type {ticket_type}"))
        else:
            _check_value(checked, declared, value)
    for declared in fields:
        wanted = declared.required and (not ticket_type or declared.takes(ticket_type))
        if wanted and declared.name not in checked.values and not _has_issue(checked, declared.name):
            checked.issues.append(Issue(declared.name, f"{declared.name} ({declared.title}) is required"))
    return checked


def require(
    provider: str, fields: Sequence[Field], values: Mapping[str, object], ticket_type: str = ""
) -> dict[str, object]:
    """As `check`, but raises Rejected with the first issue's field; its message names all issues."""
    checked = check(fields, values, ticket_type)
    if checked.issues:
        sentences = "; ".join(dict.fromkeys(issue.sentence for issue in checked.issues))
        raise Rejected(provider, f"nothing was sent: {sentences}", field=checked.issues[0].field)
    return checked.values


def _check_value(checked: Checked, declared: Field, value: object) -> None:
    if declared.kind is Kind.TABLE:
        _check_table(checked, declared, value)
    elif declared.kind is Kind.PAIRS:
        _check_pairs(checked, declared, value)
    elif isinstance(value, Mapping | list | tuple):
        checked.issues.append(Issue(declared.name, f"{declared.name} takes one value, not several"))
    elif declared.kind is Kind.CHOICE:
        _check_choice(checked, declared, str(value).strip())
    else:
        _check_text(checked, declared, str(value))


def _check_text(checked: Checked, declared: Field, text: str) -> None:
    problem = text_problem(declared.name, text, declared.max_length)
    if not problem and declared.kind is not Kind.TEXT and "\n" in text.strip():
        problem = f"{declared.name} is one line"
    if not problem and declared.kind is Kind.LOCAL_TIME and not LOCAL_TIME.fullmatch(text.strip()):
        problem = f"{declared.name} is written YYYY-MM-DD HH:MM"
    if problem:
        checked.issues.append(Issue(declared.name, problem))
    else:
        checked.values[declared.name] = text if declared.kind is Kind.TEXT else text.strip()


def text_problem(name: str, text: str, max_length: int | None) -> str:
    """What is wrong with a text as such: its length in characters, or characters that no JSON can carry."""
    if max_length is not None and len(text) > max_length:
        return f"{name} has {len(text)} characters; the limit is {max_length}"
    try:
        text.encode()
    except UnicodeEncodeError:
        return f"{name} holds characters that cannot be sent"
    return ""


def _check_choice(checked: Checked, declared: Field, text: str) -> None:
    wanted = text.casefold()
    for choice in declared.choices:
        if wanted in (choice.value.casefold(), choice.label.casefold()):
            checked.values[declared.name] = choice.value
            return
    if text.isdecimal():
        begins = [choice.value for choice in declared.choices if re.match(rf"{text}\b", choice.value)]
        if len(begins) == 1:
            checked.values[declared.name] = begins[0]
            return
    allowed = ", ".join(choice.value for choice in declared.choices)
    checked.issues.append(Issue(declared.name, f"{declared.name} is one of: {allowed}"))


def _check_table(checked: Checked, declared: Field, value: object) -> None:
    rows: list[dict[str, object]] = []
    given = [value] if isinstance(value, Mapping) else value
    if not isinstance(given, list | tuple) or not all(isinstance(row, Mapping) for row in given):
        checked.issues.append(Issue(declared.name, f"{declared.name} is a list of rows with named values"))
        return
    for number, row in enumerate(given, start=1):
        found = check(declared.columns, row)
        rows.append(found.values)
        for issue in found.issues:
            place = f"{declared.name}[{number}].{issue.field}"
            checked.issues.append(Issue(place, f"{declared.name}, row {number}: {issue.sentence}"))
    if not _has_issue(checked, declared.name):
        checked.values[declared.name] = rows


def _check_pairs(checked: Checked, declared: Field, value: object) -> None:
    pairs = _pairs(value)
    if pairs is None:
        checked.issues.append(Issue(declared.name, f"{declared.name} is a set of names with values"))
        return
    for name, text in pairs.items():
        problem = text_problem(f"{declared.name} {name!r}", text, declared.max_length)
        if problem or not name.strip():
            checked.issues.append(Issue(declared.name, problem or f"{declared.name} has a value without a name"))
            return
    checked.values[declared.name] = pairs


def _pairs(value: object) -> dict[str, str] | None:
    if isinstance(value, Mapping):
        items: list[tuple[object, object]] = list(value.items())
    elif isinstance(value, list | tuple):
        items = []
        for pair in value:
            if isinstance(pair, Mapping) and {"name", "value"} <= pair.keys():
                items.append((pair["name"], pair["value"]))
            elif isinstance(pair, list | tuple) and len(pair) == 2:
                items.append((pair[0], pair[1]))
            else:
                return None
    else:
        return None
    if any(isinstance(item, Mapping | list | tuple) for pair in items for item in pair):
        return None
    texts = {str(name): "" if text is None else str(text) for name, text in items}
    return {name: text for name, text in texts.items() if name.strip() or text.strip()}


def _empty(value: object) -> bool:
    return value is None or value in ((), []) or (isinstance(value, str) and not value.strip())


def _has_issue(checked: Checked, name: str) -> bool:
    return any(issue.field == name or issue.field.startswith(f"{name}[") for issue in checked.issues)
