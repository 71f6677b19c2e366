"""Tangoe's Case API, spoken. Sections are those of its document.

Marked [outside] because it is not in that document: POST cases/{number}/comments, offered only where the config says
so; GET service_entitlements, which `check` tries; the shape of errors. None is needed for anything else.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Final

from providers.addressing import segment
from providers.answer import Answer, Treatment
from providers.auth import Basic
from providers.base import CheckStep, Progress
from providers.base import Connector as Base
from providers.checking import check_by_reading
from providers.clock import Clock
from providers.credentials import revealed_for
from providers.errors import BadAnswer, NotFound, Rejected, VendorError
from providers.http import HttpClient
from providers.lenient import line_of, objects_of
from providers.model import Patch, Preview, Receipt, Snapshot, Ticket, Write
from providers.slices import BrokenOff, Missing, elements
from providers.tangoe.answers import is_empty_page, judge, result_of
from providers.tangoe.declaration import OPEN_STATES, declaration_for
from providers.tangoe.mapping import page_snapshot, row_snapshot, shows
from providers.tangoe.payload import HIDDEN, believed, callback_of, checked_values, payload_of
from providers.tangoe.settings import Settings
from providers.tangoe.wire import WrittenWire
from providers.text import safe_line

PAGE: Final = 100
MOST_PAGES: Final = 1000
"""A server that never sends an empty page is not followed for ever."""
_NOT_LISTED: Final = frozenset({"closed", "cancelled", "resolved"})
_OPEN: Final = f"stateIN{','.join(OPEN_STATES)}^ORDERBYnumber"


class Connector(Base):
    """One configured Tangoe."""

    def __init__(self, settings: Settings, clock: Clock, http: HttpClient | None = None) -> None:
        self.name = settings.name
        self.declaration = declaration_for(settings)
        self._settings = settings
        self._clock = clock
        self._zone = settings.zone
        self._http = http or HttpClient(settings, clock, Basic(settings.username, settings.password))

    async def list_open(self) -> AsyncGenerator[Snapshot]:
        """All cases in an open state, page by page (Retrieving Cases, request 2).

        The offset advances by the rows received, since a server may cap its page; only an empty page ends the list.
        A repeated row is passed over, and rows are filtered again, since an unknown filter is dropped in silence.
        Raises BadAnswer where the list cannot be had to its end, so that a case which is missing is not taken for
        closed.
        """
        seen: set[str] = set()
        offset = unreadable = 0
        for _ in range(MOST_PAGES):
            received, known = 0, len(seen)
            async with aclosing(self._page(_OPEN, offset)) as parts:
                async for rows in parts:
                    received += len(rows)
                    for row in rows:
                        if row is None:
                            unreadable += 1
                            continue
                        patch = row.patch
                        if patch.number not in seen:
                            seen.add(patch.number)
                            if patch.set.get("state") not in _NOT_LISTED:
                                yield row
            if received and len(seen) == known:
                raise BadAnswer(self.name, f"Tangoe's list repeats itself at row {offset}, and shows no end")
            if not received:
                if unreadable:
                    raise BadAnswer(self.name, f"{unreadable} of the rows in Tangoe's list name no case")
                return
            offset += received
        raise BadAnswer(self.name, f"Tangoe's list has no end within {MOST_PAGES} pages")

    async def _page(self, query: str, offset: int) -> AsyncGenerator[list[Snapshot | None]]:
        """The rows of one page, in slices that leave the event loop free; None for each that names no case."""
        params = {"limit": str(PAGE), "offset": str(offset), "sysparm_query": query}
        answer = await self._http.request("GET", self._settings.cases_url, treatment="read", params=params)
        if is_empty_page(answer, offset):
            return
        judge(answer)
        order, zone = answer.order, self._zone
        try:
            async for part in elements(answer.body, "result"):
                yield [row_snapshot(value, raw, order, zone) for value, raw, _ in part]
        except (BrokenOff, Missing) as error:
            raise answer.unreadable(f"the list of cases cannot be read: {safe_line(error, 120)}") from None

    async def detail(self, number: str, internal_id: str = "") -> Snapshot:
        """One case with its comments (Retrieving Cases, request 3)."""
        return await self._detail(number, "read")

    async def _detail(self, number: str, treatment: Treatment) -> Snapshot:
        params = {"include_comments": "true"}
        url = self._case_url(number)
        answer = await self._http.request("GET", url, treatment=treatment, params=params, references=(number,))
        case = result_of(answer)
        if not case:
            raise NotFound(self.name, f"Tangoe knows no case {safe_line(number, 40)}")
        named = line_of(case.get("number"))
        if named and named.casefold() != number.casefold():
            raise answer.unreadable(f"Tangoe's answer is about another case, {named}")
        own_user = await revealed_for(self.name, self._settings.username)
        return page_snapshot(case, answer.text, answer.order, self._zone, number=number, own_user=own_user)

    def prepare(self, write: Write, ticket: Ticket | None) -> Preview:
        """Exactly what `send` would send, after Tangoe's own rules."""
        values = checked_values(self._settings, self.declaration, write, ticket)
        method, path = self._target(write)
        if write.action == "cancel":
            return Preview(method=method, path=f"/{path}?cancel_type={values['cancel_type']}", body="")
        payload = payload_of(values, callback_of(self._settings.callback, HIDDEN))
        return Preview(method=method, path=f"/{path}", body=json.dumps(payload, indent=2, ensure_ascii=False))

    async def send(self, write: Write, ticket: Ticket | None, progress: Progress | None = None) -> Receipt:
        """Do it, once; then read the case again, since Tangoe may have changed what it was sent.

        A create that got no answer before is looked up first: nothing stops Tangoe from making two of it.
        """
        if self._settings.read_only:
            raise Rejected(self.name, "nothing was sent: the config says read_only", field="read_only")
        values = checked_values(self._settings, self.declaration, write, ticket)
        if write.action == "create" and write.doubtful:
            found = await self._find_created(str(values["correlation_id"]))
            if found is not None:
                return found
        try:
            answer = await self._write(write, values)
        except Rejected as error:
            if write.action not in ("update", "link") or "short_description" in values:
                raise
            answer = await self._with_summary(write, values, ticket, error)
        wire = WrittenWire.model_validate(result_of(answer))
        number = wire.number or write.number
        if not number or not (wire.number or wire.status):
            raise answer.unreadable("Tangoe's answer names no case and no outcome")
        if write.number and number.casefold() != write.number.casefold():
            raise answer.unreadable(f"Tangoe's answer is about another case, {number}")
        return Receipt(number=number, patch=await self._read_again(write, values, number, wire), note=wire.status)

    async def _with_summary(
        self, write: Write, values: Mapping[str, object], ticket: Ticket | None, error: Rejected
    ) -> Answer:
        """The same PATCH once more with the summary as it is, where Tangoe insists on one (Modifying Cases)."""
        if "short_description" not in f"{error.vendor_words} {error.message}":
            raise error
        summary = ticket.summary if ticket is not None else ""
        if not summary:
            try:
                summary = str((await self.detail(write.number)).patch.set.get("summary", ""))
            except VendorError:
                raise error from None
        return await self._write(write, {"short_description": summary, **values})

    async def _write(self, write: Write, values: Mapping[str, object]) -> Answer:
        """One request, judged."""
        method, path = self._target(write)
        body, params = None, None
        if write.action == "cancel":
            params = {"cancel_type": str(values["cancel_type"])}
        else:
            password = await self._callback_password() if "callback" in values else ""
            body = payload_of(values, callback_of(self._settings.callback, password))
        answer = await self._http.request(
            method,
            f"{self._settings.base_url}/{path}",
            treatment="write",
            json_body=body,
            params=params,
            references=(write.number, write.client_number, write.id),
        )
        judge(answer)
        return answer

    async def _read_again(self, write: Write, values: Mapping[str, object], number: str, wire: WrittenWire) -> Patch:
        """The case after a write, asked for once; what the write itself says where that brings nothing."""
        try:
            return (await self._detail(number, "once")).patch
        except VendorError:
            # The write is done, whatever becomes of the reading: the next poll brings what Tangoe made of it.
            return believed(write, values, number, wire.id)

    async def find(self, write: Write, ticket: Ticket | None) -> Receipt | None:
        """Look an unanswered write up: a create by our number, anything else on the case itself."""
        values = checked_values(self._settings, self.declaration, write, None)
        if write.action == "create":
            return await self._find_created(str(values["correlation_id"]))
        snapshot = await self.detail(write.number)
        if not shows(write, values, snapshot.patch, ticket):
            return None
        return Receipt(number=write.number, patch=snapshot.patch, note="found at Tangoe")

    async def _find_created(self, correlation_id: str) -> Receipt | None:
        query = f"correlation_id={correlation_id}^ORDERBYDESCsys_created_on"
        async with aclosing(self._page(query, 0)) as parts:
            async for row in (row async for rows in parts for row in rows):
                if row is not None and row.patch.set.get("client_number") == line_of(correlation_id):
                    return Receipt(number=row.patch.number, patch=row.patch, note="found at Tangoe by our number")
        return None

    async def check(self, number: str = "") -> tuple[CheckStep, ...]:
        """Secrets, reach, credentials, and the list's first row; and which entitlements there are, if that is told."""
        steps = await check_by_reading("Tangoe", "cases", self._first_row)
        if not all(step.ok for step in steps):
            return steps
        return (*steps, CheckStep(name="entitlements", ok=True, detail=await self._entitlements()))

    async def _first_row(self) -> str:
        params = {"limit": "1", "offset": "0"}
        answer = await self._http.request("GET", self._settings.cases_url, treatment="read", params=params)
        if not is_empty_page(answer, 0):
            result_of(answer)
        return "one case asked for, answered"

    async def _entitlements(self) -> str:
        """The values that entitlement_id may have, in words. [outside] GET service_entitlements."""
        url = f"{self._settings.base_url}/service_entitlements"
        try:
            answer = await self._http.request("GET", url, treatment="read")
            judge(answer)
            document = answer.json()
        except VendorError:
            return "Tangoe does not tell which there are; entitlement_id takes any text"
        found = objects_of(document.get("result")) if isinstance(document, dict) else []
        named = [
            f"{line_of(each.get('id'))} ({line_of(each.get('name'))})" for each in found if line_of(each.get("id"))
        ]
        return safe_line("; ".join(named), 2000) or "none"

    async def aclose(self) -> None:
        """Close connections."""
        await self._http.aclose()

    def _target(self, write: Write) -> tuple[str, str]:
        """Method and path of a write; the path begins behind the base path."""
        if write.action == "create":
            return "POST", "cases"
        path = f"cases/{segment(self.name, write.number)}"
        if write.action == "comment":
            return "POST", f"{path}/comments"
        return ("DELETE" if write.action == "cancel" else "PATCH"), path

    def _case_url(self, number: str) -> str:
        return f"{self._settings.cases_url}/{segment(self.name, number)}"

    async def _callback_password(self) -> str:
        callback = self._settings.callback
        if callback is None or callback.callback_auth_password is None:
            return ""
        return await revealed_for(self.name, callback.callback_auth_password)
