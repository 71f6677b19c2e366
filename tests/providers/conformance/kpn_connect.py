"""KPN ServiceNow Connect ("2: Customers", version 0.95)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from providers.base import Operation
from providers.errors import BadAnswer, NotFound, NotOffered, Rejected, WrongState
from providers.model import Ticket
from providers.sandbox import Sandbox
from tests.providers.conformance.case import Arranged, Case, Complaint, Deed, Look, Stamp

OUR_NUMBER = "ZB-1"


def incident(box: Sandbox) -> Arranged:
    number = box.kpn_connect.create("Incident", reference=OUR_NUMBER, announce=False)
    return Arranged(ticket=Ticket(provider="kpn-connect", number=number, client_number=OUR_NUMBER))


def told(box: Sandbox) -> Arranged:
    """An incident of KPN's, and its message that waits for our answer."""
    number = box.kpn_connect.create("Incident", reference="")
    *_, update = box.kpn_connect.waiting()
    return Arranged(
        ticket=Ticket(provider="kpn-connect", number=number, client_number=OUR_NUMBER),
        values={"message_id": update.transaction_id},
    )


def opens(box: Sandbox, words: Mapping[str, str]) -> str:
    return box.kpn_connect.create(
        "Incident", reference=OUR_NUMBER, short_description=words["summary"], description=words["description"]
    )


def answers_of(box: Sandbox) -> list[str]:
    return [update.answered for update in box.kpn_connect.updates]


DEEDS = (
    Deed(
        operation=Operation.CREATE,
        values={"short_description": "Kassa stil", "description": "Sinds vier uur", "service": "Winkelnetwerk"},
        client_number=OUR_NUMBER,
        ticket_type="incident",
        committed=("create",),
        holds=lambda box, number: box.kpn_connect.ticket(number).short_description == "Kassa stil",
        request="POST /network",
        text="description",
    ),
    Deed(
        operation=Operation.COMMENT,
        arrange=incident,
        values={"comment": "Het is terug sinds twaalf uur."},
        committed=("comment",),
        holds=lambda box, number: [each.comment for each in box.kpn_connect.ticket(number).comments],
        request="PATCH /network",
        text="comment",
    ),
    Deed(
        operation=Operation.ATTACH,
        arrange=incident,
        file="boot.log",
        committed=("attach",),
        holds=lambda box, number: [entry.name for entry in box.ledger.of(number=number)] == ["boot.log"],
        request="PATCH /network",
    ),
    Deed(
        operation=Operation.ACKNOWLEDGE,
        arrange=told,
        values={"status": "Success"},
        committed=("acknowledge",),
        holds=lambda box, number: answers_of(box) == ["Success"],
        request="PATCH /network",
    ),
    Deed(
        operation=Operation.LINK,
        arrange=told,
        client_number=OUR_NUMBER,
        committed=("acknowledge",),
        holds=lambda box, number: answers_of(box) == ["Success"],
        request="PATCH /network",
    ),
)

ROW = {
    "kpn_ticket_number": "INC#20000001",
    "customer_reference_number": OUR_NUMBER,
    "ticket_type": "Incident",
    "state": "On Hold",
    "short_description": "Kassa stil",
    "link": " https://api.example/network/kpn/servicenow/Ticket?kpn_ticket_number=INC%2320000001",
}
COMMENTS = [
    {"comment": "Nog niets.", "date_time": "2026-03-29 03:30", "user": "via integration"},
    {"comment": "Kunt u het weer proberen?", "date_time": "2026-03-29 01:30", "user": "KPN"},
]
INCIDENT = {
    "category": "Incident",
    "ci": "",
    "company": "Zeebries B.V.",
    "contact": "Onbekend",
    "description": "Sinds\nvier uur",
    "impact": "1 - High",
    "on_hold_reason": "Awaiting User",
    "priority": "3 - Moderate",
    "customer_reference_number": OUR_NUMBER,
    "resolution_code": None,
    "resolution_notes": "",
    "service": "Winkelnetwerk",
    "short_description": "Kassa stil",
    "sla_due": "2026-10-25 04:30",
    "state": "On Hold",
    "kpn_ticket_number": "INC#20000001",
    "urgency": "3 - Low",
    "user": "Onbekend",
    "comments": COMMENTS,
}
CHANGE = {
    "ticket_type": "Change Request",
    "ci": "",
    "company": "Zeebries B.V.",
    "description": "Poort om",
    "on_hold_reason": "",
    "priority": "4 - Low",
    "customer_reference_number": OUR_NUMBER,
    "service": "Winkelnetwerk",
    "short_description": "Poort om",
    "sla_due": "UNKNOWN",
    "planned_start_date": "",
    "planned_end_date": "",
    "type": "Normal",
    "state": "New",
    "kpn_ticket_number": "INC#20000001",
    "comments": COMMENTS,
}
SERVICE_REQUEST = {
    "ticket_type": "Service Request",
    "customer_reference_number": OUR_NUMBER,
    "kpn_ticket_number": "INC#20000001",
    "company": "Zeebries B.V.",
    "short_description": "Firewall weg",
    "description": "De oude mag weg",
    "service": "Opruimen",
    "contact": "nacht@zeebries.example",
    "user": "nacht@zeebries.example",
    "state": "Closed Complete",
    "resolution_notes": "Weg",
    "order_items": [{"item": "510 - Opruimen", "customer_order_item_id": OUR_NUMBER}],
    "comments": COMMENTS,
}
UPDATE = {
    "message_datetime_utc": "2026-03-29T00:59:59.123Z",
    "ticket_type": "Incident",
    "action": "On Hold",
    "kpn_ticket_number": "INC#20000001",
    "customer_reference_number": OUR_NUMBER,
    "transaction_id": "7f4f7f0e-9a58-4b3e-9d52-0c4de0f3a111",
    "ticket_attributes": {"state": "On Hold", "comments": "Kunt u het weer proberen?\n\n", "on_hold_reason": "User"},
}
FILE = {"name": "boot.log", "link": " /network/kpn/servicenow/GetAttachment/c0ffee", "content_type": "text/plain"}

LOOKS = (
    Look(operation=Operation.LIST, request="ListOpenTickets", answer={"result": [ROW]}, number="INC#20000001"),
    Look(
        operation=Operation.DETAIL,
        request="GET /network/kpn/servicenow/Ticket?",
        answer={"result": [INCIDENT]},
        others=({"result": CHANGE}, {"result": SERVICE_REQUEST}),
        number="INC#20000001",
    ),
    Look(
        operation=Operation.QUEUE,
        request="TicketUpdates",
        answer=[UPDATE],
        others=([{**UPDATE, "action": "Attachment", "ticket_attributes": {"attachments": [FILE]}}],),
        number="INC#20000001",
    ),
    Look(
        operation=Operation.DOWNLOAD,
        request="GetAttachment",
        # A file may be as large as these; that they are none of KPN's JSON is seen before.
        ends={"huge": BadAnswer, "gzip_bomb": BadAnswer},
    ),
)


def _error(code: str, error: Any, field: str = "", *, words: str = "words of KPN's", **more: Any) -> Complaint:
    during = more.pop("during", Operation.COMMENT)
    body = {"error": {"code": code, "message": words}}
    return Complaint(during=during, status=400, body=body, error=error, code=code, field=field)


COMPLAINTS = (
    _error("1000", Rejected),
    _error("1010", Rejected, "service", during=Operation.CREATE),
    _error("1040", NotOffered, during=Operation.DETAIL),
    _error("1100", Rejected, "order_items", during=Operation.CREATE),
    _error("1110", Rejected, "service", during=Operation.CREATE),
    _error("1190", Rejected, during=Operation.CREATE),
    _error("2000", NotFound, words="No valid ticket found"),
    _error("2000", WrongState, words="Ticket is already closed"),
    _error("3000", Rejected, "customer_reference_number", during=Operation.CREATE),
    _error("6010", NotFound, during=Operation.DOWNLOAD),
    _error("6050", Rejected),
    _error("9000", Rejected),
)


def _due(text: str, at: datetime | None, zone: str = "") -> Stamp:
    return Stamp(
        look=Operation.DETAIL,
        path=("result", 0, "sla_due"),
        text=text,
        at=at or datetime.min,
        shown=lambda snapshot: snapshot.patch.set.get("due_at") or datetime.min,
        zone=zone,
    )


STAMPS = (
    _due("2026-03-29 01:59", datetime(2026, 3, 29, 0, 59, tzinfo=UTC)),
    _due("2026-03-29 03:00", datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
    _due("2026-10-25 01:59", datetime(2026, 10, 24, 23, 59, tzinfo=UTC)),
    _due("2026-10-25 03:00", datetime(2026, 10, 25, 2, 0, tzinfo=UTC)),
    _due("2026-10-25 03:00", datetime(2026, 10, 25, 3, 0, tzinfo=UTC), "Europe/Lisbon"),
    _due("UNKNOWN", None),
    Stamp(
        look=Operation.DETAIL,
        path=("result", 0, "comments", 1, "date_time"),
        text="2026-03-29 01:30",
        at=datetime(2026, 3, 29, 0, 30, tzinfo=UTC),
        shown=lambda snapshot: snapshot.patch.comments[0].at,
    ),
    Stamp(
        look=Operation.QUEUE,
        path=(0, "message_datetime_utc"),
        text="2026-10-25T00:30:00.250Z",
        at=datetime(2026, 10, 25, 0, 30, 0, 250_000, tzinfo=UTC),
        shown=lambda batch: batch.messages[0].sent_at,
    ),
)

CASE = Case(
    name="kpn-connect",
    kind="kpn-connect",
    offered=frozenset(
        {
            Operation.LIST,
            Operation.DETAIL,
            Operation.QUEUE,
            Operation.CREATE,
            Operation.COMMENT,
            Operation.ATTACH,
            Operation.DOWNLOAD,
            Operation.ACKNOWLEDGE,
            Operation.LINK,
        }
    ),
    opens=opens,
    talks=lambda box, number, words: box.kpn_connect.comment(number, words),
    attaches=lambda box, number: box.kpn_connect.attach(number, "boot.log", b"nothing new\n"),
    deeds=DEEDS,
    looks=LOOKS,
    complaints=COMPLAINTS,
    stamps=STAMPS,
    renews=True,
)
