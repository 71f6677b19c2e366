"""SmartOps' Keycloak: an offline token in exchange for an access token.

POST /auth/realms/smartops/protocol/openid-connect/token with grant_type=refresh_token, client_id, refresh_token and,
for a confidential client, client_secret. With `rotates` each answer brings a new offline token and the old one is
dead: using it again is `invalid_grant`. Keycloak's own behaviour [outside].
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response

from providers.sandbox.context import Context
from providers.sandbox.wire import answer, read_body

PREFIX: Final = "/auth/realms/smartops/protocol/openid-connect/token"
CLIENT_ID: Final = "sandbox-itsm"
OFFLINE_TOKEN: Final = "sandbox-offline-token-not-real"  # an obvious fake
ACCESS_TOKEN: Final = "sandbox-access-token-not-real"  # an obvious fake


class Keycloak:
    """Issues access tokens. `issued` counts them; `offline` is the offline token that is good now."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._tokens: dict[str, datetime] = {}
        self.offline = OFFLINE_TOKEN
        self.secret = ""
        """The client's secret where it is a confidential one."""
        self.rotates = False
        self.access_token = ACCESS_TOKEN
        """A ready access token that never expires; empty to refuse it."""
        self.issued = 0

    async def handle(self, request: Request) -> Response:
        """One request for a token."""
        form = parse_qs((await read_body(request)).decode("utf-8", "replace"))
        given = {name: values[0] for name, values in form.items()}
        if request.method != "POST" or given.get("grant_type") != "refresh_token":
            return _refused("unsupported_grant_type", "Unsupported grant_type")
        if given.get("client_id") != CLIENT_ID or (self.secret and given.get("client_secret") != self.secret):
            return _refused("unauthorized_client", "Invalid client or Invalid client credentials", 401)
        with self._context.lock:
            if given.get("refresh_token") != self.offline:
                return _refused("invalid_grant", "Stale token" if self.rotates else "Invalid refresh token")
            self.issued += 1
            token, seconds = self._context.ids.token("smartops-token"), self._context.token_seconds
            self._tokens[token] = self._context.now() + timedelta(seconds=seconds)
            if self.rotates:
                self.offline = self._context.ids.token("smartops-offline")
            return answer(
                200,
                {
                    "access_token": token,
                    "expires_in": seconds,
                    "refresh_expires_in": 0,
                    "refresh_token": self.offline,
                    "token_type": "Bearer",
                    "not-before-policy": 0,
                    "session_state": self._context.ids.uuid("smartops-session"),
                    "scope": "offline_access",
                },
            )

    def log_out(self) -> None:
        """End the offline session: its token is no longer good."""
        with self._context.lock:
            self.offline = self._context.ids.token("smartops-logged-out")

    def revoke_all(self) -> None:
        """Forget every access token."""
        with self._context.lock:
            self._tokens.clear()

    def accepts(self, request: Request) -> bool:
        """Whether the request carries a good access token."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            return False
        if self.access_token and token == self.access_token:
            return True
        return token in self._tokens and self._context.now() < self._tokens[token]


def _refused(code: str, words: str, status: int = 400) -> Response:
    return answer(status, {"error": code, "error_description": words})
