"""Tangoe (Case API), as documented, and with comments tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from providers.base import Operation
from providers.errors import BadAnswer, NotAuthorised, NotFound, Rejected, Unconfirmed, WrongState
from providers.model import Ticket
from providers.sandbox import Sandbox
from tests.providers.conformance.case import Arranged, Case, Complaint, Deed, Look, Stamp

OUR_NUMBER = "TEL-88"


def case(box: Sandbox) -> Arranged:
    number = box.tangoe.create(short_description="Same", description="Old", priority="3")
    return Arranged(
        ticket=Ticket(
            provider="tangoe", number=number, type="case", summary="Same", description="Old", priority=3, state="new"
        )
    )


def opens(box: Sandbox, words: Mapping[str, str]) -> str:
    return box.tangoe.create(
        short_description=words["summary"], description=words["description"], correlation_id=OUR_NUMBER
    )


DEEDS = (
    Deed(
        operation=Operation.CREATE,
        values={"short_description": "Invoice twice", "description": "Paid in October already.", "priority": "2"},
        client_number=OUR_NUMBER,
        ticket_type="case",
        committed=("create",),
        holds=lambda box, number: box.tangoe.ticket(number).short_description == "Invoice twice",
        request="POST /api",
        text="description",
    ),
    Deed(
        operation=Operation.UPDATE,
        arrange=case,
        values={"description": "New"},
        committed=("update",),
        holds=lambda box, number: box.tangoe.ticket(number).description == "New",
        request="PATCH /api",
        text="description",
    ),
    Deed(
        operation=Operation.CANCEL,
        arrange=case,
        committed=("cancel",),
        holds=lambda box, number: box.tangoe.ticket(number).state == "7",
        request="DELETE /api",
    ),
    Deed(
        operation=Operation.LINK,
        arrange=case,
        client_number="TEL-99",
        committed=("link",),
        holds=lambda box, number: box.tangoe.ticket(number).correlation_id == "TEL-99",
        request="PATCH /api",
    ),
)
COMMENT = Deed(
    operation=Operation.COMMENT,
    arrange=case,
    values={"comment": "The invoice of November too."},
    committed=("comment",),
    holds=lambda box, number: (
        [each.comment for each in box.tangoe.ticket(number).comments] == ["The invoice of November too."]
    ),
    request="POST /api",
    text="comment",
)

ROW = {
    "number": "CS0700001",
    "id": "d194729ddb174850a813fd651d9619aa",
    "state": "-5",
    "priority": "2",
    "short_description": "Roaming bundle not applied",
    "description": "Since the first\nof the month.",
    "correlation_id": OUR_NUMBER,
    "correlation_display": "TEL-88 roaming",
    "contact_email": "desk@client.example",
    "created_on": "2026-03-28 23:30:00",
    "updated_on": "2026-03-29 00:30:00",
    "close_code": "",
    "close_notes": "",
    "completion_date_time": "",
    "resolved_at": "",
}
COMMENTS = [
    {"id": "bb", "comment": "later", "created_on": "2026-03-29 01:20:18", "created_by": "john.dow@tangoe.example"},
    {"id": "aa", "comment": "first", "created_on": "2026-03-29 00:16:14", "created_by": "ann.dow@tangoe.example"},
]
LOOKS = (
    Look(operation=Operation.LIST, request="cases?", answer={"result": [ROW]}, number="CS0700001"),
    Look(
        operation=Operation.DETAIL,
        request="include_comments",
        answer={"result": {**ROW, "comments": COMMENTS}},
        number="CS0700001",
    ),
)


def _error(status: int, error: Any, words: str, *during: Operation, field: str = "") -> tuple[Complaint, ...]:
    body = {"error": {"message": words, "detail": "more words"}, "status": "failure"}
    return tuple(
        Complaint(during=each, status=status, body=body, error=error, code=str(status), field=field) for each in during
    )


COMPLAINTS = (
    *_error(400, Rejected, "Invalid entitlement_id", Operation.CREATE, field="entitlement_id"),
    *_error(400, Rejected, "short_description is missing", Operation.CREATE, field="short_description"),
    *_error(400, WrongState, "Case is closed", Operation.UPDATE, Operation.CANCEL, Operation.LINK),
    *_error(403, NotAuthorised, "Insufficient rights", Operation.CREATE, Operation.LIST, Operation.DETAIL),
    *_error(404, NotFound, "No such case", Operation.UPDATE, Operation.CANCEL, Operation.DETAIL),
    *_error(500, Unconfirmed, "Script failed", Operation.CREATE, Operation.UPDATE),
    *_error(500, BadAnswer, "Script failed", Operation.LIST, Operation.DETAIL),
)


def _opened(text: str, at: datetime, zone: str = "", look: Operation = Operation.DETAIL) -> Stamp:
    path = ("result", "created_on") if look is Operation.DETAIL else ("result", 0, "created_on")
    return Stamp(
        look=look,
        path=path,
        text=text,
        at=at,
        shown=lambda found: (found[0] if isinstance(found, list) else found).patch.set.get("opened_at"),
        zone=zone,
    )


STAMPS = (
    _opened("2026-03-29 01:30:00", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
    _opened("2026-10-25 01:30:00", datetime(2026, 10, 25, 1, 30, tzinfo=UTC), look=Operation.LIST),
    _opened("2026-03-08 01:59:59", datetime(2026, 3, 8, 6, 59, 59, tzinfo=UTC), "America/New_York"),
    _opened("2026-03-08 03:00:00", datetime(2026, 3, 8, 7, 0, tzinfo=UTC), "America/New_York", Operation.LIST),
    _opened("2026-11-01 02:00:00", datetime(2026, 11, 1, 7, 0, tzinfo=UTC), "America/New_York"),
    _opened("2026-11-01 00:59:59", datetime(2026, 11, 1, 4, 59, 59, tzinfo=UTC), "America/New_York"),
    _opened("2026-11-01T02:00:00Z", datetime(2026, 11, 1, 2, 0, tzinfo=UTC), "America/New_York"),
)

DOCUMENTED = Case(
    name="tangoe",
    kind="tangoe",
    settings={"comments": False},
    offered=frozenset(
        {Operation.LIST, Operation.DETAIL, Operation.CREATE, Operation.UPDATE, Operation.CANCEL, Operation.LINK}
    ),
    opens=opens,
    talks=lambda box, number, words: box.tangoe.comment(number, words),
    deeds=DEEDS,
    looks=LOOKS,
    complaints=COMPLAINTS,
    stamps=STAMPS,
)
WITH_COMMENTS = replace(
    DOCUMENTED,
    name="tangoe-with-comments",
    settings={"comments": True},
    offered=DOCUMENTED.offered | {Operation.COMMENT},
    deeds=(COMMENT,),
    looks=(),
    complaints=(),
    stamps=(),
)
