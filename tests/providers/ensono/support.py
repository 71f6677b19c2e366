"""What the tests of the Ensono connector share: settings, writes, files, and messages of our own making."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from providers.auth import ApiKey
from providers.ensono.connector import Connector
from providers.ensono.payload import plan
from providers.ensono.queue import Reading, read_message
from providers.ensono.settings import Settings
from providers.errors import VendorError
from providers.http import HttpClient
from providers.model import Approval, Engineer, FileRef, Message, Patch, Ticket, Write
from providers.sandbox import RequestSeen, Sandbox
from tests.providers.conformance.ensono_samples import raw_message
from tui.desk.apply import apply
from tui.desk.entries import InboxEntry

NOW = datetime(2026, 3, 3, 12, 30, tzinfo=UTC)
CREATE: dict[str, Any] = {
    "clientTicketNumber": "INC0042",
    "shortDescription": "Uplink 3 down",
    "description": "No link since the move.",
    "priority": "2",
}
ENGINEER = Engineer(name="Nadia Kovac", email="nadia.kovac@client.example", phone="+31 20 555 0101")
READING = Reading(provider="ensono", received_at=NOW)


class FixedClock:
    """A clock that stands at NOW."""

    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return 0.0


def settings(**changes: Any) -> Settings:
    """A valid config, with changes."""
    values: dict[str, Any] = {
        "name": "ensono",
        "url": "https://bridge.example/ourclient",
        "environment": "prod",
        "client_name": "ourClient",
        "api_key": {"value": "not-a-real-key"},
        "client_group": "CLIENT - Internal",
        **changes,
    }
    return Settings(**values)


def offline(**changes: Any) -> Connector:
    """A connector that is never asked to connect."""
    return Connector(settings(**changes), FixedClock())


async def no_wait(seconds: float) -> None:
    """What tests wait between retries."""


def to(box: Sandbox, **changes: Any) -> Connector:
    """A connector to the sandbox, in its environment."""
    found = Settings(**{**box.settings("ensono"), **changes})
    client = HttpClient(found, box.clock, ApiKey("x-api-key", found.api_key), sleep=no_wait)
    return Connector(found, box.clock, client)


async def requests_of(box: Sandbox, count: int) -> list[RequestSeen]:
    """What the sandbox was asked, once it has written down so many: it does so after it has answered."""
    async with asyncio.timeout(10):
        while len(box.requests) < count:  # noqa: ASYNC110 - the sandbox is in another thread and tells nobody
            await asyncio.sleep(0.005)
    return box.requests


def write(action: str, number: str = "", **changes: Any) -> Write:
    """One intent of the engineer's. `values` may be given as keywords of their own names, too."""
    known = {name: changes.pop(name) for name in list(changes) if name in Write.__dataclass_fields__}
    values = {**known.pop("values", {}), **changes}
    engineer = known.pop("engineer", ENGINEER)
    created_at = known.pop("created_at", NOW)
    return Write(
        id="w1",
        action=action,
        provider="ensono",
        number=number,
        values=values,
        engineer=engineer,
        created_at=created_at,
        **known,
    )


def ticket(**changes: Any) -> Ticket:
    """A linked incident, with changes."""
    values: dict[str, Any] = {
        "provider": "ensono",
        "number": "e-CS0700123",
        "client_number": "INC0042",
        "type": "incident",
        "state": "open",
        "vendor_state": "open",
        **changes,
    }
    return Ticket(**values)


def file_ref(path: Path, content: bytes, content_type: str = "") -> FileRef:
    """A file on disk and its description."""
    path.write_bytes(content)
    return FileRef(
        path=str(path),
        name=path.name,
        size=len(content),
        content_type=content_type,
        sha256=hashlib.sha256(content).hexdigest(),
    )


def overwrite(ref: FileRef, content: bytes) -> None:
    """Change a file after it was described."""
    Path(ref.path).write_bytes(content)


def remove(ref: FileRef) -> None:
    """Take a file away after it was described."""
    Path(ref.path).unlink()


def message(transaction_type: str, body: Any, **attributes: Any) -> Message:
    """A message as the connector reads it."""
    return read_message(raw_message(transaction_type, body, **attributes), READING)


def patch_of(message_read: Message) -> Patch:
    """Its patch, which must be there."""
    assert message_read.patch is not None, message_read.problem
    return message_read.patch


def body(**changes: Any) -> Mapping[str, Any]:
    """An incident's body, as every transaction carries it, with changes."""
    return {
        "clientName": "ourClient",
        "ticketNumber": "e-CS0700123",
        "clientTicketNumber": "INC0042",
        "ticketType": "Incident",
        "status": "open",
        "description": "No link on uplink 3 since the move.",
        "shortDescription": "Uplink 3 down",
        "group": "Ensono Network Support",
        "ensonoGroup": "CS - 2nd Line",
        "priority": "2",
        "impact": "2",
        "urgency": "1",
        "openedTime": "2026-03-03T11:45:10Z",
        "category": "Network",
        "origin": "Web",
        "cis": "sw-01,sw-02",
        **changes,
    }


def change_body(**changes: Any) -> Mapping[str, Any]:
    """A change's body, with changes."""
    return {
        "clientName": "ourClient",
        "ticketType": "Change",
        "clientTicketNumber": "",
        "ticketNumber": "e-CHG0051000",
        "group": "CLIENT - Storage",
        "ensonoGroup": "Storage Engineering",
        "openedAt": "2026-03-02T08:00:00Z",
        "updatedOn": "2026-03-02T08:00:04Z ",
        "requestedByName": "Ida Storm",
        "shortDescription": "Swap controller B",
        "type": "Normal",
        "category": "Hardware",
        "approval": "requested",
        "startDate": "2026-03-07T22:00:00Z",
        "endDate": "2026-03-08T02:00:00Z",
        "risk": "Moderate",
        "impact": "Low",
        "description": "Controller B is replaced in the standby window.",
        "justification": "Errors in its cache module.",
        "preChangeChecks": "Mirror in sync.",
        "implementationPlan": "Fail over, swap, resync.",
        "testPlan": "Read and write tests.",
        "backoutPlan": "Put the old one back.",
        "state": "Assess",
        "priority": "4",
        "cis": "san-02",
        **changes,
    }


async def all_messages(connector: Connector) -> list[Message]:
    """Everything in the queue, each message released after it was read."""
    found: list[Message] = []
    while True:
        batch = await connector.receive()
        found += batch.messages
        for message in batch.messages:
            await connector.release(message)
        if not batch.more:
            return found


def known(messages: list[Message]) -> dict[str, Ticket]:
    """The tickets after these messages."""
    tickets: dict[str, Ticket] = {}
    for message in messages:
        assert message.patch is not None, message.problem
        entry = InboxEntry(
            provider="ensono",
            id=message.id,
            number=message.number,
            source="message",
            order=message.order,
            received_at=message.received_at or message.sent_at,  # type: ignore[arg-type]  # one of them is there
            patch=message.patch,
        )
        tickets[message.number] = apply(tickets.get(message.number), entry)
    return tickets


async def opened(connector: Connector, **values: Any) -> Ticket:
    """A ticket that we opened."""
    intent = write("create", ticket_type="incident", values={**CREATE, **values})
    receipt = await connector.send(intent, None)
    return ticket(number=receipt.number)


CHANGE = ticket(
    number="e-CHG0051000",
    type="change",
    state="assess",
    client_number="CHG0007",
    cycle=1,
    vendor={"type": "Normal"},
    approvals=(Approval(id="a1", approver="cab@client.example", at=NOW),),
)


def sent(
    action: str, known: Ticket | None = None, config: dict[str, Any] | None = None, **changes: Any
) -> list[tuple[str, str, dict[str, Any]]]:
    """Method, path and payload of each request."""
    if known is None and action != "create":
        known = ticket()
    number = known.number if known is not None else ""
    made = offline(**(config or {}))
    intent = write(action, number, **changes)
    requests = plan(settings(**(config or {})), made.declaration, intent, known, NOW).requests
    return [(request.method, request.path, dict(request.payload)) for request in requests]


def refused(kind: type[VendorError], action: str, known: Ticket | None = None, **changes: Any) -> VendorError:
    with pytest.raises(kind) as caught:
        sent(action, known, **changes)
    return caught.value
