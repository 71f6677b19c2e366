"""Which write an action names, and whether the vendor offers it: the first thing every connector asks of one."""

from __future__ import annotations

from providers.base import WRITES, Declaration, Operation
from providers.errors import NotOffered
from providers.model import Ticket


def offered_write(provider: str, declaration: Declaration, action: str, ticket: Ticket | None = None) -> Operation:
    """The operation of a write. NotOffered for what is no write, and for what the vendor does not offer (for this
    ticket)."""
    operation = next((each for each in WRITES if each.value == action), None)
    if operation is None:
        raise NotOffered(provider, f"{action or 'nothing'} is not offered as a write")
    if refusal := declaration.unoffered(operation, ticket):
        raise NotOffered(provider, refusal)
    return operation
