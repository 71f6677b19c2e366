"""The one door to httpx: deadlines, size caps, proxy, CA, redirects off, errors in our taxonomy.

A connector describes a request and how it may be treated (`read`, `once` or `write`); what comes back is an
Answer, or one of providers.errors. Statuses other than 401, 429 and 3xx are the connector's to judge.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import httpx
import truststore

from providers.clock import Clock, milliseconds
from providers.errors import BadAnswer, NotAuthorised, Throttled, TimedOut, TooLarge, Unconfirmed, Unreachable
from providers.model import Order
from providers.settings import ProviderSettings
from providers.text import safe_line

Treatment = Literal["read", "once", "write"]
"""read: repeated at most twice. once: a read that is never repeated (a queue). write: never repeated, and
Unconfirmed where it left without a readable answer."""

ANSWER_CAP = 16 * 1024 * 1024


class Auth(Protocol):
    """Puts credentials on a request."""

    async def headers(self, client: HttpClient) -> Mapping[str, str]:
        """The headers to add; fetches a token where one is needed."""
        ...

    async def renew(self, client: HttpClient) -> bool:
        """After a 401: whether new credentials were had, so that the request may be sent once more."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: status, headers, the decoded body, and when its request started."""

    provider: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    order: Order

    @property
    def ok(self) -> bool:
        """Any 2xx."""
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        """The body as text; what is not UTF-8 is replaced."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as JSON; BadAnswer where it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise BadAnswer(
                self.provider,
                f"HTTP {self.status} with a body that is no JSON ({len(self.body)} bytes)",
                vendor_words=safe_line(self.text, 120),
            ) from error


class HttpClient:
    """One provider's connections."""

    def __init__(self, settings: ProviderSettings, clock: Clock, auth: Auth | None = None) -> None:
        self.name = settings.name
        self.timeout = settings.timeout_seconds
        self._settings = settings
        self._clock = clock
        self._auth = auth
        self._client: httpx.AsyncClient | None = None

    async def request(
        self,
        method: str,
        url: str,
        *,
        treatment: Treatment,
        json_body: Any = None,
        content: bytes | AsyncIterator[bytes] | None = None,
        form: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        with_auth: bool = True,
        deadline: float | None = None,
        cap: int = ANSWER_CAP,
    ) -> Answer:
        """Send one request and read its whole answer.

        `params` are added to the query; pass None for a URL that already carries a signed one. `deadline` is the
        total time in seconds. Raises Unreachable, TimedOut (read) or Unconfirmed (write), Throttled (429, or 503
        with Retry-After), NotAuthorised (401 after one renewal), BadAnswer (redirects, unreadable encodings) and
        TooLarge (an answer over `cap` decoded bytes).
        """
        order = (milliseconds(self._clock.now()), 0)
        request_headers = dict(headers or {})
        if json_body is not None:
            content = json.dumps(json_body, ensure_ascii=False).encode()
            request_headers.setdefault("Content-Type", "application/json")
        if with_auth and self._auth is not None:
            request_headers.update(await self._auth.headers(self))
        try:
            async with asyncio.timeout(deadline or self.timeout):
                async with self._open().stream(
                    method, url, params=params, content=content, data=form, headers=request_headers
                ) as response:
                    body = bytearray()
                    async for piece in response.aiter_bytes():
                        body += piece
                        if len(body) > cap:
                            raise TooLarge(self.name, f"the answer is larger than {cap} bytes")
        except (httpx.ConnectError, httpx.ConnectTimeout, ssl.SSLError) as error:
            raise Unreachable(self.name, f"no connection: {safe_line(error, 160)}") from error
        except (TimeoutError, httpx.TimeoutException) as error:
            kind = Unconfirmed if treatment == "write" else TimedOut
            raise kind(self.name, f"no answer within {deadline or self.timeout:g} s") from error
        except httpx.HTTPError as error:
            if treatment == "write":
                raise Unconfirmed(self.name, f"the connection broke: {safe_line(error, 160)}") from error
            raise BadAnswer(self.name, f"the answer broke off: {safe_line(error, 160)}") from error
        answer = Answer(self.name, response.status_code, response.headers, bytes(body), order)
        if answer.status == 401 and with_auth and self._auth is not None:
            raise NotAuthorised(self.name, "the credentials were refused", code="401")
        if answer.status == 429:
            raise Throttled(self.name, "too many requests", retry_after=60)
        if 300 <= answer.status < 400:
            raise BadAnswer(self.name, f"an unexpected redirect (HTTP {answer.status})", code=str(answer.status))
        return answer

    async def aclose(self) -> None:
        """Close connections."""
        if self._client is not None:
            await self._client.aclose()

    def _open(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = httpx.AsyncClient(
                verify=truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
                proxy=self._settings.proxy,
                follow_redirects=False,
                trust_env=False,
                timeout=None,
                headers={"User-Agent": "vendorq", "Accept": "application/json"},
            )
        return self._client
