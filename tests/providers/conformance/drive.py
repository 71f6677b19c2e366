"""Driving a connector as the desk does: connect it, read, write, and see what the vendor made of it."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import aclosing, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, cast

from providers import registry
from providers.base import Operation, Provider
from providers.clock import Clock
from providers.model import Attachment, Batch, Engineer, FileRef, Message, Receipt, Write
from providers.sandbox import Sandbox
from providers.sandbox.config import settings as settings_for
from providers.settings import ProviderSettings
from tests.providers.conformance.case import Arranged, Case, Deed, Look
from tests.support.still_clock import StillClock

ENGINEER = Engineer(name="Nadia Kovac", email="nadia.kovac@client.example", phone="+31 20 555 0101")
WORDS = {"summary": "Line down", "description": "Since noon.\nNothing answers."}
CONTENT = b"nothing new\n"
PATIENT = 30.0
"""Seconds for requests that are to be answered, however busy the machine is."""


def model_of(case: Case, url: str, changes: Mapping[str, Any] | None = None) -> ProviderSettings:
    """The vendor's part of a config, for the vendors at `url`. A change to None leaves the key out."""
    values = {
        **settings_for(url, case.kind, case.environment),
        "timeout_seconds": PATIENT,
        **case.settings,
        **(changes or {}),
    }
    given = {name: value for name, value in values.items() if value is not None}
    return registry.settings_model(case.kind)(**given).model_copy(update={"engineer": ENGINEER})


@contextmanager
def sandbox(case: Case | None = None) -> Iterator[Sandbox]:
    """All vendors on loopback, Ensono in the environment of the case."""
    with Sandbox(seed=1) as box:
        if case is not None and case.kind == "ensono":
            box.ensono.environment = case.environment
        yield box


@asynccontextmanager
async def connected(case: Case, url: str, clock: Clock | None = None, **changes: Any) -> AsyncIterator[Provider]:
    """A connector to the vendors at `url`, with changes to its settings."""
    provider = registry.connect(model_of(case, url, changes), clock or StillClock())
    try:
        yield provider
    finally:
        await provider.aclose()


def file_on(folder: Path, name: str) -> FileRef:
    """A small file on disk, described."""
    path = folder / name
    path.write_bytes(CONTENT)
    digest = hashlib.sha256(CONTENT).hexdigest()
    return FileRef(path=str(path), name=name, size=len(CONTENT), content_type="text/plain", sha256=digest)


def write_of(case: Case, deed: Deed, arranged: Arranged, clock: Clock, folder: Path, **values: Any) -> Write:
    """The write as the outbox hands it over."""
    ticket = arranged.ticket
    return Write(
        id="0a1b2c3d4e5f",
        action=deed.operation.value,
        provider=case.kind,
        number=ticket.number if ticket is not None else "",
        client_number=deed.client_number,
        ticket_type=deed.ticket_type,
        values={**arranged.values, **deed.values, **values},
        files=(file_on(folder, deed.file),) if deed.file else (),
        engineer=ENGINEER,
        created_at=clock.now(),
        sent_at=clock.now(),
    )


async def send(provider: Provider, case: Case, box: Sandbox, deed: Deed, folder: Path, **values: Any) -> Receipt:
    """Do a deed, from its arrangement on."""
    arranged = deed.arrange(box)
    return await provider.send(write_of(case, deed, arranged, box.clock, folder, **values), arranged.ticket)


def committed(box: Sandbox, case: Case) -> list[str]:
    """What the vendor has committed, by operation; that messages were deleted does not count."""
    automatic = {"acknowledge"} if case.kind == "ensono" else set()
    return [entry.operation for entry in box.ledger.of(case.kind) if entry.operation not in automatic]


async def read(provider: Provider, operation: Operation, number: str, attachment: Attachment | None = None) -> Any:
    """Do a read: rows as a list, a page, a batch, or a file's bytes."""
    match operation:
        case Operation.LIST:
            # What cannot be closed has not begun.
            rows = cast("Any", provider.list_open())
            async with aclosing(rows):
                return [row async for row in rows]
        case Operation.DETAIL:
            return await provider.detail(number)
        case Operation.QUEUE:
            return await provider.receive()
        case _:
            assert attachment is not None
            pieces = cast("Any", provider.download(attachment))
            async with aclosing(pieces):
                return b"".join([piece async for piece in pieces])


async def look_at(provider: Provider, case: Case, box: Sandbox, look: Look) -> tuple[Callable[[], Any], str]:
    """A read that can be done, and the ticket it is about: the vendor has a ticket, and where wanted a file on it."""
    number = case.opens(box, WORDS)
    attachment = None
    if look.operation is Operation.DOWNLOAD:
        assert case.attaches is not None
        case.attaches(box, number)
        (attachment,) = [file for message in await received(provider) for file in files_in(message)]
    return lambda: read(provider, look.operation, number, attachment), number


def files_in(message: Message) -> tuple[Attachment, ...]:
    """The attachments that a message brings."""
    return message.patch.attachments if message.patch is not None else ()


async def received(provider: Provider) -> list[Message]:
    """The messages of the queue to its end, each released."""
    found: list[Message] = []
    while True:
        batch: Batch = await provider.receive()
        found += batch.messages
        for message in batch.messages:
            await provider.release(message)
        if not batch.messages:
            return found
