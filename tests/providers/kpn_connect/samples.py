"""Payloads of the shapes that "2: Customers" shows: its keys and quirks, our own values."""

from __future__ import annotations

from typing import Any

ROW: dict[str, Any] = {
    "kpn_ticket_number": "INC#20000417",
    "customer_reference_number": "ZB-2291",
    "ticket_type": "Incident",
    "state": "In Progress",
    "short_description": "Kassa 3 Utrecht: geen verbinding",
    "link": " https://kpn.example/network/kpn/servicenow/Ticket?kpn_ticket_number=INC%2320000417",
}
INCIDENT_PAGE: dict[str, Any] = {
    "category": "Incident",
    "ci": "",
    "company": "Zeebries B.V.",
    "contact": "Unknown User",
    "description": "De kassa start,\nmaar vindt geen netwerk.",
    "impact": "2 - Medium",
    "on_hold_reason": "Awaiting User",
    "priority": "2 - High",
    "customer_reference_number": "ZB-2291",
    "resolution_code": None,
    "resolution_notes": "",
    "service": "Winkelnetwerk",
    "short_description": "Kassa 3 Utrecht: geen verbinding",
    "sla_due": "2031-07-04 16:30",
    "state": "On Hold",
    "kpn_ticket_number": "INC#20000417",
    "urgency": "2 - Medium",
    "user": "Unknown User",
    "comments": [
        {"comment": "Kabel is vervangen, helpt niet.", "date_time": "2031-07-04 10:12", "user": "via integration"},
        {"comment": "Wat zegt het lampje?", "date_time": "2031-07-04 09:58", "user": "KPN"},
    ],
}
CHANGE_PAGE: dict[str, Any] = {
    "ticket_type": "Change Request",
    "ci": "",
    "company": "Zeebries B.V.",
    "description": "Nieuwe lijn voor het depot",
    "on_hold_reason": "",
    "priority": "5 - Planning",
    "customer_reference_number": "ZB-CHG-7",
    "service": "Glas",
    "short_description": "Lijn depot",
    "sla_due": "UNKNOWN",
    "planned_start_date": "",
    "planned_end_date": "",
    "type": "Normal",
    "state": "Authorize",
    "kpn_ticket_number": "CHG#30000052",
    "comments": [],
}
SERVICE_REQUEST_PAGE: dict[str, Any] = {
    "ticket_type": "Service Request",
    "customer_reference_number": "ZB-SR-31",
    "kpn_ticket_number": "RITM#40000009",
    "company": "Zeebries B.V.",
    "short_description": "Twee toestellen",
    "description": "Voor de balie",
    "service": "Telefonie",
    "contact": "balie@zeebries.example",
    "user": "balie@zeebries.example",
    "state": "Closed Complete",
    "resolution_notes": "Geleverd",
    "order_items": [{"item": "210.100 - Toestel", "customer_order_item_id": "ZB-SR-31"}],
    "comments": [{"comment": "Dank.", "date_time": "2031-01-09 11:00", "user": "via integration"}],
}
UPDATE: dict[str, Any] = {
    "message_datetime_utc": "2031-07-04T08:00:05.123Z",
    "ticket_type": "Incident",
    "action": "In Progress",
    "kpn_ticket_number": "INC#20000417",
    "customer_reference_number": "ZB-2291",
    "transaction_id": "0d3f8a52-1111-4222-8333-944455566677",
    "ticket_attributes": {"state": "In Progress", "comments": "Monteur is onderweg\n\n"},
}


def update(**changes: Any) -> dict[str, Any]:
    """A message with some fields changed; `attributes` replace ticket_attributes."""
    attributes = changes.pop("attributes", UPDATE["ticket_attributes"])
    return {**UPDATE, "ticket_attributes": attributes, **changes}
