"""TicketUpdates as messages."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from providers.kpn_connect.messages import kind_of, messages_of
from providers.model import Message, Patch
from providers.slices import Element
from tests.providers.kpn_connect.samples import UPDATE, update
from tests.support.kpn import AMSTERDAM

ASKED = (1_925_000_000_000, 0)


def read(*values: Any) -> list[Message]:
    elements = [Element(value, json.dumps(value)) for value in values]
    return messages_of("kpn", elements, ASKED, AMSTERDAM)


def one(**changes: Any) -> Message:
    [message] = read(update(**changes))
    return message


def patch_of(message: Message) -> Patch:
    assert message.patch is not None
    return message.patch


def test_sample_update_is_read_whole() -> None:
    [message] = read(UPDATE)
    assert message.id == "0d3f8a52-1111-4222-8333-944455566677"
    assert (message.provider, message.number, message.group) == ("kpn", "INC#20000417", "INC#20000417")
    assert message.client_number == "ZB-2291"
    assert message.kind == "update"
    assert message.sent_at == datetime(2031, 7, 4, 8, 0, 5, 123_000, tzinfo=UTC)
    assert message.order == (1_940_918_405_123, 0)
    assert message.summary == "In Progress: Monteur is onderweg"
    assert json.loads(message.raw) == UPDATE
    assert not message.problem
    assert not message.awaits_number


def test_sample_update_changes_state_and_adds_the_comment() -> None:
    patch = patch_of(one())
    assert patch.set == {
        "type": "incident",
        "client_number": "ZB-2291",
        "state": "open",
        "vendor_state": "In Progress",
        "awaiting_us": False,
        "updated_at": datetime(2031, 7, 4, 8, 0, 5, 123_000, tzinfo=UTC),
    }
    [comment] = patch.comments
    assert (comment.author, comment.body, comment.origin) == ("KPN", "Monteur is onderweg", "vendor")
    assert comment.at == datetime(2031, 7, 4, 8, 0, 5, 123_000, tzinfo=UTC)
    assert patch.partial


@pytest.mark.parametrize(("stamp", "milliseconds"), [("2031-07-04T08:00:05Z", 0), ("2031-07-04T08:00:05.5Z", 500)])
def test_stamps_come_with_and_without_fractions(stamp: str, milliseconds: int) -> None:
    assert one(message_datetime_utc=stamp).order == (1_940_918_405_000 + milliseconds, 0)


def test_stamp_without_a_zone_is_utc_as_its_name_says() -> None:
    assert one(message_datetime_utc="2031-07-04T08:00:05").order == (1_940_918_405_000, 0)


def test_message_without_a_stamp_was_said_when_its_neighbour_was() -> None:
    first, second, third = read(update(), update(message_datetime_utc=None), update(message_datetime_utc="soon"))
    assert first.order == second.order == third.order
    assert second.sent_at is None
    assert "updated_at" not in patch_of(second).set


def test_first_message_without_a_stamp_was_said_when_we_asked() -> None:
    assert one(message_datetime_utc="").order == ASKED


@pytest.mark.parametrize("nothing", [None, "", " ", {}])
def test_ticket_without_our_number_awaits_it(nothing: object) -> None:
    message = one(customer_reference_number=nothing)
    assert message.awaits_number
    assert "client_number" not in patch_of(message).set


@pytest.mark.parametrize(
    ("action", "attributes", "kind"),
    [
        ("New", {"state": "New", "short_description": "Lijn weg"}, "create"),
        ("Comment", {"comments": "Hallo"}, "comment"),
        ("Worknote", {"comments": "Hallo"}, "comment"),
        ("In Progress", {"state": "In Progress"}, "update"),
        ("On Hold", {"state": "On Hold"}, "update"),
        ("Resolved", {"state": "Resolved"}, "closure"),
        ("Closed Complete", {"state": "Closed Complete"}, "closure"),
        ("Cancelled", {"state": "Cancelled"}, "closure"),
        ("Attachment", {"attachments": [{"name": "a.txt", "link": "/GetAttachment/1"}]}, "attachment"),
        ("Add", {"attachments": [{"name": "a.txt", "link": "/GetAttachment/1"}]}, "attachment"),
        ("", {"comments": "Hallo"}, "comment"),
        ("Priority changed", {"priority": "1 - Critical"}, "update"),
        ("", {}, "update"),
    ],
)
def test_kind_follows_the_action(action: str, attributes: dict[str, Any], kind: str) -> None:
    assert one(action=action, attributes=attributes).kind == kind


def test_changes_are_told_by_their_own_words() -> None:
    assert kind_of("Authorize", "change", state="Authorize", comments=False, files=False) == "update"
    said = patch_of(one(ticket_type="Change Request", action="Assess", attributes={"state": "Assess"})).set
    assert (said["type"], said["state"]) == ("change", "assess")


def test_new_ticket_is_built_from_what_came() -> None:
    message = one(
        action="New",
        customer_reference_number="",
        attributes={
            "state": "New",
            "short_description": "Lijn weg",
            "description": "Sinds\nvier uur",
            "priority": "1 - Critical",
            "sla_due": "2031-07-04 14:00",
            "service": "Glas",
        },
    )
    patch = patch_of(message)
    assert patch.set["summary"] == "Lijn weg"
    assert patch.set["description"] == "Sinds\nvier uur"
    assert patch.set["priority"] == 1
    assert patch.set["due_at"] == datetime(2031, 7, 4, 12, 0, tzinfo=UTC)
    assert patch.set["opened_at"] == message.sent_at
    assert patch.vendor["service"] == "Glas"
    assert message.summary == "New: Lijn weg"


def test_hold_for_us_is_told_by_its_reason() -> None:
    waits = one(action="On Hold", attributes={"state": "On Hold", "on_hold_reason": "Awaiting Customer"})
    assert patch_of(waits).set["awaiting_us"] is True
    other = one(action="On Hold", attributes={"state": "On Hold", "on_hold_reason": "Awaiting Vendor"})
    assert patch_of(other).set["awaiting_us"] is False
    silent = one(action="On Hold", attributes={"state": "On Hold"})
    assert "awaiting_us" not in patch_of(silent).set


def test_task_stands_under_its_own_number() -> None:
    message = one(ticket_type="Change Task", kpn_ticket_number="CTASK#88", attributes={"state": "Closed Skipped"})
    assert message.number == "CTASK#88"
    assert patch_of(message).set["type"] == "task"
    assert patch_of(message).set["state"] == "closed"


@pytest.mark.parametrize("attributes", [None, {}])
def test_message_without_attributes_is_still_news(attributes: object) -> None:
    message = one(attributes=attributes)
    assert not message.problem
    assert patch_of(message).comments == ()


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"kpn_ticket_number": None}, "no kpn_ticket_number"),
        ({"transaction_id": ""}, "no transaction_id"),
        ({"attributes": "state=New"}, "ticket_attributes are no object"),
        ({"attributes": [1]}, "ticket_attributes are no object"),
    ],
)
def test_message_that_makes_no_sense_is_kept_with_its_problem(changes: dict[str, Any], problem: str) -> None:
    message = one(**changes)
    assert problem in message.problem
    assert message.patch is None
    assert message.raw
    assert message.id
    assert not message.awaits_number


@pytest.mark.parametrize("value", [None, 7, "text", [], True])
def test_element_that_is_no_object_is_kept(value: object) -> None:
    [message] = read(value)
    assert message.problem == "this is no object"
    assert message.raw == json.dumps(value)
    assert message.id.startswith("unreadable-")


def test_unreadable_element_leaves_its_neighbours() -> None:
    elements = [
        Element(UPDATE, json.dumps(UPDATE)),
        Element(None, '{"a": \\x}', "this is no JSON"),
        Element(update(), ""),
    ]
    messages = messages_of("kpn", elements, ASKED, AMSTERDAM)
    assert [bool(message.problem) for message in messages] == [False, True, False]
    assert messages[1].raw == '{"a": \\x}'


def test_same_unreadable_text_is_the_same_message() -> None:
    first, second, other = read("x", "x", "y")
    assert first.id == second.id != other.id


def test_lone_surrogates_do_not_reach_the_store() -> None:
    value = update(attributes={"comments": "a\ud800b"})
    [message] = messages_of("kpn", [Element(value, json.dumps(value, ensure_ascii=False))], ASKED, AMSTERDAM)
    assert message.raw.encode()
    assert patch_of(message).comments[0].body == "ab"


@pytest.mark.parametrize(
    "attributes",
    [
        {"attachments": [{"name": "log 1.txt", "link": " https://kpn.example/x/GetAttachment/ab%2F12", "size": 5}]},
        {"attachments": {"file_name": "log 1.txt", "url": "/network/kpn/servicenow/GetAttachment/ab%2F12", "size": 5}},
        {"attachment": {"name": "log 1.txt", "link": "GetAttachment/ab%2F12?x=1#y", "size": 5}},
        {"attachment_name": "log 1.txt", "attachment_link": "https://other.example/GetAttachment/ab%2F12", "size": 5},
        {"attachment_id": "ab/12", "filename": "log 1.txt", "size": 5},
    ],
)
def test_attachment_is_known_by_its_id_and_never_by_its_link(attributes: dict[str, Any]) -> None:
    [attachment] = patch_of(one(action="Attachment", attributes=attributes)).attachments
    assert (attachment.id, attachment.name, attachment.size) == ("ab/12", "log 1.txt", 5)
    assert attachment.direction == "in"
    assert attachment.url == "GetAttachment/ab/12"


def test_attachment_as_a_bare_link_is_named_by_its_id() -> None:
    [attachment] = patch_of(
        one(action="Attachment", attributes={"attachments": ["https://k.example/GetAttachment/9f"]})
    ).attachments
    assert (attachment.id, attachment.name) == ("9f", "9f")


@pytest.mark.parametrize(
    "attributes", [{"attachments": [{}, None, 4, {"name": "x"}]}, {"link": ""}, {"link": "http://[x"}]
)
def test_attachment_without_a_link_is_left_among_the_vendors_fields(attributes: dict[str, Any]) -> None:
    patch = patch_of(one(action="Attachment", attributes=attributes))
    assert patch.attachments == ()
    assert set(patch.vendor) == set(attributes)


def test_our_own_comment_coming_back_is_ours() -> None:
    comments = [{"comment": "Dank", "user": "via integration", "date_time": "2031-07-04 10:00"}]
    [comment] = patch_of(one(action="Comment", attributes={"comments": comments})).comments
    assert comment.origin == "us"
    assert comment.at == datetime(2031, 7, 4, 8, 0, tzinfo=UTC)
