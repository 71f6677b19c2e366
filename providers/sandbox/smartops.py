"""SmartOps' contract for an ITSM: create, update and fetch one ticket.

Source: "API contracts for ITSM Integration". The contract names no paths; here they are /smartops/create, update and
fetch. `statusCode` is a string, and HTTP 200 carries failures as well; only the ticketFields that were asked for come
back. What goes into ticketJSON isn't said: here it takes the names of ticketFields; comments, workNotes and
closureNotes are added, given as text, an object or a list of objects.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from starlette.requests import Request
from starlette.responses import Response

from providers.sandbox.context import Context
from providers.sandbox.keycloak import Keycloak
from providers.sandbox.wire import Unreadable, answer, read_object, segments, text_of

BASE: Final = "/smartops"
CONNECTION: Final = {
    "itsmUrl": base64.b64encode(b"https://itsm.client.example").decode(),
    "itsmUser": base64.b64encode(b"sandbox").decode(),
    "itsmPassword": base64.b64encode(b"not-a-real-password").decode(),
    "itsmVersion": "Tokyo",
}
TIME_ZONE_OFFSET: Final = "+01:00"
NOTES: Final = {
    "comments": ("commentBy", "commentTime", "comment"),
    "workNotes": ("workNoteBy", "workNoteTime", "workNote"),
    "closureNotes": ("closureNoteBy", "closureNoteTime", "closureNote"),
}
SETTABLE: Final = (
    "ticketStatus",
    "ticketPriority",
    "assignedTo",
    "assignedGroup",
    "shortDescription",
    "longDescription",
    "category",
    "subCategory",
    "callerId",
    "urgency",
    "ticketSeverity",
)
ENDED: Final = ("Closed", "Cancelled")


class _Failed(Exception):
    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code
        self.words = words


@dataclass(slots=True, kw_only=True)
class SmartOpsTicket:
    """One ticket: `fields` by the names of ticketFields, `notes` by their three lists."""

    number: str
    sys_id: str
    fields: dict[str, str] = field(default_factory=dict)
    notes: dict[str, list[dict[str, str]]] = field(default_factory=lambda: {name: [] for name in NOTES})

    def document(self, wanted: list[Any]) -> dict[str, Any]:
        """The fields that were asked for and that exist."""
        whole: dict[str, Any] = {"ticketNumber": self.number, "sysId": self.sys_id, **self.fields, **self.notes}
        return {name: whole[name] for name in wanted if isinstance(name, str) and name in whole}


class SmartOps:
    """The vendor, on both sides: `create`, `update`, `comment` are its people's, `handle` is a client's."""

    kind = "smartops"

    def __init__(self, context: Context, keycloak: Keycloak) -> None:
        self.context = context
        self.tickets: dict[str, SmartOpsTicket] = {}
        self.keycloak = keycloak
        self.connection = dict(CONNECTION)
        self.headers: dict[str, str] = {}
        """Headers that every request must carry, with these values."""
        self.fetch_method: Literal["GET", "POST"] = "GET"
        self.details_key: Literal["ticketDetails", "results"] = "ticketDetails"
        self._next_number = 40_112

    def ticket(self, number: str) -> SmartOpsTicket:
        """A ticket as SmartOps has it now. KeyError where there is none."""
        return self.tickets[number]

    def create(self, *, shortDescription: str = "Something is wrong", number: str = "", **fields: str) -> str:
        """Open a ticket; its number is returned. Fields by the names of ticketFields."""
        with self.context.lock:
            if not number:
                number = f"INC{self._next_number:07d}"
                self._next_number += 1
            stamp = self._stamp(self.context.now())
            given = {
                "ticketStatus": "New",
                "ticketPriority": "3",
                "ticketBusinessDuration": "0",
                "ticketBusinessTimeLeft": "14400",
                "assignedTo": "",
                "assignedGroup": "Service Desk",
                "longDescription": shortDescription,
                "category": "",
                "subCategory": "",
                "callerId": "",
                "urgency": "3",
                "ticketSeverity": "",
                "createdTime": stamp,
                "updatedTime": stamp,
                "resolvedTime": "",
                "createdBy": "smartops",
                "updatedBy": "smartops",
                "resolvedBy": "",
                "closedBy": "",
                **fields,
                "shortDescription": shortDescription,
            }
            sys_id = self.context.ids.hex("smartops", number)
            self.tickets[number] = SmartOpsTicket(number=number, sys_id=sys_id, fields=given)
            return number

    def update(self, number: str, **fields: str) -> None:
        """SmartOps changes fields."""
        with self.context.lock:
            self._set(self.tickets[number], fields, "smartops")

    def comment(self, number: str, comment: str, by: str = "smartops", kind: str = "comments") -> None:
        """SmartOps adds a comment, or with `kind` a work or closure note."""
        with self.context.lock:
            self._note(self.tickets[number], kind, comment, by)

    async def handle(self, request: Request) -> Response:
        """One request."""
        if not self.keycloak.accepts(request):
            return answer(401, {"error": "invalid_token", "error_description": "Token verification failed"})
        try:
            body = await read_object(request)
            with self.context.lock:
                ticket = self._route(request, body)
        except Unreadable:
            return _failure("400", "The request is no JSON object")
        except _Failed as failed:
            return _failure(failed.code, failed.words)
        wanted = body.get("ticketFields")
        details = ticket.document(wanted if isinstance(wanted, list) else [])
        return answer(200, {"statusCode": "200", "statusMessage": "Success", self.details_key: details})

    def _route(self, request: Request, body: Mapping[str, Any]) -> SmartOpsTicket:
        if any(request.headers.get(name) != value for name, value in self.headers.items()):
            raise _Failed("403", "A required header is missing")
        self._check_connection(body.get("connectionDetails"))
        match (request.method, *segments(request, BASE)):
            case ("POST", "create"):
                return self._create(body)
            case ("POST", "update"):
                return self._update(body)
            case (self.fetch_method, "fetch"):
                ticket = self.tickets.get(text_of(body, "ticketNumber"))
                if ticket is None:
                    raise _Failed("404", f"Ticket {text_of(body, 'ticketNumber')} not found")
                return ticket
        raise _Failed("405", f"{request.method} is not supported here")

    def _check_connection(self, details: object) -> None:
        if not isinstance(details, dict) or set(details) != set(self.connection):
            raise _Failed("400", "connectionDetails are incomplete")
        for name, value in details.items():
            try:
                if name != "itsmVersion":
                    base64.b64decode(value, validate=True)
            except (TypeError, ValueError, binascii.Error):
                raise _Failed("400", f"connectionDetails.{name} is not base64") from None
        if details != self.connection:
            raise _Failed("401", "The ITSM refused the connection details")

    def _create(self, body: Mapping[str, Any]) -> SmartOpsTicket:
        given = body.get("ticketJSON")
        if not isinstance(given, dict) or not text_of(given, "shortDescription").strip():
            raise _Failed("400", "ticketJSON.shortDescription is mandatory")
        ticket = self.tickets[self.create(shortDescription=text_of(given, "shortDescription"))]
        self._apply(ticket, given)
        self.context.commit("smartops", "create", ticket.number, body=given)
        self._commit_notes(ticket, given)
        return ticket

    def _update(self, body: Mapping[str, Any]) -> SmartOpsTicket:
        sys_id, given = text_of(body, "sysId"), body.get("ticketJSON")
        ticket = next((each for each in self.tickets.values() if each.sys_id == sys_id), None)
        if ticket is None:
            raise _Failed("404", f"No ticket with sysId {sys_id}")
        if not isinstance(given, dict) or not given:
            raise _Failed("400", "ticketJSON is empty")
        if ticket.fields["ticketStatus"] in ENDED:
            raise _Failed("409", "The ticket is closed")
        self._apply(ticket, given)
        fields = {name: value for name, value in given.items() if name not in NOTES}
        if fields:
            operation = "status" if set(fields) == {"ticketStatus"} else "update"
            self.context.commit("smartops", operation, ticket.number, body=fields)
        self._commit_notes(ticket, given)
        return ticket

    def _apply(self, ticket: SmartOpsTicket, given: Mapping[str, Any]) -> None:
        self._set(ticket, {name: text_of(given, name) for name in SETTABLE if name in given}, "integration")
        for kind in NOTES:
            for text in _texts(given.get(kind), NOTES[kind][2]):
                self._note(ticket, kind, text, "integration")

    def _commit_notes(self, ticket: SmartOpsTicket, given: Mapping[str, Any]) -> None:
        for kind in NOTES:
            for text in _texts(given.get(kind), NOTES[kind][2]):
                self.context.commit("smartops", "comment", ticket.number, body={"kind": kind, "text": text})

    def _set(self, ticket: SmartOpsTicket, fields: Mapping[str, str], by: str) -> None:
        stamp = self._stamp(self.context.now())
        ticket.fields.update(fields)
        ticket.fields.update(updatedTime=stamp, updatedBy=by)
        if fields.get("ticketStatus") == "Resolved":
            ticket.fields.update(resolvedTime=stamp, resolvedBy=by)
        if fields.get("ticketStatus") == "Closed":
            ticket.fields.update(closedBy=by)

    def _note(self, ticket: SmartOpsTicket, kind: str, text: str, by: str) -> None:
        who, when, what = NOTES[kind]
        ticket.notes[kind].append({who: by, when: self._stamp(self.context.now()), what: text})

    def _stamp(self, at: datetime) -> str:
        return at.strftime("%Y-%m-%dT%H:%M:%S.%f")


def _texts(value: object, name: str) -> list[str]:
    """The texts of a list of notes, however it was given."""
    if isinstance(value, str):
        return [value] if value.strip() else []
    given = value if isinstance(value, list) else [value]
    return [text_of(each, name) if isinstance(each, dict) else str(each) for each in given if each]


def _failure(code: str, words: str) -> Response:
    return answer(200, {"statusCode": code, "statusMessage": words, "ticketDetails": {}})
