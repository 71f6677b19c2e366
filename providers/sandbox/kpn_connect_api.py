"""ServiceNow Connect as a client sees it: Ticket, TicketUpdates, ListOpenTickets, GetAttachment.

Source: ServiceNow Connect API part 2 v0.95, sections 2-6. Errors are HTTP 400 with {error: {code, message}} and the
code as a string.

Some errors cannot be brought about by data alone, so names stand for them (case doesn't matter):
`service` "Unknown Service" → 1010, for a Service Request 1110; `item` "Unknown Item" → 1100, "Broken Item" → 1190;
"Endpoint Failure" as service or comment → 6050 the first time, taken when sent again; "Default Error" as service or
comment → 9000.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from providers.sandbox.kpn_checks import Breach, check_comment, check_create, check_response
from providers.sandbox.kpn_connect import BASE, COMPANY, KpnComment, KpnConnect, KpnTicket
from providers.sandbox.oauth import TokenEndpoint
from providers.sandbox.wire import BodyTooLarge, Unreadable, answer, read_object, segments, text_of

SUPPORTED: Final = ("INC#", "CHG#", "RITM#")
OUT_OF_THE_BLUE: Final = {"endpoint failure": ("6050", "Endpoint failure"), "default error": ("9000", "Default error")}


class KpnError(Exception):
    """An error of section 6."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


class KpnConnectApi:
    """Answers requests to ServiceNow Connect."""

    def __init__(self, vendor: KpnConnect, tokens: TokenEndpoint) -> None:
        self.vendor = vendor
        self._tokens = tokens
        self._failed_once: set[str] = set()

    async def handle(self, request: Request) -> Response:
        """One request."""
        refusal = self._tokens.refusal(request, "kpn-connect")
        if refusal is not None:
            return refusal
        try:
            return await self._route(request)
        except KpnError as error:
            return answer(error.status, {"error": {"code": error.code, "message": error.message}})
        except Breach as breach:
            return answer(400, {"error": {"code": "1000", "message": f"Schema validation: {breach}"}})

    async def _route(self, request: Request) -> Response:
        parts = segments(request, BASE)
        match (request.method, *parts):
            case ("POST", "Ticket"):
                body = await self._body(request)
                with self.vendor.context.lock:
                    return self._create(body)
            case ("PATCH", "Ticket"):
                body = await self._body(request)
                with self.vendor.context.lock:
                    return self._confirm(body) if body.get("action") == "Response" else self._comment(body)
            case ("GET", "Ticket"):
                with self.vendor.context.lock:
                    return answer(200, {"result": self._detail(request.query_params.get("kpn_ticket_number", ""))})
            case ("GET", "TicketUpdates"):
                with self.vendor.context.lock:
                    return answer(200, self.vendor.take())
            case ("GET", "ListOpenTickets"):
                with self.vendor.context.lock:
                    active = [each for each in self.vendor.tickets.values() if not each.ended and not each.task]
                    return answer(200, {"result": [self.vendor.row(ticket) for ticket in active]})
            case ("GET", "GetAttachment", file_id):
                return self._file(file_id)
        return answer(404, {"fault": {"faultstring": "Unable to identify proxy for url"}})

    async def _body(self, request: Request) -> dict[str, Any]:
        try:
            return await read_object(request, self.vendor.message_limit)
        except BodyTooLarge:
            raise KpnError("9000", "Message exceeds the maximum message size of 80MB", 413) from None
        except Unreadable:
            raise KpnError("1000", "Schema validation: the message is no JSON object") from None

    def _create(self, body: dict[str, Any]) -> Response:
        check_create(body)
        kind, reference = body["ticket_type"], body["customer_reference_number"]
        self._check_names(body)
        if any(ticket.reference == reference for ticket in self.vendor.tickets.values()):
            raise KpnError("3000", "Ticket not created. Error: Reference number already exist;")
        known = ("service", "ci", "contact", "user", "priority", "desired_delivery_date")
        ticket = self.vendor.open(
            kind,
            reference=reference,
            short_description=body["short_description"],
            description=body["description"],
            **{name: body[name] for name in known if name in body},
        )
        ticket.order_items = list(body.get("order_items", []))
        self.vendor.context.commit("kpn-connect", "create", ticket.number, reference, _without_content(body))
        self._attach(ticket, body)
        return _done(ticket, reference, "created")

    def _check_names(self, body: Mapping[str, Any]) -> None:
        service = body["service"].strip().lower()
        order = body["ticket_type"] == "Service Request"
        if service == "unknown service":
            if order:
                raise KpnError("1110", "Order not created because Service not found")
            raise KpnError("1010", "Service not found")
        for item in body.get("order_items", []):
            if item["item"].strip().lower() == "unknown item":
                raise KpnError("1100", "Order not created because Item not found")
            if item["item"].strip().lower() == "broken item":
                raise KpnError("1190", "Order not created for unknown reason")
        self._blue(service, body["customer_reference_number"])

    def _blue(self, words: str, key: str) -> None:
        code, message = OUT_OF_THE_BLUE.get(words.strip().lower(), ("", ""))
        if code == "9000" or (code and key not in self._failed_once):
            self._failed_once.add(key)
            raise KpnError(code, message)

    def _comment(self, body: dict[str, Any]) -> Response:
        if body.get("action") != "Comment":
            raise Breach("action is mandatory and must be Comment or Response")
        check_comment(body, comment_required=self.vendor.comment_required)
        self._blue(text_of(body, "comment"), f"{body['kpn_ticket_number']} {text_of(body, 'comment')}")
        reference = body["customer_reference_number"]
        ticket = self._matching(body["kpn_ticket_number"], reference)
        if ticket.ended:
            raise KpnError("2000", "Update failed. Ticket is already closed.")
        text = text_of(body, "comment")
        if text:
            comment = KpnComment(comment=text, at=self.vendor.context.now(), user="via integration")
            ticket.comments.append(comment)
            self.vendor.context.commit("kpn-connect", "comment", ticket.number, reference, _without_content(body))
        self._attach(ticket, body)
        return _done(ticket, reference, "updated")

    def _confirm(self, body: dict[str, Any]) -> Response:
        check_response(body)
        update = next(
            (
                each
                for each in self.vendor.updates
                if each.transaction_id == body["transaction_id"] and not each.answered
            ),
            None,
        )
        if update is None:
            raise KpnError("1050", "Unknown transaction_id")
        ticket = update.ticket
        reference = text_of(body, "customer_reference_number")
        if ticket.number != body["kpn_ticket_number"] or (ticket.reference and reference not in ("", ticket.reference)):
            raise KpnError("2000", "No valid ticket found")
        if body["status"] == "Success" and reference and not ticket.reference:
            ticket.reference = reference
        update.answered = body["status"]
        self.vendor.context.commit("kpn-connect", "acknowledge", ticket.number, reference, body)
        return _done(ticket, reference, "updated")

    def _matching(self, number: str, reference: str) -> KpnTicket:
        ticket = self.vendor.tickets.get(number)
        if (ticket is not None and ticket.task) or not number.startswith(SUPPORTED):
            raise KpnError("1040", "Unknown ticket type")
        if ticket is None or ticket.reference != reference:
            raise KpnError("2000", "No valid ticket found")
        return ticket

    def _attach(self, ticket: KpnTicket, body: Mapping[str, Any]) -> None:
        for file in body.get("attachments", []):
            content = base64.b64decode(file["content"])
            self.vendor.context.commit(
                "kpn-connect",
                "attach",
                ticket.number,
                ticket.reference or "",
                {"content_type": file.get("content_type", "")},
                name=file["name"],
                size=len(content),
                sha256=hashlib.sha256(content).hexdigest(),
            )

    def _detail(self, number: str) -> list[dict[str, Any]] | dict[str, Any]:
        if not number:
            raise Breach("kpn_ticket_number is mandatory")
        if not number.startswith(SUPPORTED):
            raise KpnError("1040", "Unknown ticket type")
        ticket = self.vendor.tickets.get(number)
        if ticket is None:
            return []
        if ticket.type in ("Incident", "Request for Information"):
            return [self._incident(ticket)]
        return self._change(ticket) if ticket.type == "Change Request" else self._service_request(ticket)

    def _incident(self, ticket: KpnTicket) -> dict[str, Any]:
        fields = {
            "ci": "",
            "company": COMPANY,
            "contact": "Unknown User",
            "impact": "2 - Medium",
            "on_hold_reason": "",
            "priority": "3 - Moderate",
            "resolution_code": None,
            "resolution_notes": "",
            "service": "Not contracted",
            "sla_due": "UNKNOWN",
            "urgency": "3 - Low",
            "user": "Unknown User",
            **ticket.fields,
        }
        return {"category": ticket.type, **self._common(ticket), **fields, "comments": self._comments(ticket)}

    def _change(self, ticket: KpnTicket) -> dict[str, Any]:
        fields = {
            "ci": "",
            "company": COMPANY,
            "on_hold_reason": "",
            "priority": "4 - Low",
            "service": "Not contracted",
            "sla_due": "UNKNOWN",
            "planned_start_date": "",
            "planned_end_date": "",
            "type": "Normal",
            **ticket.fields,
        }
        return {"ticket_type": ticket.type, **self._common(ticket), **fields, "comments": self._comments(ticket)}

    def _service_request(self, ticket: KpnTicket) -> dict[str, Any]:
        fields = {
            "company": COMPANY,
            "service": "Not contracted",
            "contact": "unknown.user@8001206483",
            "user": "unknown.user@8001206483",
            "resolution_notes": "",
            **ticket.fields,
        }
        items = [
            {"item": item["item"], "customer_order_item_id": item["customer_order_item_id"]}
            for item in ticket.order_items
        ]
        common = {"ticket_type": ticket.type, **self._common(ticket), **fields}
        return {**common, "order_items": items, "comments": self._comments(ticket)}

    def _common(self, ticket: KpnTicket) -> dict[str, Any]:
        return {
            "kpn_ticket_number": ticket.number,
            "customer_reference_number": ticket.reference,
            "short_description": ticket.short_description,
            "description": ticket.description,
            "state": ticket.state,
        }

    def _comments(self, ticket: KpnTicket) -> list[dict[str, str]]:
        return [
            {"comment": each.comment, "date_time": self.vendor.local(each.at), "user": each.user}
            for each in reversed(ticket.comments)
        ]

    def _file(self, file_id: str) -> Response:
        if file_id not in self.vendor.files:
            raise KpnError("6010", "Attachment not found")
        name, content, content_type = self.vendor.files[file_id]
        encoded = base64.b64encode(content).decode()
        return answer(200, {"name": name, "content": encoded, "content_type": content_type})


def _done(ticket: KpnTicket, reference: str, what: str) -> Response:
    return answer(
        200,
        {
            "kpn_ticket_number": ticket.number,
            "customer_reference_number": reference or ticket.reference,
            "note": f"{ticket.type} {ticket.number} has been {what};",
        },
    )


def _without_content(body: Mapping[str, Any]) -> dict[str, Any]:
    """A message as it came, its files by name and size alone."""
    kept = dict(body)
    if "attachments" in kept:
        kept["attachments"] = [
            {**file, "content": f"({len(file['content'])} characters of base64)"} for file in kept["attachments"]
        ]
    return kept
