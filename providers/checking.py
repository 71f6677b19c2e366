"""What `vendorq check` tries of a provider: a harmless read, and how far it came."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from providers.base import CheckStep
from providers.errors import NotAuthorised, SecretMissing, Unreachable, VendorError

SECRETS: Final = "secrets"
REACH: Final = "reach"
CREDENTIALS: Final = "credentials"


async def check_by_reading(
    title: str, what: str, read: Callable[[], Awaitable[str]], secrets: str = "all secrets can be had"
) -> tuple[CheckStep, ...]:
    """Do one read and say how far that came; the first step that failed is the last one named.

    `what` names the read, and `read` returns in words what it brought.
    """
    stages = [
        (SECRETS, secrets),
        (REACH, f"name, TLS and the way to {title} are in order"),
        (CREDENTIALS, f"{title} takes our credentials"),
    ]
    try:
        brought = await read()
    except VendorError as error:
        reached = _reached(error)
        passed = [CheckStep(name=name, ok=True, detail=detail) for name, detail in stages[:reached]]
        return (*passed, failed([*(name for name, _ in stages), what][reached], error))
    steps = [CheckStep(name=name, ok=True, detail=detail) for name, detail in stages]
    return (*steps, CheckStep(name=what, ok=True, detail=brought))


def failed(name: str, error: VendorError) -> CheckStep:
    """The step that an error ended."""
    return CheckStep(name=name, ok=False, detail=str(error), next_step=error.next_step, error_type=type(error).__name__)


def _reached(error: VendorError) -> int:
    """How many steps had gone well before this error."""
    if isinstance(error, SecretMissing):
        return 0
    if isinstance(error, Unreachable):
        return 1
    return 2 if isinstance(error, NotAuthorised) else 3
