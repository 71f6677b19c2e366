"""Fetching attachments: on receipt, since a vendor's link expires, and when the engineer asks."""

from __future__ import annotations

import asyncio
import errno
import logging
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

from providers.base import Operation, Progress, Provider
from providers.clock import milliseconds
from providers.errors import BadAnswer, NotFound, NotOffered, Rejected, TooLarge, VendorError
from providers.exchange import referring
from providers.model import Attachment, Patch, Ticket, TicketKey
from tui.desk import index, intake, received_files, records
from tui.desk.context import Context
from tui.desk.entries import InboxEntry
from tui.desk.ports import Transaction

_FINAL: Final = (NotFound, NotOffered, TooLarge, Rejected)
_SLICE: Final = 1000
"""Entries that are looked at before the event loop has its turn."""
_log = logging.getLogger(__name__)


class Downloads:
    """One provider's files."""

    def __init__(self, context: Context, provider: Provider) -> None:
        self._context = context
        self._provider = provider
        self._looked_at: set[str] = set()

    async def fetch_waiting(self) -> int:
        """Fetch the files that messages brought and that are not here yet; the first failure is raised at the end."""
        if not self._context.offers(self._provider.name, Operation.DOWNLOAD):
            return 0
        count = 0
        failure: VendorError | None = None
        async for key, entry in self._waiting():
            try:
                count += await self._fetch_of(entry)
            except VendorError as error:
                if error.code == received_files.WRONG_SIZE:
                    # Asked for again at the next poll, while its link lives; one odd file is not the vendor's trouble.
                    _log.warning("a file of %s is not here yet: %s", self._provider.name, error)
                    continue
                if not isinstance(error, _FINAL):
                    failure = failure or error
                    continue
                await self._give_up(key, error)
            self._looked_at.add(key)
        if failure is not None:
            raise failure
        return count

    async def _waiting(self) -> AsyncIterator[tuple[str, InboxEntry]]:
        for place, (key, item) in enumerate(list(index.inbox(self._context.store).items())):
            if place % _SLICE == 0:
                await asyncio.sleep(0)
            mine = item.provider == self._provider.name and item.kind == "attachment" and item.applied
            if mine and key not in self._looked_at:
                entry = records.entry_at(self._context.store, key)
                if entry is not None and entry.patch is not None and not entry.warning.startswith(_NOT_FETCHED):
                    yield key, entry

    async def _fetch_of(self, entry: InboxEntry) -> int:
        ticket = records.ticket(self._context.store, TicketKey(entry.provider, entry.number))
        if ticket is None or entry.patch is None:
            return 0
        named = {item.id for item in entry.patch.attachments}
        missing = [item for item in ticket.attachments if item.id in named and item.url and not item.path]
        for item in missing:
            await self._fetch(ticket, item, None)
        return len(missing)

    async def _give_up(self, key: str, error: VendorError) -> None:
        _log.warning("a file of %s was not fetched: %s", self._provider.name, error)
        words = f"{_NOT_FETCHED}: {error.message}"

        def keep(transaction: Transaction) -> None:
            entry = records.entry_at(transaction, key)
            if entry is not None:
                records.put_entry(transaction, replace(entry, warning=words))

        await self._context.store.transact(keep)

    async def download(
        self, ticket: Ticket, name: str, to: Path | None, progress: Progress | None = None
    ) -> list[Path]:
        """Fetch a ticket's files, all where `name` is empty. NotFound where none is called so."""
        wanted = [item for item in ticket.attachments if item.direction == "in" and name in ("", item.name)]
        if name and not wanted:
            names = ", ".join(item.name for item in ticket.attachments if item.direction == "in") or "none"
            raise NotFound(ticket.provider, f"{ticket.number} has no file {name}; it has: {names}")
        return [await self._bring(ticket, item, to, progress) for item in wanted]

    async def _bring(self, ticket: Ticket, item: Attachment, to: Path | None, progress: Progress | None) -> Path:
        known = Path(item.path) if item.path else None
        if known is None or not known.is_file():
            known = await self._fetch(ticket, item, progress)
        return known if to is None else received_files.copy(known, to, received_files.safe_name(item.name))

    async def _fetch(self, ticket: Ticket, item: Attachment, progress: Progress | None) -> Path:
        if not item.url and item.path:
            gone = f"our copy of {item.name} is not at {item.path} any more, and its link is used up"
            raise NotFound(ticket.provider, gone, next_step="Ask the vendor to attach it again.")
        if not item.url:
            raise NotFound(ticket.provider, f"the vendor gave no link for {item.name}")
        names = "attachments", received_files.safe_name(ticket.provider), received_files.safe_name(ticket.number)
        pieces = self._provider.download(item, progress)
        try:
            with referring(ticket.number, item.id):
                path = await received_files.keep(ticket.provider, item, pieces, self._context.store.path, *names)
        except OSError as error:
            step = "Put a folder of that name in its place." if error.errno == errno.ELOOP else "See the disk."
            words = f"{item.name} could not be written: {error.strerror}"
            raise BadAnswer(ticket.provider, words, next_step=step) from error
        await self._remember(ticket, item, path)
        return path

    async def _remember(self, ticket: Ticket, item: Attachment, path: Path) -> None:
        now = self._context.now()
        entry = file_entry(ticket, replace(item, path=str(path)), now)
        told = self._context.catalogue.entries_of(ticket.provider, ticket.number)

        def keep(transaction: Transaction) -> None:
            intake.take_in(transaction, entry)
            if item.expires_at is not None:
                _forget_link(transaction, told, item.id)

        await self._context.store.transact(keep)


_NOT_FETCHED: Final = "A file was not fetched"


def _forget_link(transaction: Transaction, entries: Iterable[str], attachment_id: str) -> None:
    """Take the link out of the entries that brought it: it carries a signature, and the file is here."""
    for key in entries:
        entry = records.entry_at(transaction, key)
        if entry is None or entry.patch is None or not _has_link(entry.patch, attachment_id):
            continue
        message = entry.message
        if message is not None and message.patch is not None:
            message = replace(message, patch=_without_link(message.patch, attachment_id))
        forgetful = replace(entry, patch=_without_link(entry.patch, attachment_id), message=message)
        records.put_entry(transaction, forgetful)


def _has_link(patch: Patch, attachment_id: str) -> bool:
    return any(item.id == attachment_id and item.url for item in patch.attachments)


def _without_link(patch: Patch, attachment_id: str) -> Patch:
    kept = (replace(item, url="") if item.id == attachment_id else item for item in patch.attachments)
    return replace(patch, attachments=tuple(kept))


def file_entry(ticket: Ticket, item: Attachment, now: datetime) -> InboxEntry:
    """The entry that says where our copy of an attachment is."""
    return InboxEntry(
        provider=ticket.provider,
        id=f"file-{ticket.number}-{item.id}-{milliseconds(now)}",
        number=ticket.number,
        source="snapshot",
        order=(0, 0),
        received_at=now,
        status="acknowledged",
        patch=Patch(number=ticket.number, attachments=(replace(item, url=""),)),
        released=True,
        handled=True,
    )
