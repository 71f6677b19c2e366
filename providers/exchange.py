"""The record of each request and its answer, for the log: redacted, bodies capped.

Every attempt is written to the logger "vendorq.http" at INFO (failed ones at WARNING); the record's attribute
`exchange` holds the Exchange as a dict that JSON can take. Who wants a file adds a handler.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from typing import Final

from providers.redaction import redact, redact_start
from providers.text import safe_line, safe_text

LOGGER: Final = logging.getLogger("vendorq.http")
BODY_CAP: Final = 4096
"""Characters of a body that are kept."""
LOGGED: Final = 8 * BODY_CAP
"""Bytes of a body to hand to `record`: more than are kept, so that redaction sees whole secrets at the cut."""
_references: ContextVar[tuple[str, ...]] = ContextVar("references", default=())


@contextmanager
def referring(*names: str) -> Iterator[None]:
    """Have what is sent within carry these references in the log: ticket numbers, message or outbox entry ids."""
    token = _references.set((*_references.get(), *(name for name in names if name)))
    try:
        yield
    finally:
        _references.reset(token)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One attempt. `started` is milliseconds since the epoch, `seconds` how long it took; sizes are bytes.

    `status` is None where no answer came, and `error` then says why. `number` counts attempts of one request from 1.
    """

    provider: str
    method: str
    url: str
    number: int
    started: int
    seconds: float
    status: int | None
    error: str
    sent_bytes: int
    received_bytes: int
    request_body: str
    answer_body: str
    references: tuple[str, ...]


def record(
    *,
    provider: str,
    method: str,
    url: str,
    number: int,
    started: int,
    seconds: float,
    status: int | None,
    error: str,
    request_body: bytes | str,
    sent_bytes: int,
    answer_body: bytes,
    received_bytes: int,
    references: tuple[str, ...] = (),
) -> None:
    """Write one attempt to the log. What is given may hold secrets; what is written does not."""
    level = logging.INFO if status is not None and not error else logging.WARNING
    if not LOGGER.isEnabledFor(level):
        return
    exchange = Exchange(
        provider=provider,
        method=method,
        url=safe_line(redact(url)),
        number=number,
        started=started,
        seconds=round(seconds, 3),
        status=status,
        error=safe_line(redact(error), 300),
        sent_bytes=sent_bytes,
        received_bytes=received_bytes,
        request_body=_start(request_body, sent_bytes),
        answer_body=_start(answer_body, received_bytes),
        references=tuple(dict.fromkeys((*_references.get(), *references))),
    )
    LOGGER.log(
        level,
        "%s %s %s: %s in %.3f s",
        provider,
        method,
        exchange.url,
        status if status is not None else exchange.error,
        seconds,
        extra={"exchange": asdict(exchange)},
    )


def _start(body: bytes | str, size: int) -> str:
    """The start of a body as safe text, with an ellipsis where there is more of it."""
    text = body if isinstance(body, str) else body[:LOGGED].decode("utf-8", "replace")
    start = safe_text(redact_start(text, BODY_CAP))
    return start + "…" if max(len(text), size) > BODY_CAP else start
