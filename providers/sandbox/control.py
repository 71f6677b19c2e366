"""The sandbox over HTTP: /_sandbox/ledger, requests, faults, advance, call.

For tests that run the client, or the sandbox, in another process.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Protocol

from starlette.requests import Request
from starlette.responses import Response

from providers.sandbox.context import Context
from providers.sandbox.faults import Fault, Faults, FaultUnknown
from providers.sandbox.wire import Unreadable, answer, read_object, segments

PREFIX: Final = "/_sandbox"
CALLABLE: Final = frozenset(
    {
        "create",
        "comment",
        "update",
        "resolve",
        "close",
        "attach",
        "return_number",
        "create_change",
        "change_state",
        "redraft",
        "reassess",
        "close_change",
        "send_raw",
        "redeliver",
    }
)


class Movable(Protocol):
    """What moves the sandbox's time."""

    def advance(self, seconds: float) -> None:
        """Move forward."""
        ...


class Control:
    """Answers requests to /_sandbox."""

    def __init__(self, context: Context, faults: Faults, vendors: Mapping[str, object], movable: Movable) -> None:
        self._context = context
        self._faults = faults
        self._vendors = vendors
        self._movable = movable

    async def handle(self, request: Request) -> Response:
        """One request."""
        try:
            return await self._route(request)
        except Unreadable:
            return answer(400, {"message": "the body must be a JSON object"})
        except (FaultUnknown, KeyError, TypeError, ValueError) as error:
            return answer(400, {"message": f"{type(error).__name__}: {error}"})

    async def _route(self, request: Request) -> Response:
        match (request.method, *segments(request, PREFIX)):
            case ("GET", "ledger"):
                wanted = {name: request.query_params.get(name, "") for name in ("vendor", "operation", "number")}
                return answer(
                    200, {"ledger": [entry.document() for entry in self._context.ledger.entries.of(**wanted)]}
                )
            case ("GET", "requests"):
                return answer(200, {"requests": [each.document() for each in self._context.ledger.requests]})
            case ("GET", "faults"):
                return answer(200, {"faults": self._waiting()})
            case ("POST", "faults"):
                self._faults.add(Fault(**await read_object(request)))
                return answer(200, {"faults": self._waiting()})
            case ("DELETE", "faults"):
                self._faults.clear(request.query_params.get("vendor", ""))
                return answer(200, {"faults": self._waiting()})
            case ("POST", "advance"):
                self._movable.advance(float((await read_object(request))["seconds"]))
                return answer(200, {"now": self._context.now().isoformat()})
            case ("POST", "call"):
                return self._call(await read_object(request))
        return answer(404, {"message": "ledger, requests, faults, advance and call are here"})

    def _waiting(self) -> list[dict[str, Any]]:
        return [
            {"vendor": fault.vendor, "fault": fault.fault, "match": fault.match, "left": left, "seconds": fault.seconds}
            for fault, left in self._faults.waiting
        ]

    def _call(self, document: dict[str, Any]) -> Response:
        """Have a vendor's people do something: {vendor, method, arguments}. Bytes are given as text."""
        method, arguments = document["method"], dict(document.get("arguments", {}))
        if method not in CALLABLE:
            raise ValueError(f"{method!r} cannot be called; these can: {', '.join(sorted(CALLABLE))}")
        if isinstance(arguments.get("content"), str):
            arguments["content"] = arguments["content"].encode()
        result = getattr(self._vendors[document["vendor"]], method)(**arguments)
        return answer(200, {"result": result})
