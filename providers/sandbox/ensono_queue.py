"""A FIFO queue as the guide describes it, with what SQS adds where the guide is silent.

From the guide ("Reading, processing, and deleting from the queue"): a message that was read is invisible for 30
seconds; no later message of a group comes before the earlier ones are deleted; after 20 reads a message goes to the
failure queue; after 4 days it is gone. From SQS [outside]: messages of one group may come together in one answer, in
order; a receipt handle is good for one reading only and dies with its invisibility; deleting twice with a live
handle is no error.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from providers.sandbox.ids import Ids

INVISIBLE_MS: Final = 30_000
RETENTION_MS: Final = 4 * 24 * 3600 * 1000
MAX_RECEIVES: Final = 20
MAX_BATCH: Final = 10
FIRST_SEQUENCE: Final = 18_875_507_807_458_288_128  # more than 64 bits, as in the guide's samples
SEQUENCE_STEP: Final = 256


class HandleExpired(Exception):
    """The handle's reading is over: the message is visible again or was read anew."""


class HandleUnknown(Exception):
    """No reading ever had this handle."""


@dataclass(slots=True, kw_only=True, eq=False)
class Queued:
    """One message in the queue. `body` is an object, or text where it was sent as text. Times in ms since the epoch."""

    message_id: str
    group: str
    transaction_type: str
    body: dict[str, Any] | str
    client_reference: bool
    sent: int
    sequence: int
    first_received: int = 0
    receives: int = 0
    invisible_until: int = 0
    handle: str = ""

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body if isinstance(self.body, str) else json.dumps(self.body, ensure_ascii=False)

    def attributes(self) -> dict[str, Any]:
        """As in the guide's samples: strings, but for ClientReferenceAvailable."""
        return {
            "SenderId": "AROASANDBOXSANDBOX000:envxsandboxbridge",
            "ApproximateFirstReceiveTimestamp": str(self.first_received),
            "ApproximateReceiveCount": str(self.receives),
            "SentTimestamp": str(self.sent),
            "SequenceNumber": str(self.sequence),
            "MessageDeduplicationId": hashlib.sha256(self.message_id.encode()).hexdigest(),
            "MessageGroupId": self.group,
            "ClientReferenceAvailable": self.client_reference,
            "TransactionType": self.transaction_type,
        }

    def checksum(self) -> str:
        """MD5OfBody."""
        return hashlib.md5(self.text.encode("utf-8", "backslashreplace"), usedforsecurity=False).hexdigest()


@dataclass(slots=True)
class _Reading:
    message: Queued
    until: int


class FifoQueue:
    """One environment's queue. The caller holds the sandbox's lock.

    `sent` is every message ever put in, `failed` the failure queue, `expired` what was dropped after 4 days.
    """

    def __init__(self, now: Callable[[], int], ids: Ids, name: str = "") -> None:
        self._now = now
        self._ids = ids
        self._name = name
        self._messages: list[Queued] = []
        self._readings: dict[str, _Reading] = {}
        self._sequence = FIRST_SEQUENCE
        self.batch = MAX_BATCH
        self.max_receives = MAX_RECEIVES
        self.sent: list[Queued] = []
        self.failed: list[Queued] = []
        self.expired: list[Queued] = []

    def __len__(self) -> int:
        return len(self._messages)

    def __iter__(self) -> Iterator[Queued]:
        return iter(list(self._messages))

    def send(self, group: str, transaction_type: str, body: dict[str, Any] | str, client_reference: bool) -> Queued:
        """Put a message at the end."""
        self._sequence += SEQUENCE_STEP
        message = Queued(
            message_id=self._ids.uuid("ensono-message", self._name, group),
            group=group,
            transaction_type=transaction_type,
            body=body,
            client_reference=client_reference,
            sent=self._now(),
            sequence=self._sequence,
        )
        self._messages.append(message)
        self.sent.append(message)
        return message

    def receive(self, limit: int | None = None) -> list[Queued]:
        """Up to 10 messages, the oldest first, each with a new handle."""
        now = self._now()
        self._drop_expired(now)
        closed = {message.group for message in self._messages if message.invisible_until > now}
        given: list[Queued] = []
        for message in list(self._messages):
            if len(given) >= min(limit or self.batch, MAX_BATCH):
                break
            if message.group in closed:
                continue
            if message.receives >= self.max_receives:
                self._messages.remove(message)
                self.failed.append(message)
                continue
            given.append(self._give(message, now))
        return given

    def delete(self, handle: str) -> Queued | None:
        """Delete the message of a reading; None where it is deleted already. HandleExpired or HandleUnknown."""
        now = self._now()
        reading = self._readings.get(handle)
        if reading is None:
            raise HandleUnknown
        if reading.until <= now or reading.message.handle != handle:
            raise HandleExpired
        if reading.message not in self._messages:
            return None
        self._messages.remove(reading.message)
        return reading.message

    def redeliver(self, message_id: str) -> None:
        """Bring a deleted message back, as a queue that delivers at least once may. KeyError where never sent."""
        message = next((message for message in self.sent if message.message_id == message_id), None)
        if message is None:
            raise KeyError(message_id)
        message.invisible_until = 0
        if message not in self._messages:
            self._messages.append(message)
            self._messages.sort(key=lambda each: each.sequence)

    def clear(self) -> None:
        """Empty the queue, as if all had been read and deleted."""
        self._messages.clear()

    def in_flight(self) -> list[Queued]:
        """Messages that were read and are neither deleted nor visible again."""
        now = self._now()
        return [message for message in self._messages if message.invisible_until > now]

    def _give(self, message: Queued, now: int) -> Queued:
        message.receives += 1
        message.first_received = message.first_received or now
        message.invisible_until = now + INVISIBLE_MS
        message.handle = self._ids.handle("ensono-handle", message.message_id)
        self._readings[message.handle] = _Reading(message, message.invisible_until)
        return message

    def _drop_expired(self, now: int) -> None:
        old = [message for message in self._messages if now - message.sent >= RETENTION_MS]
        for message in old:
            self._messages.remove(message)
            self.expired.append(message)
