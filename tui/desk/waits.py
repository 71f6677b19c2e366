"""What each write that is not over waits for, in words. Told when it is asked for, so that it is never out of date.

Nothing here is stored: the vendor's patience, a write in the way, the config and who polls are looked up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from providers.base import Operation, Settling
from tui.desk import health, outbox_entries, records, settle, waiting
from tui.desk.context import Context
from tui.desk.entries import OutboxEntry
from tui.desk.locks import TicketLocks
from tui.desk.outbox_entries import SETTLE_AFTER
from tui.desk.ports import Table

_NOBODY: Final = "nothing polls now: `vendorq sync --once` {does} it"
_UNASKED: Final = "the vendor cannot be asked about it"
_GONE: Final = "the process that sent it is gone, and nobody knows whether it was done"
_BEHIND: Final = re.compile(r"an earlier \w+ goes first, (?P<id>\w+), ")
_OUTCOMES: Final = {"engineer": "put to you", "send_again": "sent again", "repeat_once": "sent once more"}


def told(context: Context, entries: Iterable[OutboxEntry], is_paused: Callable[[str], bool]) -> Mapping[str, str]:
    """What these writes wait for, by their ids; those that are done or given up are not among them.

    `is_paused` says whether a provider is left alone by this process.
    """
    reasons = _Reasons(context, is_paused)
    return {entry.id: words for entry in entries if (words := reasons.of(entry))}


def as_known(context: Context, entries: Iterable[OutboxEntry]) -> list[OutboxEntry]:
    """These writes as they stand: what a process was sending that is gone is unconfirmed, though nobody noted it yet.

    Nothing is stored: the next poll, or whoever retries or drops it, does that.
    """
    locks = TicketLocks(context.store.path / "locks")
    return [
        outbox_entries.lost(entry, _GONE, entry.updated_at)
        if entry.state == "sending" and locks.is_free(entry.write)
        else entry
        for entry in entries
    ]


def why(entry: OutboxEntry, waits_for: str) -> str:
    """All there is to say of how a write stands, in one line: what went wrong, and what it waits for."""
    if entry.state == "unconfirmed" and entry.error and waits_for:
        return f"{entry.error}; {waits_for}"
    if entry.state == "rejected":
        return entry.error
    return waits_for or entry.error


def in_rows(waits_for: Mapping[str, str]) -> dict[str, str]:
    """The same for a table: what several writes wait behind is told in full once, and `behind <id>` from then on."""
    seen: set[str] = set()
    told: dict[str, str] = {}
    for entry_id, words in waits_for.items():
        before = _BEHIND.match(words)
        told[entry_id] = f"behind {before['id']}" if before is not None and words in seen else words
        seen.add(words)
    return told


def first_causes(waits_for: Iterable[str]) -> list[str]:
    """What these writes wait for, each once; that one waits behind another only where there is nothing else."""
    causes = list(dict.fromkeys(waits_for))
    return [words for words in causes if not _BEHIND.match(words)] or causes


class _Reasons:
    """The reasons of one moment, with what all of them share looked up once."""

    def __init__(self, context: Context, is_paused: Callable[[str], bool]) -> None:
        self._context = context
        self._store = context.store
        self._is_paused = is_paused
        self._now = context.now()
        self._behind = waiting.behind_which(context.catalogue)
        self._polled = context.store.lease.holder() is not None

    def of(self, entry: OutboxEntry) -> str:
        """Empty for what is over."""
        match entry.state:
            case "queued":
                return self._queued(entry)
            case "sending":
                since = f"since {health.moment(entry.sent_at, self._now)}" if entry.sent_at is not None else "now"
                return f"it is being sent {since}: the vendor's answer is awaited"
            case "unconfirmed":
                return self._unconfirmed(entry)
        if entry.state == "rejected" and entry.needs_engineer:
            return "your decision: correct it, send it again or drop it"
        return ""

    def _queued(self, entry: OutboxEntry) -> str:
        name = entry.write.provider
        shut = self._shut(name)
        if shut:
            return shut
        if entry.answers:
            return self._answers(entry) or self._next_poll(name)
        before = self._entry(self._behind.get(entry.id, ""))
        if before is not None:
            return f"an earlier {before.write.action} goes first, {before.id}, which is {self._standing(before)}"
        until = health.retry_at(self._store, name, self._now)
        if until is not None:
            return f"the vendor asked for patience until {health.moment(until, self._now)}"
        if self._is_paused(name) and self._store.lease.held:
            return f"{name} is paused here: resume it, or drop the write"
        if entry.error:
            tried = f"tried at {health.moment(entry.updated_at, self._now)}"
            return f"{entry.error} ({tried}); {self._next_poll(name)}"
        return self._next_poll(name)

    def _shut(self, name: str) -> str:
        """Why nothing is sent to a provider at all."""
        if name not in self._context.providers:
            return f"the config names no provider {name}: name it again, or drop the write"
        if self._context.policy(name).read_only:
            return f"the config says read_only for {name}, so that nothing is sent to it"
        if self._store.read_only and not self._context.read_only:
            return "the store cannot be written, so that nothing is sent: see `vendorq status`"
        return ""

    def _answers(self, link: OutboxEntry) -> str:
        """A link stands for answers to messages: the first that is not done holds it up."""
        for answer_id in link.answers:
            answer = self._entry(answer_id)
            if answer is not None and answer.state != "done":
                return f"an answer to a message goes with it, {answer.id}, which is {self._standing(answer)}"
        return ""

    def _standing(self, entry: OutboxEntry) -> str:
        """How a write stands that is in the way of another."""
        words = why(entry, self.of(entry))
        return f"{entry.state}: {words}" if words else entry.state

    def _next_poll(self, name: str) -> str:
        """Who sends what nothing is in the way of."""
        if not self._polled:
            return _NOBODY.format(does="sends")
        failed = str(records.document(self._store, Table.HEALTH, name).get("error", ""))
        if failed:
            return f"the next poll of {name} that reaches it sends it (the last: {failed})"
        return f"the next poll of {name} sends it"

    def _unconfirmed(self, entry: OutboxEntry) -> str:
        if entry.needs_engineer:
            return "your decision: send it again or drop it"
        shut = self._shut(entry.write.provider)
        if shut:
            return shut
        name = entry.write.provider
        settling = self._context.providers[name].declaration.settling.get(entry.write.action, Settling())
        after = min(entry.sent_at or entry.updated_at, self._now) + SETTLE_AFTER
        if settle.told_by_queue(settling, has_queue=self._context.offers(name, Operation.QUEUE)):
            how = "a message of the vendor may show it"
            when = f"once its queue has been read to the end after {health.moment(after, self._now)}"
        else:
            how = "it is looked up at the vendor" if settling.by == "lookup" else _UNASKED
            late = after <= self._now
            when = "at the next poll" if late else f"at the first poll after {health.moment(after, self._now)}"
        unless = "" if how == _UNASKED else "if nothing has shown it, "
        words = f"{how}; {unless}it is {_OUTCOMES[settling.fallback]} {when}"
        return words if self._polled else f"{words}; {_NOBODY.format(does='settles')}"

    def _entry(self, entry_id: str) -> OutboxEntry | None:
        entry = records.write(self._store, entry_id) if entry_id else None
        return None if entry is None else as_known(self._context, [entry])[0]
