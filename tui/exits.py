"""Exit codes, and which failure ends in which.

Imports nothing but the errors' names, so that `--help` stays quick.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from providers.errors import VendorError

OK: Final = 0
NOTHING_FOUND: Final = 1
USAGE: Final = 2
REJECTED: Final = 65
NOT_REACHED: Final = 69
INTERNAL: Final = 70
PENDING: Final = 75
NOT_AUTHORISED: Final = 77
CONFIG: Final = 78
PRECEDENCE: Final = (CONFIG, NOT_AUTHORISED, PENDING, NOT_REACHED, REJECTED, NOTHING_FOUND)

MEANINGS: Final[Mapping[str, str]] = {
    "0": "done; also nothing new, held, parked, an empty list",
    "1": "a filter or a name matched nothing",
    "2": "the command line is malformed, or there is no terminal for the dashboard",
    "65": "the vendor rejected it, or its documented rules would and nothing was sent",
    "69": "a provider was not reached, answered nonsense or was skipped; the others were done",
    "70": "a fault of vendorq's own",
    "75": "unconfirmed or queued: see `vendorq outbox`",
    "77": "not authorised",
    "78": "the config, a secret or the store must be mended",
    "128+n": "ended by signal n",
}
"""Of several the first of 78, 77, 75, 69, 65, 1 holds. `status` alone ends with monitoring's codes, 0 to 3."""

BY_ERROR: Final[Mapping[str, int]] = {
    "ConfigFault": CONFIG,
    "SecretUnavailable": CONFIG,
    "SecretMissing": CONFIG,
    "StoreFault": CONFIG,
    "NotAuthorised": NOT_AUTHORISED,
    "Unconfirmed": PENDING,
    "Unreachable": NOT_REACHED,
    "TimedOut": NOT_REACHED,
    "Throttled": NOT_REACHED,
    "BadAnswer": NOT_REACHED,
    "Rejected": REJECTED,
    "WrongState": REJECTED,
    "NotOffered": REJECTED,
    "TooLarge": REJECTED,
    "NotFound": NOTHING_FOUND,
}
"""By the name of the error's class, which is what the store keeps of an error."""


class Failure(Exception):
    """A command that ends otherwise than well: its exit code, and the error as it is told to people and scripts.

    `parts` are what the command's JSON holds beside the error (an empty list, the entry in the outbox).
    """

    def __init__(
        self,
        code: int,
        kind: str,
        message: str,
        *,
        provider: str = "",
        field: str = "",
        next_step: str = "",
        parts: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.kind = kind
        self.message = message
        self.provider = provider
        self.field = field
        self.next_step = next_step
        self.parts = dict(parts or {})

    def document(self) -> dict[str, Any]:
        """The error as `--json` prints it; what does not apply is null."""
        return {
            "type": self.kind,
            "provider": self.provider or None,
            "message": self.message,
            "field": self.field or None,
            "next_step": self.next_step or None,
        }

    def sentence(self) -> str:
        """The error in words: who, what, and what to do."""
        who = f"{self.provider}: " if self.provider and not self.message.startswith(f"{self.provider}: ") else ""
        if self.next_step[:1].islower():
            return f"{who}{self.message}; {self.next_step}"
        stop = "" if self.message.endswith((".", "!", "?", "…")) else "."
        return f"{who}{self.message}{stop} {self.next_step}".rstrip()


def usage(message: str, next_step: str = "") -> Failure:
    """A command line that means nothing, found after click had accepted it."""
    return Failure(USAGE, "UsageError", message, next_step=next_step)


def nothing_found(message: str, next_step: str = "", **parts: Any) -> Failure:
    """A filter or a name that matched nothing."""
    return Failure(NOTHING_FOUND, "NothingFound", message, next_step=next_step, parts=parts)


def refused(kind: str, provider: str, message: str, *, field: str = "", next_step: str = "") -> Failure:
    """What documented rules or our own read-only mode forbid; nothing was sent."""
    return Failure(REJECTED, kind, message, provider=provider, field=field, next_step=next_step)


def code_of(error_type: str) -> int:
    """The exit code for the name of an error's class; what is unknown is a provider that answered nonsense."""
    return BY_ERROR.get(error_type, NOT_REACHED)


def code_of_read(error_type: str) -> int:
    """The same for a poll or a check: a provider that did not give what it was asked for was not reached."""
    code = code_of(error_type)
    return NOT_REACHED if code in (NOTHING_FOUND, REJECTED) else code


def worst(codes: Iterable[int]) -> int:
    """Which of several exit codes holds."""
    present = set(codes)
    return next((code for code in PRECEDENCE if code in present), OK)


def gravest(failures: Sequence[Failure], parts: Mapping[str, Any]) -> Failure:
    """Of several failures the one that a command ends with, with the command's own JSON in it."""
    code = worst(failure.code for failure in failures)
    chosen = next(failure for failure in failures if failure.code == code)
    chosen.parts = dict(parts)
    return chosen


def from_vendor_error(error: VendorError) -> Failure:
    """A vendor's error as a failure of the command."""
    kind = type(error).__name__
    words = f"{error.message} ({error.vendor_words})" if error.vendor_words else error.message
    return Failure(code_of(kind), kind, words, provider=error.provider, field=error.field, next_step=error.next_step)


def known_faults() -> tuple[type[Exception], ...]:
    """The faults of our own set-up that may have been raised: of those modules that are loaded at all."""
    names = (("providers.secrets", "SecretUnavailable"), ("tui.desk.ports", "StoreFault"))
    return tuple(getattr(sys.modules[module], name) for module, name in names if module in sys.modules)


def from_known_fault(error: Exception) -> Failure:
    """SecretUnavailable or StoreFault as a failure of the command."""
    message = getattr(error, "message", "") or str(error)
    return Failure(CONFIG, type(error).__name__, message, next_step=getattr(error, "cure", ""))
