"""What the tests against the sandbox share."""

from __future__ import annotations

from typing import Any

from providers.kpn_connect.connector import Connector
from providers.model import Message, Snapshot, Ticket
from providers.sandbox import Sandbox

NEW: dict[str, Any] = {
    "short_description": "Kassa stil",
    "description": "Sinds\nvier uur",
    "service": "Winkelnetwerk",
}


async def listed(kpn: Connector) -> dict[str, Snapshot]:
    """The open tickets by number."""
    return {snapshot.patch.number: snapshot async for snapshot in kpn.list_open()}


async def received(kpn: Connector) -> list[Message]:
    """The messages of one read of the queue."""
    return list((await kpn.receive()).messages)


def ticket(number: str, reference: str = "ZB-1", **fields: Any) -> Ticket:
    """A ticket as the desk knows it."""
    return Ticket(provider="kpn-connect", number=number, client_number=reference, **fields)


def committed(box: Sandbox, operation: str) -> list[Any]:
    """The ledger's entries of one kind."""
    return [entry for entry in box.ledger if entry.operation == operation]
