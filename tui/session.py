"""What one command line works with: its config, a desk on an event loop, and signals that end it in order."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from providers.errors import VendorError
from tui import exits
from tui.output import say

if TYPE_CHECKING:
    from providers.model import TicketKey
    from tui.config import Config
    from tui.desk.desk import Desk

T = TypeVar("T")


class Stopped(Exception):
    """A signal ended the work."""

    def __init__(self, signal_number: int) -> None:
        super().__init__(signal_number)
        self.signal_number = signal_number


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """The options that stand before the command."""

    config_file: str | None = None
    read_only: bool = False

    def config(self) -> Config:
        """The config, read now. ConfigFault where it cannot be used."""
        from tui.config import load

        return load(None if self.config_file is None else Path(self.config_file), os.environ)

    def run(self, work: Callable[[Desk, Config], Awaitable[T]], *, consume: bool = False) -> T:
        """Open the desk, do the work on an event loop, close the desk. SIGINT, SIGTERM and SIGHUP cancel the work
        and end the command with 128 + n. `consume` is for what exists to read queues, and says itself
        that the store cannot be written."""
        config = self.config()

        async def with_desk() -> T:
            from tui import logfile
            from tui.compose import open_desk

            desk = open_desk(config, read_only=self.read_only, consume=consume)
            for words in (desk.store.read_only if not consume else "", *desk.store.alarms):
                if words:
                    say(f"vendorq: {words}")
            try:
                return await work(desk, config)
            except exits.Failure as failure:
                raise located(config, failure) from None
            except VendorError as error:
                raise located(config, exits.from_vendor_error(error)) from None
            finally:
                await desk.aclose()
                logfile.stop()

        return run_until_signal(with_desk)


def located(config: Config, failure: exits.Failure) -> exits.Failure:
    """The failure itself; one over a secret that could not be had names the config's file, line and key."""
    if failure.kind in ("SecretMissing", "SecretUnavailable"):
        fault = config.secret_fault(failure.message, failure.next_step, failure.provider)
        failure.message = f"{fault.place}: {fault.key}: {failure.message}"
        failure.provider, failure.field = "", failure.field or fault.key
    return failure


def run_until_signal(work: Callable[[], Awaitable[T]]) -> T:
    """Run a coroutine on a loop of its own. A signal cancels it, and then the command ends with 128 + n."""
    import asyncio
    import signal

    received: list[int] = []

    async def main() -> T:
        loop = asyncio.get_running_loop()
        task = asyncio.ensure_future(work())

        def stop(number: int) -> None:
            received.append(number)
            task.cancel()

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, stop, number)
        return await task

    try:
        return asyncio.run(main())
    except asyncio.CancelledError:
        raise Stopped(received[0] if received else signal.SIGTERM) from None


def find_ticket(desk: Desk, config: Config, provider: str, number: str) -> TicketKey:
    """The ticket that a provider's name and a number (the vendor's or our own) mean; exit code 1 where none.

    78 where the store cannot be written: then it may be what was lost, and no vendor can be asked for it.
    """
    check_provider(config, provider)
    key = desk.find(provider, number)
    if key is None and desk.store.read_only and not desk.store.passing:
        raise exits.Failure(
            exits.CONFIG,
            "StoreFault",
            f"ticket {number} of {provider} is not among what can be read here",
            next_step=desk.store.read_only,
        )
    if key is None:
        raise exits.nothing_found(
            f"no ticket {number} of {provider} is known here",
            f"Run `vendorq sync --once` to read the vendor, or `vendorq track {provider} {number}`.",
        )
    return key


def check_provider(config: Config, name: str) -> None:
    """Exit code 1, with the nearest name, where no provider is called so."""
    from difflib import get_close_matches

    names = [settings.name for settings in config.providers]
    if name not in names:
        nearest = get_close_matches(name, names, n=1)
        advice = f"Did you mean {nearest[0]!r}?" if nearest else f"Configured are: {', '.join(names)}."
        raise exits.nothing_found(f"no provider is named {name!r}", advice)
