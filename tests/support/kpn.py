"""Both KPN connectors in tests: settings for any URL, writes, files, a clock that stands."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from providers.model import Engineer, FileRef, Write
from tests.support.still_clock import StillClock

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
CREDENTIALS: dict[str, Any] = {
    "client_id": "some-client",
    "client_secret": {"value": "not-a-real-secret"},
}
TOKEN = {"access_token": "not-a-real-token", "expires_in": "3599", "token_type": "BearerToken"}


def write(action: str, number: str = "", *, kind: str = "", **values: Any) -> Write:
    """A write as the outbox hands it over; `client_number`, `files`, `sent_at` and `doubtful` are its own fields."""
    own = {name: values.pop(name) for name in ("client_number", "files", "sent_at", "doubtful") if name in values}
    return Write(
        id="w1",
        action=action,
        provider="kpn",
        number=number,
        ticket_type=kind,
        values=values,
        engineer=Engineer(name="Robin Nacht"),
        created_at=StillClock().now(),
        **own,
    )


def file_on(folder: Path, name: str, content: bytes, content_type: str = "text/plain") -> FileRef:
    """A real file, described."""
    path = folder / name
    path.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    return FileRef(path=str(path), name=name, size=len(content), content_type=content_type, sha256=digest)


def paper_file(name: str = "trace.log", size: int = 10, content_type: str = "text/plain") -> FileRef:
    """A described file that exists on paper only: enough for everything that checks before sending."""
    return FileRef(path="/nowhere", name=name, size=size, content_type=content_type, sha256="0" * 64)
