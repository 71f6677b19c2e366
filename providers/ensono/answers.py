"""What Ensono's answers mean: success, or which error with which next step (guide, Common Error Responses). Pure.

Success of a write is any 2xx whose body is no error; the text of an answer tells nothing about the ticket's state.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from providers.answer import Answer
from providers.ensono.wire import folded, whole
from providers.errors import BadAnswer, NotAuthorised, NotFound, Rejected, Unconfirmed, VendorError, WrongState
from providers.text import SafeText, safe_line

TICKET_NUMBER: Final = re.compile(r"(?i)e-[a-z]{1,10}[0-9]{3,20}")
_UNKNOWN_GROUP: Final = re.compile(r"(?i)assign?ment[ _]?group\b.*\bnot found")


@dataclass(frozen=True, slots=True)
class Documented:
    """One error of the guide: how it is recognised, what it is here, what it means, and what to do."""

    words: re.Pattern[str]
    kind: type[VendorError]
    code: str
    meaning: str
    next_step: str
    field: str = ""


DOCUMENTED: Final = (
    Documented(
        re.compile(r"(?i)missing authentication token"),
        Rejected,
        "missing_authentication_token",
        "Ensono knows no such path or method",
        "Check url and environment in the config, letter for letter: Ensono tells small letters from capitals.",
        "url",
    ),
    Documented(
        re.compile(r"(?i)^forbidden$"),
        NotAuthorised,
        "forbidden",
        "Ensono refuses this client URL or this key",
        "Check the client's word at the end of url, letter for letter, and api_key.",
        "api_key",
    ),
    Documented(
        re.compile(r"(?i)^bad path\b"),
        Rejected,
        "bad_path",
        "Ensono takes no such path",
        "Check the ticket's number; a misspelt path is answered so too.",
        "number",
    ),
    Documented(
        re.compile(r"(?i)api[ _-]?key not authorized for ticket company"),
        NotAuthorised,
        "key_of_another_company",
        "the ticket belongs to another company than the key",
        "Check the ticket's number, and that url, client_name and api_key belong together.",
        "number",
    ),
    Documented(
        re.compile(r"(?i)unable to find mapping for client ?name"),
        Rejected,
        "unknown_client_name",
        "Ensono does not know our client name, or it is not set up for the interface",
        "Check client_name in the config, letter for letter; if it is right, ask Ensono to set up the mapping.",
        "client_name",
    ),
    Documented(
        _UNKNOWN_GROUP,
        Rejected,
        "unknown_group",
        "Ensono knows no such group",
        "Choose one of the mapped groups, or set default_group in the config.",
        "group",
    ),
    Documented(
        re.compile(r"(?i)receipt ?handle\b.*(?:expired|invalid|not a valid)|receipthandleisinvalid"),
        NotFound,
        "receipt_handle",
        "the queue no longer takes this receipt handle",
        "Nothing to do: the message comes again with a new handle and is deleted with that.",
    ),
)

# Words of a failure that the guide does not list. They are looked for where an answer does not say which it is.
_FAILED: Final = re.compile(
    r"(?i)^\s*(?:unable|error|invalid|failed|failure|cannot|could not|bad)\b"
    r"|\bnot (?:found|authori[sz]ed|allowed|valid|permitted)\b|\bdoes not exist\b|\bdenied\b"
)
_NOT_FOUND: Final = re.compile(r"(?i)\bnot found\b|\bdoes not exist\b|\bno such\b|\bno records?\b")
_WRONG_STATE: Final = re.compile(r"(?i)\b(?:is|already|been) (?:closed|cancell?ed|approved|rejected|resolved)\b")


@dataclass(frozen=True, slots=True)
class Response:
    """An answer's gist: its words, whether its shape says that it is an error, and `Response` as it came.

    `ours` says that Ensono's application answered, not the gateway before it; `code` is the one inside, else 0.
    """

    words: str
    failed: bool
    value: Any = None
    ours: bool = True
    code: int = 0


def document_of(answer: Answer) -> Any:
    """The answer's JSON; raw newlines inside strings are taken as they are. BadAnswer or Unconfirmed for none."""
    if not answer.cut:
        try:
            return json.loads(answer.text, strict=False)
        except (ValueError, RecursionError):
            pass
    return answer.json()


def response_of(document: Any) -> Response:
    """A string, a list (an error), {code, body}, or one of the error shapes of the gateway and the queue."""
    if isinstance(document, str):
        return Response(document, bool(_FAILED.search(document)), document)
    if isinstance(document, list):
        return Response(_joined(document), True, document, ours=any(isinstance(item, str) for item in document))
    if not isinstance(document, Mapping):
        return Response("", False, ours=False)
    fields = folded(document)
    if "response" in fields:
        return _inner(fields["response"])
    error = fields.get("error")
    if isinstance(error, Mapping):
        inside = folded(error)
        return Response(f"{inside.get('code', '')}: {inside.get('message', '')}", True)
    for name in ("error", "errormessage", "message"):
        words = fields.get(name)
        if isinstance(words, str):
            return Response(words, True, ours=False)
    return Response("", False, ours=not fields)  # an answer with other fields and no Response is not Ensono's


def _inner(value: Any) -> Response:
    if isinstance(value, list):
        return Response(_joined(value), True, value)
    if isinstance(value, Mapping):
        fields = folded(value)
        body, code = fields.get("body"), str(fields.get("code", ""))
        if code or body is not None:
            words = body if isinstance(body, str) else _joined(body) if isinstance(body, list) else ""
            number = whole(code)
            return Response(words, bool(number) and not 200 <= number < 300, body, code=number)
        return Response("", False, value)
    words = value if isinstance(value, str) else ""
    return Response(words, bool(_FAILED.search(words)), value)


def _joined(items: list[Any]) -> str:
    return " ".join(str(item) for item in items if isinstance(item, str | int))


def documented(provider: str, words: str) -> VendorError | None:
    """The guide's own error for these words; None where they are none of them."""
    line = safe_line(words, 300)
    for error in DOCUMENTED:
        if error.words.search(line):
            return error.kind(
                provider,
                error.meaning,
                next_step=error.next_step,
                vendor_words=line,
                code=error.code,
                field=error.field,
            )
    return None


def is_unknown_group(error: VendorError) -> bool:
    """Whether Ensono refused a write because it knows no such group."""
    return error.code == "unknown_group"


def confirmed(answer: Answer) -> Response:
    """What Ensono answered to a write that it took.

    Raises the documented error; Unconfirmed where the write left and no answer of Ensono's says what became of it;
    else what `_refused` makes of a refusal.
    """
    response = response_of(document_of(answer))
    known = documented(answer.provider, response.words)
    if known is not None:
        raise known
    if answer.status >= 500 or response.code >= 500 or (answer.ok and not response.ours):
        what = "an error of its own" if response.failed or not answer.ok else "something that is no answer of Ensono's"
        raise Unconfirmed(
            answer.provider,
            f"HTTP {answer.status} came with {what}: it may have been done or not",
            vendor_words=safe_line(response.words, 300),
            code=str(answer.status),
        )
    if not answer.ok or response.failed:
        raise _refused(answer, response)
    return response


def page_of(answer: Answer) -> Any:
    """What Ensono answered to a read: `Response`. Raises the documented error, NotFound, Rejected or BadAnswer."""
    response = response_of(document_of(answer))
    known = documented(answer.provider, response.words)
    if known is not None:
        raise known
    if answer.ok and not response.failed:
        return response.value
    if answer.status < 500 and not (answer.ok and not response.ours):
        raise _refused(answer, response)
    raise BadAnswer(
        answer.provider,
        f"Ensono answered HTTP {answer.status}",
        vendor_words=safe_line(response.words, 300),
        code=str(answer.status),
    )


def _refused(answer: Answer, response: Response) -> VendorError:
    words = safe_line(response.words, 300)
    code = str(answer.status) if not answer.ok else "refused"
    if answer.status == 404 or _NOT_FOUND.search(words):
        return NotFound(answer.provider, "Ensono knows no such ticket or file", vendor_words=words, code=code)
    if answer.status == 409 or _WRONG_STATE.search(words):
        return WrongState(answer.provider, "the ticket's state does not allow it", vendor_words=words, code=code)
    if answer.status == 403:
        return NotAuthorised(answer.provider, "Ensono does not allow it", vendor_words=words, code=code)
    return Rejected(answer.provider, "Ensono refused it", vendor_words=words, code=code)


def created_number(answer: Answer) -> str:
    """The number of a new ticket. Unconfirmed where the answer is no error and no number either."""
    response = confirmed(answer)
    number = safe_line(response.words)
    if not TICKET_NUMBER.fullmatch(number):
        raise Unconfirmed(
            answer.provider,
            "Ensono answered the create without a ticket number",
            vendor_words=safe_line(number, 120),
            next_step="The queue is watched for the new ticket's number; see the outbox.",
        )
    return number


def storage_error(answer: Answer) -> tuple[str, str]:
    """Code and message of the storage's XML error, each empty where there is none."""
    text = answer.text[:4096]
    found = [re.search(rf"<{name}>([^<]*)</{name}>", text) for name in ("Code", "Message")]
    code, message = (safe_line(match[1], 200) if match else "" for match in found)
    return code, message


def has_expired(answer: Answer) -> bool:
    """Whether a presigned link is no longer good (guide: "Request has expired")."""
    return answer.status == 403 and "expired" in storage_error(answer)[1].lower()


def note_of(response: Response) -> SafeText:
    """A vendor's own words about a write that it took."""
    return safe_line(response.words, 160)
