"""The living world: believable at the start, lively after, and the same for the same seed."""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest

from providers.sandbox import Sandbox
from providers.sandbox.ensono_tickets import Change, Incident
from providers.sandbox.world import World


def world_of(box: Sandbox) -> World:
    assert box.world is not None
    return box.world


def all_of(box: Sandbox) -> list[Any]:
    """Everything in it that has an id or a text."""
    return [
        [(message.group, message.transaction_type, message.message_id) for message in box.ensono.messages()],
        [(update.transaction_id, update.body["action"]) for update in box.kpn_connect.waiting()],
        [(ticket.number, ticket.state, ticket.short_description) for ticket in box.kpn_connect.tickets.values()],
        [(ticket.number, ticket.state, ticket.fields.get("solution")) for ticket in box.kpn_incident.tickets.values()],
        [(case.number, case.state, [each.comment for each in case.comments]) for case in box.tangoe.cases.values()],
        [(ticket.number, ticket.fields["shortDescription"]) for ticket in box.smartops.tickets.values()],
    ]


def test_same_seed_gives_the_same_night_and_the_same_hour_after() -> None:
    def night(seed: int) -> list[Any]:
        with Sandbox(seed, world=True) as box:
            before = all_of(box)
            for _ in range(120):
                box.advance(30)
            return [before, all_of(box)]

    assert night(5) == night(5)
    assert night(5) != night(6)


@pytest.mark.parametrize("seed", range(1, 6))
def test_night_has_what_an_engineer_may_find(seed: int) -> None:
    with Sandbox(seed, world=True) as box:
        world = world_of(box)
        live = [thread for thread in world.threads if world.live(thread)]
        assert 35 <= len(live) <= 60
        assert set(Counter(thread.vendor for thread in live)) == {
            "ensono",
            "kpn-connect",
            "kpn-incident",
            "tangoe",
            "smartops",
        }
        records = box.ensono.here.records.values()
        asking = [each for each in records if isinstance(each, Change) and each.approval == "requested"]
        assert len(asking) == 2
        assert any(isinstance(each, Incident) and each.priority == "1" for each in records)
        assert any(not ticket.reference for ticket in box.kpn_connect.tickets.values())
        assert any(isinstance(message.body, str) for message in box.ensono.messages())
        assert 20 <= len(box.ensono.messages()) <= 45
        assert box.kpn_connect.waiting()
        sent = [message.sent for message in box.ensono.messages()]
        assert sent == sorted(sent)
        assert box.clock.milliseconds() - sent[0] < 3_600_000


def test_unparsable_message_is_no_json() -> None:
    with Sandbox(world=True) as box:
        (text,) = [message.body for message in box.ensono.messages() if isinstance(message.body, str)]
        with pytest.raises(ValueError, match="Unterminated"):
            json.loads(text)


def test_texts_fit_the_vendors_limits() -> None:
    with Sandbox(world=True) as box:
        box.advance(4 * 3600)
        for record in box.ensono.here.records.values():
            assert len(record.short_description) <= 160
            assert "{" not in record.short_description + record.description
        for ticket in box.kpn_connect.tickets.values():
            assert len(ticket.short_description) <= 160
            assert len(ticket.number) <= 20


def test_something_happens_every_minute() -> None:
    with Sandbox(world=True) as box:
        events = [world_of(box).events]
        for _ in range(30):
            box.advance(61)
            events.append(world_of(box).events)
        assert all(later > earlier for earlier, later in pairwise(events))


def test_answer_of_the_client_is_noticed() -> None:
    with Sandbox(world=True) as box:
        world = world_of(box)
        waiting: list[str] = []
        while not waiting:
            box.advance(60)
            waiting = [each.number for each in world.threads if each.vendor == "tangoe" and each.asked_at >= 0]
        number = waiting[0]
        box.tangoe.comment(number, "Here is the list.", "sandbox.integration")
        for _ in range(60):
            box.advance(60)
        texts = [comment.comment for comment in box.tangoe.ticket(number).comments]
        assert any("what we needed" in text for text in texts)


def test_ticket_of_the_client_is_picked_up() -> None:
    with Sandbox(world=True) as box:
        number = box.kpn_connect.create(reference="INC9", announce=False)
        for _ in range(200):
            box.advance(60)
        assert any("picked this up" in comment.comment for comment in box.kpn_connect.ticket(number).comments)


def test_approved_change_goes_its_way() -> None:
    with Sandbox(world=True) as box:
        change = next(each for each in box.ensono.here.records.values() if isinstance(each, Change))
        change.approval = "approved"
        for _ in range(600):
            box.advance(60)
        assert change.state == "Closed"
