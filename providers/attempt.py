"""One request as asked for, and the trail of one attempt at it. Knows no HTTP library."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from providers.answer import Answer, Treatment
from providers.exchange import LOGGED, record
from providers.model import Order
from providers.transfer import Upload, transfer_deadline


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is to be sent, and how it may be treated. `deadline` is one attempt's total time in seconds.

    `paced`: the answer is a file of unknown pace. It is given up before the deadline where it comes more slowly than
    a transfer is worth waiting for.
    """

    method: str
    url: str
    treatment: Treatment
    content: bytes | Upload | AsyncIterator[bytes] | None
    params: Mapping[str, str] | None
    headers: Mapping[str, str]
    with_auth: bool
    deadline: float
    cap: int
    follow: bool = False
    paced: bool = False
    references: tuple[str, ...] = ()

    def allowed(self, seconds: float, timeout: float, received: int) -> float:
        """Of an attempt's `seconds` those that it may take, so many bytes having come."""
        return min(seconds, transfer_deadline(timeout, received)) if self.paced else seconds

    @property
    def repeatable(self) -> bool:
        """Whether the same body can be sent again; an iterator can be used once."""
        return self.content is None or isinstance(self.content, bytes | Upload)

    @property
    def size(self) -> int:
        """Bytes of the body, as far as they are known beforehand."""
        if isinstance(self.content, Upload):
            return self.content.length
        return len(self.content) if isinstance(self.content, bytes) else 0


@dataclass(slots=True)
class Trail:
    """How far one attempt has come.

    `sent` is true from the first byte of the request on: it may have arrived. `received` counts decoded bytes.
    """

    url: str
    number: int
    order: Order
    started: float
    sent: bool = False
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray)
    received: int = 0
    error: str = ""

    async def trace(self, event: str, info: dict[str, Any]) -> None:
        """Called by the connection at each of its steps. A proxy's CONNECT is not yet our request."""
        if event.endswith("send_request_headers.started"):
            self.sent = self.sent or info["request"].method != b"CONNECT"
        elif event.endswith("send_request_headers.failed") and "LocalProtocol" in type(info["exception"]).__name__:
            self.sent = False  # a header that no request can carry

    def answer(self, provider: str, treatment: Treatment, cut: str = "") -> Answer:
        """What came, as an Answer."""
        assert self.status is not None
        return Answer(provider, self.status, self.headers, bytes(self.body), self.order, treatment, cut)

    def log(self, provider: str, request: Request, seconds: float) -> None:
        """Write the attempt to the log."""
        content = request.content
        record(
            provider=provider,
            method=request.method,
            url=self.url,
            number=self.number,
            started=self.order[0],
            seconds=seconds,
            status=self.status,
            error=self.error,
            request_body=content if isinstance(content, bytes) else "" if content is None else str(content),
            sent_bytes=request.size,
            answer_body=bytes(self.body[:LOGGED]),
            received_bytes=self.received,
            references=request.references,
        )
