"""One attempt that failed, in words, and the error it becomes. Pure: knows no HTTP library."""

from __future__ import annotations

import errno
import os
import socket
import ssl
from collections.abc import Iterator
from typing import Final

from providers.answer import Treatment
from providers.errors import BadAnswer, Throttled, TimedOut, TooLarge, Unconfirmed, Unreachable, VendorError
from providers.redaction import redact
from providers.retry import Trouble
from providers.text import safe_line

_TLS_STEP: Final = (
    "Check the vendor's certificate. Where a company proxy signs traffic anew, name its authority in ca_bundle."
)


class Failure(Exception):
    """How one attempt went wrong. Becomes one of providers.errors once it is clear that it stays so.

    `words` say what happened, in lower case and without secrets; `retry_after` is the header as it came.
    """

    def __init__(self, trouble: Trouble, words: str, *, code: str = "", retry_after: str = "") -> None:
        super().__init__(words)
        self.trouble = trouble
        self.words = words
        self.code = code
        self.retry_after = retry_after

    def error(self, provider: str, treatment: Treatment, patience: float) -> VendorError:
        """What the connector gets. `patience` is the seconds that Throttled names."""
        match self.trouble:
            case "unreachable":
                return Unreachable(provider, self.words, code=self.code)
            case "untrusted":
                return Unreachable(provider, self.words, code=self.code, next_step=_TLS_STEP)
            case "throttled":
                return Throttled(provider, self.words, retry_after=patience, code=self.code)
        if treatment == "write":
            return Unconfirmed(provider, self.words, code=self.code)
        if self.trouble == "timed_out":
            return TimedOut(provider, self.words, code=self.code)
        if self.trouble == "oversized":
            return TooLarge(provider, self.words, code=self.code, next_step=BadAnswer.default_next_step)
        return BadAnswer(provider, self.words, code=self.code)


def connection_failure(error: BaseException, host: str) -> Failure:
    """A connection that did not come about: which step failed, as far as its causes tell."""
    for cause in causes(error):
        match cause:
            case ssl.SSLCertVerificationError():
                reason = safe_line(cause.verify_message, 160)
                return Failure("untrusted", f"the certificate of {host} is not trusted: {reason}", code="tls")
            case ssl.SSLError():
                reason = safe_line(cause.reason or "handshake failed", 80)
                return Failure("untrusted", f"no TLS with {host}: {reason}", code="tls")
            case socket.gaierror():
                return Failure("unreachable", f"the name {host} cannot be resolved", code="dns")
            case OSError() if cause.errno is not None and cause.errno in errno.errorcode:
                return Failure("unreachable", f"no connection to {host}: {os.strerror(cause.errno).lower()}")
    return Failure("unreachable", f"no connection to {host}: {plain(error)}")


def broken_failure(error: BaseException) -> Failure:
    """A connection that broke after the request had gone out."""
    if any(isinstance(cause, ssl.SSLError) for cause in causes(error)):
        return Failure("insecure", "the TLS connection broke before the answer was complete", code="tls")
    return Failure("broken", f"the connection broke before the answer was complete: {plain(error)}")


def causes(error: BaseException) -> Iterator[BaseException]:
    """An exception and what lies under it, groups included."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        current = waiting.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        if isinstance(current, BaseExceptionGroup):
            waiting += current.exceptions
        waiting += [cause for cause in (current.__cause__, current.__context__) if cause is not None]


def plain(error: BaseException) -> str:
    """An exception's own words in one safe line without secrets; its type where it has none."""
    return safe_line(redact(str(error)), 160) or type(error).__name__
