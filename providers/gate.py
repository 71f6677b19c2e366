"""What every request passes on its way out and back: safe addresses only, one breaker an origin, errors in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from providers.answer import Answer
from providers.attempt import Request
from providers.breaker import Breaker
from providers.clock import Clock
from providers.errors import BadAnswer, NotAuthorised, NotFound, TooLarge, Unconfirmed, Unreachable
from providers.failure import Failure
from providers.origins import Origin, is_safe, origin_of, own_origins
from providers.retry import THROTTLED_WITHOUT_ADVICE, parse_retry_after
from providers.settings import ProviderSettings
from providers.verdict import may_mend


class Gate:
    """One provider's gate.

    Breakers are kept by origin, so that a file store which is down does not keep us from the vendor's tickets.
    """

    def __init__(self, settings: ProviderSettings, clock: Clock) -> None:
        self._name = settings.name
        self._clock = clock
        self._own = own_origins(settings)
        self._breakers: dict[Origin, Breaker] = {}

    @contextmanager
    def passage(self, request: Request) -> Iterator[Passage]:
        """Around one request with all its retries.

        Refuses what may not leave, keeps the origin's breaker informed, and turns a Failure into its error.
        """
        origin = self._checked(request)
        breaker = self._breakers.setdefault(origin, Breaker())
        wait = breaker.wait(self._clock.monotonic())
        if wait > 0:
            raise Unreachable(
                self._name,
                f"{origin[1]} has failed repeatedly and is left alone; it is tried again in {wait:.0f} s",
                code="breaker",
            )
        breaker.enter()
        try:
            yield Passage(breaker, self._clock)
        except Failure as failure:
            if failure.trouble == "throttled":
                breaker.succeeded()
            else:
                breaker.failed(self._clock.monotonic())
            asked = parse_retry_after(failure.retry_after, self._clock.now())
            patience = THROTTLED_WITHOUT_ADVICE if asked is None else asked
            raise failure.error(self._name, request.treatment, patience) from None
        except (BadAnswer, NotAuthorised, NotFound, TooLarge, Unconfirmed):
            breaker.succeeded()
            raise
        finally:
            breaker.leave()

    def _checked(self, request: Request) -> Origin:
        try:
            origin = origin_of(request.url)
        except ValueError:
            raise BadAnswer(self._name, "a link is no URL, nothing was sent") from None
        if not is_safe(origin):
            raise BadAnswer(self._name, f"a link to {origin[1]} is not https, nothing was sent")
        if request.with_auth and self._own and origin not in self._own:
            raise BadAnswer(self._name, f"a link leads to {origin[1]}, which is not to see our credentials")
        return origin


class Passage:
    """One request's way back through the gate."""

    def __init__(self, breaker: Breaker, clock: Clock) -> None:
        self._breaker = breaker
        self._clock = clock

    def heard(self, answer: Answer) -> Answer:
        """Note the final answer: a gateway's error or a cut one counts against the origin, anything else for it."""
        if answer.cut or may_mend(answer):
            self._breaker.failed(self._clock.monotonic())
        else:
            self._breaker.succeeded()
        return answer
