"""What an answer's status means before the connector sees it. Pure."""

from __future__ import annotations

from providers.answer import Answer, is_json
from providers.errors import BadAnswer, NotAuthorised, NotFound, Unconfirmed, VendorError
from providers.failure import Failure
from providers.origins import redirect_target

_NOT_DONE = frozenset({501, 505})
"""Server errors that say plainly that nothing was done."""
_GATEWAY = frozenset({502, 503, 504})


def judge(answer: Answer) -> None:
    """Raise the Failure of an answer that is none of the vendor's own, or asks for patience."""
    status = answer.status
    asked = answer.headers.get("retry-after", "")
    if status == 429:
        raise Failure("throttled", "the vendor says that we ask too often", code="429", retry_after=asked)
    if status == 503 and asked:
        raise Failure("throttled", "the vendor is busy and asks us to come back", code="503", retry_after=asked)
    # A gateway's error tells nothing of what the vendor behind it did; the vendor's own does.
    doubtful = status in (502, 504) or (status >= 500 and status not in _NOT_DONE and not is_json(answer.body))
    if answer.treatment == "write" and doubtful:
        words = f"HTTP {status} and no answer of the vendor's own"
        gist = answer.gist(80)
        raise Failure("broken", f"{words}: {gist}" if gist else words, code=str(status))


def may_mend(answer: Answer) -> bool:
    """Whether asking again may bring a better answer: a gateway's error, or a server's that is not JSON."""
    return answer.status in _GATEWAY or (answer.status >= 500 and not is_json(answer.body))


def redirected(answer: Answer, url: str, follow: bool) -> str | None:
    """Where to go on, for an answer that is a redirect which may be followed; None for any other answer.

    A redirect that may not be followed is BadAnswer. A 303 to a write says that it was done and that its result
    is elsewhere, so that is Unconfirmed.
    """
    if not 300 <= answer.status < 400:
        return None
    target = redirect_target(url, answer.headers.get("location", ""))
    if follow and target is not None:
        return target
    kind = Unconfirmed if answer.treatment == "write" and answer.status == 303 else BadAnswer
    raise kind(
        answer.provider,
        f"an unexpected redirect (HTTP {answer.status}), which was not followed",
        code=str(answer.status),
        next_step="Check the URL in the config; a proxy's or sign-on page redirects too.",
    )


def download_refusal(answer: Answer) -> VendorError:
    """The error for a file that did not come: any status but 200."""
    words, code = answer.gist(), str(answer.status)
    if answer.status == 401:
        return NotAuthorised(answer.provider, "the file is not for these credentials", vendor_words=words, code=code)
    if answer.status in (403, 404, 410):
        return NotFound(
            answer.provider,
            f"the link to the file is no longer valid (HTTP {code})",
            vendor_words=words,
            code=code,
            next_step="Ask the vendor to attach the file again.",
        )
    return BadAnswer(answer.provider, f"HTTP {code} instead of the file", vendor_words=words, code=code)
