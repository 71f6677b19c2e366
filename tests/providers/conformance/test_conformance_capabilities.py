"""What each vendor offers works, judged by the vendor's own books; what it does not offer says so."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from providers import registry
from providers.base import Operation, Provider
from providers.errors import NotOffered, Rejected
from providers.model import Attachment, Ticket, Write
from providers.sandbox import Sandbox
from tests.providers.conformance.case import Case, Deed, Look
from tests.providers.conformance.cases import CASES, each_case, each_deed, each_look
from tests.providers.conformance.drive import (
    CONTENT,
    WORDS,
    committed,
    connected,
    look_at,
    model_of,
    read,
    received,
    send,
    write_of,
)

Op = Operation
ENDING = {Op.RESOLVE, Op.CLOSE, Op.REOPEN}
# What each vendor's document offers, row by row. Ensono's acknowledgement is the delete of a message, which goes by
# itself; Ensono's detail exists in dev alone, and Tangoe's comments are not documented.
TABLE: Mapping[str, Mapping[str, set[Operation]]] = {
    "list open": {"kpn-connect": {Op.LIST}, "kpn-incident": {Op.LIST}, "tangoe": {Op.LIST}},
    "detail": {
        "kpn-connect": {Op.DETAIL},
        "kpn-incident": {Op.DETAIL},
        "tangoe": {Op.DETAIL},
        "smartops": {Op.DETAIL},
        "ensono-dev": {Op.DETAIL},
    },
    "create": {kind: {Op.CREATE} for kind in ("kpn-connect", "kpn-incident", "tangoe", "smartops", "ensono")},
    "comment": {
        "kpn-connect": {Op.COMMENT},
        "kpn-incident": {Op.COMMENT},
        "tangoe-with-comments": {Op.COMMENT},
        "smartops": {Op.COMMENT},
        "ensono": {Op.COMMENT},
    },
    "update fields": {"tangoe": {Op.UPDATE}, "smartops": {Op.UPDATE}, "ensono": {Op.UPDATE, Op.TAKE}},
    "resolve / close / reopen": {"kpn-incident": {Op.CLOSE, Op.REOPEN}, "smartops": ENDING, "ensono": ENDING},
    "cancel": {"tangoe": {Op.CANCEL}, "ensono": {Op.CANCEL}},
    "attach up": {"kpn-connect": {Op.ATTACH}, "kpn-incident": {Op.ATTACH}, "ensono": {Op.ATTACH}},
    "attach down": {"kpn-connect": {Op.DOWNLOAD}, "ensono": {Op.DOWNLOAD}},
    "incoming messages": {"kpn-connect": {Op.QUEUE}, "ensono": {Op.QUEUE}},
    "acknowledge": {"kpn-connect": {Op.ACKNOWLEDGE}},
    "link own number": {"kpn-connect": {Op.LINK}, "tangoe": {Op.LINK}, "ensono": {Op.LINK}},
    "approve / reject a change": {"ensono": {Op.APPROVE, Op.REJECT}},
}


def by_the_table(case: Case) -> set[Operation]:
    """What the table gives a case: what its vendor always has, and what this configuration adds."""
    return set().union(*(row.get(name, set()) for row in TABLE.values() for name in (case.kind, case.name)))


@each_case
def test_the_declaration_offers_what_the_table_says(case: Case) -> None:
    declared = registry.declaration_for(model_of(case, "http://127.0.0.1:1")).offered
    assert declared == by_the_table(case) == case.offered


def test_every_operation_of_the_table_is_tried_at_its_vendor() -> None:
    wanted = {
        (name.split("-dev")[0].split("-with")[0], each)
        for row in TABLE.values()
        for name, ops in row.items()
        for each in ops
    }
    tried = {(case.kind, deed.operation) for case in CASES for deed in case.deeds}
    tried |= {(case.kind, look.operation) for case in CASES for look in case.looks}
    assert wanted == tried


@each_deed
async def test_a_write_does_at_the_vendor_what_it_says(case: Case, deed: Deed, box: Sandbox, tmp_path: Path) -> None:
    async with connected(case, box.url, box.clock) as provider:
        receipt = await send(provider, case, box, deed, tmp_path)
    assert committed(box, case) == list(deed.committed)
    number = box.ledger.of(case.kind)[-1].number
    assert receipt.number == number
    assert deed.holds(box, number)


@each_deed
async def test_a_preview_sends_nothing_and_shows_no_secret(
    case: Case, deed: Deed, box: Sandbox, tmp_path: Path
) -> None:
    async with connected(case, box.url, box.clock) as provider:
        arranged = deed.arrange(box)
        preview = provider.prepare(write_of(case, deed, arranged, box.clock, tmp_path), arranged.ticket)
    assert preview.method
    assert preview.path.startswith("/")
    assert box.requests == []
    assert "not-real" not in f"{preview}"


@each_deed
async def test_a_read_only_provider_is_sent_nothing(case: Case, deed: Deed, box: Sandbox, tmp_path: Path) -> None:
    async with connected(case, box.url, box.clock, read_only=True) as provider:
        with pytest.raises(Rejected, match="read_only"):
            await send(provider, case, box, deed, tmp_path)
    assert box.requests == []


@each_look
async def test_a_read_brings_what_the_vendor_has(case: Case, look: Look, box: Sandbox) -> None:
    async with connected(case, box.url, box.clock) as provider:
        do, number = await look_at(provider, case, box, look)
        found = await do()
    if look.operation is Operation.DOWNLOAD:
        assert found == CONTENT
        return
    patches = {
        Operation.LIST: lambda: [row.patch for row in found],
        Operation.DETAIL: lambda: [found.patch],
        Operation.QUEUE: lambda: [message.patch for message in found.messages],
    }[look.operation]()
    (patch,) = [patch for patch in patches if patch.number == number]
    assert patch.set["summary"] == WORDS["summary"]
    if look.operation is not Operation.LIST:
        assert patch.set["description"] == WORDS["description"]


@pytest.mark.parametrize("case", [case for case in CASES if Operation.QUEUE in case.offered], ids=str)
async def test_what_is_released_or_answered_does_not_come_again(case: Case, box: Sandbox) -> None:
    async with connected(case, box.url, box.clock) as provider:
        case.opens(box, WORDS)
        assert len(await received(provider)) == 1
        box.advance(60)
        assert await received(provider) == []


@each_case
@pytest.mark.parametrize("operation", list(Operation))
async def test_what_is_not_offered_says_so_and_why_before_anything_is_sent(
    case: Case, operation: Operation, box: Sandbox
) -> None:
    if operation in case.offered:
        return
    ticket = Ticket(provider=case.kind, number="X1", client_number="OUR-1")
    write = Write(id="0a1b2c3d4e5f", action=operation.value, provider=case.kind, number="X1", values={"comment": "x"})
    async with connected(case, box.url, box.clock) as provider:
        assert "not offered" in provider.declaration.refusal(operation)
        if operation in (Operation.LIST, Operation.DETAIL, Operation.QUEUE, Operation.DOWNLOAD):
            with pytest.raises(NotOffered, match="not offered") as refused:
                await read(provider, operation, "X1", Attachment(id="a", name="a", url="https://x.example/a"))
        else:
            with pytest.raises(NotOffered, match="not offered"):
                provider.prepare(write, ticket)
            with pytest.raises(NotOffered, match="not offered") as refused:
                await provider.send(write, ticket)
        assert refused.value.message == provider.declaration.refusal(operation)
        assert len(refused.value.message.split()) > 4
        assert refused.value.next_step
    assert box.requests == []


@each_case
@pytest.mark.parametrize("action", ["list", "detail", "queue", "download", "dance", ""])
async def test_what_is_no_write_is_not_offered_as_one(case: Case, action: str, box: Sandbox) -> None:
    write = Write(id="0a1b2c3d4e5f", action=action, provider=case.kind, number="X1")
    async with connected(case, box.url, box.clock) as provider:
        for attempt in (lambda: provider.prepare(write, None), None):
            with pytest.raises(NotOffered, match="not offered"):
                if attempt is not None:
                    attempt()
                else:
                    await provider.send(write, None)
    assert box.requests == []


def changes() -> list[tuple[Case, Operation]]:
    """What a vendor offers, but not for a change."""
    found = []
    for case in CASES:
        declared = registry.declaration_for(model_of(case, "http://127.0.0.1:1"))
        if declared.change_operations is not None:
            writes = {deed.operation for deed in case.deeds} - {Operation.CREATE}
            found += [(case, each) for each in sorted(writes - declared.change_operations)]
    return found


@pytest.mark.parametrize(("case", "operation"), changes(), ids=str)
async def test_what_a_change_does_not_take_says_so(case: Case, operation: Operation, box: Sandbox) -> None:
    change = Ticket(provider=case.kind, number="CHG1", client_number="OUR-1", type="change", state="assess")
    write = Write(
        id="0a1b2c3d4e5f",
        action=operation.value,
        provider=case.kind,
        number="CHG1",
        values=case.deed(operation).values,
    )
    async with connected(case, box.url, box.clock) as provider:
        with pytest.raises(NotOffered, match="not offered"):
            await provider.send(write, change)
    assert box.requests == []


async def steps_of(provider: Provider) -> list[tuple[str, bool]]:
    return [(step.name, step.ok) for step in await provider.check()]


@each_case
async def test_a_check_passes_at_a_vendor_that_is_well_and_reads_no_queue(case: Case, box: Sandbox) -> None:
    case.opens(box, WORDS)
    async with connected(case, box.url, box.clock) as provider:
        steps = await steps_of(provider)
    assert steps
    assert all(ok for _, ok in steps)
    assert not [seen for seen in box.requests if seen.method != "POST" and "queue" in seen.path.lower()]
    assert not [seen for seen in box.requests if "TicketUpdates" in seen.path]
    assert list(box.ledger) == []


def wrong(case: Case) -> dict[str, Any]:
    """Credentials that the vendor does not know."""
    names = {"ensono": "api_key", "tangoe": "password", "smartops": "offline_token"}
    return {names.get(case.kind, "client_secret"): {"value": "not-the-right-secret"}}


@each_case
async def test_a_check_with_wrong_credentials_names_the_step_and_the_cure(case: Case, box: Sandbox) -> None:
    async with connected(case, box.url, box.clock, **wrong(case)) as provider:
        *passed, failed = await provider.check()
    assert all(step.ok for step in passed)
    assert (failed.ok, failed.error_type) == (False, "NotAuthorised")
    assert failed.next_step
    assert "not-the-right-secret" not in repr(failed)
