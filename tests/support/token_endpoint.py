"""A token endpoint on loopback, with what an identity provider does: client credentials, rotation, refusal."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from tests.support.upstream import Reply, Seen, reply_json


@dataclass
class TokenEndpoint:
    """The handler of an Upstream: `/token` grants, anything else wants the newest access token.

    `granted` are the refresh tokens it takes, each at most once where `rotates`; `spent` counts what was refused as
    invalid_grant, `used` the requests that wanted an access token. `down` are answers to give instead of the next
    grants. `hold`, if set, delays grants.
    """

    granted: set[str] = field(default_factory=lambda: {"offline-0"})
    rotates: bool = False
    expires_in: object = "3599"
    forms: list[dict[str, str]] = field(default_factory=list)
    queries: list[str] = field(default_factory=list)
    down: list[Reply] = field(default_factory=list)
    spent: int = 0
    used: int = 0
    issued: int = 0
    hold: asyncio.Event | None = None

    async def __call__(self, seen: Seen) -> Reply:
        """Answer one request."""
        if seen.path != "/token":
            self.used += 1
            known = seen.headers.get("authorization") == f"Bearer access-{self.issued}"
            return reply_json({}) if known else reply_json({"error": "token"}, 401)
        form = {name: values[0] for name, values in parse_qs(seen.body.decode()).items()}
        self.forms.append(form)
        self.queries.append(seen.target.partition("?")[2])
        if self.hold is not None:
            await self.hold.wait()
        if self.down:
            return self.down.pop(0)
        document: dict[str, object] = {"token_type": "Bearer", "expires_in": self.expires_in}
        if form.get("grant_type") == "refresh_token":
            used = form["refresh_token"]
            if used not in self.granted:
                self.spent += 1
                return reply_json({"error": "invalid_grant", "error_description": "Token is not active"}, 400)
            document["refresh_token"] = used
            if self.rotates:
                document["refresh_token"] = f"offline-{self.issued + 1}"
                self.granted = {f"offline-{self.issued + 1}"}
        self.issued += 1
        return reply_json({**document, "access_token": f"access-{self.issued}"})
