"""KPN Connect's rows and pages as snapshots."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from providers.kpn_connect.mapping import page_snapshot, row_snapshot, shows_own_comment, type_of
from providers.kpn_connect.wire import CommentWire
from providers.model import Patch, Snapshot
from tests.providers.kpn_connect.samples import CHANGE_PAGE, INCIDENT_PAGE, ROW, SERVICE_REQUEST_PAGE
from tests.support.kpn import AMSTERDAM

ORDER = (1_900_000_000_000, 0)


def row(**changes: Any) -> Patch:
    value = {**ROW, **changes}
    snapshot = row_snapshot(value, json.dumps(value), ORDER)
    assert snapshot is not None
    return snapshot.patch


def page(value: dict[str, Any], **changes: Any) -> Patch:
    return snapshot_of(value, **changes).patch


def snapshot_of(value: dict[str, Any], **changes: Any) -> Snapshot:
    return page_snapshot({**value, **changes}, "raw", ORDER, "INC#7", AMSTERDAM)


def test_row_says_what_the_list_says() -> None:
    patch = row()
    assert patch.number == "INC#20000417"
    assert patch.set == {
        "type": "incident",
        "client_number": "ZB-2291",
        "summary": "Kassa 3 Utrecht: geen verbinding",
        "state": "open",
        "vendor_state": "In Progress",
        "awaiting_us": False,
    }


def test_row_keeps_its_text_and_its_order() -> None:
    snapshot = row_snapshot(ROW, "its text", ORDER)
    assert snapshot is not None
    assert (snapshot.raw, snapshot.order, snapshot.detailed) == ("its text", ORDER, False)


@pytest.mark.parametrize("nothing", [None, "", {}, []])
def test_row_of_an_unlinked_ticket_leaves_our_number_alone(nothing: object) -> None:
    assert "client_number" not in row(customer_reference_number=nothing).set


def test_row_with_empty_fields_says_nothing_of_them() -> None:
    assert row(ticket_type=None, state="", short_description=None, customer_reference_number=None).set == {
        "type": "incident"
    }


def test_row_on_hold_leaves_open_for_whom_it_waits() -> None:
    said = row(state="On Hold").set
    assert said["state"] == "pending"
    assert "awaiting_us" not in said


@pytest.mark.parametrize("broken", [None, 7, "INC#1", [], {}, {"kpn_ticket_number": None}, {"kpn_ticket_number": " "}])
def test_row_without_a_number_is_none(broken: object) -> None:
    assert row_snapshot(broken, "", ORDER) is None


@pytest.mark.parametrize(
    ("word", "number", "kind"),
    [
        ("Incident", "", "incident"),
        ("incident", "", "incident"),
        ("Request for Information", "INC#1", "rfi"),
        ("Change Request", "", "change"),
        ("Service Request", "", "service_request"),
        ("Incident Task", "", "task"),
        ("Change Task", "", "task"),
        ("Request Task", "", "task"),
        ("", "INC#11252428", "incident"),
        ("", "CHG#10488730", "change"),
        ("", "RITM#10551843", "service_request"),
        ("", "SCTASK#1", "task"),
        ("", "CTASK0012", "task"),
        ("Something new", "chg#1", "change"),
        ("", "42", ""),
    ],
)
def test_type_is_told_by_the_word_or_by_the_number(word: str, number: str, kind: str) -> None:
    assert type_of(word, number) == kind


def test_incident_page_without_ticket_type_takes_its_category() -> None:
    patch = page(INCIDENT_PAGE)
    assert patch.set == {
        "type": "incident",
        "client_number": "ZB-2291",
        "summary": "Kassa 3 Utrecht: geen verbinding",
        "description": "De kassa start,\nmaar vindt geen netwerk.",
        "state": "pending",
        "vendor_state": "On Hold",
        "awaiting_us": True,
        "priority": 2,
        "due_at": datetime(2031, 7, 4, 14, 30, tzinfo=UTC),
    }
    assert patch.complete
    assert not patch.partial


def test_page_keeps_what_else_kpn_sent_under_its_own_names() -> None:
    vendor = page(INCIDENT_PAGE).vendor
    assert vendor["company"] == "Zeebries B.V."
    assert vendor["on_hold_reason"] == "Awaiting User"
    assert vendor["resolution_code"] is None
    assert vendor["priority"] == "2 - High"
    assert vendor["sla_due"] == "2031-07-04 16:30"
    assert not {"comments", "state", "short_description", "description", "kpn_ticket_number"} & set(vendor)


def test_page_gives_comments_oldest_first_and_knows_ours() -> None:
    first, second = page(INCIDENT_PAGE).comments
    assert (first.author, first.origin, first.body) == ("KPN", "vendor", "Wat zegt het lampje?")
    assert first.at == datetime(2031, 7, 4, 7, 58, tzinfo=UTC)
    assert (second.origin, second.body) == ("us", "Kabel is vervangen, helpt niet.")
    assert page(INCIDENT_PAGE).fill == {"updated_at": datetime(2031, 7, 4, 8, 12, tzinfo=UTC)}


def test_change_page_keeps_its_own_state_and_has_no_due_time() -> None:
    said = page(CHANGE_PAGE).set
    assert said["type"] == "change"
    assert (said["state"], said["vendor_state"]) == ("authorize", "Authorize")
    assert said["due_at"] is None
    assert page(CHANGE_PAGE).vendor["planned_start_date"] == ""


def test_service_request_page_with_a_state_of_no_table_is_closed() -> None:
    patch = page(SERVICE_REQUEST_PAGE)
    assert patch.set["state"] == "closed"
    assert patch.vendor["order_items"] == [{"item": "210.100 - Toestel", "customer_order_item_id": "ZB-SR-31"}]
    assert "due_at" not in patch.set
    assert "priority" not in patch.set


def test_page_of_nulls_says_nothing() -> None:
    patch = page(dict.fromkeys(INCIDENT_PAGE))
    assert patch.number == "INC#7"
    assert patch.set == {"type": "incident", "awaiting_us": False, "priority": None, "due_at": None}
    assert patch.comments == ()


def test_empty_page_says_nothing_but_its_type() -> None:
    assert page({}).set == {"type": "incident", "awaiting_us": False}


def test_reason_that_stayed_behind_after_the_hold_counts_for_nothing() -> None:
    assert page(INCIDENT_PAGE, state="In Progress").set["awaiting_us"] is False


def test_page_without_a_state_still_waits_for_us() -> None:
    assert page(INCIDENT_PAGE, state=None).set["awaiting_us"] is True


@pytest.mark.parametrize(
    "comments",
    [
        {"comment": "alleen", "date_time": "", "user": None},
        "alleen",
        [{"comment": "alleen"}, {"comment": ""}, None, 3, {"comment": {}}],
    ],
)
def test_comments_of_another_shape_are_read_as_far_as_they_go(comments: object) -> None:
    assert [comment.body for comment in page(INCIDENT_PAGE, comments=comments).comments] == ["alleen"]


def test_hostile_text_is_made_safe() -> None:
    patch = page(
        INCIDENT_PAGE,
        short_description="\x1b]52;c;aGk=\x07[@click=app.quit]x[/]\u202eevil",
        company="\x1b[31mred",
        comments=[{"comment": "\x1b[2Jgone\r\nnext", "user": "K\x00PN"}],
    )
    assert patch.set["summary"] == "[@click=app.quit]x[/]evil"
    assert patch.vendor["company"] == "red"
    assert (patch.comments[0].author, patch.comments[0].body) == ("KPN", "gone\nnext")


@pytest.mark.parametrize(
    ("stamp", "at"),
    [
        ("2031-03-30 01:59", datetime(2031, 3, 30, 0, 59, tzinfo=UTC)),
        ("2031-03-30 03:00", datetime(2031, 3, 30, 1, 0, tzinfo=UTC)),
        ("2031-10-26 01:59", datetime(2031, 10, 25, 23, 59, tzinfo=UTC)),
        ("2031-10-26 03:00", datetime(2031, 10, 26, 2, 0, tzinfo=UTC)),
    ],
)
def test_due_and_comment_times_cross_the_clock_changes(stamp: str, at: datetime) -> None:
    patch = page(INCIDENT_PAGE, sla_due=stamp, comments=[{"comment": "x", "date_time": stamp, "user": "KPN"}])
    assert patch.set["due_at"] == at
    assert patch.comments[0].at == at


def shows(text: str, stamp: str, since: datetime, user: str = "via integration") -> bool:
    return shows_own_comment((CommentWire(comment=text, date_time=stamp, user=user),), "Any news?", since, AMSTERDAM)


def test_own_comment_is_found_by_text_and_time() -> None:
    since = datetime(2031, 7, 4, 8, 0, tzinfo=UTC)
    assert shows("Any  news?\n", "2031-07-04 10:00", since)
    assert shows("Any news?", "", since)
    assert not shows("Any news?", "2031-07-04 09:59", since)
    assert not shows("No news?", "2031-07-04 10:00", since)
    assert not shows("Any news?", "2031-07-04 10:00", since, user="KPN")


def test_own_comment_of_the_doubled_hour_is_found() -> None:
    assert shows("Any news?", "2031-10-26 02:30", datetime(2031, 10, 26, 1, 20, tzinfo=UTC))
