"""Tangoe's Case API, spoken. Sections are those of its document."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

from providers.answer import Answer
from providers.auth import Basic
from providers.base import CheckStep, Operation, Progress
from providers.base import Connector as Base
from providers.clock import Clock
from providers.errors import NotAuthorised, NotFound, Rejected, VendorError, WrongState
from providers.fields import require
from providers.http import HttpClient
from providers.lenient import line_of
from providers.model import Comment, Patch, Preview, Receipt, Snapshot, Ticket, Write
from providers.slices import BrokenOff, Missing, elements
from providers.tangoe.declaration import DECLARATION, OPEN_STATES, STATES, declaration_for
from providers.tangoe.mapping import case_snapshot, changes_of, payload_of, shows
from providers.tangoe.settings import Settings
from providers.tangoe.wire import WrittenWire
from providers.text import safe_line

PAGE: Final = 100
MOST_PAGES: Final = 1000
"""A server that never sends an empty page is not followed for ever."""
_CLOSED: Final = ("closed", "cancelled")


class Connector(Base):
    """One configured Tangoe."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.name = settings.name
        self.declaration = declaration_for(settings)
        self._settings = settings
        self._clock = clock
        self._zone = ZoneInfo(settings.time_zone)
        self._http = HttpClient(settings, clock, Basic(settings.username, settings.password))

    # Reading.

    async def list_open(self) -> AsyncIterator[Snapshot]:
        """All cases in an open state, page by page (Retrieving Cases, request 2).

        The offset advances by the rows received, since a server may cap its page; only an empty page ends the list.
        A repeated row is passed over, and rows are filtered again, since an unknown filter is dropped in silence.
        """
        query = f"stateIN{','.join(OPEN_STATES)}^ORDERBYnumber"
        seen: set[str] = set()
        offset = 0
        for _ in range(MOST_PAGES):
            rows = [row async for row in self._page(query, offset)]
            if not rows:
                return
            offset += len(rows)
            fresh = False
            for row in rows:
                if row is None or row.patch.number in seen:
                    continue
                seen.add(row.patch.number)
                fresh = True
                if row.patch.set.get("state") not in ("closed", "cancelled", "resolved"):
                    yield row
            if not fresh:
                return

    async def _page(self, query: str, offset: int, limit: int = PAGE) -> AsyncIterator[Snapshot | None]:
        params = {"limit": str(limit), "offset": str(offset), "sysparm_query": query}
        answer = await self._http.request("GET", self._settings.cases_url, treatment="read", params=params)
        if answer.status == 204 or (answer.status == 404 and offset):
            return
        self._judge(answer)
        own_user = await self._settings.username.revealed()
        try:
            async for part in elements(answer.body, "result"):
                for element in part:
                    yield (
                        case_snapshot(element.value, element.raw, answer.order, self._zone, own_user=own_user)
                        if isinstance(element.value, dict)
                        else None
                    )
        except (BrokenOff, Missing) as error:
            raise answer.unreadable(f"the list of cases cannot be read: {safe_line(error, 120)}") from error

    async def detail(self, number: str, internal_id: str = "") -> Snapshot:
        """One case with its comments (Retrieving Cases, request 3)."""
        answer = await self._http.request(
            "GET", self._case_url(number), treatment="read", params={"include_comments": "true"}, references=(number,)
        )
        case = self._result(answer)
        snapshot = case_snapshot(
            {"comments": [], **case},
            answer.text,
            answer.order,
            self._zone,
            own_user=await self._settings.username.revealed(),
            number=number if case else "",
        )
        if snapshot is None:
            raise NotFound(self.name, f"Tangoe knows no case {safe_line(number, 40)}")
        return snapshot

    # Writing.

    def prepare(self, write: Write, ticket: Ticket | None) -> Preview:
        """Exactly what `send` would send, after Tangoe's own rules."""
        values = self._values(write, ticket)
        number = write.number
        if write.action == "cancel":
            return Preview(method="DELETE", path=f"cases/{number}?cancel_type={values['cancel_type']}", body="")
        body = json.dumps(payload_of(values, self._callback("[redacted]")), indent=2, ensure_ascii=False)
        if write.action == "create":
            return Preview(method="POST", path="cases", body=body)
        if write.action == "comment":
            return Preview(method="POST", path=f"cases/{number}/comments", body=body)
        return Preview(method="PATCH", path=f"cases/{number}", body=body)

    async def send(self, write: Write, ticket: Ticket | None, progress: Progress | None = None) -> Receipt:
        """Do it, once; then read the case again, since Tangoe may have changed what it was sent."""
        values = self._values(write, ticket)
        match write.action:
            case "create":
                answer = await self._write("POST", self._settings.cases_url, write, values)
            case "cancel":
                params = {"cancel_type": str(values["cancel_type"])}
                answer = await self._write("DELETE", self._case_url(write.number), write, params=params)
            case "comment":
                answer = await self._write("POST", f"{self._case_url(write.number)}/comments", write, values)
            case _:
                answer = await self._patch(write, values, ticket)
        wire = WrittenWire.model_validate(self._result(answer))
        number = wire.number or write.number
        if not number:
            raise answer.unreadable("Tangoe's answer to the create names no case")
        return Receipt(number=number, patch=await self._read_again(write, values, number, wire), note=wire.status)

    async def _patch(self, write: Write, values: Mapping[str, object], ticket: Ticket | None) -> Answer:
        """PATCH; where Tangoe insists on a short_description, once more with the one it has (Modifying Cases)."""
        url = self._case_url(write.number)
        try:
            return await self._write("PATCH", url, write, values)
        except Rejected as error:
            summary = ticket.summary if ticket is not None else ""
            about_summary = "short_description" in f"{error.vendor_words} {error.message}"
            if not about_summary or not summary or "short_description" in values:
                raise
            return await self._write("PATCH", url, write, {**values, "short_description": summary})

    async def _write(
        self,
        method: str,
        url: str,
        write: Write,
        values: Mapping[str, object] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> Answer:
        body = None
        if values is not None:
            body = payload_of(values, self._callback(await self._callback_password() if "callback" in values else ""))
        references = tuple(filter(None, (write.number, write.client_number, write.id)))
        answer = await self._http.request(
            method, url, treatment="write", json_body=body, params=params, references=references
        )
        self._judge(answer)
        return answer

    async def _read_again(self, write: Write, values: Mapping[str, object], number: str, wire: WrittenWire) -> Patch:
        try:
            return (await self.detail(number)).patch
        except VendorError:
            # The write is done, whatever becomes of the reading: the next poll brings what Tangoe made of it.
            return _believed(write, values, number, wire)

    async def find(self, write: Write, ticket: Ticket | None) -> Receipt | None:
        """Look an unanswered write up: a create by our number, anything else on the case itself."""
        values = self._values(write, None)
        if write.action == "create":
            return await self._find_created(str(values["correlation_id"]))
        snapshot = await self.detail(write.number)
        if not shows(write, values, snapshot.patch):
            return None
        return Receipt(number=write.number, patch=snapshot.patch, note="found at Tangoe")

    async def _find_created(self, correlation_id: str) -> Receipt | None:
        query = f"correlation_id={correlation_id}^ORDERBYDESCsys_created_on"
        async for row in self._page(query, 0):
            if row is not None and row.patch.set.get("client_number") == correlation_id:
                return Receipt(number=row.patch.number, patch=row.patch, note="found at Tangoe by our number")
        return None

    # Checking.

    async def check(self, number: str = "") -> tuple[CheckStep, ...]:
        """Credentials and one harmless read: the first row of the list."""
        answer = await self._http.request(
            "GET", self._settings.cases_url, treatment="read", params={"limit": "1", "offset": "0"}
        )
        if answer.status != 204:
            self._judge(answer)
            answer.json()
        return (CheckStep(name="list", ok=True, detail="one case asked for, answered"),)

    async def aclose(self) -> None:
        """Close connections."""
        await self._http.aclose()

    # The rest.

    def _values(self, write: Write, ticket: Ticket | None) -> dict[str, object]:
        """A write's values, checked against the declaration and what the document says."""
        operation = Operation(write.action)
        refusal = self.declaration.refusal(operation, ticket)
        if refusal:
            raise self.not_offered(operation, ticket)
        if write.files:
            raise self.not_offered(Operation.ATTACH, ticket)
        if ticket is not None and ticket.state in _CLOSED and operation is not Operation.COMMENT:
            raise WrongState(
                self.name,
                f"{ticket.number} is {ticket.vendor_state or ticket.state}: Tangoe takes no change of a closed case",
            )
        given = dict(write.values)
        if operation is Operation.CREATE:
            given.setdefault("contact_email", self._settings.contact_email or write.engineer.email)
            given.setdefault("entitlement_id", self._settings.entitlement_id)
        numbered = operation in (Operation.CREATE, Operation.LINK) and write.client_number
        if numbered and not {"client_number", "correlation_id"} & given.keys():
            given["correlation_id"] = write.client_number
        if operation is Operation.CANCEL and not {"code", "cancel_type"} & given.keys():
            given["cancel_type"] = "1"
        values = require(self.name, self.declaration.forms[operation], given)
        _refuse_separators(self.name, values)
        if operation is Operation.CREATE and "contact_email" not in values:
            raise Rejected(
                self.name,
                "nothing was sent: contact_email is required, and neither the config nor [engineer] has one",
                field="contact_email",
            )
        if operation is Operation.UPDATE:
            values = changes_of(values, ticket)
            if not values:
                raise Rejected(self.name, "nothing was sent: an update changes at least one field")
        return values

    async def _callback_password(self) -> str:
        callback = self._settings.callback
        if callback is None or callback.callback_auth_password is None:
            return ""
        return await callback.callback_auth_password.revealed()

    def _callback(self, password: str) -> dict[str, str] | None:
        """The configured callback with this in the password's place; None where none is configured."""
        callback = self._settings.callback
        if callback is None:
            return None
        return {
            "callback_url": callback.callback_url,
            "callback_type": callback.callback_type,
            "callback_auth_type": callback.callback_auth_type,
            "callback_auth_user": callback.callback_auth_user,
            "callback_auth_password": password if callback.callback_auth_password is not None else "",
        }

    def _case_url(self, number: str) -> str:
        return f"{self._settings.cases_url}/{quote(number, safe='')}"

    def _result(self, answer: Answer) -> Mapping[str, Any]:
        """The object under `result`; empty where there is none."""
        self._judge(answer)
        document = answer.json()
        if not isinstance(document, Mapping) or "result" not in document:
            raise answer.unreadable("Tangoe's answer has no result")
        result = document["result"]
        if isinstance(result, list):
            result = result[0] if result else {}
        if not isinstance(result, Mapping):
            raise answer.unreadable("Tangoe's answer has a result that is no case")
        return result

    def _judge(self, answer: Answer) -> None:
        """Raise what an error answer says. ServiceNow writes {"error": {"message", "detail"}, "status": "failure"}."""
        if answer.ok:
            return
        words = _words(answer)
        code = str(answer.status)
        match answer.status:
            case 401 | 403:
                raise NotAuthorised(self.name, "Tangoe does not let this user do this", vendor_words=words, code=code)
            case 404:
                raise NotFound(self.name, "Tangoe knows no such case", vendor_words=words, code=code)
            case 409 | 412:
                raise WrongState(self.name, "the case's state does not allow this", vendor_words=words, code=code)
        if 400 <= answer.status < 500 and answer.status != 408:
            field = next((name for name in _NAMES if name in words), "")
            raise Rejected(self.name, "Tangoe refused it", vendor_words=words, code=code, field=field)
        raise answer.unreadable(f"Tangoe failed (HTTP {answer.status})")


_NAMES: Final = tuple(field.name for form in DECLARATION.forms.values() for field in form)


def _words(answer: Answer) -> str:
    try:
        document = json.loads(answer.body)
    except (ValueError, RecursionError):
        return answer.gist()
    error = document.get("error") if isinstance(document, Mapping) else None
    if isinstance(error, Mapping):
        return safe_line(f"{line_of(error.get('message'))} {line_of(error.get('detail'))}", 400)
    return line_of(error) or answer.gist()


def _refuse_separators(provider: str, values: Mapping[str, object]) -> None:
    """Our number is searched for later, and ^ parts the terms of a query: it could never be found."""
    if "^" in str(values.get("correlation_id", "")):
        raise Rejected(provider, "nothing was sent: correlation_id cannot hold ^", field="correlation_id")


def _believed(write: Write, values: Mapping[str, object], number: str, wire: WrittenWire) -> Patch:
    """What a write that was taken says of the case, where it could not be read again."""
    said: dict[str, object] = {"type": "case", "internal_id": wire.id}
    for name, ours in (
        ("short_description", "summary"),
        ("description", "description"),
        ("correlation_id", "client_number"),
    ):
        if name in values:
            said[ours] = values[name]
    if write.action == "create":
        said["state"], said["vendor_state"] = STATES["1"]
    if write.action == "cancel":
        said["state"], said["vendor_state"] = STATES["7" if values["cancel_type"] == "1" else "3"]
    comments: tuple[Comment, ...] = ()
    if write.action == "comment":
        comments = (
            Comment(
                id=f"own-{write.id}",
                author=write.engineer.name,
                at=write.sent_at or write.created_at,
                body=str(values["comment"]),
                origin="us",
                own_write=f"own-{write.id}",
            ),
        )
    return Patch(number=number, set={name: value for name, value in said.items() if value}, comments=comments)
