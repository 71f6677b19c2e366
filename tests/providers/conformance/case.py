"""What the suite has to know of one vendor, as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from providers.base import Operation
from providers.errors import VendorError
from providers.model import Ticket
from providers.sandbox import Sandbox

Outcome = type[VendorError] | None
"""How something ends: in an error, or (None) well."""
Path = tuple[str | int, ...]
"""The way to a value inside a JSON document."""


@dataclass(frozen=True, kw_only=True)
class Arranged:
    """What is there before a write: the ticket as we know it, and values that name what the vendor has made."""

    ticket: Ticket | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Deed:
    """One write that a vendor offers.

    `committed` is what the ledger then holds, by operation, and `holds` asks the vendor's own state. `request` is
    part of "METHOD /path" of the request that commits, which vendor of the sandbox answers it is `at`. `ends` are
    the faults that end otherwise than for other writes. `text` names the value that takes free text.
    """

    operation: Operation
    arrange: Callable[[Sandbox], Arranged] = lambda box: Arranged()
    values: Mapping[str, Any] = field(default_factory=dict)
    client_number: str = ""
    ticket_type: str = ""
    file: str = ""
    committed: tuple[str, ...]
    holds: Callable[[Sandbox, str], object]
    request: str
    at: str = ""
    ends: Mapping[str, Outcome] = field(default_factory=dict)
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Look:
    """One read that a vendor offers, and part of "METHOD /path" of its request, answered by the sandbox's `at`.

    `answer` is an answer as the vendor's document shows it, with values of our own, and `number` the ticket that it
    is about; `others` are further answers of the same kind.
    """

    operation: Operation
    request: str
    at: str = ""
    answer: Any = None
    others: Sequence[Any] = ()
    number: str = ""
    ends: Mapping[str, Outcome] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Complaint:
    """One error of a vendor's document: as it comes, and what becomes of it. `during` is the operation it answers."""

    during: Operation
    status: int
    body: Any
    error: type[VendorError]
    code: str = ""
    field: str = ""


@dataclass(frozen=True, kw_only=True)
class Stamp:
    """A stamp of a vendor's, what time it is, and where it stands in a read's answer and in the ticket."""

    look: Operation
    path: Path
    text: str
    at: datetime
    shown: Callable[[Any], datetime | None]
    zone: str = ""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One vendor in one configuration."""

    name: str
    kind: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    environment: str = "prod"
    offered: frozenset[Operation]
    opens: Callable[[Sandbox, Mapping[str, str]], str]
    """Have the vendor open a ticket with a summary and a description; its number."""
    talks: Callable[[Sandbox, str, str], object] | None = None
    """Have the vendor's people comment on a ticket."""
    attaches: Callable[[Sandbox, str], object] | None = None
    """Have the vendor's people attach a file."""
    deeds: tuple[Deed, ...]
    looks: tuple[Look, ...]
    complaints: tuple[Complaint, ...] = ()
    stamps: tuple[Stamp, ...] = ()
    renews: bool = False
    """Whether a refused access token is replaced by another."""

    def deed(self, operation: Operation) -> Deed:
        """The write for an operation."""
        return next(deed for deed in self.deeds if deed.operation is operation)

    def look(self, operation: Operation) -> Look:
        """The read for an operation."""
        return next(look for look in self.looks if look.operation is operation)

    def __str__(self) -> str:
        return self.name
