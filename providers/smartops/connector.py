"""SmartOps' contract, spoken. Sections are those of "API contracts for ITSM Integration"."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from providers.answer import Answer
from providers.auth import BearerToken
from providers.base import CheckStep, Operation, Progress
from providers.base import Connector as Base
from providers.clock import Clock
from providers.errors import NotAuthorised, NotFound, Rejected, WrongState
from providers.fields import require
from providers.http import Auth, HttpClient
from providers.lenient import line_of
from providers.model import Patch, Preview, Receipt, Snapshot, Ticket, Write
from providers.offline_token import OfflineToken
from providers.smartops.declaration import DECLARATION, TICKET_FIELDS
from providers.smartops.mapping import changes_of, details_snapshot, shows, ticket_json
from providers.smartops.settings import Settings
from providers.text import safe_line

_HIDDEN = "[redacted]"


@dataclass(frozen=True, slots=True)
class Told:
    """A successful answer: its ticketDetails, and what was asked when."""

    details: Mapping[str, Any]
    answer: Answer
    message: str


class Connector(Base):
    """One configured SmartOps."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.name = settings.name
        self.declaration = DECLARATION
        self._settings = settings
        self._auth = _auth(settings, clock)
        self._http = HttpClient(settings, clock, self._auth)

    async def detail(self, number: str, internal_id: str = "") -> Snapshot:
        """One ticket by its ticketNumber: a GET with a JSON body, or a POST where so configured."""
        told = await self._ask(self._settings.fetch_method, self._settings.fetch_url, {"ticketNumber": number}, number)
        snapshot = self._snapshot(told, number if told.details else "")
        if snapshot is None:
            raise NotFound(self.name, f"SmartOps knows no ticket {safe_line(number, 40)}")
        return snapshot

    def prepare(self, write: Write, ticket: Ticket | None) -> Preview:
        """Exactly what `send` would send, without the connection details and their secrets."""
        payload = self._payload(write, ticket)
        url = self._settings.create_url if write.action == "create" else self._settings.update_url
        body: dict[str, Any] = {"ticketJSON": payload}
        if write.action != "create":
            body = {"sysId": (ticket.internal_id if ticket else "") or "(read before sending)", **body}
        body |= {"connectionDetails": _HIDDEN, "itsmTimeZoneOffset": self._settings.time_zone_offset}
        return Preview(method="POST", path=urlsplit(url).path, body=json.dumps(body, indent=2, ensure_ascii=False))

    async def send(self, write: Write, ticket: Ticket | None, progress: Progress | None = None) -> Receipt:
        """Do it, once. An update needs the sysId; where it is not known yet, the ticket is read before."""
        payload = self._payload(write, ticket)
        if write.action == "create":
            told = await self._ask("POST", self._settings.create_url, {"ticketJSON": payload}, write.client_number)
            snapshot = self._snapshot(told)
            if snapshot is None:
                raise told.answer.unreadable("SmartOps' answer to the create names no ticket")
            return Receipt(
                number=snapshot.patch.number, patch=_with_own_number(snapshot.patch, write), note=told.message
            )
        sys_id = ticket.internal_id if ticket is not None else ""
        if not sys_id:
            sys_id = str((await self.detail(write.number)).patch.set.get("internal_id", ""))
        if not sys_id:
            raise Rejected(self.name, "nothing was sent: SmartOps gave no sysId for this ticket", field="sysId")
        body = {"sysId": sys_id, "ticketJSON": payload}
        told = await self._ask("POST", self._settings.update_url, body, write.number)
        snapshot = self._snapshot(told, write.number)
        return Receipt(number=write.number, patch=snapshot.patch if snapshot else None, note=told.message)

    async def find(self, write: Write, ticket: Ticket | None) -> Receipt | None:
        """Whether the ticket, fetched again, is as an unanswered write wanted it. A create cannot be looked up."""
        if write.action == "create":
            return None
        told = await self._ask(
            self._settings.fetch_method, self._settings.fetch_url, {"ticketNumber": write.number}, write.number
        )
        snapshot = self._snapshot(told, write.number)
        payload = self._payload(write, None)
        if snapshot is None or not shows(write, payload, told.details, snapshot.patch):
            return None
        return Receipt(number=write.number, patch=snapshot.patch, note="found at SmartOps")

    async def check(self, number: str = "") -> tuple[CheckStep, ...]:
        """The token, and no more: the contract has no read without a ticket's number."""
        await self._auth.headers(self._http)
        detail = "a token was had; the contract has no harmless read beyond it"
        return (CheckStep(name="token", ok=True, detail=detail),)

    async def aclose(self) -> None:
        """Close connections."""
        await self._http.aclose()

    # The rest.

    async def _ask(self, method: str, url: str, body: Mapping[str, Any], reference: str) -> Told:
        """One request with all that the contract wants in each; HTTP 200 can carry a failure, so both are judged."""
        document = {
            **body,
            "connectionDetails": {
                name: await value.revealed() for name, value in self._settings.connection_details.items()
            },
            "ticketFields": list(TICKET_FIELDS),
            "itsmTimeZoneOffset": self._settings.time_zone_offset,
        }
        answer = await self._http.request(
            method,
            url,
            treatment="read" if "ticketJSON" not in body else "write",
            json_body=document,
            headers={name: await value.revealed() for name, value in self._settings.headers.items()},
            references=(reference,) if reference else (),
        )
        return self._judged(answer)

    def _judged(self, answer: Answer) -> Told:
        if not answer.ok:
            self._refuse(answer, str(answer.status), answer.gist())
        document = answer.json()
        if not isinstance(document, Mapping):
            raise answer.unreadable("SmartOps' answer is no object")
        code, message = line_of(document.get("statusCode")), safe_line(line_of(document.get("statusMessage")), 300)
        if not code:
            raise answer.unreadable("SmartOps' answer has no statusCode")
        if not (code.startswith("2") and len(code) == 3):
            self._refuse(answer, code, message)
        details = document.get("ticketDetails", document.get("results"))
        if isinstance(details, list):
            details = details[0] if details else {}
        return Told(details if isinstance(details, Mapping) else {}, answer, message)

    def _refuse(self, answer: Answer, code: str, words: str) -> None:
        """Raise what a status, HTTP's or the answer's own, means."""
        match code:
            case "401" | "403":
                raise NotAuthorised(
                    self.name,
                    "SmartOps, or the ITSM behind it, does not let us do this",
                    vendor_words=words,
                    code=code,
                    next_step="Check the token, `headers` and `connection_details` in the config.",
                )
            case "404":
                raise NotFound(self.name, "SmartOps knows no such ticket", vendor_words=words, code=code)
            case "409" | "412":
                raise WrongState(self.name, "the ticket's state does not allow this", vendor_words=words, code=code)
        if code.startswith("4") and code != "408":
            raise Rejected(self.name, "SmartOps refused it", vendor_words=words, code=code)
        raise answer.unreadable(f"SmartOps failed (status {safe_line(code, 20)}: {words})")

    def _snapshot(self, told: Told, number: str = "") -> Snapshot | None:
        return details_snapshot(told.details, told.answer.text, told.answer.order, number)

    def _payload(self, write: Write, ticket: Ticket | None) -> dict[str, object]:
        operation = Operation(write.action)
        if self.declaration.refusal(operation, ticket):
            raise self.not_offered(operation, ticket)
        if write.files:
            raise self.not_offered(Operation.ATTACH, ticket)
        if ticket is not None and ticket.state in ("closed", "cancelled"):
            raise WrongState(
                self.name, f"{ticket.number} is {ticket.vendor_state or ticket.state}: it takes nothing more"
            )
        given = {name: value for name, value in write.values.items() if name not in ("client_number", "code")}
        values = require(self.name, self.declaration.forms[operation], given)
        if operation is Operation.UPDATE:
            values = changes_of(values, ticket)
            if not values:
                raise Rejected(self.name, "nothing was sent: an update changes at least one field")
        return ticket_json(write.action, values)


def _auth(settings: Settings, clock: Clock) -> Auth:
    if settings.access_token is not None:
        return BearerToken(settings.access_token)
    assert settings.offline_token is not None
    assert settings.client_id is not None
    return OfflineToken(settings.token_url, settings.client_id, settings.offline_token, clock, settings.client_secret)


def _with_own_number(patch: Patch, write: Write) -> Patch:
    """SmartOps keeps no number of ours; we do."""
    if not write.client_number:
        return patch
    return replace(patch, set={**patch.set, "client_number": write.client_number})
