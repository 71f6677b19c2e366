"""Ensono's records, and the message bodies made of them.

Keys and quirks are those of the guide's samples ("Using the API - Outbound from Ensono", "Ensono Change Message Body
and Fields"): every field in each transaction, `updatedOn` with a stray space, `clientName` too, `ensonogroup` without
its capital in a change's attachment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from providers.sandbox.s3 import Uploaded

STATUSES: Final = ("open", "workingprogress", "pending", "resolved", "closed", "cancelled")
CHANGE_STATES: Final = ("New", "Assess", "Authorize", "Scheduled", "Implement", "Review", "Closed", "Cancelled")
FIRST_STATES: Final = {"Normal": "Assess", "Standard": "Scheduled", "Emergency": "Authorize"}
RESOLVED_DAYS: Final = 7
PLANS: Final = ("justification", "preChangeChecks", "implementationPlan", "testPlan", "backoutPlan")
WORDS: Final = {
    "short_description": "shortDescription",
    "next_action": "statusNextAction",
    "off_hold": "offHoldDate",
    "close_notes": "closeNotes",
    "close_code": "closeCode",
    "ensono_group": "ensonoGroup",
    "requested_by": "requestedByName",
}
"""Our attributes and the guide's names, where these differ."""
_ATTRIBUTES: Final = {word: name for name, word in WORDS.items()}


@dataclass(slots=True, kw_only=True)
class Remark:
    """One comment on a ticket."""

    id: str
    body: str
    commenter: str
    email: str
    at: datetime
    ours: bool = False
    """Whether the client made it."""


@dataclass(slots=True, kw_only=True)
class ApprovalTask:
    """One external approver's decision, asked for in one cycle of a change."""

    id: str
    name: str
    email: str
    state: str = "Requested"


@dataclass(slots=True, kw_only=True)
class Incident:
    """An incident or a request."""

    number: str
    type: str
    short_description: str
    description: str
    opened: datetime
    updated: datetime
    client_number: str = ""
    company: str = ""
    status: str = "open"
    priority: str = "3"
    impact: str = "3"
    urgency: str = "3"
    group: str = ""
    ensono_group: str = "CS - 1st Line"
    category: str = ""
    origin: str = "Web"
    cis: str = ""
    next_action: str = ""
    off_hold: str = ""
    close_code: str = ""
    close_notes: str = ""
    resolved_at: datetime | None = None
    contact: dict[str, str] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    files: list[Uploaded] = field(default_factory=list)

    @property
    def ended(self) -> bool:
        """Closed or cancelled: no update is taken any more."""
        return self.status in ("closed", "cancelled")

    def close_due(self, now: datetime) -> bool:
        """Whether it has been resolved for the 7 days after which Ensono closes it."""
        waited = self.status == "resolved" and self.resolved_at is not None
        return waited and now - (self.resolved_at or now) >= timedelta(days=RESOLVED_DAYS)

    def body(self, client_name: str) -> dict[str, Any]:
        """Every field, as in each transaction."""
        body: dict[str, Any] = {
            "clientName": client_name,
            "ticketNumber": self.number,
            "clientTicketNumber": self.client_number,
            "ticketType": self.type,
            "status": self.status,
            "description": self.description,
            "shortDescription": self.short_description,
            "group": self.group,
            "ensonoGroup": self.ensono_group,
            "priority": self.priority,
            "impact": self.impact,
            "urgency": self.urgency,
            "openedTime": stamp(self.opened),
            "category": self.category,
            "origin": self.origin,
            "cis": self.cis,
        }
        if self.status == "pending":
            body["offHoldDate"] = self.off_hold
            body["statusNextAction"] = self.next_action
        if self.status in ("resolved", "closed", "cancelled"):
            body["closeNotes"] = self.close_notes
            body["closeCode"] = self.close_code
        return body


@dataclass(slots=True, kw_only=True)
class Change:
    """A change. `fields` holds what the guide lists beside the common ones: plans, window, risk."""

    number: str
    short_description: str
    description: str
    opened: datetime
    updated: datetime
    kind: str = "Normal"
    type: str = "Change"
    client_number: str = ""
    company: str = ""
    state: str = "Assess"
    approval: str = "requested"
    priority: str = "4"
    risk: str = "Moderate"
    impact: str = "Low"
    category: str = "Software"
    group: str = "CLIENT - Ensono Other"
    ensono_group: str = "Platform BPMDevandSupport"
    requested_by: str = "Ensono User"
    starts: datetime | None = None
    ends: datetime | None = None
    plans: dict[str, str] = field(default_factory=dict)
    cis: str = ""
    close_code: str = ""
    close_notes: str = ""
    tasks: list[ApprovalTask] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    @property
    def status(self) -> str:
        """Its state, under the name that incidents use."""
        return self.state

    @property
    def ended(self) -> bool:
        """Closed or cancelled."""
        return self.state in ("Closed", "Cancelled")

    def body(self, client_name: str) -> dict[str, Any]:
        """Every field, as in each transaction; closeNotes and closeCode only when Closed."""
        body: dict[str, Any] = {
            "clientName": client_name,
            "ticketType": "Change",
            "clientTicketNumber": self.client_number,
            "ticketNumber": self.number,
            "group": self.group,
            "ensonoGroup": self.ensono_group,
            "openedAt": stamp(self.opened),
            "updatedOn": "",
            "requestedByName": self.requested_by,
            "shortDescription": self.short_description,
            "type": self.kind,
            "category": self.category,
            "approval": self.approval,
            "startDate": stamp(self.starts),
            "endDate": stamp(self.ends),
            "risk": self.risk,
            "impact": self.impact,
            "description": self.description,
            **{name: self.plans.get(name, "") for name in PLANS},
            "state": self.state,
            "priority": self.priority,
            "cis": self.cis,
        }
        if self.state == "Closed":
            body["closeNotes"] = self.close_notes
            body["closeCode"] = self.close_code
        return body

    def approval_body(self, client_name: str, task: ApprovalTask) -> dict[str, Any]:
        """The body of one Approval Request."""
        return {
            "clientName": client_name,
            "ticketType": "Change",
            "clientTicketNumber": self.client_number,
            "ticketNumber": self.number,
            "group": self.group,
            "ensonoGroup": self.ensono_group,
            "description": self.description,
            "state": self.state,
            "approvalState": task.state,
            "approvalId": task.id,
            "approverName": task.name,
            "approverEmail": task.email,
        }


Record = Incident | Change


def set_fields(record: Record, fields: Mapping[str, Any]) -> None:
    """Set fields by the guide's names or ours. TypeError for a name that the record doesn't have."""
    for word, value in fields.items():
        name = _ATTRIBUTES.get(word, word)
        if isinstance(record, Change) and word in PLANS:
            record.plans[word] = str(value)
        elif hasattr(record, name):
            setattr(record, name, value)
        else:
            raise TypeError(f"{type(record).__name__} has no field {word}")


def stamp(at: datetime | None) -> str:
    """A time as the guide writes it, UTC to the second; empty for None."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else ""


def note_body(remark: Remark) -> dict[str, str]:
    """The `notes` object of a Notes transaction."""
    return {
        "type": "comment",
        "id": remark.id,
        "body": remark.body,
        "commenter": remark.commenter,
        "commenterEmail": remark.email,
    }


def file_body(record: Record, client_name: str, name: str, *, url: str, size: int, content_type: str) -> dict[str, Any]:
    """The body of an Attachment transaction. The URL ends in a space, as in the guide's sample."""
    change = isinstance(record, Change)
    return {
        "clientName": client_name,
        "ticketType": record.type,
        "clientTicketNumber": record.client_number,
        "ticketNumber": record.number,
        "group": record.group,
        "ensonogroup" if change else "ensonoGroup": record.ensono_group,
        "attachmentName": name,
        "attachmentInfo": f"https://sandbox.service-now.example/api/now/attachment/{record.number}/{name}",
        "attachmentSize": str(size),
        "attachmentType": content_type,
        "attachment": url + " ",
    }
