"""KPN ServiceNow Incident (KPN Developer, "ServiceNow Incident API")."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from providers.base import Operation
from providers.errors import BadAnswer, NotAuthorised, NotFound, Rejected, Throttled, Unconfirmed, WrongState
from providers.model import Ticket
from providers.sandbox import Sandbox
from tests.providers.conformance.case import Arranged, Case, Complaint, Deed, Look, Stamp

OUR_NUMBER = "ZB-2"


def incident(box: Sandbox, state: str = "In Progress") -> Arranged:
    number = box.kpn_incident.create(reference=OUR_NUMBER, state=state)
    ours = "resolved" if state == "Resolved" else "open"
    return Arranged(ticket=Ticket(provider="kpn-incident", number=number, client_number=OUR_NUMBER, state=ours))


def opens(box: Sandbox, words: Mapping[str, str]) -> str:
    return box.kpn_incident.create(
        short_description=words["summary"], description=words["description"], reference=OUR_NUMBER
    )


DEEDS = (
    Deed(
        operation=Operation.CREATE,
        values={"short_description": "Modem stil", "description": "Geen lampjes", "ci": "AMS-EDGE-RTR-01"},
        client_number=OUR_NUMBER,
        ticket_type="incident",
        committed=("create",),
        holds=lambda box, number: box.kpn_incident.ticket(number).short_description == "Modem stil",
        request="POST /network",
        text="description",
    ),
    Deed(
        operation=Operation.COMMENT,
        arrange=incident,
        values={"comment": "Het is terug sinds twaalf uur."},
        committed=("comment",),
        holds=lambda box, number: box.kpn_incident.ticket(number).comments == ["Het is terug sinds twaalf uur."],
        request="PATCH /network",
        text="comment",
    ),
    Deed(
        operation=Operation.CLOSE,
        arrange=lambda box: incident(box, "Resolved"),
        values={"notes": "Dank u wel."},
        committed=("close",),
        holds=lambda box, number: box.kpn_incident.ticket(number).state == "Closed",
        request="PATCH /network",
        text="notes",
    ),
    Deed(
        operation=Operation.REOPEN,
        arrange=lambda box: incident(box, "Resolved"),
        values={"notes": "Het is er weer."},
        committed=("reopen",),
        holds=lambda box, number: box.kpn_incident.ticket(number).state == "In Progress",
        request="PATCH /network",
        text="notes",
    ),
    Deed(
        operation=Operation.ATTACH,
        arrange=incident,
        file="boot.log",
        committed=("attach",),
        holds=lambda box, number: [entry.name for entry in box.ledger.of(number=number)] == ["boot.log"],
        request="PATCH /network",
    ),
)

ROW = {
    "reference_number": OUR_NUMBER,
    "short_description": "Modem stil",
    "state": "On Hold",
    "ticket_number": "INC2345",
}
PAGE = {
    **ROW,
    "company": "Zeebries B.V.",
    "description": "Geen\nlampjes",
    "contact": "N. Acht",
    "user": "N. Acht",
    "category": "Incident",
    "priority": "2",
    "impact": "2",
    "urgency": "1",
    "ci": "AMS-EDGE-RTR-01",
    "customer_service": "Diensten",
    "service_component": "Lijn",
    "sla_due": {},
    "pending_reason": "awaiting customer",
    "required_information": "Een foto",
    "reason_user_required": "",
    "close_code": "",
    "solution": "",
}

LOOKS = (
    Look(operation=Operation.LIST, request="GetActiveIncidents", answer={"result": [ROW]}, number="INC2345"),
    Look(operation=Operation.DETAIL, request="GetIncident/", answer={"result": PAGE}, number="INC2345"),
)
WORDS = {"error": {"message": "words of KPN's", "detail": "and more of them"}, "status": "failure"}


def _code(status: int, error: type[Exception], during: Operation) -> Complaint:
    return Complaint(during=during, status=status, body=WORDS, error=error, code=str(status))  # type: ignore[arg-type]


COMPLAINTS = (
    *(_code(400, Rejected, during) for during in (Operation.CREATE, Operation.COMMENT, Operation.LIST)),
    *(_code(403, NotAuthorised, during) for during in (Operation.CREATE, Operation.DETAIL)),
    *(_code(404, NotFound, during) for during in (Operation.COMMENT, Operation.DETAIL)),
    *(_code(405, BadAnswer, during) for during in (Operation.COMMENT, Operation.LIST)),
    *(_code(412, WrongState, during) for during in (Operation.CLOSE, Operation.REOPEN)),
    *(_code(429, Throttled, during) for during in (Operation.CREATE, Operation.LIST)),
    *(_code(status, Unconfirmed, Operation.CREATE) for status in (500, 502, 503)),
    *(_code(status, BadAnswer, Operation.LIST) for status in (500, 502, 503)),
)


def _due(text: str, at: datetime, zone: str = "") -> Stamp:
    return Stamp(
        look=Operation.DETAIL,
        path=("result", "sla_due"),
        text=text,
        at=at,
        shown=lambda snapshot: snapshot.patch.set.get("due_at"),
        zone=zone,
    )


STAMPS = (
    _due("2026-03-29 01:59", datetime(2026, 3, 29, 0, 59, tzinfo=UTC)),
    _due("2026-03-29 03:00", datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
    _due("2026-10-25 03:00", datetime(2026, 10, 25, 2, 0, tzinfo=UTC)),
    _due("2026-10-25 03:00", datetime(2026, 10, 25, 3, 0, tzinfo=UTC), "Europe/Lisbon"),
)

CASE = Case(
    name="kpn-incident",
    kind="kpn-incident",
    offered=frozenset(
        {
            Operation.LIST,
            Operation.DETAIL,
            Operation.CREATE,
            Operation.COMMENT,
            Operation.CLOSE,
            Operation.REOPEN,
            Operation.ATTACH,
        }
    ),
    opens=opens,
    deeds=DEEDS,
    looks=LOOKS,
    complaints=COMPLAINTS,
    stamps=STAMPS,
    renews=True,
)
