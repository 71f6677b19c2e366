"""What `vendorq check` tries of a KPN provider: one list read, and how far it came."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Final

from providers.base import CheckStep
from providers.errors import NotAuthorised, SecretMissing, Unreachable, VendorError
from providers.model import Snapshot

_STEPS: Final = (
    ("secrets", "client_id and client_secret can be had"),
    ("reach", "name, TLS and the way to KPN are in order"),
    ("credentials", "KPN gives a token and takes it"),
)


async def check_by_list(read: Callable[[], AsyncIterator[Snapshot]], what: str) -> tuple[CheckStep, ...]:
    """Read the list once and say how far that came. The first step that failed is the last one named."""
    try:
        count = 0
        async for _ in read():
            count += 1
    except VendorError as error:
        reached = _reached(error)
        names = [*_STEPS, (what, "")]
        passed = [CheckStep(name=name, ok=True, detail=detail) for name, detail in names[:reached]]
        failed = CheckStep(
            name=names[reached][0],
            ok=False,
            detail=str(error),
            next_step=error.next_step,
            error_type=type(error).__name__,
        )
        return (*passed, failed)
    steps = [CheckStep(name=name, ok=True, detail=detail) for name, detail in _STEPS]
    return (*steps, CheckStep(name=what, ok=True, detail=f"{count} open tickets"))


def _reached(error: VendorError) -> int:
    """How many steps had gone well before this error."""
    if isinstance(error, SecretMissing):
        return 0
    if isinstance(error, Unreachable):
        return 1
    return 2 if isinstance(error, NotAuthorised) else 3
