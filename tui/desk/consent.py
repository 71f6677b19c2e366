"""Whether a provider's queue may be read here: reading takes its messages from everyone who shares the credentials."""

from __future__ import annotations

from providers.base import Operation
from tui.desk import records
from tui.desk.context import Context
from tui.desk.ports import Table, Transaction, key_of


def consumes(context: Context, provider: str) -> bool:
    """Whether the queue is read: by the config, by what this process is for, or by the engineer's answer."""
    if not _may_ask(context, provider):
        return False
    if context.consume_always or not context.providers[provider].declaration.asks_before_consuming:
        return True
    consume = context.policy(provider).consume
    if consume != "ask":
        return consume
    return bool(records.document(context.store, Table.META, _place(provider)).get("consume"))


def asks(context: Context, provider: str) -> bool:
    """Whether the engineer is still to be asked."""
    if not _may_ask(context, provider) or consumes(context, provider):
        return False
    return context.policy(provider).consume == "ask" and context.store.get(Table.META, _place(provider)) is None


def remember(transaction: Transaction, provider: str, consume: bool) -> None:
    """Keep the engineer's answer."""
    transaction.put(Table.META, _place(provider), {"consume": consume})


def _may_ask(context: Context, provider: str) -> bool:
    readable = not (context.read_only or context.policy(provider).read_only)
    return readable and context.offers(provider, Operation.QUEUE)


def _place(provider: str) -> str:
    return key_of("consume", provider)
