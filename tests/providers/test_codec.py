"""Every record becomes a JSON document and comes back the same."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers import model
from providers.codec import format_time, from_document, parse_time, to_document

words = st.text(max_size=12)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=5,
)
tables = st.dictionaries(words, json_values, max_size=3)
times = st.none() | st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=st.just(UTC))
orders = st.tuples(st.integers(0, 2**41), st.integers(0, 2**80))
comments = st.builds(model.Comment, id=words, author=words, at=times, body=words)
attachments = st.builds(
    model.Attachment, id=words, name=words, size=st.none() | st.integers(0, 10**9), at=times, url=words
)
approvals = st.builds(model.Approval, id=words, approver=words, cycle=st.integers(1, 9), at=times)
marks = st.builds(model.CycleMark, step=st.sampled_from(["opened", "rejected"]), order=orders)
engineers = st.builds(model.Engineer, name=words, email=words, phone=words)
files = st.builds(model.FileRef, path=words, name=words, size=st.integers(0), content_type=words, sha256=words)


def several(records: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(records, max_size=2).map(tuple)


fields = st.fixed_dictionaries(
    {},
    optional={
        "state": words,
        "priority": st.none() | st.integers(1, 5),
        "summary": words,
        "awaiting_us": st.booleans(),
        "opened_at": times,
        "due_at": times,
    },
)
patches = st.builds(
    model.Patch,
    number=words,
    set=fields,
    fill=fields,
    vendor=tables,
    vendor_fill=tables,
    comments=several(comments),
    attachments=several(attachments),
    approvals=several(approvals),
    cycle=st.sampled_from([None, "opened", "approved"]),
    partial=st.booleans(),
)
tickets = st.builds(
    model.Ticket,
    provider=words,
    number=words,
    priority=st.none() | st.integers(1, 5),
    opened_at=times,
    due_at=times,
    comments=several(comments),
    attachments=several(attachments),
    approvals=several(approvals),
    cycle_marks=several(marks),
    former_client_numbers=several(words),
    vendor=tables,
    stamps=st.dictionaries(words, orders, max_size=3),
    revision=st.integers(0),
)
messages = st.builds(
    model.Message,
    provider=words,
    id=words,
    kind=st.sampled_from(["create", "comment", "unknown"]),
    order=orders,
    sent_at=times,
    received_at=times,
    patch=st.none() | patches,
    raw=words,
)
RECORDS = {
    model.Comment: comments,
    model.Attachment: attachments,
    model.Approval: approvals,
    model.CycleMark: marks,
    model.Ticket: tickets,
    model.Patch: patches,
    model.Message: messages,
    model.Snapshot: st.builds(model.Snapshot, patch=patches, order=orders, raw=words),
    model.Batch: st.builds(model.Batch, messages=several(messages), more=st.booleans(), gap=words),
    model.FileRef: files,
    model.Engineer: engineers,
    model.Write: st.builds(
        model.Write,
        id=words,
        action=words,
        provider=words,
        values=tables,
        files=several(files),
        engineer=engineers,
        created_at=times,
        sent_at=times,
    ),
    model.Receipt: st.builds(model.Receipt, number=words, patch=st.none() | patches, note=words),
    model.Preview: st.builds(model.Preview, method=words, path=words, body=words, warnings=several(words)),
}


def test_every_record_of_the_model_is_tried() -> None:
    records = {
        kind
        for kind in vars(model).values()
        if isinstance(kind, type) and hasattr(kind, "__dataclass_fields__") and kind.__module__ == model.__name__
    }
    assert records - {model.TicketKey, model.TicketRow} == set(RECORDS)


@pytest.mark.parametrize("kind", RECORDS, ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_a_record_comes_back_the_same_through_json(kind: type[Any], data: st.DataObject) -> None:
    record = data.draw(RECORDS[kind])
    document = json.loads(json.dumps(to_document(record)))
    assert from_document(kind, document) == record


@given(tickets)
def test_unknown_keys_are_passed_over(ticket: model.Ticket) -> None:
    assert from_document(model.Ticket, {**to_document(ticket), "of_a_later_version": 1}) == ticket


@given(st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1)), st.integers(-14 * 60, 14 * 60))
def test_a_time_is_written_in_utc_with_a_z(at: datetime, offset: int) -> None:
    stamp = at.replace(tzinfo=timezone(timedelta(minutes=offset)))
    written = format_time(stamp)
    assert written is not None
    assert written.endswith("Z")
    assert parse_time(written) == stamp


@pytest.mark.parametrize("text", ["yesterday", "2026-03-01T03:00:00", "2026-13-01T00:00:00Z"])
def test_what_is_no_stamp_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_time(text)
