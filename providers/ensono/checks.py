"""Trying a config out, without the queue: even a look at that takes its messages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import quote

from providers.base import CheckStep
from providers.ensono import answers
from providers.ensono.settings import Settings
from providers.errors import NotFound, Rejected, SecretMissing, VendorError
from providers.http import HttpClient
from providers.secrets import SecretUnavailable

NO_SUCH_TICKET = "e-CS0000000"
CHECK_FILE = "vendorq-check.txt"


async def check(settings: Settings, http: HttpClient, number: str = "") -> tuple[CheckStep, ...]:
    """Config, secret, reach and key, up to the first that fails.

    `number` is a ticket of ours: outside dev an upload URL for it, which is not used, is the only harmless read.
    """
    steps = [CheckStep(name="config", ok=True, detail=f"environment {settings.environment}")]
    trying: tuple[Callable[[], Awaitable[CheckStep]], ...] = (
        lambda: _secret(settings),
        lambda: _reach(settings, http),
        lambda: _key(settings, http, number),
    )
    for attempt in trying:
        steps.append(await attempt())
        if not steps[-1].ok:
            break
    return tuple(steps)


async def _secret(settings: Settings) -> CheckStep:
    try:
        await settings.api_key.revealed()
    except SecretUnavailable as error:
        return _failed("secret", SecretMissing(settings.name, error.message, next_step=error.cure))
    return CheckStep(name="secret", ok=True, detail=f"api_key from {settings.api_key.describe()}")


async def _reach(settings: Settings, http: HttpClient) -> CheckStep:
    """A path that does not exist is answered by Ensono's gateway, so that DNS, TLS and the way there are proven."""
    try:
        await _ask(settings, http, "tickets")
    except Rejected:
        pass  # "Missing Authentication Token" or "Bad Path": Ensono's own answer to a path it does not have
    except VendorError as error:
        return _failed("reach", error)
    return CheckStep(name="reach", ok=True, detail="Ensono's gateway answers")


async def _key(settings: Settings, http: HttpClient, number: str) -> CheckStep:
    """The key, where there is a harmless read to try it with."""
    if number:
        path, what = f"tickets/{quote(number, safe='')}/attachments/{CHECK_FILE}", "gave an upload URL"
    elif settings.environment == "dev":
        path, what = f"tickets/{NO_SUCH_TICKET}", "answered"
    else:
        return CheckStep(
            name="key",
            ok=True,
            detail=f"not tried: Ensono has no harmless read in {settings.environment} but for a known ticket",
        )
    try:
        await _ask(settings, http, path)
    except (NotFound, Rejected) as error:
        # That there is no such ticket is an answer too; of a ticket that is known it is not.
        if number or error.code == "missing_authentication_token":
            return _failed("key", error)
    except VendorError as error:
        return _failed("key", error)
    return CheckStep(name="key", ok=True, detail=f"Ensono takes the key and {what}")


async def _ask(settings: Settings, http: HttpClient, path: str) -> None:
    url = f"{settings.url}/{settings.environment}/{path}"
    answers.page_of(await http.request("GET", url, treatment="read"))


def _failed(name: str, error: VendorError) -> CheckStep:
    return CheckStep(name=name, ok=False, detail=str(error), next_step=error.next_step, error_type=type(error).__name__)
