"""Faults that a test or a demo switches on: what, for whom, how often.

What each does to a request is in `front`; here is only which request meets which.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from typing import Final, Self

VENDORS: Final = ("ensono", "kpn-connect", "kpn-incident", "tangoe", "smartops", "kpn-oauth", "s3")

FAULTS: Final = {
    "stall": "silent for `seconds` (0: for ever) before the vendor sees it; if the client leaves, it never does",
    "stall_after": "the vendor commits, then is silent for `seconds` (0: for ever)",
    "drip": "the vendor commits; the answer comes byte by byte over `seconds` (0: 30)",
    "reset_before": "the connection is reset before the vendor sees the request",
    "reset_after": "the vendor commits, then the connection is reset",
    "html": "HTTP 200 with a proxy's sign-in page; the vendor never sees the request",
    "half_json": "the vendor commits; the answer's body is cut in half, its length stated to fit",
    "cut": "the vendor commits; the connection ends halfway through the answer's body",
    "foreign_json": "HTTP 200 with JSON that has nothing to do with it; the vendor never sees the request",
    "empty": "the vendor commits; HTTP 200 without a body",
    "status_429": "too many requests, with Retry-After where `seconds` is given; nothing is done",
    "status_500": "an error of the vendor's; nothing is done",
    "status_502": "an error page of a gateway; nothing is done",
    "status_503": "unavailable, with Retry-After where `seconds` is given; nothing is done",
    "unauthorised": "HTTP 401; nothing is done",
    "redirect": "HTTP 302 to another origin; nothing is done",
    "huge": "HTTP 200 with a body of 100 MB; nothing is done",
    "gzip_bomb": "HTTP 200 with 100 KB of gzip that unpack to 100 MB; nothing is done",
}

_FORM = re.compile(
    r"(?P<vendor>[a-z0-9_*-]+):(?P<fault>[a-z0-9_]+)"
    r"(=(?P<seconds>\d+(\.\d+)?))?(\*(?P<count>\d+))?(@(?P<match>.+))?"
)


class FaultUnknown(ValueError):
    """A fault that cannot be understood. The message says what is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault. `vendor` may be "*"; `match` is part of "METHOD /path?query"; `count` None means until cleared."""

    vendor: str
    fault: str
    match: str = ""
    count: int | None = 1
    seconds: float = 0.0

    def checked(self) -> Self:
        """Itself. FaultUnknown for a vendor or fault that doesn't exist."""
        if self.vendor != "*" and self.vendor not in VENDORS:
            raise FaultUnknown(f"no vendor {self.vendor!r}; there are {', '.join(VENDORS)} and *")
        if self.fault not in FAULTS:
            raise FaultUnknown(f"no fault {self.fault!r}; there are {', '.join(FAULTS)}")
        return self

    def meets(self, vendor: str, line: str) -> bool:
        """Whether this is for that request.

        The token endpoint and the file store stand on their own: a vendor's fault reaches them only if it names
        them by `match`.
        """
        if self.match not in line:
            return False
        if self.vendor in ("*", vendor):
            return True
        if vendor == "kpn-oauth":
            return bool(self.match) and self.vendor.startswith("kpn-")
        if vendor == "s3":
            return bool(self.match) and self.vendor == "ensono"
        return False


def parse_fault(text: str) -> Fault:
    """`VENDOR:FAULT[=SECONDS][*COUNT][@PART OF "METHOD /path"]`, as in "ensono:stall=30".

    Without a count it holds until the sandbox ends. FaultUnknown for anything else.
    """
    form = _FORM.fullmatch(text.strip())
    if form is None:
        raise FaultUnknown(f"{text!r} is no fault; write it as vendor:fault=seconds, such as ensono:stall=30")
    return Fault(
        vendor=form["vendor"].replace("_", "-"),
        fault=form["fault"],
        match=form["match"] or "",
        count=int(form["count"]) if form["count"] else None,
        seconds=float(form["seconds"] or 0),
    ).checked()


class Faults:
    """The faults switched on now. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[tuple[Fault, int | None]] = []

    def add(self, fault: Fault) -> None:
        """Switch one on. The oldest that meets a request is used first."""
        with self._lock:
            self._waiting.append((fault.checked(), fault.count))

    def take(self, vendor: str, line: str) -> Fault | None:
        """The fault that this request meets, counted down; None where there is none."""
        with self._lock:
            for place, (fault, left) in enumerate(self._waiting):
                if not fault.meets(vendor, line):
                    continue
                if left is not None and left <= 1:
                    del self._waiting[place]
                elif left is not None:
                    self._waiting[place] = (fault, left - 1)
                return fault
        return None

    def clear(self, vendor: str = "") -> None:
        """Switch all off, or those of one vendor."""
        with self._lock:
            self._waiting = [(fault, left) for fault, left in self._waiting if vendor not in ("", fault.vendor)]

    @property
    def waiting(self) -> list[tuple[Fault, int | None]]:
        """What is switched on, with how often it still strikes (None: until cleared)."""
        with self._lock:
            return list(self._waiting)
