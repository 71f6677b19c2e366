"""KPN's answers: the rows of a list, a page, and errors as ours. What both interfaces have in common.

Sources: "2: Customers" 2.5 and 3 for the body {"error": {"code", "message"}}; the Incident API's "Return codes" for the
statuses. Either may come with a gateway's own body, so the status decides where no known code does.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from providers.answer import Answer
from providers.errors import BadAnswer, NotAuthorised, NotFound, Rejected, TooLarge, VendorError, WrongState
from providers.lenient import line_of
from providers.model import Order, Snapshot
from providers.slices import BrokenOff, Missing, elements
from providers.text import safe_line

_LONGEST_COMPLAINT: Final = 4096
RowReader = Callable[[object, str, Order], Snapshot | None]
"""From a row, its text and the request's order; None where the row names no ticket."""


async def listed(answer: Answer, read_row: RowReader, what: str) -> AsyncGenerator[Snapshot]:
    """The rows of a list, in slices that leave the event loop free. `what` names the list.

    Raises BadAnswer after the readable rows where others cannot be read or the answer is cut, so that a ticket which
    is missing is not taken for closed.
    """
    if answer.status == 204:
        return
    unreadable = 0
    try:
        async for part in elements(answer.body, "result"):
            for value, raw, _ in part:
                row = read_row(value, raw, answer.order)
                if row is None:
                    unreadable += 1
                else:
                    yield row
    except (BrokenOff, Missing) as error:
        raise answer.unreadable(f"{what} cannot be read to its end: {error}") from None
    if unreadable:
        raise answer.unreadable(f"{unreadable} of the rows in {what} name no ticket")


def page_in(answer: Answer, number: str, field: str) -> dict[str, Any]:
    """A ticket's page in an answer, whose `result` may be a list or an object; `field` names the ticket's number.

    NotFound where there is none, BadAnswer where it is another ticket's.
    """
    document = answer.json() if answer.status != 204 else {"result": []}
    wrapped = isinstance(document, dict) and "result" in document
    result = document["result"] if wrapped else document
    pages = [page for page in (result if isinstance(result, list) else [result]) if page]
    if not pages and (wrapped or result == []):
        raise NotFound(answer.provider, f"KPN knows no ticket {number}")
    for page in pages:
        if isinstance(page, dict):
            named = line_of(page.get(field))
            if named.casefold() == number.casefold() or (not named and wrapped):
                return page
    raise answer.unreadable(f"KPN's answer is not the page of {number}")


def document_of(answer: Answer) -> Any:
    """The body as JSON, None where it is none."""
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        return None


def is_plainly_fine(answer: Answer) -> bool:
    """Whether an answer is too long to be an error with HTTP 200, and need not be decoded to see that."""
    return answer.ok and len(answer.body) > _LONGEST_COMPLAINT


@dataclass(frozen=True, slots=True)
class Complaint:
    """What an error body says: KPN's code (a string, maybe empty) and its words, made safe."""

    code: str
    words: str


def complaint_in(document: Any) -> Complaint | None:
    """The error in an answer, whatever its status; None where there is none."""
    if not isinstance(document, Mapping):
        return None
    error = document.get("error")
    if isinstance(error, Mapping) and error:
        words = " ".join(filter(None, (line_of(error.get("message")), line_of(error.get("detail")))))
        return Complaint(line_of(error.get("code")), safe_line(words, 400))
    if isinstance(error, str) and error.strip():
        return Complaint("", safe_line(error, 400))
    fault = document.get("fault")
    if isinstance(fault, Mapping):
        return Complaint("", safe_line(line_of(fault.get("faultstring")), 400))
    return None


def fault_of_status(answer: Answer, complaint: Complaint | None) -> VendorError:
    """The error for an answer that failed without a code we know."""
    provider, code = answer.provider, str(answer.status)
    words = (complaint.words or complaint.code) if complaint else answer.gist()
    match answer.status:
        case 401 | 403:
            return NotAuthorised(
                provider,
                "KPN does not let these credentials do this",
                vendor_words=words,
                code=code,
                next_step="Check client_id and client_secret with `vendorq check`, and that the KPN Developer project"
                " has this product.",
            )
        case 404:
            return NotFound(provider, "KPN knows nothing at this address", vendor_words=words, code=code)
        case 405:
            return BadAnswer(
                provider,
                "KPN does not allow this method here",
                vendor_words=words,
                code=code,
                next_step="Check `url` in the config.",
            )
        case 412:
            return WrongState(provider, "the ticket's state does not allow this", vendor_words=words, code=code)
        case 413:
            return TooLarge(provider, "the message is larger than KPN takes", vendor_words=words, code=code)
    if 400 <= answer.status < 500 and answer.status != 408:
        return Rejected(provider, "KPN refused it", vendor_words=words, code=code)
    if answer.ok:
        return answer.unreadable("KPN's answer is an error without a code")
    return answer.unreadable(f"KPN failed (HTTP {answer.status})")
