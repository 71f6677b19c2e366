"""What Ensono offers (Envision Connect guide v1.2), as data. `declaration_for` fits it to one config."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from providers.base import WRITES, AttachmentLimits, Choice, Declaration, Field, Kind, Operation, Settling

if TYPE_CHECKING:
    from providers.ensono.settings import Settings

SHORT: Final = 160
LONG: Final = 4000
OPENING: Final = "Fields for Opening a Ticket"
UPDATING: Final = "Fields for Updating a Ticket"
APPEND: Final = "append_to_description"
NAME_PATTERN: Final = r"[A-Za-z0-9][A-Za-z0-9.-]*"
STATUSES: Final = ("open", "workingprogress", "pending", "resolved", "closed", "cancelled")


def _numbers(last: int) -> tuple[Choice, ...]:
    return tuple(Choice(value=str(number)) for number in range(1, last + 1))


PRIORITY: Final = Field(
    name="priority",
    title="Priority",
    kind=Kind.CHOICE,
    common="priority",
    required=True,
    choices=(
        Choice(value="1", label="1 - Critical"),
        Choice(value="2", label="2 - High"),
        Choice(value="3", label="3 - Moderate"),
        Choice(value="4", label="4 - Low"),
    ),
    editable=True,
    help="Ensono takes 1 to 4 and would silently read anything else as 3.",
    source=OPENING,
)
IMPACT: Final = Field(
    name="impact", title="Impact", kind=Kind.CHOICE, required=True, choices=_numbers(3), editable=True, source=OPENING
)
URGENCY: Final = Field(
    name="urgency", title="Urgency", kind=Kind.CHOICE, required=True, choices=_numbers(3), editable=True, source=OPENING
)
SUMMARY: Final = Field(
    name="shortDescription",
    title="Summary",
    common="summary",
    required=True,
    max_length=SHORT,
    editable=True,
    source=OPENING,
)
DESCRIPTION: Final = Field(
    name="description",
    title="Description",
    kind=Kind.TEXT,
    common="description",
    required=True,
    max_length=LONG,
    editable=True,
    source=OPENING,
)
GROUP: Final = Field(
    name="group", title="Group", editable=True, help="A mapped group name; Ensono chooses where empty.", source=OPENING
)
CLIENT_NUMBER: Final = Field(
    name="clientTicketNumber",
    title="Our number",
    common="client_number",
    required=True,
    help="The number of this ticket on our side; every later write carries it.",
    source=OPENING,
)
COMMENT: Final = Field(
    name="comment", title="Comment", kind=Kind.TEXT, common="comment", max_length=LONG, source="Comments Array Format"
)
CLOSE_NOTES: Final = Field(
    name="closeNotes", title="Close notes", kind=Kind.TEXT, common="notes", max_length=LONG, source=UPDATING
)
STATUS: Final = Field(
    name="status",
    title="Status",
    kind=Kind.CHOICE,
    choices=tuple(Choice(value=status) for status in STATUSES),
    editable=True,
    source=UPDATING,
)
CONTACT: Final = (
    Field(
        name="contactName",
        title="Contact",
        required_when="the engineer has no name",
        help="The engineer's where empty.",
        source=OPENING,
    ),
    Field(
        name="contactEmail",
        title="Contact's e-mail",
        required_when="the engineer has no e-mail",
        help="The engineer's where empty.",
        source=OPENING,
    ),
    Field(name="contactPhone", title="Contact's phone", help="The engineer's where empty.", source=OPENING),
)
EXTRA: Final = Field(
    name=APPEND,
    title="Other fields",
    kind=Kind.PAIRS,
    help="Ensono ignores fields it does not know; these are added to the end of the description.",
    source="Extraneous Fields",
)
COMMENT_FIRST: Final = replace(COMMENT, help="Goes first, as a comment of its own: with this status it would be lost.")
DECIDED_BY: Final = Field(
    name="decided_by",
    title="Decided by",
    help="The final approver as Name <mail>; the engineer where empty.",
    source="External Approvals",
)
APPROVAL_ID: Final = Field(
    name="approval_id",
    title="Approval",
    help="Which request to answer; the newest open one where empty. One answer decides for all.",
    source="Approving a Change",
)


def _create(severity: tuple[Field, ...]) -> tuple[Field, ...]:
    return (
        CLIENT_NUMBER,
        SUMMARY,
        DESCRIPTION,
        *severity,
        GROUP,
        Field(name="cis", title="Configuration items", help="Separated by commas.", source=OPENING),
        *CONTACT,
        replace(COMMENT, help="A comment to go with the new ticket."),
        EXTRA,
    )


def _update() -> tuple[Field, ...]:
    changing = (SUMMARY, DESCRIPTION, PRIORITY, IMPACT, URGENCY, GROUP)
    return (
        STATUS,
        *(replace(field, required=False, source=UPDATING) for field in changing),
        replace(CLOSE_NOTES, required_when="the status becomes resolved or closed", editable=True),
        COMMENT,
    )


FORMS: Final[Mapping[Operation, tuple[Field, ...]]] = {
    Operation.CREATE: _create((PRIORITY,)),
    Operation.COMMENT: (replace(COMMENT, required=True),),
    Operation.UPDATE: _update(),
    Operation.RESOLVE: (replace(CLOSE_NOTES, required=True), COMMENT_FIRST),
    Operation.CLOSE: (replace(CLOSE_NOTES, required=True), COMMENT_FIRST),
    Operation.REOPEN: (COMMENT,),
    Operation.CANCEL: (CLOSE_NOTES, COMMENT_FIRST),
    Operation.TAKE: (COMMENT,),
    Operation.LINK: (CLIENT_NUMBER,),
    Operation.APPROVE: (
        replace(COMMENT, help="Why, or how it was decided. Name and time are added."),
        APPROVAL_ID,
        DECIDED_BY,
    ),
    Operation.REJECT: (
        replace(COMMENT, required=True, help="The reason. Name and time are added."),
        APPROVAL_ID,
        DECIDED_BY,
    ),
}
REFUSALS: Final[Mapping[Operation, str]] = {
    Operation.LIST: "list is not offered by Ensono: open tickets are known from the queue; track others by number",
    Operation.DETAIL: "detail is not offered by Ensono outside its dev environment: what the queue has told is shown",
    Operation.ACKNOWLEDGE: "ack is not offered by Ensono: a message is deleted from its queue as soon as it is "
    "safely stored here",
    Operation.TAKE: "take is not offered until the config names our own group at Ensono: set client_group",
}
_REPEAT_ONCE: Final = Settling(by="nothing", fallback="repeat_once")
SETTLING: Final[Mapping[str, Settling]] = {
    "create": Settling(by="queue", fallback="engineer"),
    "comment": Settling(by="nothing", fallback="engineer"),
    "attach": Settling(by="nothing", fallback="engineer"),
    "link": Settling(by="nothing", fallback="send_again"),
    "approve": Settling(by="queue", fallback="repeat_once"),
    "reject": Settling(by="queue", fallback="repeat_once"),
    **dict.fromkeys(("update", "resolve", "close", "reopen", "cancel", "take"), _REPEAT_ONCE),
}

DECLARATION: Final = Declaration(
    kind="ensono",
    title="Ensono",
    document="Ensono Envision Connect guide, version 1.2",
    support="+1 833-662-7378, group Platform BPMDevandSupport",
    offered=frozenset(Operation) - REFUSALS.keys() | {Operation.TAKE},
    refusals={operation: why for operation, why in REFUSALS.items() if operation is not Operation.TAKE},
    forms=FORMS,
    ticket_types={"incident": "Incident", "request": "Request"},
    settling=SETTLING,
    attachments=AttachmentLimits(
        name_pattern=NAME_PATTERN,
        name_rule="letters, digits, hyphens and dots, beginning with a letter or digit",
        forbidden_extensions=frozenset({"exe"}),
    ),
    poll_seconds=60,
    change_operations=frozenset({Operation.COMMENT, Operation.LINK, Operation.APPROVE, Operation.REJECT}),
    irreversible=frozenset({Operation.CLOSE, Operation.CANCEL, Operation.APPROVE, Operation.REJECT}),
    needs_state=dict.fromkeys((Operation.CLOSE, Operation.REOPEN), frozenset({"resolved"})),
    needs_own_number=WRITES - {Operation.CREATE, Operation.LINK},
    asks_before_consuming=True,
    parallel_receives=8,
    notes=(
        "The guide wants the queue read every 30 to 300 seconds; a message that was read is invisible for 30 seconds.",
        "Reading the queue takes its messages from everyone who shares the key.",
        "After 20 reads without a delete, or after 4 days, Ensono drops a message.",
        "A ticket that Ensono opened takes no write before our own number is linked to it.",
        "A resolved ticket takes comments, can be reopened, and closes by itself in 7 days; a closed one takes none.",
        "Changes come from Ensono only; a request asks Ensono for one. Normal changes need our approval.",
        "A ticket's own page can be read in the dev environment only.",
        "Link for an upload: 120 seconds. Link of a received file: 2 hours or more, so files are fetched on receipt.",
    ),
)


def declaration_for(settings: Settings) -> Declaration:
    """The declaration as this config makes it: its groups, how creates state severity, what its environment has."""
    offered = set(DECLARATION.offered)
    refusals = dict(DECLARATION.refusals)
    if settings.environment == "dev":
        offered.add(Operation.DETAIL)
        del refusals[Operation.DETAIL]
    if not settings.client_group:
        offered.remove(Operation.TAKE)
        refusals[Operation.TAKE] = REFUSALS[Operation.TAKE]
    severity = (PRIORITY,) if settings.create_with == "priority" else (IMPACT, URGENCY)
    group = replace(GROUP, suggestions=settings.groups)
    forms = {**FORMS, Operation.CREATE: _create(severity)}
    forms = {
        operation: tuple(group if field is GROUP else field for field in form) for operation, form in forms.items()
    }
    status = replace(
        STATUS,
        choices=tuple(
            Choice(value=settings.work_in_progress if word == "workingprogress" else word) for word in STATUSES
        ),
    )
    forms[Operation.UPDATE] = tuple(
        status
        if field.name == "status"
        else replace(field, suggestions=settings.groups)
        if field.name == "group"
        else field
        for field in _update()
    )
    settling = dict(SETTLING)
    if settings.resend_unanswered_create:
        settling["create"] = Settling(by="queue", fallback="send_again")
    return replace(
        DECLARATION,
        offered=frozenset(offered),
        refusals=refusals,
        forms=forms,
        settling=settling,
        # Echo sends back incidents and requests only (guide, Environments).
        change_operations=frozenset() if settings.environment == "echo" else DECLARATION.change_operations,
    )
