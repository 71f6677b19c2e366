"""KPN ServiceNow Connect over HTTP ("2: Customers", version 0.95).

Marked [outside] because it is not in that document: GetAttachment, whose answer is JSON {name, content, content_type}
with the content in base64; the form of the token request. Neither is needed for anything else.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import timedelta
from typing import Final
from urllib.parse import quote

from providers.answer import Answer
from providers.auth import ClientCredentials
from providers.base import CheckStep, Operation, Progress
from providers.base import Connector as Base
from providers.clock import Clock
from providers.errors import BadAnswer, NotFound, Rejected, Unconfirmed, VendorError
from providers.http import HttpClient
from providers.kpn.answers import document_of, is_plainly_fine, listed, page_in
from providers.kpn.check import check_by_list
from providers.kpn_connect.declaration import COMMENT_LENGTH, DECLARATION
from providers.kpn_connect.faults import DOUBLE, SCHEMA, UNKNOWN_TRANSACTION, fault_in
from providers.kpn_connect.files import file_in
from providers.kpn_connect.mapping import page_snapshot, row_snapshot, shows_own_comment
from providers.kpn_connect.messages import messages_of, safe_raw
from providers.kpn_connect.payload import Outgoing, outgoing
from providers.kpn_connect.receipts import found_receipt, is_same_ticket, receipt_of, shows
from providers.kpn_connect.settings import Settings
from providers.kpn_connect.wire import TicketWire, WriteWire
from providers.lenient import body_of
from providers.model import Attachment, Batch, Message, Preview, Receipt, Snapshot, Ticket, Write
from providers.slices import BrokenOff, Missing, decoded, elements
from providers.text import safe_line
from providers.transfer import AllowedHosts, Upload

DOWNLOAD_CAP: Final = 128 * 1024 * 1024
"""Bytes of an answer with a file in base64; KPN takes no more than 80 MB either."""
_CLOCKS: Final = timedelta(minutes=3)
"""How far KPN's clock, which shows minutes, may be behind ours."""
_RESPONSES: Final = frozenset({Operation.ACKNOWLEDGE, Operation.LINK})


class Connector(Base):
    """One customer at KPN ServiceNow Connect. Keeps no state but its token."""

    def __init__(self, settings: Settings, clock: Clock, http: HttpClient | None = None) -> None:
        self.name = settings.name
        self.declaration = DECLARATION
        self._settings = settings
        self._clock = clock
        self._zone = settings.zone
        auth = ClientCredentials(settings.token_endpoint, settings.client_id, settings.client_secret, clock)
        self._http = http or HttpClient(settings, clock, auth)
        self._hosts = AllowedHosts((), settings.url)

    async def list_open(self) -> AsyncGenerator[Snapshot]:
        """ListOpenTickets (4.2): all open tickets in one answer.

        Raises BadAnswer after the readable rows where others cannot be read.
        """
        answer = await self._http.request("GET", self._url("ListOpenTickets"), treatment="read")
        self._raise_fault(answer)
        async with aclosing(listed(answer, row_snapshot, "KPN's list of open tickets")) as rows:
            async for row in rows:
                yield row

    async def detail(self, number: str, internal_id: str = "") -> Snapshot:
        """A ticket's own page (4.3). A task has none: NotOffered (1040)."""
        answer = await self._page(number)
        page = page_in(answer, number, "kpn_ticket_number")
        return page_snapshot(page, answer.text, answer.order, number, self._zone)

    async def receive(self) -> Batch:
        """TicketUpdates (4.1), read once and never again by itself, since the read may take the messages.

        TimedOut and BadAnswer leave a gap as well (Declaration.queue_may_lose): the messages may be gone.
        """
        if self._settings.read_only:
            raise Rejected(self.name, "the queue is not read: the config says read_only", field="read_only")
        answer = await self._http.request("GET", self._url("TicketUpdates"), treatment="once")
        if not answer.cut:
            self._raise_fault(answer)
        if answer.status == 204:
            return Batch()
        if not answer.ok:
            raise answer.unreadable(f"KPN failed (HTTP {answer.status}), and its answer broke off")
        messages: list[Message] = []
        gap = f"the answer broke off ({answer.cut})" if answer.cut else ""
        last = answer.order
        try:
            async for part in elements(answer.body, "result"):
                messages += messages_of(self.name, part, last, self._zone)
                last = messages[-1].order
        except (BrokenOff, Missing) as error:
            gap = gap or f"the answer is not a whole list of messages ({error})"
        if not gap:
            return Batch(messages=tuple(messages), more=bool(messages))
        return Batch(
            messages=tuple(messages),
            gap=f"KPN's queue: {gap}; {len(messages)} messages could be taken, and others may be lost",
            raw=safe_raw(await decoded(answer.body)),
        )

    def prepare(self, write: Write, ticket: Ticket | None) -> Preview:
        """What `send` would send. A file stands there by its size."""
        message = self._outgoing(write, ticket)
        body = json.dumps(
            message.document,
            ensure_ascii=False,
            indent=2,
            default=lambda ref: f"<{ref.name}, {ref.size} bytes, in base64>",
        )
        warnings: tuple[str, ...] = ()
        if write.action == Operation.ATTACH:
            names = ", ".join(file.name for file in message.files)
            warnings = (f"If KPN wants a comment with it, it is sent again with: {_naming(names)}",)
        return Preview(method=message.method, path="/Ticket", body=body, warnings=warnings)

    async def send(self, write: Write, ticket: Ticket | None, progress: Progress | None = None) -> Receipt:
        """Do it. Files that come alone go a second time, with a comment naming them, if KPN insists on one (1000)."""
        if self._settings.read_only:
            raise Rejected(self.name, "nothing was sent: the config says read_only", field="read_only")
        message = self._outgoing(write, ticket)
        try:
            return await self._send(write, message, ticket, progress)
        except VendorError as error:
            if write.action == Operation.ATTACH and error.code == SCHEMA:
                named = message.with_comment(_naming(", ".join(file.name for file in message.files)))
                return await self._send(write, named, ticket, progress)
            if write.action == Operation.CREATE and error.code == DOUBLE:
                return await self._already_there(write, message, error)
            if write.action in _RESPONSES and error.code == UNKNOWN_TRANSACTION:
                note = "KPN no longer knows this message: it was acknowledged before, or has expired"
                return Receipt(number=write.number, note=note)
            raise

    async def find(self, write: Write, ticket: Ticket | None) -> Receipt | None:
        """A create by our number in the list, a comment by its text on the ticket's page."""
        if write.action == Operation.CREATE:
            row = await self._row_with(str(self._outgoing(write, ticket).document["customer_reference_number"]))
            return found_receipt(row) if row else None
        if write.action == Operation.COMMENT and write.number:
            answer = await self._page(write.number)
            wire = TicketWire.model_validate(page_in(answer, write.number, "kpn_ticket_number"))
            since = (write.sent_at or write.created_at or self._clock.now()) - _CLOCKS
            text = body_of(write.values.get("comment"))
            if shows_own_comment(wire.comments, text, since, self._zone):
                return Receipt(number=write.number, note="the comment stands on KPN's page of the ticket")
        return None

    def confirms(self, write: Write, message: Message) -> bool:
        """Whether this message shows that this write was done, and says no more than that."""
        return shows(write, message)

    async def download(self, attachment: Attachment, progress: Progress | None = None) -> AsyncGenerator[bytes]:
        """A file by its id, always from our own URL, whatever host its link named. [outside] GetAttachment."""
        url = self._url(f"GetAttachment/{quote(attachment.id, safe='')}")
        coming = self._http.download(
            url,
            hosts=self._hosts,
            cap=DOWNLOAD_CAP,
            size=attachment.size,
            progress=progress,
            with_auth=True,
            references=(attachment.id,),
        )
        try:
            async with aclosing(coming) as answer, aclosing(file_in(self.name, answer)) as pieces:
                async for piece in pieces:
                    yield piece
        except (BadAnswer, NotFound) as error:
            raise _named(error) from None

    async def check(self, number: str = "") -> tuple[CheckStep, ...]:
        """Secrets, reach, credentials, and the list. The queue is not touched."""
        return await check_by_list(self.list_open, "ListOpenTickets")

    async def aclose(self) -> None:
        """Close connections."""
        await self._http.aclose()

    def _url(self, path: str) -> str:
        return f"{self._settings.url}/{path}"

    def _outgoing(self, write: Write, ticket: Ticket | None) -> Outgoing:
        return outgoing(self.name, write, ticket, self._zone)

    def _raise_fault(self, answer: Answer) -> None:
        """Raise the error that an answer reports."""
        if is_plainly_fine(answer):
            return
        fault = fault_in(answer, document_of(answer))
        if fault is not None:
            raise fault

    async def _page(self, number: str) -> Answer:
        answer = await self._http.request(
            "GET",
            self._url("Ticket"),
            treatment="read",
            params={"kpn_ticket_number": number},
            references=(number,),
        )
        self._raise_fault(answer)
        return answer

    async def _send(self, write: Write, message: Outgoing, ticket: Ticket | None, progress: Progress | None) -> Receipt:
        upload = Upload.json(self.name, message.document, progress)
        answer = await self._http.request(
            message.method,
            self._url("Ticket"),
            treatment="write",
            content=upload,
            references=(write.number, write.client_number, write.id),
        )
        fault = fault_in(answer, document_of(answer))
        if fault is not None:
            raise fault
        document = answer.json()
        wire = WriteWire.model_validate(document if isinstance(document, dict) else {})
        if not wire.kpn_ticket_number:
            raise answer.unreadable("KPN's answer names no ticket")
        if write.number and wire.kpn_ticket_number.casefold() != write.number.casefold():
            raise answer.unreadable(f"KPN's answer is about another ticket, {wire.kpn_ticket_number}")
        return receipt_of(write, message, wire, ticket, self._clock.now())

    async def _already_there(self, write: Write, message: Outgoing, error: VendorError) -> Receipt:
        """After 3000: a create that got no answer before was done then. Otherwise the number is another ticket's."""
        row = await self._row_with(str(message.document["customer_reference_number"]))
        if row is not None and write.doubtful and is_same_ticket(row, message, write.ticket_type):
            return found_receipt(row)
        if row is not None:
            error.message = f"{error.message}: {row.patch.number} ({safe_line(row.patch.set.get('summary'), 60)})"
        elif write.doubtful:
            raise Unconfirmed(
                self.name,
                "KPN says that a ticket with this number exists, and its list of open tickets does not show it",
                next_step="Look for it in KPN's portal by our number; it may be closed already.",
                code=DOUBLE,
            )
        raise error

    async def _row_with(self, reference: str) -> Snapshot | None:
        """The open ticket with this number of ours. A list that cannot be read to its end proves nothing missing."""
        async with aclosing(self.list_open()) as rows:
            async for row in rows:
                if row.patch.set.get("client_number") == reference:
                    return row
        return None


def _naming(names: str) -> str:
    return safe_line(f"Attached: {names}", COMMENT_LENGTH)


def _named(error: BadAnswer | NotFound) -> VendorError:
    """A refused download by KPN's own code, where its words hold one."""
    try:
        document = json.loads(error.vendor_words)
    except (ValueError, RecursionError):
        return error
    status = int(error.code) if error.code.isdecimal() else 400
    answer = Answer(error.provider, status, {}, error.vendor_words.encode(), (0, 0))
    return fault_in(answer, document) or error
