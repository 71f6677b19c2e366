"""ServiceNow's encoded queries, as far as a list of cases needs them.

Conditions joined by `^` (and) and `^OR`: =, !=, IN, NOT IN, LIKE, STARTSWITH, <, >, <=, >=, ISEMPTY, ISNOTEMPTY,
RELATIVEGE and RELATIVELE (`@minute@ago@45`), ORDERBY and ORDERBYDESC. As ServiceNow does by
default, a condition on a field that it doesn't know is dropped without a word, which shows more rows than were asked
for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final

Value = Callable[[str], str | None]
"""Gives a row's field by name; None for a field that doesn't exist."""

_OPERATORS: Final[dict[str, Callable[[str, str], bool]]] = {
    "STARTSWITH": lambda value, operand: value.lower().startswith(operand.lower()),
    "ISNOTEMPTY": lambda value, operand: value != "",
    "ISEMPTY": lambda value, operand: value == "",
    "NOT IN": lambda value, operand: value not in operand.split(","),
    "IN": lambda value, operand: value in operand.split(","),
    "LIKE": lambda value, operand: operand.lower() in value.lower(),
    "!=": lambda value, operand: value != operand,
    ">=": lambda value, operand: value >= operand,
    "<=": lambda value, operand: value <= operand,
    "=": lambda value, operand: value == operand,
    ">": lambda value, operand: value > operand,
    "<": lambda value, operand: value < operand,
}
_RELATIVES: Final = {"RELATIVEGE": ">=", "RELATIVELE": "<="}
_CONDITION: Final = re.compile(
    rf"(?P<field>[a-z_]+?)(?P<operator>{'|'.join((*_RELATIVES, *_OPERATORS))})(?P<operand>.*)", re.DOTALL
)
_ORDER: Final = re.compile(r"ORDERBY(?P<down>DESC)?(?P<field>[a-z_]+)")
_RELATIVE: Final = re.compile(r"@(?P<unit>minute|hour|day)@ago@(?P<count>\d+)")
_SECONDS: Final = {"minute": 60, "hour": 3600, "day": 86_400}


def select(rows: Iterable[Value], query: str, now: datetime) -> list[Value]:
    """The rows that match, in the order asked for; in the order given where none is."""
    alternatives: list[list[str]] = []
    orders = []
    for part in query.split("^"):
        order = _ORDER.fullmatch(part)
        if order is not None:
            orders.append((order["field"], order["down"] is not None))
        elif part.startswith("OR") and alternatives:
            alternatives[-1].append(part.removeprefix("OR"))
        elif part and part != "EQ":
            alternatives.append([part])
    kept = [row for row in rows if all(any(_holds(each, row, now) for each in among) for among in alternatives)]
    for name, down in reversed(orders):
        kept.sort(key=lambda row, name=name: row(name) or "", reverse=down)  # type: ignore[misc]  # mypy/15459
    return kept


def _holds(condition: str, row: Value, now: datetime) -> bool:
    match = _CONDITION.fullmatch(condition)
    value = row(match["field"]) if match else None
    if match is None or value is None:
        return True
    operator, operand = match["operator"], match["operand"]
    if operator in _RELATIVES:
        operator, operand = _RELATIVES[operator], _ago(operand, now)
    return _OPERATORS[operator](value, operand)


def _ago(operand: str, now: datetime) -> str:
    match = _RELATIVE.fullmatch(operand)
    seconds = _SECONDS[match["unit"]] * int(match["count"]) if match else 0
    return (now - timedelta(seconds=seconds)).strftime("%Y-%m-%d %H:%M:%S")
