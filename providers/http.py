"""The one door to httpx: deadlines, size caps, retries, proxy, CA, redirects off, errors in our taxonomy.

A connector describes a request and how it may be treated (`read`, `once` or `write`); what comes back is an
Answer, or one of providers.errors. Statuses other than 401, 429 and 3xx are the connector's to judge, except that
a 5xx which is not the vendor's own JSON leaves a write unconfirmed. What an error says of a write: Unconfirmed - it
may have been done; any other - it was not.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import logging
import random
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import aclosing, contextmanager
from dataclasses import replace
from typing import Any, Final, cast
from urllib.parse import urlencode, urlsplit

import httpx

from providers.answer import Answer, Treatment
from providers.attempt import Request, Trail
from providers.base import Progress
from providers.clock import Clock, milliseconds
from providers.connections import Connections, line
from providers.credentials import Auth, Credentials
from providers.decoding import Decoder, Undecodable
from providers.errors import NotAuthorised, Unreachable, VendorError
from providers.exchange import LOGGED
from providers.failure import Failure, broken_failure, connection_failure, plain
from providers.gate import Gate
from providers.outbound import outbound
from providers.retry import Outcome, retry_delay
from providers.settings import ProviderSettings
from providers.transfer import AllowedHosts, Upload, transfer_deadline
from providers.trust import tls_context
from providers.verdict import download_refusal, judge, may_mend, redirected

__all__ = ["ANSWER_CAP", "Answer", "Auth", "HttpClient", "Treatment"]

ANSWER_CAP: Final = 16 * 1024 * 1024
BUDGET_TIMES: Final = 3
"""All attempts of one read together take at most this many times its deadline."""
_YIELD_BYTES: Final = 1024 * 1024

# httpx logs whole URLs at INFO, presigned ones included, and httpcore headers at DEBUG; ours is vendorq.http.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)

# httpcore tries to import sniffio at each of its locks; without it, Python would search the disk dozens of times a
# request. None in sys.modules makes that import fail at once.
if importlib.util.find_spec("sniffio") is None:
    sys.modules["sniffio"] = None  # type: ignore[assignment]  # what the import system documents for this


class HttpClient:
    """One provider's connections.

    `sleep` and `jitter` are for tests: what waits between retries, and what spreads them.
    """

    def __init__(
        self,
        settings: ProviderSettings,
        clock: Clock,
        auth: Auth | None = None,
        *,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.name = settings.name
        self.timeout = settings.timeout_seconds
        self.state_dir = settings.state_dir
        self._settings = settings
        self._clock = clock
        self._credentials = Credentials(auth)
        self._gate = Gate(settings, clock)
        self._sleep = sleep
        self._jitter = jitter
        self._opening = asyncio.Lock()
        self._connections: Connections | None = None

    async def request(
        self,
        method: str,
        url: str,
        *,
        treatment: Treatment,
        json_body: Any = None,
        content: bytes | Upload | AsyncIterator[bytes] | None = None,
        form: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        with_auth: bool = True,
        deadline: float | None = None,
        cap: int = ANSWER_CAP,
        follow: bool = False,
        references: tuple[str, ...] = (),
    ) -> Answer:
        """Send one request and read its whole answer.

        `params` are added to the query; pass None for a URL that already carries a signed one. `deadline` is one
        attempt's total time in seconds, from the connection to the last byte; by default the provider's timeout,
        and for an Upload as much longer as its size needs. `follow` follows one redirect of a GET on the same
        origin. `references` are ticket numbers and ids for the log.

        Raises Unreachable (nothing was sent), TimedOut (a read), Unconfirmed (a write that left without a
        readable answer), Throttled (429, or 503 with Retry-After), NotAuthorised (401 after one renewal),
        SecretMissing, BadAnswer (redirects, unreadable encodings, broken connections of a read) and TooLarge (an
        answer over `cap` decoded bytes). With treatment `once` an answer that broke off is returned with `cut` set.
        """
        all_headers = dict(headers or {})
        if json_body is not None:
            content = json.dumps(json_body, ensure_ascii=False).encode("utf-8", "replace")
            all_headers.setdefault("Content-Type", "application/json")
        elif form is not None:
            content = urlencode(form).encode()
            all_headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
        if isinstance(content, Upload):
            all_headers.setdefault("Content-Type", content.content_type)
            all_headers["Content-Length"] = str(content.length)  # without it httpx sends chunks, which S3 refuses
            deadline = deadline or transfer_deadline(self.timeout, content.length)
        request = Request(
            method=method,
            url=url,
            treatment=treatment,
            content=content,
            params=params or None,
            headers=all_headers,
            with_auth=with_auth and bool(self._credentials),
            deadline=deadline or self.timeout,
            cap=cap,
            follow=follow and method == "GET",
            references=references,
        )
        with self._gate.passage(request) as passage:
            return passage.heard(await self._persist(request))

    async def download(
        self,
        url: str,
        *,
        hosts: AllowedHosts,
        cap: int,
        size: int | None = None,
        progress: Progress | None = None,
        with_auth: bool = False,
        references: tuple[str, ...] = (),
    ) -> AsyncGenerator[bytes]:
        """A file's bytes in pieces, as they come. No credentials unless asked for, and the query stays as it is.

        `cap` is the most bytes to take, `size` what the vendor announced (for `progress`). Raises what `request`
        raises for a read, and NotFound where the link is no longer valid. Not retried: what came has been handed on.
        """
        deadline = transfer_deadline(self.timeout, size or cap)
        request = Request(
            method="GET",
            url=hosts.check(self.name, url),
            treatment="read",
            content=None,
            params=None,
            headers={"Accept": "*/*", "Accept-Encoding": "identity"},
            with_auth=with_auth and bool(self._credentials),
            deadline=deadline,
            cap=cap,
            paced=True,
            references=references,
        )
        with self._gate.passage(request) as passage:
            credentials = await self._credentials.headers(self, self.timeout) if request.with_auth else {}
            trail = self._trail(request, 1)
            try:
                async with aclosing(self._received(request, credentials, trail, deadline)) as pieces:
                    async for piece in pieces:
                        if trail.status != 200:
                            trail.body += piece[: LOGGED - len(trail.body)]
                            continue
                        yield piece
                        if progress is not None:
                            progress(trail.received, max(size or 0, trail.received))
                if trail.status != 200:
                    answer = trail.answer(self.name, "read")
                    judge(answer)
                    raise download_refusal(answer)
                passage.heard(trail.answer(self.name, "read"))
            except VendorError as error:
                trail.error = error.message
                raise
            except Failure as failure:
                trail.error = failure.words
                raise
            finally:
                trail.log(self.name, request, self._clock.monotonic() - trail.started)

    async def aclose(self) -> None:
        """Close connections."""
        if self._connections is not None:
            await self._connections.aclose()

    async def _persist(self, request: Request) -> Answer:
        """Attempt after attempt: a read's retries, one renewal after a 401, one redirect."""
        loop = asyncio.get_running_loop()
        ends = loop.time() + BUDGET_TIMES * request.deadline
        attempt, renewed = 1, False
        while True:
            credentials = await self._credentials.headers(self, request.deadline) if request.with_auth else {}
            try:
                answer = await self._attempt(request, credentials, attempt, ends - loop.time())
            except Failure as failure:
                if not await self._may_repeat(request, attempt, failure, ends):
                    raise
                attempt += 1
                continue
            if may_mend(answer) and await self._may_repeat(request, attempt, Failure("server_error", ""), ends):
                attempt += 1
                continue
            target = redirected(answer, request.url, request.follow)
            if target is not None:
                request = replace(request, url=target, params=None, follow=False)
            elif answer.status == 401 and request.with_auth:
                if renewed or not await self._may_resend(request, credentials):
                    raise NotAuthorised(
                        self.name, "the credentials were refused", vendor_words=answer.gist(), code="401"
                    )
                renewed = True
            else:
                return answer

    async def _may_repeat(self, request: Request, attempt: int, failure: Failure, ends: float) -> bool:
        """Whether a read is tried again; if so, after the wait that the policy names."""
        if request.treatment != "read":
            return False
        remaining = ends - asyncio.get_running_loop().time()
        outcome = Outcome(failure.trouble, remaining, failure.retry_after)
        delay = retry_delay(attempt, outcome, self._clock.now(), self._jitter())
        if delay is None:
            return False
        await self._sleep(delay)
        return True

    async def _may_resend(self, request: Request, refused: Mapping[str, str]) -> bool:
        """Whether a request that was refused with 401 can be sent once more, with other credentials.

        A 401 says that nothing was done, so this holds for writes too.
        """
        return request.repeatable and await self._credentials.renewed(self, refused, request.deadline)

    async def _attempt(self, request: Request, credentials: Mapping[str, str], number: int, remaining: float) -> Answer:
        """Send once and read the whole answer. Failure where none came that is the vendor's own."""
        trail = self._trail(request, number)
        seconds = max(0.0, min(request.deadline, remaining))
        try:
            unyielded = 0
            async with aclosing(self._received(request, credentials, trail, seconds)) as pieces:
                async for piece in pieces:
                    trail.body += piece
                    unyielded += len(piece)
                    if unyielded > _YIELD_BYTES:
                        unyielded = 0
                        await asyncio.sleep(0)
            answer = trail.answer(self.name, request.treatment)
            judge(answer)
            return answer
        except Failure as failure:
            trail.error = failure.words
            if request.treatment == "once" and trail.status is not None and failure.trouble != "throttled":
                return trail.answer(self.name, request.treatment, cut=failure.words)
            raise
        except VendorError as error:
            trail.error = error.message
            raise
        except asyncio.CancelledError:
            trail.error = "given up before the answer was complete"
            raise
        finally:
            trail.log(self.name, request, self._clock.monotonic() - trail.started)

    async def _received(
        self, request: Request, credentials: Mapping[str, str], trail: Trail, seconds: float
    ) -> AsyncGenerator[bytes]:
        """Send once and yield the decoded body in small pieces. `seconds` is the deadline for all of it."""
        connections = await self._open()
        begun = asyncio.get_running_loop().time()
        with _translated(request, trail, seconds):
            async with asyncio.timeout_at(begun + request.allowed(seconds, self.timeout, 0)):
                sending = outbound(request, credentials, trail, direct=self._settings.proxy is None)
                sending.extensions["timeout"] = self._step_timeouts(seconds)
                response = await connections.handle_async_request(sending)
            body = cast("httpx.AsyncByteStream", response.stream)
            try:
                trail.status = response.status_code
                trail.headers = dict(response.headers)
                encoding = response.headers.get("content-encoding", "")
                decoder = Decoder(encoding)
                announced = response.headers.get("content-length", "")
                if not encoding and announced.isdigit() and int(announced[:18]) > request.cap:
                    raise _oversized(request.cap)
                async with aclosing(cast("AsyncGenerator[bytes]", aiter(body))) as raw:
                    while True:
                        async with asyncio.timeout_at(begun + request.allowed(seconds, self.timeout, trail.received)):
                            coded = await anext(raw, None)
                        if coded is None:
                            break
                        for piece in decoder.feed(coded):
                            trail.received += len(piece)
                            if trail.received > request.cap:
                                raise _oversized(request.cap)
                            yield piece
                decoder.finish()
            finally:
                await body.aclose()

    def _trail(self, request: Request, number: int) -> Trail:
        order = (milliseconds(self._clock.now()), 0)
        return Trail(request.url, number, order, self._clock.monotonic())

    def _step_timeouts(self, seconds: float) -> dict[str, float | None]:
        """Timeouts of single steps beside the deadline of the whole: a long upload must not stand still.

        TCP and TLS get half of it each, so that they end before the deadline would cut them: only then does
        httpcore close the socket of a handshake that hangs.
        """
        step = min(self.timeout, seconds)
        return {"connect": step / 2, "write": step, "read": None, "pool": None}

    async def _open(self) -> Connections:
        if self._connections is not None:
            return self._connections
        async with self._opening:
            if self._connections is None:
                bundle = self._settings.ca_bundle
                try:
                    context = await asyncio.to_thread(tls_context, bundle)
                except OSError:
                    raise Unreachable(
                        self.name,
                        f"the certificates in {bundle} cannot be read, nothing was sent",
                        next_step="Check ca_bundle in the config: it names a PEM file.",
                        code="ca_bundle",
                    ) from None
                proxy = self._settings.proxy
                self._connections = Connections(lambda: line(context, proxy))
            return self._connections


@contextmanager
def _translated(request: Request, trail: Trail, seconds: float) -> Iterator[None]:
    """httpx's exceptions as Failures: what matters is whether anything had been sent."""
    host = urlsplit(request.url).hostname or ""
    try:
        yield
    except (TimeoutError, httpx.TimeoutException):
        if not trail.sent:
            raise Failure("unreachable", f"no connection to {host} in time", code="timeout") from None
        what = "no answer" if trail.status is None else f"the answer (HTTP {trail.status}) was not complete"
        limit = "in time" if request.paced else f"within {round(seconds, 1) or seconds:g} s"
        raise Failure("timed_out", f"{what} {limit}", code="timeout") from None
    except httpx.ProxyError as error:
        raise Failure("unreachable", f"the proxy did not let us through: {plain(error)}", code="proxy") from None
    except httpx.LocalProtocolError:
        # Its words may quote a header.
        if trail.sent:
            raise Failure("broken", "the request could not be sent whole") from None
        raise Failure("unreachable", "a header or address cannot be sent as configured", code="request") from None
    except httpx.TransportError as error:
        raise (broken_failure(error) if trail.sent else connection_failure(error, host)) from error
    except Undecodable as error:
        raise Failure("broken", str(error)) from None
    except (httpx.InvalidURL, UnicodeError):
        raise Failure("unreachable", "a header or address cannot be sent as configured", code="request") from None


def _oversized(cap: int) -> Failure:
    return Failure("oversized", f"the answer is larger than {cap} bytes", code="size")
