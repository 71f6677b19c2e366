"""Rows of a list for tests, told apart by what the test names."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from providers.model import TicketRow

NOW = datetime(2025, 6, 1, 12, 0, tzinfo=UTC)


def ticket_row(**given: Any) -> TicketRow:
    """A plain open incident of ensono, but for what is given."""
    fields: dict[str, Any] = {
        "provider": "ensono",
        "number": "e-CS0204070",
        "client_number": "",
        "type": "incident",
        "state": "open",
        "vendor_state": "open",
        "priority": 3,
        "summary": "Printer on floor 3 offline",
        "opened_at": None,
        "updated_at": None,
        "due_at": None,
        "awaiting_us": False,
        "approval_asked": False,
        "unread": False,
        "handled": False,
        "snoozed_until": None,
        "held": False,
        "faulty_write": False,
    }
    return TicketRow(**(fields | given))
