"""KPN's error answers as our errors: what both interfaces have in common.

Sources: "2: Customers" 2.5 and 3 for the body {"error": {"code", "message"}}; the Incident API's "Return codes" for the
statuses. Either may come with a gateway's own body, so the status decides where no known code does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from providers.answer import Answer
from providers.errors import BadAnswer, NotAuthorised, NotFound, Rejected, TooLarge, VendorError, WrongState
from providers.kpn import line_of
from providers.text import safe_line


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
    if isinstance(error, Mapping):
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
