"""Payloads of the shapes that the Incident API's page shows: its keys and quirks, our own values."""

from __future__ import annotations

from typing import Any

ROW: dict[str, Any] = {
    "reference_number": "ZB-300",
    "short_description": "Modem stil",
    "state": "Finished",
    "ticket_number": "INC5501",
}
PAGE: dict[str, Any] = {
    "ticket_number": "INC5501",
    "reference_number": "ZB-300",
    "short_description": "Modem stil",
    "state": "Finished",
    "company": "Zeebries B.V.",
    "description": "Sinds vannacht\ngeen lampjes.",
    "contact": "N. Acht",
    "user": "D. Ag",
    "category": "Incident",
    "priority": "2",
    "impact": "2",
    "urgency": "3",
    "ci": "ZB_014P",
    "customer_service": "Internet",
    "service_component": "Modem",
    "sla_due": {},
    "pending_reason": "awaiting vendor",
    "required_information": "Stuur een foto van de lampjes",
    "reason_user_required": "oplossing testen",
    "close_code": "Finished",
    "solution": "Modem vervangen",
}
CREATED: dict[str, Any] = {
    "result": {
        "state": "inserted",
        "ticket_number": "INC5502",
        "reference_number": "ZB-301",
        "sys_id": "0f0e0d0c0b0a09080706050403020100",
        "note": "INC5502 Incident is created successfully.",
    }
}
