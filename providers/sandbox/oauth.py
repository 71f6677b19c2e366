"""KPN's token endpoint: OAuth 2.0 client credentials.

POST {origin}/oauth/client_credential/accesstoken?grant_type=client_credentials with client_id and client_secret in the
form body; every value of the answer is a string, and there is no refresh token [outside]. One endpoint serves both
KPN APIs, but a token is good only for the API of its client.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response

from providers.sandbox.context import Context
from providers.sandbox.wire import answer, read_body

PREFIX: Final = "/oauth/client_credential/accesstoken"
CLIENTS: Final = {
    "kpn-connect": ("sandbox-connect-client", "sandbox-connect-secret-not-real"),
    "kpn-incident": ("sandbox-incident-client", "sandbox-incident-secret-not-real"),
}


class TokenEndpoint:
    """Issues tokens, and says whether one is good. `issued` counts them by vendor."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._tokens: dict[str, tuple[str, datetime]] = {}
        self.issued: dict[str, int] = dict.fromkeys(CLIENTS, 0)

    async def handle(self, request: Request) -> Response:
        """One request for a token."""
        if request.method != "POST" or request.query_params.get("grant_type") != "client_credentials":
            return answer(400, {"ErrorCode": "invalid_request", "Error": "Required param : grant_type"})
        form = parse_qs((await read_body(request)).decode("utf-8", "replace"))
        client_id, secret = form.get("client_id", [""])[0], form.get("client_secret", [""])[0]
        vendor = next((name for name, (known, _) in CLIENTS.items() if known == client_id), None)
        if vendor is None or not hmac.compare_digest(CLIENTS[vendor][1].encode(), secret.encode()):
            return answer(401, {"ErrorCode": "invalid_client", "Error": "Client credentials are invalid"})
        with self._context.lock:
            token = self._context.ids.token("kpn-token", vendor)
            seconds = self._context.token_seconds
            now = self._context.now()
            self._tokens[token] = (vendor, now + timedelta(seconds=seconds))
            self.issued[vendor] += 1
        return answer(
            200,
            {
                "token_type": "BearerToken",
                "access_token": token,
                "expires_in": str(seconds),
                "issued_at": str(int(now.timestamp() * 1000)),
                "refresh_token_expires_in": "0",
                "refresh_count": "0",
                "client_id": client_id,
                "scope": "",
                "status": "approved",
            },
        )

    def revoke_all(self) -> None:
        """Forget every token, as a gateway does when it is restarted."""
        with self._context.lock:
            self._tokens.clear()

    def refusal(self, request: Request, vendor: str) -> Response | None:
        """None for a good token of this vendor's client; else the gateway's 401 [outside]."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or token not in self._tokens:
            return _fault("Invalid access token", "oauth.v2.InvalidAccessToken")
        owner, expires = self._tokens[token]
        if self._context.now() >= expires:
            return _fault("Access Token expired", "keymanagement.service.access_token_expired")
        if owner != vendor:
            return _fault("Invalid API call as no apiproduct match found", "keymanagement.service.InvalidAPICall")
        return None


def _fault(words: str, code: str) -> Response:
    return answer(401, {"fault": {"faultstring": words, "detail": {"errorcode": code}}})
