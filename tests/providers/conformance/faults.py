"""The faults of the sandbox, and how a write and a read end in each of them, for every vendor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from providers.errors import (
    BadAnswer,
    NotAuthorised,
    Throttled,
    TimedOut,
    TooLarge,
    Unconfirmed,
    VendorError,
)

AFTER: Final = frozenset({"stall_after", "drip", "reset_after", "half_json", "cut", "empty"})
"""The vendor has committed, or has answered, before these strike."""
SLOW: Final = frozenset({"stall", "stall_after", "drip"})
"""These end by our deadline alone."""

WRITES: Final[Mapping[str, type[VendorError]]] = {
    "stall": Unconfirmed,
    "stall_after": Unconfirmed,
    "drip": Unconfirmed,
    "reset_before": Unconfirmed,
    "reset_after": Unconfirmed,
    "html": Unconfirmed,
    "half_json": Unconfirmed,
    "cut": Unconfirmed,
    "foreign_json": Unconfirmed,
    "empty": Unconfirmed,
    "status_429": Throttled,
    "status_500": Unconfirmed,
    "status_502": Unconfirmed,
    "status_503": Unconfirmed,
    "unauthorised": NotAuthorised,
    "redirect": BadAnswer,
    "huge": Unconfirmed,
    "gzip_bomb": Unconfirmed,
}
READS: Final[Mapping[str, type[VendorError]]] = {
    "stall": TimedOut,
    "stall_after": TimedOut,
    "drip": TimedOut,
    "reset_before": BadAnswer,
    "reset_after": BadAnswer,
    "html": BadAnswer,
    "half_json": BadAnswer,
    "cut": BadAnswer,
    "foreign_json": BadAnswer,
    "empty": BadAnswer,
    "status_429": Throttled,
    "status_500": BadAnswer,
    "status_502": BadAnswer,
    "status_503": BadAnswer,
    "unauthorised": NotAuthorised,
    "redirect": BadAnswer,
    "huge": TooLarge,
    "gzip_bomb": TooLarge,
}
QUICK: Final = sorted(WRITES.keys() - SLOW)
