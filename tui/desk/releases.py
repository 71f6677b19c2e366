"""Telling a queue that its messages are safely ours. All of them are stored and applied by then.

What comes in is ordered within its group; what is told is not: a message that is in its ticket may go whatever becomes
of the one before it, and a group is free again for its next messages only once all of them are gone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

from providers.base import Provider
from providers.errors import NotFound, VendorError
from providers.exchange import referring
from providers.model import Message
from tui.desk import delivery, records, waiting
from tui.desk.context import Context
from tui.desk.ports import Table, Transaction

AT_ONCE: Final = 64
_RELEASED, _GIVEN_BACK, _REFUSED, _BLOCKED = "released", "given back", "refused", "blocked"


class Handed(NamedTuple):
    """What releasing a message takes, as its latest delivery had it; `reads` says which delivery that was."""

    message: Message
    number: str
    reads: int


class _Step(NamedTuple):
    """What became of one message, by its key in the store."""

    key: str
    reads: int
    step: str


@dataclass(slots=True)
class _Group:
    """What became of one group's messages, and the failure after which no more of them are sent."""

    steps: list[_Step | None] = field(default_factory=list)
    failure: VendorError | None = None


class Releases:
    """One provider's releases."""

    def __init__(self, context: Context, provider: Provider) -> None:
        self._context = context
        self._provider = provider
        self._at_hand: dict[str, Handed] = {}
        self._sending = asyncio.Semaphore(AT_ONCE)

    def hand(self, messages: Mapping[str, Handed]) -> None:
        """Take what has just been stored, by its key there, so that it need not be read again."""
        self._at_hand.update(messages)

    async def release(self, only: Collection[str] | None = None, told: Callable[[], None] = lambda: None) -> int:
        """Tell the queue of what is applied, `only` these ids where given, all side by side.

        `told` is called as soon as the queue has taken one, before that is recorded. A refused handle waits for the
        redelivery. Returns how many were released; raises the first other failure after all that could be released
        is recorded.
        """
        if only is None:
            self._at_hand.clear()  # what an earlier poll has left there may be out of date
        groups = waiting.to_release(self._context.catalogue, self._provider.name, only)
        if not groups:
            return 0
        outcomes = await asyncio.gather(*(self._release_group(keys, told) for keys in groups.values()))
        steps = [step for outcome in outcomes for step in _in_order(outcome.steps)]
        if steps:
            now = self._context.now()
            await self._context.store.transact(lambda transaction: _keep_steps(transaction, steps, now))
        for outcome in outcomes:
            if outcome.failure is not None:
                raise outcome.failure
        return sum(step.step == _RELEASED for step in steps)

    async def _release_group(self, keys: list[str], told: Callable[[], None]) -> _Group:
        group = _Group()
        group.steps.extend(await asyncio.gather(*(self._release_one(key, group, told) for key in keys)))
        return group

    async def _release_one(self, key: str, group: _Group, told: Callable[[], None]) -> _Step | None:
        """Release one message; None where it was not sent."""
        handed = self._at_hand.pop(key, None) or self._stored(key)
        if handed is None:
            return None
        async with self._sending:
            if group.failure is not None:
                return None
            try:
                with referring(handed.number, handed.message.id):
                    await self._provider.release(handed.message)
            except NotFound:
                return _Step(key, handed.reads, _REFUSED)
            except VendorError as failure:
                group.failure = group.failure or failure
                return None
        told()
        answers = self._context.answers_messages(self._provider.name) and not handed.message.ignored
        return _Step(key, handed.reads, _GIVEN_BACK if answers else _RELEASED)

    def _stored(self, key: str) -> Handed | None:
        """What an earlier process or poll left; None where the handle that it has was refused before."""
        entry = records.entry_at(self._context.store, key)
        if entry is None or entry.message is None or delivery.is_stuck(entry):
            return None
        return Handed(entry.message, entry.number, entry.reads)

    async def emptied(self, besides: Collection[str] = ()) -> None:
        """Note that the queue has just been read to its end.

        What was refused and does not come again is settled. `besides` are messages that did come, at the very end.
        """
        store, now = self._context.store, self._context.now()
        groups = waiting.to_release(self._context.catalogue, self._provider.name)
        stale = [key for keys in groups.values() for key in keys]
        if stale:
            await store.transact(lambda transaction: _count_empty(transaction, stale, besides, now))


def _in_order(steps: Sequence[_Step | None]) -> list[_Step]:
    """One group's steps; of those refused the first stands in the way of the others, as an engineer is told."""
    there = [step for step in steps if step is not None]
    refused = [step for step in there if step.step == _REFUSED]
    return [step._replace(step=_BLOCKED) if step in refused[1:] else step for step in there]


def _keep_steps(transaction: Transaction, steps: list[_Step], now: datetime) -> None:
    for key, reads, step in steps:
        document = transaction.get(Table.INBOX, key)
        if document is None or document.get("reads", 1) != reads:
            # It came again while it was released: the newer handle has still to be used.
            continue
        if step == _RELEASED:
            # By far the most: not worth making a record of each.
            transaction.put(Table.INBOX, key, {**document, **delivery.once_released(document["status"])})
        elif step == _GIVEN_BACK:
            transaction.put(Table.INBOX, key, {**document, "released": True})
        else:
            _keep_refusal(transaction, key, blocked=step == _BLOCKED, now=now)


def _keep_refusal(transaction: Transaction, key: str, *, blocked: bool, now: datetime) -> None:
    entry = records.entry_at(transaction, key)
    assert entry is not None
    entry = delivery.stale(entry, now)
    if blocked and entry.status == "new":
        entry = delivery.blocked(entry, now)
    records.put_entry(transaction, entry)


def _count_empty(transaction: Transaction, keys: list[str], besides: Collection[str], now: datetime) -> None:
    for key in keys:
        entry = records.entry_at(transaction, key)
        if entry is not None and delivery.may_be_gone(entry) and entry.id not in besides:
            records.put_entry(transaction, delivery.emptied(entry, now))
