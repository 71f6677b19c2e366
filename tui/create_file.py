"""A create file: what a new ticket is made from. JSON or TOML in, the declared fields' values out. Pure."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Final

from providers.base import Declaration, Field, Kind, Operation
from providers.errors import Rejected
from providers.model import TICKET_TYPES

APPENDED: Final = "append_to_description"
"""The field of a vendor that ignores what it does not know: pairs that its connector adds to the description."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTicket:
    """What a create needs: our type, our number, and values by field name."""

    type: str
    client_number: str
    values: Mapping[str, object] = field(default_factory=dict)


class Unreadable(ValueError):
    """A create file that is neither JSON nor TOML, or no table. The message names line and column."""


def parse(text: str, *, as_toml: bool = False) -> dict[str, Any]:
    """A create file's fields. JSON, or TOML where it is named so or is no JSON. Raises Unreadable."""
    if not text.strip():
        raise Unreadable("it is empty")
    place = ""
    try:
        if not as_toml:
            try:
                return _table(json.loads(text, object_pairs_hook=_without_repetition))
            except json.JSONDecodeError as error:
                place = f"{error.msg}, line {error.lineno}, column {error.colno}"
        return _table(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise Unreadable(f"this is no JSON ({place}), and no TOML" if place else f"this is no TOML: {error}") from None
    except RecursionError:
        raise Unreadable("this is nested too deeply") from None


def new_ticket(
    provider: str, declaration: Declaration, document: Mapping[str, Any], *, append_unknown: bool = False
) -> NewTicket:
    """Check a create file's names against what the vendor declares.

    Rejected for a type or a field that the vendor has not, with the nearest name, or the offer to append it.
    Values are the connector's to check.
    """
    fields = {name: value for name, value in document.items() if value is not None}
    kind = _type(provider, declaration, fields)
    form = [item for item in declaration.forms.get(Operation.CREATE, ()) if item.takes(kind)]
    known = {item.name for item in form} | {item.common for item in form if item.common}
    elsewhere = {item.name for item in declaration.forms.get(Operation.CREATE, ())} - known
    unknown = [name for name in fields if name not in known and name not in elsewhere]
    if unknown and not append_unknown:
        raise _unknown(provider, declaration, unknown[0], known)
    if unknown:
        fields = _appended(form, fields, unknown)
    number = next((item for item in form if item.common == "client_number"), None)
    given = fields.get("client_number", fields.get(number.name) if number is not None else None)
    return NewTicket(type=kind, client_number=str(given or "").strip(), values=fields)


def _type(provider: str, declaration: Declaration, fields: dict[str, Any]) -> str:
    """Our word for the ticket's type, taken out of the fields; a vendor's own word for it is understood."""
    offered = ", ".join(declaration.ticket_types)
    name = next((name for name in fields if name == "type" or name.replace("_", "").lower() == "tickettype"), None)
    if name is None:
        if len(declaration.ticket_types) == 1:
            return next(iter(declaration.ticket_types))
        raise Rejected(provider, "nothing was sent: the type is missing", field="type", next_step=f"One of: {offered}.")
    given = str(fields.pop(name)).strip()
    for ours, theirs in declaration.ticket_types.items():
        if given.casefold() in (ours, theirs.casefold()):
            return ours
    if given in TICKET_TYPES:
        message = f"a new {given} is not offered by {declaration.title}"
    else:
        nearest = get_close_matches(given.casefold(), list(declaration.ticket_types), n=1)
        message = f"there is no ticket type {given!r}" + (f"; did you mean {nearest[0]!r}?" if nearest else "")
    raise Rejected(provider, f"nothing was sent: {message}", field="type", next_step=f"One of: {offered}.")


def _unknown(provider: str, declaration: Declaration, name: str, known: set[str]) -> Rejected:
    nearest = get_close_matches(name, sorted(known - {APPENDED}), n=1)
    advice = f"Did you mean {nearest[0]!r}? Or" if nearest else "To send it all the same,"
    return Rejected(
        provider,
        f"nothing was sent: {declaration.title} has no field {name!r}",
        field=name,
        next_step=f"{advice} give --append-unknown: fields it does not know are added to the end of the description.",
    )


def _appended(form: list[Field], fields: Mapping[str, Any], unknown: list[str]) -> dict[str, Any]:
    """The fields with the unknown ones in the vendor's own place for them, or else as lines of the description."""
    kept = {name: value for name, value in fields.items() if name not in unknown}
    extra = {name: _as_text(fields[name]) for name in unknown}
    if any(item.name == APPENDED and item.kind is Kind.PAIRS for item in form):
        return {**kept, APPENDED: {**dict(kept.get(APPENDED) or {}), **extra}}
    names = [item.name for item in form if item.common == "description"] + ["description"]
    place = next((name for name in names if name in kept), names[0])
    lines = [str(kept.get(place, "")).rstrip(), "", *(f"{name}: {text}" for name, text in extra.items())]
    return {**kept, place: "\n".join(lines).strip()}


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _table(document: object) -> dict[str, Any]:
    if not isinstance(document, dict):
        raise Unreadable('a create file is one table of fields, such as {"type": "incident", …}')
    return document


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        repeated = next(name for index, (name, _) in enumerate(pairs) if name in dict(pairs[:index]))
        raise Unreadable(f"the field {repeated!r} stands twice")
    return table
