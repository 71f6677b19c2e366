"""KPN ServiceNow Incident over HTTP (KPN Developer, "ServiceNow Incident API").

Marked [outside] because it is not on that page: the form of the token request. The page writes `GET //GetIncident/`
with two slashes; one is sent.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing

from providers.addressing import segment
from providers.answer import Answer
from providers.auth import ClientCredentials
from providers.base import CheckStep, Operation, Progress
from providers.base import Connector as Base
from providers.clock import Clock
from providers.errors import Rejected
from providers.http import HttpClient
from providers.kpn.answers import complaint_in, document_of, fault_of_status, is_plainly_fine, listed, page_in
from providers.kpn.check import check_by_list
from providers.kpn.words import numbered
from providers.kpn_incident.declaration import declaration_for
from providers.kpn_incident.mapping import page_snapshot, row_snapshot
from providers.kpn_incident.payload import Outgoing, outgoing
from providers.kpn_incident.settings import Settings
from providers.kpn_incident.wire import WriteWire
from providers.model import Comment, Message, Patch, Preview, Receipt, Snapshot, Ticket, Write
from providers.transfer import Upload

_NO_ANSWER_NEEDED = frozenset({202, 204})
"""An update that KPN has accepted may come without a body."""


class Connector(Base):
    """One customer at KPN ServiceNow Incident. Keeps no state but its token."""

    def __init__(self, settings: Settings, clock: Clock, http: HttpClient | None = None) -> None:
        self.name = settings.name
        self.declaration = declaration_for(settings)
        self._settings = settings
        self._clock = clock
        self._zone = settings.zone
        auth = ClientCredentials(settings.token_endpoint, settings.client_id, settings.client_secret, clock)
        self._http = http or HttpClient(settings, clock, auth)

    async def list_open(self) -> AsyncGenerator[Snapshot]:
        """GetActiveIncidents: all active incidents in one answer.

        Raises BadAnswer after the readable rows where others cannot be read.
        """
        answer = await self._get("GetActiveIncidents")
        async with aclosing(listed(answer, row_snapshot, "KPN's list of active incidents")) as rows:
            async for row in rows:
                yield row

    async def detail(self, number: str, internal_id: str = "") -> Snapshot:
        """One incident's page."""
        answer = await self._get(f"GetIncident/{segment(self.name, number)}", number)
        return page_snapshot(page_in(answer, number, "ticket_number"), answer.text, answer.order, number, self._zone)

    def prepare(self, write: Write, ticket: Ticket | None) -> Preview:
        """What `send` would send. A file stands there by its size."""
        message = outgoing(self.name, write, ticket)
        body = json.dumps(
            message.document,
            ensure_ascii=False,
            indent=2,
            default=lambda ref: f"<{ref.name}, {ref.size} bytes, in base64>",
        )
        return Preview(method=message.method, path=f"/{message.path}", body=body)

    async def send(self, write: Write, ticket: Ticket | None, progress: Progress | None = None) -> Receipt:
        """Do it. A create that got no answer before is looked up first: nothing stops KPN from making two of it.

        Files alone go a second time, with a comment naming them, if KPN insists on one.
        """
        if self._settings.read_only:
            raise Rejected(self.name, "nothing was sent: the config says read_only", field="read_only")
        message = outgoing(self.name, write, ticket)
        if write.action == Operation.CREATE and write.doubtful:
            row = await self._row_of(message)
            if row is not None:
                return _found(row)
        try:
            return await self._send(write, message, ticket, progress)
        except Rejected as error:
            if write.action == Operation.ATTACH and "comment" in error.vendor_words.casefold():
                return await self._send(write, message.naming_its_files(), ticket, progress)
            raise

    async def find(self, write: Write, ticket: Ticket | None) -> Receipt | None:
        """A create by our number in the list, a Close or Reopen by the state on the page."""
        if write.action == Operation.CREATE:
            row = await self._row_of(outgoing(self.name, write, ticket))
            return _found(row) if row else None
        if write.action in (Operation.CLOSE, Operation.REOPEN):
            page = await self.detail(write.number)
            state = page.patch.set.get("state", "resolved")
            closed = state in ("closed", "cancelled")
            if closed if write.action == Operation.CLOSE else not closed and state != "resolved":
                return Receipt(number=write.number, patch=page.patch, note=f"KPN's page says {state}")
        return None

    def confirms(self, write: Write, message: Message) -> bool:
        """Whether a difference between two polls shows that this write was done, and says no more than that."""
        if write.action == Operation.CREATE:
            ours = str(write.values.get("reference_number") or write.client_number)
            return message.kind == "create" and bool(ours) and message.client_number == ours
        if write.action == Operation.CLOSE:
            return message.kind == "closure" and message.number == write.number
        return False

    async def check(self, number: str = "") -> tuple[CheckStep, ...]:
        """Secrets, reach, credentials, and the list."""
        return await check_by_list(self.list_open, "GetActiveIncidents")

    async def aclose(self) -> None:
        """Close connections."""
        await self._http.aclose()

    def _url(self, path: str) -> str:
        return f"{self._settings.url}/{path}"

    async def _get(self, path: str, *references: str) -> Answer:
        """A read that went well. One redirect on the same origin is followed ("Return codes": 302)."""
        answer = await self._http.request("GET", self._url(path), treatment="read", follow=True, references=references)
        if not is_plainly_fine(answer):
            _raise_fault(answer)
        return answer

    async def _send(self, write: Write, message: Outgoing, ticket: Ticket | None, progress: Progress | None) -> Receipt:
        answer = await self._http.request(
            message.method,
            self._url(message.path),
            treatment="write",
            content=Upload.json(self.name, message.document, progress),
            references=(write.number, write.client_number, write.id),
        )
        _raise_fault(answer)
        if not answer.body and answer.status in _NO_ANSWER_NEEDED and write.number:
            return self._receipt(write, message, WriteWire(ticket_number=write.number), ticket)
        document = answer.json()
        result = document.get("result", document) if isinstance(document, dict) else {}
        wire = WriteWire.model_validate(result if isinstance(result, dict) else {})
        if not wire.ticket_number:
            raise answer.unreadable("KPN's answer names no incident")
        if write.number and wire.ticket_number.casefold() != write.number.casefold():
            raise answer.unreadable(f"KPN's answer is about another incident, {wire.ticket_number}")
        return self._receipt(write, message, wire, ticket)

    def _receipt(self, write: Write, message: Outgoing, wire: WriteWire, ticket: Ticket | None) -> Receipt:
        """What an accepted write says of its ticket. The pages show no comments, so ours are kept from here."""
        number = wire.ticket_number
        if write.action == Operation.CREATE:
            other = {name: message.document[name] for name in ("ci", "service") if name in message.document}
            said: dict[str, object] = {"type": "incident", "state": "new", "vendor_state": "New"}
            if wire.sys_id:
                said["internal_id"] = wire.sys_id
            return Receipt(number=number, patch=Patch(number=number, set=said, vendor=other), note=wire.note)
        comments: tuple[Comment, ...] = ()
        if "comment" in message.document:
            at = write.sent_at or self._clock.now()
            words = message.document["comment"]
            comment = Comment(id="", author=write.engineer.name, at=at, body=words, origin="us")
            comments = numbered((comment,), ticket.comments if ticket is not None else ())
        after: dict[str, object] = {}
        if write.action == Operation.CLOSE:
            after = {"state": "closed", "vendor_state": "Closed", "awaiting_us": False}
        elif write.action == Operation.REOPEN:
            after = {"state": "open", "vendor_state": "In Progress", "awaiting_us": False}
        return Receipt(number=number, patch=Patch(number=number, set=after, comments=comments), note=wire.note)

    async def _row_of(self, message: Outgoing) -> Snapshot | None:
        """The active incident with this message's number of ours."""
        async with aclosing(self.list_open()) as rows:
            async for row in rows:
                if row.patch.set.get("client_number") == message.document["reference_number"]:
                    return row
        return None


def _found(row: Snapshot) -> Receipt:
    number = row.patch.number
    return Receipt(number=number, patch=row.patch, note=f"{number} stands in KPN's list with our number")


def _raise_fault(answer: Answer) -> None:
    """Raise the error that an answer reports: by its status, since the page names no codes of KPN's own."""
    complaint = complaint_in(document_of(answer))
    if complaint is not None or not answer.ok:
        raise fault_of_status(answer, complaint)
