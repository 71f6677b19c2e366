"""What every part of the desk is given: the store, the vendors, the clock, who acts and how each vendor is polled."""

from __future__ import annotations

import os
import pwd
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal

from providers.base import Operation, Provider
from providers.clock import Clock
from providers.model import Engineer
from tui.desk.catalogue import Catalogue
from tui.desk.ports import Store

if TYPE_CHECKING:
    from providers.settings import ProviderSettings

BUDGET: Final = 3
"""A provider's share of one poll, in request timeouts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How one provider is treated, from its part of the config. Times in seconds.

    `consume` is whether its queue may be read here; "ask" leaves it to the engineer's remembered answer.
    """

    poll_seconds: int = 60
    timeout_seconds: float = 20.0
    consume: Literal["ask"] | bool = "ask"
    read_only: bool = False

    @property
    def budget_seconds(self) -> float:
        """The time one poll of this provider may take."""
        return BUDGET * self.timeout_seconds


def policy_of(settings: ProviderSettings, provider: Provider) -> Policy:
    """A provider's policy from its settings; the vendor's own advice where they give no interval."""
    return Policy(
        poll_seconds=settings.poll_seconds or provider.declaration.poll_seconds,
        timeout_seconds=settings.timeout_seconds,
        consume=settings.consume,
        read_only=settings.read_only,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """Where the engineer sits: unix user, terminal and the SSH connection, as the audit line keeps them."""

    user: str = ""
    tty: str = ""
    ssh: str = ""


def this_seat() -> Seat:
    """The seat of this process."""
    try:
        user = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        user = str(os.getuid())
    tty = ""
    for stream in (sys.__stdin__, sys.__stderr__):
        try:
            tty = os.ttyname(stream.fileno()) if stream is not None else ""
        except (OSError, ValueError):
            continue
        break
    return Seat(user=user, tty=tty, ssh=os.environ.get("SSH_CONNECTION", ""))


@dataclass(slots=True, kw_only=True)
class Context:
    """The desk's surroundings. `consume_always` is for what exists to read queues: `sync` and `demo`."""

    store: Store
    providers: Mapping[str, Provider]
    clock: Clock
    engineer: Engineer
    policies: Mapping[str, Policy] = field(default_factory=dict)
    read_only: bool = False
    catalogue: Catalogue = field(init=False)
    consume_always: bool = False
    seat: Seat = field(default_factory=this_seat)

    def __post_init__(self) -> None:
        self.catalogue = Catalogue(self.store, self.clock)

    def now(self) -> datetime:
        """The clock's time of day."""
        return self.clock.now()

    def policy(self, provider: str) -> Policy:
        """A provider's policy; the vendor's advice where the config says nothing."""
        known = self.policies.get(provider)
        if known is not None:
            return known
        return Policy(poll_seconds=self.providers[provider].declaration.poll_seconds)

    def offers(self, provider: str, operation: Operation) -> bool:
        """Whether a provider declares an operation."""
        return operation in self.providers[provider].declaration.offered

    def answers_messages(self, provider: str) -> bool:
        """Whether a message is acknowledged by a business answer of ours and not by releasing it from a queue."""
        return self.offers(provider, Operation.QUEUE) and self.offers(provider, Operation.ACKNOWLEDGE)


def new_id() -> str:
    """An id for an outbox entry: short enough to type."""
    return secrets.token_hex(5)
