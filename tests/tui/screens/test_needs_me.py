"""What needs me stops needing me when the vendor has what it waited for, and at nothing less. Judged by the ledger."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from providers.model import TicketKey
from providers.sandbox import Sandbox
from tests.support.dashboard import picture, type_text
from tests.support.sandbox_app import Night, night_over


@pytest.fixture
async def box() -> AsyncIterator[Sandbox]:
    """The vendors."""
    async with Sandbox(seed=1) as box:
        yield box


def asked_by_ensono(box: Sandbox) -> str:
    number = box.ensono.create(client_number="INC0001")
    box.ensono.update(number, status="pending", statusNextAction="pending-client")
    return number


def asked_by_kpn_connect(box: Sandbox) -> str:
    number = box.kpn_connect.create(reference="INC0002")
    box.kpn_connect.change_state(number, "On Hold", "May we restart it?", on_hold_reason="Awaiting User")
    return number


def asked_by_kpn_incident(box: Sandbox) -> str:
    number = box.kpn_incident.create(reference="INC0003")
    asking = "Please send a photo of the rack."
    box.kpn_incident.change_state(number, "On Hold", pending_reason="awaiting user", required_information=asking)
    return number


ASKED = {"ensono": asked_by_ensono, "kpn-connect": asked_by_kpn_connect, "kpn-incident": asked_by_kpn_incident}


async def leaves(night: Night, key: TicketKey) -> None:
    """The ticket is in no count of `Needs me`, and out of its list once the cursor has gone on."""
    listing = night.app.board.listing
    await night.until(lambda: listing.counts["needs-me"] == 0, "the count")
    row = night.desk.row(key)
    assert row is not None
    assert not row.handled, "nobody pressed the key for handled"
    await night.press("2", "1")
    assert key.number not in night.needs_me()


@pytest.mark.parametrize("kind", ASKED)
async def test_what_the_vendor_asked_leaves_with_the_confirmed_answer(kind: str, box: Sandbox, tmp_path: Path) -> None:
    key = TicketKey(kind, ASKED[kind](box))
    async with night_over(box, tmp_path, kind) as night:
        await night.to(key)
        await night.press("enter", "escape")
        assert key.number in night.needs_me(), "looking answers nothing"
        await night.form("c")
        await type_text(night.pilot, "Yes please")
        await night.send()
        assert ["Yes please" in body for body in night.committed("comment")] == [True]
        await leaves(night, key)
        await night.sync()
        await leaves(night, key)


async def test_an_answer_that_got_lost_needs_me_until_it_is_settled(box: Sandbox, tmp_path: Path) -> None:
    key = TicketKey("kpn-connect", asked_by_kpn_connect(box))
    async with night_over(box, tmp_path, "kpn-connect") as night:
        await night.to(key)
        await night.form("c")
        await type_text(night.pilot, "Yes please")
        box.fault("kpn-connect", "reset_after", match="PATCH")
        await night.send()
        await night.until(lambda: "look-up" in picture(night.app), "the new reason")
        assert "decide" not in picture(night.app), "there is nothing to decide while it is looked up"
        assert key.number in night.needs_me()


async def test_an_approval_asked_leaves_with_the_confirmed_decision(box: Sandbox, tmp_path: Path) -> None:
    key = TicketKey("ensono", box.ensono.create_change(client_number="CHG0001"))
    async with night_over(box, tmp_path, "ensono") as night:
        await night.to(key)
        await night.form("A")
        await night.send(previewed=True)
        assert len(night.committed("approve")) == 1
        await leaves(night, key)


async def test_a_number_that_is_not_linked_leaves_when_it_is(box: Sandbox, tmp_path: Path) -> None:
    key = TicketKey("kpn-connect", box.kpn_connect.create(short_description="No dial tone"))
    async with night_over(box, tmp_path, "kpn-connect") as night:
        await night.to(key)
        await night.form("L")
        await type_text(night.pilot, "INC0042")
        await night.send(previewed=True)
        await night.until(lambda: night.committed("acknowledge"), "the answer")
        assert "INC0042" in night.committed("acknowledge")[0]
        await leaves(night, key)


async def test_what_is_due_stays_after_an_answer_until_it_is_handled(box: Sandbox, tmp_path: Path) -> None:
    number = box.kpn_connect.create(reference="INC0002", sla_due="2026-01-01 10:00:00")
    key = TicketKey("kpn-connect", number)
    async with night_over(box, tmp_path, "kpn-connect") as night:
        await night.to(key)
        await night.form("c")
        await type_text(night.pilot, "We know")
        await night.send()
        await night.sync()
        assert key.number in night.needs_me()
        await night.press("h")
        await night.until(lambda: night.app.board.listing.counts["needs-me"] == 0, "the count")
