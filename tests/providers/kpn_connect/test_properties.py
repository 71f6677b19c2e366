"""Any JSON at all gives a snapshot, a message or BadAnswer, and never another exception."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from providers.answer import Answer
from providers.codec import from_document, to_document
from providers.errors import BadAnswer, NotFound, VendorError
from providers.kpn.answers import page_in
from providers.kpn_connect.faults import fault_in
from providers.kpn_connect.mapping import page_snapshot, row_snapshot
from providers.kpn_connect.messages import messages_of
from providers.kpn_connect.payload import outgoing
from providers.kpn_connect.wire import AttributesWire, TicketWire, UpdateWire, WriteWire
from providers.model import Message, Snapshot, Ticket, Write
from providers.slices import Element
from tests.support.kpn import AMSTERDAM

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)
STAMPS = st.sampled_from(
    ["UNKNOWN", "2031-03-30 02:30", "0001-01-01 00:00", "9999-12-31 23:59", "2031-07-04T08:00:05Z"]
)
FILES = st.dictionaries(
    st.sampled_from(["name", "link", "url", "attachment_id", "size", "content_type"]), JSON | st.text()
)


def objects(*names: str) -> st.SearchStrategy[dict[str, Any]]:
    """Objects that have some of these names, with anything under them."""
    return st.dictionaries(st.sampled_from(sorted(names)) | st.text(max_size=6), JSON | STAMPS, max_size=8)


PAGES = objects(*TicketWire.model_fields)
ATTRIBUTES = objects(*AttributesWire.model_fields, "attachments", "attachment", "link") | st.fixed_dictionaries(
    {"attachments": st.lists(FILES, max_size=3)}
)
UPDATES = st.builds(
    lambda update, attributes: {**update, "ticket_attributes": attributes},
    objects(*UpdateWire.model_fields),
    ATTRIBUTES | JSON,
)
ORDER = (1, 0)


def is_storable(record: Message | Snapshot) -> bool:
    """Whether a record goes through the store's JSON and comes back."""
    document = to_document(record)
    text = json.dumps(document, allow_nan=False, ensure_ascii=False).encode()
    return to_document(from_document(type(record), json.loads(text))) == document


@given(JSON | PAGES)
def test_any_row_gives_a_snapshot_or_none(row: Any) -> None:
    snapshot = row_snapshot(row, "raw", ORDER)
    assert snapshot is None or (snapshot.patch.number and is_storable(snapshot))


@given(PAGES)
def test_any_page_gives_a_snapshot(page: dict[str, Any]) -> None:
    snapshot = page_snapshot(page, "raw", ORDER, "INC#1", AMSTERDAM)
    assert snapshot.patch.number
    assert is_storable(snapshot)


@given(st.lists(JSON | UPDATES, max_size=4))
def test_any_element_gives_a_message_with_an_id(values: list[Any]) -> None:
    elements = [Element(value, json.dumps(value, ensure_ascii=False)) for value in values]
    messages = messages_of("kpn", elements, ORDER, AMSTERDAM)
    assert len(messages) == len(values)
    for message in messages:
        assert message.id
        assert (message.patch is None) == bool(message.problem)
        assert is_storable(message)


@given(JSON | PAGES.map(lambda page: {"result": page}) | st.lists(PAGES).map(lambda pages: {"result": pages}))
def test_any_document_is_a_page_or_a_bad_answer(document: Any) -> None:
    answer = Answer("kpn", 200, {}, json.dumps(document).encode(), ORDER)
    try:
        page = page_in(answer, "INC#1", "kpn_ticket_number")
    except (BadAnswer, NotFound):
        return
    assert isinstance(page, dict)


@given(
    JSON | st.builds(lambda code, words: {"error": {"code": code, "message": words}}, JSON, JSON), st.integers(200, 599)
)
def test_any_error_body_is_one_of_our_errors_or_none(document: Any, status: int) -> None:
    fault = fault_in(Answer("kpn", status, {}, b"{}", ORDER, "write"), document)
    assert fault is None or (isinstance(fault, VendorError) and fault.next_step)


@given(objects(*WriteWire.model_fields))
def test_any_answer_to_a_write_can_be_read(document: dict[str, Any]) -> None:
    WriteWire.model_validate(document)


@given(
    st.sampled_from(["create", "comment", "attach", "acknowledge", "link", "close", "?"]),
    st.sampled_from(["incident", "rfi", "change", "service_request", "case", ""]),
    objects(
        "comment",
        "customer_reference_number",
        "short_description",
        "summary",
        "description",
        "service",
        "ci",
        "priority",
        "desired_delivery_date",
        "order_items",
        "message_id",
        "status",
        "reason",
        "client_number",
        "ticket_type",
    ),
    st.booleans(),
)
def test_any_values_give_a_message_or_a_refusal(action: str, kind: str, values: dict[str, Any], linked: bool) -> None:
    ticket = Ticket(provider="kpn", number="INC#1", client_number="ZB-1" if linked else "")
    write = Write(id="w", action=action, provider="kpn", number="INC#1", ticket_type=kind, values=values)
    try:
        message = outgoing("kpn", write, ticket, AMSTERDAM)
    except VendorError as error:
        assert error.message
    else:
        assert json.dumps(message.document, ensure_ascii=False).encode()
