"""Reading the queue: lenient with what can be understood, whole with what cannot."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.clock import milliseconds
from providers.codec import from_document, to_document
from providers.ensono.queue import KINDS, NoQueue, Rule, read_message, read_queue
from providers.ensono.wire import BODY_FIELDS
from providers.model import Message
from tests.providers.conformance.ensono_samples import raw_message
from tests.providers.ensono.support import NOW, READING, body, change_body, message, patch_of


def answer(messages: Any, depth: int = 2) -> bytes:
    document: Any = {"messages": messages}
    for _ in range(depth):
        document = {"ReceiveMessageResult": document, "ResponseMetadata": {"RequestId": "1"}}
    return json.dumps({"ReceiveMessageResponse": document}).encode()


@pytest.mark.parametrize("depth", [0, 1, 2, 3])
def test_any_nesting_is_read(depth: int) -> None:
    assert len(read_queue(answer([raw_message("Create", body())], depth), READING)) == 1


@pytest.mark.parametrize("nothing", [None, [], ""])
def test_an_empty_queue_has_no_messages(nothing: object) -> None:
    assert read_queue(answer(nothing), READING) == ()


@pytest.mark.parametrize(
    "foreign", [b"[]", b"{}", b'"messages"', b"null", b"{not json", b"<html>", b"", b'{"messages": 3}', b"[" * 90_000]
)
def test_an_answer_that_is_no_queues_is_refused(foreign: bytes) -> None:
    with pytest.raises(NoQueue):
        read_queue(foreign, READING)


def test_a_body_may_be_json_in_a_string_once_or_twice() -> None:
    once = json.dumps(body())
    for written in (once, json.dumps(once), f" {once} "):
        assert patch_of(message("Create", written)).set["summary"] == "Uplink 3 down"


def test_raw_newlines_in_a_body_string_are_read() -> None:
    written = json.dumps(body(description="one|two")).replace("|", "\n\t")
    assert patch_of(message("Create", written)).set["description"] == "one\n\ttwo"


def test_keys_are_found_in_any_case_and_spelling() -> None:
    odd = {
        "TICKETNUMBER": " e-CS0700123 ",
        "ticket_type": "incident ",
        "Status": " Pending",
        "StatusNextAction": "Pending-Client",
        "shortdescription": "x",
        "Impact": "2",
        "ensonogroup": "CS",
        "updateOn": "2026-03-03 12:00:00",
        "Priority": 3,
        "clientticketnumber": " INC0042 ",
    }
    raw = raw_message("create", odd)
    raw["attributes"] = {key.upper(): value for key, value in raw.pop("Attributes").items()}
    raw["attributes"]["MessageGroupID"] = raw["attributes"].pop("MESSAGEGROUPID")
    read = read_message({key.lower(): value for key, value in raw.items()}, READING)
    patch = patch_of(read)
    assert (read.number, read.client_number, read.group, read.handle) == (
        "e-CS0700123",
        "INC0042",
        "e-CS0700123",
        "AQEBa+b/c==",
    )
    assert (patch.set["state"], patch.set["awaiting_us"], patch.set["priority"]) == ("pending", True, 3)
    assert (patch.vendor["impact"], patch.vendor["ensonoGroup"]) == ("2", "CS")


def test_attributes_may_be_a_list_of_objects() -> None:
    raw = raw_message("Create", body())
    raw["Attributes"] = [{"MessageGroupId": "e-CS1"}, {"Name": "TransactionType", "Value": "Create"}]
    read = read_message(raw, READING)
    assert (read.group, read.kind) == ("e-CS1", "create")


def test_the_number_comes_from_the_body_and_else_from_the_group() -> None:
    assert message("Create", body(ticketNumber=""), MessageGroupId=" e-CS9 ").number == "e-CS9"
    assert message("Create", "garbage", MessageGroupId="e-CS9").number == "e-CS9"


def test_sequence_numbers_beyond_64_bits_are_whole_numbers() -> None:
    assert message("Create", body(), SequenceNumber="1" + "0" * 37).order[1] == 10**37


@pytest.mark.parametrize("stamp", ["", None, "soon", -4, "9" * 30, 10**18, True, float("nan"), float("inf"), [], {}])
def test_without_a_readable_stamp_a_message_counts_from_its_receipt(stamp: object) -> None:
    read = message("Create", body(), SentTimestamp=stamp)
    assert read.order[0] == milliseconds(NOW)
    assert read.sent_at is None
    assert read.patch is not None


@pytest.mark.parametrize(
    ("transaction_type", "odd", "problem"),
    [
        ("Create", "{broken", "the body is no JSON"),
        ("Create", None, "the body is no object"),
        ("Create", [1], "the body is no object"),
        ("Update", body(changed="status"), "`changed` is no object"),
        ("Update", body(changed=None), "`changed` is no object"),
        ("Closure", body(changed=["status"]), "`changed` is no object"),
        ("Update", body(changed={"status": {"value": "open"}}), "status: a structure where text belongs"),
        ("Notes", body(), "`notes` is no object"),
        ("Notes", body(notes=[]), "`notes` is no object"),
        ("Notes", body(notes={"id": "1"}), "`notes` has no body"),
        ("Attachment", body(), "neither attachmentName nor attachment"),
        ("Approval Request", body(ticketType="Change"), "no approvalId"),
        ("ReturnEnsonoNum", body(clientTicketNumber=""), "no clientTicketNumber"),
        ("Teleport", body(), "an unknown transaction type 'Teleport'"),
        ("", body(), "no transaction type"),
    ],
)
def test_what_cannot_be_read_is_kept_whole_with_its_problem(transaction_type: str, odd: object, problem: str) -> None:
    raw = raw_message(transaction_type, odd)
    read = read_message(raw, READING)
    assert read.patch is None
    assert problem in read.problem
    assert json.loads(read.raw) == json.loads(json.dumps(raw))
    assert (read.number, read.handle, read.id) == ("e-CS0700123", "AQEBa+b/c==", raw["MessageId"])


def test_without_any_number_a_message_is_unreadable() -> None:
    read = message("Create", body(ticketNumber=""), MessageGroupId="")
    assert (read.patch, read.problem) == (None, "neither the body nor MessageGroupId names a ticket")


def test_a_message_without_an_id_has_the_same_one_when_it_comes_again() -> None:
    first, again = (raw_message("Create", body(), ApproximateReceiveCount=str(count)) for count in (1, 2))
    for raw in (first, again):
        del raw["MessageId"]
    again["ReceiptHandle"] = "another"
    other = {**first, "Body": body(priority="1")}
    assert read_message(first, READING).id == read_message(again, READING).id
    assert read_message(first, READING).id != read_message(other, READING).id


def test_an_unreadable_element_leaves_its_neighbours_readable() -> None:
    good, bad = raw_message("Create", body()), raw_message("Create", body(description="C:|quota"))
    bad |= {"MessageId": "broken-one", "ReceiptHandle": "AQEBz=="}
    text = answer([good, bad, {**good, "MessageId": "third"}]).decode().replace("|", "\\")
    read = read_queue(text.encode(), READING)
    assert len(read) == 3
    assert sum(item.patch is None for item in read) == 1
    (odd,) = (item for item in read if item.patch is None)
    assert (odd.id, odd.handle) == ("broken-one", "AQEBz==")
    assert odd.order == (1772541000123, 18899000000000000256)
    assert "this is no JSON" in odd.problem


def test_of_a_cut_answer_the_complete_messages_are_read() -> None:
    text = answer([raw_message("Create", body()), raw_message("Create", body())])
    assert len(read_queue(text[: len(text) * 3 // 4], READING)) == 1


def test_elements_that_are_no_objects_are_parked() -> None:
    read = read_queue(answer([None, 3, "text", [1], raw_message("Create", body())]), READING)
    assert [item.problem for item in read] == ["the message is no object"] * 4 + [""]
    assert len({item.id for item in read}) == 5


def test_our_number_counts_only_where_ensono_has_it() -> None:
    assert message("Create", body()).client_number == "INC0042"
    for unlinked in (
        message("Create", body(clientTicketNumber=" ")),
        message("Create", body(), ClientReferenceAvailable=False),
        message("Create", body(), ClientReferenceAvailable="false"),
    ):
        assert unlinked.client_number == ""
        assert "client_number" not in patch_of(unlinked).set


@pytest.mark.parametrize(
    ("rule", "ignored"),
    [
        (Rule(type="incident"), True),
        (Rule(type="create"), True),
        (Rule(type="change"), False),
        (Rule(group="ensononetworksupport"), True),
        (Rule(group="cs2ndline"), True),
        (Rule(type="incident", group="elsewhere"), False),
        (Rule(type="incident", group="cs2ndline"), True),
    ],
)
def test_out_of_scope_transactions_change_no_ticket(rule: Rule, ignored: bool) -> None:
    read = read_message(raw_message("Create", body()), replace(READING, ignore=(rule,)))
    assert read.ignored is ignored
    assert (read.patch is None) is ignored
    assert read.problem == ""


def test_text_that_could_drive_a_terminal_is_made_safe() -> None:
    evil = "\x1b]52;c;aGk=\x07[/b]\u202eabc\x9b2J"
    read = message("Create", body(shortDescription=evil, description=evil, group=evil, cis=[evil, "b"]))
    shown = [read.summary, *map(str, patch_of(read).set.values()), *map(str, patch_of(read).vendor.values())]
    assert not any(mark in text for text in shown for mark in "\x1b\x07\x9b\u202e")
    assert "[/b]abc" in str(patch_of(read).set["summary"])


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=5),
    max_leaves=20,
)
field_names = st.sampled_from(BODY_FIELDS)
bodies = json_values | st.dictionaries(field_names, json_values, max_size=8)
attributes = st.dictionaries(
    st.sampled_from(["SentTimestamp", "SequenceNumber", "MessageGroupId", "ClientReferenceAvailable"]), json_values
)


def is_storable(read: Message) -> bool:
    document = to_document(read)
    return from_document(Message, json.loads(json.dumps(document))).id == read.id


@given(
    json_values | bodies.map(lambda found: {"messages": found}) | st.lists(json_values).map(lambda x: {"messages": x})
)
def test_any_json_as_an_answer_gives_messages_or_no_queue(document: Any) -> None:
    try:
        read = read_queue(json.dumps(document).encode(), READING)
    except NoQueue:
        return
    assert all(is_storable(item) and (item.patch is not None or item.problem) for item in read)


@given(st.binary() | st.text().map(lambda text: b'{"messages": [' + text.encode("utf-8", "replace") + b"]}"))
def test_any_bytes_as_an_answer_give_messages_or_no_queue(document: bytes) -> None:
    try:
        read = read_queue(document, READING)
    except NoQueue:
        return
    assert all(is_storable(item) for item in read)


@given(st.sampled_from([*KINDS, "Approval Request", "Other"]), bodies, attributes)
def test_any_json_as_a_body_gives_a_patch_or_a_problem(kind: str, odd: Any, odd_attributes: dict[str, Any]) -> None:
    read = read_message(raw_message(kind, odd, **odd_attributes), READING)
    assert (read.patch is not None) != bool(read.problem)
    assert is_storable(read)


@given(st.sampled_from(sorted(KINDS)), st.dictionaries(field_names, json_values, max_size=8))
def test_any_field_of_a_body_gives_a_patch_or_a_problem(kind: str, odd: dict[str, Any]) -> None:
    base = change_body() if "state" in odd else body()
    read = read_message(raw_message(kind, {**base, **odd}), READING)
    assert (read.patch is not None) != bool(read.problem)
    assert is_storable(read)
