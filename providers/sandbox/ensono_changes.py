"""A client's decision on a change.

Source: Envision Connect Guide 1.2, "External approvals", "Client actions", "Approving a change". Only the first
decision of a cycle counts; later ones get the same answer and are not considered.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from providers.sandbox.ensono import Ensono
from providers.sandbox.ensono_tickets import Change
from providers.sandbox.ensono_writes import Refused
from providers.sandbox.wire import text_of

ANSWERS: Final = {
    "approve": "Approval Received Successfully",
    "reject": " Rejection Received Successfully",  # with its leading space, as documented
}


def decide(vendor: Ensono, change: Change, payload: Mapping[str, Any], verb: str) -> str:
    """Take an approve or reject. The words of the answer; Refused for an unknown approval or no comment."""
    if payload.get("ticketType") != "Change":
        raise Refused(["ticketType must be Change."])
    approval_id = text_of(payload, "approvalId")
    task = next((task for task in change.tasks if task.id == approval_id), None)
    if task is None:
        raise Refused([f"Approval {approval_id} not found."])
    if text_of(payload, "approver").lower() != task.email.lower():
        raise Refused([f"{text_of(payload, 'approver')} is not the approver of this approval."])
    comments = payload.get("comments")
    if not isinstance(comments, list) or not any(
        isinstance(comment, dict) and text_of(comment, "body").strip() for comment in comments
    ):
        raise Refused(["comments is required: name the final approver."])
    if task.state != "Requested" or change.approval != "requested":
        return ANSWERS[verb]
    state = "Approved" if verb == "approve" else "Rejected"
    for each in change.tasks:
        if each.state == "Requested":
            each.state = state if each is task else "No Longer Required"
    change.approval = state.lower()
    change.updated = vendor.context.now()
    vendor.context.commit("ensono", verb, change.number, text_of(payload, "clientTicketNumber"), payload)
    return ANSWERS[verb]
