"""What SmartOps offers, as data. Sections are those of "API contracts for ITSM Integration"."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from providers.base import Choice, Declaration, Field, Kind, Operation, Settling

TICKET_FIELDS: Final = (
    "ticketNumber",
    "ticketStatus",
    "ticketPriority",
    "ticketBusinessDuration",
    "ticketBusinessTimeLeft",
    "sysId",
    "assignedTo",
    "assignedGroup",
    "shortDescription",
    "longDescription",
    "category",
    "subCategory",
    "callerId",
    "urgency",
    "ticketSeverity",
    "comments",
    "workNotes",
    "closureNotes",
    "createdTime",
    "updatedTime",
    "resolvedTime",
    "createdBy",
    "updatedBy",
    "resolvedBy",
    "closedBy",
)
"""All that can be asked for (Appendix); all of it is asked for, always."""


@dataclass(frozen=True, slots=True)
class Note:
    """The names inside one kind of note, and how it is marked in our timeline."""

    by: str
    time: str
    text: str
    prefix: str = ""


NOTES: Final = {
    "comments": Note("commentBy", "commentTime", "comment"),
    "workNotes": Note("workNoteBy", "workNoteTime", "workNote", "Work note: "),
    "closureNotes": Note("closureNoteBy", "closureNoteTime", "closureNote", "Closure note: "),
}
_SOURCE: Final = "Appendix, ticketFields"
STATUS_WORDS: Final = {"resolve": "Resolved", "close": "Closed", "reopen": "In Progress"}
"""What a change of status sends as ticketStatus. The contract names no vocabulary."""

_FIELDS: Final = (
    Field(name="shortDescription", title="Summary", common="summary", required=True, editable=True, source=_SOURCE),
    Field(
        name="longDescription",
        title="Description",
        kind=Kind.TEXT,
        common="description",
        required=True,
        editable=True,
        source=_SOURCE,
    ),
    Field(
        name="ticketPriority",
        title="Priority",
        kind=Kind.CHOICE,
        common="priority",
        choices=tuple(Choice(value=str(number)) for number in range(1, 6)),
        editable=True,
        source=_SOURCE,
    ),
    Field(name="urgency", title="Urgency", editable=True, source=_SOURCE),
    Field(name="ticketSeverity", title="Severity", editable=True, source=_SOURCE),
    Field(name="category", title="Category", editable=True, source=_SOURCE),
    Field(name="subCategory", title="Subcategory", editable=True, source=_SOURCE),
    Field(name="callerId", title="Caller", editable=True, source=_SOURCE),
    Field(name="assignedGroup", title="Group", editable=True, source=_SOURCE),
    Field(name="assignedTo", title="Assigned to", editable=True, source=_SOURCE),
)
CLIENT_NUMBER: Final = Field(
    name="client_number",
    title="Our number",
    common="client_number",
    help="Kept here only: SmartOps has no place for it.",
    source="not in the contract",
)
STATUS: Final = Field(name="ticketStatus", title="Status", editable=True, help="The ITSM's own word.", source=_SOURCE)
COMMENT: Final = Field(
    name="comments", title="Comment", kind=Kind.TEXT, common="comment", required=True, source=_SOURCE
)
WORK_NOTE: Final = Field(
    name="workNotes", title="Work note", kind=Kind.TEXT, help="For the people who work on it.", source=_SOURCE
)
CLOSURE_NOTE: Final = Field(
    name="closureNotes", title="Closure note", kind=Kind.TEXT, common="notes", required=True, source=_SOURCE
)

DECLARATION: Final = Declaration(
    kind="smartops",
    title="SmartOps",
    document="SmartOps, API contracts for ITSM Integration",
    support="SmartOps' contract names no support line; call your SmartOps contact with the ticket number",
    offered=frozenset(
        {
            Operation.DETAIL,
            Operation.CREATE,
            Operation.COMMENT,
            Operation.UPDATE,
            Operation.RESOLVE,
            Operation.CLOSE,
            Operation.REOPEN,
        }
    ),
    refusals={
        Operation.LIST: "list is not offered by SmartOps: track tickets by their numbers",
        Operation.QUEUE: "a queue is not offered by SmartOps: messages are derived from what changed between polls",
        Operation.CANCEL: "cancel is not offered by SmartOps: close it with a closure note",
        Operation.ATTACH: "attach is not offered by SmartOps: its contract takes no files",
        Operation.DOWNLOAD: "download is not offered by SmartOps: its contract hands out no files",
        Operation.ACKNOWLEDGE: "ack is not offered by SmartOps: it has no queue",
        Operation.LINK: "link is not offered by SmartOps: it keeps no number of ours",
        Operation.APPROVE: "approve is not offered by SmartOps: it has no changes",
        Operation.REJECT: "reject is not offered by SmartOps: it has no changes",
        Operation.TAKE: "take is not offered by SmartOps: set assignedGroup with an update",
    },
    forms={
        Operation.CREATE: (CLIENT_NUMBER, *_FIELDS, replace(COMMENT, required=False)),
        Operation.UPDATE: (
            STATUS,
            *(replace(field, required=False) for field in _FIELDS),
            WORK_NOTE,
            replace(COMMENT, required=False),
        ),
        Operation.COMMENT: (COMMENT,),
        Operation.RESOLVE: (CLOSURE_NOTE,),
        Operation.CLOSE: (CLOSURE_NOTE,),
        Operation.REOPEN: (replace(COMMENT, help="Why it is not solved."),),
    },
    ticket_types={"incident": "Incident"},
    settling={
        "create": Settling(by="nothing", fallback="engineer"),
        **dict.fromkeys(
            ("comment", "update", "resolve", "close", "reopen"), Settling(by="lookup", fallback="engineer")
        ),
    },
    poll_seconds=120,
    irreversible=frozenset({Operation.CLOSE}),
    notes=(
        "There is no list: a ticket is followed from its create, or with `vendorq track`.",
        "Nothing makes a create safe to repeat: one without an answer is put to you.",
        "An update is keyed on sysId, a fetch on ticketNumber; both are kept.",
    ),
)
