"""Ensono's words and fields as ours: states, types, priorities, stamps. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from providers.ensono.wire import Unreadable, as_json, fold, text
from providers.model import CHANGE_STATES
from providers.text import safe_line, safe_text

Fields = Mapping[str, object]
Plain = Callable[[str], str]
"""What is done to free text before it is shown: nothing, or undoing the double escape."""

TYPES: Final = {"incident": "incident", "request": "request", "change": "change"}
STATES: Final = {
    "new": "new",
    "open": "open",
    "workingprogress": "open",
    "workinprogress": "open",
    "inprogress": "open",
    "pending": "pending",
    "onhold": "pending",
    "resolved": "resolved",
    "closed": "closed",
    "cancelled": "cancelled",
    "canceled": "cancelled",
}
OUR_TURN: Final = frozenset({"pendingclient", "pendingcaller"})
NEXT_ACTIONS: Final = OUR_TURN | {"pendingvendor", "pendingchange"}

# What becomes a field of ours, or is kept elsewhere; every other field stays under the vendor's name.
_OURS_NAMES: Final = """
clientName clientTicketNumber ticketType ticketNumber priority shortDescription description openedTime openedAt
updatedOn status state notes changed attachment attachmentName attachmentInfo attachmentSize attachmentType
approvalState approvalId approverName approverEmail
"""
_OURS: Final = frozenset(_OURS_NAMES.split())
_LONG: Final = frozenset(
    ["closeNotes", "justification", "preChangeChecks", "implementationPlan", "testPlan", "backoutPlan"]
)
_STAMPS: Final = ("%Y-%m-%d %H:%M:%S", "%d-%m-%Y %H:%M:%S", "%d-%b-%y %H:%M:%S")


def as_is(words: str) -> str:
    """Free text that needs nothing undone."""
    return words


def unescaped(words: str) -> str:
    """Free text as it was before it was escaped twice; text that never was stays as it is.

    Every backslash of escaped text stands before one of backslash, quote, n, r and t, and it holds no raw quote,
    newline or tab: `C:\\Users` is not escaped text.
    """
    if re.fullmatch(r'(?:[^\\"\n\r\t]|\\[\\"nrt])*', words) is None:
        return words
    return re.sub(r"\\(.)", lambda found: {"n": "\n", "r": "\r", "t": "\t"}.get(found[1], found[1]), words)


def escaped(words: str) -> str:
    """Free text as the guide's section Special Characters wants it before it becomes JSON."""
    for character, letters in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")):
        words = words.replace(character, letters)
    return words


def ticket_type(word: object, number: str) -> str | None:
    """Our type for theirs; a number beginning with CHG is a change where there is no word."""
    known = TYPES.get(fold(word)) if isinstance(word, str) else None
    if known is None and re.match(r"(?i)(?:e-)?CHG", number):
        return "change"
    return known


def ticket_state(word: str, *, change: bool) -> str:
    """Our state for theirs. A change keeps its own words; an unknown word is open, since the ticket is worked on."""
    folded_word = fold(word)
    if change and folded_word in CHANGE_STATES:
        return folded_word
    return STATES.get(folded_word, "open")


def awaits_us(status: str, next_action: str) -> bool:
    """Whether a pending ticket waits for the client or the caller."""
    return fold(next_action) in OUR_TURN and ticket_state(status or "pending", change=False) == "pending"


def priority(word: str) -> int | None:
    """1 to 5 from a digit at the start; None for any other word."""
    found = re.match(r"\s*([1-5])(?![0-9])", word)
    return int(found[1]) if found else None


def stamp(word: str) -> datetime | None:
    """A time in UTC, as the guide's samples write it; None for free text."""
    word = word.strip()
    if not re.match(r"\d", word):
        return None
    try:
        at = datetime.fromisoformat(word)
    except ValueError:
        for pattern in _STAMPS:
            try:
                at = datetime.strptime(word, pattern).replace(tzinfo=UTC)
                break
            except ValueError:
                continue
        else:
            return None
    try:
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except OverflowError:
        return None


def facts(
    fields: Fields,
    whole: Fields,
    number: str,
    *,
    plain: Plain = as_is,
    emptied: bool = False,
    strict: bool = True,
) -> tuple[dict[str, object], dict[str, object]]:
    """What these fields say: our fields, and the vendor's others.

    `whole` is the body around them, for what depends on more than one field. Empty values say nothing, except
    with `emptied`, where an empty one is news. Unreadable for a structure where text belongs, unless not `strict`.
    """
    words = _words(fields, strict=strict)
    around = {**_words(whole, strict=False), **words}
    ours: dict[str, object] = {}
    kind = ticket_type(around.get("ticketType"), number)
    if words.get("ticketType") and kind is not None:
        ours["type"] = kind
    if words.get("clientTicketNumber"):
        ours["client_number"] = safe_line(words["clientTicketNumber"])
    state = words.get("status") or words.get("state")
    if state:
        ours["state"] = ticket_state(state, change=kind == "change")
        ours["vendor_state"] = safe_line(state)
    if kind != "change" and (state or "statusNextAction" in words):
        ours["awaiting_us"] = awaits_us(around.get("status", ""), around.get("statusNextAction", ""))
    for ours_name, name, clean in (
        ("summary", "shortDescription", safe_line),
        ("description", "description", safe_text),
    ):
        if words.get(name) or (emptied and name in words):
            ours[ours_name] = clean(plain(words[name]))
    if (urgent := priority(words.get("priority", ""))) is not None:
        ours["priority"] = urgent
    for ours_name, names in (("opened_at", ("openedTime", "openedAt")), ("updated_at", ("updatedOn",))):
        at = next((at for name in names if (at := stamp(words.get(name, ""))) is not None), None)
        if at is not None:
            ours[ours_name] = at
    return ours, _others(words, plain, emptied=emptied)


def _words(fields: Fields, *, strict: bool) -> dict[str, str]:
    """The fields as text: `cis` may be a list, unknown fields may be anything."""
    words: dict[str, str] = {}
    for name, value in fields.items():
        if name in ("notes", "changed"):
            continue
        try:
            words[name] = ", ".join(map(text, value)) if name == "cis" and isinstance(value, list) else text(value)
        except Unreadable as error:
            if name not in _OURS and name not in _LONG:
                words[name] = as_json(value)
            elif strict:
                raise Unreadable(f"{name}: {error}") from error
    return words


def _others(words: Mapping[str, str], plain: Plain, *, emptied: bool) -> dict[str, object]:
    return {
        safe_line(name, 80): safe_text(plain(word)) if name in _LONG else safe_text(word)
        for name, word in words.items()
        if name not in _OURS and (word or emptied)
    }
