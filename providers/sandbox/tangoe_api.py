"""Tangoe's Case API as a client sees it: /api/tango/v1/integrations/cases…

Source: the Case API's page. Errors have ServiceNow's shape [outside]. Without an ORDERBY the rows come in another
order at each request, as a database may; `limit` is 10 where none is given. POST cases/{number}/comments and GET
service_entitlements are [outside].
"""

from __future__ import annotations

import base64
import binascii
import random
from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from providers.sandbox.tangoe import DEFAULT_PRIORITY, ENDED, OPEN, PASSWORD, USERNAME, Case, Tangoe
from providers.sandbox.tangoe_query import Value, select
from providers.sandbox.wire import Unreadable, answer, read_object, segments, text_of

BASE: Final = "/api/tango/v1/integrations"
PATCHABLE: Final = (
    "short_description",
    "description",
    "correlation_id",
    "correlation_display",
    "priority",
    "callback",
)
ONCE: Final = ("entitlement_id", "contact_email", "additional_contacts")
CALLBACK: Final = frozenset(
    {"callback_url", "callback_type", "callback_auth_type", "callback_auth_user", "callback_auth_password"}
)
SYSTEM_NAMES: Final = {"sys_created_on": "created_on", "sys_updated_on": "updated_on", "sys_id": "id"}


class _Refused(Exception):
    def __init__(self, status: int, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.detail = detail


class TangoeApi:
    """Answers requests to the Case API."""

    def __init__(self, vendor: Tangoe) -> None:
        self.vendor = vendor
        self._asked = 0

    async def handle(self, request: Request) -> Response:
        """One request."""
        if not _authorised(request):
            return _error(401, "User Not Authenticated", "Required to provide Auth information")
        try:
            return await self._route(request)
        except _Refused as refused:
            return _error(refused.status, refused.message, refused.detail)
        except Unreadable:
            return _error(400, "Invalid request body", "The body must be a JSON object")

    async def _route(self, request: Request) -> Response:
        method, parts = request.method, segments(request, BASE)
        body = await read_object(request) if method in ("POST", "PATCH") else {}
        with self.vendor.context.lock:
            match (method, *parts):
                case ("POST", "cases"):
                    return self._create(body)
                case ("GET", "cases"):
                    return self._list(request.query_params)
                case ("GET", "cases", number):
                    comments = request.query_params.get("include_comments") == "true"
                    return answer(200, {"result": self._case(number).document(with_comments=comments)})
                case ("PATCH", "cases", number):
                    return self._patch(self._case(number), body)
                case ("DELETE", "cases", number):
                    return self._cancel(self._case(number), request.query_params.get("cancel_type", ""))
                case ("POST", "cases", number, "comments"):
                    return self._comment(self._case(number), body)
                case ("GET", "service_entitlements"):
                    rows = [{"id": key, "name": name} for key, name in self.vendor.entitlements.items()]
                    return answer(200, {"result": rows})
        raise _Refused(400, "Requested URI does not represent any resource", "")

    def _create(self, body: Mapping[str, Any]) -> Response:
        missing = [
            name for name in ("short_description", "description", "contact_email") if not text_of(body, name).strip()
        ]
        if missing:
            raise _Refused(400, "Mandatory parameters are missing", ", ".join(missing))
        self._check(body)
        sent = {name: text_of(body, name) for name in ("correlation_id", "correlation_display", "additional_contacts")}
        contact = self.vendor.contact(text_of(body, "contact_email"))
        priority = text_of(body, "priority") or DEFAULT_PRIORITY
        number = self.vendor.create(
            short_description=text_of(body, "short_description"),
            description=text_of(body, "description"),
            priority=priority,
            contact_email=contact,
            entitlement_id=text_of(body, "entitlement_id"),
            callback=dict(body.get("callback") or {}),
            **sent,
        )
        made = {"contact_email": contact, "priority": priority}
        case = self.vendor.cases[number]
        self.vendor.context.commit("tangoe", "create", number, sent["correlation_id"], body, made=made)
        return _done(201, case, "inserted")

    def _patch(self, case: Case, body: Mapping[str, Any]) -> Response:
        if case.state in ENDED:
            raise _Refused(400, "Case is closed", "A closed case cannot be updated")
        if self.vendor.patch_needs_short_description and not text_of(body, "short_description"):
            raise _Refused(400, "Mandatory parameters are missing", "short_description")
        if not any(name in body for name in (*PATCHABLE, *ONCE)):
            raise _Refused(400, "Nothing to update", "At least one parameter must be set")
        for name in ONCE:
            if name in body and getattr(case, name) and text_of(body, name) != getattr(case, name):
                raise _Refused(400, f"{name} cannot be updated once set", "")
        self._check(body)
        changed = {name: text_of(body, name) for name in (*PATCHABLE[:5], *ONCE) if name in body}
        if "callback" in body:
            changed["callback"] = body["callback"]
        if self.vendor.resets_priority and "priority" not in body:
            changed["priority"] = DEFAULT_PRIORITY
        self.vendor.update(case.number, **changed)
        operation = "link" if set(body) == {"correlation_id"} else "update"
        self.vendor.context.commit("tangoe", operation, case.number, case.correlation_id, body, made=changed)
        return _done(200, case, "updated")

    def _check(self, body: Mapping[str, Any]) -> None:
        if "priority" in body and text_of(body, "priority") not in ("1", "2", "3", "4", "5"):
            raise _Refused(400, "Invalid priority", text_of(body, "priority"))
        entitlement = text_of(body, "entitlement_id")
        if entitlement and entitlement not in self.vendor.entitlements:
            raise _Refused(400, "Invalid entitlement_id", entitlement)
        if "callback" in body:
            callback = body["callback"]
            if not isinstance(callback, dict) or set(callback) != CALLBACK:
                raise _Refused(400, "Invalid callback", "All callback attributes are mandatory")
            if callback["callback_auth_type"] not in ("basic", "no-auth"):
                raise _Refused(400, "Invalid callback", "callback_auth_type")

    def _cancel(self, case: Case, cancel_type: str) -> Response:
        if cancel_type not in ("1", "2"):
            raise _Refused(400, "cancel_type is required", "It should be either 1 or 2")
        if case.state not in OPEN:
            raise _Refused(400, "Case is not open", "Only an open case can be cancelled")
        if cancel_type == "1":
            self.vendor.update(case.number, state="7", close_code="Cancelled")
        else:
            self.vendor.update(case.number, state="3", close_code="Closed Out of Scope")
        body = {"cancel_type": cancel_type}
        self.vendor.context.commit("tangoe", "cancel", case.number, case.correlation_id, body)
        return _done(200, case, "updated")

    def _comment(self, case: Case, body: Mapping[str, Any]) -> Response:
        text = text_of(body, "comment") or text_of(body, "comments")
        if not text.strip():
            raise _Refused(400, "Mandatory parameters are missing", "comment")
        if case.state in ENDED:
            raise _Refused(400, "Case is closed", "A closed case cannot be updated")
        comment_id = self.vendor.comment(case.number, text, USERNAME)
        made = {"id": comment_id}
        self.vendor.context.commit("tangoe", "comment", case.number, case.correlation_id, body, made=made)
        return _done(201, case, "inserted")

    def _list(self, query: Mapping[str, str]) -> Response:
        try:
            limit, offset = int(query.get("limit", "10")), int(query.get("offset", "0"))
        except ValueError:
            raise _Refused(400, "limit and offset must be numbers", "") from None
        self._asked += 1
        cases = list(self.vendor.cases.values())
        random.Random(f"{self.vendor.context.seed} {self._asked}").shuffle(cases)  # noqa: S311  # no secret hangs on it
        by_value: dict[Value, Case] = {_value_of(case): case for case in cases}
        chosen = select(by_value, query.get("sysparm_query", ""), self.vendor.context.now())
        most = limit if self.vendor.page_cap is None else min(limit, self.vendor.page_cap)
        page = [by_value[row].document() for row in chosen[offset : offset + most]]
        if not page and self.vendor.empty_as_204:
            return Response(status_code=204)
        return answer(200, {"result": page})

    def _case(self, number: str) -> Case:
        case = self.vendor.cases.get(number)
        if case is None:
            raise _Refused(404, "No Record found", "Record doesn't exist or ACL restricts the record retrieval")
        return case


def _value_of(case: Case) -> Value:
    shown = case.document()

    def value(name: str) -> str | None:
        found = shown.get(SYSTEM_NAMES.get(name, name))
        return found if isinstance(found, str) else None

    return value


def _authorised(request: Request) -> bool:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    try:
        words = base64.b64decode(given, validate=True).decode()
    except (ValueError, binascii.Error):
        return False
    return scheme.lower() == "basic" and words == f"{USERNAME}:{PASSWORD}"


def _done(status: int, case: Case, what: str) -> Response:
    return answer(status, {"result": {"id": case.id, "number": case.number, "status": what}})


def _error(status: int, message: str, detail: str) -> Response:
    headers = {"WWW-Authenticate": 'Basic realm="Service-now"'} if status == 401 else None
    return answer(status, {"error": {"message": message, "detail": detail}, "status": "failure"}, headers)
