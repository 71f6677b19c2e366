"""What Tangoe's answers mean: the object under `result`, or which error with which next step. Pure.

The document shows no error. What ServiceNow writes, {"error": {"message", "detail"}, "status": "failure"}, is
[outside]; the statuses are HTTP's own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from providers.answer import Answer
from providers.errors import NotAuthorised, NotFound, Rejected, VendorError, WrongState
from providers.lenient import line_of
from providers.tangoe.declaration import DECLARATION
from providers.text import safe_line

_NAMES: Final = tuple(
    sorted({field.name for form in DECLARATION.forms.values() for field in form}, key=len, reverse=True)
)
_ENDED: Final = re.compile(r"(?i)\bcase\b.*\b(?:closed|cancell?ed|not open)\b|\bnon-closed\b")
_NO_ROWS: Final = re.compile(r"(?i)\bno records?\b")


def result_of(answer: Answer) -> Mapping[str, Any]:
    """The object under `result`, of a list its first; empty where there is none."""
    judge(answer)
    document = answer.json()
    if not isinstance(document, Mapping):
        raise answer.unreadable("Tangoe's answer is no object")
    if "result" not in document:
        raise _complaint(answer, document) or answer.unreadable("Tangoe's answer has no result")
    result = document["result"]
    if isinstance(result, list):
        result = result[0] if result else {}
    if not isinstance(result, Mapping):
        raise answer.unreadable("Tangoe's answer has a result that is no case")
    return result


def is_empty_page(answer: Answer, offset: int) -> bool:
    """Whether a page of the list holds nothing: 204, or a 404 that says so or comes behind the last row."""
    return answer.status == 204 or (answer.status == 404 and (offset > 0 or bool(_NO_ROWS.search(words_of(answer)))))


def judge(answer: Answer) -> None:
    """Raise what an error answer says."""
    if answer.ok:
        return
    words, code, name = words_of(answer), str(answer.status), answer.provider
    match answer.status:
        case 401 | 403:
            raise NotAuthorised(name, "Tangoe does not let this user do this", vendor_words=words, code=code)
        case 404:
            raise NotFound(name, "Tangoe knows no such case", vendor_words=words, code=code)
        case 409 | 412:
            raise WrongState(name, "the case's state does not allow this", vendor_words=words, code=code)
    if 400 <= answer.status < 500 and answer.status != 408:
        raise _refused(name, words, code)
    raise answer.unreadable(f"Tangoe failed (HTTP {answer.status})")


def words_of(answer: Answer) -> str:
    """Tangoe's own words in an error answer; the answer's gist where it has another shape."""
    try:
        document = json.loads(answer.body)
    except (ValueError, RecursionError):
        return answer.gist()
    return _said(document) or answer.gist()


def _said(document: object) -> str:
    error = document.get("error") if isinstance(document, Mapping) else None
    if isinstance(error, Mapping):
        return safe_line(f"{line_of(error.get('message'))} {line_of(error.get('detail'))}", 400)
    return safe_line(line_of(error), 400)


def _complaint(answer: Answer, document: Mapping[str, Any]) -> VendorError | None:
    """The error in an answer that HTTP calls a success."""
    words = _said(document)
    if not words or answer.treatment != "write":
        return None
    return _refused(answer.provider, words, str(answer.status))


def _refused(provider: str, words: str, code: str) -> VendorError:
    if _ENDED.search(words):
        return WrongState(provider, "the case is closed or cancelled by now", vendor_words=words, code=code)
    field = next((name for name in _NAMES if name in words), "")
    return Rejected(provider, "Tangoe refused it", vendor_words=words, code=code, field=field)
