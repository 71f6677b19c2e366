"""What SmartOps' answers mean. `statusCode` is a string, and HTTP 200 can carry a failure: both are judged. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from providers.answer import Answer
from providers.errors import NotAuthorised, NotFound, Rejected, Throttled, WrongState
from providers.lenient import line_of
from providers.text import safe_line


@dataclass(frozen=True, slots=True)
class Told:
    """A successful answer: its ticketDetails (empty where it holds none), its message, and the answer itself."""

    details: Mapping[str, Any]
    message: str
    answer: Answer


def told_in(answer: Answer, number: str = "") -> Told:
    """What a successful answer tells, of the ticket `number` where one was asked for.

    Raises the error that HTTP's status or the answer's own code means; BadAnswer, for a write Unconfirmed, for what
    is no answer of SmartOps' or is about another ticket.
    """
    if not answer.ok:
        _refuse(answer, str(answer.status), answer.gist())
    document = answer.json()
    if not isinstance(document, Mapping):
        raise answer.unreadable("SmartOps' answer is no object")
    code, message = line_of(document.get("statusCode")), safe_line(line_of(document.get("statusMessage")), 300)
    if not code:
        raise answer.unreadable("SmartOps' answer has no statusCode")
    if not (len(code) == 3 and code.startswith("2")):
        _refuse(answer, code, message)
    details = document.get("ticketDetails") or document.get("results") or {}
    if isinstance(details, list):
        details = details[0]
    if not isinstance(details, Mapping):
        raise answer.unreadable("SmartOps' ticketDetails are no object")
    named = line_of(details.get("ticketNumber"))
    if number and named and named.casefold() != number.casefold():
        raise answer.unreadable(f"SmartOps' answer is about another ticket, {named}")
    return Told(details, message, answer)


def _refuse(answer: Answer, code: str, words: str) -> None:
    """Raise what a status, HTTP's or the answer's own, means."""
    name = answer.provider
    match code:
        case "401" | "403":
            raise NotAuthorised(
                name,
                "SmartOps, or the ITSM behind it, does not let us do this",
                vendor_words=words,
                code=code,
                next_step="Check the token, `headers` and `connection_details` in the config.",
            )
        case "404":
            raise NotFound(name, "SmartOps knows no such ticket", vendor_words=words, code=code)
        case "409" | "412":
            raise WrongState(name, "the ticket's state does not allow this", vendor_words=words, code=code)
        case "429":
            raise Throttled(name, "SmartOps, or the ITSM behind it, says that we ask too often")
    if code.startswith("4") and len(code) == 3 and code != "408":
        raise Rejected(name, "SmartOps refused it", vendor_words=words, code=code)
    raise answer.unreadable(f"SmartOps failed (status {safe_line(code, 20)}: {words})")
