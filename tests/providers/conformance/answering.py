"""A server over real sockets that hands out tokens, and for everything else the answers of a test."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from providers.base import Operation, Provider
from providers.model import Approval, Attachment, Message, Ticket, Write
from tests.providers.conformance.case import Arranged, Case
from tests.providers.conformance.drive import read, write_of
from tests.support.still_clock import StillClock
from tests.support.upstream import Reply, Seen, Upstream

TOKEN = {"access_token": "not-a-real-token", "expires_in": "3599", "token_type": "Bearer"}
ANSWERS = (Operation.ACKNOWLEDGE, Operation.LINK)
TICKET = Ticket(
    provider="x",
    number="X1",
    client_number="OUR-1",
    internal_id="0a1b",
    state="resolved",
    summary="Line down",
)

DECISIONS = (Operation.APPROVE, Operation.REJECT)
CHANGE = replace(TICKET, type="change", approvals=(Approval(id="a1", approver="cab@client.example"),))


class Vendor:
    """What stands at the vendor's address: `reply` is its next answer, to whatever is asked."""

    def __init__(self) -> None:
        self.reply = Reply()
        self.asked: list[Seen] = []

    def says(self, document: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        """Answer with JSON from now on; lone surrogates go as escapes."""
        named = {"Content-Type": "application/json", **(headers or {})}
        self.reply = Reply(status, json.dumps(document).encode(), named)

    async def answer(self, seen: Seen) -> Reply:
        """One request's answer. A list that is asked for page by page has one page."""
        if "accesstoken" in seen.target or "openid-connect/token" in seen.target:
            return Reply(200, json.dumps(TOKEN).encode(), {"Content-Type": "application/json"})
        self.asked.append(seen)
        if "offset=" in seen.target and "offset=0" not in seen.target:
            return Reply(200, b'{"result": []}', {"Content-Type": "application/json"})
        return self.reply


@asynccontextmanager
async def answering() -> AsyncIterator[tuple[Vendor, str]]:
    """A vendor of ours, and its URL."""
    vendor = Vendor()
    async with Upstream(handler=vendor.answer) as upstream:
        yield vendor, upstream.url


async def ask(provider: Provider, case: Case, operation: Operation, url: str, folder: Any) -> Any:
    """Do an operation of a ticket that only we know: a read, a write, or the release of a message."""
    if operation is Operation.ACKNOWLEDGE and case.kind == "ensono":
        return await provider.release(Message(provider="x", id="m1", number="X1", handle="AQEBa"))
    if any(look.operation is operation for look in case.looks):
        file = Attachment(id="c0ffee", name="boot.log", url=f"{url}/boot.log", size=12)
        return await read(provider, operation, case.look(operation).number or "X1", file)
    deed = case.deed(operation)
    ticket = None if operation is Operation.CREATE else CHANGE if operation in DECISIONS else TICKET
    values = {"message_id": "m1"} if case.kind == "kpn-connect" and operation in ANSWERS else {}
    write: Write = write_of(case, deed, Arranged(ticket=ticket, values=values), StillClock(), folder)
    return await provider.send(write, ticket)
