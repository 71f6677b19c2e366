"""SmartOps' contract, spoken. Sections are those of "API contracts for ITSM Integration".

Marked [outside] because it is not in that contract: which values of connectionDetails are base64.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from providers.auth import BearerToken
from providers.base import CheckStep, Progress
from providers.base import Connector as Base
from providers.checking import check_by_reading
from providers.clock import Clock
from providers.credentials import Auth, Credentials, revealed_for
from providers.errors import BadAnswer, NotFound, Rejected, TimedOut, Unreachable
from providers.http import HttpClient
from providers.model import Patch, Preview, Receipt, Snapshot, Ticket, Write
from providers.offline_token import OfflineToken
from providers.smartops.answers import Told, told_in
from providers.smartops.declaration import DECLARATION, TICKET_FIELDS
from providers.smartops.mapping import details_snapshot, shows
from providers.smartops.payload import payload_of
from providers.smartops.settings import Settings
from providers.text import safe_line

_HIDDEN = "[redacted]"


class Connector(Base):
    """One configured SmartOps."""

    def __init__(self, settings: Settings, clock: Clock, http: HttpClient | None = None) -> None:
        self.name = settings.name
        self.declaration = DECLARATION
        self._settings = settings
        self._auth = _auth(settings, clock)
        self._http = http or HttpClient(settings, clock, self._auth)

    async def detail(self, number: str, internal_id: str = "") -> Snapshot:
        """One ticket by its ticketNumber: a GET with a JSON body, or a POST where so configured."""
        told = await self._fetch(number)
        snapshot = _snapshot(told, number if told.details else "")
        if snapshot is None:
            raise NotFound(self.name, f"SmartOps knows no ticket {safe_line(number, 40)}")
        return snapshot

    def prepare(self, write: Write, ticket: Ticket | None) -> Preview:
        """Exactly what `send` would send, without the connection details and their secrets."""
        payload = payload_of(self.name, self.declaration, write, ticket)
        url = self._settings.create_url if write.action == "create" else self._settings.update_url
        body: dict[str, Any] = {"ticketJSON": payload}
        if write.action != "create":
            body = {"sysId": (ticket.internal_id if ticket else "") or "(read before sending)", **body}
        body |= {"connectionDetails": _HIDDEN, "itsmTimeZoneOffset": self._settings.time_zone_offset}
        return Preview(method="POST", path=urlsplit(url).path, body=json.dumps(body, indent=2, ensure_ascii=False))

    async def send(self, write: Write, ticket: Ticket | None, progress: Progress | None = None) -> Receipt:
        """Do it, once. An update needs the sysId; where it is not known yet, the ticket is read before."""
        if self._settings.read_only:
            raise Rejected(self.name, "nothing was sent: the config says read_only", field="read_only")
        payload = payload_of(self.name, self.declaration, write, ticket)
        references = (write.number, write.client_number, write.id)
        if write.action == "create":
            told = await self._ask("POST", self._settings.create_url, {"ticketJSON": payload}, references)
            snapshot = _snapshot(told)
            if snapshot is None:
                raise told.answer.unreadable("SmartOps' answer to the create names no ticket")
            patch = _with_own_number(snapshot.patch, write)
            return Receipt(number=patch.number, patch=patch, note=told.message)
        body = {"sysId": await self._sys_id(write, ticket), "ticketJSON": payload}
        told = await self._ask("POST", self._settings.update_url, body, references)
        snapshot = _snapshot(told, write.number) if told.details else None
        return Receipt(number=write.number, patch=snapshot.patch if snapshot else None, note=told.message)

    async def _sys_id(self, write: Write, ticket: Ticket | None) -> str:
        """What an update is keyed on. Whatever goes wrong in reading it, nothing has been sent."""
        if ticket is not None and ticket.internal_id:
            return ticket.internal_id
        try:
            sys_id = str((await self.detail(write.number)).patch.set.get("internal_id", ""))
        except TimedOut as error:
            raise Unreachable(self.name, f"the ticket's sysId was not to be had: {error.message}") from None
        except BadAnswer as error:
            raise Rejected(
                self.name,
                f"nothing was sent, since the ticket's sysId was not to be had: {error.message}",
                next_step=error.next_step,
                vendor_words=error.vendor_words,
                code=error.code,
                field="sysId",
            ) from None
        if not sys_id:
            raise Rejected(self.name, "nothing was sent: SmartOps gave no sysId for this ticket", field="sysId")
        return sys_id

    async def find(self, write: Write, ticket: Ticket | None) -> Receipt | None:
        """Whether the ticket, fetched again, is as an unanswered write wanted it. A create cannot be looked up."""
        if write.action == "create":
            return None
        payload = payload_of(self.name, self.declaration, write, None)
        told = await self._fetch(write.number)
        snapshot = _snapshot(told, write.number if told.details else "")
        if snapshot is None or not shows(write, payload, told.details, snapshot.patch, ticket):
            return None
        return Receipt(number=write.number, patch=snapshot.patch, note="found at SmartOps")

    async def check(self, number: str = "") -> tuple[CheckStep, ...]:
        """Secrets, reach and token; beyond that the contract has no harmless read but of a ticket that is known."""

        async def read() -> str:
            await Credentials(self._auth).headers(self._http, self._http.timeout)
            await self._hidden_parts()
            if not number:
                return "not tried: SmartOps has no harmless read but of a ticket that is known"
            return f"{(await self.detail(number)).patch.number} was fetched"

        return await check_by_reading("SmartOps", "fetch", read)

    async def aclose(self) -> None:
        """Close connections."""
        await self._http.aclose()

    async def _fetch(self, number: str) -> Told:
        method, url = self._settings.fetch_method, self._settings.fetch_url
        return await self._ask(method, url, {"ticketNumber": number}, (number,))

    async def _ask(self, method: str, url: str, body: Mapping[str, Any], references: tuple[str, ...]) -> Told:
        """One request with all that the contract wants in each; one with a ticketJSON is a write.

        The first of the references is the number of the ticket it is about, empty for a create.
        """
        details, headers = await self._hidden_parts()
        document = {
            **body,
            "connectionDetails": details,
            "ticketFields": list(TICKET_FIELDS),
            "itsmTimeZoneOffset": self._settings.time_zone_offset,
        }
        answer = await self._http.request(
            method,
            url,
            treatment="write" if "ticketJSON" in body else "read",
            json_body=document,
            headers=headers,
            references=references,
        )
        return told_in(answer, references[0])

    async def _hidden_parts(self) -> tuple[dict[str, str], dict[str, str]]:
        """The connection details, and the headers that this SmartOps asks for."""
        settings = self._settings
        details = {name: await revealed_for(self.name, value) for name, value in settings.connection_details.items()}
        headers = {name: await revealed_for(self.name, value) for name, value in settings.headers.items()}
        return details, headers


def _snapshot(told: Told, number: str = "") -> Snapshot | None:
    return details_snapshot(told.details, told.answer.text, told.answer.order, number)


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
