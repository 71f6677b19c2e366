"""GET /tickets/{number}: the record as ServiceNow shows it, in the dev environment only.

Source: Envision Connect Guide 1.2, "Get Ticket": all values are strings, the record stands under `incident` and
again under `case`, with a number that lacks the "e-".
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from providers.sandbox.ensono_tickets import Incident


def ticket_view(incident: Incident) -> dict[str, Any]:
    """The value of `Response`."""
    record = _record(incident)
    return {
        "task_ci": {},
        "attachments": {key: _file(incident, key, place) for place, key in _file_keys(incident)},
        "comments": {
            remark.id: {
                "element": "comments",
                "element_id": _sys_id(incident.number),
                "name": "sn_customerservice_case",
                "sys_created_by": remark.email,
                "sys_created_on": _local(remark.at),
                "sys_id": remark.id,
                "sys_tags": "",
                "value": remark.body,
            }
            for remark in incident.remarks
        },
        "incident": record,
        "case": dict(record),
        "u_task_integ": {},
    }


def _record(incident: Incident) -> dict[str, Any]:
    return {
        "account": incident.company,
        "active": "false" if incident.ended else "true",
        "approval": "Not Yet Requested",
        "assigned_to": "",
        "assignment_group": incident.ensono_group,
        "business_service": "UNKNOWN",
        "category": incident.category,
        "closed_at": "",
        "company": incident.company,
        "contact": incident.contact.get("contactName", ""),
        "contact_type": incident.origin,
        "description": incident.description,
        "due_date": "",
        "escalation": "Normal",
        "impact": incident.impact,
        "number": incident.number.removeprefix("e-"),
        "opened_at": _local(incident.opened),
        "opened_by": "Ensono User",
        "priority": incident.priority,
        "resolution_code": incident.close_code or None,
        "resolved_at": _local(incident.resolved_at) if incident.resolved_at else "",
        "short_description": incident.short_description,
        "sla_due": "",
        "stage": None,
        "state": incident.status,
        "sys_class_name": "sn_customerservice_case",
        "sys_created_on": _local(incident.opened),
        "sys_id": _sys_id(incident.number),
        "sys_updated_on": _local(incident.updated),
        "u_case_type": incident.type,
        "u_hold_reason": incident.next_action,
        "urgency": incident.urgency,
        "x_aito_data_sync_client_number": incident.client_number,
        "closeNotes": incident.close_notes,
    }


def _file_keys(incident: Incident) -> list[tuple[int, str]]:
    return [(place, _sys_id(f"{incident.number}-{place}")) for place in range(len(incident.files))]


def _file(incident: Incident, key: str, place: int) -> dict[str, Any]:
    file = incident.files[place]
    return {
        "chunk_size_bytes": "700,000",
        "compressed": "true",
        "content_type": file.content_type,
        "file_name": file.name,
        "hash": file.sha256,
        "size_bytes": str(file.size),
        "state": "Available",
        "sys_id": key,
        "table_name": "sn_customerservice_case",
        "table_sys_id": _sys_id(incident.number),
        "u_public": "false",
    }


def _sys_id(name: str) -> str:
    return hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()


def _local(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S")
