"""What the desk hands to its faces: health, what a poll did, a ticket's story, and what changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from providers.model import TicketKey


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderHealth:
    """How one provider is doing, as the health strip, `status` and `check` show it.

    `consumes` is false where the queue is not read here; `asks_consume` is true while `consume` is "ask" and the
    engineer has not answered yet (Desk.answer_consume). `queue_age` is seconds of the oldest unsettled message, held
    ones aside: those wait for the engineer, not for the queue.
    """

    name: str
    kind: str
    state: Literal["ok", "late", "down", "paused", "unknown"] = "unknown"
    last_good: datetime | None = None
    last_try: datetime | None = None
    failures: int = 0
    error: str = ""
    error_type: str = ""
    next_step: str = ""
    retry_at: datetime | None = None
    queue_depth: int = 0
    queue_age: float | None = None
    gap: str = ""
    warning: str = ""
    consumes: bool = True
    poll_seconds: int = 60
    asks_consume: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncReport:
    """What one provider's poll did. `error` is the exception's sentence, empty where all went well."""

    provider: str
    received: int = 0
    applied: int = 0
    acknowledged: int = 0
    held: int = 0
    parked: int = 0
    rows: int = 0
    sent: int = 0
    error: str = ""
    error_type: str = ""
    skipped: str = ""


@dataclass(frozen=True, slots=True)
class TimelineItem:
    """One line of a ticket's story: a comment, a state change, an attachment, one of our own writes, a note."""

    at: datetime | None
    kind: Literal["comment", "state", "attachment", "write", "note", "approval"]
    author: str
    body: str
    origin: Literal["vendor", "us"]
    status: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class DeskEvent:
    """Something a pane may want to show again. `keys` empty means all of that subject."""

    subject: Literal["tickets", "messages", "outbox", "health", "drafts", "store"]
    keys: frozenset[TicketKey] = frozenset()
