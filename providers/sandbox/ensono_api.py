"""Ensono's bridge as a client sees it: /{client}/{environment}/tickets… and /queue.

Source: Envision Connect Guide 1.2, "Using the API - Inbound to Ensono" and "Common error responses". API Gateway's
own refusals ("Missing Authentication Token", "Forbidden") are HTTP 403 [outside]; the bridge's and ServiceNow's are
`Ensono.error_status`. A ticket that doesn't exist, a field that is missing or too long, and a state that forbids
something have no text in the guide: they are answered in the shape that it documents for a wrong group, a list.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import unquote, unquote_plus

from starlette.requests import Request
from starlette.responses import Response

from providers.sandbox.ensono import API_KEY, CLIENT_NAME, CLIENT_PATH, Ensono, Instance
from providers.sandbox.ensono_changes import decide
from providers.sandbox.ensono_queue import FifoQueue, HandleExpired, HandleUnknown, Queued
from providers.sandbox.ensono_tickets import Change, Record
from providers.sandbox.ensono_view import ticket_view
from providers.sandbox.ensono_writes import Refused, create_ticket, note_ticket, update_ticket
from providers.sandbox.front import LOST
from providers.sandbox.s3 import Uploaded
from providers.sandbox.wire import Unreadable, answer, raw_segments, read_object, text_of

PREFIX: Final = "/ensono"
ENVIRONMENTS: Final = ("dev", "echo", "cert", "prod")
FILE_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")


class EnsonoApi:
    """Answers requests to the bridge."""

    def __init__(self, vendor: Ensono) -> None:
        self.vendor = vendor
        self.api_key = API_KEY
        self._asked = 0

    async def handle(self, request: Request) -> Response:
        """One request: gateway first, then the bridge."""
        parts = raw_segments(request, PREFIX)
        if parts[0] != CLIENT_PATH or request.headers.get("x-api-key") != self.api_key:
            return answer(403, {"message": "Forbidden"})
        environment, rest = (parts[1], parts[2:]) if len(parts) > 1 else ("", [])
        if environment not in ENVIRONMENTS or not rest:
            return _no_such_path()
        instance = self.vendor.instances["dev" if environment == "echo" else environment]
        if rest[0] == "queue":
            return self._queue(request, environment, instance, rest[1:])
        if rest[0] != "tickets":
            return _no_such_path()
        try:
            return await self._tickets(request, environment, instance, [unquote(part) for part in rest[1:]])
        except Unreadable:
            return answer(400, {"message": "Invalid request body"})
        except Refused as refusal:
            return answer(self.vendor.error_status, {"Response": refusal.words})

    def _queue(self, request: Request, environment: str, instance: Instance, rest: list[str]) -> Response:
        if environment == "echo" or len(rest) > 1:
            return _no_such_path()
        if request.method == "GET" and not rest:
            with self.vendor.context.lock:
                return self._receive(instance.queue)
        if request.method == "DELETE" and rest and rest[0]:
            with self.vendor.context.lock:
                return self._delete(instance.queue, unquote_plus(rest[0]))
        return _no_such_path()

    def _receive(self, queue: FifoQueue) -> Response:
        given = queue.receive()
        messages = [self._rendered(message) for message in given] if given else None
        self._asked += 1
        once = self.vendor.nesting == 1 or (self.vendor.nesting == "alternate" and self._asked % 2 == 1)
        metadata = {"ResponseMetadata": {"RequestId": self._request_id()}}
        result: dict[str, Any] = {"ReceiveMessageResult": {"messages": messages}}
        document = {**metadata, **result} if once else {"ReceiveMessageResult": {**metadata, **result}}
        return answer(200, {"ReceiveMessageResponse": document})

    def _rendered(self, message: Queued) -> dict[str, Any]:
        form = self.vendor.body_form
        as_text = form == "string" or (form == "alternate" and message.sequence // 256 % 2 == 0)
        return {
            "MessageId": message.message_id,
            "ReceiptHandle": message.handle,
            "MD5OfBody": message.checksum(),
            "Body": message.text if as_text else message.body,
            "Attributes": message.attributes(),
        }

    def _delete(self, queue: FifoQueue, handle: str) -> Response:
        try:
            message = queue.delete(handle)
        except HandleExpired:
            words = f"Value {handle} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired."
            return self._sqs_error("InvalidParameterValue", words)
        except HandleUnknown:
            words = f'The input receipt handle "{handle}" is not a valid receipt handle.'
            return self._sqs_error("ReceiptHandleIsInvalid", words)
        if message is not None:
            body = {
                "message_id": message.message_id,
                "transaction_type": message.transaction_type,
                "receive_count": message.receives,
            }
            self.vendor.context.commit("ensono", "acknowledge", message.group, body=body)
        return answer(200, {"DeleteMessageResponse": {"ResponseMetadata": {"RequestId": self._request_id()}}})

    def _sqs_error(self, code: str, words: str) -> Response:
        error = {"Code": code, "Message": words, "Type": "Sender"}
        return answer(self.vendor.error_status, {"Error": error, "RequestId": self._request_id()})

    def _request_id(self) -> str:
        return self.vendor.context.ids.uuid("ensono-request")

    async def _tickets(self, request: Request, environment: str, instance: Instance, rest: list[str]) -> Response:
        route = (request.method, len(rest), rest[1] if len(rest) > 1 else "")
        if route == ("POST", 0, ""):
            payload = await self._payload(request)
            with self.vendor.context.lock:
                incident = create_ticket(self.vendor, instance, payload, echo=environment == "echo")
                if self.vendor.returns_number:
                    request.scope[LOST] = self._lost(incident, instance)
                return answer(200, {"Response": incident.number})
        if route == ("GET", 1, ""):
            if environment != "dev":
                return _no_such_path()
            with self.vendor.context.lock:
                record = self._record(instance, rest[0])
                if isinstance(record, Change):
                    return self._bad_path()
                return answer(200, {"Response": ticket_view(record)})
        if request.method == "GET" and len(rest) == 3 and rest[1] == "attachments":
            with self.vendor.context.lock:
                record = self._record(instance, rest[0])
                return self._upload_url(instance, record, rest[2], echo=environment == "echo")
        if request.method == "PUT" and len(rest) in (1, 2) and rest[0]:
            return await self._put(request, environment, instance, rest)
        return self._bad_path()

    async def _put(self, request: Request, environment: str, instance: Instance, rest: list[str]) -> Response:
        verb = rest[1] if len(rest) == 2 else ""
        if verb not in ("", "notes", "returnptn", "approve", "reject"):
            return self._bad_path()
        payload = await self._payload(request)
        echo = environment == "echo"
        with self.vendor.context.lock:
            self.vendor.tick()
            record = self._record(instance, rest[0])
            if verb == "returnptn":
                return answer(200, {"Response": self._link(record, payload)})
            if not text_of(payload, "clientTicketNumber"):
                raise Refused(["clientTicketNumber is required.", "This ticket cannot be updated."])
            if verb == "notes":
                note_ticket(self.vendor, instance, record, payload, echo=echo)
                return answer(200, {"Response": "Comments added"})
            if verb in ("approve", "reject"):
                if not isinstance(record, Change):
                    return self._bad_path()
                return answer(200, {"Response": decide(self.vendor, record, payload, verb)})
            if isinstance(record, Change):
                return self._bad_path()
            status, words = update_ticket(self.vendor, instance, record, payload, echo=echo)
            return answer(status, {"Response": words})

    def _link(self, record: Record, payload: dict[str, Any]) -> str:
        number = text_of(payload, "clientTicketNumber")
        if not number:
            raise Refused(["clientTicketNumber is required."])
        record.client_number = number
        self.vendor.context.commit("ensono", "link", record.number, number, payload)
        return "PTN added"

    def _upload_url(self, instance: Instance, record: Record, name: str, *, echo: bool) -> Response:
        if isinstance(record, Change):
            return self._bad_path()
        plain = name.removesuffix(".base64")
        if not FILE_NAME.fullmatch(name) or plain.lower().endswith(".exe") or "." not in plain:
            status = self.vendor.error_status
            return answer(status, {"Response": {"code": 400, "body": "Invalid file name or type."}})
        if record.ended:
            raise Refused(["Ticket is closed.", "This ticket cannot be updated."])
        incident = record

        def taken(file: Uploaded) -> None:
            if file.believable:
                incident.files.append(file)
                self.vendor.context.commit(
                    "ensono",
                    "attach",
                    incident.number,
                    incident.client_number,
                    {"content_type": file.content_type},
                    name=file.name,
                    size=file.size,
                    sha256=file.sha256,
                )
                if echo:
                    self.vendor.echo_file(incident, file, instance)

        return answer(200, {"Response": {"code": 200, "body": self.vendor.files.sign_upload(name, taken)}})

    async def _payload(self, request: Request) -> dict[str, Any]:
        payload = (await read_object(request)).get("payload")
        if not isinstance(payload, dict):
            raise Unreadable
        if payload.get("clientName") != CLIENT_NAME:
            raise Refused("Unable to find mapping for ClientName")
        return payload

    def _record(self, instance: Instance, number: str) -> Record:
        record = instance.records.get(number)
        if record is None:
            raise Refused([f"Ticket {number} not found."])
        if record.company != CLIENT_NAME:
            raise Refused("APIKey not authorized for ticket company")
        return record

    def _lost(self, record: Record, instance: Instance) -> Callable[[], None]:
        def tell() -> None:
            with self.vendor.context.lock:
                self.vendor.send_number(record, instance)

        return tell

    def _bad_path(self) -> Response:
        return answer(self.vendor.error_status, {"Response": "Bad Path"})


def _no_such_path() -> Response:
    return answer(403, {"message": "Missing Authentication Token"})
