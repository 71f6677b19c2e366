"""A desk whose requests are logged, and requests to log."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from providers.exchange import record, referring
from tests.support.scripted_desk import ScriptedDesk
from tui import logfile
from tui.desk.ports import Store


def logged(desk: ScriptedDesk, folder: Path) -> ScriptedDesk:
    """This desk, with a log in a folder of its own; `logfile.stop` ends it."""
    store = SimpleNamespace(**vars(desk.store))
    store.path = folder
    desk.store = cast("Store", store)
    logfile.start(folder / "log")
    return desk


def exchange(*names: str, provider: str = "ensono", **given: Any) -> None:
    """One request and its answer, logged as the door to HTTP does."""
    fields: dict[str, Any] = {
        "method": "GET",
        "url": f"https://vendor.example/{provider}/tickets/{names[0] if names else ''}",
        "number": 1,
        "started": 1_700_000_000_000,
        "seconds": 0.25,
        "status": 200,
        "error": "",
        "request_body": "",
        "sent_bytes": 0,
        "answer_body": b"",
        "received_bytes": 0,
    }
    with referring(*names):
        record(provider=provider, **{**fields, **given})
