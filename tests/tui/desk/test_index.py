"""The index keeps of each document what its lists show."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from providers.codec import to_document
from providers.model import Approval, Message, Ticket, Write
from tui.desk.entries import InboxEntry, OutboxEntry
from tui.desk.index import KINDS, InboxSummary, LinkSummary, OutboxSummary, TicketSummary, summarise
from tui.desk.ports import Table

AT = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


def test_a_ticket_s_list_fields_are_indexed() -> None:
    ticket = Ticket(
        provider="ensono",
        number="CHG1",
        client_number="C-1",
        type="change",
        state="assess",
        priority=2,
        due_at=AT,
        approvals=(Approval(id="1", state="requested", cycle=2),),
        cycle=2,
        revision=4,
    )
    summary = summarise(Table.TICKETS, to_document(ticket))
    assert isinstance(summary, TicketSummary)
    assert (summary.provider, summary.number, summary.client_number) == ("ensono", "CHG1", "C-1")
    assert (summary.state, summary.priority, summary.due_at, summary.opened_at) == (
        "assess",
        2,
        "2026-03-01T03:00:00Z",
        None,
    )
    assert (summary.approval_asked, summary.revision) == (True, 4)


def test_a_link_tells_how_its_ticket_stands_without_being_decoded() -> None:
    link = {
        "provider": "tangoe",
        "number": "C1",
        "client_number": "OWN1",
        "listed": True,
        "stale": True,
        "known_at": "x",
    }
    assert summarise(Table.LINKS, link) == LinkSummary("tangoe", "C1", "OWN1", listed=True, stale=True)


def test_words_that_many_documents_share_are_kept_once() -> None:
    documents = [json.loads(json.dumps({"provider": "kpn-connect", "vendor_state": "Work in progress"})) for _ in "ab"]
    first, second = (summarise(Table.TICKETS, document) for document in documents)
    assert isinstance(first, TicketSummary)
    assert isinstance(second, TicketSummary)
    assert first.provider is second.provider
    assert first.vendor_state is second.vendor_state


@pytest.mark.parametrize(("state", "cycle"), [("approved", 2), ("requested", 1)])
def test_only_a_request_of_the_present_cycle_asks_for_approval(state: Any, cycle: int) -> None:
    ticket = Ticket(provider="e", number="1", approvals=(Approval(id="1", state=state, cycle=cycle),), cycle=2)
    summary = summarise(Table.TICKETS, to_document(ticket))
    assert isinstance(summary, TicketSummary)
    assert not summary.approval_asked


def test_an_inbox_entry_is_indexed_with_its_message() -> None:
    message = Message(provider="e", id="m1", group="g", kind="comment", problem="cut", order=(5, 1 << 70))
    entry = InboxEntry(
        provider="e", id="m1", number="1", source="message", order=(5, 1 << 70), received_at=AT, message=message
    )
    summary = summarise(Table.INBOX, to_document(entry))
    assert isinstance(summary, InboxSummary)
    assert (summary.group, summary.kind, summary.readable) == ("g", "comment", False)
    assert (summary.order_time, summary.order_sequence) == (5, 1 << 70)
    assert (summary.status, summary.applied, summary.received_at) == ("new", False, "2026-03-01T03:00:00Z")


def test_an_outbox_entry_is_indexed_with_its_write() -> None:
    entry = OutboxEntry(
        write=Write(id="w1", action="comment", provider="e", number="1"),
        state="unconfirmed",
        created_at=AT,
        updated_at=AT,
        error="No answer.",
        needs_engineer=True,
    )
    summary = summarise(Table.OUTBOX, to_document(entry))
    assert isinstance(summary, OutboxSummary)
    assert (summary.state, summary.provider, summary.number, summary.action) == ("unconfirmed", "e", "1", "comment")
    assert (summary.needs_engineer, summary.error, summary.retry_at) == (True, "No answer.", None)


@pytest.mark.parametrize("table", list(Table))
@given(data=st.data())
def test_any_document_has_a_summary_of_plain_values(table: Table, data: st.DataObject) -> None:
    names = sorted({*getattr(KINDS[table], "_fields", ()), "approvals", "message", "write", "order", "notes", "cycle"})
    document = data.draw(st.dictionaries(st.sampled_from(names), JSON, max_size=8))
    summary = summarise(table, document)
    assert type(summary) is KINDS[table]
    assert all(value is None or isinstance(value, str | int) for value in summary)
