"""KPN's ServiceNow Incident API: its tickets, what its people do, and what a client may ask.

Source: the Incident API's page. What it leaves open: the body of an error is ServiceNow's [outside]; nothing makes a
create idempotent, so a reference number that is sent twice makes two tickets; `//GetIncident/`, which the page
writes, is answered with a 302 to the path with one slash.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from starlette.requests import Request
from starlette.responses import Response

from providers.sandbox.context import Context
from providers.sandbox.oauth import TokenEndpoint
from providers.sandbox.wire import Unreadable, answer, read_object, segments, text_of

BASE: Final = "/network/kpn/incident"
MOVED: Final = "moved"
CONFIGURATION_ITEMS: Final = (
    "AMS-EDGE-RTR-01",
    "AMS-FW-CLUSTER",
    "RTM-ACC-SW-14",
    "SIP-TRUNK-0031",
    "MPLS-UTRECHT-DC",
    "SD-WAN-BRANCHES",
)
REQUIRED: Final = ("reference_number", "short_description", "description", "ci")
FILES_LIMIT: Final = 10_000_000
ENDED: Final = ("Closed", "Cancelled")
METHODS: Final = {
    "NewIncident": "POST",
    "UpdateIncident": "PATCH",
    "GetActiveIncidents": "GET",
    "GetIncident": "GET",
}


class _Refused(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@dataclass(slots=True, kw_only=True)
class KpnIncidentTicket:
    """One incident. `fields` are what else its detail shows, by the page's names."""

    number: str
    reference: str
    short_description: str
    description: str
    ci: str = ""
    state: str = "New"
    fields: dict[str, Any] = field(default_factory=dict)
    comments: list[str] = field(default_factory=list)

    @property
    def ended(self) -> bool:
        """No longer active."""
        return self.state in ENDED


class KpnIncident:
    """The vendor, on both sides: `create` and `change_state` are its people's, `handle` is a client's."""

    kind = "kpn-incident"

    def __init__(self, context: Context, tokens: TokenEndpoint) -> None:
        self.context = context
        self.tickets: dict[str, KpnIncidentTicket] = {}
        self.configuration_items = set(CONFIGURATION_ITEMS)
        """The predefined list that `ci` must be chosen from; an empty set takes anything."""
        self.redirects: Literal["", "same", "elsewhere", "loop"] = ""
        """Whether GetIncident answers 302: once on the same origin, to another origin, or for ever."""
        self.files_limit = FILES_LIMIT
        self._tokens = tokens
        self._next_number = 1234

    def ticket(self, number: str) -> KpnIncidentTicket:
        """A ticket as KPN has it now. KeyError where there is none."""
        return self.tickets[number]

    def create(
        self,
        *,
        short_description: str = "Something is wrong",
        description: str = "",
        reference: str = "",
        ci: str = CONFIGURATION_ITEMS[0],
        state: str = "New",
        number: str = "",
        **fields: Any,
    ) -> str:
        """Open an incident; its number is returned. Fields by the page's names (pending_reason, priority…)."""
        with self.context.lock:
            if not number:
                number = f"INC{self._next_number}"
                self._next_number += 1
            self.tickets[number] = KpnIncidentTicket(
                number=number,
                reference=reference,
                short_description=short_description,
                description=description or short_description,
                ci=ci,
                state=state,
                fields=fields,
            )
            return number

    def change_state(self, number: str, state: str, **fields: Any) -> None:
        """An incident moves on. Fields by the page's names."""
        with self.context.lock:
            ticket = self.tickets[number]
            ticket.state = state
            ticket.fields.update(fields)

    async def handle(self, request: Request) -> Response:
        """One request."""
        refusal = self._tokens.refusal(request, "kpn-incident")
        if refusal is not None:
            return refusal
        try:
            return await self._route(request)
        except _Refused as refused:
            return _error(refused.status, refused.message)
        except Unreadable:
            return _error(400, "The request body is no JSON object")

    async def _route(self, request: Request) -> Response:
        path = request.scope["raw_path"].decode("ascii")
        if path.startswith(f"{BASE}//"):
            return self._elsewhere(f"{self.context.url}{BASE}/{path.removeprefix(BASE).lstrip('/')}")
        parts = segments(request, BASE)
        moved = parts[0] == MOVED
        parts = parts[1:] if moved else parts
        name = parts[0] if parts else ""
        if name not in METHODS or len(parts) != (2 if name == "GetIncident" else 1):
            return _error(404, "Requested URI does not represent any resource")
        if request.method != METHODS[name]:
            return _error(405, f"Method {request.method} is not supported for {name}")
        if name == "GetIncident":
            return self._get(parts[1], moved)
        body = {} if name == "GetActiveIncidents" else await read_object(request)
        with self.context.lock:
            if name == "GetActiveIncidents":
                return answer(200, {"result": [_row(each) for each in self.tickets.values() if not each.ended]})
            return self._new(body) if name == "NewIncident" else self._update(body)

    def _new(self, body: Mapping[str, Any]) -> Response:
        missing = [name for name in REQUIRED if not text_of(body, name).strip()]
        if missing:
            raise _Refused(400, f"Mandatory fields are missing: {', '.join(missing)}")
        if self.configuration_items and body["ci"] not in self.configuration_items:
            raise _Refused(400, f"ci {body['ci']!r} is not in the predefined list of values")
        files = self._files(body)
        reference = text_of(body, "reference_number")
        number = self.create(
            short_description=text_of(body, "short_description"),
            description=text_of(body, "description"),
            reference=reference,
            ci=text_of(body, "ci"),
            customer_service=text_of(body, "service"),
        )
        self.context.commit("kpn-incident", "create", number, reference, _without_content(body))
        self._attach(number, reference, files)
        result = {
            "state": "inserted",
            "ticket_number": number,
            "reference_number": reference,
            "sys_id": self.context.ids.hex("kpn-incident", number),
            "note": f"{number} Incident is created successfully.",
        }
        return answer(201, {"result": result})

    def _update(self, body: Mapping[str, Any]) -> Response:
        action = body.get("action")
        if action not in ("Comment", "Close", "Reopen"):
            raise _Refused(400, "action must be Comment, Close or Reopen")
        ticket = self.tickets.get(text_of(body, "ticket_number"))
        if ticket is None or (ticket.reference and ticket.reference != text_of(body, "reference_number")):
            raise _Refused(404, "No incident found with this ticket_number and reference_number")
        comment, files = text_of(body, "comment"), self._files(body)
        if not comment.strip() and not files:
            raise _Refused(400, "comment is mandatory")
        resolved = ticket.state in ("Resolved", "Finished")
        if ticket.ended or (action != "Comment" and not resolved):
            raise _Refused(412, f"{action} is not possible in state {ticket.state}")
        sent = _without_content(body)
        reference = text_of(body, "reference_number")
        if action != "Comment":
            ticket.state = "Closed" if action == "Close" else "In Progress"
            self.context.commit("kpn-incident", action.lower(), ticket.number, reference, sent)
        elif comment.strip():
            self.context.commit("kpn-incident", "comment", ticket.number, reference, sent)
        if comment.strip():
            ticket.comments.append(comment)
        self._attach(ticket.number, reference, files)
        result = {
            "state": "updated",
            "ticket_number": ticket.number,
            "reference_number": ticket.reference,
            "note": f"{ticket.number} Incident is updated successfully.",
        }
        return answer(202, {"result": result})

    def _get(self, number: str, moved: bool) -> Response:
        if self.redirects == "elsewhere":
            return self._elsewhere(f"https://elsewhere.example{BASE}/GetIncident/{number}")
        if self.redirects == "loop" or (self.redirects == "same" and not moved):
            return self._elsewhere(f"{BASE}/{MOVED}/GetIncident/{number}")
        with self.context.lock:
            ticket = self.tickets.get(number)
            if ticket is None:
                raise _Refused(404, f"No incident found with number {number}")
            return answer(200, {"result": _detail(ticket)})

    def _elsewhere(self, location: str) -> Response:
        return Response(status_code=302, headers={"Location": location})

    def _files(self, body: Mapping[str, Any]) -> list[tuple[str, bytes]]:
        files, total = [], 0
        attachments = body.get("attachments") or []
        if not isinstance(attachments, list):
            raise _Refused(400, "attachments must be an array")
        for file in attachments:
            content = text_of(file, "content") if isinstance(file, dict) else ""
            total += len(content)
            if not content or not text_of(file, "name"):
                raise _Refused(400, "an attachment needs name and content")
            try:
                files.append((file["name"], base64.b64decode(content, validate=True)))
            except (ValueError, binascii.Error):
                raise _Refused(400, "the content of an attachment must be Base64 encoded") from None
        if total > self.files_limit:
            raise _Refused(400, "The total size of attachments is more than 10Mb")
        return files

    def _attach(self, number: str, reference: str, files: list[tuple[str, bytes]]) -> None:
        for name, content in files:
            digest = hashlib.sha256(content).hexdigest()
            self.context.commit(
                "kpn-incident", "attach", number, reference, name=name, size=len(content), sha256=digest
            )


def _row(ticket: KpnIncidentTicket) -> dict[str, Any]:
    return {
        "reference_number": ticket.reference,
        "short_description": ticket.short_description,
        "state": ticket.state,
        "ticket_number": ticket.number,
    }


def _detail(ticket: KpnIncidentTicket) -> dict[str, Any]:
    return {
        **_row(ticket),
        "company": "Customer B.V.",
        "description": ticket.description,
        "contact": "S. Sandbox",
        "user": "S. Sandbox",
        "category": "Incident",
        "priority": "3",
        "impact": "3",
        "urgency": "3",
        "ci": ticket.ci,
        "customer_service": "",
        "service_component": "",
        "sla_due": {},
        "pending_reason": "",
        "required_information": "",
        "reason_user_required": "",
        "close_code": "",
        "solution": "",
        **ticket.fields,
    }


def _without_content(body: Mapping[str, Any]) -> dict[str, Any]:
    kept = dict(body)
    if kept.get("attachments"):
        kept["attachments"] = [
            {**file, "content": f"({len(file['content'])} characters of base64)"} for file in kept["attachments"]
        ]
    return kept


def _error(status: int, message: str) -> Response:
    return answer(status, {"error": {"message": message, "detail": ""}, "status": "failure"})
