"""What the shell may complete: names from the config, numbers and ids from the store. Silent where there is none."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tui.config_fault import ConfigFault
from tui.session import Session

if TYPE_CHECKING:
    from tui.config import Config
    from tui.desk.desk import Desk


def providers(session: Session, start: str) -> list[str]:
    """Providers' names."""
    try:
        config = session.config()
    except ConfigFault:
        return []
    return [settings.name for settings in config.providers if settings.name.startswith(start)]


def numbers(session: Session, provider: str, start: str) -> list[str]:
    """A provider's ticket numbers, the vendor's and our own."""

    def collect(desk: Desk, config: Config) -> list[str]:
        rows = [row for row in desk.rows() if row.provider == provider]
        known = [number for row in rows for number in (row.number, row.client_number) if number]
        return sorted(number for number in known if number.startswith(start))

    return _ask(session, collect)


def messages(session: Session, provider: str, start: str) -> list[str]:
    """Ids of a provider's messages that are not handled."""
    return _ask(
        session,
        lambda desk, config: [
            entry.id for entry in desk.messages() if entry.provider == provider and entry.id.startswith(start)
        ],
    )


def entries(session: Session, start: str) -> list[str]:
    """Ids of writes that wait or failed."""
    return _ask(session, lambda desk, config: [entry.id for entry in desk.outbox() if entry.id.startswith(start)])


def filter_terms(session: Session, start: str) -> list[str]:
    """How a term of a filter may go on."""
    from tui import filters

    offers = filters.completions(start, len(start), providers(session, ""))
    return [start[: offer.start] + offer.value for offer in offers]


def _ask(session: Session, collect: Callable[[Desk, Config], list[str]]) -> list[str]:
    from tui.desk.ports import StoreFault

    async def work(desk: Desk, config: Config) -> list[str]:
        return collect(desk, config)

    try:
        return session.run(work)
    except (ConfigFault, StoreFault):
        return []
