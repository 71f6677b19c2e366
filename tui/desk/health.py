"""How each provider is doing: what its polls left behind in the store, and what that means now."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from providers.clock import milliseconds
from providers.codec import format_time, parse_time
from providers.errors import VendorError
from tui.desk import records, waiting
from tui.desk.context import Context, Policy
from tui.desk.ports import Table, Transaction, View

if TYPE_CHECKING:
    from tui.desk.reports import ProviderHealth

LATE_AFTER: Final = 3
"""Polls that may be missed before a provider counts as late."""
DOWN_AFTER: Final = 2
"""Failures in a row after which it counts as down."""
WARNS_FOR: Final = timedelta(hours=1)
RETRY_AFTER_CAP: Final = timedelta(minutes=15)


def retry_at(view: View, provider: str, now: datetime) -> datetime | None:
    """Until when the vendor asked for patience, whichever process it asked; None where it did not, or it is over.

    Never more than RETRY_AFTER_CAP from now: what is stored as later was stored by a clock that was ahead.
    """
    until = _ahead(parse_time(records.document(view, Table.HEALTH, provider).get("retry_at")), now)
    return None if until is None else min(until, now + RETRY_AFTER_CAP)


def patience(transaction: Transaction, provider: str, now: datetime) -> datetime | None:
    """The same, and what a clock that was ahead had stored is set right, so that the cap counts from now on."""
    until = retry_at(transaction, provider, now)
    if until is not None and parse_time(records.document(transaction, Table.HEALTH, provider)["retry_at"]) != until:
        hold_until(transaction, provider, until)
    return until


def moment(at: datetime, now: datetime) -> str:
    """A time to wait for, in words: with its date where that is not today."""
    return f"{at:%H:%M:%S} UTC" if at.date() == now.date() else f"{at:%Y-%m-%d %H:%M:%S} UTC"


def hold_until(transaction: Transaction, provider: str, until: datetime) -> None:
    """Keep the vendor's wish for patience."""
    records.amend(transaction, Table.HEALTH, provider, retry_at=format_time(until))


def warn(transaction: Transaction, provider: str, words: str, now: datetime) -> None:
    """Say something of the provider's queue for a while, though its polls go well."""
    records.amend(transaction, Table.HEALTH, provider, warning=words, warned_at=format_time(now))


def tried(transaction: Transaction, provider: str, now: datetime) -> None:
    """A poll begins."""
    records.amend(transaction, Table.HEALTH, provider, last_try=format_time(now))


def went_well(transaction: Transaction, provider: str, began: datetime, now: datetime) -> None:
    """A poll ended well: the provider's list was read, and where there is a queue that is read here, the queue."""
    records.amend(
        transaction,
        Table.HEALTH,
        provider,
        last_try=format_time(began),
        last_good=format_time(now),
        failures=0,
        error="",
        error_type="",
        next_step="",
        retry_at=None,
        baseline=True,
    )


def failed(
    transaction: Transaction, provider: str, began: datetime, error: VendorError, until: datetime | None
) -> None:
    """A poll ended in an error; the vendor may have asked for patience."""
    before = records.document(transaction, Table.HEALTH, provider)
    records.amend(
        transaction,
        Table.HEALTH,
        provider,
        last_try=format_time(began),
        failures=int(before.get("failures", 0)) + 1,
        error=str(error).removeprefix(f"{error.provider}: "),
        error_type=type(error).__name__,
        next_step=error.next_step,
        retry_at=format_time(until),
    )


def has_baseline(view: View, provider: str) -> bool:
    """Whether a good poll has been had before, so that what is new now is news."""
    return bool(records.document(view, Table.HEALTH, provider).get("baseline"))


def assess(context: Context, provider: str, *, paused: bool, consumes: bool, asks: bool) -> ProviderHealth:
    """One provider's health now."""
    from tui.desk.reports import ProviderHealth

    view, now, policy = context.store, context.now(), context.policy(provider)
    document = records.document(view, Table.HEALTH, provider)
    depth, oldest = _queue(context, provider)
    last_good = parse_time(document.get("last_good"))
    health = ProviderHealth(
        name=provider,
        kind=context.providers[provider].declaration.kind,
        last_good=last_good,
        last_try=parse_time(document.get("last_try")),
        failures=int(document.get("failures", 0)),
        error=str(document.get("error", "")),
        error_type=str(document.get("error_type", "")),
        next_step=str(document.get("next_step", "")),
        retry_at=retry_at(view, provider, now),
        queue_depth=depth,
        queue_age=None if oldest is None else max(0.0, (milliseconds(now) - oldest) / 1000),
        gap=str(document.get("gap", "")),
        warning=_warning(context, provider),
        consumes=consumes,
        asks_consume=asks,
        poll_seconds=policy.poll_seconds,
    )
    return replace(health, state="paused" if paused else _state(health, policy, now))


def _state(health: ProviderHealth, policy: Policy, now: datetime) -> Any:
    if health.failures >= DOWN_AFTER or (health.failures and health.last_good is None):
        return "down"
    if health.last_good is None:
        return "unknown"
    late = timedelta(seconds=LATE_AFTER * policy.poll_seconds + policy.budget_seconds)
    if health.failures or now - health.last_good > late:
        return "late"
    return "ok"


def _queue(context: Context, provider: str) -> tuple[int, int | None]:
    """How many messages are not settled, and the order of the oldest that waits for more than an engineer's answer."""
    unsettled = waiting.unsettled(context.catalogue, provider)
    return len(unsettled), min((item.order_time for item in unsettled if item.status != "held"), default=None)


def _ahead(at: datetime | None, now: datetime) -> datetime | None:
    return at if at is not None and at > now else None


def _warning(context: Context, provider: str) -> str:
    """What is wrong with the queue though polls go well: groups that are stuck, deliveries that give reason to warn."""
    blocked = sorted(
        {
            item.group or item.number
            for item in waiting.unsettled(context.catalogue, provider)
            if item.status == "blocked"
        }
    )
    if blocked:
        more = f" and {len(blocked) - 1} more" if len(blocked) > 1 else ""
        return f"The messages of {blocked[0]}{more} are blocked: an earlier one is not settled."
    document = records.document(context.store, Table.HEALTH, provider)
    at = parse_time(document.get("warned_at"))
    fresh = at is not None and context.now() - at <= WARNS_FOR
    return str(document.get("warning", "")) if fresh else ""
