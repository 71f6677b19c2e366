"""What the vendors committed, in order, and what they were asked.

The ledger is written by the vendors' side alone and never from what a client says it did: it is what tests judge by.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from providers.codec import format_time
from providers.sandbox.clock import SandboxClock

REQUESTS_KEPT = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One thing that a vendor committed because a client asked for it.

    `operation` is create, comment, attach, update, status, close, reopen, cancel, link, acknowledge, approve or
    reject. `body` is what was asked, as it came (the contents of attachments left out). `made` is what the vendor
    made of it, where that differs: a priority that was corrected, fields it ignored. An attach has `name`, `size`
    (bytes of the file) and `sha256` (of the file, hexadecimal).
    """

    n: int = 0
    at: datetime | None = None
    vendor: str
    operation: str
    number: str = ""
    client_number: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)
    made: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""
    size: int | None = None
    sha256: str = ""

    def document(self) -> dict[str, Any]:
        """As JSON, for GET /_sandbox/ledger."""
        return {
            "n": self.n,
            "at": format_time(self.at),
            "vendor": self.vendor,
            "operation": self.operation,
            "number": self.number,
            "client_number": self.client_number,
            "body": dict(self.body),
            "made": dict(self.made),
            "name": self.name,
            "size": self.size,
            "sha256": self.sha256,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestSeen:
    """One request as it arrived. `path` is as it was on the wire, with its query.

    `status` is what was answered, 0 where no answer went out. `body` is kept up to 64 KB; `fault` names the fault
    that it met.
    """

    n: int = 0
    at: datetime
    vendor: str
    method: str
    path: str
    status: int
    fault: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)

    def document(self) -> dict[str, Any]:
        """As JSON, for GET /_sandbox/requests; without headers and body, which hold credentials."""
        return {
            "n": self.n,
            "at": format_time(self.at),
            "vendor": self.vendor,
            "method": self.method,
            "path": self.path,
            "status": self.status,
            "fault": self.fault,
        }


class Entries(list[LedgerEntry]):
    """A list of ledger entries that can be narrowed."""

    def of(self, vendor: str = "", operation: str = "", number: str = "") -> Entries:
        """Those of one vendor, operation or ticket; an empty argument doesn't narrow."""
        return Entries(
            entry
            for entry in self
            if vendor in ("", entry.vendor) and operation in ("", entry.operation) and number in ("", entry.number)
        )


class Ledger:
    """Append-only. Safe to read and write from several threads."""

    def __init__(self, clock: SandboxClock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: list[LedgerEntry] = []
        self._requests: dict[int, RequestSeen] = {}
        self._requests_seen = 0

    def commit(self, entry: LedgerEntry) -> LedgerEntry:
        """Write one entry down, numbered and dated."""
        with self._lock:
            dated = replace(entry, n=len(self._entries) + 1, at=self._clock.now())
            self._entries.append(dated)
        return dated

    def arrived(self, request: RequestSeen) -> int:
        """Write one request down, not yet answered; its number is returned. The last 20,000 are kept."""
        with self._lock:
            self._requests_seen += 1
            self._requests[self._requests_seen] = replace(request, n=self._requests_seen)
            self._requests.pop(self._requests_seen - REQUESTS_KEPT, None)
            return self._requests_seen

    def answered(self, number: int, status: int, body: bytes) -> None:
        """Note a request's answer, before it leaves, and the body that had been read by then."""
        with self._lock:
            if number in self._requests:
                self._requests[number] = replace(self._requests[number], status=status, body=body)

    @property
    def entries(self) -> Entries:
        """All entries so far; a copy."""
        with self._lock:
            return Entries(self._entries)

    @property
    def requests(self) -> list[RequestSeen]:
        """The requests so far; a copy."""
        with self._lock:
            return list(self._requests.values())
