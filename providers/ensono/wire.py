"""Ensono's JSON, read leniently: keys in any case and spelling, stray spaces, numbers as strings and strings as JSON.

The guide's own samples differ in all of these (`ensonogroup`, `Impact`, `updateOn`, `MessageGroupID`).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from providers.slices import BrokenOff, Element, Missing, sliced

LONGEST_NUMBER: Final = 40
"""Digits of a number worth reading: a queue's sequence numbers have 20 to 39."""
DEEPEST: Final = 6
"""How many levels of ReceiveMessageResponse and Result are looked into; the guide shows two and three."""

_FIELD_NAMES: Final = """
clientName clientTicketNumber ticketType ticketNumber urgency impact priority group cis category origin description
openedTime status statusNextAction shortDescription ensonoGroup updatedOn closureCategory changed notes closeCode
closeNotes offHoldDate
approval openedAt requestedByName type startDate endDate risk justification preChangeChecks implementationPlan testPlan
backoutPlan state
approvalState approvalId approverName approverEmail
attachment attachmentName attachmentInfo attachmentSize attachmentType
"""
BODY_FIELDS: Final = _FIELD_NAMES.split()
"""Every field of a body by its name in the guide."""


class Unreadable(ValueError):
    """A message that is not what the guide describes; the words say what is odd about it."""


def fold(name: object) -> str:
    """A key or word without letter case, spaces, hyphens and underscores, to compare by."""
    words = str(name)
    return words.casefold() if words.isalnum() else re.sub(r"[\s_-]", "", words).casefold()


_SPELLINGS: Final = {fold(name): name for name in BODY_FIELDS} | {
    "updatedat": "updatedOn",
    "updateon": "updatedOn",
    "updateat": "updatedOn",
    "ensonoticketnumber": "ticketNumber",
}


def text(value: object) -> str:
    """A scalar as text without stray spaces; Unreadable for an object or a list."""
    if value is None:
        return ""
    if isinstance(value, str):
        words = value.strip()
        return words if words.isascii() else words.encode("utf-8", "replace").decode()  # no lone surrogate can be kept
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    raise Unreadable(f"a {'list' if isinstance(value, list) else 'structure'} where text belongs")


def whole(value: object) -> int:
    """A whole number of no sign, from a number or a string of digits; 0 for anything else."""
    if isinstance(value, bool):
        return 0
    if isinstance(value, float):
        return int(value) if math.isfinite(value) and 0 <= value < 2**63 else 0
    if isinstance(value, int):
        return value if 0 <= value < 10**LONGEST_NUMBER else 0
    if isinstance(value, str) and re.fullmatch(rf"[0-9]{{1,{LONGEST_NUMBER}}}", value.strip()):
        return int(value)
    return 0


def as_json(value: object) -> str:
    """A value as JSON text that any file can take, for keeping whole what came."""
    try:
        document = json.dumps(value, ensure_ascii=False)
        document.encode()
    except UnicodeEncodeError:
        return json.dumps(value)
    except (RecursionError, ValueError):
        return "(nested too deeply to be written out)"
    return document


def _lenient_text(value: object) -> str:
    return "" if isinstance(value, Mapping | list) else text(value)


def _flag(value: object) -> bool | None:
    """true, false, or None for what is neither: ClientReferenceAvailable comes as a boolean or a word."""
    return {"true": True, "false": False}.get(fold(value)) if isinstance(value, bool | str) else None


Text = Annotated[str, BeforeValidator(_lenient_text)]
Whole = Annotated[int, BeforeValidator(whole)]
Flag = Annotated[bool | None, BeforeValidator(_flag)]


class Wire(BaseModel):
    """An object whose keys are found whatever their case and spelling. Unknown ones are passed over."""

    model_config = ConfigDict(frozen=True, alias_generator=fold)

    @model_validator(mode="before")
    @classmethod
    def _fold_keys(cls, value: object) -> object:
        return folded(value) if isinstance(value, Mapping) else value


class Attributes(Wire):
    """What the queue says of a message (guide, Outbound from Ensono)."""

    message_group_id: Text = ""
    sent_timestamp: Whole = 0
    sequence_number: Whole = 0
    approximate_receive_count: Whole = 1
    client_reference_available: Flag = None
    transaction_type: Text = ""


def _attributes(value: object) -> object:
    """An object, or a list of objects or of names and values: the guide's words say both."""
    if isinstance(value, Mapping):
        return value
    merged: dict[str, object] = {}
    for item in value if isinstance(value, list) else ():
        if isinstance(item, Mapping):
            pair = folded(item)
            merged |= {str(pair["name"]): pair["value"]} if pair.keys() == {"name", "value"} else dict(item)
    return merged


class Envelope(Wire):
    """One message around its body. Whatever is missing is empty; only a message that is no object is refused."""

    message_id: Text = ""
    receipt_handle: Text = ""
    body: Any = None
    attributes: Annotated[Attributes, BeforeValidator(_attributes)] = Field(default_factory=Attributes)


class Note(Wire):
    """The comment in a body's `notes`."""

    type: Text = ""
    id: Text = ""
    body: Text = ""
    commenter: Text = ""
    commenter_email: Text = ""
    comment_time: Text = ""


def folded(value: Mapping[Any, object]) -> dict[str, object]:
    """The same object under folded keys; of two spellings of one key the first that holds something counts."""
    plain: dict[str, object] = {}
    for key, item in value.items():
        name = fold(key)
        if plain.get(name) in (None, ""):
            plain[name] = item
    return plain


def fields_of(value: Mapping[Any, object]) -> dict[str, object]:
    """A body's fields under their names in the guide; unknown ones keep their own."""
    named: dict[str, object] = {}
    for key, item in value.items():
        name = _SPELLINGS.get(fold(key), str(key).strip())
        if named.get(name) in (None, ""):
            named[name] = item
    return named


def read_body(value: object) -> dict[str, object]:
    """A message's Body: an object, or JSON of one in a string, once or twice over. Unreadable for anything else."""
    for _ in range(2):
        if isinstance(value, str):
            try:
                value = json.loads(value, strict=False)
            except RecursionError as error:
                raise Unreadable("the body is nested too deeply") from error
            except ValueError as error:
                raise Unreadable(f"the body is no JSON: {error}") from error
    if not isinstance(value, Mapping):
        raise Unreadable("the body is no object")
    inner = folded(value).get("payload") if len(value) == 1 else None
    return fields_of(inner if isinstance(inner, Mapping) else value)


def messages_in(document: object) -> list[object] | None:
    """The messages of a queue's answer, however often it is nested; None where it is not such an answer."""
    for _ in range(DEEPEST):
        if not isinstance(document, Mapping):
            return None
        level = folded(document)
        if "messages" in level:
            found = level["messages"]
            if found is None or found == "":
                return []
            if isinstance(found, Mapping):
                return [found]
            return found if isinstance(found, list) else None
        document = level.get("receivemessageresponse", level.get("receivemessageresult"))
    return None


_ARRAY: Final = re.compile(r'"messages"\s*:\s*(?=\[)', re.IGNORECASE)


def salvaged(answer: str) -> list[Element]:
    """The messages of an answer that as a whole is no JSON: each complete one, readable or not.

    One broken message must not keep its neighbours; those of a cut answer's end come again by themselves.
    """
    begin = _ARRAY.search(answer)
    found: list[Element] = []
    if begin is not None:
        try:
            for part in sliced(answer[begin.end() :], ""):
                found += part
        except (BrokenOff, Missing):
            pass  # behind the array the rest of the answer follows
    return found
